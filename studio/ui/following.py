"""Following: has the panels of a workspace show what its room holds now, and no more than that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from studio.bridge.clerk import Report
from studio.bridge.job_items import job_row
from studio.bridge.shot_items import ShotRows, shot_row
from studio.bridge.time_words import time_left
from studio.document.moved import is_cut_alone
from studio.export.export_queue import ExportJob
from studio.render.jobs import is_urgent
from studio.ui.breathing import breathe
from studio.wording import term, tr

if TYPE_CHECKING:
    from studio.ui.workspace import Workspace


class Following(QObject):
    """What of the room is shown where, and whether at once or by turns."""

    def __init__(self, desk: Workspace) -> None:
        """Follow the room of ``desk``, whose panels are all there."""
        super().__init__(desk)
        self._desk = desk
        room = desk.room
        self._film = room.film
        self._rows = ShotRows()
        self._arrange_turns()
        room.film_changed.connect(self._on_film)
        room.ledger_changed.connect(self._on_jobs)
        room.jobs_changed.connect(self._on_jobs)
        room.capable.connect(self._on_jobs)
        room.pulsed.connect(self._on_pulse)
        room.reported.connect(self._on_report)
        room.session.shot_changed.connect(self._on_shot)
        room.session.take_changed.connect(self._on_take)
        desk.queue_desk.changed.connect(self._on_orders)
        desk.exports.jobs_changed.connect(self._show_exports)

    def refresh_all(self) -> None:
        """Show everything as it is now."""
        for refresh in (*self._of_story, *self._of_jobs):
            refresh.ask()
            refresh.pay()
            breathe()

    def _arrange_turns(self) -> None:
        """Say what is shown anew of the story, of the cut and of the jobs."""
        desk = self._desk
        add = desk.turns.add
        screen = add(desk.screening.refresh)
        shots = add(self._show_shots, desk.shots)
        shot = add(desk.shot.refresh, desk.shot)
        takes = add(desk.take_desk.refresh, desk.takes)
        edit = add(desk.edit.refresh, desk.edit)
        board = add(desk.shot_desk.refresh_board, desk.shot_desk.board)
        due = add(desk.shot_desk.refresh_due, desk.shots)
        bins = add(desk.bin_desk.refresh, desk.bins)
        cards = add(desk.shot_desk.refresh_cards, desk.shot_desk.cards)
        export = add(desk.export_desk.refresh, desk.export)
        queue = add(desk.queue_desk.refresh, desk.queue)
        work = add(self._show_work)
        mix = add(desk.mix.refresh, desk.mix)
        for turn in (shot, takes, bins):
            desk.tiles.turned.connect(turn.ask)
        desk.room.session.selection_changed.connect(lambda _ids: mix.show())
        self._of_cut = (screen, export, mix)
        self._of_hand = (shot, takes, edit, screen, queue)  # previews of the shot come first
        self._of_jobs = (work, shot, takes, shots, queue, edit, board, due, screen, export)
        self._of_story = (screen, shot, shots, takes, bins, cards, edit, board, due, export, mix)

    def _on_film(self) -> None:
        desk = self._desk
        before, after = self._film, desk.room.film
        self._film = after
        # At once: the next key may be meant for a command that has just become possible.
        desk.situation_changed.emit()
        for refresh in self._of_cut if is_cut_alone(before, after) else self._of_story:
            refresh.show()

    def _on_jobs(self) -> None:
        desk = self._desk
        desk.situation_changed.emit()
        for refresh in self._of_jobs:
            refresh.ask()

    def _on_orders(self) -> None:
        """The queue was told something by hand."""
        for refresh in self._of_jobs:
            refresh.show()

    def _show_shots(self) -> None:
        desk, room = self._desk, self._desk.room
        desk.shot_items.show(self._rows.of(room.film, room.ledger, room.pulses, room.weights))
        desk.shots.delegate.tags = room.tags()
        desk.shots.show_current(room.session.shot_id)

    def _show_work(self) -> None:
        """Say what renders, and how many wait."""
        desk, room = self._desk, self._desk.room
        waiting = sum(1 for job in room.queue.jobs() if job.is_open)
        title = term("Queue · {count}") if waiting else term("Queue")
        desk.docks["queue"].setWindowTitle(tr(title, count=waiting))
        running = room.running_job()
        if running is None:
            desk.viewer.picture.clear_step()
            desk.progressed.emit("")
        else:
            row = job_row(room.film, room.ledger, running, room.pulses.get(running.id))
            desk.progressed.emit(f"{row.title} · {row.words}")

    def _show_exports(self, jobs: tuple[ExportJob, ...]) -> None:
        """Say how many exports are being written or wait, whichever panel is in front."""
        count = sum(1 for job in jobs if job.is_open)
        title = term("Export · {count}") if count else term("Export")
        self._desk.docks["export"].setWindowTitle(tr(title, count=count))

    def _on_pulse(self, job_id: str) -> None:
        desk, room = self._desk, self._desk.room
        pulse, job = room.pulses.get(job_id), room.ledger.jobs.get(job_id)
        if pulse is None or job is None:
            return
        row = job_row(room.film, room.ledger, job, pulse)
        desk.job_items.replace_row(row)
        desk.progressed.emit(f"{row.title} · {row.words}")
        for number, shot in enumerate(room.film.shots, start=1):
            if shot.id in job.shots:
                desk.shot_items.replace_row(
                    shot_row(room.film, room.ledger, room.pulses, shot, number, room.weights)
                )
        desk.shot_desk.show_step(job)
        if job.shot_id == room.session.shot_id and is_urgent(job):
            image = QImage(pulse.preview) if pulse.preview else QImage()
            step = tr("Step {step} of {of}", step=pulse.step, of=pulse.of)
            key = desk.key_of("shot.stop")
            stops = tr("{key} stops it", key=key) if key else ""
            words = " · ".join(part for part in (step, time_left(pulse.eta_s), stops) if part)
            done = pulse.step / pulse.of if pulse.of else None
            desk.viewer.picture.show_step(image, words, done)

    def _on_shot(self, _shot_id: str) -> None:
        desk = self._desk
        desk.screening.look_at_cut()
        desk.viewer.picture.clear_step()
        desk.shots.show_current(desk.room.session.shot_id)
        for refresh in self._of_hand:
            refresh.show()

    def _on_take(self, _take_id: str) -> None:
        desk = self._desk
        desk.viewer.picture.clear_step()
        desk.screening.look()
        for refresh in self._of_hand:
            refresh.ask()

    def _on_report(self, report: Report) -> None:
        desk = self._desk
        if report.shot_id == desk.room.session.shot_id:
            desk.shot.show_report(report)
