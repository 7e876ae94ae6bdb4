from hypothesis import given
from hypothesis import strategies as st

from studio.document.film import Marker
from studio.document.moved import is_cut_alone, shots_moved
from studio.document.queries import best_upgrade, shot_fingerprint, shot_state
from studio.document.shot_changes import edit_shot
from studio.document.track_changes import add_marker
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


def test_markers_are_of_the_cut_and_words_are_not():
    film, _ = first_moment()
    timeline, shot = film.timelines[0], film.shots[0]
    marked = add_marker(film, timeline.id, Marker(id="here", frame=3))
    assert is_cut_alone(film, marked)
    assert not is_cut_alone(film, edit_shot(marked, shot.id, prompt="other words"))
