"""Edits beyond one take and one strength: ladders, painted regions and imported footage."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from engine.api import Edit
from engine.errors import EngineError
from studio.bridge.room import Room
from studio.document.film import Shot, new_id
from studio.document.ledger import JobRecord
from studio.document.shot_changes import add_shot
from studio.render.footage import Footage, footage_request
from studio.render.jobs import new_job
from studio.render.requests import MAX_SEED
from studio.wording import tr

MASKS = "media/masks"
RUNGS = (0.35, 0.6, 0.85)


@dataclass(frozen=True)
class Rung:
    """One strength of a ladder and the job that tries it."""

    strength: float
    job_id: str


def rungs_of(edit: Edit) -> tuple[Edit, ...]:
    """``edit`` at three strengths, of what it does not keep."""
    return tuple(
        replace(
            edit,
            picture_strength=edit.picture_strength if edit.keep_picture else strength,
            sound_strength=edit.sound_strength if edit.keep_sound else strength,
        )
        for strength in RUNGS
    )


def try_ladder(room: Room, edit: Edit, footage: Footage | None = None) -> tuple[Rung, ...]:
    """Queue previews of ``edit``, of one seed at three strengths.

    They change the take under the hand, or ``footage``.
    """
    rungs = rungs_of(edit)
    jobs: Iterable[JobRecord | None]
    if footage is not None:
        jobs = edit_footage(room, footage, rungs)
    else:
        jobs = (room.edit_take(one) for one in rungs)
    made: list[Rung] = []
    for strength, job in zip(RUNGS, jobs, strict=False):
        if job is None:
            break
        made.append(Rung(strength, job.id))
    return tuple(made)


def edit_footage(room: Room, footage: Footage, edits: Sequence[Edit]) -> tuple[JobRecord, ...]:
    """Queue changes of an imported file, of one new seed.

    The results are takes of one new shot, which is named after the file.
    """
    name, seed = footage.media.name, random.randrange(MAX_SEED)
    try:
        desk = room.shooting.desk()
        requests = [footage_request(desk, footage, edit, seed=seed) for edit in edits]
        shot = Shot(
            id=new_id(),
            name=Path(name).stem,
            prompt=edits[0].instruction,
            frames=requests[0].frames,
            rate=requests[0].rate,
        )
        jobs = tuple(
            new_job("edit", request, room.folder, shot_id=shot.id, label=shot.prompt)
            for request in requests
        )
    except EngineError as error:
        room.problem(str(error))
        return ()
    if not room.apply(lambda film: add_shot(film, shot), tr("Shot of {name}", name=name)):
        return ()
    room.session.set_shot(shot.id)
    for job in jobs:
        room.queue.add(job)
    return jobs


def save_mask(mask: QImage, folder: Path) -> Path:
    """Write a painted region into the film's folder, by its content; returns its path.

    Raises:
        OSError: if it cannot be written.
    """
    held = QBuffer()
    held.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(held, QByteArray(b"PNG")).write(mask)
    data = bytes(held.data().data())
    path = folder / MASKS / f"{hashlib.sha256(data).hexdigest()[:24]}.png"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        part.write_bytes(data)
        part.replace(path)
    return path
