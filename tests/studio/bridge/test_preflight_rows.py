from dataclasses import replace

import pytest

from engine.api import Finding
from engine.backends.scripted import CAPABILITIES
from studio.bridge.clerk import Report
from studio.bridge.preflight_rows import pool_counts, preflight_rows
from studio.bridge.shot_items import ShotRows
from studio.document.film import (
    Card,
    Media,
    MediaSource,
    PictureSize,
    Shot,
    ShotReference,
    new_film,
)
from studio.document.ledger import Failed, JobRecord, Ledger, Queued, now

SHOT = Shot(id="s", name="One", prompt="a ball")


def film_with(shot, cards=(), pictures=0):
    media = tuple(
        Media(id=f"m{n}", kind="image", name=f"m{n}.png", path=f"media/{n}.png", sha256=str(n))
        for n in range(pictures)
    )
    return replace(new_film("Tide"), shots=(shot,), cards=cards, media=media)


def remarks(film):
    return preflight_rows(film, Ledger(), film.shots[0], CAPABILITIES)


def fixed(film, fix):
    return fix.change(film).shots[0]


def test_a_shot_that_can_be_made_has_no_remark():
    assert remarks(film_with(SHOT)) == ()


def test_an_unknown_tag_is_renamed_to_the_nearest_or_made_a_card():
    film = film_with(
        replace(SHOT, prompt="@Avva runs"), cards=(Card(id="c", kind="character", tag="Ava"),)
    )
    (remark,) = remarks(film)
    assert remark.sentence == "Nothing is called @Avva."
    assert [fix.label for fix in remark.fixes] == ["@Ava", "New card", "Plain word"]
    assert fixed(film, remark.fixes[0]).prompt == "@Ava runs"
    assert remark.fixes[1].change(film).cards[-1].tag == "Avva"
    assert fixed(film, remark.fixes[2]).prompt == "Avva runs"


def test_length_and_size_go_to_the_nearest_that_are_legal():
    odd = replace(SHOT, frames=27, size=PictureSize(width=200, height=112))
    film = film_with(odd)
    by_subject = {remark.subject: remark for remark in remarks(film)}
    lengths = [fixed(film, fix).frames for fix in by_subject["frames"].fixes]
    assert lengths == [25, 29]
    size = fixed(film, by_subject["size"].fixes[0]).size
    assert (size.width, size.height) in {(s.width, s.height) for s in CAPABILITIES.sizes}


@pytest.mark.parametrize("by_card", [False, True])
def test_the_pool_may_hold_more_than_can_be_sent(by_card):
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
    (remark,) = remarks(film)
    assert "11 pictures are more than the 9" in remark.sentence
    lighter = fixed(film, remark.fixes[0])
    assert [r.id for r in lighter.references if r.weight == 0] == ["r4"]


def test_what_the_engine_says_too_is_said_once():
    odd = replace(SHOT, frames=27)
    report = Report(
        shot_id="s",
        findings=(
            Finding(level="refused", sentence="The shot cannot be 27 pictures long."),
            Finding(level="warning", sentence="The light is not known.", remedy="Say day."),
        ),
    )
    film = film_with(odd)
    found = preflight_rows(film, Ledger(), odd, CAPABILITIES, report)
    assert [remark.subject for remark in found] == ["frames", "other"]


def test_a_failed_render_is_a_remark_until_it_waits_again_or_is_forgotten():
    film = film_with(SHOT)
    failed = Failed(sentence="The disk is full.")
    job = JobRecord(id="j", kind="preview", shot_id=SHOT.id, created=now(), state=failed)
    ledger = Ledger().append(job)
    (remark,) = preflight_rows(film, ledger, SHOT, CAPABILITIES)
    assert (remark.sentence, remark.remedy) == ("The last render failed.", failed.sentence)
    (row,) = ShotRows().of(film, ledger, {})
    assert row.why == failed.sentence
    for over in (replace(job, state=Queued()), replace(job, dismissed=True)):
        later = ledger.append(over)
        assert preflight_rows(film, later, SHOT, CAPABILITIES) == ()
        (row,) = ShotRows().of(film, later, {})
        assert not row.why
