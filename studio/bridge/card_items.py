"""The card rows: characters, places, props and voices, and what happens to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QMimeData, Qt

from engine.api import Capabilities
from studio.bridge.drags import packed
from studio.bridge.reference_rows import offered_roles
from studio.bridge.rows import Index, RowsModel
from studio.document.card_changes import shots_using
from studio.document.film import (
    Card,
    CardKind,
    Film,
    Media,
    MediaSource,
    ReferenceRole,
    ShotReference,
    new_id,
)
from studio.document.library_changes import add_card, card_of, edit_card
from studio.document.queries import find_media, find_shot
from studio.document.shot_changes import add_reference, edit_shot
from studio.wording import term, tr

Apply = Callable[[Callable[[Film], Film], str], bool]
CARD_WORDS: Mapping[CardKind, str] = {
    "character": term("Character"),
    "place": term("Place"),
    "prop": term("Prop"),
    "voice": term("Voice"),
}


@dataclass(frozen=True, kw_only=True)
class CardRow:
    """One card as the panel shows it.

    Attributes:
        pictures: keys of its pictures to the tile cache, with the kind of each.
        shots: how many shots use it.
    """

    id: str
    tag: str
    kind: CardKind
    words: str
    pictures: tuple[tuple[str, str], ...] = ()
    voice: str = ""
    shots: int = 0


class CardItems(RowsModel[CardRow]):
    """The cards; dragged onto shots."""

    def row_id(self, row: CardRow) -> str:
        return row.id

    def text(self, row: CardRow) -> str:
        used = (
            tr("used in {shots} shots", shots=row.shots)
            if row.shots != 1
            else tr("used in one shot")
        )
        return f"@{row.tag}, {tr(CARD_WORDS[row.kind])}, {used}. {row.words}"

    def flags(self, index: Index) -> Qt.ItemFlag:
        extra = Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags
        return super().flags(index) | extra

    def mimeData(self, indexes: Any) -> QMimeData:  # noqa: N802
        rows = [self.row(index.row()) for index in indexes]
        return packed("card", (row.id for row in rows if row is not None))


def card_rows(film: Film) -> tuple[CardRow, ...]:
    """The cards of a film, in the order they were made."""
    media = {one.id: one for one in film.media}
    return tuple(
        CardRow(
            id=card.id,
            tag=card.tag,
            kind=card.kind,
            words=card.description,
            pictures=tuple(
                (f"media:{one}", media[one].kind) for one in card.media_ids if one in media
            ),
            voice=f"media:{card.voice_id}" if card.voice_id in media else "",
            shots=len(shots_using(film, card)),
        )
        for card in film.cards
    )


def tag_from(name: str) -> str:
    """A tag that a file's name suggests: its words run together, such as ``OldMap``."""
    words = re.findall(r"[^\W_]+", name.rsplit(".", 1)[0])
    joined = "".join(word[:1].upper() + word[1:] for word in words)
    return joined if joined and not joined[0].isdigit() else tr("Card{joined}", joined=joined)


def free_tag(film: Film, tag: str) -> str:
    """``tag``, or the first of it with a number that no card has."""
    taken = {card.tag.casefold() for card in film.cards}
    if tag.casefold() not in taken:
        return tag
    number = 2
    while f"{tag}{number}".casefold() in taken:
        number += 1
    return f"{tag}{number}"


class Casting:
    """Makes cards, gives them pictures and voices, and puts them on shots."""

    def __init__(self, film: Callable[[], Film], apply: Apply) -> None:
        self._film = film
        self._apply = apply
        self.capabilities: Capabilities | None = None

    def make(
        self, media_ids: Iterable[str] = (), tag: str = "", kind: CardKind | None = None
    ) -> str:
        """Add a card of media, named after the first of them; its id, empty if refused."""
        film = self._film()
        media = [one for one in (find_media(film, key) for key in media_ids) if one is not None]
        sounds = [one.id for one in media if one.kind == "audio"]
        seen = tuple(one.id for one in media if one.kind != "audio")
        suggested = tag or (tag_from(media[0].name) if media else tr("Name"))
        card = Card(
            id=new_id(),
            kind=kind or ("voice" if sounds and not seen else "character"),
            tag=free_tag(film, suggested),
            media_ids=seen,
            voice_id=sounds[0] if sounds else None,
        )
        made = self._apply(lambda now: add_card(now, card), tr("New card @{tag}", tag=card.tag))
        return card.id if made else ""

    def give(self, card_id: str, media_ids: Iterable[str]) -> None:
        """Add pictures and clips to a card; a sound becomes its voice."""
        ids = tuple(media_ids)

        def change(film: Film) -> Film:
            for media_id in ids:
                media, card = find_media(film, media_id), card_of(film, card_id)
                if media is None:
                    continue
                if media.kind == "audio":
                    film = edit_card(film, card_id, voice_id=media_id)
                elif media_id not in card.media_ids:
                    film = edit_card(film, card_id, media_ids=(*card.media_ids, media_id))
            return film

        self._apply(change, tr("Add to card"))

    def put_on(self, shot_ids: Iterable[str], card_ids: Iterable[str]) -> None:
        """Put cards on shots: their files as references, or their tag into the words."""
        shots, cards = tuple(shot_ids), tuple(card_ids)

        def change(film: Film) -> Film:
            for shot_id in shots:
                for card_id in cards:
                    film = _with_card(film, shot_id, card_of(film, card_id), self.capabilities)
            return film

        names = ", ".join(f"@{card.tag}" for card in self._film().cards if card.id in cards)
        self._apply(change, tr("Use {names}", names=names))


def _with_card(film: Film, shot_id: str, card: Card, capabilities: Capabilities | None) -> Film:
    shot = find_shot(film, shot_id)
    if shot is None:
        return film
    held = {r.source for r in shot.references if r.tag.casefold() == card.tag.casefold()}
    if not card.media_ids and card.voice_id is None:
        if re.search(rf"@{re.escape(card.tag)}(?![\w-])", shot.prompt, re.IGNORECASE):
            return film
        return edit_shot(film, shot_id, prompt=f"{shot.prompt.rstrip()} @{card.tag}".strip())
    voices = () if card.voice_id is None else (card.voice_id,)
    for media_id in (*card.media_ids, *voices):
        source, media = MediaSource(media_id=media_id), find_media(film, media_id)
        if media is None or source in held:
            continue
        fresh = ShotReference(
            id=new_id(), source=source, role=_role(card, media, capabilities), tag=card.tag
        )
        film = add_reference(film, shot_id, fresh)
    return film


def _role(card: Card, media: Media, capabilities: Capabilities | None) -> ReferenceRole:
    offered = offered_roles(media.kind, capabilities)
    if media.kind != "audio" and card.kind == "place" and "environment" in offered:
        return "environment"
    return offered[0]
