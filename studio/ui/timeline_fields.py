"""Writing in place on the timeline: names of tracks, words of titles and subtitles."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from studio.document.clip_changes import set_title
from studio.document.film import Film, Timeline
from studio.document.subtitle_changes import edit_subtitle
from studio.document.titles import TitleSource
from studio.document.track_changes import edit_track
from studio.ui.timeline_geometry import (
    HEADER_PX,
    NAME_PX,
    SUBTITLES_PX,
    ClipHit,
    Geometry,
    HeaderHit,
    Hit,
    SubtitleHit,
)
from studio.ui.timeline_subtitles import strip_top
from studio.wording import tr

Apply = Callable[[Callable[[Film], Film], str], bool]
_ROOM_PX = 180
_STAYS = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


class PlaceField(QLineEdit):
    """A field over what is being written; Return keeps the words, Escape and a blank do not.

    Signals:
        ended: nothing is written here any more.
    """

    ended = Signal()

    def __init__(
        self, text: str, area: QRect, keep: Callable[[str], object], parent: QWidget
    ) -> None:
        super().__init__(text, parent)
        self._keep = keep
        self._open = True
        self.setGeometry(area)
        self.selectAll()
        self.editingFinished.connect(self._done)
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        if event.key() == Qt.Key.Key_Escape:
            self._end("")
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 (Qt's name)
        super().focusOutEvent(event)
        # Of a field in which nothing was written Qt does not say that it is finished.
        if event.reason() not in _STAYS:
            self._done()

    def _done(self) -> None:
        self._end(self.text().strip())

    def _end(self, words: str) -> None:
        """Keep ``words``, if there are any, and go; once, whatever else the focus brings."""
        if not self._open:
            return
        self._open = False
        parent = self.parentWidget()
        if self.hasFocus() and parent is not None:
            parent.setFocus(Qt.FocusReason.OtherFocusReason)
        self.deleteLater()
        if words:
            self._keep(words)
        self.ended.emit()


def field_for(
    hit: Hit, geometry: Geometry, timeline: Timeline, apply: Apply, parent: QWidget
) -> PlaceField | None:
    """The field in which what lies under the pointer is written, if it can be."""
    match hit:
        case HeaderHit(lane=lane, part="name"):
            track = timeline.tracks[lane.number]
            area = QRect(8, geometry.y(lane) + 4, HEADER_PX - 84, 24)
            return PlaceField(
                track.name,
                area,
                lambda name: apply(
                    lambda film: edit_track(film, timeline.id, track.id, name=name),
                    tr("Rename track"),
                ),
                parent,
            )
        case SubtitleHit(line=line):
            left = max(HEADER_PX, geometry.x(line.start))
            width = max(_ROOM_PX, geometry.x(line.end) - left)
            return PlaceField(
                line.text,
                QRect(left, strip_top(geometry), width, SUBTITLES_PX),
                lambda text: apply(
                    lambda film: edit_subtitle(film, timeline.id, line.id, text=text),
                    tr("Write subtitle"),
                ),
                parent,
            )
        case ClipHit(lane=lane, clip=clip) if isinstance(clip.source, TitleSource):
            rect = geometry.clip_rect(lane, clip)
            left = max(HEADER_PX, rect.left())
            area = QRect(left, rect.top() + NAME_PX, max(_ROOM_PX, rect.right() - left), 26)
            return PlaceField(
                clip.source.text,
                area,
                lambda text: apply(
                    lambda film: set_title(film, timeline.id, clip.id, text=text), tr("Write title")
                ),
                parent,
            )
        case _:
            return None
