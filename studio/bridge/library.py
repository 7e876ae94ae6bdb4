"""The library: media brought into an open film, named for prompts, and put on shots."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import assert_never

from PySide6.QtCore import QObject, QTimer, Signal

from engine.api import Capabilities
from studio.bridge.arrivals import Arrivals, Then
from studio.bridge.importing import Imported, Importer, Refused, Result, files_of
from studio.bridge.notices import Notice
from studio.bridge.pending_imports import PendingImports, Wanted
from studio.bridge.reference_rows import new_reference
from studio.bridge.relay import Relay
from studio.document.errors import DocumentError, SaveError
from studio.document.film import Film, Media, MediaSource, Shot, new_id
from studio.document.ledger import ImportRecord, now
from studio.document.library_changes import (
    name_media,
    put_in_bin,
    remove_media,
    shelve_media,
)
from studio.document.queries import find_media, find_shot
from studio.document.shot_changes import add_reference
from studio.document.store import Store
from studio.wording import listed, tr

_SETTLE_MS = 500
_PATIENCE_S = 2.0
_MOST_NAMED, _MOST_TOLD = 3, 40
Apply = Callable[[Callable[[Film], Film], str], bool]


class Library(QObject):
    """Imports, cards and references of one film. Lives on the GUI thread.

    Attributes:
        capabilities: the engine's limits, which say what roles media can have.

    Signals:
        moved: ``ImportProgress``, or ``None`` when all files are in.
        imported: a file is in the film; its media id.
        met: ids of media that were in the film already, where nothing else was asked for.
        said: a notice for the director.
    """

    moved = Signal(object)
    imported = Signal(str)
    met = Signal(object)
    said = Signal(object)

    def __init__(
        self,
        store: Store,
        folder: Path,
        relay: Relay,
        apply: Apply,
        parent: QObject,
        pending: PendingImports | None = None,
    ) -> None:
        """Make the library of the film in ``folder``, for which ``pending`` is on its way."""
        super().__init__(parent)
        self._store = store
        self._apply = apply
        self._pending = pending or PendingImports()
        self._wanted: dict[Path, Wanted] = {}
        self._left = {one.path: one for one in self._pending.wanted}
        self._arrived: dict[Path, int] = {}
        self._unheard: set[Path] = set()
        self._arrivals = Arrivals()
        self._refused: list[Refused] = []
        self._known: dict[str, str] = {}
        self.capabilities: Capabilities | None = None
        self.importer = Importer(folder, relay, finished=self._finished, progressed=self.moved.emit)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLE_MS)
        self._settling.timeout.connect(self._settle)

    def import_files(
        self,
        paths: Iterable[Path],
        *,
        for_shot: str = "",
        bin_id: str = "",
        then: Then | None = None,
    ) -> None:
        """Copy files into the film and a bin; ``for_shot`` puts them on that shot as well.

        A folder brings in the files directly within it. ``then`` is done with the media of those
        that came in, in their order, when all have ended; not where the director stops them, and
        not in the next sitting.
        """
        if self._store.read_only is not None:
            self._apply(lambda film: film, "")  # which says why
            return
        wanted = [Wanted(path=one, bin_id=bin_id, shot_id=for_shot) for one in files_of(paths)]
        self._pending.add(wanted)
        if then is not None:
            self._arrivals.expect((one.path for one in wanted), then)
        self._bring(wanted)

    def resume(self) -> None:
        """Go on with the files that the sitting before has left, by a kill as well."""
        if self._store.read_only is None and self._left:
            self._bring(self._left.values())

    def stop(self) -> None:
        """Leave out what is not in yet."""
        self.importer.stop()
        self._arrivals.forget()
        self._unheard.clear()
        self._tell()
        self._pending.clear()
        self._left.clear()

    def close(self) -> None:
        """Forget what is in the film for good; the importer is closed and all it said is heard."""
        with contextlib.suppress(SaveError):
            self._store.wait_saved(timeout_s=_PATIENCE_S)
        self._settle()
        self._settling.stop()

    def use(self, shot_id: str, media_ids: Iterable[str]) -> None:
        """Put media on a shot as references, in roles that suit them."""

        def change(film: Film) -> Film:
            for media_id in media_ids:
                media = find_media(film, media_id)
                if media is not None:
                    reference = new_reference(film, media, self.capabilities)
                    film = add_reference(film, shot_id, reference)
            return film

        self._apply(change, tr("Add reference"))

    def name(self, media_id: str, tag: str) -> None:
        """Name media for prompts: a new card, or one more picture or the voice of a known one."""
        if find_media(self._store.film, media_id) is not None:
            self._apply(lambda film: name_media(film, media_id, tag), tr("Name @{tag}", tag=tag))

    def remove(self, media_ids: Iterable[str]) -> None:
        """Take media out of the film; the files stay."""
        ids = tuple(media_ids)
        self._apply(lambda film: remove_media(film, ids), tr("Take out media"))

    def _bring(self, wanted: Iterable[Wanted]) -> None:
        listed = {one.path: one for one in wanted}
        self._wanted |= listed
        self._unheard |= set(listed)
        for path in listed:
            self._arrived.pop(path, None)  # it is on its way once more
        self.importer.add(listed)

    def _finished(self, result: Result) -> None:
        wanted = self._wanted.pop(result.origin, Wanted(path=result.origin))
        media_id = ""
        match result:
            case Refused():
                self._refused.append(result)
            case Imported(media=media):
                media_id = self._take_in(media, wanted)
            case _:
                assert_never(result)
        self._arrived[result.origin] = self._store.revision
        self._settling.start()
        self._unheard.discard(result.origin)
        if not self._unheard:
            self._tell()
        self._arrivals.heard(result.origin, media_id)

    def _tell(self) -> None:
        """Say what did not come in, and what was there, once for all that came together."""
        refused, self._refused = self._refused, []
        known, self._known = self._known, {}
        if len(refused) == 1:
            (one,) = refused
            self.said.emit(Notice(sentence=one.sentence, cause=one.cause, level="problem"))
        elif refused:
            words = tr(
                "{n} files could not be brought in: {names}.",
                n=len(refused),
                names=listed([one.origin.name for one in refused], _MOST_NAMED),
            )
            cause = "\n".join(one.sentence for one in refused[:_MOST_TOLD])
            self.said.emit(Notice(sentence=words, cause=cause, level="problem"))
        if known:
            words = tr("{n} files are in the film already.", n=len(known))
            self.said.emit(Notice(sentence=words if len(known) > 1 else next(iter(known.values()))))
            self.met.emit(tuple(known))

    def _take_in(self, media: Media, wanted: Wanted) -> str:
        """Put a file's media where it is wanted; its id in the film, empty where it failed."""
        origin = wanted.path
        shot = find_shot(self._store.film, wanted.shot_id)
        met_again = self._left.pop(origin, None) is not None
        known = next((m for m in self._store.film.media if m.sha256 == media.sha256), None)
        if known is not None:
            put = self._shelve(known.id, wanted.bin_id)
            # A kill between the film's last change and the list's leaves some to be met again.
            if met_again:
                shot = None if shot is not None and _shows(shot, known.id) else shot
            elif shot is None and not put and not self._arrivals.awaits(origin):
                # Otherwise it is seen where it was dropped, and nothing needs to be said.
                self._known[known.id] = _met_words(origin, media, known)
            media = known
        else:
            record = ImportRecord(id=new_id(), media=media, origin=str(origin), created=now())
            try:
                self._store.record(record)
            except DocumentError as error:
                self.said.emit(Notice(sentence=str(error), level="problem"))
                return ""
            bin_id = wanted.bin_id
            self._apply(
                lambda film: shelve_media(film, (media,), bin_id),
                tr("Import {name}", name=media.name),
            )
        if shot is not None:
            self.use(shot.id, (media.id,))
        self.imported.emit(media.id)
        return media.id

    def _settle(self) -> None:
        """Take off the list what would survive a crash; the rest is looked at again."""
        saved = [path for path, at in self._arrived.items() if self._store.saved(at)]
        self._pending.remove(saved)
        for path in saved:
            del self._arrived[path]
        if self._arrived:
            self._settling.start()

    def _shelve(self, media_id: str, bin_id: str) -> bool:
        """Put what the film had already in the bin that it was dropped on, if it is not there."""
        target = next((one for one in self._store.film.bins if one.id == bin_id), None)
        if target is None or media_id in target.items:
            return False
        return self._apply(
            lambda film: put_in_bin(film, bin_id, (media_id,)),
            tr("Put in {name}", name=target.name),
        )


def _met_words(origin: Path, media: Media, known: Media) -> str:
    """That a file is there already, and as what, where it is called something else."""
    if media.name == known.name:
        return tr("{name} is in the film already.", name=origin.name)
    return tr("{name} is in the film already, as {name2}.", name=origin.name, name2=known.name)


def _shows(shot: Shot, media_id: str) -> bool:
    """Whether media is a reference of ``shot`` already."""
    return any(one.source == MediaSource(media_id=media_id) for one in shot.references)
