"""Identities drawn at random, by seed: those of training and those held out never meet."""

from __future__ import annotations

from typing import get_args

import numpy as np

from engine.world.cast import (
    ACCESSORIES,
    HAIRS,
    HATS,
    HEIGHTS_M,
    PATTERNS,
    SPECIES,
    TONES,
    TOPS,
    DyeName,
    Identity,
    SpeciesName,
    Voice,
    is_held_out,
)

DYE_NAMES: tuple[DyeName, ...] = get_args(DyeName)
# Dyes that stand out on each other; a pattern's second colour is drawn from the far side.
LIGHT_DYES: tuple[DyeName, ...] = ("yellow", "white", "pink", "orange")
DEEP_DYES: tuple[DyeName, ...] = (
    *("red", "green", "blue", "purple"),
    *("teal", "navy", "brown", "grey"),
)
HAIR_DYES: tuple[DyeName, ...] = ("brown", "navy", "orange", "yellow", "red", "pink", "teal")
# Octaves above a grown man's pitch, and of the formants, by species: small throats sound small.
VOICES: dict[SpeciesName, tuple[float, float]] = {
    "person": (0.75, 1.14),
    "fox": (0.85, 1.20),
    "bear": (-0.15, 0.96),
    "rabbit": (1.25, 1.32),
    "cat": (1.15, 1.28),
    "mouse": (1.50, 1.44),
    "frog": (0.05, 1.02),
    "robot": (0.45, 1.08),
    "penguin": (0.95, 1.22),
    "pig": (0.35, 1.08),
}
HAT_SHARE, ACCESSORY_SHARE, PATTERN_SHARE = 0.5, 0.75, 0.7


def draw_identity(
    random: np.random.Generator, *, held_out: bool, species: SpeciesName | None = None
) -> Identity:
    """An identity of the training cast, or of the one that training never shows.

    Args:
        random: drawn from until an identity of the wanted side comes.
        held_out: which side.
        species: of this species; by default of any.
    """
    while True:
        identity = _draw(random, species)
        if is_held_out(identity) == held_out:
            return identity


def _draw(random: np.random.Generator, wanted: SpeciesName | None) -> Identity:
    def one_of(names: tuple[str, ...]) -> str:
        return names[int(random.integers(len(names)))]

    def worn(names: tuple[str, ...], share: float) -> str:
        return one_of(names[1:]) if random.random() < share else names[0]

    species = one_of(SPECIES) if wanted is None else wanted
    top_colour = one_of(DYE_NAMES)
    second = one_of(DEEP_DYES if top_colour in LIGHT_DYES else LIGHT_DYES)
    bottoms = one_of(tuple(dye for dye in DYE_NAMES if dye != top_colour))
    accessory_colour = one_of(tuple(dye for dye in DYE_NAMES if dye != top_colour))
    values = {
        "species": species,
        "tone": one_of(tuple(TONES[species])),  # type: ignore[index]
        "hair": worn(HAIRS, 0.95) if species == "person" else "none",
        "hair_colour": one_of(HAIR_DYES),
        "hat": worn(HATS, HAT_SHARE),
        "hat_colour": one_of(DYE_NAMES),
        "top": one_of(TOPS),
        "top_colour": top_colour,
        "pattern": worn(PATTERNS, PATTERN_SHARE),
        "second": second,
        "bottoms": bottoms,
        "shoes": one_of(DYE_NAMES),
        "accessory": worn(ACCESSORIES, ACCESSORY_SHARE),
        "accessory_colour": accessory_colour,
    }
    return Identity(
        **values,  # type: ignore[arg-type]
        height_m=round(float(random.uniform(*HEIGHTS_M)), 3),
        build=round(float(random.random()), 3),
        head=round(float(random.uniform(0.94, 1.12)), 3),
        eyes=round(float(random.uniform(0.9, 1.15)), 3),
        voice=_voice(random, species),  # type: ignore[arg-type]
    )


def _voice(random: np.random.Generator, species: SpeciesName) -> Voice:
    octaves, formants = VOICES[species]
    pitch = 118.0 * 2.0 ** (octaves + float(random.uniform(-0.30, 0.30)))
    return Voice(
        pitch_hz=round(pitch, 1),
        formant_scale=round(formants * float(random.uniform(0.94, 1.06)), 3),
        breath=round(float(random.uniform(0.05, 0.5)), 3),
        liveliness=0.0 if species == "robot" else round(float(random.uniform(0.45, 1.0)), 3),
    )
