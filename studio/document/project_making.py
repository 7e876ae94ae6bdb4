"""Project files made anew: a film and its ledger written into a folder, whole or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from studio.document.errors import ProjectError, UnsafePathError
from studio.document.film import Film
from studio.document.ledger import Ledger
from studio.document.paths import inside
from studio.document.project_writer import file_fault, write_film, write_records
from studio.document.schema import create_tables

FILM_FILE = "film.dailies"
FOLDERS = ("media", "takes", "cache")


def write_project(folder: Path, film: Film, ledger: Ledger) -> None:
    """Write a project file in the place of any that is there, with a history yet to begin.

    Raises:
        ProjectError: if it cannot be written.
    """
    file = folder / FILM_FILE
    part = file.with_name(FILM_FILE + ".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        make_folders(folder)
        with closing(sqlite3.connect(part, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            create_tables(connection)
            write_film(connection, film)
            write_records(connection, ledger.records())
            connection.execute("COMMIT")
        part.replace(file)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise ProjectError(f"No film can be made in {folder.name}: {file_fault(error)}") from error


def make_folders(folder: Path) -> None:
    """Make the folders that a film has beside its file.

    Raises:
        OSError: if they cannot be made, or one is a link that leads out of the film.
    """
    for name in FOLDERS:
        try:
            inside(folder, name).mkdir(exist_ok=True)
        except UnsafePathError as error:
            raise OSError(f"{name} is a link out of the film's folder") from error
