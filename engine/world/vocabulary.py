"""The words that a level of the world teaches, by what they are words for."""

from __future__ import annotations

from engine.world.cast_words import NOUNS
from engine.world.scene import (
    ACTIONS,
    COLOURS,
    FIRST_MOVES,
    FIRST_SETS,
    LIGHTS,
    MATERIALS,
    MOVES,
    PROPS,
    SETS,
    WEATHERS,
)

_HAPPENS = (*ACTIONS, "drops", "bounces", "falls", "rolls", "slides", "collides")
_DOES = (
    "walks", "runs", "jumps", "waves", "dances", "drums", "throws", "hands", "says", "answers",
)  # fmt: skip


def words_of(level: int) -> dict[str, tuple[str, ...]]:
    """Words that captions of ``level`` are made of; from level 2 on there is weather and a cast."""
    first = level == 1
    words = {
        "set": FIRST_SETS if first else SETS,
        "light": LIGHTS,
        "prop": PROPS,
        "material": MATERIALS,
        "colour": COLOURS,
        "camera": FIRST_MOVES if first else MOVES,
        "action": _HAPPENS if first else (*_HAPPENS, *_DOES),
    }
    if first:
        return words
    people = tuple(name for names in NOUNS.values() for name in names)
    return words | {"weather": WEATHERS, "person": people}
