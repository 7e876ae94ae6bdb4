"""The fields of what a clip draws: a title's words and how they are set, or a plain picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from studio.document.titles import DrawnSource, GeneratorSource, TitleSource
from studio.ui import theme
from studio.ui.look_fields import row_of
from studio.ui.number_field import NumberField, PullLabel, Scale
from studio.ui.panel_layout import field_grid
from studio.ui.widgets import choice
from studio.ui.words_field import WordsField
from studio.wording import term, tr

_WORDS_PX = 66
_SWATCH_PX = 12
_SIZE = Scale(low=1, high=60, factor=100, decimals=1, suffix=" %", step=0.25)
_SHARE = Scale(low=0, high=100, factor=100, suffix=" %", step=1)
_CHOICES: Mapping[str, tuple[str, Sequence[tuple[str, str]]]] = {
    "place": (
        term("Where"),
        (
            ("top", term("Top")),
            ("middle", term("Middle")),
            ("lower third", term("Lower third")),
            ("bottom", term("Bottom")),
        ),
    ),
    "align": (
        term("Align"),
        (("left", term("Left")), ("centre", term("Centre")), ("right", term("Right"))),
    ),
    "motion": (
        term("Motion"),
        (("still", term("Still")), ("roll", term("Roll up")), ("crawl", term("Crawl left"))),
    ),
}


class DrawnFields(QWidget):
    """Shows what a lone clip draws, and nothing for other clips.

    Signals:
        moving: the source while the hand still holds it.
        chosen: the source to keep.
        abandoned: the hand gave up.
    """

    moving = Signal(object)
    chosen = Signal(object)
    abandoned = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source: DrawnSource | None = None
        self.words = WordsEdit()
        self.words.setAccessibleName(tr("Words of the title"))
        self.choices = {name: self._choice(name) for name in _CHOICES}
        self.letters = NumberField(tr("Size of the letters"), _SIZE)
        self.backing = NumberField(tr("How much the plate hides"), _SHARE)
        self.colour = ColourField(tr("Colour of the letters"))
        self.shade = ColourField(tr("Colour of the plate"))
        self.marks = {
            "bold": QCheckBox(tr("Bold")),
            "italic": QCheckBox(tr("Italic")),
            "shadow": QCheckBox(tr("Shadow")),
        }
        kinds = [(tr("A plain colour"), "colour"), (tr("Colour bars"), "bars")]
        self.kind = choice(tr("What is drawn"), kinds)
        self.plain = ColourField(tr("Colour of the picture"))
        self._title, self._picture = self._title_part(), self._picture_part()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._title)
        column.addWidget(self._picture)
        self._connect()
        self.show_source(None)

    def show_source(self, source: DrawnSource | None) -> None:
        """Show what a clip draws; what is being written is left alone."""
        self._source = source
        self.setVisible(source is not None)
        self._title.setVisible(isinstance(source, TitleSource))
        self._picture.setVisible(isinstance(source, GeneratorSource))
        match source:
            case TitleSource(text=text, style=style):
                self.words.show_words(text)
                for name, box in self.choices.items():
                    box.setCurrentIndex(box.findData(getattr(style, name)))
                for name, mark in self.marks.items():
                    mark.setChecked(getattr(style, name))
                self.letters.show_value(style.size)
                self.backing.show_value(style.backing)
                self.colour.show_colour(style.colour)
                self.shade.show_colour(style.shade)
            case GeneratorSource(kind=kind, colour=colour):
                self.kind.setCurrentIndex(self.kind.findData(kind))
                self.plain.show_colour(colour)
                self.plain.setEnabled(kind == "colour")
            case None:
                pass

    def _connect(self) -> None:
        self.words.moving.connect(lambda text: self._move(text=text))
        self.words.chosen.connect(lambda text: self._choose(text=text))
        self.words.abandoned.connect(self.abandoned)
        for name, box in self.choices.items():
            box.activated.connect(
                lambda _, name=name, box=box: self._choose(**{name: box.currentData()})
            )
        for name, mark in self.marks.items():
            mark.clicked.connect(lambda on, name=name: self._choose(**{name: on}))
        for name, field in (("size", self.letters), ("backing", self.backing)):
            field.moving.connect(lambda value, name=name: self._move(**{name: value}))
            field.chosen.connect(lambda value, name=name: self._choose(**{name: value}))
            field.abandoned.connect(self.abandoned)
        self.colour.chosen.connect(lambda colour: self._choose(colour=colour))
        self.shade.chosen.connect(lambda colour: self._choose(shade=colour))
        self.kind.activated.connect(lambda _: self._choose(kind=self.kind.currentData()))
        self.plain.chosen.connect(lambda colour: self._choose(colour=colour))

    def _choose(self, **values: Any) -> None:
        source = self._with(values)
        if source is not None and source != self._source:
            self.chosen.emit(source)

    def _move(self, **values: Any) -> None:
        source = self._with(values)
        if source is not None:
            self.moving.emit(source)

    def _with(self, values: dict[str, Any]) -> DrawnSource | None:
        """The source that is shown, with these values in it."""
        match self._source:
            case TitleSource(text=text, style=style):
                words = values.pop("text", text)
                return TitleSource(text=words, style=replace(style, **values))
            case GeneratorSource() as source:
                return replace(source, **values)
            case None:
                return None

    def _choice(self, name: str) -> QComboBox:
        words, values = _CHOICES[name]
        return choice(tr(words), [(tr(text), value) for value, text in values])

    def _title_part(self) -> QWidget:
        part = QWidget()
        grid = field_grid(part)
        grid.addWidget(self.words, 0, 0, 1, 2)
        for line, (name, box) in enumerate(self.choices.items(), 1):
            grid.addWidget(_label(tr(_CHOICES[name][0])), line, 0)
            grid.addWidget(box, line, 1)
        grid.addWidget(PullLabel(tr("Size"), self.letters), 4, 0)
        grid.addLayout(row_of(self.letters, self.colour), 4, 1)
        grid.addWidget(PullLabel(tr("Plate"), self.backing), 5, 0)
        grid.addLayout(row_of(self.backing, self.shade), 5, 1)
        marks = row_of(*self.marks.values())
        marks.setSpacing(theme.WIDE)
        grid.addLayout(marks, 6, 0, 1, 2)
        return part

    def _picture_part(self) -> QWidget:
        part = QWidget()
        grid = field_grid(part)
        grid.addWidget(self.kind, 0, 0, 1, 2)
        grid.addWidget(_label(tr("Colour")), 1, 0)
        grid.addLayout(row_of(self.plain), 1, 1)
        return part


class WordsEdit(QPlainTextEdit):
    """Lines of words, kept when the hand leaves them.

    Signals:
        moving, chosen: the words, at each letter and at the end.
        abandoned: Esc was pressed.
    """

    moving = Signal(str)
    chosen = Signal(str)
    abandoned = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(_WORDS_PX)
        self.setTabChangesFocus(True)
        self._kept = ""
        self.textChanged.connect(self._moved)

    def show_words(self, text: str) -> None:
        """Show these words, unless others are being written."""
        self._kept = text
        if not self.hasFocus() and self.toPlainText() != text:
            self.setPlainText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        if event.key() == Qt.Key.Key_Escape:
            self.setPlainText(self._kept)
            self.clearFocus()
            self.abandoned.emit()
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 (Qt's name)
        super().focusOutEvent(event)
        if self.toPlainText() != self._kept:
            self.chosen.emit(self.toPlainText())

    def _moved(self) -> None:
        if self.hasFocus():
            self.moving.emit(self.toPlainText())


class ColourField(WordsField):
    """A colour by its name or as ``#rrggbb``, with a swatch of it.

    Signals:
        chosen: another colour, as ``#rrggbb``.
    """

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setMaxLength(20)
        self.setFixedWidth(104)
        self._shown = ""
        self._swatch = self.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)
        self.editingFinished.connect(self._finished)

    def show_colour(self, colour: str) -> None:
        """Show this colour, unless another is being written."""
        self._shown = colour
        swatch = QPixmap(_SWATCH_PX, _SWATCH_PX)
        swatch.fill(QColor(colour))
        self._swatch.setIcon(QIcon(swatch))
        if not self.hasFocus():
            self.setText(colour)

    def _finished(self) -> None:
        written = self.text().strip()
        if not QColor.isValidColorName(written):
            self.setText(self._shown)
            return
        colour = QColor(written).name()
        self.setText(colour)
        if colour != self._shown:
            self.chosen.emit(colour)


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("dim", True)
    return label
