"""The sound of a scene: every contact struck, props rolling, and the air of the set.

Shape letters: B clips, S samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from engine.shapes import SAMPLE_RATE_HZ, ClipShape
from engine.world.ambience import add_ambience
from engine.world.cast_sound import add_cast
from engine.world.loudness import gains_at, level_at
from engine.world.matter import half_height_m
from engine.world.music import add_music
from engine.world.projection import picture_times_s
from engine.world.scene import Body, Scene
from engine.world.truth import FLOOR, WALL, Contact, Truth
from engine.world.voices import band_noise, ground_layers, prop_layers, size_step

# A blow of this energy has this peak; quieter ones follow a compressed curve, as on a film's stage.
LOUD_J = 25.0
LOUD_PEAK = 0.6
COMPRESSION = 0.33
CEILING = 0.7
AIR_RMS = 0.0030
ROLL_RMS_AT_1_M_S = 0.0025
LOOP_SAMPLES = 4 * SAMPLE_RATE_HZ
# (middle in hertz, width in octaves) of each set's noise bed.
AIRS: dict[str, tuple[float, float]] = {
    "park": (1800.0, 1.6),
    "beach": (450.0, 1.6),
    "street": (180.0, 1.4),
    "stage": (300.0, 1.0),
    "kitchen": (120.0, 1.0),
    "snowfield": (900.0, 1.2),
    "forest": (1300.0, 1.5),
    "desert": (650.0, 1.3),
    "rooftop": (260.0, 1.5),
    "classroom": (150.0, 1.0),
    "harbour": (350.0, 1.5),
    "moon": (70.0, 0.8),
}


def synthesise(scenes: Sequence[Scene], truths: Sequence[Truth], shape: ClipShape) -> np.ndarray:
    """The sound of each scene, from the same contacts as its pictures.

    Each contact begins at the sample nearest to its time.

    Args:
        scenes: B of them.
        truths: what happened in them, from ``simulate`` with the same shape.
        shape: length of the clips.

    Returns:
        (B, 2, S) float32 at 24 kHz, within ``CEILING`` of full scale 1.
    """
    sound = np.empty((len(scenes), 2, shape.samples), dtype=np.float32)
    for index, (scene, truth) in enumerate(zip(scenes, truths, strict=True)):
        _render(scene, truth, shape, sound[index])
    return sound


def _render(scene: Scene, truth: Truth, shape: ClipShape, out: np.ndarray) -> None:
    chance = np.random.Generator(np.random.PCG64(scene.seed))
    if scene.level == 1:
        _add_air(scene, chance, out)
    else:
        add_ambience(scene, chance, out)
    for body_index in range(len(scene.bodies)):
        _add_rolling(scene, truth, shape, body_index, out)
    for contact in truth.contacts:
        _add_contact(scene, truth, shape, contact, float(chance.uniform(0.85, 1.0)), out)
    if scene.cast:
        add_cast(scene, truth, shape, out)
    if scene.music is not None:
        add_music(scene.music, out)
    peak = float(np.abs(out).max())
    if peak > CEILING:
        out *= CEILING / peak


def _add_contact(
    scene: Scene, truth: Truth, shape: ClipShape, contact: Contact, vary: float, out: np.ndarray
) -> None:
    start = round(contact.time_s * SAMPLE_RATE_HZ)
    if start >= out.shape[1]:
        return
    energy = 0.5 * contact.impulse_n_s * contact.speed_m_s
    peak = LOUD_PEAK * min(energy / LOUD_J, 2.0) ** COMPRESSION * vary
    left, right = gains_at(truth, shape, contact.time_s, contact.x_pan)
    brightness = float(np.clip(contact.speed_m_s / 4.5, 0.15, 1.0))
    if contact.other >= 0:
        layers = [(_prop(scene.bodies[contact.body]), 0.65)]
        layers.append((_prop(scene.bodies[contact.other]), 0.65))
    else:
        ground = {FLOOR: scene.set_name, WALL: "wall"}[contact.other]
        layers = [(_prop(scene.bodies[contact.body]), 0.8), (ground_layers(ground), 0.35)]
    for pair, level in layers:
        samples = min(pair.shape[1], out.shape[1] - start)
        struck = (1.0 - brightness) * pair[0, :samples] + brightness * pair[1, :samples]
        out[0, start : start + samples] += (peak * level * left) * struck
        out[1, start : start + samples] += (peak * level * right) * struck


def _prop(body: Body) -> np.ndarray:
    return prop_layers(body.prop, body.material, size_step(body.radius_m))


def _add_rolling(scene: Scene, truth: Truth, shape: ClipShape, index: int, out: np.ndarray) -> None:
    """Quiet noise of what rolls or slides on the floor, louder and higher up with its speed."""
    body = scene.bodies[index]
    speed = np.abs(truth.velocities_m_s[:, index, 0])
    on_floor = truth.positions_m[:, index, 1] < half_height_m(body) + 0.004
    speed = np.where(on_floor & (np.abs(truth.velocities_m_s[:, index, 1]) < 0.05), speed, 0.0)
    if speed.max() < 0.05:
        return
    pictures = picture_times_s(shape.frames, float(shape.rate))
    # A coarse envelope is enough, and quick: one value every 2 ms or so.
    coarse = np.linspace(0.0, shape.duration_s, 1024)
    pans = np.clip(np.interp(coarse, pictures, truth.centres[:, index, 0]), 0.0, 1.0)
    loud = np.minimum(speed, 4.0)
    if scene.level > 1:  # At level 1 it is as loud from wherever it is seen, as weights learned it.
        loud = loud * level_at(truth.centres[:, index, 0], truth.camera[:, 2])
    level = ROLL_RMS_AT_1_M_S * np.interp(coarse, pictures, loud)
    fine = np.minimum(np.arange(out.shape[1]) * 1024 // out.shape[1], 1023)
    noise = _loop(400.0 if body.material in ("rubber", "wood") else 1500.0, 1.0, 7 + index)
    noise = np.resize(noise, out.shape[1])
    out[0] += noise * (level * np.cos(0.5 * np.pi * pans)).astype(np.float32)[fine]
    out[1] += noise * (level * np.sin(0.5 * np.pi * pans)).astype(np.float32)[fine]


def _add_air(scene: Scene, chance: np.random.Generator, out: np.ndarray) -> None:
    """Writes (not adds) the set's steady noise bed, wide in stereo."""
    for channel in range(2):
        loop = _loop(*AIRS[scene.set_name], 1 + channel)
        start = int(chance.integers(LOOP_SAMPLES))
        where = (np.arange(start, start + out.shape[1]) % LOOP_SAMPLES).astype(np.intp)
        np.multiply(loop[where], AIR_RMS, out=out[channel])


@lru_cache(maxsize=64)
def _loop(middle_hz: float, width_octaves: float, seed: int) -> np.ndarray:
    return band_noise(LOOP_SAMPLES, middle_hz, width_octaves, seed).astype(np.float32)
