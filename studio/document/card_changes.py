"""Changes to cards and their tags: a card is renamed once, wherever it is named."""

from __future__ import annotations

import re
from dataclasses import replace

from studio.document.film import Card, Film, MediaSource, Shot
from studio.document.library_changes import card_of, edit_card
from studio.document.shot_changes import shot_of


def retagged(text: str, old: str, new: str) -> str:
    """``text`` with every ``@old`` written ``@new``, whatever its case."""
    return re.sub(rf"(?<![\w@])@{re.escape(old)}(?![\w-])", f"@{new}", text, flags=re.IGNORECASE)


def rename_card(film: Film, card_id: str, tag: str) -> Film:
    """Give a card another tag, and write it in every prompt and reference that used the old one.

    Raises:
        ChangeError: if the tag is empty, has blanks or is taken, or the card is gone.
    """
    old = card_of(film, card_id).tag
    film = edit_card(film, card_id, tag=tag)
    shots = tuple(_renamed(shot, old, tag) for shot in film.shots)
    style = retagged(film.settings.style_prompt, old, tag)
    return replace(film, shots=shots, settings=replace(film.settings, style_prompt=style))


def retag_prompt(film: Film, shot_id: str, old: str, new: str) -> Film:
    """Write ``@new`` for ``@old`` in the prompt of one shot; an empty ``new`` leaves the word."""
    shot = shot_of(film, shot_id)
    if new:
        prompt = retagged(shot.prompt, old, new)
    else:
        prompt = re.sub(rf"@({re.escape(old)})(?![\w-])", r"\1", shot.prompt, flags=re.IGNORECASE)
    changed = replace(shot, prompt=prompt)
    if changed == shot:
        return film
    return replace(film, shots=tuple(changed if one is shot else one for one in film.shots))


def shots_using(film: Film, card: Card) -> tuple[str, ...]:
    """The ids of the shots that name a card, or were given references with its tag or files."""
    named = re.compile(rf"(?<![\w@])@{re.escape(card.tag)}(?![\w-])", re.IGNORECASE)
    files = {*card.media_ids, *((card.voice_id,) if card.voice_id else ())}

    def uses(shot: Shot) -> bool:
        return named.search(shot.prompt) is not None or any(
            one.tag.casefold() == card.tag.casefold()
            or (isinstance(one.source, MediaSource) and one.source.media_id in files)
            for one in shot.references
        )

    return tuple(shot.id for shot in film.shots if uses(shot))


def _renamed(shot: Shot, old: str, new: str) -> Shot:
    references = tuple(
        replace(one, tag=new) if one.tag.casefold() == old.casefold() else one
        for one in shot.references
    )
    changed = replace(shot, prompt=retagged(shot.prompt, old, new), references=references)
    return shot if changed == shot else changed
