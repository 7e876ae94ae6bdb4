"""The cutting room: one open film with everything that works on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.api import Backend, Capabilities, Edit
from engine.errors import EngineError
from studio.bridge.clerk import Clerk
from studio.bridge.engine_words import said
from studio.bridge.errands import Errands
from studio.bridge.failures import Hands, failure
from studio.bridge.film_names import named
from studio.bridge.late_backend import LateBackend
from studio.bridge.library import Library
from studio.bridge.notices import Notice, refusal
from studio.bridge.outlook import Outlook
from studio.bridge.pending_imports import PendingImports
from studio.bridge.relay import Relay
from studio.bridge.session import Session
from studio.bridge.shooting import Shooting
from studio.bridge.tile_reading import FilmTileReader
from studio.bridge.worker_news import WorkerNews
from studio.document.errors import DocumentError
from studio.document.film import Film, Shot
from studio.document.ledger import JobRecord, Ledger, Queued, Running, TakeRecord
from studio.document.moved import is_cut_alone
from studio.document.queries import find_shot
from studio.document.store import Store
from studio.document.take_lineage import continued
from studio.render.estimates import History
from studio.render.jobs import is_urgent
from studio.render.stored_requests import load_request
from studio.render.worker import open_worker
from studio.wording import term, tr


@dataclass(frozen=True, kw_only=True)
class RoomParts:
    """What a room is made from.

    Attributes:
        store: the open film.
        folder: where it lies.
        build: makes a backend, on a thread that may import torch.
        history: seconds that renders took on this machine.
        pending: files that are still to come into the film.
        losses: what of a damaged film cannot be read.
    """

    store: Store
    folder: Path
    build: Callable[[], Backend]
    history: History
    pending: PendingImports = field(default_factory=PendingImports)
    losses: tuple[str, ...] = ()


class Room(QObject):
    """The film, its session, queue, importer and clerk. Lives on the GUI thread.

    Signals:
        film_changed, ledger_changed, jobs_changed: something of it is another value.
        pulsed: a job id that was heard of; the newest pulse is in ``pulses``.
        reported: what the engine would be given for a shot.
        capable: the engine's limits are known.
        engine_said: what the engine is doing, in a few words.
        said: a notice for the director.
        settled: the id of a job that has not failed, or not any more.
        shot_wanted: a shot's id, whose words are to be seen.
        kept: the id of a take that was decided for.
    """

    film_changed = Signal()
    ledger_changed = Signal()
    jobs_changed = Signal()
    pulsed = Signal(str)
    reported = Signal(object)
    capable = Signal()
    engine_said = Signal(str)
    said = Signal(object)
    settled = Signal(str)
    shot_wanted = Signal(str)
    kept = Signal(str)

    def __init__(self, parts: RoomParts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = parts.store
        self.folder = parts.folder
        self._losses = parts.losses
        self.session = Session(self)
        self.relay = Relay(self)
        self._news = WorkerNews(self.relay, self)
        self.pulses = self._news.pulses
        self.capabilities: Capabilities | None = None
        self._closed = False
        self._engine_failed = False
        self._asked_early: dict[str, bool] = {}
        self.tile_reader = FilmTileReader(self.folder)
        self.tile_reader.follow(self.film, self.ledger)
        self.queue, self.worker = open_worker(
            LateBackend(parts.build),
            self.folder,
            # What cannot be recorded is not rendered, nor thrown away.
            self.ledger if self.store.read_only is None else Ledger(),
            self._news.hear,
            history=parts.history,
        )
        self.shooting = Shooting(self.store, self.folder, self.queue, self.said.emit)
        self._outlook = Outlook(self.shooting.desk, self.reported.emit)
        self.clerk = Clerk(
            LateBackend(parts.build),
            self.relay,
            history=parts.history,
            capable=self._on_capable,
            reported=self._outlook.hear,
            failed=self._on_engine_failed,
        )
        self.errands = Errands(self.relay)
        self.aside = LateBackend(parts.build)  # for errands, which need no weights
        self.library = Library(self.store, self.folder, self.relay, self.apply, self, parts.pending)
        self.library.said.connect(self.said)
        self._news.pulsed.connect(self.pulsed)
        self._news.engine_said.connect(self.engine_said)
        self._news.engine_failed.connect(self._on_engine_failed)
        self._news.made.connect(self._on_made)
        self._news.job_changed.connect(self._on_job)
        self._offs = [
            self.store.changed.subscribe(self._on_film),
            self.store.recorded.subscribe(self._on_ledger),
        ]
        self.session.shot_changed.connect(self.queue.put_under_hand)
        self.session.shot_changed.connect(lambda _shot_id: self.ask_report())

    def start(self) -> None:
        """Let the engine load and the queue run; called once the window is up."""
        if self._closed:  # a film that was closed before the window came to it
            return
        self.clerk.start()
        self.worker.start()
        self.library.resume()
        held = [job for job in self.queue.jobs() if self.queue.is_held(job.id)]
        for job in held:
            self._count(job)
        if held:
            waits = term("Renders from last time wait in the queue: {count}. Press Go on there.")
            self.say(tr(waits, count=len(held)))

    @property
    def film(self) -> Film:
        """The film as it is now."""
        return self.store.film

    @property
    def ledger(self) -> Ledger:
        """What happened so far."""
        return self.store.ledger

    @property
    def shot(self) -> Shot | None:
        """The shot under the hand."""
        return find_shot(self.film, self.session.shot_id)

    @property
    def take(self) -> TakeRecord | None:
        """The take that keep and reject are about: the one looked at, or the shot's newest."""
        chosen = self.ledger.takes.get(self.session.take_id)
        shot = self.shot
        if chosen is not None and (shot is None or chosen.shot_id == shot.id):
            return chosen
        if shot is None:
            return None
        takes = [
            take
            for take in self.ledger.takes_by_shot.get(shot.id, ())
            if take.upgrade_of is None
            and take.kind != "still"
            and self.ledger.decision(take.id) != "rejected"
        ]
        return takes[-1] if takes else None

    @property
    def refusal(self) -> Notice | None:
        """Why the film takes no changes, with the ways out; ``None`` where it takes them."""
        sentence = self.store.read_only
        return None if sentence is None else refusal(sentence, self._losses)

    @property
    def weights(self) -> str | None:
        """Content hash of the engine's weights; ``None`` while that is not known."""
        return None if self.capabilities is None else self.capabilities.weights

    def tags(self) -> tuple[str, ...]:
        """The tags that prompts may use: cards, and references of the shot under the hand."""
        shot = self.shot
        own = [r.tag for r in shot.references if r.tag] if shot is not None else []
        return tuple(dict.fromkeys([*(card.tag for card in self.film.cards), *own]))

    def say(self, sentence: str, *, cause: str = "") -> None:
        """Tell the director something that needs no action."""
        self.said.emit(Notice(sentence=sentence, cause=cause))

    def problem(self, sentence: str, *, cause: str = "") -> None:
        """Tell the director what went wrong."""
        notice = self.refusal
        if notice is None or sentence != notice.sentence:
            notice = Notice(
                sentence=named(said(sentence), self.film, self.ledger),
                cause=cause,
                level="problem",
            )
        self.said.emit(notice)

    def apply(self, change: Callable[[Film], Film], name: str) -> bool:
        """Make a change; one that is refused says why and leaves everything as it was."""
        try:
            self.store.apply(change, name)
        except DocumentError as error:
            self.problem(str(error))
            return False
        return True

    def undo(self) -> None:
        """Take the last change back."""
        self._travel(self.store.undo, tr("Undone"))

    def redo(self) -> None:
        """Make it again."""
        self._travel(self.store.redo, tr("Redone"))

    def render_shot(self, *, full: bool = False) -> JobRecord | None:
        """Preview the shot under the hand, or render it in full, once the engine is there."""
        shot = self.shot
        if shot is None:
            return None
        if self.capabilities is None and not self._engine_failed:
            self._asked_early[shot.id] = full
            later = term("The engine is still getting ready; {name} is rendered when it is.")
            self.say(tr(later, name=shot.name))
            return None
        if self.refuses(shot):
            return None
        self._release_if_paused()
        return self.shooting.render(shot, full=full)

    def refuses(self, shot: Shot) -> bool:
        """Whether ``shot`` cannot be rendered as it is, which then is said and shown.

        What is known before it is asked for is no failed render. One that goes on from a take is
        made as an extension, of which there is no report.
        """
        if self.capabilities is None or continued(self.ledger, shot.id) is not None:
            return False
        why = self._outlook.refusal(shot)
        if why:
            self.say(f"{shot.name}: {named(said(why), self.film, self.ledger)}")
            self.shot_wanted.emit(shot.id)
        return bool(why)

    def edit_take(self, edit: Edit) -> JobRecord | None:
        """Make a changed child of the take under the hand."""
        take = self.take
        return None if take is None else self.shooting.edit(take, edit)

    def keep(self) -> None:
        """Keep the take under the hand."""
        shot, take = self.shot, self.take
        if shot is not None and take is not None and self.shooting.keep(shot, take):
            self.kept.emit(take.id)

    def reject(self) -> None:
        """Reject the take under the hand; the one before it comes under the hand."""
        shot, take = self.shot, self.take
        if shot is not None and take is not None and self.shooting.reject(shot, take):
            self.session.set_take("")

    def running_job(self) -> JobRecord | None:
        """The job that renders now, if any."""
        return next((j for j in self.queue.jobs() if isinstance(j.state, Running)), None)

    def stop(self) -> None:
        """Stop what is waited for of the shot under the hand, or else what is and runs.

        Full renders go on: they are work of minutes, stopped one by one in the queue.
        """
        urgent = [job for job in self.queue.jobs() if job.is_open and is_urgent(job)]
        mine = [job for job in urgent if self.session.shot_id in job.shots]
        for job in mine or [job for job in urgent if isinstance(job.state, Running)]:
            self.queue.cancel(job.id)

    def ask_report(self, prompt: str | None = None) -> None:
        """Have the clerk say what the shot under the hand would become.

        ``prompt`` is what is being written just now; ``None`` takes the shot's own.
        """
        shot = self.shot
        if shot is None or self.capabilities is None:
            return
        shot = shot if prompt is None else replace(shot, prompt=prompt)
        request = self._outlook.question(shot)
        if request is not None:
            self.clerk.ask(shot.id, request)

    def close(self) -> None:
        """Park the running render, end all threads, and take what they still had to say."""
        self._closed = True
        self.library.importer.close()
        # Before the worker, which ends an engine's process: a question would start it again.
        self.clerk.close()
        self.worker.close()
        self.errands.close()
        self.relay.flush()
        self.library.close()
        self.relay.close()
        for off in self._offs:
            off()

    def _release_if_paused(self) -> None:
        if self.queue.flow == "paused":
            self.say(tr("The queue is paused; the preview waits until it goes on."))

    def _travel(self, move: Callable[[], str | None], word: str) -> None:
        try:
            name = move()
        except DocumentError as error:
            self.problem(str(error))
            return
        if name:
            self.say(f"{word}: {name}.")

    def _on_film(self, before: Film, after: Film) -> None:
        self.tile_reader.follow(after, self.ledger)
        self.film_changed.emit()
        if not is_cut_alone(before, after):
            self.ask_report()

    def _on_ledger(self, _before: Ledger, after: Ledger, _records: object) -> None:
        self.tile_reader.follow(self.film, after)
        self.ledger_changed.emit()

    def _on_capable(self, capabilities: Capabilities) -> None:
        self.capabilities = capabilities
        self.shooting.capabilities = capabilities
        self.library.capabilities = capabilities
        self.capable.emit()
        self.ask_report()
        asked, self._asked_early = self._asked_early, {}
        for shot_id, full in asked.items():
            shot = find_shot(self.film, shot_id)
            if shot is not None:
                self.shooting.render(shot, full=full)

    def _on_engine_failed(self, sentence: str, cause: str) -> None:
        self._engine_failed = True
        self._asked_early.clear()
        self.engine_said.emit(tr("Engine not ready"))
        self.problem(sentence, cause=cause)

    def _on_made(self, takes: tuple[TakeRecord, ...]) -> None:
        self._record(*takes)
        # Once the job is known to be done, which is what the worker says next.
        self.relay.send(lambda: self._look_at_new(takes))

    def _on_job(self, job: JobRecord) -> None:
        self._record(job)
        hands = Hands(retry=self.queue.retry, show=self.shot_wanted.emit)
        if (notice := failure(self.film, self.ledger, job, hands)) is not None:
            self.said.emit(notice)
        else:
            self.settled.emit(job.id)
        if isinstance(job.state, Queued):
            self._count(job)
        self.jobs_changed.emit()

    def _count(self, job: JobRecord) -> None:
        """Have the clerk say what a job should take, where it does not say so itself."""
        if job.estimate_s is None and job.kind != "decode":
            try:
                request = load_request(job.request, self.folder)
            except EngineError:
                return  # refused by its own sentence when its turn comes
            self.clerk.count(job.id, request, partial(self.queue.expect, job.id))

    def _look_at_new(self, takes: tuple[TakeRecord, ...]) -> None:
        """Show a finished preview or edit of the shot under the hand."""
        here = [t for t in takes if t.shot_id == self.session.shot_id and t.kind != "still"]
        shown = [t for t in here if t.upgrade_of is None]
        if shown:
            self.session.set_take(shown[-1].id)

    def _record(self, *records: TakeRecord | JobRecord) -> None:
        try:
            self.store.record(*records)
        except DocumentError as error:
            self.problem(str(error))
