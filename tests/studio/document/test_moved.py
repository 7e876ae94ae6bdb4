from hypothesis import given
from hypothesis import strategies as st

from studio.document.moved import shots_moved
from studio.document.queries import best_upgrade, shot_fingerprint, shot_state
from tests.studio.document.moments import first_moment, later


def seen(moment, shot):
    film, ledger = moment
    chosen = best_upgrade(ledger, shot.chosen_take_id or "")
    return shot_state(film, ledger, shot), shot_fingerprint(film, shot), chosen


@given(st.data())
def test_shots_that_did_not_move_are_as_they_were(data):
    moments = [first_moment()]
    for _ in range(data.draw(st.integers(1, 12))):
        moments.append(data.draw(later(moments[-1])))
    before, after = data.draw(st.sampled_from(moments)), moments[-1]
    moved = shots_moved(before, after)
    if moved is None:
        return
    known = {shot.id: seen(before, shot) for shot in before[0].shots}
    for shot in after[0].shots:
        if shot.id not in moved:
            assert seen(after, shot) == known[shot.id]


def test_nothing_moves_where_nothing_happened():
    moment = first_moment()
    assert shots_moved(moment, moment) == frozenset()
