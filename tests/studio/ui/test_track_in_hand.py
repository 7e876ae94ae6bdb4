"""Tracks without a clip on them, taken in hand by keys and by their headers."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDragEnterEvent
from PySide6.QtWidgets import QApplication

from studio.bridge.drags import Cargo, packed
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


def lay(view, *cargoes):
    """Lay what is named at the playhead; the tracks that each came to."""
    found = []
    for kind, name in cargoes:
        view.commands.overwrite(Cargo(kind, (name,)))
        chosen = view.session.selection
        found.append({t.id for t in view.timeline.tracks if chosen & t.positions.keys()})
    return found


def test_what_is_laid_by_keys_goes_on_the_track_in_hand_and_the_next_behind_it(view):
    view.session.set_playhead(700)
    assert lay(view, ("shot", "shot0")) == [{"V1", "A1"}]
    view.session.set_playhead(700)
    view.session.set_track("V2")
    assert lay(view, ("shot", "shot1"), ("shot", "shot2")) == [{"V2", "A2"}] * 2
    assert view.session.track_id == "V2"
    view.session.set_playhead(1500)
    view.session.set_track("A2")
    assert lay(view, ("media", "music")) == [{"A2"}]
    view.commands.place(Cargo("shot", ("shot3",)), 2500, inserts=False, track_id="V1")
    assert view.session.track_id == "", "what was laid elsewhere lets go of it"
    view.session.set_track("A2")
    view.commands.append(Cargo("media", ("map",)))
    end = max(clip.end for track in view.timeline.tracks for clip in track.clips)
    assert track(view, "V2").clips[-1].end == end


def test_a_locked_track_in_hand_takes_nothing_and_says_so(view):
    said = []
    view.refused.connect(said.append)
    view.session.set_track("V2")
    done(view, "cut.lock_track")
    film = view.store.film
    view.commands.insert(Cargo("shot", ("shot1",)))
    assert said == ["Track Inserts is locked."]
    assert view.store.film is film


def test_a_still_and_a_shot_that_nothing_was_made_of_fill_what_is_marked(view):
    view.session.set_track("V2")
    view.session.set_playhead(1000)
    view.commands.mark_in()
    view.session.set_playhead(1299)
    view.commands.mark_out()
    for cargo in (Cargo("media", ("map",)), Cargo("shot", ("shot6",))):
        view.commands.overwrite(cargo)
        (clip,) = track(view, "V2").clips[-1:]
        assert (clip.start, clip.length, clip.source_in) == (1000, 300, 0)


def test_a_drag_over_a_locked_track_says_that_it_is(view, hands):
    done(view, "cut.track_below")
    assert view.session.track_id == "V1"
    done(view, "cut.lock_track")
    film, lane = view.store.film, view.geometry_now().lane_of(2)
    mime = packed("shot", ["shot1"])
    at = QPoint(600, view.geometry_now().y(lane) + 20)
    QApplication.sendEvent(
        view.viewport(),
        QDragEnterEvent(at, Qt.DropAction.CopyAction, mime, hands.LEFT, hands.NONE),
    )
    assert view.overlay.hint == "Track Picture is locked."
    assert view.overlay.refused
    assert hands.drop(view.viewport(), mime, at)
    assert view.store.film is film
    assert not view.overlay.refused
