"""Small grammars of sentences: ``{walks|strolls} {across|through} the frame`` stands for four.

A brace around one word is a name to be filled in, such as ``{other}``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product


@lru_cache(maxsize=256)
def expand(phrase: str) -> tuple[str, ...]:
    """Every sentence that a grammar stands for; names in braces without a choice stay.

    Raises:
        ValueError: if a brace does not match.
    """
    return tuple(_parse(_tokens(phrase)))


def article(words: str) -> str:
    """The words with ``a`` or ``an``."""
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _tokens(phrase: str) -> list[str]:
    return [part for part in re.split(r"([{}|])", phrase) if part]


def _parse(tokens: list[str]) -> list[str]:
    options, position = _choice(tokens, 0)
    if position != len(tokens):
        raise ValueError(f"a brace does not match in {''.join(tokens)!r}")
    return options


def _choice(tokens: list[str], position: int) -> tuple[list[str], int]:
    """All texts of the alternatives from a position on, and where they end."""
    options: list[str] = []
    parts: list[list[str]] = []
    while position < len(tokens) and tokens[position] != "}":
        part = tokens[position]
        position += 1
        if part == "{":
            inner, position = _choice(tokens, position)
            position += 1
            # A brace around one word is a name to be filled in.
            parts.append(["{" + inner[0] + "}"] if len(inner) == 1 else inner)
        elif part == "|":
            options += ["".join(one) for one in product(*parts)]
            parts = []
        else:
            parts.append([part])
    return options + ["".join(one) for one in product(*parts)], position
