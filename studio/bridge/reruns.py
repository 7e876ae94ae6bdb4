"""Edits made again after what they were made from was replaced, chain by chain."""

from __future__ import annotations

from dataclasses import replace

from engine.api import Edit, Extend
from engine.errors import EngineError
from studio.bridge.room import Room
from studio.document.errors import DocumentError
from studio.document.ledger import Done, JobRecord, TakeRecord
from studio.document.take_sources import behind, new_source
from studio.render.jobs import new_job
from studio.render.requests import edit_request, extend_request
from studio.render.stored_requests import load_request
from studio.wording import tr


class Reruns:
    """Makes takes again from the source that stands there now.

    Where several edits of a chain are behind, each is queued when the one before it is done.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._waiting: dict[str, str] = {}
        room.jobs_changed.connect(self._go_on)

    def again(self, take: TakeRecord) -> JobRecord | None:
        """Queue what ``take`` needs first; the rest of its chain follows by itself."""
        room = self._room
        steps = behind(room.film, room.ledger, take)
        source = new_source(room.film, room.ledger, take)
        if not steps or source is None:
            room.say(tr("Its source is still the one that it was made from."))
            return None
        job = self._queued(steps[0], source)
        if job is not None and len(steps) > 1:
            self._waiting[job.id] = take.id
        return job

    def _queued(self, take: TakeRecord, source: TakeRecord) -> JobRecord | None:
        room = self._room
        try:
            desk = room.shooting.desk()
            old = load_request(take.recipe, room.folder)
            match old.task:
                case Edit() as edit:
                    request = edit_request(desk, source, edit, quality=old.quality, seed=take.seed)
                    if edit.mask is not None:
                        room.say(
                            tr("Its region was painted on the old source: see that it still fits.")
                        )
                case Extend() as extend:
                    request = extend_request(desk, source, extend, old.frames, quality=old.quality)
                case _:
                    return None
            # The words of the shot may have changed; those of the edit are what is done again.
            request = replace(request, seed=take.seed)
            job = new_job(
                "extend" if isinstance(old.task, Extend) else "edit",
                request, room.folder,
                shot_id=take.shot_id, source=source, label=take.label,
            )  # fmt: skip
            room.queue.add(job)
        except (EngineError, DocumentError) as error:
            room.problem(str(error))
            return None
        return job

    def _go_on(self) -> None:
        for job_id, take_id in list(self._waiting.items()):
            job = self._room.ledger.jobs.get(job_id)
            if job is None or job.is_open:
                continue
            del self._waiting[job_id]
            take = self._room.ledger.takes.get(take_id)
            if isinstance(job.state, Done) and take is not None:
                self.again(take)
