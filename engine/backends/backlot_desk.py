"""What renders of our own model are planned with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.backends.backlot_words import Words
from engine.pipelines.model import Model
from engine.pipelines.references import EncodedCache


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The model, its words, and what was encoded before.

    Attributes:
        heard: called while sources are read, decoded and encoded, several times a second; may
            raise to stop.
    """

    model: Model
    words: Words
    cache: EncodedCache
    heard: Callable[[], None] = lambda: None
