"""What the words of an edit do to pictures and sound in the scripted backend.

Shape letters: T pictures, H height, W width, S samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.backends.scripted_scene import COLOURS, NIGHT_WORDS, Colour, Floats, draws, words_of


@dataclass(frozen=True, kw_only=True)
class Look:
    """A change of colours (``colour * gain + lift``) and of sound (a low-pass at ``cutoff_hz``)."""

    gain: Colour
    lift: Colour = (0.0, 0.0, 0.0)
    cutoff_hz: float = 4_000.0


_NIGHT = Look(gain=(0.24, 0.30, 0.50), lift=(0.0, 0.01, 0.05), cutoff_hz=1_200.0)
_WORDS: tuple[tuple[frozenset[str], Look], ...] = (
    (NIGHT_WORDS, _NIGHT),
    (
        frozenset({"sunset", "sunrise", "dawn", "dusk", "evening", "warm", "warmer", "golden"}),
        Look(gain=(1.12, 0.82, 0.55), lift=(0.06, 0.01, 0.0)),
    ),
    (
        frozenset({"winter", "snow", "cold", "colder", "ice", "fog", "mist"}),
        Look(gain=(0.62, 0.70, 0.80), lift=(0.26, 0.28, 0.32), cutoff_hz=2_000.0),
    ),
    (
        frozenset({"day", "daytime", "noon", "bright", "brighter", "sunny"}),
        Look(gain=(1.25, 1.22, 1.12), lift=(0.05, 0.05, 0.03), cutoff_hz=9_000.0),
    ),
)


def look_of(instruction: str) -> Look:
    """The look that ``instruction`` asks for; an unknown one has a look of its own."""
    words = words_of(instruction)
    for known, look in _WORDS:
        if words & known:
            return look
    for name, colour in COLOURS.items():
        if name in words:
            red, green, blue = (0.35 + 0.75 * part for part in colour)
            return Look(gain=(red, green, blue))
    red, green, blue = (float(value) for value in draws("look", instruction).uniform(0.35, 1.25, 3))
    return Look(gain=(red, green, blue))


def grade_pictures(pictures: NDArray[np.uint8], look: Look, strength: Floats) -> NDArray[np.uint8]:
    """``pictures`` (T, H, W, 3) moved towards ``look``.

    Where ``strength`` (T, H, W), 0 to 1, is 0, the result is bit-identical.
    """
    result = pictures.copy()
    gain = np.asarray(look.gain, dtype=np.float32)
    lift = np.asarray(look.lift, dtype=np.float32) * 255
    for picture, part in zip(result, strength, strict=True):
        old = picture.astype(np.float32)
        new = old + part[..., None] * (old * gain + lift - old)
        picture[...] = np.clip(np.rint(new), 0, 255).astype(np.uint8)
    return result


def grade_sound(sound: Floats, look: Look, strength: Floats, rate_hz: int) -> Floats:
    """``sound`` (2, S) moved towards ``look``; bit-identical where ``strength`` (S) is 0."""
    if sound.shape[1] == 0:
        return sound
    spectrum = np.fft.rfft(sound.astype(np.float64), axis=1)
    frequencies = np.fft.rfftfreq(sound.shape[1], 1 / rate_hz)
    spectrum /= 1 + np.square(frequencies / look.cutoff_hz)
    dulled = 0.8 * np.fft.irfft(spectrum, n=sound.shape[1], axis=1)
    mixed = sound + strength[None] * (dulled - sound)
    return np.where(strength[None] > 0, np.clip(mixed, -1, 1), sound).astype(np.float32)
