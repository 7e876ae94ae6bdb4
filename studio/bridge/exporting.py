"""Exporting from the window: one export at a time, on a thread of its own, told by the relay."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from studio.bridge.relay import Relay
from studio.document.film import Film
from studio.document.ledger import Ledger
from studio.document.queries import active_timeline, timeline_end
from studio.export.exporter import (
    Exporter,
    ExportEvent,
    ExportFailed,
    ExportProgress,
)
from studio.export.plan import plan_export
from studio.export.presets import PRESETS
from studio.playback.cut import Cut
from studio.playback.frame_source import FrameSource
from studio.playback.mixer import Mixer
from studio.playback.sound_shelf import SoundShelf


class FilmExports(QObject):
    """Writes the cut as it was when the export began; editing goes on meanwhile.

    Signals:
        progressed: an ``ExportProgress``.
        ended: an ``ExportFinished``, ``ExportFailed`` or ``ExportCancelled``.
    """

    progressed = Signal(object)
    ended = Signal(object)

    def __init__(self, folder: Path, relay: Relay, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._relay = relay
        self._exporter: Exporter | None = None
        self._source: FrameSource | None = None

    @property
    def busy(self) -> bool:
        """Whether an export runs."""
        return self._exporter is not None

    def start(self, film: Film, ledger: Ledger, path: Path, preset: str, *, marked: bool) -> None:
        """Begin to write the open timeline; what is wrong with it ends it at once."""
        if self._exporter is not None:
            return
        timeline = active_timeline(film)
        try:
            plan = plan_export(
                film,
                timeline,
                path,
                preset=PRESETS[preset],
                span=None if marked else (0, timeline_end(timeline)),
                loudness_lufs=film.settings.loudness_lufs,
            )
        except EngineError as error:
            self.ended.emit(ExportFailed(sentence=str(error), cause=repr(error)))
            return
        cut = Cut(film, ledger, timeline.id, self._folder)
        self._source = FrameSource(cut, width=plan.width, height=plan.height)
        shelf = SoundShelf(film.sample_rate_hz, self._folder / "cache" / "sound")
        self._exporter = Exporter(plan, self._source, Mixer(cut, shelf), self._heard)
        self._exporter.start()

    def stop(self) -> None:
        """Stop; nothing is left behind."""
        if self._exporter is not None:
            self._exporter.cancel()

    def close(self) -> None:
        """Stop and wait."""
        self.stop()
        self._finish()

    def _heard(self, event: ExportEvent) -> None:
        """On the export's thread."""
        if isinstance(event, ExportProgress):
            self._relay.latest("export", lambda: self.progressed.emit(event))
        else:
            self._relay.send(lambda: self._end(event))

    def _end(self, event: ExportEvent) -> None:
        self._finish()
        self.ended.emit(event)

    def _finish(self) -> None:
        exporter, self._exporter = self._exporter, None
        source, self._source = self._source, None
        if exporter is not None:
            exporter.join()
        if source is not None:
            source.close()
