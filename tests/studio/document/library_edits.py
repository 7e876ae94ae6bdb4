"""Random edits to what shots and cuts are made of: media, bins, cards, references, marks, names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from studio.document import card_changes as cards
from studio.document import cut_changes as cuts
from studio.document import library_changes as library
from studio.document import shot_changes as shots
from studio.document import subtitle_changes as subtitles
from studio.document import track_changes as tracks
from studio.document.film import Film, Subtitle, new_id

FilmEdit = Callable[[Film, int, int, str], Film]


def _one(things: Sequence[Any], pick: int) -> str:
    return things[pick % len(things)].id if things else "none"


def _cut(film: Film, pick: int) -> str:
    return _one(film.timelines, pick)


def _mark(film: Film, pick: int) -> str:
    return _one(film.timelines[0].markers, pick)


def _referring(film: Film, pick: int) -> tuple[str, str]:
    """A shot and a reference of it."""
    found = [(shot.id, one.id) for shot in film.shots for one in shot.references]
    return found[pick % len(found)] if found else ("none", "none")


def _turned(film: Film, pick: int) -> Film:
    shot = next((one for one in film.shots if one.id == _referring(film, pick)[0]), None)
    if shot is None:
        return film
    order = [one.id for one in reversed(shot.references)]
    return shots.order_references(film, shot.id, order)


LIBRARY_EDITS: dict[str, FilmEdit] = {
    "tag": lambda f, n, at, text: cards.retag_prompt(f, _one(f.shots, n), f"P{at}", f"Q{n}"),
    "open timeline": lambda f, n, *_: cuts.open_timeline(f, _cut(f, n)),
    "rename timeline": lambda f, n, _, text: cuts.rename_timeline(f, _cut(f, n), text),
    "edit card": lambda f, n, _, text: library.edit_card(f, _one(f.cards, n), description=text),
    "no card": lambda f, n, *_: library.remove_card(f, _one(f.cards, n)),
    "edit media": lambda f, n, _, text: library.edit_media(f, _one(f.media, n), name=text),
    "shelve media": lambda f, n, _, text: library.shelve_media(
        f, [replace(f.media[0], id=new_id(), name=text)], _one(f.bins, n)
    ),
    "name media": lambda f, n, *_: library.name_media(f, _one(f.media, n), f"P{n}"),
    "no media": lambda f, n, *_: library.remove_media(f, [_one(f.media[1:], n)]),
    "no bin": lambda f, n, *_: library.remove_bin(f, _one(f.bins[1:], n)),
    "rename bin": lambda f, n, _, text: library.rename_bin(f, _one(f.bins, n), text),
    "out of bin": lambda f, n, *_: library.take_from_bin(f, _one(f.bins, n), ["m0"]),
    "edit reference": lambda f, n, at, _: shots.edit_reference(
        f, *_referring(f, n), weight=abs(at) / 200
    ),
    "no reference": lambda f, n, *_: shots.remove_reference(f, *_referring(f, n)),
    "reference order": lambda f, n, *_: _turned(f, n),
    "subtitles": lambda f, n, at, text: subtitles.set_subtitles(
        f,
        f.timelines[0].id,
        [
            Subtitle(id=new_id(), start=max(0, at) + 30 * k, end=max(0, at) + 30 * k + 5, text=text)
            for k in range(n % 4)
        ],
    ),
    "edit marker": lambda f, n, at, text: tracks.edit_marker(
        f, f.timelines[0].id, _mark(f, n), frame=at, note=text
    ),
    "no marker": lambda f, n, *_: tracks.remove_marker(f, f.timelines[0].id, _mark(f, n)),
}
