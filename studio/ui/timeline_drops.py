"""What is dragged over the timeline and dropped on it: laid, laid in, or in place of a clip."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent

from studio.bridge.drags import Cargo, local_files
from studio.document.film import Clip, Media
from studio.document.film_places import is_film
from studio.ui.timeline_geometry import HEADER_PX, ClipHit
from studio.ui.timeline_overlay import DropPreview
from studio.ui.timeline_placing import Landing, lock_on, no_room, pieces, placeable, placements
from studio.wording import tr

if TYPE_CHECKING:
    from studio.ui.timeline_view import TimelineView


@dataclass(frozen=True)
class _Held:
    """What hangs over the view, where, and with which keys."""

    cargo: Cargo
    point: QPoint
    keys: Qt.KeyboardModifier


class TimelineDrops:
    """Shows where what is dragged would lie, and lays it there.

    Ctrl lets what follows make room, Alt lets the clip under the pointer show it instead of what
    it shows. Files of other programs are brought into the film first, by who hears of them.
    """

    def __init__(self, view: TimelineView) -> None:
        self._view = view
        self._held: _Held | None = None
        self._files: tuple[str, ...] = ()
        self._known: dict[str, Media | None] = {}

    def enter(self, event: QDragEnterEvent) -> None:
        """Something is dragged onto the view, which says why it takes nothing, if it does not."""
        mime, why = event.mimeData(), self._view.store.read_only
        if any(map(is_film, local_files(mime))):
            event.ignore()  # the window opens it
            return
        if why is not None and placeable(mime) is not None:
            self._view.refused.emit(why)
        self._known.clear()
        self._files = ()
        self.drag(event)
        if self._held is not None and self._held.cargo.kind == "file":
            self._view.files_near.emit(tuple(map(Path, self._held.cargo.ids)))

    def drag(self, event: QDragMoveEvent) -> None:
        """Something is dragged over the view."""
        cargo = self._cargo(event.mimeData())
        if cargo is None:
            event.ignore()
            return
        _accept(event, cargo)
        self._held = _Held(cargo, event.position().toPoint(), event.modifiers())
        self._show(self._held)

    def open(self, paths: Iterable[Path], files: Iterable[Path]) -> None:
        """Folders were opened; those that hang over the view are shown as the files within them."""
        held = self._held
        if held is not None and held.cargo == Cargo("file", tuple(map(str, paths))):
            self._files = tuple(map(str, files))
            self._show(held)

    def learn(self, path: Path, media: Media | None) -> None:
        """A file was looked into; one that hangs over the view is shown as long as it is.

        ``None`` is none that can be brought in, and takes no room.
        """
        held = self._held
        if held is not None and str(path) in self._files:
            self._known[str(path)] = media
            self._show(held)

    def _show(self, held: _Held) -> None:
        overlay, cargo, point = self._view.overlay, held.cargo, held.point
        replaced = self._replaced(cargo, point, held.keys)
        inserts = bool(held.keys & Qt.KeyboardModifier.ControlModifier)
        overlay.pointer = point
        if replaced is not None:
            overlay.drop = self._over(replaced)
            overlay.hint, overlay.refused = tr("Replace"), False
        else:
            overlay.drop = self._beside(cargo, point, inserts=inserts)
            locked = lock_on(self._view.timeline, self._track_at(point))
            overlay.refused = bool(locked)
            overlay.hint = locked or (
                tr("Insert") if inserts else tr("Overwrite  (Ctrl inserts, Alt replaces a clip)")
            )
        self._view.viewport().update()

    def leave(self) -> None:
        """It is dragged away again."""
        if self._held is not None and self._held.cargo.kind == "file":
            self._view.files_near.emit(())
        self._held = None
        self._view.overlay.drop = None
        self._view.overlay.hint, self._view.overlay.refused = "", False
        self._view.viewport().update()

    def drop(self, event: QDropEvent) -> None:
        """It is let go."""
        view, cargo, preview = self._view, self._cargo(event.mimeData()), self._view.overlay.drop
        self.leave()
        if cargo is None:
            event.ignore()
            return
        point = event.position().toPoint()
        replaced = self._replaced(cargo, point, event.modifiers())
        frame = self._frame(point) if preview is None else preview.frame
        inserts = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if cargo.kind == "file":
            done = self._send_for(
                cargo,
                Landing(
                    timeline_id=view.timeline.id,
                    frame=frame,
                    track_id=self._track_at(point),
                    inserts=inserts,
                    replaces="" if replaced is None else replaced.id,
                    playhead=view.session.playhead,
                ),
            )
        elif replaced is not None:
            done = view.commands.replace_with(cargo, replaced.id)
        else:
            done = view.commands.place(
                cargo, frame, inserts=inserts, track_id=self._track_at(point)
            )
        if done:
            _accept(event, cargo)
            view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _cargo(self, mime: QMimeData) -> Cargo | None:
        """What may be laid of what is dragged."""
        return placeable(mime) if self._view.store.read_only is None else None

    def _send_for(self, cargo: Cargo, landing: Landing) -> bool:
        """Have files brought in and laid, where there is room for them."""
        view = self._view
        laid = pieces(view.store.film, view.store.ledger, cargo)
        if not placements(view.timeline, laid, landing.frame, landing.track_id):
            view.refused.emit(no_room(view.timeline, landing.track_id))
            return False
        view.files_dropped.emit(tuple(map(Path, cargo.ids)), landing)
        return True

    def _replaced(self, cargo: Cargo, point: QPoint, keys: Qt.KeyboardModifier) -> Clip | None:
        """The clip that would show what is dragged, where Alt is held over one."""
        hit = self._view.hit(point)
        wanted = keys & Qt.KeyboardModifier.AltModifier and len(cargo.ids) == 1
        if not wanted or not isinstance(hit, ClipHit):
            return None
        holds_more = cargo.kind == "file" and Path(cargo.ids[0]).is_dir()
        return None if holds_more else hit.clip

    def _track_at(self, point: QPoint) -> str | None:
        lane = self._view.geometry_now().lane_at(point.y())
        return None if lane is None else lane.track_id

    def _frame(self, point: QPoint) -> int:
        frame = self._view.geometry_now().nearest_frame(max(HEADER_PX, point.x()))
        caught = self._view.ground().snapped(frame)
        return frame if caught is None else caught.frame

    def _over(self, clip: Clip) -> DropPreview:
        """The clip that would show something else."""
        geometry, timeline = self._view.geometry_now(), self._view.timeline
        lanes = {lane.track_id: lane for lane in geometry.lanes}
        spans = tuple(
            (lanes[track.id], clip.start, clip.length)
            for track in timeline.tracks
            if clip.id in track.positions
        )
        return DropPreview(spans, False, clip.start)

    def _beside(self, cargo: Cargo, point: QPoint, *, inserts: bool) -> DropPreview:
        """Where what is dragged would lie as clips of its own."""
        view, frame = self._view, self._frame(point)
        geometry = view.geometry_now()
        opened = Cargo("file", self._files) if self._files else cargo
        laid = pieces(view.store.film, view.store.ledger, opened, self._known)
        placed = placements(view.timeline, laid, frame, self._track_at(point))
        lanes = {lane.track_id: lane for lane in geometry.lanes}
        spans = tuple((lanes[one.track_id], one.clip.start, one.clip.length) for one in placed)
        return DropPreview(spans, inserts, frame)


def _accept(event: QDragMoveEvent | QDropEvent, cargo: Cargo) -> None:
    """Take what is dragged; files are copied, and no program that moves them loses them."""
    if cargo.kind == "file":
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
    else:
        event.acceptProposedAction()
