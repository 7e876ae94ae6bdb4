"""The marker card: a marker's name, note and colour, written beside it on the ruler."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFrame,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from studio.document.film import ColourLabel, Film, Marker
from studio.document.track_changes import edit_marker
from studio.ui import theme
from studio.ui.claimed_keys import claims
from studio.wording import tr

_WIDTH_PX, _HEIGHT_PX = 240, 148


class MarkerCard(QFrame):
    """What is noted on a marker; it is kept when the card is left, and Escape leaves it as it was.

    Nothing waits for it: the cut can be worked on while it is open, which puts it away.
    """

    def __init__(
        self,
        marker: Marker,
        timeline_id: str,
        apply: Callable[[Callable[[Film], Film], str], bool],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._parent = parent
        self._marker, self._timeline_id, self._apply = marker, timeline_id, apply
        self._open = True
        self.setObjectName("card")
        self.setStyleSheet(
            f"#card {{ background: {theme.RAISED}; border: 1px solid {theme.LINE_STRONG};"
            f" border-radius: {theme.RADIUS}px; }}"
        )
        self.name = QLineEdit(marker.name)
        self.name.setPlaceholderText(tr("Name of the marker"))
        self.name.setAccessibleName(tr("Name of the marker"))
        self.name.returnPressed.connect(self.keep)
        self.note = QPlainTextEdit(marker.note)
        self.note.setPlaceholderText(tr("A note"))
        self.note.setAccessibleName(tr("Note on the marker"))
        self.note.setTabChangesFocus(True)
        self.colour = QComboBox()
        self.colour.setAccessibleName(tr("Colour of the marker"))
        for label, shade in theme.LABEL_COLOURS.items():
            if shade:
                dot = QPixmap(12, 12)
                dot.fill(QColor(shade))
                self.colour.addItem(QIcon(dot), tr(theme.LABEL_WORDS[label]), label)
        self.colour.setCurrentIndex(max(0, self.colour.findData(marker.colour)))
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        column.setSpacing(theme.TIGHT)
        for widget in (self.name, self.note, self.colour):
            column.addWidget(widget)
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def stand(self, at: QPoint) -> None:
        """Show the card below a place of its parent, within it."""
        parent = self._parent
        left = min(max(0, at.x() - 12), max(0, parent.width() - _WIDTH_PX))
        top = min(at.y(), max(0, parent.height() - _HEIGHT_PX))
        self.setGeometry(left, top, _WIDTH_PX, _HEIGHT_PX)
        self.show()
        self.raise_()
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.name.selectAll()

    def keep(self) -> None:
        """Put the card away; what was written stays, as one change."""
        if not self._open:
            return
        colour: ColourLabel = self.colour.currentData()
        name, note = self.name.text().strip(), self.note.toPlainText().strip()
        before = self._marker
        self._away()
        if (name, note, colour) != (before.name, before.note, before.colour):
            self._apply(
                lambda film: edit_marker(
                    film, self._timeline_id, before.id, name=name, note=note, colour=colour
                ),
                tr("Write marker"),
            )

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        if event.key() == Qt.Key.Key_Escape:
            self._away()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Escape is a command of the window; here it leaves the marker as it was.
        return claims(event, Qt.Key.Key_Escape) or super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        pressed = event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget)
        if pressed and self._open and not self._mine(watched):
            self.keep()
        return False

    def _mine(self, widget: QObject) -> bool:
        return isinstance(widget, QWidget) and (
            widget is self or self.isAncestorOf(widget) or widget.window() is not self.window()
        )

    def _away(self) -> None:
        self._open = False
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        self.hide()
        self.deleteLater()
        self._parent.setFocus(Qt.FocusReason.OtherFocusReason)
