"""Bringing a file into a film from the command line, as the window does."""

from __future__ import annotations

from pathlib import Path

from engine.errors import MediaError
from studio.bridge import importing
from studio.document.film import Film, Media, new_id
from studio.document.ledger import ImportRecord, now
from studio.document.library_changes import add_media
from studio.document.project_file import Project


def bring_in(project: Project, path: Path) -> Media:
    """Copy ``path`` into the film, record it, and put it in the first bin.

    Raises:
        MediaError: if it is no readable media, or cannot be copied.
    """
    try:
        media = importing.bring_in(project.folder, path)
    except OSError as error:
        reason = error.strerror or error
        raise MediaError(f"{path.name} could not be copied into the film: {reason}.") from error
    record = ImportRecord(id=new_id(), media=media, origin=str(path), created=now())
    project.store.record(record)

    def change(film: Film) -> Film:
        return add_media(film, (media,), film.bins[0].id if film.bins else None)

    project.store.apply(change, f"Import {media.name}")
    return media
