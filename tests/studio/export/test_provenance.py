"""The manifest of an export: every take and file that it comes from is named in it."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.document.film import Clip, Film, Media, MediaSource, Shot, ShotReference, TakeSource
from studio.document.ledger import ImportRecord, Ledger, TakeRecord
from studio.document.looks import Dissolve
from studio.export.provenance import manifest_of
from studio.export.provenance_words import manifest_lines
from studio.playback.cut import Cut
from tests.studio.playback.reels import Reel, noise, numbered

TRACKS = ("V1", "V2", "A1", "A2")
TAKES = 5


@pytest.fixture(scope="module")
def reel(tmp_path_factory) -> Reel:
    """A film whose takes are each seen and heard."""
    made = Reel(tmp_path_factory.mktemp("film"))
    for _ in range(TAKES):
        made.take(numbered(3), noise(6_000))
    return made


laid = st.fixed_dictionaries(
    {
        "which": st.integers(0, TAKES - 1),
        "gap": st.sampled_from([0, 0, 0, 2]),
        "length": st.integers(1, 9),
        "dissolve": st.sampled_from([None, ("cross", 1), ("cross", 3), ("dip", 0), ("dip", 2)]),
        "enabled": st.sampled_from([True, True, True, False]),
    }
)
lanes = st.fixed_dictionaries(
    {name: st.tuples(st.lists(laid, max_size=4), st.booleans(), st.booleans()) for name in TRACKS}
)


@settings(max_examples=60, deadline=None)
@given(tracks=lanes, first=st.integers(0, 20), last=st.integers(1, 20))
def test_every_take_that_is_seen_or_heard_is_named(reel, tracks, first, last):
    takes = list(reel.ledger.takes)
    for name, (parts, muted, solo) in tracks.items():
        reel.change_track(name, clips=(), muted=muted, solo=solo)
        at = 0
        for part in parts:
            gap, length, dissolve = part["gap"], part["length"], None
            if part["dissolve"] and at and not gap:
                kind, before = part["dissolve"]
                dissolve = Dissolve(frames=4, before=before, kind=kind)
            source = TakeSource(take_id=takes[part["which"]])
            how = {"dissolve": dissolve, "enabled": part["enabled"]}
            reel.lay(name, source, at + gap, length, **how)
            at += gap + length
    cut, span = reel.cut, (first, first + last)
    manifest = manifest_of(reel.film, reel.ledger, cut.timeline, span=span)
    assert played(cut, *span) <= named(manifest.body)


def played(cut: Cut, start: int, end: int) -> set[str]:
    """The takes that the player shows or sounds from ``start`` until ``end``."""
    files = [
        layer.footage.picture
        for frame in range(start, end)
        for plate in cut.plates(frame)
        for layer in plate.layers
    ]
    files += [voice.sound for voice in cut.voices(cut.sample_of(start), cut.sample_of(end))]
    return {file.parent.name for file in files if file is not None}


def named(body: Any) -> set[str]:
    return {one["id"] for one in body["takes"] if one["in_the_film"]}


def take(name: str, request: dict | None = None, **more) -> TakeRecord:
    return TakeRecord(
        id=name, folder=f"takes/{name}", kind="full", frames=12, rate=Fraction(12), width=64,
        height=36, created="2026-01-01T00:00:00+00:00", weights="w-1", seed=7,
        recipe=json.dumps({"prompt": name, "references": [], **(request or {})}), **more,
    )  # fmt: skip


def referring(*sources: str, **more) -> dict:
    listed = [{"source": one, "role": "first_frame"} for one in sources]
    return {"references": listed, **more}


def file(name: str, kind: Any = "image", **more) -> Media:
    return Media(id=name, kind=kind, name=name, path=f"media/{name}", sha256=name * 8, **more)


def cut_of(film: Film, *sources) -> Film:
    """``film`` with these on its first picture track, one after the other, and nothing else."""
    clips = tuple(
        Clip(id=f"c{n}", source=one, start=9 * n, length=9) for n, one in enumerate(sources)
    )
    cut = film.timelines[0]
    # The reel is shared: others have drawn what is muted and soloed.
    *lanes, lane = (replace(track, clips=(), muted=False, solo=False) for track in cut.tracks[:3])
    return replace(film, timelines=(replace(cut, tracks=(*lanes, replace(lane, clips=clips))),))


def told(film: Film, ledger: Ledger, **more) -> Any:
    return manifest_of(film, ledger, film.timelines[0], **more).body


def uses(body: Any, of: str) -> dict[str, str]:
    return {one["id"]: one["used_as"] for one in body[of]}


def test_a_marked_part_that_begins_in_a_dissolve_names_the_outgoing_take(reel):
    first, second, *_ = reel.ledger.takes
    for name in TRACKS:
        reel.change_track(name, clips=(), muted=False, solo=False)
    reel.lay("V1", TakeSource(take_id=first), 0, 10)
    reel.lay("V1", TakeSource(take_id=second), 10, 10, dissolve=Dissolve(frames=6, before=3))
    film, ledger = reel.film, reel.ledger
    assert named(told(film, ledger, span=(11, 20))) == {first, second}
    assert named(told(film, ledger, span=(13, 20))) == {second}


def test_what_another_track_silences_is_not_in_the_film(reel):
    first, second, third, *_ = reel.ledger.takes
    for name, one, solo in (("A1", first, True), ("A2", second, False), ("V1", third, False)):
        reel.change_track(name, clips=(), muted=False, solo=solo)
        reel.lay(name, TakeSource(take_id=one), 0, 10)
    reel.change_track("V2", clips=())
    film, ledger = reel.film, reel.ledger
    assert named(told(film, ledger)) == {first, third}
    assert named(told(film, ledger, kinds=("audio",))) == {first}
    assert named(told(film, ledger, kinds=("video",))) == {third}


def test_a_take_that_was_a_reference_is_named_with_what_it_was_made_from(reel):
    face = file("face", rights="Ava agreed.")
    lost = file("lost")
    still = take("still", referring("media/face", "media/lost"))
    shot = take("shot", referring("takes/still/picture.mkv"))
    film = cut_of(replace(reel.film, media=(face,)), TakeSource(take_id="shot"))
    ledger = Ledger().append(
        still, shot, ImportRecord(id="i", media=lost, origin="/x", created="2026")
    )
    body = told(film, ledger)
    assert uses(body, "takes") == {"shot": "film", "still": "reference"}
    assert uses(body, "files") == {"face": "reference", "lost": "reference"}
    assert [one["rights"] for one in body["files"]] == ["Ava agreed.", None]
    assert body["origin"] == "generated"
    (given_,) = body["takes"][0]["references"]
    assert (given_["take"], given_["role"]) == ("still", "first_frame")
    lines = manifest_lines(body)
    assert "  still (a reference): full, by w-1, seed 7" in lines
    assert "    Reference: takes/still/picture.mkv (take still)" in lines


def test_what_was_edited_is_named_too(reel):
    street = file("street", "video")
    first = take("first", {"task": {"type": "Edit", "source": "media/street", "mask": None}})
    second = take("second", {"task": {"type": "Extend", "source": "takes/first"}})
    third = take("third", {"task": {"type": "Upgrade", "source": "gone"}}, upgrade_of="second")
    film = cut_of(replace(reel.film, media=(street,)), TakeSource(take_id="second"))
    body = told(film, Ledger().append(first, second, third))
    assert uses(body, "takes") == {"third": "film", "second": "source", "first": "source"}
    assert uses(body, "files") == {"street": "source"}
    # The sound or parts of the picture of a file may be left as they were.
    assert body["origin"] == "mixed"
    assert [one["edited_from"] for one in body["takes"]] == [None, "first", "street"]


def test_what_a_reference_was_edited_from_is_no_source_of_the_film(reel):
    photo = file("photo")
    still = take("still", {"task": {"type": "Edit", "source": "media/photo"}})
    shot = take("shot", referring("takes/still/picture.mkv"))
    film = cut_of(replace(reel.film, media=(photo,)), TakeSource(take_id="shot"))
    body = told(film, Ledger().append(still, shot))
    assert uses(body, "takes") == {"shot": "film", "still": "reference"}
    assert uses(body, "files") == {"photo": "reference"}
    assert body["origin"] == "generated"
    # Where the film goes on from that still as well, it is a source, whatever was found first.
    edited = take("edited", {"task": {"type": "Edit", "source": "takes/still"}})
    film = cut_of(film, TakeSource(take_id="shot"), TakeSource(take_id="edited"))
    body = told(film, Ledger().append(still, shot, edited))
    assert uses(body, "takes") == {"shot": "film", "edited": "film", "still": "source"}
    assert uses(body, "files") == {"photo": "source"}
    assert body["origin"] == "mixed"


def test_a_moved_file_is_known_by_its_content_in_the_recipe_beside_the_take(reel, tmp_path):
    moved = replace(file("face"), path="media/faces/ava.png")
    made = take("t", referring("media/face"))
    folder = tmp_path / "takes" / "t"
    folder.mkdir(parents=True)
    beside = {"references": [{"source": "/elsewhere/film/media/face", "sha256": moved.sha256}]}
    (folder / "recipe.json").write_text(json.dumps(beside))
    film = cut_of(replace(reel.film, media=(moved,)), TakeSource(take_id="t"))
    assert uses(told(film, Ledger().append(made)), "files") == {}
    body = told(film, Ledger().append(made), folder=tmp_path)
    assert uses(body, "files") == {"face": "reference"}
    assert body["takes"][0]["references"][0]["sha256"] == moved.sha256


def test_takes_that_refer_to_one_another_end(reel):
    one, other = take("one", referring("takes/other")), take("other", referring("takes/one"))
    film = cut_of(reel.film, TakeSource(take_id="one"))
    body = told(film, Ledger().append(one, other))
    assert uses(body, "takes") == {"one": "film", "other": "reference"}


def test_a_take_that_does_not_say_is_asked_of_its_shot(reel):
    silent = replace(take("silent", shot_id="s"), recipe="{}")
    still = take("still")
    references = (
        ShotReference(id="a", source=TakeSource(take_id="still"), role="first_frame"),
        ShotReference(id="b", source=MediaSource(media_id="face"), role="subject"),
        ShotReference(id="c", source=MediaSource(media_id="none"), role="subject"),
    )
    shot = Shot(id="s", name="Rain", references=references)
    film = replace(reel.film, media=(file("face"),), shots=(shot,))
    body = told(cut_of(film, TakeSource(take_id="silent")), Ledger().append(silent, still))
    assert uses(body, "takes") == {"silent": "film", "still": "reference"}
    assert uses(body, "files") == {"face": "reference"}


def test_what_had_no_weight_was_not_used(reel):
    request = {"references": [{"source": "media/face", "weight": 0}]}
    film = cut_of(replace(reel.film, media=(file("face"),)), TakeSource(take_id="t"))
    assert uses(told(film, Ledger().append(take("t", request))), "files") == {}
