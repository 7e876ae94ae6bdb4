"""The form of a new film."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from studio.document.paths import is_there
from studio.document.timebase import FILM_RATES
from studio.ui import theme
from studio.ui.sheet import PutAway
from studio.ui.widgets import icon_button, push_button
from studio.wording import term, tr

_SHAPES: tuple[tuple[str, int, int], ...] = (
    (term("16:9 — wide"), 1280, 720),
    (term("9:16 — upright"), 720, 1280),
    (term("1:1 — square"), 960, 960),
    (term("2.39:1 — scope"), 1720, 720),
)


@dataclass(frozen=True, kw_only=True)
class NewFilm:
    """What a new film should be."""

    folder: Path
    name: str
    rate: Fraction
    width: int
    height: int


class NewFilmForm(PutAway):
    """Name, place, frame shape and rate of a film to be made.

    Signals:
        made: the ``NewFilm``.
        left: the director thought better of it.
    """

    made = Signal(object)
    left = Signal()

    def __init__(self, place: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("new_film")
        self.setStyleSheet(f"#new_film {{ background: {theme.PANEL}; border-radius: 8px; }}")
        self.setFixedWidth(480)
        self.name = QLineEdit(tr("Untitled film"))
        self.place = QLineEdit(str(place))
        self.place.setAccessibleName(tr("The folder that it is made in"))
        self.shape = QComboBox()
        for text, _, _ in _SHAPES:
            self.shape.addItem(tr(text))
        self.rate = QComboBox()
        for rate in FILM_RATES:
            self.rate.addItem(f"{float(rate):.6g}"[:6].rstrip("."), rate)
        self.rate.setCurrentIndex(FILM_RATES.index(Fraction(24)))
        self._where = QLabel()
        self._where.setProperty("dim", True)
        self._where.setWordWrap(True)
        self._where.setFont(theme.font(theme.FONT_SMALL_PX))
        self.create_button = push_button(tr("Make the film"), self._make, primary=True)
        title = QLabel(tr("A new film"))
        title.setFont(theme.font(18, weight=600))
        place_row = QHBoxLayout()
        place_row.addWidget(self.place, 1)
        place_row.addWidget(icon_button("folder", tr("Choose a folder"), self._browse))
        form = QFormLayout()
        form.setHorizontalSpacing(theme.WIDE)
        form.setVerticalSpacing(theme.GAP)
        form.addRow(tr("Name"), self.name)
        form.addRow(tr("In"), place_row)
        form.addRow("", self._where)
        form.addRow(tr("Frame"), self.shape)
        form.addRow(tr("Frames a second"), self.rate)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(push_button(tr("Back"), self.left.emit, quiet=True))
        buttons.addWidget(self.create_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 20)
        column.setSpacing(theme.ROOM)
        column.addWidget(title)
        column.addLayout(form)
        column.addLayout(buttons)
        self.name.textChanged.connect(self._check)
        self.place.textChanged.connect(self._check)
        for line in (self.name, self.place):
            line.returnPressed.connect(self._make)
        self._check()

    def begin(self) -> None:
        """Put the cursor into the name."""
        self.name.setFocus()
        self.name.selectAll()

    def put_away(self) -> None:
        """Think better of it."""
        self.left.emit()

    @property
    def folder(self) -> Path:
        """Where the film would be."""
        written, name = Path(self.place.text()), self.name.text().strip()
        try:
            return written.expanduser() / name
        except RuntimeError:  # of somebody whom this machine does not know
            return written / name

    def _check(self) -> None:
        name = self.name.text().strip()
        bad = not name or any(letter in name for letter in '/\\:*?"<>|')
        there = not bad and is_there(self.folder / "film.dailies")
        self.create_button.setEnabled(not bad and not there)
        if bad:
            words = tr("A film needs a name that can be a folder's.")
        elif there:
            words = tr("There is a film of this name already.")
        else:
            words = tr("The folder {folder} will hold everything.", folder=self.folder)
        self._where.setText(words)

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self, tr("Where films are kept"), self.place.text()
        )
        if chosen:
            self.place.setText(chosen)

    def _make(self) -> None:
        if not self.create_button.isEnabled():
            return
        _, width, height = _SHAPES[self.shape.currentIndex()]
        rate = self.rate.currentData()
        film = NewFilm(
            folder=self.folder,
            name=self.name.text().strip(),
            rate=rate,
            width=width,
            height=height,
        )
        self.made.emit(film)
