"""Tags bound to words: which words of a prompt stand for which reference.

Slots are numbered by the order in which the prompt names them, so that two tags that change places
together with their files are the same request.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_SLOT = re.compile(r"\s*@((?:Image|Video|Audio)\d+)")
_BEFORE_MARK = re.compile(r"\s+([,.;:!?])")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class BoundText:
    """Words without tags, and the words that tags were bound to.

    Attributes:
        words: (first, end, slot name such as ``Image1``): characters of ``text``.
    """

    text: str
    words: tuple[tuple[int, int, str], ...]


def bind_words(text: str) -> BoundText:
    """``text`` without its slots; each is bound to the word before it, or the one after it.

    Weights that learned plain captions read what they know, and the reference reaches them as
    tokens of its own; weights that learned tags find the slot on the bound word as well.
    """
    plain, marks, last = "", [], 0
    for match in _SLOT.finditer(text):
        plain += text[last : match.start()]
        marks.append((len(plain), match.group(1)))
        last = match.end()
    plain += text[last:]
    plain, moved = _tidied(plain)
    found = [(word.start(), word.end()) for word in _WORD.finditer(plain)]
    words = []
    for place, slot in marks:
        before = [word for word in found if word[1] <= moved(place)]
        after = [word for word in found if word[0] >= moved(place)]
        near = before[-1:] or after[:1]
        words += [(*one, slot) for one in near]
    return BoundText(text=plain, words=tuple(words))


def slot_order(text: str, slots: Sequence[str]) -> dict[str, int]:
    """A number for every slot: those that ``text`` names in that order, then the others."""
    named = [match.group(1) for match in _SLOT.finditer(text)]
    order = [slot for slot in dict.fromkeys(named) if slot in slots]
    order += [slot for slot in slots if slot not in order]
    return {slot: index for index, slot in enumerate(order)}


def _tidied(text: str) -> tuple[str, Callable[[int], int]]:
    """``text`` without spaces before marks and at its ends, and where its characters went."""
    kept = [True] * len(text)
    for match in _BEFORE_MARK.finditer(text):
        for index in range(match.start(), match.start(1)):
            kept[index] = False
    result = "".join(letter for letter, keep in zip(text, kept, strict=True) if keep)
    lead = len(result) - len(result.lstrip())

    def moved(place: int) -> int:
        return sum(kept[:place]) - lead

    return result.strip(), moved
