"""Ways of spoiling the clip of a case by so much, in one thing alone.

Shape letters: N clips, T pictures, S samples.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.metrics.claims.cases import Case, Shown, scene_cases
from engine.metrics.claims.changes import outside
from engine.metrics.claims.pairs import halves
from engine.metrics.claims.rows import sewn
from engine.shapes import SAMPLE_RATE_HZ
from engine.world.cuts import spans
from engine.world.renderer import render


def sound_later(case: Case, other: Case, seconds: float) -> Shown:
    """The sound so much later; before it there is quiet air."""
    del other
    return replace(case.answer, sound=later(case.answer.sound, seconds))


def later(sound: NDArray[np.float32], seconds: float) -> NDArray[np.float32]:
    """Sound (..., S) that begins so much later, after quiet air."""
    count = round(seconds * SAMPLE_RATE_HZ)
    moved = np.roll(sound, count, axis=-1)
    moved[..., :count] = sound[..., :count] * 0.01
    return moved


def pan_flipped(case: Case, other: Case, share: float) -> Shown:
    """Left and right of the sound faded into each other: 0.5 is mono, 1 exchanged."""
    del other
    return replace(case.answer, sound=flipped(case.answer.sound, share))


def flipped(sound: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """The channels of (..., 2, S) faded into each other."""
    mixed = (1 - share) * sound + share * sound[..., ::-1, :]
    return np.asarray(mixed, dtype=np.float32)


def identity_swapped(case: Case, other: Case, pictures: float) -> Shown:
    """The neighbour's looks on the case's cast for a share of the pictures, acting the same."""
    if not (case.scene.cast and other.scene.cast):
        return case.answer
    cast = tuple(
        replace(puppet, identity=other.scene.cast[k % len(other.scene.cast)].identity)
        for k, puppet in enumerate(case.scene.cast)
    )
    swapped = scene_cases([replace(case.scene, cast=cast)], case.shape)[0].answer
    first = round(len(case.masks) * (1 - pictures))
    video = np.concatenate([case.answer.video[:first], swapped.video[first:]])
    return replace(case.answer, video=video)


def voice_swapped(case: Case, other: Case, octaves: float) -> Shown:
    """The same words in a voice that much higher, from a throat that much smaller."""
    del other
    ratio = 2.0**octaves
    cast = tuple(
        replace(
            one,
            identity=replace(
                one.identity,
                voice=replace(
                    one.identity.voice,
                    pitch_hz=one.identity.voice.pitch_hz * ratio,
                    formant_scale=one.identity.voice.formant_scale * ratio**0.6,
                ),
            ),
        )
        for one in case.scene.cast
    )
    changed = scene_cases([replace(case.scene, cast=cast)], case.shape)[0]
    return replace(case.answer, sound=changed.answer.sound)


def momentum_broken(case: Case, other: Case, speed_m_s: float) -> Shown:
    """After the first touch of two bodies, one gets speed from nowhere."""
    del other
    touches = [c for c in case.truth.contacts if c.other >= 0]
    if not touches:
        return case.answer
    touch = touches[0]
    late = np.maximum(case.times_s - touch.time_s, 0.0).astype(np.float32)
    centres = case.truth.centres.copy()
    # It goes on the way it goes, so that it does not pass through the other one.
    way = case.truth.positions_m
    sign = np.sign(way[0, touch.body, 0] - way[0, touch.other, 0]) or 1.0
    metres_wide = 2.4 / float(case.truth.camera[0, 2]) * case.shape.width / case.shape.height
    centres[:, touch.body, 0] += sign * speed_m_s * late / metres_wide
    truth = replace(case.truth, centres=centres)
    return replace(case.answer, video=render([case.scene], [truth], case.shape).video[0].numpy())


def pushed_together(case: Case, other: Case, depth: float) -> Shown:
    """The second body moved into the first, by so much of the way to its middle in the end."""
    del other
    if len(case.scene.bodies) < 2:
        return case.answer
    size = np.array([case.shape.width, case.shape.height])
    centres = case.truth.centres.copy()
    way = (centres[:, 1] - centres[:, 0]) * size
    distance = np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-6)
    touching = case.truth.extents[:, :2].sum(axis=1, keepdims=True) * case.shape.height
    wanted = np.minimum(distance, touching * (1 - depth))
    # Slowly, so that it can be followed.
    moved = np.clip(np.arange(len(way)) / (0.6 * len(way)), 0, 1)[:, None]
    centres[:, 1] = centres[:, 0] + way * (1 + moved * (wanted / distance - 1)) / size
    truth = replace(case.truth, centres=centres.astype(np.float32))
    return replace(case.answer, video=render([case.scene], [truth], case.shape).video[0].numpy())


def pictures_later(case: Case, other: Case, pictures: float) -> Shown:
    """The pictures so many later; before them the first one stands."""
    del other
    late, video = int(pictures), case.answer.video
    held = np.concatenate([np.repeat(video[:1], late, axis=0), video])[: len(video)]
    return replace(case.answer, video=held)


def pair_apart(case: Case, other: Case, pictures: float) -> Shown:
    """The right half of the picture so many later."""
    return halves(case, case.answer, pictures_later(case, other, pictures))


def gravity_broken(case: Case, other: Case, share: float) -> Shown:
    """Everything in the air falls by so much less than it should from one picture to the next."""
    del other
    centres = case.truth.centres.copy()
    ground = centres[..., 1].max(axis=0)
    centres[..., 1] = ground + (centres[..., 1] - ground) * (1 - share)
    truth = replace(case.truth, centres=centres)
    return replace(case.answer, video=render([case.scene], [truth], case.shape).video[0].numpy())


def cut_moved(case: Case, other: Case, pictures: float) -> Shown:
    """The same shots, cut that many pictures later."""
    del other
    lengths, late = list(case.truth.shot_frames), int(pictures)
    if len(lengths) < 2:
        return case.answer
    lengths[0] += late
    lengths[-1] -= late
    if lengths[-1] < 1:
        lengths[0] += lengths[-1] - 1
        lengths[-1] = 1
    shots = tuple(
        replace(shot, frames=count) for shot, count in zip(case.scene.shots, lengths, strict=False)
    )
    return scene_cases([replace(case.scene, shots=shots)], case.shape)[0].answer


def axis_crossed(case: Case, other: Case, share: float) -> Shown:
    """Left and right exchanged in that share of the shots, the last ones."""
    del other
    video = case.answer.video.copy()
    parts = spans(case.truth.shot_frames or (len(video),))
    for part in parts[round(len(parts) * (1 - share)) :]:
        video[part] = video[part, :, ::-1]
    return replace(case.answer, video=video)


def edit_undone(case: Case, other: Case, share: float) -> Shown:
    """The answer faded back to the source."""
    del other
    video = case.answer.video * (1 - share) + case.source.video * share
    return replace(case.answer, video=(video + 0.5).astype(np.uint8))


def edit_leaking(case: Case, other: Case, amount: float) -> Shown:
    """Outside of what may change, the neighbour's picture shines through."""
    where = outside(case)[..., None] * amount
    video = case.answer.video * (1 - where) + other.answer.video * where
    return replace(case.answer, video=(video + 0.5).astype(np.uint8))


def drifting(case: Case, other: Case, amount: float) -> Shown:
    """Colours that leave, evenly over the clip, by so much of the range in the end."""
    del other
    away = np.linspace(0, 1, len(case.masks))[:, None, None, None] * np.array([1.0, 0.2, -0.8])
    video = np.clip(case.answer.video + 255 * amount * away, 0, 255)
    return replace(case.answer, video=(video + 0.5).astype(np.uint8))


def badly_sewn(case: Case, other: Case, amount: float) -> Shown:
    """From the seam on, another clip shines through, in picture and sound."""
    cut = sewn(case, case.answer, other.answer)
    video = case.answer.video * (1 - amount) + cut.video * amount
    sound = case.answer.sound * (1 - amount) + cut.sound * amount
    return Shown(video=(video + 0.5).astype(np.uint8), sound=sound.astype(np.float32))


def blurred(case: Case, other: Case, amount: float) -> Shown:
    """Pictures under grain of so much of the range."""
    del other
    grain = np.random.default_rng(case.scene.seed).normal(0, 255 * amount, case.answer.video.shape)
    video = np.clip(case.answer.video + grain, 0, 255)
    return replace(case.answer, video=video.astype(np.uint8))


def replaced(case: Case, other: Case, share: float) -> Shown:
    """The neighbour's picture shines through."""
    video = case.answer.video * (1 - share) + other.answer.video * share
    return replace(case.answer, video=(video + 0.5).astype(np.uint8))


def hissing(case: Case, other: Case, level: float) -> Shown:
    """Sound under noise of that level."""
    del other
    noise = np.random.default_rng(case.scene.seed).normal(0, level, case.answer.sound.shape)
    return replace(case.answer, sound=(case.answer.sound + noise).astype(np.float32))


def overdriven(case: Case, other: Case, gain: float) -> Shown:
    """Sound that much louder, cut off at full scale."""
    del other
    return replace(case.answer, sound=np.clip(case.answer.sound * (1 + gain), -1, 1))


def silenced(case: Case, other: Case, share: float) -> Shown:
    """Sound that much weaker."""
    del other
    return replace(case.answer, sound=case.answer.sound * np.float32(1 - share))


def offset(case: Case, other: Case, constant: float) -> Shown:
    """Sound about a constant."""
    del other
    return replace(case.answer, sound=case.answer.sound + np.float32(constant))


def folded(case: Case, other: Case, share: float) -> Shown:
    """Sound whose two channels become one."""
    return pan_flipped(case, other, share / 2)
