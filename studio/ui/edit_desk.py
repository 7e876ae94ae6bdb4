"""The edit desk: what the edit panel asks for, made: edits, ladders, regions, footage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject

from engine.api import Edit
from studio.bridge.editing import edit_footage, save_mask, try_ladder
from studio.bridge.room import Room
from studio.document.queries import find_media
from studio.ui.edit_panel import EditPanel
from studio.ui.mask_overlay import MaskOverlay
from studio.ui.viewer import Viewer


class EditDesk(QObject):
    """Carries edits from the panel to the room, with the region that was painted."""

    def __init__(
        self, room: Room, panel: EditPanel, viewer: Viewer, show_panel: Callable[[str], None]
    ) -> None:
        super().__init__(panel)
        self._room, self._panel, self._show_panel = room, panel, show_panel
        self.overlay = MaskOverlay(viewer.picture)
        self.overlay.painted.connect(self._on_painted)
        self.overlay.closed.connect(panel.region.end_painting)
        panel.region_asked.connect(self._paint)
        panel.region_cleared.connect(self.overlay.clear)
        panel.edit_asked.connect(self.make)
        panel.ladder_asked.connect(self.climb)
        panel.take_asked.connect(room.session.set_take)
        room.jobs_changed.connect(self._show_rungs)
        room.pulsed.connect(lambda _job_id: self._show_rungs())
        room.session.take_changed.connect(lambda _take_id: self._end_region())
        room.session.shot_changed.connect(lambda _shot_id: self.overlay.clear())

    def look_at_media(self, media_id: str) -> None:
        """Let an imported clip be what would be changed, while it is looked at."""
        media = find_media(self._room.film, media_id)
        moves = media is not None and media.kind == "video"
        self._panel.set_footage(media if moves else None)

    def make(self, edit: Edit) -> None:
        """Make a change of the take under the hand, or of imported footage."""
        edit = self._with_mask(edit)
        footage = self._panel.footage
        if footage is not None:
            job = edit_footage(self._room, footage, edit)
        else:
            job = self._room.edit_take(edit)
        if job is not None:
            self.overlay.put_away()
            self._show_panel("takes")

    def climb(self, edit: Edit | None = None) -> None:
        """Try a change at three strengths."""
        edit = self._panel.edit() if edit is None else edit
        if not edit.instruction:
            self._room.say(self.tr("Say what should change first; then try three strengths."))
            self._show_panel("edit")
            self._panel.begin()
            return
        rungs = try_ladder(self._room, self._with_mask(edit))
        self._panel.show_ladder(rungs)
        self._show_rungs()

    def paint_region(self) -> None:
        """Begin to paint, or stop."""
        self._show_panel("edit")
        self._panel.region.paint.toggle()

    def _paint(self, begin: bool) -> None:
        if not begin:
            self.overlay.put_away()
            return
        take, footage = self._room.take, self._panel.footage
        if footage is not None:
            self.overlay.begin(footage.facts.width, footage.facts.height)
        elif take is not None:
            if not self._room.session.take_id:
                self._room.session.set_take(take.id)  # the picture that is painted on
            self.overlay.begin(take.width, take.height)
        else:
            self._panel.region.end_painting()
            return
        self._panel.region.set_painted(not self.overlay.is_empty)

    def _with_mask(self, edit: Edit) -> Edit:
        if not self._panel.region.painted or self.overlay.is_empty:
            return edit
        try:
            return replace(edit, mask=str(save_mask(self.overlay.region, self._room.folder)))
        except OSError as error:
            self._room.problem(
                self.tr("The region could not be written: {why}").format(
                    why=(error.strerror or str(error)).lower()
                )
            )
            return edit

    def _on_painted(self, painted: bool) -> None:
        self._panel.region.set_painted(painted)
        self._panel.refresh()

    def _end_region(self) -> None:
        """Another take is looked at: its picture is another."""
        if self.overlay.isVisible():
            self.overlay.put_away()

    def _show_rungs(self) -> None:
        room = self._room
        self._panel.ladder.refresh(room.ledger, room.pulses, room.session.take_id)
