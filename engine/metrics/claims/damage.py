"""Clips damaged on purpose, each in steps that a score of the claim must fall by, in order.

A self-test of the scores: what a row says of a clip must become worse when just that is spoilt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from engine.metrics.claims.cases import Case, Shown, scene_cases
from engine.metrics.claims.changes import outside
from engine.metrics.claims.pairs import halves
from engine.metrics.claims.rows import Claim, measured, sewn
from engine.metrics.matching import Interval
from engine.metrics.report import lower_is_better
from engine.shapes import SAMPLE_RATE_HZ
from engine.world.cuts import spans
from engine.world.renderer import render

Damaging = Callable[[Case, Case, float], Shown]


@dataclass(frozen=True, kw_only=True)
class Damage:
    """One way of spoiling clips.

    Attributes:
        claim: the name of the claim that has to notice.
        row: its row that has to fall.
        steps: how much, ascending; 0, nothing, goes before.
        do: the clip of a case, spoilt by so much; a neighbour is at hand.
    """

    claim: str
    row: str
    steps: tuple[float, ...]
    do: Damaging


def sound_later(case: Case, other: Case, seconds: float) -> Shown:
    """The sound so much later; before it there is quiet air."""
    del other
    count = round(seconds * SAMPLE_RATE_HZ)
    sound = np.roll(case.answer.sound, count, axis=-1)
    sound[:, :count] = case.answer.sound[:, :count] * 0.01
    return replace(case.answer, sound=sound)


def pan_flipped(case: Case, other: Case, share: float) -> Shown:
    """Left and right of the sound faded into each other: 0.5 is mono, 1 exchanged."""
    del other
    sound = case.answer.sound
    return replace(case.answer, sound=(1 - share) * sound + share * sound[::-1])


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


def pair_apart(case: Case, other: Case, pictures: float) -> Shown:
    """The right half of the picture that much later."""
    del other
    late, video = int(pictures), case.answer.video
    held = np.concatenate([np.repeat(video[:1], late, axis=0), video])[: len(video)]
    return halves(case, case.answer, replace(case.answer, video=held))


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


LATER = (0.06, 0.12, 0.24)
DAMAGES: Mapping[str, Damage] = {
    "mouth later": Damage(claim="sync.mouth", row="sync.mouth.lag_ms", steps=LATER, do=sound_later),
    "steps later": Damage(claim="sync.steps", row="sync.steps.lag_ms", steps=LATER, do=sound_later),
    "beat later": Damage(
        claim="sync.beat", row="sync.beat.phase_ms", steps=(0.06, 0.12, 0.2), do=sound_later
    ),
    "pan flipped": Damage(
        claim="stereo.voice", row="stereo.voice.pan_error", steps=(0.5, 1.0), do=pan_flipped
    ),
    "identity swapped": Damage(
        claim="references.identity",
        row="references.identity_distance",
        steps=(0.5, 1.0),
        do=identity_swapped,
    ),
    "voice swapped": Damage(
        claim="references.voice", row="references.pitch_cents", steps=(0.4, 0.8), do=voice_swapped
    ),
    "momentum broken": Damage(
        claim="physics", row="physics.momentum_residual", steps=(1.0, 3.0), do=momentum_broken
    ),
    "gravity broken": Damage(
        claim="physics", row="physics.flight_residual", steps=(0.15, 0.3), do=gravity_broken
    ),
    "pair apart": Damage(
        claim="physics.pair", row="physics.pair_lag_ms", steps=(1.0, 3.0), do=pair_apart
    ),
    "cut moved": Damage(claim="shots.cuts", row="shots.cut_error", steps=(2.0, 4.0), do=cut_moved),
    "axis crossed": Damage(claim="shots.cuts", row="shots.axis", steps=(0.5, 1.0), do=axis_crossed),
    "edit not done": Damage(claim="v2v", row="v2v.response", steps=(0.5, 1.0), do=edit_undone),
    "edit leaking": Damage(
        claim="v2v", row="v2v.outside_psnr_db", steps=(0.1, 0.4), do=edit_leaking
    ),
    "shots drifting": Damage(claim="shots.drift", row="shots.drift", steps=(0.1, 0.3), do=drifting),
    "extension drifting": Damage(
        claim="extension.drift", row="extension.drift", steps=(0.1, 0.3), do=drifting
    ),
    "badly sewn": Damage(
        claim="extension.seam", row="extension.position_jump", steps=(0.2, 1.0), do=badly_sewn
    ),
    "grain": Damage(claim="quality", row="picture.psnr_db", steps=(0.02, 0.1), do=blurred),
    "map spoilt": Damage(
        claim="perception", row="perception.depth_error", steps=(0.05, 0.3), do=blurred
    ),
}


def ladder(damage: Damage, claim: Claim, cases: Sequence[Case]) -> list[Interval]:
    """The row over the damage's steps, from none on."""
    others = [*cases[1:], *cases[:1]]
    sets = {0.0: [case.answer for case in cases]}
    for step in damage.steps:
        pairs = zip(cases, others, strict=True)
        sets[step] = [damage.do(case, other, step) for case, other in pairs]
    taken = measured(claim, cases, {str(step): shown for step, shown in sets.items()})
    return [taken[str(step)][damage.row] for step in sets]


def falls(damage: Damage, values: Sequence[Interval]) -> bool:
    """Whether every step is worse than the one before."""
    sign = -1.0 if lower_is_better(damage.row) else 1.0
    signed = [sign * one.value for one in values]
    return all(later < earlier for earlier, later in pairwise(signed))
