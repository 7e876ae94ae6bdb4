"""Wherever a state of a shot or a take is told of, it is called the same."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from studio.bridge.job_items import job_rows
from studio.bridge.shot_items import ShotItems, ShotRows, row_state
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
from studio.document.shot_changes import add_shots

SHOT = Shot(id="s1", name="One", prompt="a red ball drops")
FILM = add_shots(new_film("F"), [SHOT])
TAKE = TakeRecord(
    id="t-1", folder="takes/t", kind="preview", frames=25, width=128, height=72, created=now(),
    shot_id="s1", label="4 seeds", rate=Fraction(12), seed=7,
)  # fmt: skip
JOB = JobRecord(id="j", kind="preview", shot_id="s1", created=now())


def decided(decision):
    return KeepRecord(take_id="t-1", decision=decision, created=now())


def test_a_take_that_waits_for_a_word_comes_before_no_take_and_before_a_failure():
    failed = replace(JOB, state=Failed(sentence="No."))
    assert row_state(FILM, Ledger(), SHOT) == "draft"
    assert row_state(FILM, Ledger().append(TAKE), SHOT) == "undecided"
    assert row_state(FILM, Ledger().append(failed), SHOT) == "failed"
    assert row_state(FILM, Ledger().append(TAKE, failed), SHOT) == "undecided"
    assert row_state(FILM, Ledger().append(TAKE, decided("rejected")), SHOT) == "draft"
    running = replace(JOB, state=Running())
    assert row_state(FILM, Ledger().append(TAKE, running), SHOT) == "running"
    assert row_state(FILM, Ledger().append(TAKE), replace(SHOT, locked=True)) == "locked"


@pytest.mark.parametrize(
    ("shot", "records", "word"),
    [
        (SHOT, [TAKE], "To decide"),
        (replace(SHOT, chosen_take_id="t-1"), [TAKE, decided("kept")], "In the cut"),
        (SHOT, [TAKE, decided("kept")], "Kept"),
    ],
)
def test_list_search_and_contact_sheet_say_the_same_of_a_take(shot, records, word):
    film, ledger = replace(FILM, shots=(shot,)), Ledger().append(*records)
    takes, sheet = TakeItems(), BoardItems()
    (row,) = take_rows(film, shot, ledger)
    (found,) = found_takes(film, ledger, "one")
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
