"""Wherever a state of a shot or a take is told of, it is called the same."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial

import pytest

from studio.bridge.job_items import job_rows
from studio.bridge.shot_items import ShotItems, ShotRows, shot_standing
from studio.bridge.state_words import STATE_WORDS
from studio.bridge.storyboard_items import BOARD_WORDS, BoardItems, sheet_rows
from studio.bridge.take_items import TakeItems, found_takes, take_rows
from studio.document.film import Shot, new_film
from studio.document.ledger import (
    Failed,
    JobRecord,
    KeepRecord,
    Ledger,
    Queued,
    Running,
    TakeRecord,
    now,
)
from studio.document.queries import shot_fingerprint
from studio.document.shot_changes import add_shots

SHOT = Shot(id="s1", name="One", prompt="a red ball drops")
FILM = add_shots(new_film("F"), [SHOT])
TAKE = TakeRecord(
    id="t-1", folder="takes/t", kind="preview", frames=25, width=128, height=72, created=now(),
    shot_id="s1", label="4 seeds", rate=Fraction(12), seed=7,
)  # fmt: skip
JOB = JobRecord(id="j", kind="preview", shot_id="s1", created=now())

OTHER = replace(TAKE, id="other", label="")


def decided(decision, take_id="t-1"):
    return KeepRecord(take_id=take_id, decision=decision, created=now())


BOTH = [OTHER, TAKE, decided("kept", "other")]


def told(*records, **facts):
    """What is said of the shot after ``records``."""
    return shot_standing(FILM, Ledger().append(*records), replace(SHOT, **facts)).words()


def test_a_take_that_waits_for_a_word_comes_before_no_take_and_before_a_failure():
    failed = replace(JOB, state=Failed(sentence="No."))
    assert told() == "Draft"
    assert told(TAKE) == "To decide"
    assert told(failed) == "Failed"
    assert told(TAKE, failed) == "To decide"
    assert told(TAKE, decided("rejected")) == "Draft"
    assert told(TAKE, replace(TAKE, id="t-2")) == "To decide · 2 takes"
    assert told(TAKE, replace(JOB, state=Running())) == "Rendering · A take to decide on"
    assert told(TAKE, locked=True) == "Locked"


def test_what_could_not_be_made_of_other_words_is_no_failure_of_these():
    asked = replace(JOB, fingerprint=shot_fingerprint(FILM, SHOT))
    refused = replace(asked, state=Failed(sentence="No.", blame="request"))
    broken = replace(asked, state=Failed(sentence="No.", blame="machine"))
    together = replace(refused, fingerprint=f"other {refused.fingerprint}")
    for failed in (refused, broken, together):
        assert told(failed) == "Failed"
    for failed, word in ((refused, "Draft"), (together, "Draft"), (broken, "Failed")):
        assert told(failed, prompt="a blue ball drops") == word


def test_takes_that_came_after_the_one_in_the_cut_are_told_of_beside_its_state():
    kept, later = decided("kept"), "2999-01-01T10:00:00.000+00:00"
    newer = [replace(TAKE, id=name, created=later) for name in ("t-2", "t-3")]
    told_now = partial(told, TAKE, kept, chosen_take_id="t-1")
    assert told_now() == "Preview"
    assert told_now(newer[0]) == "Preview · A newer take to decide on"
    assert told_now(*newer) == "Preview · 2 newer takes to decide on"
    failed = replace(JOB, state=Failed(sentence="No."), created=later)
    assert told_now(newer[0], failed) == "Failed · A newer take to decide on"
    assert told_now(newer[0], locked=True) == "Locked"


@pytest.mark.parametrize(
    ("shot", "records", "word"),
    [
        (SHOT, [TAKE], "To decide"),
        (replace(SHOT, chosen_take_id="t-1"), [TAKE, decided("kept")], "In the cut"),
        (SHOT, [TAKE, decided("kept")], "Kept"),
        (replace(SHOT, chosen_take_id="other"), BOTH, "Passed over"),
    ],
)
def test_list_search_and_contact_sheet_say_the_same_of_a_take(shot, records, word):
    film, ledger = replace(FILM, shots=(shot,)), Ledger().append(*records)
    takes, sheet = TakeItems(), BoardItems()
    (row,) = (row for row in take_rows(film, shot, ledger) if row.id == "t-1")
    (found,) = (row for row in found_takes(film, ledger, "one") if row.id == "t-1")
    (seed,) = [one for one in sheet_rows(shot, ledger, {}) if one.take_id == "t-1"]
    for text in (takes.text(row), takes.tip(row), takes.text(found), sheet.text(seed)):
        assert word in text
    assert BOARD_WORDS[seed.state] == word


def test_queue_and_list_say_the_same_of_a_render_that_waits():
    ledger = Ledger().append(replace(JOB, state=Queued()))
    (job,) = job_rows(FILM, ledger, {})
    (row,) = ShotRows().of(FILM, ledger, {})
    assert job.words == STATE_WORDS[row.state] == "Queued"
    assert "Queued" in ShotItems().text(row)
