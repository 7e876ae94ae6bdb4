"""The sound of one touch: ringing modes and a burst of noise, by material, prop and ground.

Shape letters: S samples, K modes.

Modal synthesis: an object struck once rings as a sum of decaying sines. Every voice comes as two
layers of equal peak, a dull and a bright one; a harder blow has more of the bright one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from engine.shapes import SAMPLE_RATE_HZ

# Radii are rounded to steps of this ratio, so that a few hundred voices serve every prop.
SIZE_STEP = 1.06
MIDDLE_RADIUS_M = 0.29
HIGHEST_HZ = 10_500.0
ATTACK_S = 0.0004


@dataclass(frozen=True, kw_only=True)
class Voice:
    """How something sounds when struck.

    Attributes:
        base_hz: lowest mode.
        ratios: modes, as multiples of ``base_hz``.
        decay_s: time in which the lowest mode falls to 37%; higher modes fall sooner.
        noise: level of the burst of noise beside the modes.
        noise_hz: middle of the noise's band.
        noise_decay_s: time in which the noise falls to 37%.
    """

    base_hz: float
    ratios: tuple[float, ...]
    decay_s: float
    noise: float
    noise_hz: float
    noise_decay_s: float


MATERIALS: dict[str, Voice] = {
    "rubber": Voice(
        base_hz=105, ratios=(1, 1.7, 2.4, 3.3),
        decay_s=0.05, noise=0.35, noise_hz=350, noise_decay_s=0.010,
    ),
    "wood": Voice(
        base_hz=330, ratios=(1, 2.57, 4.2, 5.4, 7.1),
        decay_s=0.045, noise=0.30, noise_hz=1200, noise_decay_s=0.006,
    ),
    "metal": Voice(
        base_hz=560, ratios=(1, 1.59, 2.33, 2.76, 3.9, 5.4, 6.8, 8.1),
        decay_s=0.24, noise=0.20, noise_hz=4500, noise_decay_s=0.004,
    ),
    "glass": Voice(
        base_hz=1750, ratios=(1, 1.47, 2.32, 3.1, 4.25),
        decay_s=0.11, noise=0.25, noise_hz=7000, noise_decay_s=0.003,
    ),
    "stone": Voice(
        base_hz=780, ratios=(1, 1.83, 2.6, 3.7, 5.2),
        decay_s=0.014, noise=0.60, noise_hz=2600, noise_decay_s=0.007,
    ),
}  # fmt: skip

PROP_PITCH = {
    "ball": 1.0,
    "crate": 0.8,
    "bottle": 1.3,
    "drum": 0.62,
    "bell": 1.15,
    "wheel": 0.9,
    "star": 1.45,
    "pumpkin": 0.72,
}
# Ideal membrane, and the partials of a tuned church bell.
DRUM_RATIOS = (1, 1.59, 2.14, 2.3, 2.65, 2.92, 3.5)
BELL_RATIOS = (1, 2, 2.4, 3, 4, 5.33, 6.67)

GROUNDS: dict[str, Voice] = {
    "park": Voice(
        base_hz=75, ratios=(1, 1.8), decay_s=0.03, noise=0.9, noise_hz=280, noise_decay_s=0.020
    ),
    "beach": Voice(
        base_hz=65, ratios=(1, 1.6), decay_s=0.02, noise=1.3, noise_hz=900, noise_decay_s=0.035
    ),
    "street": Voice(
        base_hz=130, ratios=(1, 2.2), decay_s=0.02, noise=0.9, noise_hz=1500, noise_decay_s=0.008
    ),
    "stage": Voice(
        base_hz=95, ratios=(1, 1.5, 2.3), decay_s=0.09, noise=0.4, noise_hz=500, noise_decay_s=0.012
    ),
    "kitchen": Voice(
        base_hz=240, ratios=(1, 2.7), decay_s=0.02, noise=1.0, noise_hz=2800, noise_decay_s=0.006
    ),
    "snowfield": Voice(
        base_hz=60, ratios=(1, 1.7), decay_s=0.02, noise=1.2, noise_hz=500, noise_decay_s=0.045
    ),
    "forest": Voice(
        base_hz=70, ratios=(1, 1.7), decay_s=0.025, noise=1.1, noise_hz=600, noise_decay_s=0.03
    ),
    "desert": Voice(
        base_hz=62, ratios=(1, 1.6), decay_s=0.02, noise=1.3, noise_hz=1300, noise_decay_s=0.04
    ),
    "rooftop": Voice(
        base_hz=115,
        ratios=(1, 1.9, 2.7),
        decay_s=0.03,
        noise=0.8,
        noise_hz=900,
        noise_decay_s=0.012,
    ),
    "classroom": Voice(
        base_hz=110, ratios=(1, 1.6, 2.5), decay_s=0.07, noise=0.5, noise_hz=800, noise_decay_s=0.01
    ),
    "harbour": Voice(
        base_hz=150, ratios=(1, 2.3), decay_s=0.018, noise=0.9, noise_hz=1900, noise_decay_s=0.007
    ),
    "moon": Voice(
        base_hz=50, ratios=(1, 1.5), decay_s=0.05, noise=0.6, noise_hz=220, noise_decay_s=0.03
    ),
    "wall": Voice(
        base_hz=150, ratios=(1, 1.9, 2.6), decay_s=0.04, noise=0.6, noise_hz=700, noise_decay_s=0.01
    ),
}


def size_step(radius_m: float) -> int:
    """The step of the ladder of sizes that is nearest to a radius."""
    return round(float(np.log(radius_m / MIDDLE_RADIUS_M) / np.log(SIZE_STEP)))


@lru_cache(maxsize=1024)
def prop_layers(prop: str, material: str, step: int) -> np.ndarray:
    """(2, S) float32: the dull and the bright layer of a prop, struck; peak 1 each."""
    voice = MATERIALS[material]
    pitch = PROP_PITCH[prop] / SIZE_STEP**step
    voice = replace(voice, base_hz=voice.base_hz * pitch)
    if prop == "drum":
        voice = replace(voice, ratios=DRUM_RATIOS, decay_s=voice.decay_s * 1.5)
    elif prop == "bell":
        voice = replace(voice, ratios=BELL_RATIOS, decay_s=voice.decay_s * 1.4)
    return _layers(voice)


@lru_cache(maxsize=64)
def ground_layers(name: str) -> np.ndarray:
    """(2, S) float32: the dull and the bright layer of a set's floor, or of ``wall``."""
    return _layers(GROUNDS[name])


def _layers(voice: Voice) -> np.ndarray:
    window_s = max(3.2 * voice.decay_s, 5.0 * voice.noise_decay_s)
    times = np.arange(int(window_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    noise = _burst(voice, times)
    dull = _modes(voice, times, tilt=1.4) + 0.5 * voice.noise * noise
    bright = _modes(voice, times, tilt=0.5) + voice.noise * noise
    ends = np.minimum(1.0, (times[-1] - times) / (0.15 * window_s))
    shaped = np.stack([dull, bright]) * np.minimum(1.0, times / ATTACK_S) * ends
    return (shaped / np.abs(shaped).max(axis=1, keepdims=True)).astype(np.float32)


def _modes(voice: Voice, times: np.ndarray, tilt: float) -> np.ndarray:
    ratios = np.array([r for r in voice.ratios if r * voice.base_hz < HIGHEST_HZ])[:, None]
    rings = np.sin(2.0 * np.pi * voice.base_hz * ratios * times)
    decays = np.exp(-times * ratios**0.6 / voice.decay_s)
    summed = (ratios**-tilt * rings * decays).sum(axis=0)
    return summed / np.abs(summed).max()


def _burst(voice: Voice, times: np.ndarray) -> np.ndarray:
    noise = band_noise(len(times), voice.noise_hz, width_octaves=1.2, seed=len(times))
    # A first sample-sharp tick keeps the onset clear where the modes are low and slow.
    tick = np.where(times < 0.001, 1.5, 0.0)
    shaped = (noise + tick) * np.exp(-times / voice.noise_decay_s)
    return shaped / np.abs(shaped).max()


def band_noise(samples: int, middle_hz: float, width_octaves: float, seed: int) -> np.ndarray:
    """(S,) noise around a frequency, of unit power; it repeats seamlessly."""
    white = np.random.Generator(np.random.PCG64(seed)).standard_normal(samples)
    hertz = np.fft.rfftfreq(samples, 1.0 / SAMPLE_RATE_HZ)
    octaves = np.log2(np.maximum(hertz, 1.0) / middle_hz)
    spectrum = np.fft.rfft(white) * np.exp(-0.5 * (octaves / width_octaves) ** 2)
    noise = np.fft.irfft(spectrum, samples)
    return noise / max(float(np.sqrt(np.mean(noise**2))), 1e-12)
