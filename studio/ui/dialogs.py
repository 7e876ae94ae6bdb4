"""The forms that stand in panels: a new film, and the export of a film."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from studio.document.timebase import FILM_RATES
from studio.ui import theme
from studio.ui.widgets import ProgressLine, icon_button, push_button

_SHAPES: tuple[tuple[str, int, int], ...] = (
    ("16:9 — wide", 1280, 720),
    ("9:16 — upright", 720, 1280),
    ("1:1 — square", 960, 960),
    ("2.39:1 — scope", 1720, 720),
)


@dataclass(frozen=True, kw_only=True)
class NewFilm:
    """What a new film should be."""

    folder: Path
    name: str
    rate: Fraction
    width: int
    height: int


class NewFilmForm(QFrame):
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
        self.name = QLineEdit(self.tr("Untitled film"))
        self.place = QLineEdit(str(place))
        self.shape = QComboBox()
        for text, _, _ in _SHAPES:
            self.shape.addItem(text)
        self.rate = QComboBox()
        for rate in FILM_RATES:
            self.rate.addItem(f"{float(rate):.6g}"[:6].rstrip("."), rate)
        self.rate.setCurrentIndex(FILM_RATES.index(Fraction(24)))
        self._where = QLabel()
        self._where.setProperty("dim", True)
        self._where.setWordWrap(True)
        self._where.setFont(theme.font(theme.FONT_SMALL_PX))
        self.create_button = push_button(self.tr("Make the film"), self._make, primary=True)
        title = QLabel(self.tr("A new film"))
        title.setFont(theme.font(18, weight=600))
        place_row = QHBoxLayout()
        place_row.addWidget(self.place, 1)
        place_row.addWidget(icon_button("folder", self.tr("Choose a folder"), self._browse))
        form = QFormLayout()
        form.setHorizontalSpacing(theme.WIDE)
        form.setVerticalSpacing(theme.GAP)
        form.addRow(self.tr("Name"), self.name)
        form.addRow(self.tr("In"), place_row)
        form.addRow("", self._where)
        form.addRow(self.tr("Frame"), self.shape)
        form.addRow(self.tr("Frames a second"), self.rate)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(push_button(self.tr("Back"), self.left.emit, quiet=True))
        buttons.addWidget(self.create_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 20)
        column.setSpacing(theme.ROOM)
        column.addWidget(title)
        column.addLayout(form)
        column.addLayout(buttons)
        self.name.textChanged.connect(self._check)
        self.place.textChanged.connect(self._check)
        self.name.returnPressed.connect(self._make)
        self._check()

    def begin(self) -> None:
        """Put the cursor into the name."""
        self.name.setFocus()
        self.name.selectAll()

    @property
    def folder(self) -> Path:
        """Where the film would be."""
        return Path(self.place.text()).expanduser() / self.name.text().strip()

    def _check(self) -> None:
        name = self.name.text().strip()
        bad = not name or any(letter in name for letter in '/\\:*?"<>|')
        there = not bad and (self.folder / "film.dailies").exists()
        self.create_button.setEnabled(not bad and not there)
        if bad:
            words = self.tr("A film needs a name that can be a folder's.")
        elif there:
            words = self.tr("There is a film of this name already.")
        else:
            words = self.tr("The folder {folder} will hold everything.").format(folder=self.folder)
        self._where.setText(words)

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self, self.tr("Where films are kept"), self.place.text()
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


class ExportPanel(QWidget):
    """What is written, where to, how far it is, and a way to stop.

    Signals:
        export_asked: the file, the preset's name, and whether only the marked part is meant.
        stop_asked: the running export should end.
    """

    export_asked = Signal(Path, str, bool)
    stop_asked = Signal()

    def __init__(self, presets: tuple[tuple[str, str, str], ...], folder: Path) -> None:
        """Make the panel; ``presets`` are ids, titles and file suffixes."""
        super().__init__()
        self._suffixes = {name: suffix for name, _, suffix in presets}
        self._written: Path | None = None
        self.preset = QComboBox()
        self.preset.setAccessibleName(self.tr("Format"))
        for name, title, _ in presets:
            self.preset.addItem(title, name)
        self.file = QLineEdit(str(folder / f"{folder.name}.mp4"))
        self.file.setAccessibleName(self.tr("File"))
        self.marked = QCheckBox(self.tr("Only from in to out"))
        self.facts = QLabel()
        self.facts.setProperty("dim", True)
        self.facts.setWordWrap(True)
        self.button = push_button(self.tr("Export"), self._ask, primary=True, icon_name="export")
        self.progress = ProgressLine()
        self.progress.stopped.connect(self.stop_asked)
        self.progress.hide()
        self._result = QLabel()
        self._result.setWordWrap(True)
        self._result.hide()
        self._show = push_button(self.tr("Show in folder"), self._open_folder, quiet=True)
        self._show.hide()
        file_row = QHBoxLayout()
        file_row.addWidget(self.file, 1)
        file_row.addWidget(icon_button("folder", self.tr("Choose a file"), self._browse))
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.WIDE)
        column.setSpacing(theme.GAP)
        column.addWidget(_label(self.tr("Format")))
        column.addWidget(self.preset)
        column.addWidget(_label(self.tr("File")))
        column.addLayout(file_row)
        column.addWidget(self.marked)
        column.addWidget(self.facts)
        column.addWidget(self.button)
        column.addWidget(self.progress)
        column.addWidget(self._result)
        column.addWidget(self._show)
        column.addStretch(1)
        self.preset.currentIndexChanged.connect(self._preset_changed)

    def show_facts(self, words: str, *, can_export: bool, marked: bool) -> None:
        """Say what would be written; nothing is exported of an empty cut."""
        self.facts.setText(words)
        self.button.setEnabled(can_export and self.progress.isHidden())
        self.marked.setEnabled(marked)

    def show_progress(self, words: str, share: float | None, left_s: float | None) -> None:
        """Show how far the export is."""
        self._result.hide()
        self._show.hide()
        self.progress.show()
        self.button.setEnabled(False)
        self.progress.show_progress(words, share, left_s)

    def show_result(self, sentence: str, written: Path | None) -> None:
        """Say how it ended; ``written`` is the file, or ``None`` where there is none."""
        self.progress.hide()
        self.button.setEnabled(True)
        self._result.setText(sentence)
        colour = theme.GOOD if written is not None else theme.TEXT_SOFT
        self._result.setStyleSheet(f"color: {colour};")
        self._result.show()
        self._written = written
        self._show.setVisible(written is not None)

    def _ask(self) -> None:
        self.export_asked.emit(
            Path(self.file.text()).expanduser(),
            self.preset.currentData(),
            self.marked.isChecked() and self.marked.isEnabled(),
        )

    def _browse(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Export to"), self.file.text())
        if chosen:
            self.file.setText(chosen)

    def _preset_changed(self) -> None:
        suffix = self._suffixes.get(self.preset.currentData(), ".mp4")
        self.file.setText(str(Path(self.file.text()).with_suffix(suffix)))

    def _open_folder(self) -> None:
        if self._written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written.parent)))


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("dim", True)
    label.setFont(theme.font(theme.FONT_SMALL_PX))
    return label
