"""The bins' rows: imported media with its facts in words, and which of them a search finds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QModelIndex, QSortFilterProxyModel, Qt

from studio.bridge.drags import MIME_TYPE, packed
from studio.bridge.rows import VALUE_ROLE, Index, IsGone, RowsModel, never
from studio.document.film import Card, Film, Media, MediaKind
from studio.wording import tr


@dataclass(frozen=True, kw_only=True)
class MediaRow:
    """One item of a bin.

    Attributes:
        tag: the name of the card it belongs to, without the ``@``; empty where it has none.
        facts: what it is, in a few words.
        path: the file itself.
        missing: whether the file is gone.
    """

    id: str
    kind: MediaKind
    name: str
    tag: str
    tags: tuple[str, ...]
    facts: str
    path: Path
    missing: bool
    frames: int = 0


@dataclass(frozen=True, kw_only=True)
class BinRow:
    """A bin's name and how many media it holds; all media where ``id`` is empty."""

    id: str
    name: str
    count: int


def bin_rows(film: Film) -> tuple[BinRow, ...]:
    """Everything first, then the bins."""
    known = {media.id for media in film.media}
    everything = BinRow(id="", name=tr("Everything"), count=len(known))
    bins = (
        BinRow(id=one.id, name=one.name, count=sum(1 for item in one.items if item in known))
        for one in film.bins
    )
    return (everything, *bins)


def media_rows(
    film: Film, folder: Path, bin_id: str = "", is_gone: IsGone = never
) -> tuple[MediaRow, ...]:
    """The rows of a bin, or of all media where ``bin_id`` is empty.

    ``is_gone`` says of the tile of a file whether it is not there.
    """
    chosen = next((item for item in film.bins if item.id == bin_id), None)
    by_id = {media.id: media for media in film.media}
    media = film.media if chosen is None else [by_id[i] for i in chosen.items if i in by_id]
    tags = _card_tags(film.cards)
    return tuple(
        _row(item, folder, tags.get(item.id, ""), missing=is_gone(f"media:{item.id}"))
        for item in media
    )


def facts_in_words(media: Media) -> str:
    """Size and length of a file, such as ``640 × 360 · 4.0 s``."""
    facts = media.facts
    parts: list[str] = []
    if facts.width:
        parts.append(f"{facts.width} × {facts.height}")
    if media.kind == "video" and facts.rate:
        parts.append(f"{float(facts.frames / facts.rate):.1f} s")
    elif media.kind == "audio" and facts.sample_rate_hz:
        parts.append(f"{facts.samples / facts.sample_rate_hz:.1f} s")
        parts.append(
            "stereo" if facts.channels == 2 else "mono" if facts.channels == 1 else "sound"
        )
    return " · ".join(parts)


class BinItems(RowsModel[MediaRow]):
    """Media of a bin; rows can be dragged onto shots, reference strips and the timeline."""

    def row_id(self, row: MediaRow) -> str:
        return row.id

    def text(self, row: MediaRow) -> str:
        return f"@{row.tag}" if row.tag else row.name

    def tip(self, row: MediaRow) -> str:
        return _tip(row)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:  # noqa: N802
        return [MIME_TYPE]

    def mimeData(self, indexes: Any) -> QMimeData:  # noqa: N802
        rows = [self.row(index.row()) for index in indexes]
        return packed("media", (row.id for row in rows if row is not None))


class BinSearch(QSortFilterProxyModel):
    """The rows whose name, tags, card or kind hold every word that is searched for."""

    def __init__(self) -> None:
        super().__init__()
        self._words: tuple[str, ...] = ()
        self._kind = ""

    def search(self, text: str) -> None:
        """Show what ``text`` finds."""
        self._words = tuple(text.lower().replace("@", " ").split())
        self.invalidate()

    def only(self, kind: str) -> None:
        """Show one kind of media, or all with an empty one."""
        self._kind = kind
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: Any) -> bool:  # noqa: N802
        index: QModelIndex = self.sourceModel().index(source_row, 0, source_parent)
        row = index.data(VALUE_ROLE)
        if not isinstance(row, MediaRow):
            return False
        if self._kind and row.kind != self._kind:
            return False
        text = " ".join((row.name, row.tag, row.kind, *row.tags)).lower()
        return all(word in text for word in self._words)


def _card_tags(cards: tuple[Card, ...]) -> dict[str, str]:
    tags: dict[str, str] = {}
    for card in cards:
        for media_id in (*card.media_ids, *((card.voice_id,) if card.voice_id else ())):
            tags.setdefault(media_id, card.tag)
    return tags


def _row(media: Media, folder: Path, tag: str, *, missing: bool) -> MediaRow:
    return MediaRow(
        id=media.id,
        kind=media.kind,
        name=media.name,
        tag=tag,
        tags=media.tags,
        facts=facts_in_words(media),
        path=folder / media.path,
        missing=missing,
        frames=media.facts.frames,
    )


def _tip(row: MediaRow) -> str:
    lines = [row.name, row.facts]
    if row.tags:
        lines.append(", ".join(row.tags))
    if row.missing:
        lines.append(tr("The file is gone from the film's folder."))
    return "\n".join(line for line in lines if line)
