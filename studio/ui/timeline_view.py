"""The timeline: one painted widget that shows a store's cut and changes it by gestures.

The lanes are drawn once into a canvas; what moves with the pointer and the playhead is drawn over
it, so that a playing film repaints a few columns of pixels.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QToolTip, QWidget

from engine.api import Capabilities
from studio.bridge.session import Session
from studio.document.errors import DocumentError
from studio.document.film import Film, Marker, ShotSource, Timeline
from studio.document.queries import active_timeline
from studio.document.store import Store
from studio.document.timeline_access import find_clip
from studio.ui.claimed_keys import offers
from studio.ui.marker_card import MarkerCard
from studio.ui.tile_cache import TileCache
from studio.ui.timeline_commands import TimelineCommands
from studio.ui.timeline_drops import TimelineDrops
from studio.ui.timeline_fields import PlaceField, field_for
from studio.ui.timeline_geometry import (
    HEADER_PX,
    TOP_PX,
    ClipHit,
    HeaderHit,
    Hit,
    MarkerHit,
    SubtitleHit,
)
from studio.ui.timeline_gestures import Gesture, Ground
from studio.ui.timeline_hits import hit_test
from studio.ui.timeline_overlay import Overlay, cursor_for, hover_area
from studio.ui.timeline_pointer import begun, clicked
from studio.ui.timeline_scroll import TimelineScroll, ending
from studio.ui.timeline_tabs import TABS_PX, TimelineTabs
from studio.ui.timeline_track_gestures import MarqueeGesture, ScrubGesture
from studio.ui.timeline_trimming import TrimGesture
from studio.ui.timeline_words import tip_for
from studio.wording import tr

_SCROLL_EDGE_PX = 24


class TimelineView(TimelineScroll):
    """The cut of a store, seen and changed.

    Attributes:
        commands: what menus and keys do to the cut.
        tabs: the film's timelines, shown where there are several.
        legal_frames: the numbers of pictures that the engine makes, ascending; none are known
            before the engine is.

    Signals:
        files_near: paths from another program that hang over the cut; none once they are gone.
        files_dropped: paths from another program, and the ``Landing`` where they are to lie.
        opened: a clip was double-clicked; carries its id.
        menu_wanted: a context menu is wanted; carries the ``Hit`` and the place on the screen.
        refused: a change could not be made, or the film takes none; carries the sentence.
        tried: the film as the hand would leave it, and what shows it; ``None`` after it.
    """

    files_near = Signal(object)
    files_dropped = Signal(object, object)
    opened = Signal(str)
    menu_wanted = Signal(object, QPoint)
    refused = Signal(str)
    tried = Signal(object, object)

    def __init__(
        self,
        store: Store,
        session: Session,
        tiles: TileCache | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(store, session, tiles, parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.commands = TimelineCommands(store, session, self)
        self.commands.refused.connect(self.refused)
        self.legal_frames: tuple[int, ...] = ()
        self.drops = TimelineDrops(self)
        self._gesture: Gesture | None = None
        self._pressed: Hit | None = None
        self._keys = Qt.KeyboardModifier.NoModifier
        self._scroller = QTimer(self)
        self._scroller.setInterval(30)
        self._scroller.timeout.connect(self._scroll_on)
        self.viewport().setMouseTracking(True)
        self.viewport().setAcceptDrops(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Timeline"))
        self.setAccessibleDescription(tr("The cut. A table of the same clips is in View."))
        self.tabs = TimelineTabs(store, self.commands.apply, self)
        self.tabs.room_changed.connect(self._lay_tabs)
        self._unfollow = store.changed.subscribe(self._follow_tabs)
        self.destroyed.connect(ending((self._unfollow,)))
        self._lay_tabs()
        session.selection_changed.connect(self._selected)
        session.tool_changed.connect(lambda _tool: self._hover(self.overlay.pointer))

    @property
    def gesture(self) -> Gesture | None:
        """What the hand is doing, if anything."""
        return self._gesture

    def capable(self, capabilities: Capabilities) -> None:
        """Take over what the engine makes, and judge takes by its weights."""
        self.legal_frames = capabilities.frames
        self.judge_by(capabilities.weights)

    def hit(self, point: QPoint) -> Hit:
        """What lies under ``point`` of the viewport."""
        return hit_test(self.geometry_now(), self.timeline, point)

    def abandon(self) -> bool:
        """Give the gesture up and leave the film as it was; ``False`` where there is none."""
        if self._gesture is None:
            return False
        self._gesture.abandon()
        self._finish()
        return True

    # --- the hand ---

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self._gesture is not None or event.button() != Qt.MouseButton.LeftButton:
            return
        press = event.position().toPoint()
        self._pressed = self.hit(press)
        self._gesture = begun(
            self._pressed,
            self.ground(),
            press,
            event.modifiers(),
            self.session,
            self.legal_frames,
        )
        self._follow(press, event.modifiers(), moves=False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        point = event.position().toPoint()
        if self._gesture is None:
            self._hover(point)
            return
        self._follow(point, event.modifiers())
        outside = point.x() > self.viewport().width() - _SCROLL_EDGE_PX
        before = point.x() < HEADER_PX + _SCROLL_EDGE_PX and self.scroll_x > 0
        if (outside or before) and not self._scroller.isActive():
            self._scroller.start()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        gesture = self._gesture
        if gesture is None or event.button() != Qt.MouseButton.LeftButton:
            return
        point = event.position().toPoint()
        self._follow(point, event.modifiers())
        if self._gesture is None:
            return
        change, moved = gesture.change, gesture.started(point)
        self._finish()
        if change is not None:
            self.commands.apply(change, tr(gesture.name))
        elif not moved and self._pressed is not None:
            clicked(self._pressed, gesture.ground, event.modifiers(), self.session)
        self._hover(point)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        hit = self.hit(event.position().toPoint())
        self.abandon()
        why = self.store.read_only
        if why is not None and isinstance(hit, MarkerHit | SubtitleHit | HeaderHit):
            self.refused.emit(why)
        elif isinstance(hit, MarkerHit):
            self.write_marker(hit.marker)
        elif (why is not None or self._write(hit) is None) and isinstance(hit, ClipHit):
            self.opened.emit(hit.clip.id)

    def write_marker(self, marker: Marker | None = None) -> None:
        """Let a marker be written on: this one, or the one under the playhead."""
        marker = marker or self.marker_here()
        if marker is None:
            return
        card = MarkerCard(marker, self.timeline.id, self.commands.apply, self.viewport())
        card.stand(QPoint(self.geometry_now().x(marker.frame), TOP_PX))

    def marker_here(self) -> Marker | None:
        """The marker under the playhead; says what to do where there is none."""
        here = [one for one in self.timeline.markers if one.frame == self.session.playhead]
        if not here:
            self.refused.emit(tr("Put the playhead on a marker to write on it."))
        return next(iter(here), None)

    def rename_track(self, track_id: str) -> None:
        """Let a track's name be written on its header."""
        self.show_track(track_id)
        lane = next(one for one in self.geometry_now().lanes if one.track_id == track_id)
        self._write(HeaderHit(lane, "name"))

    def _write(self, hit: Hit) -> PlaceField | None:
        """Let what was hit be written in place, if it can be."""
        geometry, timeline = self.geometry_now(), self.timeline
        return field_for(hit, geometry, timeline, self.commands.apply, self.viewport())

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        if self._gesture is None:
            self._hover(QPoint(-1, -1))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 (Qt's name)
        hit = self.hit(event.pos())
        if isinstance(hit, ClipHit) and hit.clip.id not in self.session.selection:
            clicked(hit, self.ground(), Qt.KeyboardModifier.NoModifier, self.session)
        self.menu_wanted.emit(hit, event.globalPos())

    def ground(self) -> Ground:
        """What a gesture would begin on now."""
        return Ground(
            film=self.store.film,
            timeline=active_timeline(self.store.film),
            looks=self.looks,
            playhead=self.session.playhead,
            selection=self.session.selection,
            snapping=self.session.snapping,
            linking=self.session.linking,
            geometry=self.geometry_now,
        )

    def _follow(self, point: QPoint, keys: Qt.KeyboardModifier, *, moves: bool = True) -> None:
        """Let the gesture know where the pointer is, and show what it would do.

        In a film that takes no changes it ends where it would change something, before that is
        seen; what it has selected, and where it has put the playhead, stays.
        """
        gesture = self._gesture
        if gesture is None:
            return
        self._keys = keys
        if moves:
            gesture.update(point, keys)
        why = self.store.read_only
        if why is not None and gesture.change is not None:
            self._finish()
            self.refused.emit(why)
            return
        refusal = self._preview(gesture)
        self.overlay.pointer = point
        self.overlay.snap = gesture.snap
        self.overlay.lattice = gesture.lattice
        self.overlay.lattice_lane = gesture.lane if isinstance(gesture, TrimGesture) else None
        # What was under the pointer has moved with it.
        self.overlay.hover = None
        self.overlay.razor = None
        self.overlay.hint = refusal or gesture.hint
        self.overlay.refused = bool(refusal)
        if isinstance(gesture, MarqueeGesture) and not gesture.area.isNull():
            self.overlay.marquee = gesture.area
        if not isinstance(gesture, ScrubGesture):
            self.viewport().update()

    def _preview(self, gesture: Gesture) -> str:
        """Show the film as a release would leave it; returns why it would be refused."""
        tried, why = None, ""
        if gesture.change is not None:
            try:
                tried = gesture.change(self.store.film)
            except DocumentError as error:
                why = str(error)
        self.show_film(tried)
        self.tried.emit(tried, gesture.seen)
        return why

    def _finish(self) -> None:
        self._gesture = None
        self.tried.emit(None, None)
        self._scroller.stop()
        self.overlay = Overlay(playhead=self.session.playhead, pointer=self.overlay.pointer)
        self.show_film(None)
        self.viewport().update()

    def _scroll_on(self) -> None:
        """Scroll while the hand waits at an edge of the view."""
        point = self.overlay.pointer
        right = point.x() - (self.viewport().width() - _SCROLL_EDGE_PX)
        left = HEADER_PX + _SCROLL_EDGE_PX - point.x()
        by = right if right > 0 else -left if left > 0 else 0
        if self._gesture is None or not by:
            self._scroller.stop()
            return
        self.scroll_by(max(-60, min(60, by)))
        self._follow(point, self._keys)

    def _hover(self, point: QPoint) -> None:
        # Handles are shown where a hand could take them.
        handy = self.store.read_only is None and self.viewport().rect().contains(point)
        hit = self.hit(point) if handy else None
        over, razor = hit if isinstance(hit, ClipHit) else None, None
        if over is not None and self.session.tool == "razor":
            frame = self.geometry_now().nearest_frame(point.x())
            caught = self.ground().snapped(frame)
            razor = frame if caught is None else caught.frame
        if hit is not None:
            cursor = cursor_for(hit, self.session.tool)
            if self.viewport().cursor().shape() != cursor:
                self.viewport().setCursor(cursor)
        overlay, geometry = self.overlay, self.geometry_now()
        overlay.pointer = point
        # Most moves stay on one part of a clip, or go over what looks the same under a pointer.
        if (over, razor) != (overlay.hover, overlay.razor):
            stale = hover_area(geometry, overlay)
            overlay.hover, overlay.razor = over, razor
            self.viewport().update(stale + hover_area(geometry, overlay))

    # --- the keys ---

    def event(self, event: QEvent) -> bool:
        # Escape belongs to the hand while it holds something, whatever the window does with it.
        if offers(event, Qt.Key.Key_Escape) and self._gesture is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        if event.key() == Qt.Key.Key_Escape and self.abandon():
            return
        event.ignore()

    # --- what is dropped ---

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 (Qt's name)
        self.drops.enter(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802 (Qt's name)
        self.drops.drag(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802 (Qt's name)
        self.drops.leave()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 (Qt's name)
        self.drops.drop(event)

    # --- the rest ---

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self.tabs.place(QPoint(0, 0), self.width())

    def _follow_tabs(self, before: Film, after: Film) -> None:
        if before.timelines is not after.timelines:
            self._lay_tabs()

    def _lay_tabs(self) -> None:
        """Make room for the tabs where they are to be seen."""
        self.setViewportMargins(0, TABS_PX if self.tabs.follow() else 0, 0, 0)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = tip_for(self.hit(event.pos()), self.looks, self.store.film.rate)
            QToolTip.showText(event.globalPos(), text, self.viewport())
            return True
        return super().viewportEvent(event)

    def _selected(self, selection: frozenset[str]) -> None:
        """Bring the shot of a lone picture under the hand."""
        timeline: Timeline = self.timeline
        sources = {
            place.clip.source
            for clip_id in list(selection)[:8]
            if (place := find_clip(timeline, clip_id)) is not None
        }
        if len(selection) <= 8 and len(sources) == 1:
            source = sources.pop()
            if isinstance(source, ShotSource):
                self.session.set_shot(source.shot_id)
