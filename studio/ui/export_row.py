"""A row of the export queue: how far one export is, or what became of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.export.export_queue import Ended, ExportJob, Waiting, Writing
from studio.export.exporter import (
    ExportCancelled,
    ExportFailed,
    ExportFinished,
    ExportProgress,
)
from studio.ui import theme
from studio.ui.widgets import ProgressLine, push_button
from studio.wording import term, tr


class JobRow(QWidget):
    """One export of the queue.

    Signals:
        stopped: its id.
    """

    stopped = Signal(str)

    def __init__(self, job: ExportJob) -> None:
        super().__init__()
        self._id = job.id
        self._written: Path | None = None
        self._was_open: bool | None = None
        self.progress = ProgressLine()
        self.progress.stopped.connect(lambda: self.stopped.emit(self._id))
        self.result = QLabel()
        self.result.setWordWrap(True)
        self.notes = QLabel()
        self.notes.setWordWrap(True)
        self.notes.setProperty("soft", True)
        self._show = push_button(tr("Show in folder"), self._open_folder, quiet=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.progress)
        column.addWidget(self.result)
        column.addWidget(self.notes)
        column.addWidget(self._show, 0, Qt.AlignmentFlag.AlignLeft)

    def show_job(self, job: ExportJob) -> bool:
        """Show its state; whether it has only now begun to wait, or ended."""
        is_news, self._was_open = job.is_open != self._was_open, job.is_open
        name = job.plan.path.name
        self.progress.setVisible(job.is_open)
        self.result.setVisible(not job.is_open)
        self.notes.setVisible(False)
        match job.state:
            case Waiting():
                self.progress.show_progress(tr("{name} waits", name=name), 0.0)
            case Writing(progress=now):
                self._show_progress(name, now)
            case Ended(end=end):
                self._show_end(name, end)
        self._show.setVisible(self._written is not None)
        return is_news

    def _show_progress(self, name: str, now: ExportProgress | None) -> None:
        if now is None:
            self.progress.show_progress(name, None)
            return
        what = {
            "sound": tr("sound"),
            "loudness": tr("loudness"),
            "pictures": tr("pictures"),
            "writing": tr("writing"),
            "signing": tr("signing"),
        }[now.stage]
        self.progress.show_progress(f"{name} · {what}", now.done / max(1, now.of), now.eta_s)

    def _show_end(self, name: str, end: object) -> None:
        colour = theme.TEXT_SOFT
        notes: tuple[str, ...] = ()
        match end:
            case ExportFinished():
                sentence, notes = written_words(end), end.notes
                colour, self._written = theme.GOOD, end.path
            case ExportFailed(sentence=sentence):
                colour = theme.BAD
            case ExportCancelled():
                sentence = tr("{name} was stopped; nothing was written.", name=name)
            case _:
                sentence = ""
        self.result.setText(sentence)
        self.result.setStyleSheet(f"color: {colour};")
        self.notes.setText("\n".join(notes))
        self.notes.setVisible(bool(notes))

    def _open_folder(self) -> None:
        if self._written is not None:
            show_in_folder(self._written)


def show_in_folder(path: Path) -> None:
    """Open the folder that a file lies in, by the system's own program."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def written_words(end: ExportFinished) -> str:
    """What there is now: how much of it, and how loud it is."""
    told = {
        "name": end.path.name,
        "seconds": end.duration_s,
        "size": end.file_bytes / 1e6,
        "count": end.files,
    }
    words = term("{name} is written: {seconds:.1f} s, {size:.1f} MB.")
    if end.files > 1:
        words = term("{name} is written: {count:,} files, {seconds:.1f} s, {size:.1f} MB.")
    loudness = "" if end.loudness is None else f" {end.loudness.words}."
    return tr(words, **told) + loudness
