"""Takes made again from their recipes, each compared with the one that it should be."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject

from engine.api import Recipe, import_recipe
from engine.errors import EngineError, RequestError
from studio.bridge.room import Room
from studio.document.errors import DocumentError
from studio.document.ledger import Done, JobRecord, Ledger, TakeRecord
from studio.document.queries import best_upgrade
from studio.render.jobs import new_job
from studio.render.stored_requests import load_request
from studio.render.take_store import TakeStore
from studio.wording import tr


@dataclass(frozen=True)
class _Awaited:
    """The take that a job makes again, and which shot of its request that one shows."""

    take: TakeRecord
    shot: int


class Remakes(QObject):
    """Makes takes of a room again and says whether they came out the same."""

    def __init__(self, room: Room, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._room = room
        self._awaited: dict[str, _Awaited] = {}
        room.jobs_changed.connect(self._check)

    def again(self, take: TakeRecord, label: str) -> JobRecord | None:
        """Queue ``take``, in its best render, to be made again; ``label`` is the job's."""
        room = self._room
        take = best_upgrade(room.ledger, take.id) or take
        try:
            recipe = self._recipe(take)
            job = self._job(take, recipe, label)
            room.queue.add(job, supersede=False)
        except (EngineError, DocumentError) as error:
            room.problem(str(error))
            return None
        if room.weights is not None and take.weights and room.weights not in take.weights:
            room.say(tr("The weights are not those that made it; the result will differ."))
        self._awaited[job.id] = _Awaited(take, recipe.shot)
        return job

    def _recipe(self, take: TakeRecord) -> Recipe:
        recipe = import_recipe(TakeStore(self._room.folder).take_folder(take))
        if recipe is None or not 0 <= recipe.shot < len(recipe.request.shots):
            raise RequestError(tr("The recipe of this take is gone, so it cannot be made again."))
        return recipe

    def _job(self, take: TakeRecord, recipe: Recipe, label: str) -> JobRecord:
        """A job for all shots that the take was made with: its noise is that of its place.

        The ledger's request has the one shot of the take, but paths that are good wherever the
        film lies by now; the recipe beside the take has those of where it was made.
        """
        room = self._room
        kept, again = load_request(take.recipe, room.folder), recipe.again
        request = replace(kept, shots=again.shots, quality=again.quality)
        made = _job_of(room.ledger, take)
        several = made is not None and len(made.shot_ids) == len(request.shots)
        job = new_job(
            "preview" if take.kind == "import" else take.kind,
            request,
            room.folder,
            shot_id=take.shot_id,
            shot_ids=made.shot_ids if made is not None and several else (),
            fingerprint=made.fingerprint if made is not None and several else take.fingerprint,
            label=label,
        )
        return replace(job, source_take_id=take.parent_id if take.kind == "edit" else None)

    def _check(self) -> None:
        """Compare what was made again with what it should be."""
        for job_id, awaited in list(self._awaited.items()):
            job = self._room.ledger.jobs.get(job_id)
            if job is None or job.is_open:
                continue
            del self._awaited[job_id]
            if isinstance(job.state, Done) and awaited.shot < len(job.state.take_ids):
                self._tell(awaited.take, job.state.take_ids[awaited.shot])

    def _tell(self, old: TakeRecord, new_id: str) -> None:
        room = self._room
        new = room.ledger.takes.get(new_id)
        if new is None:
            return
        if _same(TakeStore(room.folder), old, new):
            room.say(tr("It is the same, picture for picture and sample for sample."))
        else:
            words = tr("Made again, it is not the same: choose both and press C to compare.")
            room.say(words)


def _job_of(ledger: Ledger, take: TakeRecord) -> JobRecord | None:
    """The job that made a take, where the ledger still knows it."""
    return next(
        (
            job
            for job in ledger.jobs.values()
            if isinstance(job.state, Done) and take.id in job.state.take_ids
        ),
        None,
    )


def _same(store: TakeStore, first: TakeRecord, second: TakeRecord) -> bool:
    """Whether two takes have the same bytes of picture and sound."""
    pairs = (
        (store.picture(first), store.picture(second)),
        (store.sound(first), store.sound(second)),
    )
    try:
        return all(one.read_bytes() == other.read_bytes() for one, other in pairs)
    except OSError:
        return False
