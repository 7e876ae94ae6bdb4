"""The library: media brought into an open film, named for prompts, and put on shots."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.api import Capabilities
from studio.bridge.importing import Importer, Refused, Result
from studio.bridge.notices import Notice
from studio.bridge.reference_rows import new_reference
from studio.bridge.relay import Relay
from studio.document.errors import DocumentError
from studio.document.film import Film, new_id
from studio.document.ledger import ImportRecord, now
from studio.document.library_changes import (
    name_media,
    put_in_bin,
    remove_media,
    shelve_media,
)
from studio.document.queries import find_media
from studio.document.shot_changes import add_reference
from studio.document.store import Store

_PENDING = "imports.json"
Apply = Callable[[Callable[[Film], Film], str], bool]


class Library(QObject):
    """Imports, cards and references of one film. Lives on the GUI thread.

    Attributes:
        capabilities: the engine's limits, which say what roles media can have.

    Signals:
        moved: ``ImportProgress``, or ``None`` when all files are in.
        imported: a file is in the film; its media id.
        said: a notice for the director.
    """

    moved = Signal(object)
    imported = Signal(str)
    said = Signal(object)

    def __init__(
        self, store: Store, folder: Path, relay: Relay, apply: Apply, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._folder = folder
        self._apply = apply
        self._targets: dict[Path, str] = {}
        self._bins: dict[Path, str] = {}
        self.capabilities: Capabilities | None = None
        self.importer = Importer(folder, relay, finished=self._finished, progressed=self.moved.emit)

    def import_files(self, paths: Iterable[Path], *, for_shot: str = "", bin_id: str = "") -> None:
        """Copy files into the film and a bin; ``for_shot`` puts them on that shot as well."""
        if self._store.read_only is not None:
            self.said.emit(Notice(sentence=self._store.read_only, level="problem"))
            return
        listed = tuple(paths)
        if for_shot:
            self._targets |= dict.fromkeys(listed, for_shot)
        if bin_id:
            self._bins |= dict.fromkeys(listed, bin_id)
        self.importer.add(listed)

    def resume(self) -> None:
        """Go on with the files that were not in when the film was closed."""
        path = self._folder / "cache" / _PENDING
        try:
            names = json.loads(path.read_text(encoding="utf-8"))
            path.unlink()
        except (OSError, ValueError):
            return
        files = [Path(name) for name in names if isinstance(name, str)]
        if files:
            self.import_files(files)

    def close(self) -> None:
        """Stop importing and remember what is not in yet."""
        left = self.importer.close()
        if not left:
            return
        path = self._folder / "cache" / _PENDING
        try:
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps([str(one) for one in left]), encoding="utf-8")
        except OSError:
            return

    def use(self, shot_id: str, media_ids: Iterable[str]) -> None:
        """Put media on a shot as references, in roles that suit them."""

        def change(film: Film) -> Film:
            for media_id in media_ids:
                media = find_media(film, media_id)
                if media is not None:
                    reference = new_reference(film, media, self.capabilities)
                    film = add_reference(film, shot_id, reference)
            return film

        self._apply(change, "Add reference")

    def name(self, media_id: str, tag: str) -> None:
        """Name media for prompts: a new card, or one more picture or the voice of a known one."""
        if find_media(self._store.film, media_id) is not None:
            self._apply(lambda film: name_media(film, media_id, tag), f"Name @{tag}")

    def remove(self, media_ids: Iterable[str]) -> None:
        """Take media out of the film; the files stay."""
        ids = tuple(media_ids)
        self._apply(lambda film: remove_media(film, ids), "Take out media")

    def _finished(self, result: Result) -> None:
        if isinstance(result, Refused):
            self._targets.pop(result.origin, None)
            problem = Notice(sentence=result.sentence, cause=result.cause, level="problem")
            self.said.emit(problem)
            return
        media, origin = result.media, result.origin
        known = next((m for m in self._store.film.media if m.sha256 == media.sha256), None)
        if known is not None:
            words = f"{origin.name} is in the film already, as {known.name}."
            self.said.emit(Notice(sentence=words))
            media = known
            self._shelve(media.id, origin)
        else:
            record = ImportRecord(id=new_id(), media=media, origin=str(origin), created=now())
            try:
                self._store.record(record)
            except DocumentError as error:
                self.said.emit(Notice(sentence=str(error), level="problem"))
                return
            bin_id = self._bin_for(origin)
            self._apply(lambda film: shelve_media(film, (media,), bin_id), f"Import {origin.name}")
        shot_id = self._targets.pop(origin, "")
        if shot_id:
            self.use(shot_id, (media.id,))
        self.imported.emit(media.id)

    def _bin_for(self, origin: Path) -> str:
        """The bin that a file, or the folder it came in, was dropped on."""
        return self._bins.get(origin) or self._bins.get(origin.parent, "")

    def _shelve(self, media_id: str, origin: Path) -> None:
        """Put what the film had already in the bin that it was dropped on."""
        bin_id = self._bin_for(origin)
        target = next((one for one in self._store.film.bins if one.id == bin_id), None)
        if target is not None and media_id not in target.items:
            self._apply(lambda film: put_in_bin(film, bin_id, (media_id,)), f"Put in {target.name}")
