"""Sentences of the engine with files called as the film calls them.

The engine knows files alone: imported ones have a piece of their hash in their names, and takes are
numbered folders.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from studio.bridge.reference_rows import take_name
from studio.document.film import Film
from studio.document.ledger import Ledger

# What leads to a file from the root of a disk, and may hold spaces, but no end of a sentence.
_ROOT = r"(?:(?<![^\s\"'“(])(?:/|[A-Za-z]:[\\/])(?:(?!\.\s)[^\n\"”])*?[\\/])?"
_TAKE = re.compile(_ROOT + r"takes[\\/](?P<job>[^\\/\s]+)[\\/](?P<take>take-\d+-\d+)"
                   r"(?:[\\/][\w-]+\.\w+)?")  # fmt: skip


def named(words: str, film: Film, ledger: Ledger) -> str:
    """``words`` of the engine with imported files and takes called as in ``film``."""
    for media in film.media:
        file = PurePosixPath(media.path).name
        if file in words:
            name = media.name
            words = re.sub(_ROOT + re.escape(file), lambda _, name=name: name, words)

    def take(found: re.Match[str]) -> str:
        known = ledger.takes.get(f"{found['job']}-{found['take']}")
        return found[0] if known is None else take_name(film, known)

    return _TAKE.sub(take, words)
