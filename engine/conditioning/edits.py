"""Instructions of an edit as a new prompt: the words of the source with what should change.

A model that was trained on whole captions, not on instructions, is told the whole scene again:
every word of the instruction that belongs to a group of the vocabulary (a light, a set, a colour)
takes the place of the source's word of that group.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from engine.api import WordGroup

_SYNONYMS = {
    "nighttime": "night",
    "night-time": "night",
    "daytime": "day",
    "daylight": "day",
    "sundown": "sunset",
    "dusk": "sunset",
    "golden hour": "sunset",
    "cloudy": "overcast",
    "grey sky": "overcast",
    "wooden": "wood",
    "metallic": "metal",
    "snow": "snowfield",
}


def edited_prompt(prompt: str, instruction: str, vocabulary: Sequence[WordGroup]) -> str:
    """``prompt`` with the instruction's vocabulary in the place of its own.

    Words of the instruction whose group the prompt does not mention are added at the end; an
    instruction without any known word is added as it stands. Without a prompt (imported footage)
    the instruction alone is the prompt.
    """
    if not prompt.strip():
        return instruction.strip()
    result, understood = prompt.strip(), False
    wanted = _plain(instruction, {word for group in vocabulary for word in group.words})
    for group in vocabulary:
        for word in _found(wanted, group.words):
            understood = True
            result = _put(result, word, group.words)
    return result if understood else f"{result} {instruction.strip()}"


def _plain(text: str, known: Collection[str]) -> str:
    """``text`` in the words that were learned; a word that was learned itself stays."""
    for odd, usual in _SYNONYMS.items():
        if odd in known:
            continue
        text = re.sub(rf"\b{re.escape(odd)}\b", usual, text, flags=re.IGNORECASE)
    return text


def _found(text: str, words: Sequence[str]) -> list[str]:
    places = {
        match.start(): word
        for word in words
        if (match := re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE))
    }
    # "turn the red ball blue": what is named last is what is wanted.
    return [places[max(places)]] if places else []


def _put(text: str, word: str, words: Sequence[str]) -> str:
    others = "|".join(re.escape(other) for other in words)
    known = "|".join(re.escape(odd) for odd, usual in _SYNONYMS.items() if usual in words)
    pattern = rf"\b({others}{'|' + known if known else ''})\b"
    if re.search(pattern, text, re.IGNORECASE):
        return re.sub(pattern, word, text, count=1, flags=re.IGNORECASE)
    return f"{text.rstrip('. ')}, {word}."
