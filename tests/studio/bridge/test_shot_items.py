from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from studio.bridge.shot_items import ShotRows, pictured_take
from studio.document.film import Shot
from studio.document.ledger import KeepRecord, Ledger, TakeRecord
from studio.document.shot_changes import edit_shots
from tests.studio.document.moments import first_moment, later

WHEN = "2026-01-01T10:00:00.000+00:00"


@given(st.data())
def test_rows_that_are_kept_are_those_that_would_be_made(data):
    moment, kept = first_moment(), ShotRows()
    kept.of(*moment, {})
    for _ in range(data.draw(st.integers(1, 12))):
        moment = data.draw(later(moment))
        film, ledger = moment
        assert kept.of(film, ledger, {}) == ShotRows().of(film, ledger, {})


def test_rows_of_shots_that_nothing_happened_to_are_the_same_objects():
    film, ledger = first_moment()
    kept = ShotRows()
    before = kept.of(film, ledger, {})
    after = kept.of(edit_shots(film, ["s2"], prompt="rain"), ledger, {})
    assert [one is other for one, other in zip(before, after, strict=True)] == [
        row.id != "s2" for row in before
    ]


def test_the_picture_of_a_shot_is_of_nothing_that_was_rejected():
    still = TakeRecord(
        id="still", shot_id="s", folder="takes/still", kind="still", frames=1, rate=Fraction(12),
        width=32, height=18, created=WHEN,
    )  # fmt: skip
    one, two = (replace(still, id=name, kind="preview", frames=25) for name in ("one", "two"))
    full = replace(one, id="full", kind="full", upgrade_of="one")
    shot, ledger = Shot(id="s", name="Pier"), Ledger().append(still, one, two, full)

    def pictured(shot, ledger):
        take = pictured_take(ledger, shot)
        return None if take is None else take.id

    assert pictured(shot, ledger) == "two"
    assert pictured(replace(shot, chosen_take_id="one"), ledger) == "full"
    for take_id, left in (("two", "full"), ("one", "still"), ("still", None)):
        ledger = ledger.append(KeepRecord(take_id=take_id, decision="rejected", created=WHEN))
        assert pictured(shot, ledger) == left
