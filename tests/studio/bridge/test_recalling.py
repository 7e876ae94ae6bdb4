"""A finished film dropped into another one: its shots come back with all that made them."""

import json
import shutil
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtTest import QTest

from engine.api import Reference, Size
from engine.backends.scripted import CAPABILITIES, ScriptedBackend
from engine.media import read_image, read_pictures
from engine.plain import to_plain
from studio.bridge.delivering import ExportWish, delivery_of
from studio.bridge.importing import digest_of
from studio.bridge.recalling import Recalling, file_of
from studio.bridge.reference_rows import new_reference
from studio.bridge.room import Room, RoomParts
from studio.commands.delivery import deliver
from studio.document.film import CameraPlan, Card, FilmSettings, PictureSize, Shot, new_film
from studio.document.ledger import TakeRecord
from studio.document.library_changes import add_card, edit_film
from studio.document.queries import active_timeline
from studio.document.shot_changes import add_reference, add_shot, edit_reference
from studio.document.store import Store
from studio.export.provenance import SIDECAR, sidecar_path
from studio.export.recall import RecalledReference, RecallError, recalled
from studio.render.estimates import History
from studio.render.requests import shot_request
from tests.patience import PATIENCE_S

SIZES = (Size(width=96, height=64, shape="3:2"), Size(width=64, height=64, shape="1:1"))
SMALL = replace(CAPABILITIES, sizes=SIZES, fast_steps=2, full_steps=3)
RATE = Fraction(24)


def wait_until(there):
    end = time.monotonic() + PATIENCE_S
    while not there():
        assert time.monotonic() < end
        QTest.qWait(10)


def room_in(folder, capabilities=SMALL):
    store = Store(replace(new_film("Film"), width=96, height=64))
    build = lambda: ScriptedBackend(capabilities=capabilities)  # noqa: E731
    made = Room(RoomParts(store=store, folder=folder, build=build, history=History()))
    made._on_capable(capabilities)
    made.start()
    return made


def imported(room, *paths):
    count = len(room.film.media) + len(paths)
    room.library.import_files(paths)
    wait_until(lambda: len(room.film.media) == count)
    return room.film.media[-len(paths) :]


@pytest.fixture(scope="module")
def cut(qapp, tmp_path_factory) -> Path:
    """The folder of a film with one kept shot, rendered in full, and the film made of it."""
    folder = tmp_path_factory.mktemp("harbour")
    pictures = [folder.parent / name for name in ("ava.png", "map.png")]
    for path, level in zip(pictures, (40, 200), strict=True):
        cv2.imwrite(str(path), np.full((32, 32, 3), level, np.uint8))
    room = room_in(folder)
    ava, map_ = imported(room, *pictures)
    room.apply(lambda film: edit_film(film, settings=FilmSettings(style_prompt="grainy")), "Style")
    shot = Shot(
        id="s", name="At the pier", prompt="close on @Ava, rain", negative_prompt="people",
        frames=9, rate=RATE, size=PictureSize(width=64, height=64), seed=5, seed_policy="lock",
        camera=CameraPlan(size="wide", move="pan left", side="right"),
    )  # fmt: skip
    card = Card(id="c", kind="character", tag="Ava", media_ids=(ava.id,))
    reference = new_reference(room.film, map_, SMALL)
    room.apply(lambda film: add_card(add_shot(film, shot), card), "Write")
    room.apply(lambda film: add_reference(film, "s", reference), "Refer")
    room.apply(
        lambda film: edit_reference(film, "s", reference.id, role="style", weight=0.5), "Weigh"
    )
    room.session.set_shot("s")
    room.render_shot()
    wait_until(lambda: room.take is not None)
    room.keep()
    wait_until(lambda: bool(room.ledger.upgrades))
    wait_until(lambda: not any(job.is_open for job in room.queue.jobs()))
    film, timeline = room.film, active_timeline(room.film)
    wish = ExportWish(path=folder / "harbour.mp4", part="marked")
    deliver(delivery_of(film, room.ledger, timeline, folder, wish), lambda _line: None)
    room.close()
    return folder


class Other:
    """Another film: recipes are brought back into it, and all that it says is written down."""

    def __init__(self, folder, capabilities=SMALL):
        self.room = room_in(folder, capabilities)
        self.recalling = Recalling(self.room)
        self.told: list[str] = []
        self.room.said.connect(lambda notice: self.told.append(notice.sentence))


@pytest.fixture
def other(qapp, tmp_path):
    made = Other(tmp_path / "other")
    yield made
    made.room.close()


@pytest.fixture
def room(other):
    return other.room


def the_shot(room):
    """The one shot that came back: what it is asked for is all there."""
    (shot,) = room.film.shots
    assert (shot.negative_prompt, shot.frames, shot.rate) == ("people", 9, RATE)
    assert (shot.seed, shot.seed_policy) == (5, "lock")
    assert shot.size == PictureSize(width=64, height=64)
    assert shot.camera == CameraPlan(size="wide", move="pan left", side="right")
    assert shot.prompt.endswith("close on @Ava, rain")
    return shot


def settled(room):
    """Wait until what was looked for is found, or is named."""
    done = []
    room.errands.run(lambda: None, done.append, done.append)
    wait_until(lambda: bool(done) and not room.library.importer.busy)
    room.relay.flush()


def test_a_film_brings_each_kept_shot_back_once_with_its_references(other, room, cut):
    other.recalling.bring_back((cut / "harbour.mp4",))
    shot = the_shot(room)
    assert shot.name == "At the pier"
    assert shot.references == ()  # until their files are in
    settled(room)
    (shot,) = room.film.shots
    assert [(one.role, one.tag, one.weight) for one in shot.references] == [
        ("style", "", 0.5),
        ("subject", "Ava", 1.0),
    ]
    names = [room.film.media_by_id[one.source.media_id].name for one in shot.references]
    assert [name.split("-")[0] for name in names] == ["map", "ava"]
    request = shot_request(room.shooting.desk(), shot)
    findings = ScriptedBackend(capabilities=SMALL).preflight(request)
    assert not [one for one in findings if one.level == "refused"]
    assert not [words for words in other.told if words.startswith("Not in this film")]


def test_the_request_that_comes_back_is_the_one_that_was_made(other, room, cut):
    room.apply(lambda film: edit_film(film, settings=FilmSettings(style_prompt="grainy")), "Style")
    other.recalling.bring_back((cut / "harbour.mp4",))
    assert the_shot(room).prompt == "close on @Ava, rain"  # the style is this film's too
    settled(room)
    asked = shot_request(room.shooting.desk(), room.film.shots[0])
    ((take,),) = [
        [one for one in json.loads(sidecar_path(cut / "harbour.mp4").read_text())["takes"]
         if one["in_the_film"]]
    ]  # fmt: skip
    assert asked.prompt == take["request"]["prompt"] == "grainy\nclose on @Ava, rain"
    assert (asked.width, asked.height, asked.rate, asked.seed) == (64, 64, RATE, 5)
    assert asked.shots[0].camera.move == "pan left"


@pytest.mark.parametrize("given", ["sidecar", "picture.mkv", "sound.wav", "folder"])
def test_the_file_beside_a_film_and_a_take_bring_back_as_much(other, room, cut, given):
    (full,) = [one for one in recalled(cut / "harbour.mp4") if one.take_id]
    folder = cut / "takes" / full.take_id.rpartition("-take")[0] / "take-01-01"
    assert folder.is_dir()
    path = {"sidecar": sidecar_path(cut / "harbour.mp4"), "folder": folder}.get(given)
    other.recalling.bring_back((path or folder / given,))
    settled(room)
    assert [one.tag for one in the_shot(room).references] == ["", "Ava"]


def test_what_lies_nowhere_is_named_and_goes_on_the_shot_once_it_is_imported(
    other, room, cut, tmp_path
):
    alone = tmp_path / "sent" / "film.mp4"
    alone.parent.mkdir()
    shutil.copy(cut / "harbour.mp4", alone)  # without what stands beside it: by its container
    other.recalling.bring_back((alone,))
    settled(room)
    assert the_shot(room).references == ()
    lost = next(words for words in other.told if words.startswith("Not in this film"))
    assert "map-" in lost
    assert "(@Ava)" in lost
    imported(room, cut.parent / "ava.png")
    assert [one.tag for one in the_shot(room).references] == ["Ava"]
    imported(room, cut.parent / "map.png")
    assert [one.tag for one in the_shot(room).references] == ["", "Ava"]


def test_a_frame_of_a_take_comes_back_as_a_picture(other, room, cut):
    body = json.loads(sidecar_path(cut / "harbour.mp4").read_text())
    (take,) = [one for one in body["takes"] if one["in_the_film"]]
    made = next((cut / "takes").rglob("picture.mkv"))
    source, digest = made.relative_to(cut).as_posix(), digest_of(made)
    first = Reference(kind="image", role="first_frame", source=source, in_s=0.25)
    take["request"]["references"] = [to_plain(first)]
    take["references"] = [{"source": source, "sha256": digest, "take": "gone"}]
    led = cut / f"led.mp4{SIDECAR}"
    led.write_text(json.dumps(body))
    other.recalling.bring_back((led,))
    settled(room)
    (reference,) = the_shot(room).references
    media = room.film.media_by_id[reference.source.media_id]
    assert (reference.role, reference.start, media.kind) == ("first_frame", 0, "image")
    frame = read_image(room.folder / media.path)
    assert np.array_equal(frame, read_pictures(made, start_s=0.25, frames=1)[0])
    made = RecalledReference(asked=first)
    assert made.name == "a take (first frame)"


def test_the_recipe_of_a_stranger_is_a_sentence_whatever_it_says(tmp_path):
    recipe = tmp_path / "recipe.json"
    for text in ("[" * 200_000, "{}", '{"request": 3}', "no json"):
        recipe.write_text(text)
        with pytest.raises(RecallError, match=r"recipe|readable"):
            recalled(recipe)


def test_what_the_film_has_is_linked_at_once(other, room, cut):
    imported(room, cut.parent / "ava.png", cut.parent / "map.png")
    other.recalling.bring_back((cut / "harbour.mp4",))
    assert [one.tag for one in the_shot(room).references] == ["", "Ava"]
    assert len(room.film.media) == 2


def test_a_film_made_of_takes_of_this_very_film_shows_them(other, room, cut):
    (one,) = recalled(cut / "harbour.mp4")
    take = TakeRecord(
        id=one.take_id, shot_id=None, folder="takes/t", kind="full", frames=9, rate=RATE, width=64,
        height=64, samples=9_000, sample_rate_hz=24_000, created="",
    )  # fmt: skip
    room.store.record(take)
    shown = []
    other.recalling.own.connect(shown.append)
    other.recalling.bring_back((cut / "harbour.mp4",))
    assert shown == [take.id]
    assert room.film.shots == ()


def test_what_an_engine_cannot_make_comes_as_near_as_it_can(qapp, cut, tmp_path):
    slow = replace(SMALL, rates=(Fraction(12),), sizes=SIZES[:1])
    made = Other(tmp_path / "slow", slow)
    made.recalling.bring_back((cut / "harbour.mp4",))
    (shot,) = made.room.film.shots
    assert (shot.frames, shot.rate, shot.size) == (5, Fraction(12), None)
    assert any("nearest length and size" in words for words in made.told)
    made.room.close()


def test_a_manifest_of_before_brings_its_words_back(other, room, cut, tmp_path):
    body = json.loads(sidecar_path(cut / "harbour.mp4").read_text())
    for take in body["takes"]:
        del take["request"]
    path = tmp_path / f"old.mp4{SIDECAR}"
    path.write_text(json.dumps(body))
    other.recalling.bring_back((path,))
    (shot,) = room.film.shots
    assert (shot.prompt, shot.seed, shot.frames) == ("grainy\nclose on @Ava, rain", 5, 9)


def test_a_recipe_is_not_followed_out_of_the_folders_that_it_lies_in(cut, tmp_path):
    (one,) = recalled(cut / "harbour.mp4")
    ava = next(known for known in one.references if known.asked.tag == "Ava")
    inside = cut / ava.asked.source
    assert file_of(ava, cut / "harbour.mp4") == inside
    deep = tmp_path / "a" / "b" / "c" / "d" / "e" / "film.mp4"
    for source in (str(inside), f"../../{inside.name}", "/etc/passwd", ""):
        led = replace(ava, asked=replace(ava.asked, source=source))
        assert file_of(led, deep) is None
    other = replace(ava, sha256="0" * 64)
    assert file_of(other, cut / "harbour.mp4") is None
