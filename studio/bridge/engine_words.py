"""The engine's sentences in the language in use.

The engine speaks English, may live in another process, and what it said is kept with the job. So a
sentence is known again by its shape where it is shown, and said by the studio's catalogue with the
same values. What is not in the table is shown as the engine says it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from studio.bridge.engine_sentences import SENTENCES
from studio.wording import tr

_VALUE = re.compile(r"\{(\w+)\}")


def said(words: str) -> str:
    """``words`` of the engine, sentence by sentence, as far as they are known."""
    return " ".join(_sentences(words))


def _sentences(words: str) -> Iterator[str]:
    while words:
        known = known_in(words)
        if known is None:
            head, stop, words = words.partition(". ")
            yield f"{head}." if stop else head
        else:
            template, match = known
            yield tr(template, **match.groupdict())
            words = words[match.end() :].lstrip(" ")


def known_in(words: str) -> tuple[str, re.Match[str]] | None:
    """The sentence that ``words`` begin with, as the table has it, and what fits it."""
    for template, longest in _exactest_first():
        if longest in words and (match := _shape(template).match(words)) is not None:
            return template, match
    return None


@cache
def _exactest_first() -> tuple[tuple[str, str], ...]:
    """All of the table with the longest part that is no value: without it nothing fits."""
    told = {one: _VALUE.split(one)[::2] for one in SENTENCES}
    order = sorted(SENTENCES, key=lambda one: -sum(map(len, told[one])))
    return tuple((one, max(told[one], key=len)) for one in order)


@cache
def _shape(template: str) -> re.Pattern[str]:
    """What fits a sentence and ends with it; a value holds no end of a sentence."""
    parts = [
        f"(?P<{part}>(?:(?!\\. ).)+?)" if at % 2 else re.escape(part)
        for at, part in enumerate(_VALUE.split(template))
    ]
    return re.compile("".join(parts) + "(?= |$)")
