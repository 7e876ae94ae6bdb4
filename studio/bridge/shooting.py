"""Shooting: from the shot under the hand to jobs in the queue, and from takes to the cut."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from engine.api import Capabilities, Edit, Quality, ShotRequest
from engine.errors import EngineError, RequestError
from studio.bridge.engine_words import said
from studio.bridge.film_names import named
from studio.bridge.notices import Notice
from studio.document.errors import DocumentError
from studio.document.film import Clip, Film, Shot, ShotSource, new_id
from studio.document.ledger import Decision, JobKind, JobRecord, KeepRecord, TakeRecord, now
from studio.document.queries import (
    active_timeline,
    find_shot,
    shot_fingerprint,
    shot_length,
    timeline_end,
)
from studio.document.shot_changes import choose_take, edit_shot
from studio.document.store import Store
from studio.document.take_lineage import continued
from studio.document.timeline_changes import Placement, overwrite_clips
from studio.render.jobs import new_job
from studio.render.keeping import job_for_kept
from studio.render.render_queue import RenderQueue
from studio.render.requests import (
    MAX_SEED,
    Desk,
    continuing,
    edit_request,
    next_seed,
    says_nothing,
    sequence_request,
    shot_request,
    still_request,
)
from studio.wording import term, tr

NOT_READY = term("The engine is still getting ready; try again in a moment.")
Say = Callable[[Notice], None]


class Shooting:
    """Previews, full renders, edits, and what the director decides about their takes."""

    def __init__(self, store: Store, folder: Path, queue: RenderQueue, say: Say) -> None:
        self._store = store
        self._folder = folder
        self._queue = queue
        self._say = say
        self.capabilities: Capabilities | None = None

    def desk(self) -> Desk:
        """What requests are made from now.

        Raises:
            RequestError: while the engine's limits are not known yet.
        """
        if self.capabilities is None:
            raise RequestError(tr(NOT_READY))
        return Desk(
            film=self._store.film,
            ledger=self._store.ledger,
            folder=self._folder,
            capabilities=self.capabilities,
        )

    def is_blank(self, shot: Shot) -> bool:
        """Whether ``shot`` has nothing yet that something could be made of."""
        try:
            return says_nothing(shot_request(self.desk(), shot))
        except EngineError:  # Whoever renders it is told.
            return False

    def render(self, shot: Shot, *, full: bool = False) -> JobRecord | None:
        """Put a preview or a full render of ``shot`` into the queue.

        One that goes on from a take, or leads up to it, is extended from it again.
        """
        quality = Quality(mode="full" if full else "fast")
        origin = continued(self._store.ledger, shot.id)
        if origin is not None:
            return self.extend(shot, *origin, full=full)
        return self._queued(
            shot,
            "full" if full else "preview",
            lambda desk, seed: shot_request(desk, shot, quality=quality, seed=seed),
        )

    def extend(
        self, shot: Shot, take: TakeRecord, backward: bool, *, full: bool = False
    ) -> JobRecord | None:
        """Queue ``shot`` as what goes on from ``take``, or leads up to it."""
        quality = Quality(mode="full" if full else "fast")
        words = term("Leads up to {name}") if backward else term("Goes on from {name}")
        other = find_shot(self._store.film, take.shot_id or "")
        return self._queued(
            shot,
            "extend",
            lambda desk, seed: continuing(
                desk, shot_request(desk, shot, quality=quality, seed=seed), take, backward
            ),
            label=tr(words, name=other.name if other is not None else tr("a take")),
            source=take,
        )

    def sequence(self, shots: Sequence[Shot]) -> JobRecord | None:
        """Queue a preview of ``shots`` as one request, denoised together."""
        try:
            desk = self.desk()
            most = desk.capabilities.max_shots
            if len(shots) < 2:
                raise RequestError(tr("Pick two shots or more in the list: they are made as one."))
            if len(shots) > most:
                at_once = (
                    tr("one shot at a time")
                    if most == 1
                    else tr("at most {most} shots in one go", most=most)
                )
                raise RequestError(
                    tr("{name} makes {at_once}.", name=desk.capabilities.name, at_once=at_once)
                )
            made = len(self._store.ledger.takes_by_shot.get(shots[0].id, ()))
            seed = next_seed(shots[0], made, random.randrange(2**31 - 1))
            job = new_job(
                "preview",
                sequence_request(desk, shots, seed=seed),
                self._folder,
                shot_ids=[shot.id for shot in shots],
                fingerprint=" ".join(shot_fingerprint(desk.film, shot) for shot in shots),
            )
            self._queue.add(job)
        except (EngineError, DocumentError) as error:
            self._problem(error)
            return None
        return job

    def still(self, shot: Shot) -> JobRecord | None:
        """Put a still of ``shot`` into the queue: the shortest render, for its picture."""
        return self._queued(shot, "still", lambda desk, seed: still_request(desk, shot, seed=seed))

    def seeds(self, shot: Shot, count: int) -> JobRecord | None:
        """Put previews of ``count`` seeds of ``shot`` into the queue, as one contact sheet."""
        most = count if self.capabilities is None else self.capabilities.max_variations
        count = min(count, most)

        def sheet(desk: Desk, seed: int) -> ShotRequest:
            return shot_request(desk, shot, seed=min(seed, MAX_SEED - count), variations=count)

        return self._queued(shot, "preview", sheet, label=f"{count} seeds")

    def _queued(
        self,
        shot: Shot,
        kind: JobKind,
        asked: Callable[[Desk, int], ShotRequest],
        *,
        label: str = "",
        source: TakeRecord | None = None,
    ) -> JobRecord | None:
        """Put what ``asked`` makes of the desk and the next seed into the queue."""
        try:
            desk = self.desk()
            made = len(self._store.ledger.takes_by_shot.get(shot.id, ()))
            request = asked(desk, next_seed(shot, made, random.randrange(2**31 - 1)))
            job = new_job(
                kind,
                request,
                self._folder,
                shot_id=shot.id,
                source=source,
                fingerprint=shot_fingerprint(desk.film, shot),
                label=label,
            )
            self._queue.add(job)
        except (EngineError, DocumentError) as error:
            self._problem(error)
            return None
        return job

    def edit(self, take: TakeRecord, edit: Edit) -> JobRecord | None:
        """Put a change of ``take`` into the queue; its result is a child of the take."""
        try:
            request = edit_request(self.desk(), take, edit)
            job = new_job("edit", request, self._folder, source=take, label=edit.instruction)
            self._queue.add(job)
        except (EngineError, DocumentError) as error:
            self._problem(error)
            return None
        return job

    def keep(self, shot: Shot, take: TakeRecord) -> bool:
        """Let ``take`` stand for its shot, put the shot into the cut, and upgrade it."""
        try:
            self._store.apply(
                lambda film: kept(film, shot.id, take.id), tr("Keep {name}", name=shot.name)
            )
            self._decide(take, "kept")
        except (EngineError, DocumentError) as error:
            self._problem(error)
            return False
        self._upgrade(take)
        return True

    def reject(self, shot: Shot, take: TakeRecord) -> bool:
        """Say no to ``take``; a shot it stood for has none again."""
        try:
            if shot.chosen_take_id == take.id:
                self._store.apply(
                    lambda film: choose_take(film, shot.id, None),
                    tr("Reject {name}", name=shot.name),
                )
            self._decide(take, "rejected")
        except (EngineError, DocumentError) as error:
            self._problem(error)
            return False
        if shot.seed_policy == "lock":
            self._say(
                Notice(sentence=tr("The seed is locked: change the words, or let it be random."))
            )
        return True

    def lock(self, shot: Shot) -> None:
        """Lock or unlock a shot."""
        word = tr("Unlock") if shot.locked else tr("Lock")
        self._store.apply(
            lambda film: edit_shot(film, shot.id, locked=not shot.locked), f"{word} {shot.name}"
        )

    def _decide(self, take: TakeRecord, decision: Decision) -> None:
        self._store.record(KeepRecord(take_id=take.id, decision=decision, created=now()))

    def _upgrade(self, take: TakeRecord) -> None:
        """Queue the full render of a kept preview; without an engine it stays a preview."""
        try:
            job = job_for_kept(self.desk(), take)
            if job is not None:
                self._queue.add(job)
        except (EngineError, DocumentError) as error:
            self._problem(error)

    def _problem(self, error: Exception) -> None:
        sentence = named(said(str(error)), self._store.film, self._store.ledger)
        self._say(Notice(sentence=sentence, level="problem"))


def kept(film: Film, shot_id: str, take_id: str) -> Film:
    """The film with a take chosen, and its shot at the end of the cut if it was nowhere in it."""
    film = choose_take(film, shot_id, take_id)
    shows = ShotSource(shot_id=shot_id)
    timeline = active_timeline(film)
    if any(clip.source == shows for track in timeline.tracks for clip in track.clips):
        return film
    return placed(film, shot_id)


def placed(film: Film, shot_id: str, frame: int | None = None) -> Film:
    """The film with a shot's picture and sound on the first unlocked tracks, linked.

    ``frame`` of ``None`` is the end of the cut.
    """
    timeline = active_timeline(film)
    shot = find_shot(film, shot_id)
    if shot is None:
        return film
    start = timeline_end(timeline) if frame is None else frame
    clip = Clip(
        id=new_id(),
        source=ShotSource(shot_id=shot_id),
        start=start,
        length=shot_length(film, shot),
        link_id=new_id(),
    )
    placements: list[Placement] = []
    for kind in ("video", "audio"):
        tracks = [track for track in timeline.tracks if track.kind == kind and not track.locked]
        if tracks:
            # Sound tracks stand from the lowest to the topmost: A1, next to the pictures, is last.
            track = tracks[0] if kind == "video" else tracks[-1]
            placements.append(Placement(track_id=track.id, clip=replace(clip, id=new_id())))
    return overwrite_clips(film, timeline.id, placements) if placements else film
