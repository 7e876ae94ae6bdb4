"""Writing names and notes of the cut by command: on the timeline, or in the table where it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from studio.ui.timeline_table_rows import CLIP, TRACK

if TYPE_CHECKING:
    from studio.ui.workspace import Workspace


def _write_marker(desk: Workspace) -> None:
    if not desk.shows_table:
        desk.timeline.write_marker()
        return
    here = desk.table.marker_in_hand() or desk.timeline.marker_here()
    if here is not None:
        desk.table.write(here.id, CLIP)


def _rename_track(desk: Workspace) -> None:
    track = desk.timeline.commands.whole.track_in_hand()
    if track is None:
        return
    if desk.shows_table:
        desk.table.write(track.id, TRACK)
    else:
        desk.timeline.rename_track(track.id)


def _rename_timeline(desk: Workspace) -> None:
    if desk.shows_table:
        desk.table.write(desk.timeline.timeline.id, CLIP)
    else:
        desk.timeline.tabs.rename_open()


WRITING_DEEDS: Mapping[str, Callable[[Workspace], object]] = {
    "cut.edit_marker": _write_marker,
    "timeline.rename_track": _rename_track,
    "timeline.rename": _rename_timeline,
}
