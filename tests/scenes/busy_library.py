"""Brings files into a film without pause, for a test that kills it.

Says ``in MEDIA`` for each file whose place in the film the store has acknowledged.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject

from studio.bridge.library import Library
from studio.bridge.pending_imports import PendingImports
from studio.bridge.relay import Relay
from studio.document.film import Film
from studio.document.project_file import open_project


def say(*words: object) -> None:
    """A line that is out at once, from whichever thread, and never torn."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def main(folder: Path, files: Path, pending: Path) -> None:
    app = QCoreApplication([])
    store = open_project(folder).store
    owner = QObject()

    def apply(change: Callable[[Film], Film], name: str) -> bool:
        store.apply(change, name)
        return True

    def imported(media_id: str) -> None:
        if store.wait_saved():
            say("in", media_id)

    library = Library(store, folder, Relay(owner), apply, owner, PendingImports(pending))
    library.imported.connect(imported)
    say("open")
    library.import_files(sorted(files.iterdir()))
    app.exec()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
