"""What is heard of the cast: voices, footsteps on the floor of the set, drums, catches and falls.

Shape letters: S samples.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engine.shapes import SAMPLE_RATE_HZ, ClipShape
from engine.world.actions import Slide, Talk
from engine.world.cast import Identity, Puppet
from engine.world.cast_truth import PuppetTruth, Step, Touch
from engine.world.loudness import gains_at
from engine.world.projection import picture_times_s
from engine.world.scene import Scene
from engine.world.speech import syllables
from engine.world.speech_voice import speak
from engine.world.truth import Truth
from engine.world.voices import band_noise, ground_layers, prop_layers, size_step

STEP_PEAK = 0.20
# (middle in hertz, width in octaves, seconds, level) of the rustle that a shoe adds to the floor.
RUSTLES: dict[str, tuple[float, float, float, float]] = {
    "park": (2600.0, 1.0, 0.055, 0.45),
    "beach": (3200.0, 1.1, 0.085, 0.75),
    "street": (2400.0, 0.8, 0.022, 0.45),
    "stage": (900.0, 0.8, 0.030, 0.35),
    "kitchen": (3600.0, 0.7, 0.016, 0.45),
    "snowfield": (4200.0, 0.8, 0.110, 0.85),
    "forest": (3000.0, 1.2, 0.080, 0.65),
    "desert": (3000.0, 1.1, 0.085, 0.70),
    "rooftop": (2800.0, 0.9, 0.035, 0.55),
    "classroom": (1100.0, 0.8, 0.026, 0.35),
    "harbour": (800.0, 0.8, 0.035, 0.35),
    "moon": (1200.0, 1.0, 0.070, 0.60),
}
SCRAPE_RMS = 0.030
GLOVE_PEAK = 0.22
SCRAPE_SAMPLES = 2 * SAMPLE_RATE_HZ
# Long enough for six seconds; told in no scene.
REFERENCE_WORDS = (
    "Seven silver sailors sang a song about the sea, and nobody was listening to them.",
    "Under the old oak table there lives a very tiny family of musical beetles.",
    "Bring me the umbrella, the marmalade and another bucket of yellow paint, please.",
    "Every morning at eleven the lighthouse keeper polishes his enormous telescope.",
)


def add_cast(scene: Scene, truth: Truth, shape: ClipShape, out: np.ndarray) -> None:
    """Adds all that the cast does to (2, S) sound; events begin at the sample of their time."""
    pictures = picture_times_s(shape.frames, float(shape.rate))
    for puppet, known in zip(scene.cast, truth.cast, strict=True):
        if known.syllables:
            said = speak(known.syllables, puppet.identity.voice, out.shape[1], puppet.seed)
            _add_moving(said, known.pan, known.level, pictures, out)
        for step in known.steps:
            gains = gains_at(truth, shape, step.time_s, step.x_pan)
            _add_step(scene.set_name, step, gains, out)
        for touch in known.touches:
            gains = gains_at(truth, shape, touch.time_s, touch.x_pan)
            _add_touch(scene, touch, gains, out)
        _add_scrapes(puppet, known, pictures, out)


def voice_reference(identity: Identity, samples: int, seed: int) -> np.ndarray:
    """(2, S) float32: somebody's voice from the middle, saying what no scene lets them say."""
    words = REFERENCE_WORDS[seed % len(REFERENCE_WORDS)]
    said = speak(
        syllables(Talk(start_s=0.1, words=words, seed=seed), identity.voice),
        identity.voice,
        samples,
        seed,
    )
    return np.stack([said, said])


def _add_moving(
    sound: np.ndarray, pan: np.ndarray, level: np.ndarray, pictures: np.ndarray, out: np.ndarray
) -> None:
    """Adds a source that moves, by its (T,) pan and gain, at constant power."""
    coarse = np.linspace(0.0, len(sound) / SAMPLE_RATE_HZ, 512)
    fine = np.minimum(np.arange(len(sound)) * 512 // len(sound), 511)
    angle = 0.5 * np.pi * np.interp(coarse, pictures, pan)
    gain = np.sqrt(2.0) * np.interp(coarse, pictures, level)
    out[0] += sound * (gain * np.cos(angle)).astype(np.float32)[fine]
    out[1] += sound * (gain * np.sin(angle)).astype(np.float32)[fine]


def _add_at(sound: np.ndarray, time_s: float, gains: tuple[float, float], out: np.ndarray) -> None:
    """Adds (S,) from an instant on, by the gains of both channels."""
    start = round(time_s * SAMPLE_RATE_HZ)
    samples = min(len(sound), out.shape[1] - start)
    if start < 0 or samples <= 0:
        return
    for channel, gain in zip(out, gains, strict=True):
        channel[start : start + samples] += gain * sound[:samples]


def _add_step(set_name: str, step: Step, gains: tuple[float, float], out: np.ndarray) -> None:
    # Feet are never quite alike.
    vary = 0.9 + 0.2 * ((step.foot * 7 + int(step.time_s * 1000)) % 10) / 10.0
    if step.kind == "slide":
        return
    _add_at(STEP_PEAK * step.weight * vary * _step(set_name), step.time_s, gains, out)


@lru_cache(maxsize=32)
def _step(set_name: str) -> np.ndarray:
    """(S,) a shoe put down on a set's floor; peak 1 and sharp at its first sample."""
    middle, width, seconds, level = RUSTLES.get(set_name, (2000.0, 1.0, 0.04, 0.5))
    ground = ground_layers(set_name).mean(axis=0)
    samples = max(len(ground), int(4.0 * seconds * SAMPLE_RATE_HZ))
    times = np.arange(samples) / SAMPLE_RATE_HZ
    sound = np.zeros(samples)
    sound[: len(ground)] += ground
    noise = band_noise(samples, middle, width, seed=41) * np.exp(-times / seconds)
    sound += level * noise / np.abs(noise).max() * np.minimum(1.0, times / 0.0006)
    sound *= np.minimum(1.0, (times[-1] - times) / (0.1 * times[-1]))
    return (sound / np.abs(sound).max()).astype(np.float32)


def _add_touch(scene: Scene, touch: Touch, gains: tuple[float, float], out: np.ndarray) -> None:
    match touch.kind:
        case "strike":
            body = scene.bodies[touch.body]
            layers = prop_layers(body.prop, body.material, size_step(body.radius_m))
            struck = 0.34 * (0.35 * layers[0] + 0.65 * layers[1])
        case "catch":
            body = scene.bodies[touch.body]
            layers = prop_layers(body.prop, body.material, size_step(body.radius_m))
            # Hands damp what they hold.
            damp = np.exp(-np.arange(layers.shape[1]) / (0.02 * SAMPLE_RATE_HZ))
            struck = GLOVE_PEAK * (0.6 * layers[0] * damp)
            slap = _step("park")
            samples = min(len(slap), len(struck))
            struck[:samples] += GLOVE_PEAK * 0.8 * slap[:samples]
        case "thud":
            struck = 0.42 * _thud(scene.set_name)
    _add_at(struck.astype(np.float32), touch.time_s, gains, out)


@lru_cache(maxsize=32)
def _thud(set_name: str) -> np.ndarray:
    """(S,) a whole puppet landing on a floor: low, soft and long beside a step; peak 1."""
    ground = ground_layers(set_name)[0]
    samples = max(len(ground), int(0.3 * SAMPLE_RATE_HZ))
    times = np.arange(samples) / SAMPLE_RATE_HZ
    low = np.sin(2.0 * np.pi * 62.0 * times) * np.exp(-times / 0.055)
    cloth = band_noise(samples, 500.0, 1.2, seed=43) * np.exp(-times / 0.045)
    sound = 0.9 * low + 0.5 * cloth / np.abs(cloth).max()
    sound[: len(ground)] += 0.6 * ground
    return (sound / np.abs(sound).max()).astype(np.float32)


def _add_scrapes(puppet: Puppet, known: PuppetTruth, pictures: np.ndarray, out: np.ndarray) -> None:
    """The noise of shoes that slide, falling in pitch and level as they slow down."""
    for act in puppet.acts:
        if not isinstance(act, Slide):
            continue
        times = np.arange(out.shape[1]) / SAMPLE_RATE_HZ
        u = np.clip((times - act.start_s) / (act.end_s - act.start_s), 0.0, 1.0)
        on = (u > 0.0) & (u < 1.0)
        speed = np.where(on, 1.0 - u, 0.0) * np.minimum(1.0, (times - act.start_s) / 0.01)
        high, low = (np.resize(_scrape(hertz), len(times)) for hertz in (2600.0, 900.0))
        sound = SCRAPE_RMS * speed**0.7 * (speed * high + (1.0 - speed) * low)
        _add_moving(sound.astype(np.float32), known.pan, known.level, pictures, out)


@lru_cache(maxsize=4)
def _scrape(middle_hz: float) -> np.ndarray:
    return band_noise(SCRAPE_SAMPLES, middle_hz, 0.9, seed=47)
