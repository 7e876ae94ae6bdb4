"""The export desk: the panel, the queue behind it, and the film that is open."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from engine.errors import EngineError
from studio.bridge.delivering import ExportWish, unfinished_words
from studio.bridge.exporting import FilmExports
from studio.bridge.notices import Deed, Notice
from studio.bridge.room import Room
from studio.document.framing import frame_size
from studio.document.queries import active_timeline, is_marked, timeline_end
from studio.export.exporter import ExportFailed, ExportFinished
from studio.export.plan import ExportPlan, likely_bytes
from studio.ui.export_panel import ExportFacts, ExportPanel
from studio.ui.export_row import show_in_folder, written_words
from studio.wording import term, tr


class ExportDesk(QObject):
    """Hands wishes to the queue, and what the queue tells to the panel."""

    def __init__(
        self, room: Room, exports: FilmExports, panel: ExportPanel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._room = room
        self._exports = exports
        self._panel = panel
        self._asked = 0
        panel.export_asked.connect(self._add)
        panel.stop_asked.connect(exports.stop)
        panel.forget_asked.connect(exports.forget_ended)
        panel.changed.connect(self.refresh)
        panel.burn_in.toggled.connect(self._show_burned_in)
        exports.jobs_changed.connect(panel.show_jobs)
        exports.ended.connect(self._on_end)

    def refresh(self) -> None:
        """Say what would be written of the film as it is now."""
        film = self._room.film
        timeline = active_timeline(film)
        frames = timeline_end(timeline)
        size = frame_size(film, timeline)
        words = tr(
            "{seconds:.1f} s · {width} × {height} · {rate:g} frames a second",
            seconds=float(frames / film.rate),
            width=size.width,
            height=size.height,
            rate=float(film.rate),
        )
        empty = tr("There is nothing on the timeline to export yet.")
        plan = self._plan() if frames else ""
        self._panel.show_facts(
            ExportFacts(
                words=f"{words}\n{_told(plan)}" if frames else empty,
                can_export=frames > 0,
                marked=is_marked(timeline),
                subtitled=bool(timeline.subtitles),
                loudness_lufs=film.settings.loudness_lufs,
                unfinished="" if isinstance(plan, str) else self._unfinished(plan),
            )
        )

    def _show_burned_in(self, burned_in: bool) -> None:
        """What is burned in is seen before; what is not may be seen all the same."""
        if burned_in:
            self._room.session.set_subtitled(True)

    def _plan(self) -> ExportPlan | str:
        """What is wished for, or why it cannot be."""
        try:
            return self._exports.plan(self._room.film, self._panel.wish)
        except EngineError as error:
            return str(error)

    def _unfinished(self, plan: ExportPlan) -> str:
        """What would be delivered that is not finished yet."""
        film = self._room.film
        span = (plan.start, plan.end)
        return " ".join(unfinished_words(film, self._room.ledger, active_timeline(film), span))

    def _add(self, wish: ExportWish) -> None:
        self._exports.add(self._room.film, self._room.ledger, wish)

    def _on_end(self, end: object) -> None:
        if isinstance(end, ExportFailed):
            if not self._exports.busy:
                self._panel.say(end.sentence)
            self._room.problem(end.sentence, cause=end.cause)
        elif isinstance(end, ExportFinished) and self._panel.visibleRegion().isEmpty():
            # Whoever went on with something else is told; the panel, when it is seen, tells more.
            show = Deed(text=tr("Show in folder"), do=partial(show_in_folder, end.path))
            self._room.said.emit(Notice(sentence=written_words(end), level="done", deed=show))


def _told(plan: ExportPlan | str) -> str:
    """What will come of a film, or why nothing will."""
    if isinstance(plan, str):
        return plan
    made = [tr("about {size:,.0f} MB", size=max(1, likely_bytes(plan) / 1e6))]
    if plan.preset.kind in ("pictures", "stems"):
        inside = term("{count:,} files in the folder “{name}”")
        inside = term("One file in the folder “{name}”") if plan.files == 1 else inside
        made.insert(0, tr(inside, count=plan.files, name=plan.target.name))
    if plan.preset.has_pictures:
        made.insert(0, f"{plan.width} × {plan.height} · {float(plan.rate):g}")
    return f"→ {' · '.join(made)}"
