"""Ambience: the air of every set by day and by night, and the sound of its weather.

Shape letters: S samples.

A place is made of beds, bands of noise that swell and fall, and of calls, small sounds now and
then. Each place is one loop without a seam; the two channels hear it from different moments, which
makes it wide, and every scene from a moment of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import tau

import numpy as np

from engine.shapes import SAMPLE_RATE_HZ
from engine.world.scene import Scene, SetName, WeatherName
from engine.world.voices import band_noise
from engine.world.weather import INDOORS

LOOP_SAMPLES = 6 * SAMPLE_RATE_HZ
# Loudness of a set's air in clear weather.
AIR_RMS = 0.0065


@dataclass(frozen=True)
class Bed:
    """A band of noise.

    Attributes:
        middle_hz, octaves: of the band.
        level: beside the place's other sounds.
        swells: how often it swells in a loop; 0 is steady.
        depth: of the swells, 0..1.
    """

    middle_hz: float
    octaves: float
    level: float
    swells: int = 0
    depth: float = 0.7


@dataclass(frozen=True)
class Calls:
    """A small sound that comes now and then.

    Attributes:
        sound: what makes it.
        count: times in a loop.
        level: its peak beside the place's unit of loudness.
        even: whether it comes evenly, as a clock does.
    """

    sound: Callable[[np.random.Generator], np.ndarray]
    count: int
    level: float
    even: bool = False


def _seconds(length_s: float) -> np.ndarray:
    return np.arange(round(length_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ


def _hump(t: np.ndarray) -> np.ndarray:
    """Rises and falls once over the times."""
    return np.sin(np.pi * t / max(float(t[-1]), 1e-9)) ** 2


def _bird(random: np.random.Generator) -> np.ndarray:
    """A few whistled notes that slide."""
    notes = []
    base = random.uniform(2600.0, 4200.0)
    for _ in range(int(random.integers(2, 5))):
        t = _seconds(float(random.uniform(0.05, 0.11)))
        slide = base * float(random.uniform(0.85, 1.2)) * (t + 0.5 * random.uniform(-2, 3) * t**2)
        notes += [np.sin(tau * slide) * _hump(t), np.zeros(int(random.integers(500, 1500)))]
    return np.concatenate(notes)


def _gull(random: np.random.Generator) -> np.ndarray:
    """A long falling cry."""
    t = _seconds(float(random.uniform(0.28, 0.45)))
    bend = 1150.0 * t - 620.0 * t**2 + 9.0 * np.sin(tau * 13.0 * t) / 13.0
    wave = sum(np.sin(tau * n * bend) / n for n in (1, 2, 3))
    return np.asarray(wave * _hump(t) ** 0.7)


def _cricket(random: np.random.Generator) -> np.ndarray:
    """A chirp of pulses."""
    t = _seconds(0.34)
    hertz = float(random.uniform(3900.0, 4700.0))
    return np.sin(tau * hertz * t) * np.clip(np.sin(tau * 29.0 * t), 0.0, 1.0) ** 2 * _hump(t)


def _owl(random: np.random.Generator) -> np.ndarray:
    """Two low hoots."""
    t = _seconds(0.3)
    hoot = np.sin(tau * (380.0 * t - 60.0 * t**2)) * _hump(t)
    return np.concatenate([hoot, np.zeros(3000), hoot * float(random.uniform(0.7, 1.0))])


def _horn(random: np.random.Generator) -> np.ndarray:
    """A ship far away."""
    t = _seconds(1.3)
    hertz = float(random.uniform(105.0, 130.0))
    wave = sum(np.sin(tau * hertz * n * t) / n for n in range(1, 6))
    return np.asarray(wave * np.minimum(1.0, t / 0.12) * np.minimum(1.0, (t[-1] - t) / 0.5))


def _car(random: np.random.Generator) -> np.ndarray:
    """A car that passes on the next street."""
    t = _seconds(1.6)
    noise = band_noise(len(t), float(random.uniform(260.0, 420.0)), 0.8, int(random.integers(99)))
    return noise * _hump(t) * 0.4


def _tick(random: np.random.Generator) -> np.ndarray:
    """A clock."""
    t = _seconds(0.02)
    return np.sin(tau * float(random.choice([2200.0, 2500.0])) * t) * np.exp(-t / 0.003)


def _murmur(random: np.random.Generator) -> np.ndarray:
    """Somebody in the rows, without words."""
    t = _seconds(float(random.uniform(0.35, 0.6)))
    voice = np.sin(tau * float(random.uniform(130.0, 230.0)) * t + 2.0 * np.sin(tau * 3.1 * t))
    formant = band_noise(len(t), 600.0, 0.7, int(random.integers(99)))
    return (voice + 0.6 * formant) * _hump(t) * (0.6 + 0.4 * np.sin(tau * 4.7 * t))


def _radio(random: np.random.Generator) -> np.ndarray:
    """A beep from mission control."""
    t = _seconds(0.12)
    edges = np.minimum(1.0, np.minimum(t, t[-1] - t) / 0.005)
    return np.sin(tau * float(random.choice([1100.0, 1475.0])) * t) * edges


def _drop(random: np.random.Generator) -> np.ndarray:
    """One rain drop nearby."""
    t = _seconds(0.03)
    hertz = float(random.uniform(900.0, 3600.0))
    return np.sin(tau * hertz * (t + 5.0 * t**2)) * np.exp(-t / 0.006)


def _splash(random: np.random.Generator) -> np.ndarray:
    """Water against a wall."""
    t = _seconds(0.5)
    return band_noise(len(t), 700.0, 1.0, int(random.integers(99))) * np.exp(-t / 0.14) * _hump(t)


Part = Bed | Calls
_TOWN = (Bed(140.0, 1.2, 0.9), Bed(600.0, 1.4, 0.3, 2, 0.4), Calls(_car, 2, 2.2))
_BY_DAY: dict[SetName, tuple[Part, ...]] = {
    "park": (Bed(1800.0, 1.6, 0.6, 2, 0.5), Calls(_bird, 4, 2.4)),
    "beach": (Bed(480.0, 1.5, 1.2, 2, 0.9), Bed(3000.0, 1.2, 0.35, 2, 0.9), Calls(_gull, 1, 1.8)),
    "street": _TOWN,
    "stage": (Bed(300.0, 1.0, 0.7), Calls(_murmur, 4, 1.6)),
    "kitchen": (Bed(120.0, 0.5, 1.0), Bed(240.0, 0.2, 0.3), Calls(_tick, 6, 1.3, even=True)),
    "snowfield": (Bed(850.0, 0.5, 0.7, 2, 0.9), Bed(300.0, 1.0, 0.6, 1, 0.6)),
    "forest": (Bed(2600.0, 1.2, 0.5, 3, 0.6), Bed(500.0, 1.2, 0.3), Calls(_bird, 6, 2.0)),
    "desert": (Bed(420.0, 0.6, 0.9, 1, 0.9), Bed(5200.0, 0.25, 0.22, 5, 0.5)),
    "rooftop": (Bed(110.0, 1.0, 0.8), Bed(420.0, 0.8, 0.5, 1, 0.8), Calls(_car, 1, 1.4)),
    "classroom": (Bed(160.0, 0.8, 0.6), Calls(_tick, 6, 1.8, even=True), Calls(_murmur, 2, 0.8)),
    "harbour": (Bed(260.0, 1.2, 0.7, 3, 0.7), Calls(_splash, 4, 1.4), Calls(_gull, 2, 1.5)),
    "moon": (Bed(62.0, 0.4, 0.9, 1, 0.4), Bed(2400.0, 0.5, 0.14), Calls(_radio, 2, 1.0)),
}
_BY_NIGHT: dict[SetName, tuple[Part, ...]] = {
    "park": (Bed(1500.0, 1.5, 0.4, 2, 0.5), Calls(_cricket, 8, 1.3)),
    "forest": (Bed(1800.0, 1.2, 0.4, 3, 0.6), Calls(_cricket, 5, 0.9), Calls(_owl, 1, 1.8)),
    "desert": (Bed(360.0, 0.6, 0.9, 1, 0.9), Calls(_cricket, 6, 1.0)),
    "harbour": (Bed(260.0, 1.2, 0.7, 3, 0.7), Calls(_splash, 4, 1.4), Calls(_horn, 1, 1.6)),
    "beach": (Bed(480.0, 1.5, 1.2, 2, 0.9), Bed(3000.0, 1.2, 0.35, 2, 0.9)),
}
_WEATHER: dict[WeatherName, tuple[Part, ...]] = {
    "rain": (Bed(3800.0, 1.1, 2.3), Bed(900.0, 1.3, 1.1, 2, 0.25), Calls(_drop, 90, 2.0)),
    "snow": (Bed(520.0, 0.5, 1.0, 2, 0.9),),
    "fog": (Bed(210.0, 0.6, 1.0, 1, 0.6), Bed(1300.0, 0.4, 0.2, 1, 0.7)),
}
_BEHIND_GLASS: dict[WeatherName, tuple[Part, ...]] = {
    "rain": (Bed(700.0, 1.0, 1.2, 2, 0.2), Calls(_drop, 30, 0.8)),
    "snow": (Bed(300.0, 0.5, 0.5, 2, 0.9),),
    "fog": (Bed(180.0, 0.5, 0.4),),
}


def add_ambience(scene: Scene, chance: np.random.Generator, out: np.ndarray) -> None:
    """Write (not add) the air and the weather of a scene into (2, S) sound, wide in stereo."""
    out[:] = 0.0
    _add_loop(_place(scene.set_name, night=scene.light == "night"), chance, out)
    if scene.weather != "clear":
        _add_loop(_weather(scene.weather, indoors=scene.set_name in INDOORS), chance, out)


def _add_loop(loop: np.ndarray, chance: np.random.Generator, out: np.ndarray) -> None:
    start = int(chance.integers(LOOP_SAMPLES))
    for channel, apart in ((0, 0), (1, int(chance.integers(4000, LOOP_SAMPLES - 4000)))):
        where = (start + apart) % LOOP_SAMPLES
        done = 0
        while done < out.shape[1]:
            count = min(out.shape[1] - done, LOOP_SAMPLES - where)
            out[channel, done : done + count] += loop[where : where + count]
            done, where = done + count, 0


@lru_cache(maxsize=32)
def _place(set_name: SetName, *, night: bool) -> np.ndarray:
    parts = _BY_DAY[set_name]
    return _loop(_BY_NIGHT.get(set_name, parts) if night else parts)


@lru_cache(maxsize=8)
def _weather(weather: WeatherName, *, indoors: bool) -> np.ndarray:
    return _loop((_BEHIND_GLASS if indoors else _WEATHER)[weather])


def _loop(parts: tuple[Part, ...]) -> np.ndarray:
    """(S,) float32 of a place, which repeats without a seam."""
    random = np.random.default_rng(len(parts))
    loop = np.zeros(LOOP_SAMPLES)
    turn = np.arange(LOOP_SAMPLES) / LOOP_SAMPLES
    for number, part in enumerate(parts):
        if isinstance(part, Bed):
            phase = float(random.uniform(0.0, tau))
            swell = 0.5 + 0.5 * np.sin(tau * part.swells * turn + phase)
            gain = 1.0 - part.depth * swell if part.swells else 1.0
            noise = band_noise(LOOP_SAMPLES, part.middle_hz, part.octaves, 11 + number)
            loop += part.level * gain * noise
            continue
        for index in range(part.count):
            call = part.sound(random)
            when = (index + (0.0 if part.even else float(random.uniform(0.1, 0.6)))) / part.count
            where = (int(when * LOOP_SAMPLES) + np.arange(len(call))) % LOOP_SAMPLES
            loop[where] += part.level * call * float(random.uniform(0.6, 1.0))
    return (AIR_RMS * loop).astype(np.float32)
