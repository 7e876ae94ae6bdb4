"""Bringing a file into a film from the command line, copied by content."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from engine.errors import MediaError
from engine.media import probe
from studio.document.film import Film, Media, MediaFacts, new_id
from studio.document.ledger import ImportRecord, now
from studio.document.library_changes import add_media
from studio.document.project_file import Project


def bring_in(project: Project, path: Path) -> Media:
    """Copy ``path`` into the film, record it, and put it in the first bin.

    Raises:
        MediaError: if it is no readable media, or cannot be copied.
    """
    info = probe(path)
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        relative = f"media/{path.stem}-{digest[:10]}{path.suffix.lower()}"
        shutil.copyfile(path, project.path(relative))
    except OSError as error:
        reason = error.strerror or error
        raise MediaError(f"{path.name} could not be copied into the film: {reason}.") from error
    media = Media(
        id=new_id(),
        kind=info.kind,
        name=path.stem,
        path=relative,
        sha256=digest,
        facts=MediaFacts(
            width=info.width,
            height=info.height,
            frames=info.frames,
            rate=info.rate or None,
            samples=round(info.duration_s * info.sample_rate_hz) if info.has_audio else 0,
            sample_rate_hz=info.sample_rate_hz,
            channels=info.channels,
        ),
    )
    record = ImportRecord(id=new_id(), media=media, origin=str(path), created=now())
    project.store.record(record)

    def change(film: Film) -> Film:
        return add_media(film, (media,), film.bins[0].id if film.bins else None)

    project.store.apply(change, f"Import {path.name}")
    return media
