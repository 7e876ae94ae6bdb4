"""Takes of a film on disk: adopted into the ledger, found, checked and thrown away."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from engine.api import Recipe, ShotRequest, Take, take_name
from engine.errors import EngineError, RequestError
from engine.plain import from_plain
from studio.document.ledger import JobKind, JobRecord, TakeKind, TakeRecord, now
from studio.document.project_lock import hold
from studio.render.film_paths import TAKES, inside, stored_path
from studio.render.stored_requests import load_request, store_request
from studio.wording import term, tr

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
_FACTS = "take.json"
_LOCK = "lock"
_OLD = ".old"  # what the engine calls a take while another comes in its place
ELSEWHERE = term(
    "Another window, of a copy of this film in the same folder, is rendering this. Try again when "
    "it is done: its take is this film's too."
)


class TakeStore:
    """The takes folder of a film.

    A copy of a film's file that lies beside it, such as a restored backup, has jobs of the same
    ids, and a job's id stands for one request for ever. So they share what is made of a job: its
    takes are whoever's ledger names them, and are never removed; the steps of an unfinished one
    are gone on with by whoever comes to it first.

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

    def put_back(self, takes: Iterable[TakeRecord]) -> None:
        """Give back the names of takes that a crash left without, as others came in their place."""
        for take in takes:
            if os.path.isdir(f"{self.folder}/{take.folder}"):  # noqa: PTH112 (ten thousand times)
                continue
            with suppress(EngineError, OSError):
                folder = self.take_folder(take)
                old = folder.with_name(folder.name + _OLD)
                if not old.is_dir():
                    continue
                with self.at_work(folder.parent.name) as alone:
                    if alone and not folder.exists():
                        old.rename(folder)

    @contextmanager
    def at_work(self, job_id: str) -> Generator[bool]:
        """Make the folder of a job and keep other programs from rendering the job meanwhile.

        Yields whether none of them does.

        Raises:
            EngineError: if the folder cannot be made.
        """
        folder = self.job_folder(job_id)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            sentence = tr(
                "No take can be made in {folder}: {value}.",
                folder=folder,
                value=error.strerror or error,
            )
            raise EngineError(sentence) from error
        try:
            lock = hold(folder / _LOCK)
        except OSError:  # a disk that knows no locks
            yield True
            return
        if lock is None:
            yield False
            return
        with lock:
            try:
                yield True
            finally:
                # Whoever opened it meanwhile sees that it is gone, and makes another.
                with suppress(OSError):
                    (folder / _LOCK).unlink()

    def discard(self, job_id: str) -> None:
        """Throw away what is unfinished of a job, unless another film's file lies beside this one.

        That one may go on from it. Finished takes stay in any case: a backup may name them.
        """
        folder = self.job_folder(job_id)
        if self._is_shared() or not folder.is_dir():
            return
        with suppress(OSError):  # where nothing may be removed, nothing is in anybody's way
            for path in folder.iterdir():
                if (path / _FACTS).is_file():
                    continue
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)
        with suppress(OSError):  # it holds finished takes
            folder.rmdir()

    def _is_shared(self) -> bool:
        """Whether several films have their takes here."""
        return sum(1 for _ in self.folder.glob("*.dailies")) > 1

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
        plain = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
        plain["folder"] = str(folder)
        take: Take = from_plain(Take, plain)
    except (OSError, ValueError, TypeError, EngineError):
        return None
    whole = all((folder / name).is_file() for name in _FILES)
    known = 0 <= take.recipe.shot < len(take.recipe.request.shots)
    return take if whole and known else None
