"""The film's settings: its name and frame, its loudness, and what holds for all its shots."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from studio.document.film import Film, FilmSettings, PictureSize
from studio.export.loudness_targets import TARGETS
from studio.ui import theme
from studio.ui.prompt_edit import PromptEdit
from studio.ui.sheet import Sheet
from studio.ui.widgets import choice
from studio.wording import tr

_STYLE_PX = 64
_FRAMES = (
    ("16:9", 1280, 720),
    ("16:9", 1920, 1080),
    ("16:9", 3840, 2160),
    ("9:16", 720, 1280),
    ("9:16", 1080, 1920),
    ("1:1", 960, 960),
    ("1:1", 1080, 1080),
    ("2.39:1", 1720, 720),
    ("2.39:1", 2580, 1080),
)


class FilmSheet(Sheet):
    """Shows what holds for the whole film, and says what should be otherwise.

    Signals:
        edited: the words for undo, and what is set on the film, by its field.
    """

    edited = Signal(str, object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, tr("Film settings"), (560, 430))
        self._settings = FilmSettings()
        self._name = ""
        self.name = QLineEdit()
        self.name.setAccessibleName(tr("Name of the film"))
        self._sizes = [PictureSize(width=width, height=height) for _, width, height in _FRAMES]
        self.frame = choice(
            tr("Frame of the film"),
            [(f"{width} × {height} · {shape}", None) for shape, width, height in _FRAMES],
        )
        self.loudness = choice(
            tr("Loudness of the film"),
            [*((tr(words), lufs) for words, lufs in TARGETS), (tr("As mixed"), None)],
        )
        self.style_ = PromptEdit(theme.colour(theme.ACCENT), theme.colour(theme.BAD))
        self.style_.setAccessibleName(tr("Style words of the film"))
        self.style_.setPlaceholderText(tr("16 mm, soft light, muted colours"))
        self.style_.setFixedHeight(_STYLE_PX)
        self.upgrades = QCheckBox(tr("Render kept previews in full"))
        self._rate = _sentence("")
        self._form = QFormLayout()
        self._form.setVerticalSpacing(theme.WIDE)
        self._form.setHorizontalSpacing(theme.ROOM)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._lay_out()
        self.column.addLayout(self._form)
        self.column.addStretch(1)
        self.name.editingFinished.connect(self._rename)
        self.frame.activated.connect(lambda _: self._set_frame())
        self.loudness.activated.connect(
            lambda _: self._set(tr("Set loudness"), loudness_lufs=self.loudness.currentData())
        )
        self.style_.committed.connect(
            lambda text: self._set(tr("Write style words"), style_prompt=text.strip())
        )
        self.upgrades.clicked.connect(
            lambda on: self._set(tr("Choose what is upgraded"), upgrade_kept=on)
        )

    def open(self, film: Film, *, writable: bool) -> None:
        """Show a film's settings; one that may not be written can only be read."""
        for field in (self.name, self.frame, self.loudness, self.style_, self.upgrades):
            field.setEnabled(writable)
        self.show_film(film)
        self.lay()

    def show_film(self, film: Film) -> None:
        """Show the settings as they are now; what is being written stays."""
        self._settings, self._name = film.settings, film.name
        if not self.name.hasFocus():
            self.name.setText(film.name)
        size = PictureSize(width=film.width, height=film.height)
        if size not in self._sizes:
            self._sizes.append(size)
            self.frame.addItem(f"{size.width} × {size.height}")
        self.frame.setCurrentIndex(self._sizes.index(size))
        self._rate.setText(
            tr(
                "Of every cut without a shape of its own, at {rate:g} frames a second as chosen "
                "at the start. Shots made for another frame count as changed.",
                rate=round(float(film.rate), 3),
            )
        )
        lufs = film.settings.loudness_lufs
        if self.loudness.findData(lufs) < 0:
            self.loudness.addItem(tr("{lufs:g} LUFS", lufs=lufs), lufs)
        self.loudness.setCurrentIndex(self.loudness.findData(lufs))
        self.style_.set_tags(tuple(card.tag for card in film.cards))
        if not self.style_.hasFocus():
            self.style_.show_text(film.settings.style_prompt)
        self.upgrades.setChecked(film.settings.upgrade_kept)

    def put_away(self) -> None:
        """Take over what is still being written, and give the keys back to the window."""
        self._rename()
        self.style_.commit()
        super().put_away()

    def _lay_out(self) -> None:
        delivered = tr("In the window's title and in what is delivered; the folder keeps its own.")
        brought = tr("What exports are brought to, where the export itself asks for nothing else.")
        begins = tr(
            "Every shot's request begins with them. Shots made with others count as changed."
        )
        upgraded = tr(
            "In the background, from the same seed. Without it a kept preview stays one until it "
            "is rendered by hand."
        )
        self._row(tr("Name"), self.name, tr(delivered))
        self._row(tr("Frame"), self.frame, self._rate)
        self._row(tr("Loudness"), self.loudness, tr(brought))
        self._row(tr("Style words"), self.style_, tr(begins))
        self._row("", self.upgrades, tr(upgraded))

    def _row(self, name: str, field: QWidget, said: str | QLabel) -> None:
        column = QVBoxLayout()
        column.setSpacing(3)
        column.addWidget(field)
        column.addWidget(_sentence(said) if isinstance(said, str) else said)
        self._form.addRow(name, column)

    def _rename(self) -> None:
        name = self.name.text().strip()
        if not name:
            self.name.setText(self._name)
        elif name != self._name:
            self._name = name
            self.edited.emit(tr("Rename film"), {"name": name})

    def _set_frame(self) -> None:
        size = self._sizes[self.frame.currentIndex()]
        self.edited.emit(tr("Set frame"), {"width": size.width, "height": size.height})

    def _set(self, what: str, **setting: Any) -> None:
        changed = replace(self._settings, **setting)
        if changed != self._settings:
            self.edited.emit(what, {"settings": changed})


def _sentence(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setProperty("dim", True)
    label.setFont(theme.font(theme.FONT_SMALL_PX))
    return label
