"""What a backend can do, as data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from engine.api.requests import Mode, Role, Sampler

Pathway = Literal["edit", "instruct", "region", "extend", "sequence", "picture_to_sound"]


@dataclass(frozen=True, kw_only=True)
class Size:
    """A legal picture size in pixels, with the frame shape it stands for."""

    width: int
    height: int
    shape: str


@dataclass(frozen=True, kw_only=True)
class WordGroup:
    """Words of one kind that the weights have learned."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Licence:
    """Terms that weights come under and that are shown before they are first used."""

    name: str
    text: str

    @property
    def sha256(self) -> str:
        """By which an acceptance is remembered: other words are another licence."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a backend can do, as data.

    Attributes:
        weights: content hash of the weights, empty where there are none.
        frames: legal numbers of pictures of a request, ascending.
        untrained_frames: longer ones, ascending, that are made in one pass as well but that the
            weights were not trained on.
        max_images, max_videos, max_tracks: references of each kind.
        max_references: all kinds together; ``None`` is no other limit.
        sound_alone: whether tracks may be the only references.
        fast_steps, full_steps: the backend's own numbers of steps.
        samplers: how steps may be taken, where that can be chosen; the backend's own first.
        full_scale: how many times as wide and as high as asked for the pictures of Full are.
        own_words: words that were learned from somebody's own clips, of no known group.
        max_frames: pictures of several shots together; ``None`` is the longest shot's.
        notes: plain sentences on what the weights cannot do.
        untrained_roles: roles that are taken but that the weights were not trained on.
        untrained: the same of tasks and manners.
        quoted: what becomes of lines in quotes: words that are understood, babble of about their
            length, or nothing, as there is nobody who could say them.
        licence: of weights that are not the program's own.
    """

    name: str
    weights: str
    sizes: tuple[Size, ...]
    rates: tuple[Fraction, ...]
    frames: tuple[int, ...]
    sample_rate_hz: int
    modes: tuple[Mode, ...]
    roles: tuple[Role, ...]
    max_images: int
    max_videos: int
    max_tracks: int
    max_references: int | None = None
    sound_alone: bool = True
    max_shots: int = 1
    max_variations: int = 16
    fast_steps: int = 8
    full_steps: int = 50
    full_scale: int = 1
    samplers: tuple[Sampler, ...] = ()
    guidance: float = 3.0
    vocabulary: tuple[WordGroup, ...] = ()
    own_words: tuple[str, ...] = ()
    max_frames: int | None = None
    notes: tuple[str, ...] = ()
    untrained_frames: tuple[int, ...] = ()
    untrained_roles: tuple[Role, ...] = ()
    untrained: tuple[Pathway, ...] = ()
    quoted: Literal["spoken", "babbled", "unheard"] = "spoken"
    licence: Licence | None = None

    @property
    def lengths(self) -> tuple[int, ...]:
        """Every number of pictures that is made in one pass, ascending."""
        return (*self.frames, *self.untrained_frames)

    @property
    def words(self) -> tuple[str, ...]:
        """Every word that the weights have learned."""
        return (*(word for group in self.vocabulary for word in group.words), *self.own_words)
