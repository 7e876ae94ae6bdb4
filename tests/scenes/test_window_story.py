import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from engine.media import probe
from studio.document.ledger import Done
from studio.document.project_file import open_project
from studio.document.queries import active_timeline, timeline_end

# The list of tags is a window of its own, which the offscreen screen cannot raise.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def quiet(room):
    return not any(job.is_open for job in room.queue.jobs())


def write_shot(qtbot, window, prompt):
    """A new shot by key, its prompt typed into the field."""
    desk = window.workspace
    window.actions_["shot.new"].trigger()
    window.activateWindow()  # without a screen it is not again by itself once a list was open
    qtbot.waitUntil(desk.shot.prompt.hasFocus)
    qtbot.keyClicks(desk.shot.prompt, prompt)
    desk.viewer.picture.setFocus()
    return desk.room.shot


def preview(qtbot, window):
    room = window.workspace.room
    before = len(room.ledger.takes)
    window.actions_["shot.preview"].trigger()
    qtbot.waitUntil(lambda: len(room.ledger.takes) > before and quiet(room))


def ready(qtbot, window):
    room = window.workspace.room
    qtbot.waitUntil(lambda: room.capabilities is not None)
    return room


@pytest.mark.timeout(180)
def test_a_film_is_made_from_a_dropped_picture_to_a_file(qtbot, window, windows, tmp_path):
    windows.new_film(window, tmp_path)
    desk, room = window.workspace, ready(qtbot, window)

    # Media dropped from outside, one of them broken.
    face = windows.picture_file(tmp_path, "face.png", 90)
    tone = windows.sound_file(tmp_path, "tone.wav")
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"this is no film" * 50)
    windows.drop(desk.bins, [face, tone, broken])
    qtbot.waitUntil(lambda: desk.bin_items.rowCount() == 2)
    qtbot.waitUntil(lambda: window.notices.notice is not None)
    assert "broken.mp4" in window.notices.notice.sentence
    assert window.notices.notice.cause
    copy = room.folder / room.film.media[0].path
    assert copy.read_bytes() == face.read_bytes()

    # Named once, used by its tag.
    desk.bins.tag_asked.emit(room.film.media[0].id, "Ava")
    shot = write_shot(qtbot, window, "@Ava runs along the quay at dusk")
    assert shot.prompt == "@Ava runs along the quay at dusk"
    qtbot.waitUntil(lambda: "@Image1" in desk.shot.request.text)
    assert "Ava" in desk.shot.request.text

    # Preview, keep, full: the upgrade replaces the preview in the cut.
    preview(qtbot, window)
    first = room.take
    assert first is not None
    assert first.kind == "preview"
    window.actions_["shot.keep"].trigger()
    assert room.shot.chosen_take_id == first.id
    assert timeline_end(active_timeline(room.film)) > 0
    qtbot.waitUntil(lambda: first.id in room.ledger.upgrades and quiet(room))

    def seen_full():
        desk.turns.settle()
        return desk.shot_items.row(0).state == "full"

    qtbot.waitUntil(seen_full)
    assert desk.take_items.row(0).upgraded

    # Edit: a child beside its parent.
    window.actions_["shot.edit"].trigger()
    qtbot.keyClicks(desk.edit.instruction, "make it nighttime")
    desk.edit.picture.set_value(0.4)
    qtbot.mouseClick(desk.edit.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: first.id in room.ledger.children and quiet(room))
    (child,) = room.ledger.children[first.id]
    assert child.label == "make it nighttime"
    desk.turns.settle()
    assert [row.depth for row in desk.take_items.rows()] == [0, 1]

    # A second shot, kept and so in the cut; then moved before the first on the timeline.
    write_shot(qtbot, window, "Waves break against the pier")
    preview(qtbot, window)
    window.actions_["shot.keep"].trigger()
    qtbot.waitUntil(lambda: quiet(room))
    end = timeline_end(active_timeline(room.film))
    room.session.set_playhead(end // 2 + 4)
    window.actions_["cut.split"].trigger()
    clips = [len(track.clips) for track in active_timeline(room.film).tracks if track.clips]
    assert clips == [3, 3]
    window.actions_["edit.undo"].trigger()

    # Play by the space bar; the playhead moves and the picture is there.
    room.session.set_take("")
    room.session.set_playhead(0)
    window.actions_["play.toggle"].trigger()
    qtbot.waitUntil(lambda: room.session.playhead > 6)
    window.actions_["play.toggle"].trigger()
    assert not desk.viewer.picture.shown.isNull()

    # Export in the panel.
    target = tmp_path / "story.mp4"
    window.actions_["film.export"].trigger()
    desk.export.file.setText(str(target))
    qtbot.mouseClick(desk.export.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not desk.exports.busy)
    info = probe(target)
    assert info.frames == end
    assert info.has_audio

    # Closed and opened again, nothing is gone.
    film, folder = room.film, room.folder
    assert window.close_film()
    project = open_project(folder)
    try:
        assert project.store.film == film
        assert all(isinstance(job.state, Done) for job in project.store.ledger.jobs.values())
    finally:
        project.close()


def test_closing_during_a_render_holds_it_for_the_next_sitting(qtbot, qapp, windows, tmp_path):
    window = windows.open_window(tmp_path, step_s=0.05)
    qtbot.addWidget(window)
    windows.new_film(window, tmp_path)
    room = ready(qtbot, window)
    shot = write_shot(qtbot, window, "A boat turns in the wind")
    window.actions_["shot.preview"].trigger()
    qtbot.waitUntil(lambda: any(p.step >= 2 for p in room.pulses.values()))
    folder = room.folder
    window.close()

    again = windows.open_window(tmp_path)
    qtbot.addWidget(again)
    assert again.open_film(folder)
    room = ready(qtbot, again)
    (job,) = room.queue.jobs()
    assert job.is_open
    assert room.queue.is_held(job.id)
    qtbot.waitUntil(lambda: again.workspace.queue.go.isVisibleTo(again))
    again.workspace.queue.go.click()
    qtbot.waitUntil(lambda: bool(room.ledger.takes_by_shot.get(shot.id)))
    again.close()


def test_escape_stops_a_preview_and_backspace_rejects_a_take(qtbot, qapp, windows, tmp_path):
    window = windows.open_window(tmp_path, step_s=0.05)
    qtbot.addWidget(window)
    windows.new_film(window, tmp_path)
    room = ready(qtbot, window)
    write_shot(qtbot, window, "A lamp swings")
    window.actions_["shot.preview"].trigger()
    qtbot.waitUntil(lambda: any(p.preview for p in room.pulses.values()))
    qtbot.waitUntil(lambda: window.workspace.viewer.picture.words != "")
    window.workspace.viewer.picture.setFocus()
    qtbot.keyClick(window.workspace.viewer.picture, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: quiet(room))
    assert not room.ledger.takes
    preview(qtbot, window)
    take = room.take
    qtbot.keyClick(window.workspace.viewer.picture, Qt.Key.Key_Backspace)
    assert room.ledger.decision(take.id) == "rejected"
    assert room.shot.chosen_take_id is None
    window.close()


def test_a_folder_without_a_film_is_a_notice(qtbot, window, tmp_path):
    assert not window.open_film(tmp_path)
    assert window.notices.isVisible()
    assert window.notices.notice.sentence.endswith(".")
    assert window.workspace is None


def test_the_demo_film_is_one_click_away(qtbot, window, windows, tmp_path, monkeypatch):
    monkeypatch.setattr("studio.ui.main_window.films_folder", lambda: tmp_path / "films")
    qtbot.mouseClick(window.welcome.demo_button, Qt.MouseButton.LeftButton)
    room = window.workspace.room
    assert [shot.name for shot in room.film.shots] == ["Ball", "Pumpkin", "Bell"]
    (card,) = room.film.cards
    (reference,) = room.film.media
    assert card.tag == "Pumpkin"
    assert card.media_ids == (reference.id,)
    assert room.film.bins[0].items == (reference.id,)
    assert (room.folder / reference.path).is_file()
    # Only that file is the pumpkin.
    windows.drop(window.workspace.bins, [windows.picture_file(tmp_path, "other.png", 40)])
    qtbot.waitUntil(lambda: len(room.film.media) == 2)
    qtbot.wait(100)
    assert room.film.cards == (card,)
    assert window.close_film()
    assert str(tmp_path / "films" / "Demo film") in window.settings.value.recent


def test_renaming_a_shot_and_planning_its_camera_is_done_in_the_panel(
    qtbot, window, windows, tmp_path
):
    windows.new_film(window, tmp_path)
    desk, room = window.workspace, ready(qtbot, window)
    write_shot(qtbot, window, "A gate")
    desk.shot.name.setFocus()
    desk.shot.name.selectAll()
    qtbot.keyClicks(desk.shot.name, "The gate")
    qtbot.keyClick(desk.shot.name, Qt.Key.Key_Return)
    assert room.shot.name == "The gate"
    desk.shot.fields.framing.setCurrentIndex(desk.shot.fields.framing.findData("close"))
    desk.shot.fields.framing.activated.emit(desk.shot.fields.framing.currentIndex())
    assert room.shot.camera.size == "close"
    window.actions_["edit.undo"].trigger()
    assert room.shot.camera.size == ""
    window.actions_["view.table"].trigger()
    assert desk.table.isVisible()


@pytest.mark.timeout(180)
def test_a_pasted_premise_is_planned_seen_and_then_added(qtbot, window, windows, tmp_path):
    windows.new_film(window, tmp_path)
    room = ready(qtbot, window)
    QGuiApplication.clipboard().setText("A ball rolls in the park. It hits a drum. A bell rings.")
    window.actions_["shot.paste"].trigger()
    panel = window.workspace.shot_desk.script
    assert panel.isVisible()
    assert room.film.shots == ()
    assert panel.add_button.text() == "Add 3 shots"
    qtbot.keyClick(panel, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [shot.camera.size for shot in room.film.shots] == ["wide", "close", "medium"]
    # A sentence alone is a shot, and a script is added as it is.
    for text, count in (("A dog barks.", 4), ("Shot 1: A cat. It sleeps.\nShot 2: A hen.", 6)):
        QGuiApplication.clipboard().setText(text)
        window.actions_["shot.paste"].trigger()
        assert len(room.film.shots) == count
        assert not panel.isVisible()
