"""Faults that can be measured in a finished take without any model.

Shape letters: T pictures, H height, W width, S samples.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.api import Flag

SILENCE_PEAK = 10 ** (-60 / 20)
CLIPPED_PEAK = 0.999
CLIPPED_SHARE = 1e-3
DC_OFFSET = 0.02
COLLAPSE_DB = -20.0
STILL_LEVELS = 0.25
FLAT_LEVELS = 2.0


def measure_flags(
    pictures: NDArray[np.uint8], sound: NDArray[np.float32], *, static: bool = False
) -> tuple[Flag, ...]:
    """Flags of a take.

    Args:
        pictures: (T, H, W, 3), 0 to 255.
        sound: (2, S), -1 to 1.
        static: whether the picture was asked to stand still, so that stillness is no fault.
    """
    return (*picture_flags(pictures, static=static), *sound_flags(sound))


def picture_flags(pictures: NDArray[np.uint8], *, static: bool = False) -> tuple[Flag, ...]:
    """Whether the picture is one flat colour, or the same from beginning to end."""
    thumbs = pictures[:, ::2, ::2].astype(np.float32)
    if thumbs.std(axis=(1, 2)).max(initial=0.0) < FLAT_LEVELS:
        return (Flag(name="constant picture", sentence="The picture is one flat colour."),)
    if static or len(thumbs) < 2:
        return ()
    if np.abs(thumbs - thumbs[:1]).mean(axis=(1, 2, 3)).max() < STILL_LEVELS:
        return (Flag(name="constant picture", sentence="Nothing moves in the picture."),)
    return ()


def sound_flags(sound: NDArray[np.float32]) -> tuple[Flag, ...]:
    """Silence, clipping, an offset, and channels that cancel when played in mono."""
    if sound.size == 0 or float(np.abs(sound).max()) < SILENCE_PEAK:
        return (Flag(name="silence", sentence="The sound is silent."),)
    flags: list[Flag] = []
    share = float((np.abs(sound) >= CLIPPED_PEAK).mean())
    if share > CLIPPED_SHARE:
        flags.append(
            Flag(name="clipping", sentence=f"{share:.1%} of the sound is as loud as it can be.")
        )
    offset = float(np.abs(sound.mean(axis=1)).max())
    if offset > DC_OFFSET:
        sentence = f"The sound is shifted by {offset:.0%} of full scale."
        flags.append(Flag(name="dc offset", sentence=sentence))
    if _mono_loss_db(sound) < COLLAPSE_DB:
        flags.append(
            Flag(name="mono collapse", sentence="Left and right cancel when played in mono.")
        )
    return tuple(flags)


def _mono_loss_db(sound: NDArray[np.float32]) -> float:
    """Power of the mono sum over the mean power of the channels, in decibels."""
    varying = sound.astype(np.float64) - sound.mean(axis=1, keepdims=True)
    channels = float(np.square(varying).mean())
    mono = float(np.square(varying.mean(axis=0)).mean())
    if channels < SILENCE_PEAK**2:
        return 0.0
    return 10.0 * float(np.log10(max(mono, 1e-20) / channels))
