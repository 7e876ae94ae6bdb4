"""What a running render tells."""

from __future__ import annotations

from dataclasses import dataclass

from engine.api.takes import Take
from engine.errors import Blame


@dataclass(frozen=True, kw_only=True)
class Started:
    """The render began."""

    steps: int


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A step is done.

    Attributes:
        eta_s: seconds left, ``None`` before the first step.
        preview: a small picture file of the step's guess, ``None`` where none was made.
    """

    step: int
    of: int
    eta_s: float | None
    preview: str | None = None


@dataclass(frozen=True, kw_only=True)
class Finished:
    """The takes are on disk, in the order of shots, then variations."""

    takes: tuple[Take, ...]


@dataclass(frozen=True, kw_only=True)
class Parked:
    """The render stopped after a finished step and can go on from ``checkpoint``."""

    checkpoint: str


@dataclass(frozen=True, kw_only=True)
class Failed:
    """The render cannot go on.

    Attributes:
        cause: the technical detail, one click deeper.
        blame: what must be mended, for which the sentence is too fine a word.
    """

    sentence: str
    cause: str
    blame: Blame = "machine"


@dataclass(frozen=True, kw_only=True)
class Cancelled:
    """The director stopped the render."""


RenderEvent = Started | Progress | Finished | Parked | Failed | Cancelled
