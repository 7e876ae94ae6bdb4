"""The cast: who a puppet is, what it wears and how it sounds, as one small value.

An identity is drawn from some 10^14 different ones. One in ``HELD_OUT_EVERY`` is never trained on,
told by its looks alone, so that a held-out face is really new.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from engine.world.actions import Act

Rgb = tuple[float, float, float]

SpeciesName = Literal[
    "person", "fox", "bear", "rabbit", "cat", "mouse", "frog", "robot", "penguin", "pig"
]
HairName = Literal["none", "short", "bob", "curly", "bun", "ponytail", "spiky", "long"]
HatName = Literal[
    "none", "beanie", "top hat", "cap", "party hat", "beret", "crown", "straw hat"
]  # fmt: skip
TopName = Literal["shirt", "sweater", "dress", "dungarees", "coat"]
PatternName = Literal["plain", "striped", "dotted", "checked", "zigzag"]
AccessoryName = Literal[
    "none", "glasses", "sunglasses", "scarf", "bow tie", "headphones", "flower", "necklace"
]  # fmt: skip
DyeName = Literal[
    "red", "orange", "yellow", "green", "blue", "purple",
    "pink", "white", "teal", "navy", "brown", "grey",
]  # fmt: skip

SPECIES: tuple[SpeciesName, ...] = get_args(SpeciesName)
HAIRS: tuple[HairName, ...] = get_args(HairName)
HATS: tuple[HatName, ...] = get_args(HatName)
TOPS: tuple[TopName, ...] = get_args(TopName)
PATTERNS: tuple[PatternName, ...] = get_args(PatternName)
ACCESSORIES: tuple[AccessoryName, ...] = get_args(AccessoryName)
DYES: dict[DyeName, Rgb] = {
    "red": (0.86, 0.21, 0.20),
    "orange": (0.95, 0.53, 0.16),
    "yellow": (0.98, 0.81, 0.27),
    "green": (0.33, 0.66, 0.33),
    "blue": (0.22, 0.50, 0.88),
    "purple": (0.53, 0.31, 0.74),
    "pink": (0.97, 0.57, 0.71),
    "white": (0.95, 0.94, 0.90),
    "teal": (0.13, 0.61, 0.61),
    "navy": (0.18, 0.25, 0.50),
    "brown": (0.55, 0.36, 0.23),
    "grey": (0.57, 0.59, 0.64),
}
# What skin, fur, feathers or metal may look like, by what a caption calls it.
TONES: dict[SpeciesName, dict[str, Rgb]] = {
    "person": {
        "pale": (0.99, 0.87, 0.78),
        "fair": (0.97, 0.79, 0.64),
        "tan": (0.86, 0.64, 0.45),
        "brown": (0.64, 0.43, 0.29),
        "dark": (0.45, 0.29, 0.21),
    },
    "fox": {
        "red": (0.92, 0.46, 0.16),
        "grey": (0.60, 0.60, 0.64),
        "white": (0.93, 0.94, 0.97),
        "russet": (0.70, 0.31, 0.15),
    },
    "bear": {
        "brown": (0.58, 0.38, 0.24),
        "honey": (0.83, 0.60, 0.33),
        "black": (0.30, 0.28, 0.31),
        "polar": (0.95, 0.94, 0.90),
    },
    "rabbit": {
        "white": (0.96, 0.95, 0.94),
        "grey": (0.66, 0.66, 0.70),
        "sandy": (0.86, 0.72, 0.53),
        "chocolate": (0.50, 0.34, 0.27),
    },
    "cat": {
        "ginger": (0.95, 0.62, 0.27),
        "black": (0.25, 0.24, 0.29),
        "grey": (0.58, 0.61, 0.67),
        "cream": (0.96, 0.88, 0.73),
    },
    "mouse": {
        "grey": (0.67, 0.66, 0.69),
        "brown": (0.66, 0.50, 0.37),
        "white": (0.95, 0.94, 0.93),
    },
    "frog": {
        "green": (0.42, 0.73, 0.30),
        "lime": (0.70, 0.83, 0.29),
        "blue": (0.27, 0.62, 0.80),
        "orange": (0.96, 0.57, 0.24),
    },
    "robot": {
        "silver": (0.77, 0.80, 0.84),
        "copper": (0.83, 0.54, 0.37),
        "blue": (0.45, 0.62, 0.83),
        "mint": (0.61, 0.85, 0.76),
    },
    "penguin": {
        "black": (0.21, 0.23, 0.29),
        "blue": (0.27, 0.39, 0.62),
        "grey": (0.47, 0.50, 0.56),
    },
    "pig": {
        "pink": (0.98, 0.72, 0.73),
        "peach": (0.98, 0.79, 0.66),
        "grey": (0.61, 0.57, 0.59),
    },
}
HEIGHTS_M = (1.0, 1.4)
HELD_OUT_EVERY = 5


@dataclass(frozen=True, kw_only=True)
class Voice:
    """How a puppet sounds.

    Attributes:
        pitch_hz: of an unstressed syllable, 85 to 360.
        formant_scale: formants beside a grown man's; small throats have more, 0.9 to 1.5.
        breath: share of breath noise, 0..1.
        liveliness: how far stress moves the pitch, in octaves.
    """

    pitch_hz: float
    formant_scale: float
    breath: float
    liveliness: float


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who a puppet is. Equal identities look and sound alike in every clip.

    Attributes:
        tone: of skin, fur, feathers or metal; one of the species' ``TONES``.
        height_m: without ears and hat.
        build: 0 slender to 1 stout.
        head, eyes: sizes beside the usual, 0.9 to 1.12 and 0.85 to 1.15.
        second: the other colour of the pattern.
    """

    species: SpeciesName
    tone: str
    height_m: float
    build: float
    head: float
    eyes: float
    hair: HairName
    hair_colour: DyeName
    hat: HatName
    hat_colour: DyeName
    top: TopName
    top_colour: DyeName
    pattern: PatternName
    second: DyeName
    bottoms: DyeName
    shoes: DyeName
    accessory: AccessoryName
    accessory_colour: DyeName
    voice: Voice


@dataclass(frozen=True, kw_only=True)
class Puppet:
    """One of the cast in a scene.

    Attributes:
        x_m: where it stands at the start of its first act.
        facing: -1 looks left, 0 at the audience, 1 right, while it stays.
        acts: what it does; those that move the feet follow each other in time.
        seed: draws its blinks and small moves.
    """

    identity: Identity
    x_m: float
    facing: float = 0.0
    acts: tuple[Act, ...] = ()
    seed: int = 0


def is_held_out(identity: Identity) -> bool:
    """Whether an identity is one that training never shows."""
    looks = (
        *(identity.species, identity.tone, identity.hair, identity.hair_colour),
        *(identity.hat, identity.hat_colour, identity.top, identity.top_colour),
        *(identity.pattern, identity.second, identity.bottoms, identity.shoes),
        *(identity.accessory, identity.accessory_colour),
    )
    return zlib.crc32("|".join(looks).encode()) % HELD_OUT_EVERY == 0


def identity_vector(identity: Identity) -> np.ndarray:
    """(K,) float32 in 0..1: names as one-hot, colours as shown, sizes and voice on their ranges.

    What is not worn has no colour. Distances between vectors are distances between looks.
    """
    low, high = HEIGHTS_M
    voice = identity.voice
    parts: list[float] = [
        *_one_hot(identity.species, SPECIES),
        *TONES[identity.species][identity.tone],
        *_worn(identity.hair, HAIRS, identity.hair_colour),
        *_worn(identity.hat, HATS, identity.hat_colour),
        *_worn(identity.top, TOPS, identity.top_colour),
        *_worn(identity.pattern, PATTERNS, identity.second),
        *DYES[identity.bottoms],
        *DYES[identity.shoes],
        *_worn(identity.accessory, ACCESSORIES, identity.accessory_colour),
        (identity.height_m - low) / (high - low),
        identity.build,
        (identity.head - 0.9) / 0.22,
        (identity.eyes - 0.85) / 0.30,
        float(np.log2(voice.pitch_hz / 80.0)) / 2.2,
        (voice.formant_scale - 0.9) / 0.6,
        voice.breath,
        voice.liveliness,
    ]
    return np.clip(np.array(parts, dtype=np.float32), 0.0, 1.0)


def _one_hot(name: str, names: tuple[str, ...]) -> list[float]:
    return [float(name == one) for one in names]


def _worn(name: str, names: tuple[str, ...], dye: DyeName) -> list[float]:
    colour = (0.0, 0.0, 0.0) if name in ("none", "plain") else DYES[dye]
    return [*_one_hot(name, names), *colour]
