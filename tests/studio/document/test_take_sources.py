"""Which edits are behind what they were made from, and what they would be made from now."""

import json
from dataclasses import replace
from fractions import Fraction

from studio.document.film import Shot, new_film
from studio.document.ledger import KeepRecord, Ledger, TakeKind, TakeRecord
from studio.document.take_sources import behind, is_behind, new_source

WHEN = "2026-01-01T10:00:00.000+00:00"


def take(take_id, *, parent=None, of=None, words="", seed=1, kind: TakeKind = "preview"):
    recipe = {"task": {"type": "Edit", "instruction": words}} if parent else {}
    return TakeRecord(
        id=take_id, shot_id="s", folder=take_id, kind="edit" if parent else kind, frames=9,
        rate=Fraction(12), width=96, height=64, created=WHEN, parent_id=parent, upgrade_of=of,
        recipe=json.dumps(recipe), seed=seed,
    )  # fmt: skip


def film(chosen):
    shot = Shot(id="s", name="One", chosen_take_id=chosen)
    return replace(new_film("F"), shots=(shot,))


A, B = take("a"), take("b")
NIGHT, RAIN = take("night", parent="a", words="night"), take("rain", parent="night", words="rain")


def ids(takes):
    return [one.id for one in takes]


def test_an_edit_of_the_take_that_stands_for_its_shot_is_up_to_date():
    ledger = Ledger().append(A, B, NIGHT, RAIN)
    for chosen in ("a", "night", "rain", None):
        assert not is_behind(film(chosen), ledger, NIGHT)
        assert not is_behind(film(chosen), ledger, RAIN)
    assert not is_behind(film("b"), ledger, A)


def test_a_whole_chain_is_behind_when_its_first_take_was_replaced():
    ledger = Ledger().append(A, B, NIGHT, RAIN)
    assert ids(behind(film("b"), ledger, RAIN)) == ["night", "rain"]
    assert new_source(film("b"), ledger, RAIN).id == "b"


def test_a_full_render_of_the_same_take_replaces_nothing():
    full = take("full", of="a", kind="full")
    ledger = Ledger().append(A, NIGHT, full)
    assert not is_behind(film("a"), ledger, NIGHT)
    assert not is_behind(film("full"), ledger, NIGHT)


def test_what_was_made_again_lets_the_next_of_the_chain_follow():
    night2 = take("night2", parent="b", words="night")
    ledger = Ledger().append(A, B, NIGHT, RAIN, night2)
    assert not is_behind(film("b"), ledger, NIGHT)
    assert ids(behind(film("b"), ledger, RAIN)) == ["rain"]
    assert new_source(film("b"), ledger, RAIN).id == "night2"
    rain2 = take("rain2", parent="night2", words="rain")
    assert not is_behind(film("b"), ledger.append(rain2), RAIN)


def test_another_change_or_seed_or_a_rejected_one_is_not_the_same_made_again():
    for other in (
        take("x", parent="b", words="snow"),
        take("x", parent="b", words="night", seed=2),
    ):
        assert is_behind(film("b"), Ledger().append(A, B, NIGHT, other), NIGHT)
    again = take("x", parent="b", words="night")
    no = KeepRecord(take_id="x", decision="rejected", created=WHEN)
    assert is_behind(film("b"), Ledger().append(A, B, NIGHT, again, no), NIGHT)


def test_the_new_source_is_the_best_render_of_what_stands_there():
    full = take("full", of="b", kind="full")
    ledger = Ledger().append(A, B, NIGHT, full)
    assert new_source(film("b"), ledger, NIGHT).id == "full"
    made = take("made", parent="full", words="night")
    assert not is_behind(film("b"), ledger.append(made), NIGHT)


def test_edits_of_a_shot_that_is_gone_are_left_alone():
    ledger = Ledger().append(A, B, NIGHT)
    assert not is_behind(new_film("F"), ledger, NIGHT)
    assert new_source(new_film("F"), ledger, NIGHT) is None
