"""The preflight list: what is remarked on a shot, each with its fixes as buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.bridge.engine_words import said
from studio.bridge.remarks import Fix, Remark
from studio.ui import icons, theme
from studio.ui.widgets import push_button

_COLOURS = {"refused": theme.BAD, "warning": theme.CAUTION, "fixed": theme.TEXT_SOFT}
_ICONS = {"refused": "warning", "warning": "warning", "fixed": "check"}


class PreflightList(QWidget):
    """Rows of remarks; hidden while there are none.

    Attributes:
        buttons: of all fixes, in order.

    Signals:
        fix_asked: a ``Fix``.
    """

    fix_asked = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """Make a list that is called ``name`` to those who do not see it."""
        super().__init__(parent)
        self.buttons: tuple[QPushButton, ...] = ()
        self._shown: tuple[tuple[str, ...], ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.TIGHT)
        self.setAccessibleName(name)
        self.hide()

    def show_remarks(self, remarks: tuple[Remark, ...]) -> None:
        """Show these; rows that say the same as before stay, and keep the focus."""
        shown = tuple((r.level, r.sentence, r.remedy, *(f.label for f in r.fixes)) for r in remarks)
        self._remarks = remarks
        if shown == self._shown:
            return
        self._shown = shown
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        rows = [self._row(place, remark) for place, remark in enumerate(remarks)]
        for row in rows:
            self._column.addWidget(row)
        self.buttons = tuple(button for row in rows for button in row.findChildren(QPushButton))
        self.setVisible(bool(remarks))

    def _row(self, place: int, remark: Remark) -> QWidget:
        row = QFrame()
        row.setObjectName("remark")
        colour = _COLOURS[remark.level]
        row.setStyleSheet(
            f"#remark {{ background: {theme.WINDOW}; border-left: 2px solid {colour}; }}"
        )
        mark = QLabel()
        mark.setPixmap(icons.pixmap(_ICONS[remark.level], 14, colour, 2.0))
        words = QLabel(said(f"{remark.sentence} {remark.remedy}".rstrip()))
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.PlainText)  # a file's name may look like HTML
        words.setMinimumWidth(1)
        words.setFont(theme.font(theme.FONT_SMALL_PX))
        top = QHBoxLayout()
        top.setSpacing(theme.GAP)
        top.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(words, 1)
        column = QVBoxLayout(row)
        column.setContentsMargins(8, 5, 6, 5)
        column.setSpacing(3)
        column.addLayout(top)
        if remark.fixes:
            fixes = QHBoxLayout()
            fixes.setContentsMargins(22, 0, 0, 0)
            fixes.setSpacing(theme.TIGHT)
            for number, fix in enumerate(remark.fixes):
                fixes.addWidget(self._button(place, number, fix))
            fixes.addStretch(1)
            column.addLayout(fixes)
        return row

    def _button(self, place: int, number: int, fix: Fix) -> QWidget:
        button = push_button(fix.label, lambda: self._ask(place, number))
        button.setFont(theme.font(theme.FONT_SMALL_PX))
        button.setStyleSheet("QPushButton { padding: 1px 8px; min-height: 14px; }")
        button.setToolTip(fix.name)
        return button

    def _ask(self, place: int, number: int) -> None:
        """Ask for the fix as it is now, not as it was when the row was made."""
        self.fix_asked.emit(self._remarks[place].fixes[number])
