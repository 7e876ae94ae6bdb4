"""Tracks without a clip on them, taken in hand by keys and by their headers."""

from __future__ import annotations

from PySide6.QtCore import QPoint

from studio.document.queries import active_timeline
from studio.ui.timeline_deeds import CUT_DEEDS


def track(view, track_id):
    tracks = active_timeline(view.store.film).tracks
    return next((one for one in tracks if one.id == track_id), None)


def done(view, *names):
    for name in names:
        CUT_DEEDS[name](view.commands)


def fresh(view):
    """An empty track, in hand by the keyboard alone."""
    before = {one.id for one in view.timeline.tracks}
    done(view, "cut.add_video")
    (name,) = {one.id for one in view.timeline.tracks} - before
    while view.session.track_id != name:
        done(view, "cut.track_above")
    return name


def test_an_empty_track_is_muted_soloed_locked_ordered_and_removed(view):
    name = fresh(view)
    done(view, "cut.mute_track", "cut.solo_track", "cut.lock_track")
    made = track(view, name)
    assert (made.muted, made.solo, made.locked) == (True, True, True)
    done(view, "cut.lock_track", "cut.lower_track")
    assert [one.id for one in view.timeline.tracks].index(name) == 3
    done(view, "cut.raise_track")
    assert [one.id for one in view.timeline.tracks].index(name) == 4
    done(view, "cut.remove_track")
    assert track(view, name) is None


def test_the_hand_goes_from_track_to_track_and_stops_at_the_ends(view):
    done(view, "cut.track_below")
    assert view.session.track_id == "V1"
    for _ in range(9):
        done(view, "cut.track_below")
    assert view.session.track_id == "A2"
    for _ in range(9):
        done(view, "cut.track_above")
    assert view.session.track_id == "V2"


def test_selected_clips_take_their_own_track_in_hand_again(view):
    view.session.select(["music"])
    view.session.set_track("V2")
    done(view, "cut.mute_track", "cut.solo_track")
    assert track(view, "V2").muted
    assert track(view, "V2").solo
    view.session.select(["music"])
    assert view.session.track_id == ""
    done(view, "cut.mute_track")
    assert track(view, "A2").muted


def test_without_a_track_in_hand_one_is_told(view):
    said = []
    view.refused.connect(said.append)
    done(view, "cut.solo_track", "cut.raise_track")
    assert said == ["Take a track in hand first: by its header, or by a clip on it."] * 2


def test_a_click_on_a_header_takes_its_track_in_hand_and_shows_it(hand, view):
    geometry = view.geometry_now()
    lane = geometry.lanes[1]
    plain = view.grab().toImage()
    hand.click(QPoint(20, geometry.y(lane) + 12))
    assert view.session.track_id == lane.track_id
    assert view.grab().toImage().copy(0, 0, 140, 400) != plain.copy(0, 0, 140, 400)


def test_a_track_out_of_sight_is_scrolled_to(view):
    view.resize(900, 200)
    view.session.set_track("A2")
    geometry = view.geometry_now()
    lane = next(one for one in geometry.lanes if one.track_id == "A2")
    assert geometry.y(lane) + lane.height <= geometry.height
    view.session.set_track("V2")
    geometry = view.geometry_now()
    assert geometry.y(geometry.lanes[0]) >= 0
