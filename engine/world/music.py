"""Music: drums, bass, chords and a tune from a small grammar, on beats that are known.

Shape letters: S samples.

A bar has four beats, a chord lasts two. Chords follow one of the usual progressions of their mode,
spread so that each voice moves as little as it can. Every note is a slice of a tone made once.
"""

from __future__ import annotations

import random
from functools import lru_cache
from math import tau

import numpy as np

from engine.shapes import SAMPLE_RATE_HZ
from engine.world.scene import Music
from engine.world.voices import band_noise

TEMPOS_BPM = (84, 150)
MUSIC_PEAK = 0.20
TONE_S = 2.0
# Degrees of the scale that the chords stand on, from 0.
PROGRESSIONS: dict[bool, tuple[tuple[int, ...], ...]] = {
    False: ((0, 4, 5, 3), (0, 3, 4, 0), (0, 5, 3, 4), (0, 3, 0, 4), (3, 4, 0, 5), (0, 1, 4, 0)),
    True: ((0, 5, 2, 6), (0, 3, 4, 0), (0, 6, 5, 6), (0, 5, 3, 4), (0, 2, 6, 3), (0, 3, 6, 2)),
}
SCALES: dict[bool, tuple[int, ...]] = {False: (0, 2, 4, 5, 7, 9, 11), True: (0, 2, 3, 5, 7, 8, 10)}
# Eighths of a bar on which each part strikes.
KICKS = ((0, 4), (0, 3, 4), (0, 5), (0, 2, 4, 6), (0, 3, 6))
SNARES = ((2, 6), (2, 6, 7), (4,), (2, 6))
HATS = ((0, 1, 2, 3, 4, 5, 6, 7), (1, 3, 5, 7), (0, 2, 4, 6), (0, 2, 3, 4, 6, 7))
BASSES = (
    ((0, 0), (4, 0)),
    ((0, 0), (2, 4), (4, 0), (6, 4)),
    ((0, 0), (3, 0), (4, 4), (7, 4)),
    ((0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0)),
)
TUNE_STEPS = (0, 1, 2, 4, 5, 7)


def beat_times(music: Music | None, duration_s: float) -> tuple[float, ...]:
    """The beats of a piece within a clip, in seconds."""
    if music is None:
        return ()
    period = 60.0 / music.tempo_bpm
    first = music.first_beat_s % period
    count = max(0, int(np.ceil((duration_s - first) / period - 1e-9)))
    return tuple(first + index * period for index in range(count))


def chord_degrees(music: Music) -> tuple[int, ...]:
    """The degrees of the scale, from 0, that the chords of a piece stand on."""
    return random.Random(f"{music.seed}/chords").choice(PROGRESSIONS[music.minor])


def add_music(music: Music, out: np.ndarray) -> None:
    """Add a piece to (2, S) sound, from its first sample to its last."""
    mix = np.zeros_like(out)
    choose = random.Random(f"{music.seed}/parts")
    eighth_s = 30.0 / music.tempo_bpm
    # The bar that is under way when the clip begins started before it.
    start_s = music.first_beat_s % (2 * eighth_s) - 8 * eighth_s
    patterns = _Patterns(choose)
    bar = 0
    while start_s < out.shape[1] / SAMPLE_RATE_HZ:
        _add_bar(music, patterns, bar, start_s, eighth_s, mix)
        start_s += 8 * eighth_s
        bar += 1
    peak = MUSIC_PEAK * 10.0 ** (music.level_db / 20.0)
    out += mix * (peak / max(float(np.abs(mix).max()), 1e-6))


class _Patterns:
    """What a piece's parts repeat from bar to bar."""

    def __init__(self, choose: random.Random) -> None:
        self.kick, self.snare, self.hat = (choose.choice(it) for it in (KICKS, SNARES, HATS))
        self.bass = choose.choice(BASSES)
        self.tune = [
            (step, choose.choice(TUNE_STEPS)) for step in range(8) if choose.random() < 0.62
        ]


def _add_bar(
    music: Music, patterns: _Patterns, bar: int, start_s: float, eighth_s: float, mix: np.ndarray
) -> None:
    if music.drums:
        _add_drums(patterns, start_s, eighth_s, mix)
    degrees, scale = chord_degrees(music), SCALES[music.minor]
    for half in range(2):
        degree = degrees[(2 * bar + half) % len(degrees)]
        if music.pad:
            for number, pitch in enumerate(_spread(music.key, scale, degree)):
                tone = _held(_pad(pitch), 4 * eighth_s, 0.09, 0.16)
                _add(mix, tone, start_s + 4 * half * eighth_s, 0.26, (0.28, 0.5, 0.72)[number])
        for step, interval in patterns.bass if music.bass else ():
            if step // 4 == half:
                pitch = 36 + (music.key + _pitch(scale, degree + interval)) % 12
                tone = _held(_bass(pitch), 1.8 * eighth_s, 0.004, 0.04)
                _add(mix, tone, start_s + step * eighth_s, 0.62, 0.5)
        for step, over in patterns.tune if music.lead else ():
            if step // 4 == half:
                pitch = 72 + music.key % 12 + _pitch(scale, degree % 5 + over) % 19
                _add(mix, _pluck(pitch), start_s + step * eighth_s, 0.24, 0.66)


def _add_drums(patterns: _Patterns, start_s: float, eighth_s: float, mix: np.ndarray) -> None:
    for steps, name, level, pan in (
        (patterns.kick, "kick", 0.95, 0.5),
        (patterns.snare, "snare", 0.62, 0.44),
        (patterns.hat, "hat", 0.26, 0.62),
    ):
        for step in steps:
            accent = 1.0 if step % 2 == 0 else 0.75
            _add(mix, _drum(name), start_s + step * eighth_s, level * accent, pan)


def _pitch(scale: tuple[int, ...], degree: int) -> int:
    """Semitones above the tonic of a degree of the scale."""
    return scale[degree % 7] + 12 * (degree // 7)


def _spread(key: int, scale: tuple[int, ...], degree: int) -> list[int]:
    """A triad within one octave around middle C, so that voices move little."""
    return sorted(55 + (key + _pitch(scale, degree + third) - 55) % 12 for third in (0, 2, 4))


def _add(mix: np.ndarray, tone: np.ndarray, at_s: float, level: float, pan: float) -> None:
    """Add (S,) sound at a time, which may lie before the clip, panned at constant power."""
    first = round(at_s * SAMPLE_RATE_HZ)
    tone = tone[max(0, -first) :]
    start = max(0, first)
    count = min(len(tone), mix.shape[1] - start)
    if count <= 0:
        return
    angle = 0.5 * np.pi * pan
    mix[0, start : start + count] += (level * np.cos(angle)) * tone[:count]
    mix[1, start : start + count] += (level * np.sin(angle)) * tone[:count]


def _held(tone: np.ndarray, length_s: float, attack_s: float, release_s: float) -> np.ndarray:
    """A tone cut to a length, fading in and out."""
    count = min(len(tone), round((length_s + release_s) * SAMPLE_RATE_HZ))
    cut = tone[:count].copy()
    rise = min(count, round(attack_s * SAMPLE_RATE_HZ))
    fall = min(count, round(release_s * SAMPLE_RATE_HZ))
    cut[:rise] *= np.linspace(0.0, 1.0, rise, dtype=np.float32)
    cut[count - fall :] *= np.linspace(1.0, 0.0, fall, dtype=np.float32)
    return cut


def _times(length_s: float) -> np.ndarray:
    return np.arange(round(length_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ


def _hertz(pitch: int) -> float:
    return 440.0 * 2.0 ** ((pitch - 69) / 12.0)


@lru_cache(maxsize=8)
def _drum(name: str) -> np.ndarray:
    if name == "kick":
        t = _times(0.28)
        sweep = 48.0 * t + 5.2 * (1.0 - np.exp(-t / 0.028))
        return (np.sin(tau * sweep) * np.exp(-t / 0.09) * np.minimum(1.0, t / 0.001)).astype("f4")
    if name == "snare":
        t = _times(0.2)
        rattle = band_noise(len(t), 2800.0, 1.5, 5)
        body = np.sin(tau * 186.0 * t) * np.exp(-t / 0.05)
        return ((0.34 * rattle * np.exp(-t / 0.055) + 0.6 * body) * 0.8).astype("f4")
    t = _times(0.07)
    return (0.4 * band_noise(len(t), 8200.0, 0.5, 6) * np.exp(-t / 0.016)).astype("f4")


@lru_cache(maxsize=16)
def _bass(pitch: int) -> np.ndarray:
    t = _times(TONE_S)
    hertz = _hertz(pitch)
    wave = sum(np.sin(tau * hertz * n * t) * np.exp(-t * n / 0.7) / n**1.4 for n in range(1, 7))
    return np.asarray(wave * np.exp(-t / 0.9), dtype=np.float32)


@lru_cache(maxsize=16)
def _pad(pitch: int) -> np.ndarray:
    """A soft tone of three strings slightly out of tune."""
    t = _times(TONE_S)
    wave = np.zeros_like(t)
    for cents in (-6.0, 0.0, 7.0):
        hertz = _hertz(pitch) * 2.0 ** (cents / 1200.0)
        for n in range(1, 6):
            wave += np.sin(tau * hertz * n * t + cents * n) / n**1.9
    return (wave / 3.0).astype(np.float32)


@lru_cache(maxsize=40)
def _pluck(pitch: int) -> np.ndarray:
    """A small bell."""
    t = _times(0.7)
    hertz = _hertz(pitch)
    wave = np.sin(tau * hertz * t + 1.1 * np.exp(-t / 0.08) * np.sin(tau * 3.0 * hertz * t))
    return (wave * np.exp(-t / 0.22) * np.minimum(1.0, t / 0.002)).astype(np.float32)
