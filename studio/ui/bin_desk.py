"""The bin desk: what the bin panel asks for, done in the room, and shown in the panel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from studio.bridge.bin_items import BinItems, bin_rows, media_rows
from studio.bridge.importing import ImportProgress
from studio.bridge.room import Room
from studio.bridge.rows import IsGone, never
from studio.bridge.shelving import Shelving
from studio.document.library_changes import media_of
from studio.ui.bin_panel import BinPanel
from studio.wording import tr


class BinDesk(QObject):
    """Keeps the bins showing what the film holds and sends back what is asked of them."""

    def __init__(
        self,
        room: Room,
        panel: BinPanel,
        items: BinItems,
        trigger: Callable[[str], None],
        is_gone: IsGone = never,
    ) -> None:
        """Serve ``panel``; ``trigger`` does a command, ``is_gone`` knows which files are gone."""
        super().__init__(panel)
        self._is_gone = is_gone
        self._room, self._panel, self._items = room, panel, items
        self._shelving = Shelving(room.store, room.apply)
        library, bar = room.library, panel.bar
        panel.files_dropped.connect(lambda paths: self._import(paths, bar.current))
        panel.import_asked.connect(lambda: trigger("film.import"))
        panel.import_stopped.connect(library.stop)
        panel.tag_asked.connect(library.name)
        panel.used.connect(self._use)
        panel.removed.connect(library.remove)
        panel.taken_out.connect(lambda ids: self._shelving.take_out(bar.current, ids))
        panel.tags_wanted.connect(self._open_tags)
        panel.tags.given.connect(self._shelving.retag)
        panel.shelved.connect(self._shelving.put)
        bar.chosen.connect(lambda _bin_id: self.refresh())
        bar.new_asked.connect(self._new_bin)
        bar.renamed.connect(self._shelving.rename)
        bar.remove_asked.connect(self._shelving.remove)
        bar.items_dropped.connect(self._on_items)
        bar.files_dropped.connect(self._import)
        library.moved.connect(self._on_imports)
        library.met.connect(panel.choose)

    def refresh(self) -> None:
        """Show the bins and what lies in the chosen one."""
        film = self._room.film
        self._panel.bar.show_bins(bin_rows(film))
        chosen = self._panel.bar.current
        self._items.show(media_rows(film, self._room.folder, chosen, self._is_gone))
        self._panel.turn()

    def _import(self, paths: tuple[Path, ...], bin_id: str) -> None:
        self._room.library.import_files(paths, bin_id=bin_id)

    def _use(self, media_id: str) -> None:
        if self._room.shot is None:
            self._room.say(tr("Choose the shot first that this should be used in."))
        else:
            self._room.library.use(self._room.session.shot_id, (media_id,))

    def _new_bin(self, media_ids: tuple[str, ...]) -> None:
        made = self._shelving.new_bin(media_ids)
        if made:
            self._panel.bar.choose(made)
            self._panel.bar.rename(made)

    def _on_items(self, bin_id: str, media_ids: tuple[str, ...], stays: bool) -> None:
        taken_from = "" if stays else self._panel.bar.current
        self._shelving.put(bin_id, media_ids, taken_from)

    def _open_tags(self, media_ids: tuple[str, ...]) -> None:
        name = media_of(self._room.film, media_ids[0]).name
        if len(media_ids) > 1:
            name = tr("{count} items", count=len(media_ids))
        self._panel.tags.open(media_ids, name, self._shelving.shared_tags(media_ids))

    def _on_imports(self, progress: ImportProgress | None) -> None:
        line = self._panel.progress
        line.setVisible(progress is not None)
        if progress is not None:
            share = progress.done_bytes / progress.of_bytes if progress.of_bytes else None
            more = tr(" · {count} more", count=progress.left) if progress.left else ""
            line.show_progress(f"{progress.name}{more}", share)
