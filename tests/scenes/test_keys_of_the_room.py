"""The keys that hands know, pressed in a whole window: playing, cutting, marking, finding."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from studio.document.film import MediaSource, ShotSource, TakeSource
from studio.document.ledger import Cancelled
from studio.document.queries import active_timeline
from studio.document.timeline_access import find_clip
from studio.playback.player import Paused, Playing
from studio.ui.timeline_table_rows import ClipRow
from tests.scenes.test_window_story import preview, quiet, ready, write_shot

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support"),
    pytest.mark.timeout(300),
]


@pytest.fixture
def cut(qtbot, window, windows, tmp_path):
    """Two shots on the timeline, which has the keys."""
    windows.new_film(window, tmp_path)
    room = ready(qtbot, window)
    for words in ("a red ball drops", "a blue drum rolls"):
        write_shot(qtbot, window, words)
        window.actions_["shot.place"].trigger()
    window.workspace.timeline.setFocus()
    room.session.set_playhead(0)
    return window


def keep_a_take(qtbot, window):
    """A kept preview of the shot under the hand."""
    preview(qtbot, window)
    window.actions_["shot.keep"].trigger()
    qtbot.waitUntil(lambda: quiet(window.room))
    window.room.session.set_take("")
    window.workspace.timeline.setFocus()


def press(window, keys):
    # The binding can be indexed, its stubs cannot.
    one = QKeySequence(keys)[0]  # pyright: ignore[reportIndexIssue]
    QTest.keyClick(window.workspace.timeline, one.key(), one.keyboardModifiers())


def pictures(window):
    tracks = active_timeline(window.room.film).tracks
    return [clip for track in tracks if track.kind == "video" for clip in track.clips]


def test_space_and_j_k_l_play_back_and_forth(cut):
    player = cut.workspace.screening.player
    press(cut, "Space")
    assert player.state == Playing(1)
    press(cut, "Space")
    assert player.state == Paused()
    press(cut, "L")
    press(cut, "L")
    assert player.state == Playing(2)
    press(cut, "K")
    press(cut, "J")
    assert player.state == Playing(-1)
    press(cut, "K")
    assert player.state == Paused()


def test_arrows_step_and_edits_are_gone_to(cut):
    session = cut.room.session
    first, second = pictures(cut)
    for keys, at in (
        ("Right", 1), ("Shift+Right", 25), ("Left", 24), ("Shift+Left", 0), ("Down", first.end),
        ("Down", second.end), ("Up", first.end), ("Home", 0), ("End", second.end),
    ):  # fmt: skip
        press(cut, keys)
        assert session.playhead == min(at, second.end), keys


def test_in_and_out_are_marked_gone_to_and_cleared(cut):
    session, marks = cut.room.session, lambda: active_timeline(cut.room.film)
    session.set_playhead(10)
    press(cut, "I")
    session.set_playhead(30)
    press(cut, "O")
    assert (marks().in_frame, marks().out_frame) == (10, 31)
    press(cut, "Shift+I")
    assert session.playhead == 10
    press(cut, "Shift+O")
    assert session.playhead == 30
    press(cut, "Alt+I")
    press(cut, "Alt+O")
    assert (marks().in_frame, marks().out_frame) == (None, None)


def test_every_tool_has_its_key(cut):
    for keys, tool in (
        ("B", "razor"), ("R", "ripple"), ("N", "roll"), ("Y", "slip"), ("U", "slide"),
        ("V", "select"),
    ):  # fmt: skip
        press(cut, keys)
        assert cut.room.session.tool == tool
    was = cut.room.session.snapping
    press(cut, "S")
    assert cut.room.session.snapping is not was
    zoom = cut.room.session.zoom
    press(cut, "=")
    assert cut.room.session.zoom > zoom
    press(cut, "\\")
    press(cut, "-")
    assert cut.room.session.zoom != zoom


def test_trims_splits_lifts_and_markers_by_key_come_back_by_undo(cut):
    session, before = cut.room.session, cut.room.film
    first, second = pictures(cut)
    session.set_playhead(first.start + 10)
    press(cut, "Q")
    assert pictures(cut)[0].start == 10
    assert pictures(cut)[0].source_in == 10
    session.set_playhead(second.start + 12)
    press(cut, "W")
    assert pictures(cut)[1].end == second.start + 12
    session.set_playhead(20)
    press(cut, "M")
    assert [one.frame for one in active_timeline(cut.room.film).markers] == [20]
    press(cut, "Ctrl+K")
    assert len(pictures(cut)) == 3
    session.select([pictures(cut)[1].id])
    press(cut, "Del")
    assert len(pictures(cut)) == 2
    session.select([pictures(cut)[0].id])
    press(cut, "Shift+Del")
    assert len(pictures(cut)) == 1
    for _ in range(6):
        press(cut, "Ctrl+Z")
    assert cut.room.film == before
    press(cut, "Ctrl+Shift+Z")
    assert cut.room.film != before


def test_unlinked_sound_goes_its_own_way(cut):
    session = cut.room.session
    second = pictures(cut)[1]
    session.select([second.id])
    press(cut, "Ctrl+Shift+L")
    assert find_clip(active_timeline(cut.room.film), second.id).clip.link_id is None
    session.select([second.id])
    press(cut, "Alt+Right")
    timeline = active_timeline(cut.room.film)
    sounds = [clip for track in timeline.tracks if track.kind == "audio" for clip in track.clips]
    assert pictures(cut)[1].start == second.start + 1
    assert max(clip.start for clip in sounds) == second.start


def test_match_frame_looks_at_the_very_picture_of_a_take_and_of_a_file(
    qtbot, cut, windows, tmp_path
):
    room, desk = cut.room, cut.workspace
    keep_a_take(qtbot, cut)
    second = pictures(cut)[1]
    room.session.set_playhead(second.start + 17)
    press(cut, "F")
    assert second.source == ShotSource(shot_id=room.session.shot_id)
    assert isinstance(desk.screening.source, TakeSource)
    assert desk.screening.player.frame == 17
    assert desk.screening.player.state == Paused()
    assert room.session.playhead == second.start + 17
    # A file: the part of it that its clip uses.
    room.session.set_take("")
    windows.drop(desk.bins, [windows.sound_file(tmp_path, "tone.wav")])
    qtbot.waitUntil(lambda: bool(room.film.media))
    room.session.set_playhead(second.end + 30)
    desk.screening.look_at_media(room.film.media[0].id)
    desk.timeline.setFocus()
    press(cut, ".")
    laid = [
        clip
        for track in active_timeline(room.film).tracks
        for clip in track.clips
        if isinstance(clip.source, MediaSource)
    ]
    room.session.set_playhead(laid[0].start + 5)
    press(cut, "F")
    assert isinstance(desk.screening.source, MediaSource)
    assert desk.screening.player.frame == 5


def test_a_locked_shot_takes_no_new_take_for_the_chosen_one(qtbot, cut):
    room, desk = cut.room, cut.workspace
    keep_a_take(qtbot, cut)
    chosen = room.shot.chosen_take_id
    press(cut, "Ctrl+L")
    assert room.shot.locked
    row = desk.shot_items.rows()[1]
    assert row.state == "locked"
    before = len(room.ledger.takes)
    assert room.shot not in desk.shot_desk.batches.stale()
    desk.shot.prompt.setFocus()
    press(cut, "Ctrl+Alt+W")
    qtbot.keyClicks(desk.shot.prompt, " far away")
    desk.timeline.setFocus()
    press(cut, "Ctrl+Alt+R")
    qtbot.waitUntil(lambda: quiet(room))
    assert len(room.ledger.takes) == before
    assert room.shot.chosen_take_id == chosen
    press(cut, "Ctrl+L")
    assert not room.shot.locked


def test_tracks_are_added_and_removed_by_command(cut):
    names = lambda: [track.name for track in active_timeline(cut.room.film).tracks]  # noqa: E731
    before = names()
    cut.actions_["cut.add_video"].trigger()
    cut.actions_["cut.add_audio"].trigger()
    assert len(names()) == len(before) + 2
    cut.room.session.select([pictures(cut)[0].id])
    cut.actions_["cut.remove_track"].trigger()
    assert len(names()) == len(before) + 1
    assert not pictures(cut)
    for _ in range(3):
        press(cut, "Ctrl+Z")
    assert names() == before
    assert len(pictures(cut)) == 2


def leave_fields(desk):
    """Begin to write in one field after the other, and press Escape in each."""
    desk.bins.tags.open((), "", ())
    for field in (desk.bins.tags.field, desk.shot.prompt, desk.shot.name, desk.bins.search):
        field.setFocus()
        QTest.keyClicks(field, "rain")
        QTest.keyClick(field, Qt.Key.Key_Escape)
        assert not field.hasFocus()


def test_escape_leaves_a_field_and_then_stops_previews_but_no_full_render(
    qtbot, qapp, windows, tmp_path
):
    window = windows.open_window(tmp_path, step_s=0.3)
    qtbot.addWidget(window)
    windows.new_film(window, tmp_path)
    room, desk = ready(qtbot, window), window.workspace
    write_shot(qtbot, window, "A lamp swings")
    preview(qtbot, window)
    window.actions_["shot.keep"].trigger()
    qtbot.waitUntil(lambda: room.running_job() is not None)
    upgrade = room.running_job().id
    leave_fields(desk)
    desk.timeline.setFocus()
    QTest.keyClick(desk.timeline, Qt.Key.Key_Escape)
    assert not window.actions_["shot.stop"].isEnabled()
    assert room.queue.job(upgrade).is_open

    window.actions_["shot.preview"].trigger()
    newer = next(job.id for job in room.queue.jobs() if job.kind == "preview" and job.is_open)
    leave_fields(desk)
    assert room.queue.job(newer).is_open
    desk.shot.prompt.setFocus()
    QTest.keyClick(desk.shot.prompt, Qt.Key.Key_Escape, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: not room.queue.job(newer).is_open)
    window.actions_["shot.preview"].trigger()
    newer = next(job.id for job in room.queue.jobs() if job.kind == "preview" and job.is_open)
    desk.timeline.setFocus()
    QTest.keyClick(desk.timeline, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not room.queue.job(newer).is_open)
    assert room.queue.job(newer).state == Cancelled()
    assert room.queue.job(upgrade).is_open
    window.close()


def test_in_the_table_return_goes_to_the_clip_and_decides_nothing(qtbot, cut):
    room, table = cut.room, cut.workspace.table
    preview(qtbot, cut)
    assert room.take is not None
    cut.actions_["view.table"].trigger()
    table.setFocus()
    second = pictures(cut)[1]
    table.selectRow(table.model().numbers(frozenset({second.id}))[0])
    jobs = room.ledger.jobs
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert room.session.playhead == second.start
    assert room.ledger.keeps == {}
    assert room.ledger.jobs == jobs
    QTest.keyClick(table, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert len(pictures(cut)) == 3, "with Shift it is the window's key, which lays the shot"


def test_the_table_has_the_clips_of_the_cut_and_takes_them_off(cut):
    table, model = cut.workspace.table, cut.workspace.table.model()
    cut.actions_["view.table"].trigger()
    rows = [model.row(number) for number in range(model.rowCount())]
    shown = {row.clip.id for row in rows if isinstance(row, ClipRow)}
    tracks = active_timeline(cut.room.film).tracks
    assert shown == {clip.id for track in tracks for clip in track.clips}
    assert len(rows) == 1 + len(tracks) + 4
    first = pictures(cut)[0]
    table.setFocus()
    table.selectRow(model.numbers(frozenset({first.id}))[0])
    assert cut.room.session.selection == {first.id}
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert len(pictures(cut)) == 1
    assert first not in pictures(cut)
    assert model.rowCount() == len(rows) - 2
