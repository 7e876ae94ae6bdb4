"""A formant voice: babbled syllables as sound.

Shape letters: S samples, P glottal pulses, F formants, L samples of a grain.

Source and filter in one step (formant wave functions: X. Rodet, "Time-domain formant-wave-function
synthesis", 1984): every glottal pulse rings the resonances of the throat of its moment, so pulses
at the pitch give harmonics and resonances that glide give formants. Consonants add noise. Loudness
follows the mouth's opening, the one curve that both are made from.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from engine.shapes import SAMPLE_RATE_HZ
from engine.world.cast import Voice
from engine.world.speech import Syllable, consonant_s, opening
from engine.world.voices import band_noise

# Of a grown man: Peterson and Barney, "Control methods used in a study of the vowels" (1952).
FORMANTS_HZ: dict[str, tuple[float, float, float, float]] = {
    "a": (730.0, 1090.0, 2440.0, 3500.0),
    "e": (530.0, 1840.0, 2480.0, 3600.0),
    "i": (300.0, 2240.0, 2950.0, 3700.0),
    "o": (540.0, 860.0, 2400.0, 3300.0),
    "u": (320.0, 870.0, 2240.0, 3200.0),
}
# Where the formants come from after a consonant.
LOCI_HZ: dict[str, tuple[float, float, float, float]] = {
    "m": (270.0, 1000.0, 2100.0, 3300.0),
    "b": (250.0, 800.0, 2200.0, 3300.0),
    "d": (250.0, 1750.0, 2650.0, 3500.0),
    "g": (250.0, 2200.0, 2450.0, 3500.0),
    "l": (340.0, 1150.0, 2700.0, 3400.0),
    "s": (300.0, 1700.0, 2600.0, 3600.0),
    "sh": (300.0, 1900.0, 2400.0, 3500.0),
    "f": (300.0, 1000.0, 2300.0, 3400.0),
    "h": (500.0, 1500.0, 2500.0, 3500.0),
    "": (500.0, 1500.0, 2500.0, 3500.0),
}
BANDWIDTHS_HZ = np.array([75.0, 95.0, 140.0, 220.0])
GAINS = np.array([1.0, 0.56, 0.26, 0.12])
# (middle in hertz, width in octaves, level) of a consonant's noise.
HISSES: dict[str, tuple[float, float, float]] = {
    "s": (6200.0, 0.45, 0.020),
    "sh": (3300.0, 0.50, 0.022),
    "f": (4500.0, 1.20, 0.012),
    "h": (1600.0, 1.20, 0.014),
    "d": (3800.0, 0.80, 0.018),
    "g": (2200.0, 0.70, 0.018),
    "b": (700.0, 0.90, 0.014),
}
GLIDE_S = 0.055
GRAIN = 260
_SAMPLES = np.arange(GRAIN) / SAMPLE_RATE_HZ
# A soft start, as the folds close, and an end before the next grains pile up.
ATTACK = (
    (1.0 - np.exp(-_SAMPLES / 0.00035))
    * (0.5 + 0.5 * np.cos(np.pi * np.clip((np.arange(GRAIN) - 160) / (GRAIN - 160), 0.0, 1.0)))
).astype(np.float32)
HOP = 240
NOISE_SAMPLES = SAMPLE_RATE_HZ
# Root mean square of a stressed, wide open vowel.
LEVEL = 0.085


def speak(spoken: Sequence[Syllable], voice: Voice, samples: int, seed: int) -> np.ndarray:
    """(S,) float32 what is said, before it has a place.

    Args:
        spoken: syllables in order of time.
        voice: whose.
        samples: how many, at 24 kHz, from the start of the clip.
        seed: draws breath and the voice's small unsteadiness.
    """
    sound = np.zeros(samples, dtype=np.float64)
    chance = np.random.Generator(np.random.PCG64((seed, 29)))
    heard = [one for one in spoken if one.start_s * SAMPLE_RATE_HZ < samples and one.end_s > 0.0]
    for group in _phrases(heard):
        _voiced(group, voice, chance, sound)
    for one in heard:
        _noise(one, voice, chance, sound)
    return sound.astype(np.float32)


def _phrases(spoken: Sequence[Syllable]) -> list[list[Syllable]]:
    """Syllables that follow each other without a pause."""
    groups: list[list[Syllable]] = []
    for one in spoken:
        if groups and one.start_s - groups[-1][-1].end_s < 0.03:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _voiced(
    group: list[Syllable], voice: Voice, chance: np.random.Generator, sound: np.ndarray
) -> None:
    """Adds the voiced part of a phrase."""
    pulses = _pulses(group, voice, chance)
    loud = _loudness(group, pulses)
    start = max(group[0].start_s - 0.02, 0.0)
    audible = (loud > 1e-3) & (pulses * SAMPLE_RATE_HZ < len(sound)) & (pulses >= start)
    pulses = pulses[audible]
    if not len(pulses):
        return
    first = int(pulses[0] * SAMPLE_RATE_HZ)
    raw = _rung(pulses - first / SAMPLE_RATE_HZ, _formants(group, pulses) * voice.formant_scale)
    raw = raw[: len(sound) - first]
    coarse = (first + HOP * np.arange(len(raw) // HOP + 1)) / SAMPLE_RATE_HZ
    level = LEVEL * _loudness(group, coarse) / np.maximum(_local_rms(raw), 1e-6)
    ramp = np.interp(np.arange(len(raw)), HOP * np.arange(len(coarse)), level[: len(coarse)])
    sound[first : first + len(raw)] += raw * ramp


def _rung(pulses: np.ndarray, formants: np.ndarray) -> np.ndarray:
    """(S,) the resonances (P, F) in hertz, rung by each of (P,) pulses in seconds."""
    first = np.floor(pulses * SAMPLE_RATE_HZ).astype(np.int64)
    lag = (pulses * SAMPLE_RATE_HZ - first).astype(np.float32)
    since = (np.arange(GRAIN, dtype=np.float32) - lag[:, None]).clip(min=0.0) / SAMPLE_RATE_HZ
    grains = np.zeros(since.shape, dtype=np.float32)
    for index in range(formants.shape[1]):
        hertz = formants[:, index : index + 1].astype(np.float32)
        gain = GAINS[index] * (hertz < 10_500.0)
        ring = np.exp(np.float32(-np.pi * BANDWIDTHS_HZ[index]) * since)
        grains += gain * ring * np.sin(np.float32(2.0 * np.pi) * hertz * since)
    grains *= ATTACK
    where = first[:, None] + np.arange(GRAIN)
    return np.bincount(where.ravel(), grains.ravel())


def _local_rms(raw: np.ndarray) -> np.ndarray:
    """Loudness of a sound every ``HOP`` samples, over four hops, never quite zero."""
    power = np.concatenate([[0.0], np.cumsum(raw**2)])
    middle = HOP * np.arange(len(raw) // HOP + 1)
    low, high = np.maximum(middle - 2 * HOP, 0), np.minimum(middle + 2 * HOP, len(raw))
    rms = np.sqrt((power[high] - power[low]) / np.maximum(high - low, 1))
    return np.maximum(rms, 0.25 * rms.max(initial=0.0))


def _pulses(group: list[Syllable], voice: Voice, chance: np.random.Generator) -> np.ndarray:
    """(P,) instants of the glottal pulses: the pitch contour, integrated and inverted."""
    start, end = group[0].start_s, group[-1].end_s + 0.03
    times = np.arange(start, end, 0.002)
    knots = [at for one in group for at in (one.onset_s, one.end_s - 0.02)]
    pitches = [hertz for one in group for hertz in (one.pitch_hz, one.end_pitch_hz)]
    pitch = np.interp(times, knots, pitches)
    if voice.liveliness > 0.0:
        pitch = pitch * (1.0 + 0.012 * np.sin(2.0 * np.pi * 5.5 * times))
    phase = np.concatenate([[0.0], np.cumsum(pitch[:-1] * 0.002)])
    count = int(phase[-1])
    pulses = np.interp(np.arange(count), phase, times)
    shake = 0.0 if voice.liveliness == 0.0 else 0.006
    return pulses + chance.normal(0.0, shake, count) / voice.pitch_hz


def _loudness(group: list[Syllable], pulses: np.ndarray) -> np.ndarray:
    """(P,) of each pulse: the opening of the mouth, and a hum where the lips are shut."""
    loud = opening(group, pulses)
    for one in group:
        if one.consonant in ("m", "l", "b", "d", "g"):
            near = (pulses >= one.start_s) & (pulses < one.onset_s)
            loud = np.where(near, np.maximum(loud, 0.10 if one.consonant in "ml" else 0.05), loud)
    return loud


def _formants(group: list[Syllable], pulses: np.ndarray) -> np.ndarray:
    """(P, F) hertz: from each consonant's locus to its vowel and on to the next."""
    knots: list[float] = []
    places: list[tuple[float, ...]] = []
    for one in group:
        knots += [one.start_s + 0.004, one.onset_s + GLIDE_S, one.end_s - 0.03]
        places += [LOCI_HZ[one.consonant], FORMANTS_HZ[one.vowel], FORMANTS_HZ[one.vowel]]
    order = np.maximum.accumulate(np.array(knots) + 1e-6 * np.arange(len(knots)))
    table = np.array(places)
    return np.stack([np.interp(pulses, order, table[:, k]) for k in range(table.shape[1])], axis=-1)


def _noise(one: Syllable, voice: Voice, chance: np.random.Generator, sound: np.ndarray) -> None:
    """Adds a consonant's hiss, and the breath in the vowel."""
    if one.consonant in HISSES:
        middle, width, level = HISSES[one.consonant]
        middle = min(middle * voice.formant_scale**0.5, 9500.0)
        _hiss(
            sound,
            one.start_s,
            one.start_s + consonant_s(one.consonant) + 0.012,
            level,
            middle,
            width,
            chance,
        )
    if voice.breath > 0.02:
        level = 0.012 * voice.breath * one.peak
        _hiss(sound, one.onset_s, one.end_s, level, 1900.0 * voice.formant_scale, 0.8, chance)


def _hiss(
    sound: np.ndarray,
    start_s: float,
    end_s: float,
    level: float,
    middle: float,
    width: float,
    chance: np.random.Generator,
) -> None:
    first, last = round(start_s * SAMPLE_RATE_HZ), round(end_s * SAMPLE_RATE_HZ)
    offset = int(chance.integers(NOISE_SAMPLES - 12_000))
    count = min(last - first, 12_000)
    shape = np.sin(np.pi * (np.arange(count) + 0.5) / max(count, 1)) ** 0.7
    noise = _noise_loop(round(middle, -2), width)[offset : offset + count] * shape * level
    begin, end = max(first, 0), min(first + count, len(sound))
    if begin < end:
        sound[begin:end] += noise[begin - first : end - first]


@lru_cache(maxsize=128)
def _noise_loop(middle_hz: float, width_octaves: float) -> np.ndarray:
    return band_noise(NOISE_SAMPLES, middle_hz, width_octaves, seed=31)
