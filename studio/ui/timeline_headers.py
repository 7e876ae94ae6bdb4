"""The headers of the tracks: name, mute, solo and lock, at the left of every lane."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from studio.document.film import Timeline, Track
from studio.document.timebase import to_timecode
from studio.ui import icons, theme
from studio.ui.timeline_geometry import (
    HEADER_PX,
    TOP_PX,
    Geometry,
    HeaderPart,
    Lane,
    header_buttons,
)

_ICON_PX = 14


class Headers:
    """The headers as one picture, drawn again only when one of them looks different."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._picture: QPixmap | None = None

    def paint(
        self, painter: QPainter, geometry: Geometry, timeline: Timeline, in_hand: str
    ) -> None:
        """Draw every header in sight, over whatever scrolled under them.

        That of the track whose id is ``in_hand`` stands out.
        """
        ratio = painter.device().devicePixelRatio()
        looks = (
            (track.name, track.muted, track.solo, track.locked, track.height_px, track.kind)
            for track in timeline.tracks
        )
        key = (geometry.height, geometry.scroll_y, ratio, in_hand, *looks)
        if self._picture is None or key != self._key:
            self._key = key
            self._picture = QPixmap(round(HEADER_PX * ratio), round(geometry.height * ratio))
            self._picture.setDevicePixelRatio(ratio)
            fresh = QPainter(self._picture)
            _paint_headers(fresh, geometry, timeline, in_hand)
            fresh.end()
        height = geometry.height - TOP_PX
        source = QRect(0, round(TOP_PX * ratio), round(HEADER_PX * ratio), round(height * ratio))
        painter.drawPixmap(QRect(0, TOP_PX, HEADER_PX, height), self._picture, source)
        painter.fillRect(HEADER_PX - 1, 0, 1, TOP_PX, QColor(theme.WELL))


class Clock:
    """The playhead's timecode in the corner above the headers, drawn again only when it moves."""

    def __init__(self) -> None:
        self._key: tuple[int, Fraction, float] | None = None
        self._picture = QPixmap()

    def paint(self, painter: QPainter, frame: int, rate: Fraction) -> None:
        """Draw the timecode of ``frame``."""
        key = (frame, rate, painter.device().devicePixelRatio())
        if key != self._key:
            self._key = key
            self._picture = _clock(*key)
        painter.drawPixmap(0, 0, self._picture)


def _clock(frame: int, rate: Fraction, ratio: float) -> QPixmap:
    area = QRect(0, 0, HEADER_PX - 1, TOP_PX - 1)
    picture = QPixmap(area.size() * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(QColor(theme.PANEL))
    painter = QPainter(picture)
    painter.setFont(theme.font(theme.FONT_TITLE_PX, weight=500, tabular=True))
    painter.setPen(QColor(theme.TEXT))
    painter.drawText(
        area.adjusted(theme.WIDE, 0, -theme.GAP, 0), theme.ALIGN_LEFT, to_timecode(frame, rate)
    )
    painter.end()
    return picture


def _paint_headers(painter: QPainter, geometry: Geometry, timeline: Timeline, in_hand: str) -> None:
    painter.fillRect(0, TOP_PX, HEADER_PX - 1, geometry.height - TOP_PX, QColor(theme.WINDOW))
    painter.save()
    painter.setClipRect(0, TOP_PX, HEADER_PX, geometry.height - TOP_PX)
    for lane in geometry.lanes_in_sight():
        track = timeline.tracks[lane.number]
        _paint_header(painter, lane, geometry.y(lane), track, in_hand=track.id == in_hand)
    painter.restore()
    painter.fillRect(HEADER_PX - 1, 0, 1, geometry.height, QColor(theme.WELL))


def _paint_header(painter: QPainter, lane: Lane, top: int, track: Track, *, in_hand: bool) -> None:
    area = QRect(0, top, HEADER_PX - 1, lane.height)
    painter.fillRect(area, QColor(theme.ACCENT_WASH if in_hand else theme.PANEL))
    tint = theme.VIDEO_CLIP_TOP if track.kind == "video" else theme.AUDIO_CLIP_TOP
    edge = QColor(theme.ACCENT) if in_hand else theme.mixed(tint, theme.TEXT, 0.2)
    painter.fillRect(0, top, 3, lane.height, edge)
    _paint_name(painter, area, track)
    for part, rect in header_buttons(lane, top).items():
        _paint_button(painter, part, rect, track)


def _paint_name(painter: QPainter, area: QRect, track: Track) -> None:
    text = area.adjusted(theme.WIDE, 0, -72, 0)
    if area.height() > 36:
        text.setHeight(36)
    painter.setFont(theme.font(theme.FONT_PX, weight=500))
    quiet = track.muted or track.locked
    painter.setPen(QColor(theme.TEXT_DIM if quiet else theme.TEXT))
    name = painter.fontMetrics().elidedText(track.name, Qt.TextElideMode.ElideRight, text.width())
    painter.drawText(text, theme.ALIGN_LEFT, name)


def _paint_button(painter: QPainter, part: HeaderPart, rect: QRect, track: Track) -> None:
    name, on, tint = _button_look(part, track)
    if on:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(tint, 46))
        painter.drawRoundedRect(rect, 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    offset = (rect.width() - _ICON_PX) // 2
    at = QRect(rect.topLeft() + QPoint(offset, offset), rect.size())
    at.setSize(at.size().scaled(_ICON_PX, _ICON_PX, Qt.AspectRatioMode.IgnoreAspectRatio))
    icons.draw(painter, name, at, tint if on else theme.TEXT_FAINT)


def _button_look(part: HeaderPart, track: Track) -> tuple[str, bool, str]:
    """Icon, whether it is on, and its tint when it is."""
    if part == "mute":
        if track.kind == "video":
            return ("eye-off" if track.muted else "eye"), track.muted, theme.BAD
        return ("mute" if track.muted else "speaker"), track.muted, theme.BAD
    if part == "solo":
        return "solo", track.solo, theme.ACCENT
    return ("lock" if track.locked else "unlock"), track.locked, theme.TEXT_SOFT
