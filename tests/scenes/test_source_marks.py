"""A file is looked at, marked in and out, and laid in from there by keys, in the real window."""

from fractions import Fraction

import numpy as np

from engine.media import write_film
from studio.document.queries import active_timeline


def test_what_is_marked_in_a_file_is_what_is_laid(qtbot, window, windows, tmp_path):
    windows.new_film(window, tmp_path)
    desk, room = window.workspace, window.workspace.room
    street = tmp_path / "street.mp4"
    write_film(street, [np.full((90, 160, 3), k * 5, np.uint8) for k in range(40)], Fraction(24))
    windows.drop(desk.bins, [street])
    qtbot.waitUntil(lambda: desk.bin_items.rowCount() == 1)
    media_id = room.film.media[0].id

    desk.bins.opened.emit(media_id)
    player = desk.screening.player
    player.pause()
    player.seek(10)
    window.actions_["play.mark_in"].trigger()
    player.seek(21)
    window.actions_["play.mark_out"].trigger()
    assert desk.viewer.marks.words == "in 00:00:00:10\nout 00:00:00:21"
    assert active_timeline(room.film).in_frame is None
    window.actions_["play.go_in"].trigger()
    assert player.frame == 10
    window.actions_["cut.insert"].trigger()
    clips = [clip for track in active_timeline(room.film).tracks for clip in track.clips]
    assert [(one.start, one.length, one.source_in) for one in clips] == [(0, 12, 10)]

    # Both ends of the cut and one of the file: the cut says how much.
    room.session.set_playhead(12)
    window.actions_["play.mark_in"].trigger()
    room.session.set_playhead(19)
    window.actions_["play.mark_out"].trigger()
    desk.bins.opened.emit(media_id)
    player.pause()
    window.actions_["play.clear_out"].trigger()
    window.actions_["cut.overwrite"].trigger()
    clips = [clip for track in active_timeline(room.film).tracks for clip in track.clips]
    assert [(one.start, one.length, one.source_in) for one in clips] == [(0, 12, 10), (12, 8, 10)]
