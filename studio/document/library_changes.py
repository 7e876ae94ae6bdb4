"""Changes to the library and the film as a whole: media, bins, cards, settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypedDict, TypeVar, Unpack

from studio.document.errors import ChangeError
from studio.document.film import (
    Bin,
    Card,
    CardKind,
    Film,
    FilmSettings,
    Media,
    MediaFacts,
    MediaSource,
    new_id,
)
from studio.wording import tr

Item = TypeVar("Item", Bin, Card, Media)


class MediaEdit(TypedDict, total=False):
    """What may be set on imported media; path, hash and facts when a file is found again."""

    name: str
    path: str
    sha256: str
    facts: MediaFacts
    tags: tuple[str, ...]
    rights: str


class CardEdit(TypedDict, total=False):
    """What may be set on a card."""

    kind: CardKind
    tag: str
    description: str
    media_ids: tuple[str, ...]
    voice_id: str | None


class FilmEdit(TypedDict, total=False):
    """What may be set on the film."""

    name: str
    width: int
    height: int
    settings: FilmSettings


@dataclass(frozen=True, kw_only=True)
class MediaUse:
    """Where media is used, by ids: what its removal would leave without a source."""

    clips: tuple[str, ...] = ()
    shots: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()


def add_media(
    film: Film, media: Iterable[Media], bin_id: str | None = None, at: int | None = None
) -> Film:
    """Add imported media, and put it in a bin; what the film has already is only put there."""
    media = tuple(media)
    known = {one.id for one in film.media}
    fresh = tuple(one for one in media if one.id not in known)
    if fresh:
        film = replace(film, media=film.media + fresh)
    return film if bin_id is None else put_in_bin(film, bin_id, [one.id for one in media], at)


def shelve_media(film: Film, media: Iterable[Media], bin_id: str = "") -> Film:
    """Add imported media to a bin: the first, or a new one, where ``bin_id`` is none of these."""
    if not film.bins:
        film = add_bin(film, Bin(id=new_id(), name="Bin 1"))
    chosen = bin_id if any(one.id == bin_id for one in film.bins) else film.bins[0].id
    return add_media(film, media, chosen)


def name_media(film: Film, media_id: str, tag: str) -> Film:
    """Name media for prompts: a new card, or one more picture or the voice of a known one."""
    sound = media_of(film, media_id).kind == "audio"
    card = next((c for c in film.cards if c.tag.casefold() == tag.casefold()), None)
    if card is None:
        fresh = Card(id=new_id(), kind="character", tag=tag)
        if sound:
            return add_card(film, replace(fresh, voice_id=media_id))
        return add_card(film, replace(fresh, media_ids=(media_id,)))
    if sound:
        return edit_card(film, card.id, voice_id=media_id)
    if media_id in card.media_ids:
        return film
    return edit_card(film, card.id, media_ids=(*card.media_ids, media_id))


def edit_media(film: Film, media_id: str, **edit: Unpack[MediaEdit]) -> Film:
    """Set name or tags of media, or point it to the file that was found again."""
    media = media_of(film, media_id)
    return replace(film, media=_swapped(film.media, replace(media, **edit)))


def media_of(film: Film, media_id: str) -> Media:
    """The media with this id.

    Raises:
        ChangeError: if the film has none.
    """
    return _found(film.media, media_id, tr("These media are no longer in the film."))


def media_use(film: Film, media_id: str) -> MediaUse:
    """Where media is used in clips, shots and cards."""
    source = MediaSource(media_id=media_id)
    return MediaUse(
        clips=tuple(
            clip.id
            for timeline in film.timelines
            for track in timeline.tracks
            for clip in track.clips
            if clip.source == source
        ),
        shots=tuple(
            shot.id
            for shot in film.shots
            if any(reference.source == source for reference in shot.references)
        ),
        cards=tuple(
            card.id
            for card in film.cards
            if media_id in card.media_ids or card.voice_id == media_id
        ),
    )


def remove_media(film: Film, media_ids: Iterable[str]) -> Film:
    """Take media out of the film and its bins; the files stay in the film's folder.

    Raises:
        ChangeError: if one is used by a clip, a shot or a card.
    """
    names = set(media_ids)
    for media_id in names:
        if media_use(film, media_id) != MediaUse():
            name = media_of(film, media_id).name
            raise ChangeError(tr("{name} is used in the film; take it out there first.", name=name))
    bins = tuple(
        replace(one, items=tuple(item for item in one.items if item not in names))
        if names.intersection(one.items)
        else one
        for one in film.bins
    )
    media = tuple(one for one in film.media if one.id not in names)
    return replace(film, media=media, bins=bins)


def add_bin(film: Film, new: Bin, at: int | None = None) -> Film:
    """Add a bin at a position, or at the end."""
    return replace(film, bins=_with_added(film.bins, new, at))


def rename_bin(film: Film, bin_id: str, name: str) -> Film:
    """Give a bin another name."""
    return replace(film, bins=_swapped(film.bins, replace(bin_of(film, bin_id), name=name)))


def remove_bin(film: Film, bin_id: str) -> Film:
    """Remove a bin; the media that were in it stay in the film."""
    return replace(film, bins=tuple(one for one in film.bins if one.id != bin_id))


def bin_of(film: Film, bin_id: str) -> Bin:
    """The bin with this id.

    Raises:
        ChangeError: if the film has none.
    """
    return _found(film.bins, bin_id, tr("This bin is no longer in the film."))


def put_in_bin(film: Film, bin_id: str, media_ids: Iterable[str], at: int | None = None) -> Film:
    """Put media in a bin at a position counted without them, or at its end."""
    added = tuple(dict.fromkeys(media_ids))
    target = bin_of(film, bin_id)
    rest = tuple(item for item in target.items if item not in added)
    at = len(rest) if at is None else max(0, at)
    items = rest[:at] + added + rest[at:]
    return replace(film, bins=_swapped(film.bins, replace(target, items=items)))


def take_from_bin(film: Film, bin_id: str, media_ids: Iterable[str]) -> Film:
    """Take media out of one bin; they stay in the film."""
    names = set(media_ids)
    target = bin_of(film, bin_id)
    items = tuple(item for item in target.items if item not in names)
    return replace(film, bins=_swapped(film.bins, replace(target, items=items)))


def add_card(film: Film, card: Card) -> Film:
    """Add a character or place.

    Raises:
        ChangeError: if its tag is empty, has blanks, or is another card's.
    """
    _check_tag(film, card)
    return replace(film, cards=_with_added(film.cards, card, None))


def edit_card(film: Film, card_id: str, **edit: Unpack[CardEdit]) -> Film:
    """Set tag, description, pictures or voice of a card.

    Raises:
        ChangeError: as ``add_card``, or if it is gone.
    """
    card = replace(card_of(film, card_id), **edit)
    _check_tag(film, card)
    return replace(film, cards=_swapped(film.cards, card))


def remove_card(film: Film, card_id: str) -> Film:
    """Remove a card; prompts keep its tag as a plain word."""
    return replace(film, cards=tuple(one for one in film.cards if one.id != card_id))


def card_of(film: Film, card_id: str) -> Card:
    """The card with this id.

    Raises:
        ChangeError: if the film has none.
    """
    return _found(film.cards, card_id, tr("This card is no longer in the film."))


def edit_film(film: Film, **edit: Unpack[FilmEdit]) -> Film:
    """Set the film's name, picture size or settings.

    Raises:
        ChangeError: if it would have no name or no picture size.
    """
    changed = replace(film, **edit)
    if not changed.name.strip():
        raise ChangeError(tr("A film needs a name."))
    if changed.width < 1 or changed.height < 1:
        raise ChangeError(tr("A film needs a picture size."))
    return film if changed == film else changed


def _check_tag(film: Film, card: Card) -> None:
    if not card.tag or not card.tag.replace("_", "").isalnum():
        raise ChangeError(tr("A tag is one word of letters and digits, such as Ava."))
    for other in film.cards:
        if other.id != card.id and other.tag.casefold() == card.tag.casefold():
            raise ChangeError(tr("@{tag} is taken by another card.", tag=other.tag))


def _found(items: tuple[Item, ...], item_id: str, sentence: str) -> Item:
    for item in items:
        if item.id == item_id:
            return item
    raise ChangeError(sentence)


def _swapped(items: tuple[Item, ...], new: Item) -> tuple[Item, ...]:
    return tuple(new if item.id == new.id else item for item in items)


def _with_added(items: tuple[Item, ...], new: Item, at: int | None) -> tuple[Item, ...]:
    at = len(items) if at is None else max(0, at)
    return (*items[:at], new, *items[at:])
