"""Takes of a film on disk: adopted into the ledger, found, checked and thrown away."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from engine.api import Recipe, ShotRequest, Take, take_name
from engine.errors import EngineError, MediaError, RequestError
from engine.media import probe
from engine.plain import from_plain
from studio.document.ledger import JobKind, JobRecord, TakeKind, TakeRecord, now
from studio.render.film_paths import TAKES, inside, stored_path
from studio.render.stored_requests import load_request, store_request

_KINDS: dict[JobKind, TakeKind] = {
    "preview": "preview",
    "still": "still",
    "full": "full",
    "edit": "edit",
    "extend": "edit",
    "sound": "edit",
    "decode": "full",
}
_FILES = ("picture.mkv", "sound.wav", "recipe.json")


@dataclass(frozen=True)
class TakeFault:
    """Something that is wrong with a take's files."""

    take_id: str
    kind: Literal["missing", "damaged"]
    sentence: str


class TakeStore:
    """The takes folder of a film.

    Attributes:
        folder: the film's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def job_folder(self, job_id: str) -> Path:
        """Where a job keeps its takes, previews and checkpoints."""
        return inside(self.folder, f"{TAKES}/{job_id}")

    def take_folder(self, take: TakeRecord) -> Path:
        """Where a take's files are.

        Raises:
            RequestError: if the record leads out of the film.
        """
        return inside(self.folder, take.folder)

    def picture(self, take: TakeRecord) -> Path:
        """The take's picture file."""
        return self.take_folder(take) / "picture.mkv"

    def sound(self, take: TakeRecord) -> Path:
        """The take's sound file."""
        return self.take_folder(take) / "sound.wav"

    def adopt(self, job: JobRecord, takes: tuple[Take, ...]) -> tuple[TakeRecord, ...]:
        """Records of finished ``takes``; the same job and takes always give the same ids."""
        return tuple(self._adopt_one(job, take) for take in takes)

    def finished(self, job: JobRecord) -> tuple[Take, ...]:
        """The takes of a job whose render ended but was not noted, such as by a power cut.

        Empty unless all of them are there whole.
        """
        try:
            request = load_request(job.request, self.folder)
        except RequestError:
            return ()
        takes: list[Take] = []
        for shot in range(len(request.shots)):
            for variation in range(request.variations):
                folder = self.job_folder(job.id) / take_name(shot, variation)
                take = read_take_file(folder)
                if take is None:
                    return ()
                takes.append(take)
        return tuple(takes)

    def check(self, take: TakeRecord) -> TakeFault | None:
        """What is wrong with a take's files, if anything; reads their headers."""
        try:
            folder = self.take_folder(take)
        except RequestError as error:
            return TakeFault(take.id, "damaged", str(error))
        for name in _FILES[:2]:
            if not (folder / name).is_file():
                return TakeFault(take.id, "missing", f"{take.folder}/{name} is not there.")
        try:
            picture = probe(folder / "picture.mkv")
            probe(folder / "sound.wav")
        except MediaError as error:
            return TakeFault(take.id, "damaged", str(error))
        if (picture.width, picture.height) != (take.width, take.height):
            return TakeFault(take.id, "damaged", f"{take.folder} holds another picture.")
        return None

    def discard(self, job_id: str) -> None:
        """Throw the files of a job away. Takes that the ledger knows are never discarded."""
        shutil.rmtree(self.job_folder(job_id), ignore_errors=True)

    def tidy(self, job_id: str) -> None:
        """Remove what a finished job no longer needs: step pictures and half-written takes."""
        folder = self.job_folder(job_id)
        shutil.rmtree(folder / "previews", ignore_errors=True)
        for part in folder.glob("*.part"):
            shutil.rmtree(part, ignore_errors=True)

    def _adopt_one(self, job: JobRecord, take: Take) -> TakeRecord:
        folder = Path(take.folder)
        upgrades = job.kind == "full" and job.source_take_id is not None
        recipe = take.recipe
        return TakeRecord(
            id=f"{job.id}-{folder.name}",
            shot_id=_shot_of(job, recipe.shot),
            parent_id=None if upgrades else job.source_take_id,
            folder=stored_path(self.folder, folder),
            kind=_KINDS[job.kind],
            upgrade_of=job.source_take_id if upgrades else None,
            seed=recipe.request.seed,
            frames=take.frames,
            rate=take.rate,
            width=take.width,
            height=take.height,
            samples=take.samples,
            sample_rate_hz=take.sample_rate_hz,
            created=now(),
            recipe=store_request(_own_shot(recipe), self.folder),
            fingerprint=_fingerprint_of(job, recipe.shot),
            weights=recipe.weights,
            label=job.label,
            flags=tuple(flag.sentence for flag in take.flags),
        )


def _shot_of(job: JobRecord, shot: int) -> str | None:
    """The shot that the take of a request's shot number ``shot`` belongs to."""
    return job.shot_ids[shot] if shot < len(job.shot_ids) else job.shot_id


def _fingerprint_of(job: JobRecord, shot: int) -> str:
    """What the request's shot number ``shot`` asked for."""
    if len(job.shot_ids) < 2:
        return job.fingerprint
    each = job.fingerprint.split(" ")
    return each[shot] if shot < len(each) else ""


def _own_shot(recipe: Recipe) -> ShotRequest:
    """The request of the one shot that the take shows."""
    return replace(recipe.request, shots=(recipe.request.shots[recipe.shot],))


def read_take_file(folder: Path) -> Take | None:
    """The take that lies finished in ``folder``, or ``None``."""
    try:
        plain = json.loads((folder / "take.json").read_text(encoding="utf-8"))
        plain["folder"] = str(folder)
        take: Take = from_plain(Take, plain)
    except (OSError, ValueError, TypeError, EngineError):
        return None
    whole = all((folder / name).is_file() for name in _FILES)
    known = 0 <= take.recipe.shot < len(take.recipe.request.shots)
    return take if whole and known else None
