"""The scrolled and zoomed surface under the timeline: its canvas, its bars, its playhead."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from studio.bridge.session import Session
from studio.document.film import Film, Timeline, Track
from studio.document.ledger import Ledger
from studio.document.queries import active_timeline, timeline_end
from studio.document.store import Store
from studio.ui import icons, theme
from studio.ui.tile_cache import TileCache
from studio.ui.timeline_geometry import HEADER_PX, SUBTITLES_PX, TOP_PX, Geometry, Lane, lanes_of
from studio.ui.timeline_headers import Clock, Headers
from studio.ui.timeline_lanes import LaneStore
from studio.ui.timeline_overlay import Overlay, paint_overlay, playhead_area
from studio.ui.timeline_painter import Scene, TimelinePainter
from studio.ui.timeline_rows import Canvas
from studio.ui.timeline_ruler import paint_ruler, paint_stripe
from studio.ui.timeline_sources import SourceLooks
from studio.ui.timeline_strips import Strips
from studio.ui.timeline_subtitles import paint_subtitles
from studio.wording import tr

ZOOM_STEP = 1.35
_BEYOND = 0.4
# Between paints that only have more tiles to show: the window has other things to do as well.
_LATER_MS = 24
_LOOKS_AT_ONCE = 50


class TimelineScroll(QAbstractScrollArea):
    """Draws a store's cut; knows nothing of gestures.

    Attributes:
        overlay: what is drawn over the canvas just now.
    """

    def __init__(
        self,
        store: Store,
        session: Session,
        tiles: TileCache | None,
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        self.store = store
        self.session = session
        self.overlay = Overlay(playhead=session.playhead)
        self.looks = SourceLooks(store.film, store.ledger)
        self._shown: Film | None = None
        self._canvas: Canvas | None = None
        self._ruled: tuple[object, ...] = ()
        self._current = False
        self._geometry: Geometry | None = None
        self._tracks: tuple[Track, ...] = ()
        self._lanes: tuple[Lane, ...] = ()
        self._strips = Strips(tiles, self._more_later)
        self._lane_store = LaneStore()
        self._headers, self._clock = Headers(), Clock()
        self._painter = TimelinePainter(self._strips)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_LATER_MS)
        self._later.timeout.connect(self.repaint_all)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumHeight(TOP_PX + 90)
        self.horizontalScrollBar().setSingleStep(40)
        self.verticalScrollBar().setSingleStep(20)
        session.playhead_changed.connect(self._playhead_moved)
        session.zoom_changed.connect(self._zoomed)
        session.selection_changed.connect(lambda _ids: self.repaint_all())
        session.edge_changed.connect(self.viewport().update)
        session.track_changed.connect(self.show_track)
        if tiles is not None:
            tiles.ready.connect(self._more_later)
        self._unsubscribe = (
            store.changed.subscribe(self._film_changed),
            store.recorded.subscribe(self._recorded),
        )
        self.destroyed.connect(ending(self._unsubscribe))
        self._zoom_anchor: tuple[float, int] | None = None
        self._zoom = session.zoom
        self._measure()

    @property
    def film(self) -> Film:
        """The film that is shown: the store's, or what a gesture would make of it."""
        return self._shown or self.store.film

    @property
    def timeline(self) -> Timeline:
        """The open timeline of the film that is shown."""
        return active_timeline(self.film)

    @property
    def scroll_x(self) -> int:
        """Pixels scrolled out at the left."""
        return self.horizontalScrollBar().value()

    def geometry_now(self) -> Geometry:
        """Where everything lies at this moment."""
        if self._geometry is None:
            size, tracks = self.viewport().size(), self.timeline.tracks
            if tracks is not self._tracks:
                self._tracks, self._lanes = tracks, lanes_of(tracks)
            self._geometry = Geometry(
                size.width(),
                size.height(),
                self.session.zoom,
                self.horizontalScrollBar().value(),
                self.verticalScrollBar().value(),
                self._lanes,
            )
        return self._geometry

    def judge_by(self, weights: str) -> None:
        """Show takes of other weights than these as stale."""
        self._look(self.looks.judged_by(weights))

    def read_ahead(self) -> Iterator[None]:
        """Read the tracks and what they show one by one, so that the first paint is short."""
        tracks = self.timeline.tracks
        for track in tracks:
            self._lane_store.facts(track)
            yield
        for number, source in enumerate(self._lane_store.sources()):
            self.looks.of(source)
            if not number % _LOOKS_AT_ONCE:
                yield
        for track in tracks:
            self._lane_store.arrays(track, self.looks)
            yield

    def show_film(self, film: Film | None) -> None:
        """Show ``film`` in the store's place while a gesture lasts; ``None`` shows the store's."""
        if film is not self._shown:
            self._shown = film
            self.repaint_all()

    def repaint_all(self) -> None:
        """Draw the canvas again at the next paint."""
        self._current = False
        self._geometry = None
        self.viewport().update()

    def scroll_by(self, pixels: int) -> None:
        """Scroll to the right by ``pixels``."""
        bar = self.horizontalScrollBar()
        if pixels > 0 and bar.value() + pixels > bar.maximum():
            bar.setMaximum(bar.value() + pixels)
        bar.setValue(bar.value() + pixels)

    def zoom_by(self, factor: float, x: int | None = None) -> None:
        """Zoom and keep the frame at ``x`` where it is; without it, the playhead or the middle."""
        geometry = self.geometry_now()
        if x is None:
            x = geometry.x(self.session.playhead)
            if not HEADER_PX <= x < geometry.width:
                x = (HEADER_PX + geometry.width) // 2
        x = max(HEADER_PX, x)
        # A fraction of a frame, so that many small turns of the wheel do not drift.
        self._zoom_anchor = ((x - HEADER_PX + geometry.scroll_x) / geometry.zoom, x)
        self.session.set_zoom(self.session.zoom * factor)
        self._zoom_anchor = None

    def zoom_in(self) -> None:
        """Show less of the cut, larger."""
        self.zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        """Show more of the cut, smaller."""
        self.zoom_by(1 / ZOOM_STEP)

    def zoom_to_fit(self) -> None:
        """Show the whole cut."""
        end = timeline_end(self.timeline)
        room = self.viewport().width() - HEADER_PX - theme.ROOM
        if end and room > 0:
            self._zoom_anchor = (0.0, HEADER_PX)
            self.session.set_zoom(room / end)
            self._zoom_anchor = None
            self.horizontalScrollBar().setValue(0)

    def show_track(self, track_id: str) -> None:
        """Bring a track into sight, and show which one is in hand."""
        lanes = (lane for lane in self.geometry_now().lanes if lane.track_id == track_id)
        for lane in lanes:
            bar = self.verticalScrollBar()
            lowest = lane.bottom - bar.pageStep()
            bar.setValue(max(lowest, min(bar.value(), lane.top)))
        self.repaint_all()

    def show_frame(self, frame: int) -> None:
        """Scroll, by a page, where ``frame`` is out of sight."""
        geometry = self.geometry_now()
        x = geometry.x(frame)
        if not HEADER_PX <= x < geometry.width - 2:
            page = (geometry.width - HEADER_PX) // 8
            self.scroll_by(x - HEADER_PX - page)

    # --- painting ---

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        canvas = self._drawn()
        painter = QPainter(self.viewport())
        area = event.rect()
        ratio = canvas.ratio
        source = QRect(area.topLeft() * ratio, area.size() * ratio)
        painter.setClipRect(area)
        painter.drawImage(area, canvas.image, source)
        geometry = self.geometry_now()
        paint_overlay(painter, geometry, self.timeline, self.overlay, self.session.edge)
        if area.left() < HEADER_PX and area.top() < TOP_PX:
            self._clock.paint(painter, self.overlay.playhead, self.film.rate)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        self.repaint_all()
        self._measure()

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802 (Qt's name)
        self.repaint_all()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        turn, keys = event.angleDelta(), event.modifiers()
        if keys & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(ZOOM_STEP ** (turn.y() / 120), event.position().toPoint().x())
        elif keys & Qt.KeyboardModifier.ShiftModifier or abs(turn.x()) > abs(turn.y()):
            self.scroll_by(-(turn.x() or turn.y()))
        elif self.verticalScrollBar().maximum():
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() - turn.y() // 2)
        else:
            self.scroll_by(-turn.y())
        event.accept()

    def _drawn(self) -> Canvas:
        """The canvas with ruler, lanes and headers as they are now."""
        size, ratio = self.viewport().size(), self.devicePixelRatioF()
        canvas = self._canvas
        if canvas is None or (canvas.size, canvas.ratio) != (size, ratio):
            canvas = self._canvas = Canvas(size, ratio)
        elif self._current:
            return canvas
        self._current = True
        geometry, timeline = self.geometry_now(), self.timeline
        self.looks = self.looks.following(self.film, self.store.ledger)
        painter = QPainter(canvas.image)
        self._strips.begin()
        sights = self._lane_store.sights(timeline, self.looks, geometry)
        scene = Scene(canvas, geometry, timeline, sights, self.session.selection)
        self._painter.paint(painter, scene)
        if not any(track.clips for track in timeline.tracks):
            self._paint_invitation(painter, geometry)
        self._rule(painter, canvas, geometry)
        paint_stripe(painter, geometry, sights)
        self._headers.paint(painter, geometry, timeline, self.session.track_id)
        paint_subtitles(painter, geometry, timeline)
        painter.end()
        return canvas

    def _rule(self, painter: QPainter, canvas: Canvas, geometry: Geometry) -> None:
        """Draw the ruler, unless it stands there as it is: nothing else is drawn on its rows."""
        timeline, rate = self.timeline, self.film.rate
        place = canvas, geometry.zoom, geometry.scroll_x
        ruled = *place, rate, timeline.in_frame, timeline.out_frame, timeline.markers
        if ruled != self._ruled:
            self._ruled = ruled
            paint_ruler(painter, canvas, geometry, timeline, rate)

    def _paint_invitation(self, painter: QPainter, geometry: Geometry) -> None:
        """What an empty cut says."""
        area = QRect(HEADER_PX, TOP_PX, geometry.width - HEADER_PX, geometry.height - TOP_PX)
        middle = area.center()
        box = QRect(0, 0, min(460, area.width() - theme.ROOM), 108)
        box.moveCenter(middle - QPoint(0, 4))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.LINE_STRONG), 1, Qt.PenStyle.DashLine))
        painter.setBrush(QColor(theme.WINDOW))
        painter.drawRoundedRect(box, 6, 6)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        icons.draw(
            painter, "film", QRect(middle.x() - 14, middle.y() - 40, 28, 28), theme.TEXT_FAINT
        )
        painter.setFont(theme.font(13, weight=500))
        painter.setPen(QColor(theme.TEXT_SOFT))
        line = QRect(area.left(), middle.y() - 4, area.width(), 20)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, tr("The cut is empty"))
        painter.setFont(theme.font())
        painter.setPen(QColor(theme.TEXT_DIM))
        painter.drawText(
            line.translated(0, 20),
            Qt.AlignmentFlag.AlignCenter,
            tr("Drag shots or media here, or press  .  to lay the selected shot down."),
        )

    # --- following ---

    def _measure(self, wanted: int | None = None) -> None:
        """Let the bars reach a little beyond the last clip and the lowest track.

        What is in sight stays there, beyond them or not: at column ``wanted``, or where it is.
        """
        geometry = self.geometry_now()
        room = max(1, geometry.width - HEADER_PX)
        length = round(timeline_end(self.timeline) * self.session.zoom)
        across = self.horizontalScrollBar()
        across.setPageStep(room)
        is_long = length > room * (1 - _BEYOND / 4)
        reach = length - room + round(room * _BEYOND) if is_long else 0
        if wanted is None and is_long:
            wanted = across.value()
        across.setRange(0, max(0, reach, wanted or 0))
        down = self.verticalScrollBar()
        height = max(1, geometry.height - TOP_PX)
        down.setPageStep(height)
        spare = theme.GAP + (SUBTITLES_PX if self.timeline.subtitles else 0)
        down.setRange(0, max(0, geometry.lanes_height - height + spare))
        self._geometry = None

    def _film_changed(self, before: Film, after: Film) -> None:
        if before.timelines is not after.timelines:
            chosen = self.session.selection
            known = (
                {clip_id for track in self.timeline.tracks for clip_id in track.positions}
                if chosen
                else set[str]()
            )
            # Only where one is gone: to select is to let go of the track in hand.
            if not chosen <= known:
                self.session.select(chosen & known)
        self.repaint_all()
        self._measure()

    def _recorded(self, _before: Ledger, after: Ledger, _records: object) -> None:
        self._look(self.looks.following(self.film, after))

    def _look(self, looks: SourceLooks) -> None:
        if looks is not self.looks:
            self.looks = looks
            self.repaint_all()

    def _zoomed(self, zoom: float) -> None:
        # The geometry may have been forgotten since, and another would have the zoom of now.
        frame, x = self._zoom_anchor or (self.scroll_x / self._zoom, HEADER_PX)
        self._zoom = zoom
        wanted = round(frame * zoom) - (x - HEADER_PX)
        self.repaint_all()
        self._measure(wanted)
        self.horizontalScrollBar().setValue(wanted)
        self._geometry = None

    def _playhead_moved(self, frame: int) -> None:
        """Draw only the columns that the playhead leaves and reaches, and the clock."""
        geometry = self.geometry_now()
        self.viewport().update(playhead_area(geometry, self.overlay.playhead))
        self.overlay.playhead = frame
        self.viewport().update(playhead_area(geometry, frame))
        self.viewport().update(0, 0, HEADER_PX, TOP_PX)
        self.show_frame(frame)

    def _more_later(self) -> None:
        """Draw again soon: tiles have come, or there was no time for all of them."""
        if not self._later.isActive():
            self._later.start()


def ending(subscriptions: tuple[object, ...]) -> object:
    """A slot that ends subscriptions; it holds no reference to the view that made them."""

    def end(_gone: QObject | None = None) -> None:
        for unsubscribe in subscriptions:
            if callable(unsubscribe):
                unsubscribe()

    return end
