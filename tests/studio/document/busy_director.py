"""Edits a film without pause, for a test that kills it.

Prints, for each acknowledged revision, how many changes and takes are safe by then.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from functools import partial
from pathlib import Path

from studio.document.film import Film
from studio.document.ledger import TakeRecord, now
from studio.document.library_changes import edit_film
from studio.document.project_file import open_project
from studio.document.timeline_changes import move_clips


def moved_on(film: Film) -> Film:
    return move_clips(film, film.timelines[0].id, ["2-5"], frames=1)


def main(folder: Path) -> None:
    project = open_project(folder)
    store = project.store
    changes = int(store.film.name)
    takes = len(store.ledger.takes)
    print("open", flush=True)
    while True:
        changes += 1
        store.apply(partial(edit_film, name=str(changes)), str(changes))
        takes += 1
        store.record(
            TakeRecord(
                id=f"t{takes}",
                folder=f"takes/t{takes}",
                kind="preview",
                frames=25,
                rate=Fraction(12),
                width=96,
                height=64,
                created=now(),
            )
        )
        store.apply(moved_on, "Move")
        store.undo()
        if store.wait_saved():
            print(changes, takes, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
