from hypothesis import given
from hypothesis import strategies as st

from studio.bridge.shot_items import ShotRows
from studio.document.shot_changes import edit_shots
from tests.studio.document.moments import first_moment, later


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
