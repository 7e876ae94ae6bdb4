"""The export panel: what is written, how and where to, and the queue of exports."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from studio.bridge.delivering import ExportWish
from studio.document.timebase import FILM_RATES
from studio.export.export_queue import ExportJob
from studio.export.loudness_targets import TARGETS
from studio.export.plan import MAX_SIDE_PX, TRUE_PEAK_DB
from studio.export.presets import PRESETS, Preset
from studio.export.provenance_sealing import can_sign
from studio.ui import theme
from studio.ui.export_row import JobRow
from studio.ui.panel_layout import fill, footed, padded, scrolling
from studio.ui.target_field import TargetField
from studio.ui.widgets import choice, icon_button, push_button, roomy, small_label
from studio.wording import term, tr

_HEIGHTS = (480, 720, 1080, 1440, 2160)
_AS_MIXED = "mixed"


@dataclass(frozen=True, kw_only=True)
class ExportFacts:
    """What the panel says of the cut: its words, whether it can be, and how loud the film is.

    Attributes:
        marked: a part of it is marked from in to out.
        subtitled: it has subtitles, which can be painted into its pictures.
        unfinished: what of it is not finished yet, in words; empty where all is.
    """

    words: str
    can_export: bool
    marked: bool
    subtitled: bool = False
    loudness_lufs: float | None = None
    unfinished: str = ""


class ExportPanel(QWidget):
    """Asks for exports, and shows how far they are.

    Signals:
        export_asked: an ``ExportWish``.
        changed: what is asked for is another.
        stop_asked: the id of the job that should end.
        forget_asked: those that are over should go.
    """

    export_asked = Signal(object)
    changed = Signal()
    stop_asked = Signal(str)
    forget_asked = Signal()

    def __init__(self, folder: Path, *, can_finish: bool = False) -> None:
        super().__init__()
        self._facts = ExportFacts(words="", can_export=False, marked=False)
        formats = [(tr(preset.words), preset.name) for preset in PRESETS.values()]
        self.preset = choice(tr("Format"), formats, letters=8)
        for at, preset in enumerate(PRESETS.values()):
            self._say_missing(at, preset)
        self.file = TargetField(folder / f"{folder.name}.mp4", PRESETS[self.preset.currentData()])
        self.file.setAccessibleName(tr("File"))
        as_film = (tr("As the film"), None)
        lines = term("{height} lines")
        heights = [(tr(lines, height=height), height) for height in _HEIGHTS]
        rates = [(f"{float(rate):g}", rate) for rate in FILM_RATES]
        mixed = (tr("As mixed"), _AS_MIXED)
        self.picture_size = choice(tr("Size"), [as_film, *heights], letters=8)
        self.width_px = self._width_box()
        self.rate = choice(tr("Rate"), [as_film, *rates], letters=8)
        targets = ((tr(words), lufs) for words, lufs in TARGETS)
        self.loudness = choice(tr("Loudness"), [as_film, *targets, mixed], letters=8)
        self.true_peak = self._peak_box()
        self.burn_in = QCheckBox(tr("Burn the subtitles in"))
        self.burn_in.setEnabled(False)
        self.signed = QCheckBox(tr("Sign with content credentials"))
        self.marked = QCheckBox(tr("Only from in to out"))
        self.finish = QCheckBox(tr("Enlarge by the finishing network"))
        self.finish.setEnabled(can_finish)
        self.finish.setToolTip(
            tr(
                "Where the file is larger than the film. By a graphics device with Vulkan, or by "
                "the processor, which takes seconds a picture."
            )
            if can_finish
            else tr("Needs the extra “finish”, which is not installed; Lanczos is used.")
        )
        self.facts = QLabel()
        self.facts.setProperty("dim", True)
        self.facts.setWordWrap(True)
        self.unfinished = _caution()
        self.replaces = _caution()
        self.button = push_button(tr("Export"), self._ask, primary=True, icon_name="export")
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.hide()
        self._clear = push_button(tr("Clear the list"), self.forget_asked.emit, quiet=True)
        self._clear.hide()
        self._rows: dict[str, JobRow] = {}
        self._jobs = QVBoxLayout()
        self._jobs.setSpacing(theme.GAP)
        self._lay_out()
        self.preset.currentIndexChanged.connect(self._preset_changed)
        for box in (self.preset, self.picture_size, self.rate, self.loudness):
            box.currentIndexChanged.connect(self._tell_changed)
        for box in (self.marked, self.finish, self.burn_in, self.signed):
            box.toggled.connect(self._tell_changed)
        for box in (self.width_px, self.true_peak):
            # Told as it stands when the hand leaves it: 1 is no width, but on its way to 1280.
            box.setKeyboardTracking(False)
            # As far in as the words of the lists above it.
            box.setStyleSheet("padding-left: 6px;")
            box.valueChanged.connect(self._tell_changed)
        self.file.textChanged.connect(self._tell_changed)
        self._offer()

    @property
    def wish(self) -> ExportWish:
        """What is asked for now."""
        loudness = self.loudness.currentData()
        return ExportWish(
            path=self.file.path,
            preset=self.preset.currentData(),
            part="marked" if self.marked.isChecked() and self.marked.isEnabled() else "all",
            width=self.width_px.value() or None if self.width_px.isEnabled() else None,
            height=self.picture_size.currentData() if self.picture_size.isEnabled() else None,
            rate=_fraction(self.rate.currentData()) if self.rate.isEnabled() else None,
            loudness_lufs=loudness if isinstance(loudness, float) else None,
            as_mixed=loudness == _AS_MIXED,
            true_peak_db=self.true_peak.value(),
            finished=self.finish.isChecked() and self.finish.isEnabled(),
            burn_in=self.burn_in.isChecked() and self.burn_in.isEnabled(),
            signed=self.signed.isChecked() and self.signed.isEnabled(),
            replaces=not self.replaces.isHidden(),
        )

    def show_facts(self, facts: ExportFacts) -> None:
        """Say what would be written; nothing is exported of an empty cut."""
        self.facts.setText(facts.words)
        self.unfinished.setText(facts.unfinished)
        self.unfinished.setVisible(bool(facts.unfinished))
        self.button.setEnabled(facts.can_export)
        self.marked.setEnabled(facts.marked)
        self._facts = facts
        self._offer()
        film = tr("As mixed")
        if facts.loudness_lufs is not None:
            film = tr("{lufs:g} LUFS", lufs=facts.loudness_lufs)
        self.loudness.setItemText(0, tr("As the film ({words})", words=film))

    def show_jobs(self, jobs: tuple[ExportJob, ...]) -> None:
        """Show every export, those that are over too."""
        gone = set(self._rows) - {job.id for job in jobs}
        for job_id in gone:
            row = self._rows.pop(job_id)
            self._jobs.removeWidget(row)
            row.deleteLater()
        for job in jobs:
            row = self._rows.get(job.id)
            if row is None:
                row = self._rows[job.id] = JobRow(job)
                row.stopped.connect(self.stop_asked)
                self._jobs.addWidget(row)
            if row.show_job(job):
                self._scroll.bring(row)  # in a low window it is below what is in sight
        busy = any(job.is_open for job in jobs)
        self.button.setText(tr("Add to the queue") if busy else tr("Export"))
        self._clear.setVisible(any(not job.is_open for job in jobs))
        self.file.set_taken([job.plan.target for job in jobs if job.is_open])
        if jobs:
            self.said.hide()

    def say(self, sentence: str) -> None:
        """Say why an export was not begun."""
        self.said.setText(sentence)
        self.said.setStyleSheet(f"color: {theme.BAD};")
        self.said.show()

    def _width_box(self) -> QSpinBox:
        box = QSpinBox()
        roomy(box)
        box.setAccessibleName(tr("Width"))
        # 0 leaves it to the shape; less than 16 pixels are no picture, and the plan says so.
        box.setRange(0, MAX_SIDE_PX)
        box.setSingleStep(2)
        box.setSuffix(tr(" px"))
        box.setSpecialValueText(tr("By the film's shape"))
        return box

    def _peak_box(self) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        roomy(box)
        box.setAccessibleName(tr("True peak"))
        box.setRange(-20.0, 0.0)
        box.setDecimals(1)
        box.setSingleStep(0.5)
        box.setSuffix(tr(" dBTP"))
        box.setValue(TRUE_PEAK_DB)
        box.setToolTip(tr("What the sound never exceeds once it is brought to a loudness."))
        return box

    def _lay_out(self) -> None:
        file_row = QHBoxLayout()
        file_row.addWidget(self.file, 1)
        file_row.addWidget(icon_button("folder", tr("Choose a file"), self._browse))
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(theme.GAP)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(small_label(tr("Format")), self.preset)
        form.addRow(small_label(tr("File")), file_row)
        form.addRow(small_label(tr("Size")), self.picture_size)
        form.addRow(small_label(tr("Width")), self.width_px)
        form.addRow(small_label(tr("Rate")), self.rate)
        form.addRow(small_label(tr("Loudness")), self.loudness)
        form.addRow(small_label(tr("True peak")), self.true_peak)
        inner = QWidget()
        column = padded(inner)
        column.addLayout(form)
        column.addWidget(self.marked)
        column.addWidget(self.finish)
        column.addWidget(self.burn_in)
        column.addWidget(self.signed)
        column.addLayout(self._jobs)
        column.addWidget(self._clear)
        column.addStretch(1)
        self._scroll = scrolling(inner)
        says = [(line,) for line in (self.facts, self.unfinished, self.replaces, self.said)]
        fill(self, footed(self._scroll, *says, (self.button,)))

    def _say_missing(self, at: int, preset: Preset) -> None:
        """Grey out, in its place, what this installation cannot encode, and say so."""
        model = self.preset.model()
        if not preset.missing or not isinstance(model, QStandardItemModel):
            return
        names = ", ".join(preset.missing)
        item = model.item(at)
        item.setEnabled(False)
        item.setText(tr("{words} — no {names} here", words=tr(preset.words), names=names))
        item.setToolTip(tr("This installation cannot encode {names}.", names=names))

    def _ask(self) -> None:
        self.said.hide()
        # Or the next Return, which keeps a take, would export again; the picture has the keys.
        self.button.clearFocus()
        self.file.renew()
        self.export_asked.emit(self.wish)

    def _tell_changed(self, *_: object) -> None:
        self._offer()
        self.changed.emit()

    def _browse(self) -> None:
        # The panel says itself what is replaced.
        chosen, _ = QFileDialog.getSaveFileName(
            self,
            tr("Export to"),
            self.file.text(),
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if chosen:
            self.file.setText(chosen)

    def _preset_changed(self) -> None:
        self.file.set_preset(PRESETS[self.preset.currentData()])
        self._offer()

    def _offer(self) -> None:
        """Let what the chosen format and the cut have be chosen, and nothing else."""
        preset = PRESETS[self.preset.currentData()]
        seen, heard = preset.has_pictures, preset.kind in ("film", "sound")
        for box in (self.picture_size, self.width_px, self.rate):
            box.setEnabled(seen)
        self.loudness.setEnabled(heard)
        self.true_peak.setEnabled(heard and self._is_levelled)
        self.burn_in.setEnabled(seen and self._facts.subtitled)
        self.burn_in.setToolTip("" if self._facts.subtitled else tr("The cut has no subtitles."))
        self.replaces.setVisible(self.file.replaces)
        words = term("“{name}” is there already: this export replaces it.")
        self.replaces.setText(tr(words, name=self.file.path.name))
        can_be_signed = can_sign(preset, self.file.path)
        self.signed.setEnabled(can_be_signed)
        self.signed.setToolTip(
            tr(
                "With a certificate made on this machine, or your own where Settings name one: it "
                "shows that the film was not changed since, and how it was made."
            )
            if can_be_signed
            else tr("Content credentials go into MP4, MOV, WAV and GIF files alone.")
        )

    @property
    def _is_levelled(self) -> bool:
        """Whether the sound is brought to a loudness at all."""
        chosen = self.loudness.currentData()
        return isinstance(chosen, float) or (
            chosen is None and self._facts.loudness_lufs is not None
        )


def _caution() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setStyleSheet(f"color: {theme.CAUTION};")
    label.hide()
    return label


def _fraction(value: object) -> Fraction | None:
    return value if isinstance(value, Fraction) else None
