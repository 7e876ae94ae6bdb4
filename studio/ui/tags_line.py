"""What media are called: the line of their tags, and the field of their name for prompts."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from studio.ui import theme
from studio.ui.widgets import icon_button
from studio.wording import tr


class TagsLine(QWidget):
    """Tags parted by commas; Return gives them, Esc lets them be.

    Signals:
        given: media ids and the text that was written for them.
    """

    given = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ids: tuple[str, ...] = ()
        self._of = QLabel()
        self._of.setFont(theme.font(theme.FONT_SMALL_PX))
        self._of.setProperty("dim", True)
        self.field = QLineEdit()
        self.field.setObjectName("tags_field")
        self.field.setPlaceholderText(tr("rain, night, exterior"))
        self.field.setAccessibleName(tr("Tags, parted by commas"))
        self.field.returnPressed.connect(self._give)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP, theme.TIGHT, theme.TIGHT, theme.TIGHT)
        row.addWidget(self._of)
        row.addWidget(self.field, 1)
        row.addWidget(icon_button("check", tr("Give these tags"), self._give))
        self.hide()

    def open(self, media_ids: tuple[str, ...], name: str, tags: tuple[str, ...]) -> None:
        """Show the tags that ``media_ids`` share, to be written anew."""
        self._ids = media_ids
        metrics = self._of.fontMetrics()
        self._of.setText(metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, 110))
        self.field.setText(", ".join(tags))
        self.show()
        self.field.setFocus()
        self.field.end(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _give(self) -> None:
        self.hide()
        self.given.emit(self._ids, self.field.text())


class TagField(QLineEdit):
    """A name being given; Return gives it, leaving the field lets it be."""

    named = Signal(str)

    def __init__(self, tag: str, parent: QWidget) -> None:
        super().__init__(tag, parent)
        self.setObjectName("tag_field")
        self.setPlaceholderText("@name")
        self.returnPressed.connect(self._give)
        self.editingFinished.connect(self.deleteLater)

    def _give(self) -> None:
        tag = self.text().strip().lstrip("@")
        if tag:
            self.named.emit(tag)
