"""Which takes of a shot wait for a word: those that came after the last one was said."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from studio.document.film import Shot
from studio.document.ledger import Decision, KeepRecord, Ledger, TakeRecord
from studio.document.queries import waiting_takes

SHOT = Shot(id="s", name="One", prompt="a red ball drops")


def at(minute):
    return f"2026-01-01T10:{minute:02d}:00.000+00:00"


def take(name, minute, **facts):
    made = TakeRecord(
        id=name, folder=f"takes/{name}", kind="preview", frames=25, width=128, height=72,
        created=at(minute), shot_id="s", rate=Fraction(12),
    )  # fmt: skip
    return replace(made, **facts)


def word(name, minute, decision: Decision = "kept"):
    return KeepRecord(take_id=name, decision=decision, created=at(minute))


def waiting(ledger, chosen=None):
    return [one.id for one in waiting_takes(ledger, replace(SHOT, chosen_take_id=chosen))]


def test_without_a_take_in_the_cut_all_that_nothing_was_said_of_wait():
    ledger = Ledger().append(take("a", 1), take("b", 2), take("c", 3), word("b", 4, "rejected"))
    assert waiting(ledger) == ["a", "c"]
    assert waiting(Ledger()) == []


def test_what_lay_beside_a_take_that_was_kept_was_passed_over():
    ledger = Ledger().append(take("a", 1), take("b", 2), word("a", 3))
    assert waiting(ledger, "a") == []


def test_what_came_after_a_take_was_kept_waits_until_a_word_is_said():
    ledger = Ledger().append(take("a", 1), take("b", 2), word("a", 3), take("c", 4), take("d", 5))
    assert waiting(ledger, "a") == ["c", "d"]
    assert waiting(ledger.append(word("c", 6, "rejected")), "a") == ["d"]
    assert waiting(ledger.append(word("d", 6)), "d") == []
    assert waiting(ledger.append(word("a", 6)), "a") == []


def test_a_take_in_the_cut_of_which_nothing_was_said_counts_from_when_it_was_made():
    ledger = Ledger().append(take("a", 1), take("b", 2))
    assert waiting(ledger, "b") == []
    assert waiting(ledger, "a") == ["b"]
    assert waiting(ledger, "gone") == ["a", "b"]


def test_a_full_render_of_a_take_and_a_still_ask_for_nothing():
    full, still = take("full", 4, kind="full", upgrade_of="a"), take("still", 5, kind="still")
    ledger = Ledger().append(take("a", 1), word("a", 2), full, still)
    assert waiting(ledger, "a") == []
    edit = take("night", 6, kind="edit", parent_id="full")
    assert waiting(ledger.append(edit), "a") == ["night"]
