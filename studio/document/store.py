"""The store: the film as it is now, its past and future, and the ledger beside it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal, Protocol, assert_never

from studio.document.codec import CodecError
from studio.document.emitter import Emitter
from studio.document.errors import ChangeError, ReadOnlyFilmError
from studio.document.film import Film
from studio.document.ledger import Ledger, LedgerRecord
from studio.document.patching import Side, patched
from studio.document.rows import unpack
from studio.wording import tr

Change = Callable[[Film], Film]
Direction = Literal["forward", "undo", "redo"]

HISTORY_LENGTH = 200


@dataclass(frozen=True)
class FilmStep:
    """A change of this sitting, kept as the two films that share what it left alone."""

    name: str
    before: Film
    after: Film


@dataclass(frozen=True)
class StoredStep:
    """A change of an earlier sitting, kept as the rows that differ (``rows.pack``)."""

    name: str
    packed: bytes


Step = FilmStep | StoredStep


@dataclass(frozen=True)
class FilmWrite:
    """A film to be written over the one before it."""

    revision: int
    name: str
    direction: Direction
    before: Film
    after: Film


@dataclass(frozen=True)
class LedgerWrite:
    """Records to be appended."""

    revision: int
    records: tuple[LedgerRecord, ...]


Write = FilmWrite | LedgerWrite


@contextmanager
def _uncollected() -> Generator[None]:
    """Hold the garbage collector off: a change makes thousands of values, and no cycles."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class Journal(Protocol):
    """Where a store's revisions go, in their order."""

    def write(self, write: Write) -> None:
        """Take a revision for writing; returns at once."""
        ...

    def saved(self, revision: int) -> bool:
        """Whether this revision would survive a crash."""
        ...

    def wait_saved(self, revision: int, timeout_s: float) -> bool:
        """Wait until it would; ``False`` when the time is up.

        Raises:
            SaveError: if it cannot be written.
        """
        ...


class Store:
    """The one place that holds a film. It belongs to one thread: the window's, or the main one.

    Attributes:
        changed: emitted with the film before and after every change, undo and redo.
        recorded: emitted with the ledger before and after, and the records appended.
    """

    def __init__(
        self,
        film: Film,
        ledger: Ledger | None = None,
        *,
        journal: Journal | None = None,
        undo: Sequence[Step] = (),
        redo: Sequence[Step] = (),
        read_only: str | None = None,
    ) -> None:
        """Hold ``film``.

        Args:
            film: as it is now.
            ledger: what happened so far.
            journal: where revisions are written; ``None`` keeps them in memory only.
            undo: the steps behind, oldest first.
            redo: the steps ahead, the farthest first.
            read_only: why no change is taken, as a sentence; ``None`` takes them.
        """
        self.changed: Emitter[Film, Film] = Emitter()
        self.recorded: Emitter[Ledger, Ledger, tuple[LedgerRecord, ...]] = Emitter()
        self._film = film
        self._ledger = ledger or Ledger()
        self._journal = journal
        self._undo = list(undo)
        self._redo = list(redo)
        self._read_only = read_only
        self._revision = 0

    @property
    def film(self) -> Film:
        """The film as it is now."""
        return self._film

    @property
    def ledger(self) -> Ledger:
        """What happened so far."""
        return self._ledger

    @property
    def revision(self) -> int:
        """The number of the last change or record."""
        return self._revision

    @property
    def read_only(self) -> str | None:
        """Why no change is taken, as a sentence; ``None`` where they are."""
        return self._read_only

    @property
    def undo_name(self) -> str | None:
        """What ``undo`` would take back."""
        return self._undo[-1].name if self._undo else None

    @property
    def redo_name(self) -> str | None:
        """What ``redo`` would make again."""
        return self._redo[-1].name if self._redo else None

    def apply(self, change: Change, name: str) -> int:
        """Make a change and remember it under ``name``; one that alters nothing is none.

        A film that is only read can be looked at all the same: another timeline of it is opened,
        which is neither kept nor undone.

        Returns:
            The revision, for ``saved``.

        Raises:
            ChangeError: what ``change`` raises; the film stays as it was.
            ReadOnlyFilmError: if the film takes no changes.
        """
        if self._read_only is not None:
            return self._turned(change(self._film), name)
        before = self._film
        with _uncollected():
            after = change(before)
        if after is before:
            return self._revision
        self._undo.append(FilmStep(name, before, after))
        del self._undo[:-HISTORY_LENGTH]
        self._redo.clear()
        return self._advance(after, name, "forward")

    def undo(self) -> str | None:
        """Take the last change back; returns its name, ``None`` where there is none."""
        self._require_writable()
        if not self._undo:
            return None
        step = self._undo[-1]
        match step:
            case FilmStep(before=film):
                pass
            case StoredStep(packed=packed):
                film = self._from_history(packed, "before")
            case _:
                assert_never(step)
        del self._undo[-1]
        self._redo.append(FilmStep(step.name, film, self._film))
        self._advance(film, step.name, "undo")
        return step.name

    def redo(self) -> str | None:
        """Make the change again that was taken back last; returns its name."""
        self._require_writable()
        if not self._redo:
            return None
        step = self._redo[-1]
        match step:
            case FilmStep(after=film):
                pass
            case StoredStep(packed=packed):
                film = self._from_history(packed, "after")
            case _:
                assert_never(step)
        del self._redo[-1]
        self._undo.append(FilmStep(step.name, self._film, film))
        self._advance(film, step.name, "redo")
        return step.name

    def record(self, *records: LedgerRecord) -> int:
        """Append to the ledger, which no undo reaches; returns the revision.

        Raises:
            ReadOnlyFilmError: if the film takes no changes.
        """
        self._require_writable()
        before = self._ledger
        self._ledger = before.append(*records)
        self._revision += 1
        if self._journal is not None:
            self._journal.write(LedgerWrite(self._revision, records))
        self.recorded.emit(before, self._ledger, records)
        return self._revision

    def saved(self, revision: int) -> bool:
        """Whether a revision would survive a crash; without a file nothing does."""
        return self._journal is not None and self._journal.saved(revision)

    def wait_saved(self, revision: int | None = None, timeout_s: float = 10.0) -> bool:
        """Wait until a revision (the last one) would survive a crash.

        Returns:
            ``False`` when the time is up.

        Raises:
            SaveError: if it cannot be written.
        """
        wanted = self._revision if revision is None else revision
        return self._journal is not None and self._journal.wait_saved(wanted, timeout_s)

    def _advance(self, film: Film, name: str, direction: Direction) -> int:
        before, self._film = self._film, film
        self._revision += 1
        if self._journal is not None:
            self._journal.write(FilmWrite(self._revision, name, direction, before, film))
        self.changed.emit(before, film)
        return self._revision

    def _turned(self, film: Film, name: str) -> int:
        """Open another timeline of a film that is only read."""
        as_it_was = replace(film, active_timeline_id=self._film.active_timeline_id)
        if film is self._film or as_it_was != self._film:
            self._require_writable()
        return self._advance(film, name, "forward")

    def _from_history(self, packed: bytes, side: Side) -> Film:
        """The film one stored step away; the history is given up where it cannot be read."""
        losses: list[str] = []
        try:
            film = patched(self._film, unpack(packed), side, losses)
        except CodecError as error:
            losses.append(str(error))
            film = self._film
        if losses:
            self._undo = [step for step in self._undo if isinstance(step, FilmStep)]
            self._redo = [step for step in self._redo if isinstance(step, FilmStep)]
            raise ChangeError(
                tr("The history of earlier sittings is damaged and cannot be undone.")
            )
        return film

    def _require_writable(self) -> None:
        if self._read_only is not None:
            raise ReadOnlyFilmError(self._read_only)
