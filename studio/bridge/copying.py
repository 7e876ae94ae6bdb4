"""Copies of a film, written on a thread of their own while the film is worked on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from studio.bridge.relay import Relay
from studio.document.errors import DocumentError
from studio.document.film import Film
from studio.document.film_copy import CopyStopped, FilmCopy
from studio.document.ledger import Ledger


@dataclass(frozen=True, kw_only=True)
class CopyProgress:
    """How far a copy is, in bytes; ``left_s`` is ``None`` while nobody can tell."""

    done_bytes: int
    of_bytes: int
    left_s: float | None


@dataclass(frozen=True, kw_only=True)
class Copied:
    """The copy is whole, but for the media and takes that are ``missing``."""

    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NotCopied:
    """It could not be written, and why."""

    sentence: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """The director stopped it."""


CopyEnd = Copied | NotCopied | Stopped


class Copier:
    """Writes one copy at a time; both listeners hear on the GUI thread."""

    def __init__(
        self,
        relay: Relay,
        *,
        progressed: Callable[[CopyProgress], None],
        ended: Callable[[CopyEnd], None],
    ) -> None:
        self._relay = relay
        self._progressed = progressed
        self._ended = ended
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        """Whether a copy is being written."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, copy: FilmCopy, film: Film, ledger: Ledger) -> None:
        """Begin to write ``copy``; the one before must have ended."""
        if self._thread is not None:
            self._thread.join()
        self._stop.clear()
        self._thread = threading.Thread(
            target=self._run, args=(copy, film, ledger), name="film-copy", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End early and leave nothing behind."""
        self._stop.set()

    def close(self) -> None:
        """Stop and wait."""
        self.stop()
        if self._thread is not None:
            self._thread.join()

    def _run(self, copy: FilmCopy, film: Film, ledger: Ledger) -> None:
        end = self._written(copy, film, ledger)
        self._relay.send(lambda: self._ended(end))

    def _written(self, copy: FilmCopy, film: Film, ledger: Ledger) -> CopyEnd:
        began_s = time.monotonic()

        def told(done: int, of: int) -> None:
            passed_s = time.monotonic() - began_s
            left_s = passed_s / done * (of - done) if done and passed_s > 1 else None
            progress = CopyProgress(done_bytes=done, of_bytes=of, left_s=left_s)
            self._relay.latest("copy", lambda: self._progressed(progress))

        try:
            return Copied(missing=copy.write(film, ledger, told, self._stop.is_set))
        except CopyStopped:
            return Stopped()
        except DocumentError as error:
            return NotCopied(sentence=str(error), cause=str(error.__cause__ or ""))
