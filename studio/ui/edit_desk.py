"""The edit desk: what the edit panel asks for, made: edits, ladders, regions, footage."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Literal

from PySide6.QtCore import QObject, QTimer

from engine.api import Edit
from engine.errors import EngineError
from studio.bridge.editing import edit_footage, try_ladder
from studio.bridge.room import Room
from studio.bridge.source_marks import SourceRange
from studio.document.film import MediaSource
from studio.document.queries import find_media
from studio.document.take_lineage import asked, chain, footage_of
from studio.document.timebase import conformed_length, seconds
from studio.render.footage import Footage, footage_request
from studio.render.requests import edit_request
from studio.ui.edit_panel import EditPanel
from studio.ui.region_desk import RegionDesk
from studio.ui.screening import Screening
from studio.wording import tr

_SOON_MS = 250


class EditDesk(QObject):
    """Carries edits from the panel to the room, with the region that was painted.

    Attributes:
        regions: where the region is painted and followed.
    """

    def __init__(
        self, room: Room, panel: EditPanel, screening: Screening, show_panel: Callable[[str], None]
    ) -> None:
        super().__init__(panel)
        self._room, self._panel, self._show_panel = room, panel, show_panel
        self._screening = screening
        self.regions = RegionDesk(room, panel, screening)
        panel.edit_asked.connect(self.make)
        panel.ladder_asked.connect(self.climb)
        panel.take_asked.connect(room.session.set_take)
        panel.source_asked.connect(self._look_at_source)
        screening.turned.connect(self._turn)
        screening.marked.connect(self._mark)
        room.capable.connect(panel.refresh)
        room.kept.connect(self._put_away)
        self._counted: Hashable = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self._count)
        panel.turned.connect(self._count_soon)
        room.jobs_changed.connect(self._show_rungs)
        room.pulsed.connect(lambda _job_id: self._show_rungs())

    def _turn(self) -> None:
        """Let an imported clip be what would be changed, while it is looked at."""
        self._panel.set_footage(self._looked_at())
        self.regions.turn()

    def _mark(self) -> None:
        """Take the part of it that is marked now."""
        if self._looked_at() != self._panel.footage:
            self._turn()

    def _looked_at(self) -> Footage | None:
        """The imported clip on the screen, as far as it is marked."""
        source, rate = self._screening.source, self._room.film.rate
        if not isinstance(source, MediaSource):
            return None
        media = find_media(self._room.film, source.media_id)
        marked = self._screening.marks.of(source)
        if media is None or media.kind != "video":
            return None
        return Footage(
            media=media,
            in_s=seconds(marked.start or 0, rate),
            out_s=None if marked.end is None else seconds(marked.end, rate),
        )

    def _look_at_source(self) -> None:
        """Look at the imported clip that the take under the hand came from, its part marked."""
        room, take = self._room, self._room.take
        if take is None:
            return
        first = chain(room.ledger, take)[0]
        media, in_s = footage_of(room.film, first), asked(first.recipe).in_s
        if media is None:
            room.say(tr("The clip that it was made from is no longer in the bins."))
            return
        rate = room.film.rate
        begin = round(in_s * rate)
        length = conformed_length(first.frames, first.rate, rate)
        self._screening.look_at_part(media.id, SourceRange(begin, begin + length))

    def make(self, edit: Edit) -> None:
        """Make a change of the take under the hand, or of imported footage.

        Where its region is still being followed, it is made as soon as that is done.
        """
        footage, take = self._panel.footage, self._room.take

        def make(mask: str | None) -> None:
            wanted = replace(edit, mask=mask)
            if footage is not None:
                queued = bool(edit_footage(self._room, footage, (wanted,)))
            else:
                queued = take is not None and self._room.shooting.edit(take, wanted) is not None
            if queued and (footage is not None or take == self._room.take):
                self.regions.put_away()
                self._show_panel("takes")
                # Where the result is decided on: the words would take the keys for letters.
                self._screening.screen.setFocus()

        self.regions.with_mask(make)

    def _put_away(self, take_id: str) -> None:
        """Let go of what was asked for where a take is kept that was made of it."""
        room, take = self._room, self._room.ledger.takes[take_id]
        if take.kind != "edit":
            return
        footage = footage_of(room.film, take)
        for changed_id in (take.shot_id, None if footage is None else footage.id):
            if changed_id is not None:
                self._panel.put_away(take.label, changed_id)

    def climb(self, edit: Edit | None = None) -> None:
        """Try a change at three strengths, of the take under the hand or of imported footage."""
        edit = self._panel.edit() if edit is None else edit
        footage = self._panel.footage
        if not edit.instruction:
            self._room.say(tr("Say what should change first; then try three strengths."))
            self._show_panel("edit")
            self._panel.begin()
            return

        def climb(mask: str | None) -> None:
            self._panel.show_ladder(try_ladder(self._room, replace(edit, mask=mask), footage))
            self._show_rungs()

        self.regions.with_mask(climb)

    def redo(self, kept: Literal["picture", "sound"]) -> None:
        """Begin a change that keeps the picture or the sound, and makes the other anew."""
        shot = self._room.shot
        self._show_panel("edit")
        self._panel.begin_redo(kept, "" if shot is None else shot.prompt)

    def paint_region(self) -> None:
        """Begin to paint, or stop."""
        self._show_panel("edit")
        self._panel.region.paint.toggle()

    def _count_soon(self) -> None:
        # Started anew by every step of a render, it would be put off for as long as that runs.
        if not self._soon.isActive():
            self._soon.start()

    def _count(self) -> None:
        """Have it said how long the change would take that the panel tells of."""
        panel, room = self._panel, self._room
        take, footage = room.take, panel.footage
        edit = replace(panel.edit(), instruction="")  # whose words take no time
        wanted = (edit, take, footage) if panel.ready else None
        if wanted == self._counted:
            return
        self._counted = wanted
        panel.show_time(None)
        if wanted is None:
            return
        try:
            desk = room.shooting.desk()
            if footage is not None:
                request = footage_request(desk, footage, edit, seed=0)
            elif take is not None:
                request = edit_request(desk, take, edit)
            else:
                return
        except EngineError:
            return  # said by its own sentence once it is asked for

        def told(seconds: float) -> None:
            if wanted == self._counted:
                panel.show_time(seconds)

        room.clerk.count("edit", request, told)

    def _show_rungs(self) -> None:
        room = self._room
        self._panel.ladder.refresh(room.ledger, room.pulses, room.session.take_id)
