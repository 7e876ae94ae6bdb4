"""Edits beyond one take and one strength: ladders, painted regions and imported footage."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from engine.api import Edit
from engine.errors import EngineError
from studio.bridge.room import Room
from studio.document.errors import DocumentError
from studio.document.film import Shot, new_id
from studio.document.ledger import JobRecord
from studio.document.shot_changes import add_shot
from studio.render.footage import Footage, footage_request
from studio.render.jobs import new_job
from studio.render.requests import MAX_SEED

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


def try_ladder(room: Room, edit: Edit) -> tuple[Rung, ...]:
    """Queue previews of ``edit`` on the take under the hand, of one seed at three strengths."""
    made: list[Rung] = []
    for strength, one in zip(RUNGS, rungs_of(edit), strict=True):
        job = room.edit_take(one)
        if job is None:
            break
        made.append(Rung(strength, job.id))
    return tuple(made)


def edit_footage(room: Room, footage: Footage, edit: Edit) -> JobRecord | None:
    """Queue a change of an imported file; its result is a take of a new shot named after it."""
    media = footage.media
    try:
        desk = room.shooting.desk()
        request = footage_request(desk, footage, edit, seed=random.randrange(MAX_SEED))
    except EngineError as error:
        room.problem(str(error))
        return None
    shot = Shot(
        id=new_id(),
        name=Path(media.name).stem,
        prompt=edit.instruction,
        frames=request.frames,
        rate=request.rate,
    )
    if not room.apply(lambda film: add_shot(film, shot), f"Shot of {media.name}"):
        return None
    room.session.set_shot(shot.id)
    try:
        job = new_job("edit", request, room.folder, shot_id=shot.id, label=edit.instruction)
        room.queue.add(job)
    except (EngineError, DocumentError) as error:
        room.problem(str(error))
        return None
    return job


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
