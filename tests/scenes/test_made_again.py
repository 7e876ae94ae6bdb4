"""From a clip on the timeline: the picture kept, the sound made again."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from engine.media import read_pictures, read_sound
from studio.document.film import GeneratorSource
from studio.document.queries import active_timeline
from tests.scenes.test_window_story import preview, quiet, write_shot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def test_the_sound_of_a_clip_is_made_again_under_its_picture(qtbot, window, windows, tmp_path):
    windows.new_film(window, tmp_path)
    room, desk = window.room, window.workspace
    qtbot.waitUntil(lambda: room.capabilities is not None)
    write_shot(qtbot, window, "A drum falls down the stairs")
    preview(qtbot, window)
    window.actions_["shot.keep"].trigger()
    qtbot.waitUntil(lambda: bool(room.ledger.upgrades) and quiet(room))
    room.session.set_shot("")
    heard = next(
        clip
        for track in active_timeline(room.film).tracks
        if track.kind == "audio"
        for clip in track.clips
    )
    room.session.select([heard.id])
    window.actions_["cut.redo_sound"].trigger()
    assert desk.edit.keep_picture.isChecked()
    assert not desk.edit.keep_sound.isChecked()
    assert desk.edit.sound.value == 1.0
    assert desk.edit.instruction.toPlainText() == "A drum falls down the stairs"
    qtbot.mouseClick(desk.edit.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: quiet(room) and bool(room.ledger.children))
    ((child,),) = room.ledger.children.values()
    parent = room.ledger.takes[child.parent_id]
    assert parent.kind == "full"  # what the clip shows, not the preview that it came from
    before, after = room.folder / parent.folder, room.folder / child.folder
    was, now = (read_pictures(folder / "picture.mkv") for folder in (before, after))
    assert np.array_equal(was, now)
    was, now = (read_sound(folder / "sound.wav") for folder in (before, after))
    assert not np.array_equal(was, now)


def test_what_has_no_take_is_refused_by_a_sentence(qtbot, window, windows, tmp_path):
    windows.new_film(window, tmp_path)
    room, said = window.room, []
    room.said.connect(lambda notice: said.append(notice.sentence))
    window.actions_["cut.new_colour"].trigger()
    clip = next(
        one
        for track in active_timeline(room.film).tracks
        for one in track.clips
        if isinstance(one.source, GeneratorSource)
    )
    room.session.select([clip.id])
    window.actions_["cut.redo_sound"].trigger()
    assert said[-1] == "Only takes and clips with a picture can be made again in part."
