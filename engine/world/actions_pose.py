"""The pose of a puppet at any instants, from its acts.

Shape letters: T times.

Places are metres from the point of the floor below the puppet (which moves with it), y up, before
the whole puppet is leaned over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np

from engine.world.actions import FALL_S, Dance, Fall, Jump, Slide, Travel
from engine.world.actions_feet import Footwork, footwork
from engine.world.actions_hands import hands, held_point
from engine.world.cast import Puppet
from engine.world.cast_frame import Frame, frame
from engine.world.scene import Body
from engine.world.speech import Syllable, all_syllables, mouth

LYING_RAD = 1.44
TURN_S = 0.22
BLINK_S = 0.17
WAG_RAD_S, WAG_FROM_S = 10.0, 1.0 / 24.0


@dataclass(frozen=True, kw_only=True)
class Pose:
    """A puppet at T instants.

    Attributes:
        x_m: (T,) the point of the floor below it.
        height_m: (T,) how high it has jumped.
        lean: (T,) radians the whole puppet is turned, counter-clockwise.
        facing: (T,) -1 left to 1 right.
        hips, neck, head: (T, 2).
        bend: (T,) radians that the torso leans to the right.
        tilt: (T,) radians that the head is turned, counter-clockwise.
        shoulders, hands, feet: (T, 2, 2) left and right in the picture, x and y.
        pitch: (T, 2) radians that the shoes are turned, counter-clockwise.
        mouth: (T, 3) opening, width and roundness.
        blink: (T,) 0 open to 1 shut.
        brow: (T,) -1 to 1 how far brows are raised.
        smile: (T,) -1 to 1.
        sticks: whether it holds drumsticks.
        held: (T, 2) middle of a prop in its hands.
        wag: (T,) -1 to 1 how far the tail swings.
        turns: (K,) ``facing`` in all pictures of the shot that these are of: what is drawn before
            what follows from the whole of it, so that nothing jumps between parts of a shot.
    """

    x_m: np.ndarray
    height_m: np.ndarray
    lean: np.ndarray
    facing: np.ndarray
    hips: np.ndarray
    neck: np.ndarray
    head: np.ndarray
    bend: np.ndarray
    tilt: np.ndarray
    shoulders: np.ndarray
    hands: np.ndarray
    feet: np.ndarray
    pitch: np.ndarray
    mouth: np.ndarray
    blink: np.ndarray
    brow: np.ndarray
    smile: np.ndarray
    sticks: bool
    held: np.ndarray
    wag: np.ndarray
    turns: np.ndarray

    def pictures(self, part: slice) -> Pose:
        """Some of the instants."""
        arrays = {one.name: getattr(self, one.name) for one in fields(self)}
        taken = {
            name: value[part]
            for name, value in arrays.items()
            if isinstance(value, np.ndarray) and name != "turns"
        }
        return replace(self, **taken)

    def seen(self, points: np.ndarray) -> np.ndarray:
        """(T, ..., 2) points of the body in metres of the set, leaned over as the puppet is."""
        shape = (-1,) + (1,) * (points.ndim - 2)
        cos, sin = np.cos(self.lean).reshape(shape), np.sin(self.lean).reshape(shape)
        x, y = points[..., 0], points[..., 1]
        return np.stack([self.x_m.reshape(shape) + x * cos - y * sin, x * sin + y * cos], axis=-1)


def perform(puppet: Puppet, times_s: np.ndarray, bodies: Sequence[Body] = ()) -> Pose:
    """A puppet's pose at each time.

    Args:
        puppet: who, and what it does.
        times_s: (T,) seconds from the start of the clip.
        bodies: the scene's props, which drumming reaches for.
    """
    body, work = frame(puppet.identity), footwork(puppet)
    spoken = all_syllables(puppet)
    facing = _facing(puppet, times_s)
    pose = _trunk(puppet, body, work, spoken, times_s, facing)
    reached, sticks = hands(
        puppet, body, pose.shoulders, pose.feet, facing, times_s, bodies, pose.x_m
    )
    held = held_point(puppet, body, pose.shoulders, facing, times_s)[0]
    return replace(pose, hands=reached, sticks=sticks, held=held)


def _trunk(
    puppet: Puppet,
    body: Frame,
    work: Footwork,
    spoken: Sequence[Syllable],
    times_s: np.ndarray,
    facing: np.ndarray,
) -> Pose:
    """The pose but for its hands, which rest on the shoulders."""
    x, jumped = work.root_x_m(times_s), work.root_y_m(times_s)
    feet = work.feet_m(times_s)
    feet[..., 0] -= x[:, None]
    idle = 2.0 * np.pi * 0.33 * times_s + puppet.seed % 7
    dip = _dips(puppet, work, times_s) - 0.004 * np.sin(idle)
    sway, bend = _sway(puppet, times_s, body)
    hips = np.stack([sway, body.hip - dip * body.height + jumped + _hop(work, times_s)], axis=-1)
    lift = np.maximum(feet[..., 1].min(axis=-1) - jumped, 0.0) * 0.4
    hips[:, 1] += lift
    spine = body.neck - body.hip
    up = np.stack([np.sin(bend), np.cos(bend)], axis=-1)
    neck = hips + spine * up * (1.0 - 0.25 * np.clip(dip, -0.1, 0.2))[:, None]
    nod = _nods(spoken, times_s)
    tilt = -0.6 * bend + 0.035 * np.sin(0.7 * idle + 1.0) - 0.10 * nod * np.sign(facing + 0.01)
    tilt = tilt + _bob(puppet, times_s)
    head = neck + 0.90 * body.head_ry * np.stack([-np.sin(tilt) * 0.6, np.cos(tilt)], axis=-1)
    head[:, 1] -= 0.02 * body.height * nod
    shoulders = _shoulders(body, neck, bend, facing)
    lean, fright = _fall(puppet, times_s)
    return Pose(
        x_m=x,
        height_m=jumped,
        lean=lean,
        facing=facing,
        hips=hips,
        neck=neck,
        head=head,
        bend=bend,
        tilt=tilt,
        shoulders=shoulders,
        hands=shoulders,
        feet=feet,
        pitch=_pitch(feet, facing),
        mouth=_mouth(spoken, times_s, fright),
        blink=_blinks(puppet.seed, times_s),
        brow=np.clip(0.8 * nod + fright + _air(work, times_s), -1.0, 1.0),
        smile=0.65 - 1.3 * fright,
        sticks=False,
        held=neck,
        wag=np.sin(WAG_RAD_S * (times_s - WAG_FROM_S)),
        turns=facing,
    )


def window(times_s: np.ndarray, start_s: float, end_s: float, ramp_s: float) -> np.ndarray:
    """(T,) 1 between two times, rising and falling smoothly within ``ramp_s`` outside them."""
    near = np.minimum((times_s - start_s) / ramp_s, (end_s - times_s) / ramp_s) + 1.0
    u = np.clip(near, 0.0, 1.0)
    return u * u * (3.0 - 2.0 * u)


def _facing(puppet: Puppet, times_s: np.ndarray) -> np.ndarray:
    facing = np.full(len(times_s), float(puppet.facing))
    x_m = puppet.x_m
    for act in puppet.acts:
        match act:
            case Travel() | Slide():
                turned = window(times_s, act.start_s, act.end_s - 0.1, TURN_S)
                facing = facing + turned * (0.85 * np.sign(act.to_x_m - x_m) - facing)
                x_m = act.to_x_m
            case Jump():
                x_m = act.to_x_m
            case Dance():
                beat = np.pi * (times_s - act.first_beat_s) * act.tempo_bpm / 60.0
                turned = window(times_s, act.start_s, act.end_s, 0.3)
                facing = facing + turned * (0.5 * np.sin(0.5 * beat + act.style) - facing)
            case _:
                pass
    return facing


def _dips(puppet: Puppet, work: Footwork, times_s: np.ndarray) -> np.ndarray:
    """(T,) share of its height that the puppet sinks: after each landing, and before a jump."""
    dip = np.zeros(len(times_s))
    for land, weight in work.landings_s():
        u = np.maximum(times_s - land, 0.0) / (0.07 if weight < 1.0 else 0.09)
        dip = np.maximum(dip, (0.05 if weight < 1.0 else 0.14) * weight * u * np.exp(1.0 - u))
    for act in puppet.acts:
        if isinstance(act, Jump):
            dip = dip + 0.13 * _crouch(times_s, act.at_s)
        if isinstance(act, Slide):
            dip = dip + 0.05 * window(times_s, act.start_s, act.end_s, 0.12)
    return dip


def _crouch(times_s: np.ndarray, at_s: float) -> np.ndarray:
    """(T,) 0..1: down and up again before taking off."""
    u = np.clip((times_s - at_s) / 0.34 + 1.0, 0.0, 1.0)
    return np.sin(np.pi * u**0.8) ** 2


def _hop(work: Footwork, times_s: np.ndarray) -> np.ndarray:
    """(T,) metres that running lifts the body between two steps."""
    runs = [plant.land_s for plant in work.plants if plant.kind == "run"]
    hop = np.zeros(len(times_s))
    for one, two in pairwise(runs):
        if 0.05 < two - one < 0.6:
            u = np.clip((times_s - one) / (two - one), 0.0, 1.0)
            hop = np.maximum(hop, 0.05 * 4.0 * u * (1.0 - u))
    return hop


def _air(work: Footwork, times_s: np.ndarray) -> np.ndarray:
    """(T,) 1 while jumping."""
    return np.minimum(work.root_y_m(times_s) * 8.0, 1.0)


def _sway(puppet: Puppet, times_s: np.ndarray, body: Frame) -> tuple[np.ndarray, np.ndarray]:
    """(T,) metres that the hips are aside of the feet, and radians that the torso leans."""
    sway, bend = np.zeros(len(times_s)), 0.02 * np.sin(2.0 * times_s + puppet.seed)
    x_m = puppet.x_m
    for act in puppet.acts:
        match act:
            case Travel():
                moving = window(times_s, act.start_s + 0.1, act.end_s - 0.15, 0.15)
                steep = 0.22 if act.gait == "run" else 0.07
                bend = bend + moving * steep * np.sign(act.to_x_m - x_m)
                x_m = act.to_x_m
            case Slide():
                braking = window(times_s, act.start_s, act.end_s - 0.1, 0.14)
                bend = bend - braking * 0.34 * np.sign(act.to_x_m - x_m)
                sway = sway - braking * 0.07 * np.sign(act.to_x_m - x_m)
                x_m = act.to_x_m
            case Jump():
                bend = bend + 0.18 * _crouch(times_s, act.at_s) * np.sign(act.to_x_m - x_m + 1e-9)
                x_m = act.to_x_m
            case Dance():
                # The hips are over the foot that has just landed, on the beat.
                beat = (times_s - act.first_beat_s) * act.tempo_bpm / 60.0
                on = window(times_s, act.start_s, act.end_s - 0.1, 0.2)
                swing = -np.cos(np.pi * beat) * (1 if act.style % 2 == 0 else -1)
                sway = sway + on * 0.055 * body.height * swing
                bend = bend - on * 0.13 * swing
            case _:
                pass
    return sway, bend


def _shoulders(body: Frame, neck: np.ndarray, bend: np.ndarray, facing: np.ndarray) -> np.ndarray:
    narrow = body.shoulder_x * (1.0 - 0.45 * np.abs(facing))
    down = (
        neck[:, None, 1]
        - (body.neck - body.shoulder)
        - narrow[:, None] * np.array([-1, 1]) * (np.sin(bend)[:, None])
    )
    x = neck[:, None, 0] + narrow[:, None] * np.array([-1.0, 1.0])
    return np.stack([x, down], axis=-1)


def _nods(spoken: Sequence[Syllable], times_s: np.ndarray) -> np.ndarray:
    """(T,) 0..1, once on every stressed syllable."""
    nod = np.zeros(len(times_s))
    for one in spoken:
        if one.stress > 0.7:
            middle = 0.5 * (one.onset_s + one.end_s)
            nod = np.maximum(nod, np.exp(-(((times_s - middle) / 0.09) ** 2)))
    return nod


def _bob(puppet: Puppet, times_s: np.ndarray) -> np.ndarray:
    """(T,) radians that the head tilts to and fro while dancing."""
    bob = np.zeros(len(times_s))
    for act in puppet.acts:
        if isinstance(act, Dance):
            beat = (times_s - act.first_beat_s) * act.tempo_bpm / 60.0
            on = window(times_s, act.start_s, act.end_s, 0.2)
            bob = bob + on * 0.16 * np.cos(np.pi * beat + 0.3 * act.style)
    return bob


def _fall(puppet: Puppet, times_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(T,) lean of a puppet that falls, and its fright, 0..1."""
    lean, fright = np.zeros(len(times_s)), np.zeros(len(times_s))
    for act in puppet.acts:
        if isinstance(act, Fall):
            u = np.clip((times_s - act.at_s) / FALL_S, 0.0, 1.0)
            after = np.maximum(times_s - act.at_s - FALL_S, 0.0)
            bounce = 0.14 * np.abs(np.sin(2.0 * np.pi * 2.2 * after)) * np.exp(-after / 0.12)
            lean = lean - act.side * (LYING_RAD * u**2.3 - bounce * (after > 0))
            fright = np.maximum(fright, window(times_s, act.at_s - 0.05, act.at_s + 1.2, 0.12))
    return lean, fright


def _mouth(
    spoken: Sequence[Syllable],
    times_s: np.ndarray,
    fright: np.ndarray,
) -> np.ndarray:
    """(T, 3); who does not speak may gasp when falling."""
    shape = mouth(spoken, times_s)
    if not spoken:
        shape[:, 0] = np.maximum(shape[:, 0], 0.6 * fright)
        shape[:, 1] -= 0.3 * fright
        shape[:, 2] = np.maximum(shape[:, 2], fright)
    return shape


def _blinks(seed: int, times_s: np.ndarray) -> np.ndarray:
    chance = np.random.default_rng((seed, 17))
    blink = np.zeros(len(times_s))
    middle = float(chance.uniform(0.2, 2.2))
    while middle < times_s.max(initial=0.0) + 1.0:
        near = np.clip(1.0 - np.abs(times_s - middle) / BLINK_S, 0.0, 1.0)
        blink = np.maximum(blink, np.minimum(1.0, 2.2 * near))
        middle += float(chance.uniform(1.6, 4.0))
    return blink


def _pitch(feet: np.ndarray, facing: np.ndarray) -> np.ndarray:
    """(T, 2) shoes point down while they are in the air."""
    return -np.sign(facing)[:, None] * np.clip(feet[..., 1] * 5.0, 0.0, 0.6)
