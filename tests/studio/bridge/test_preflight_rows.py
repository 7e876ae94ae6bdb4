from dataclasses import replace
from fractions import Fraction

import pytest

from engine.api import Finding
from engine.backends.scripted import CAPABILITIES
from studio.bridge.clerk import Report
from studio.bridge.limit_remarks import pool_counts
from studio.bridge.preflight_rows import preflight_rows
from studio.bridge.shot_items import ShotRows
from studio.bridge.tile_reading import FilmTileReader
from studio.document.film import (
    Card,
    Media,
    MediaSource,
    PictureSize,
    Shot,
    ShotReference,
    TakeSource,
    new_film,
)
from studio.document.ledger import Failed, JobRecord, Ledger, Queued, TakeRecord, now

SHOT = Shot(id="s", name="One", prompt="a ball")
NOTHING_MADE = Ledger()


def film_with(shot, cards=(), pictures=0):
    media = tuple(
        Media(id=f"m{n}", kind="image", name=f"m{n}.png", path=f"media/{n}.png", sha256=str(n))
        for n in range(pictures)
    )
    return replace(new_film("Tide"), shots=(shot,), cards=cards, media=media)


@pytest.fixture
def folder(tmp_path):
    """A film's folder with the files of eleven pictures."""
    (tmp_path / "media").mkdir()
    for number in range(11):
        (tmp_path / "media" / f"{number}.png").touch()
    return tmp_path


def remarks(film, folder, ledger=NOTHING_MADE, report=None):
    reader = FilmTileReader(folder)
    reader.follow(film, ledger)

    def is_gone(tile):
        return not reader.is_there(tile)

    return preflight_rows(film, ledger, film.shots[0], CAPABILITIES, is_gone, report)


def fixed(film, fix):
    return fix.change(film).shots[0]


def test_a_shot_that_can_be_made_has_no_remark(folder):
    assert remarks(film_with(SHOT), folder) == ()


def test_an_unknown_tag_is_renamed_to_the_nearest_or_made_a_card(folder):
    film = film_with(
        replace(SHOT, prompt="@Avva runs"), cards=(Card(id="c", kind="character", tag="Ava"),)
    )
    (remark,) = remarks(film, folder)
    assert remark.sentence == "Nothing is called @Avva."
    assert [fix.label for fix in remark.fixes] == ["@Ava", "New card", "Plain word"]
    assert fixed(film, remark.fixes[0]).prompt == "@Ava runs"
    assert remark.fixes[1].change(film).cards[-1].tag == "Avva"
    assert fixed(film, remark.fixes[2]).prompt == "Avva runs"


def test_length_and_size_go_to_the_nearest_that_are_legal(folder):
    odd = replace(SHOT, frames=27, size=PictureSize(width=200, height=112))
    film = film_with(odd)
    by_subject = {remark.subject: remark for remark in remarks(film, folder)}
    lengths = [fixed(film, fix).frames for fix in by_subject["frames"].fixes]
    assert lengths == [25, 29]
    size = fixed(film, by_subject["size"].fixes[0]).size
    assert (size.width, size.height) in {(s.width, s.height) for s in CAPABILITIES.sizes}


@pytest.mark.parametrize("by_card", [False, True])
def test_the_pool_may_hold_more_than_can_be_sent(folder, by_card):
    references = tuple(
        ShotReference(id=f"r{n}", source=MediaSource(media_id=f"m{n}"), role="style",
                      weight=0.5 if n == 4 else 1.0)
        for n in range(9 if by_card else 11)
    )  # fmt: skip
    card = Card(id="c", kind="place", tag="Quay", media_ids=("m9", "m10"))
    shot = replace(SHOT, prompt="on the @Quay" if by_card else "a", references=references)
    film = film_with(shot, cards=(card,), pictures=11)
    pictures = pool_counts(film, Ledger(), shot, CAPABILITIES)[0]
    assert (pictures.used, pictures.most, pictures.is_over) == (11, 9, True)
    (remark,) = remarks(film, folder)
    assert "11 pictures are more than the 9" in remark.sentence
    lighter = fixed(film, remark.fixes[0])
    assert [r.id for r in lighter.references if r.weight == 0] == ["r4"]


def test_what_the_engine_says_too_is_said_once(folder):
    odd = replace(SHOT, frames=27)
    report = Report(
        shot_id="s",
        findings=(
            Finding(level="refused", sentence="The shot cannot be 27 pictures long."),
            Finding(level="warning", sentence="The light is not known.", remedy="Say day."),
        ),
    )
    film = film_with(odd)
    found = remarks(film, folder, report=report)
    assert [remark.subject for remark in found] == ["frames", "other"]


def test_a_failed_render_is_a_remark_until_it_waits_again_or_is_forgotten(folder):
    film = film_with(SHOT)
    failed = Failed(sentence="The disk is full.")
    job = JobRecord(id="j", kind="preview", shot_id=SHOT.id, created=now(), state=failed)
    ledger = Ledger().append(job)
    (remark,) = remarks(film, folder, ledger)
    assert (remark.sentence, remark.remedy) == ("The last render failed.", failed.sentence)
    (row,) = ShotRows().of(film, ledger, {})
    assert row.why == failed.sentence
    for over in (replace(job, state=Queued()), replace(job, dismissed=True)):
        later = ledger.append(over)
        assert remarks(film, folder, later) == ()
        (row,) = ShotRows().of(film, later, {})
        assert not row.why


def test_a_file_that_is_gone_is_named_once_and_can_be_taken_off(folder):
    one = ShotReference(id="r", source=MediaSource(media_id="m0"), role="style")
    shot = replace(SHOT, prompt="on the @Quay", references=(one,))
    card = Card(id="c", kind="place", tag="Quay", media_ids=("m1",))
    film = film_with(shot, cards=(card,), pictures=2)
    assert remarks(film, folder) == ()
    for number in range(2):
        (folder / "media" / f"{number}.png").unlink()
    engine = Finding(level="refused", sentence=f"0.png is not in {folder}/media.")
    own, of_card = remarks(film, folder, report=Report(shot_id="s", findings=(engine,)))
    assert own.sentence == "m0.png is gone from the film's folder."
    assert "Find missing media" in own.remedy
    assert fixed(film, own.fixes[0]).references == ()
    assert of_card.sentence == "m1.png, of @Quay, is gone from the film's folder."
    unused = replace(
        film, shots=(replace(shot, prompt="x", references=(replace(one, weight=0.0),)),)
    )
    assert remarks(unused, folder) == ()


def test_a_take_that_is_gone_says_which_folder_to_put_back(folder):
    one = ShotReference(id="r", source=TakeSource(take_id="t"), role="style")
    take = TakeRecord(id="t", shot_id="s", folder="takes/t", kind="full", frames=9,
                      rate=Fraction(12), width=128, height=72, created=now())  # fmt: skip
    film = film_with(replace(SHOT, references=(one,)))
    (remark,) = remarks(film, folder, Ledger().append(take))
    assert remark.sentence == "Take of One is gone from the film's folder."
    assert remark.remedy == "Put takes/t back, or take it off."
    (folder / "takes" / "t").mkdir(parents=True)
    (folder / "takes" / "t" / "picture.mkv").touch()
    assert remarks(film, folder, Ledger().append(take)) == ()


def test_what_was_not_learned_is_said_once_and_files_by_their_names(folder):
    clip = Media(id="c", kind="video", name="harbour", path="media/harbour-b426.mp4", sha256="1")
    take = TakeRecord(
        id="t", kind="preview", folder="takes/8f21", shot_id="s", frames=25, rate=Fraction(12),
        width=128, height=72, seed=1, recipe="", created=now(),
    )  # fmt: skip
    shot = replace(
        SHOT,
        references=(
            ShotReference(id="r", role="camera", source=MediaSource(media_id="c")),
            ShotReference(id="q", role="first_frame", source=TakeSource(take_id="t")),
        ),
    )
    film = replace(film_with(shot), media=(clip,))
    (folder / clip.path).touch()
    (folder / take.folder).mkdir(parents=True)
    (folder / take.folder / "picture.mkv").touch()
    untaught = "The weights of Backlot were not trained on references with the role “camera”."
    report = Report(
        shot_id="s",
        findings=(
            Finding(level="warning", sentence=untaught),
            Finding(level="fixed", sentence="harbour-b426.mp4 lasts 4.0 s: the beginning is used."),
        ),
    )
    ledger = Ledger(takes={"t": take})
    can = replace(CAPABILITIES, untrained_roles=("camera",))
    reader = FilmTileReader(folder)
    reader.follow(film, ledger)
    rows = preflight_rows(film, ledger, shot, can, lambda one: not reader.is_there(one), report)
    assert [row.sentence for row in rows] == [
        untaught,
        "harbour lasts 4.0 s: the beginning is used.",
    ]
    assert all(row.ahead for row in rows)


@pytest.mark.parametrize(
    ("quoted", "tracks", "said"),
    [
        ("spoken", 0, ""),
        ("babbled", 3, "Quoted lines come out as babble of about their length. Drop a recorded"),
        ("unheard", 0, "Scripted has nobody who could say quoted lines."),
    ],
)
def test_what_becomes_of_quoted_lines_is_said_as_the_weights_have_it(quoted, tracks, said):
    shot = replace(SHOT, prompt="she says “where were you”")
    can = replace(CAPABILITIES, quoted=quoted, max_tracks=tracks)
    rows = preflight_rows(film_with(shot), NOTHING_MADE, shot, can, lambda _: False)
    told = " ".join(f"{row.sentence} {row.remedy}".rstrip() for row in rows)
    assert told.startswith(said)
    assert bool(told) is bool(said)
    recorded = ShotReference(id="r", role="soundtrack", source=MediaSource(media_id="c"), weight=0)
    shot = replace(shot, references=(recorded,))
    rows = preflight_rows(film_with(shot), NOTHING_MADE, shot, can, lambda _: False)
    assert not any("quoted" in row.sentence.lower() for row in rows)
