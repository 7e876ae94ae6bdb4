"""Files dropped from another program on the cut: in the bin, and laid where they were dropped."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent

from studio.document.cut_changes import add_timeline, open_timeline
from studio.document.film import ClipSource, MediaSource, new_film
from studio.document.project_file import create_project
from studio.document.queries import active_timeline
from studio.document.track_changes import edit_track, remove_track
from tests.studio.ui.gestures import drop, files

STILL = 96
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SHIFT, NONE = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support"),
    pytest.mark.timeout(300),
]


@pytest.fixture
def cut(qtbot, window, windows, tmp_path):
    """A window on a new film; what it says is kept."""
    windows.new_film(window, tmp_path)
    window.told = []
    window.room.said.connect(lambda notice: window.told.append(notice.sentence))
    window.room.session.set_snapping(False)
    return window


@pytest.fixture
def picture(windows, tmp_path):
    return windows.picture_file(tmp_path, "pier.png", 90)


@pytest.fixture
def tone(windows, tmp_path):
    return windows.sound_file(tmp_path, "tone.wav")


def drop_at(window, frame, *paths, track="video", keys=NONE):
    viewport = window.workspace.timeline.viewport()
    return drop(viewport, files(*paths), place(window, frame, track), keys=keys)


def place(window, frame, kind):
    """Where ``frame`` of the lowest track of a kind is."""
    geometry = window.workspace.timeline.geometry_now()
    track_id = lowest(window, kind).id
    lane = next(one for one in geometry.lanes if one.track_id == track_id)
    point = QPoint(geometry.x(frame), geometry.y(lane) + 10)
    assert geometry.nearest_frame(point.x()) == frame
    return point


def lowest(window, kind):
    tracks = [one for one in active_timeline(window.room.film).tracks if one.kind == kind]
    return tracks[0] if kind == "video" else tracks[-1]


def names(window, timeline=None):
    """What lies on the tracks of a timeline, by name, with its place."""
    film = window.room.film
    known: dict[ClipSource, str] = {MediaSource(media_id=one.id): one.name for one in film.media}
    return [
        (known[clip.source], clip.start, clip.length)
        for track in reversed((timeline or active_timeline(film)).tracks)
        for clip in track.clips
    ]


def arrive(qtbot, window, count):
    library = window.room.library
    qtbot.waitUntil(lambda: not library.importer.busy and not library._wanted)
    assert len(window.room.film.media) == count


def test_files_lie_where_they_were_dropped_one_after_the_other_by_one_edit(
    qtbot, cut, picture, tone, windows, tmp_path
):
    second = windows.picture_file(tmp_path, "beach.png", 30)
    torn = tmp_path / "torn.mov"
    torn.write_bytes(b"no film")
    cut.room.session.set_playhead(7)
    assert drop_at(cut, 40, second, torn, tone, picture)
    assert cut.workspace.timeline.overlay.drop is None
    arrive(qtbot, cut, 3)
    assert sorted(names(cut)) == [
        ("beach", 40, STILL),
        ("pier", 40 + STILL + 24, STILL),
        ("tone", 40 + STILL, 24),
    ]
    assert any("torn.mov" in sentence for sentence in cut.told)
    session = cut.room.session
    assert session.playhead == 7  # what was looked at stays in sight
    assert len(session.selection) == 3
    cut.room.undo()
    assert names(cut) == []
    assert len(cut.room.film.media) == 3
    cut.room.undo()
    assert len(cut.room.film.media) == 2


def test_what_is_dragged_over_shows_what_comes_and_whether_it_is_laid_in(cut, picture, tone):
    view, point = cut.workspace.timeline, place(cut, 40, "video")
    both, left = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton
    for path, kind, keys in ((picture, "video", CTRL), (tone, "audio", SHIFT)):
        mime = files(path)  # which the event does not keep
        event = QDragEnterEvent(point, both, mime, left, keys)
        view.dragEnterEvent(event)
        preview = view.overlay.drop
        assert [span[0].track_id for span in preview.spans] == [lowest(cut, kind).id]
        assert (preview.frame, preview.inserts) == (40, keys == CTRL)
    # The last would be moved out of its folder.
    assert event.proposedAction() == Qt.DropAction.MoveAction
    assert event.dropAction() == Qt.DropAction.CopyAction


def test_what_hangs_over_the_cut_is_soon_as_long_as_it_is(qtbot, cut, tone, picture, tmp_path):
    view, point = cut.workspace.timeline, place(cut, 40, "video")
    torn = tmp_path / "torn.mov"
    torn.write_bytes(b"no film")
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton

    def spans():
        return [span[1:] for span in view.overlay.drop.spans]

    mime = files(torn, tone, picture)
    view.dragEnterEvent(QDragEnterEvent(point, copy, mime, left, NONE))
    assert spans()[-1] == (40 + 2 * STILL, STILL)  # by their names alone
    # What cannot be brought in takes no room, as once it is let go.
    qtbot.waitUntil(lambda: spans() == [(40, 24), (40 + 24, STILL)])
    view.dragLeaveEvent(QDragLeaveEvent())
    assert view.overlay.drop is None
    qtbot.waitUntil(lambda: not cut.workspace.files_on_cut.busy)
    assert view.overlay.drop is None, "what is learned late shows nothing"


def test_a_folder_that_hangs_over_the_cut_is_soon_as_long_as_what_is_in_it(
    qtbot, cut, windows, tmp_path
):
    view, point = cut.workspace.timeline, place(cut, 40, "video")
    shoot = tmp_path / "Shoot"
    shoot.mkdir()
    windows.sound_file(shoot, "b.wav")
    windows.picture_file(shoot, "a.png", 90)
    (shoot / "notes.txt").write_text("eggs")

    def spans():
        return [span[1:] for span in view.overlay.drop.spans]

    mime = files(shoot)
    enter = QDragEnterEvent(point, Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, NONE)
    view.dragEnterEvent(enter)
    qtbot.waitUntil(lambda: spans() == [(40, STILL), (40 + STILL, 24)])
    assert drop_at(cut, 40, shoot)
    arrive(qtbot, cut, 2)
    assert sorted(names(cut)) == [("a", 40, STILL), ("b", 40 + STILL, 24)]


def test_a_file_that_is_in_the_film_is_laid_and_put_in_bins_without_a_word(qtbot, cut, picture):
    bins, room = cut.workspace.bins, cut.room
    assert drop_at(cut, 40, picture)
    arrive(qtbot, cut, 1)
    (media,) = room.film.media
    assert drop_at(cut, 300, picture)
    arrive(qtbot, cut, 1)
    assert names(cut) == [("pier", 40, STILL), ("pier", 300, STILL)]
    made = cut.workspace.bin_desk._shelving.new_bin(())
    room.library.import_files([picture], bin_id=made)
    arrive(qtbot, cut, 1)
    assert next(one for one in room.film.bins if one.id == made).items == (media.id,)
    assert cut.told == []
    # Where nothing comes of it, it is said and shown.
    bins.bar.choose("")
    drop(bins, files(picture))
    qtbot.waitUntil(lambda: cut.told == ["pier.png is in the film already."])
    assert bins.selected() == (media.id,)
    other = picture.rename(picture.with_name("sea.png"))
    drop(bins, files(other))
    words = "sea.png is in the film already, as pier."
    qtbot.waitUntil(lambda: cut.told[-1] == words)


def test_the_time_of_the_drop_stays_whatever_becomes_of_the_cut_meanwhile(
    qtbot, cut, picture, windows, tmp_path
):
    room = cut.room
    assert drop_at(cut, 10, picture)
    arrive(qtbot, cut, 1)
    (media,) = room.film.media
    beach = windows.picture_file(tmp_path, "beach.png", 30)
    assert drop_at(cut, 50, beach, keys=CTRL)
    # Before it is in, the cut is another, and so is the timeline that is open.
    first = room.film.active_timeline_id
    room.apply(lambda film: add_timeline(film, "Other"), "Add")
    room.session.set_playhead(7)
    room.session.select(())
    arrive(qtbot, cut, 2)
    assert room.film.active_timeline_id != first
    assert names(cut) == []
    assert (room.session.playhead, room.session.selection) == (7, frozenset())
    room.apply(lambda film: open_timeline(film, first), "Open")
    assert sorted(names(cut)) == [("beach", 50, STILL), ("pier", 10, 40), ("pier", 146, 56)]
    assert media.id in {one.id for one in room.film.media}


def test_alt_lets_a_clip_show_the_file(qtbot, cut, picture, windows, tmp_path):
    assert drop_at(cut, 10, picture)
    arrive(qtbot, cut, 1)
    beach = windows.picture_file(tmp_path, "beach.png", 30)
    assert drop_at(cut, 30, beach, keys=ALT)
    arrive(qtbot, cut, 2)
    assert names(cut) == [("beach", 10, STILL)]


def test_a_locked_track_refuses_at_the_door_and_a_lost_one_leaves_them_in_the_bin(
    qtbot, cut, picture
):
    room, track = cut.room, lowest(cut, "video")
    timeline_id = room.film.active_timeline_id
    room.apply(lambda film: edit_track(film, timeline_id, track.id, locked=True), "Lock")
    drop_at(cut, 40, picture)
    assert cut.told == [f"Track {track.name} is locked."]
    assert not room.library.importer.busy
    room.undo()
    drop_at(cut, 40, picture)
    room.apply(lambda film: remove_track(film, timeline_id, track.id), "Remove")
    arrive(qtbot, cut, 1)
    assert "gone; they are in the bin" in cut.told[-1]
    assert names(cut) == []


def test_what_the_director_stops_is_not_laid(qtbot, cut, picture, tone):
    assert drop_at(cut, 40, picture, tone)
    cut.workspace.bins.import_stopped.emit()
    qtbot.waitUntil(lambda: not cut.room.library.importer.busy)
    qtbot.wait(100)
    assert names(cut) == []


def test_a_film_that_is_dropped_on_the_cut_is_opened_and_not_laid(cut, tmp_path):
    create_project(tmp_path / "Other", new_film("Other")).close()
    dropped = []
    cut.workspace.timeline.files_dropped.connect(lambda *what: dropped.append(what))
    drop_at(cut, 40, tmp_path / "Other")
    assert dropped == []
    assert cut.room.film.name == "Other"


def test_a_film_that_is_read_only_refuses_files_at_the_door(qtbot, cut, picture):
    folder = cut.room.folder
    assert cut.close_film()
    lock = folder / "film.dailies.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()
    assert cut.open_film(folder)
    cut.room.said.connect(lambda notice: cut.told.append(notice.sentence))
    dropped = []
    cut.workspace.timeline.files_dropped.connect(lambda *what: dropped.append(what))
    drop_at(cut, 40, picture)
    assert dropped == []
    assert set(cut.told) == {cut.room.store.read_only}
    assert not cut.room.library.importer.busy
    lock.rmdir()
