"""Shelving: what a director does with bins and the tags of what lies in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count

from studio.document.film import Bin, Film, new_id
from studio.document.library_changes import (
    add_bin,
    bin_of,
    edit_media,
    media_of,
    put_in_bin,
    remove_bin,
    rename_bin,
    take_from_bin,
)
from studio.document.store import Store
from studio.wording import tr

Apply = Callable[[Callable[[Film], Film], str], bool]


class Shelving:
    """Changes of bins and tags, each one step of undo. Lives on the GUI thread."""

    def __init__(self, store: Store, apply: Apply) -> None:
        self._store = store
        self._apply = apply

    def new_bin(self, media_ids: Iterable[str] = ()) -> str:
        """Add a bin with a name that no other has, and media in it; its id, empty if refused."""
        names = {one.name for one in self._store.film.bins}
        fitting = (tr("Bin {number}", number=number) for number in count(len(names) + 1))
        name = next(name for name in fitting if name not in names)
        fresh = Bin(id=new_id(), name=name, items=tuple(media_ids))
        return fresh.id if self._apply(lambda film: add_bin(film, fresh), tr("New bin")) else ""

    def rename(self, bin_id: str, name: str) -> None:
        """Give a bin another name; blank ones are let be."""
        name = " ".join(name.split())
        if name and name != bin_of(self._store.film, bin_id).name:
            self._apply(
                lambda film: rename_bin(film, bin_id, name), tr("Rename bin to {name}", name=name)
            )

    def remove(self, bin_id: str) -> None:
        """Remove a bin; what lay in it stays in the film."""
        name = bin_of(self._store.film, bin_id).name
        self._apply(lambda film: remove_bin(film, bin_id), tr("Remove {name}", name=name))

    def put(self, bin_id: str, media_ids: Iterable[str], taken_from: str = "") -> None:
        """Put media in a bin, and take them out of another where one is named."""
        ids = tuple(media_ids)
        if not ids or taken_from == bin_id:
            return
        target = bin_of(self._store.film, bin_id)

        def change(film: Film) -> Film:
            if taken_from:
                film = take_from_bin(film, taken_from, ids)
            new = [one for one in ids if one not in target.items]
            return put_in_bin(film, bin_id, new) if new else film

        if taken_from or not set(ids) <= set(target.items):
            self._apply(change, tr("Put in {name}", name=target.name))

    def take_out(self, bin_id: str, media_ids: Iterable[str]) -> None:
        """Take media out of one bin; they stay in the film."""
        ids = tuple(media_ids)
        name = bin_of(self._store.film, bin_id).name
        if ids:
            self._apply(
                lambda film: take_from_bin(film, bin_id, ids), tr("Take out of {name}", name=name)
            )

    def shared_tags(self, media_ids: Iterable[str]) -> tuple[str, ...]:
        """The tags that all of these media have, in the order of the first one's."""
        each = [media_of(self._store.film, one).tags for one in media_ids]
        return tuple(tag for tag in each[0] if all(tag in one for one in each)) if each else ()

    def retag(self, media_ids: Iterable[str], text: str) -> None:
        """Have media share the tags in ``text``, parted by commas, in the place of those they do.

        Tags that only some of them have stay where they are.
        """
        ids = tuple(media_ids)
        wanted, shared = tags_in_text(text), self.shared_tags(ids)
        if not ids or wanted == shared:
            return

        def change(film: Film) -> Film:
            for one in ids:
                own = media_of(film, one).tags
                kept = [tag for tag in own if tag not in shared and tag not in wanted]
                film = edit_media(film, one, tags=(*wanted, *kept))
            return film

        self._apply(change, tr("Edit tags"))


def tags_in_text(text: str) -> tuple[str, ...]:
    """The tags that a line of text names, in lower case and each once."""
    words = (" ".join(part.split()).lstrip("#").lower() for part in text.split(","))
    return tuple(dict.fromkeys(word for word in words if word))
