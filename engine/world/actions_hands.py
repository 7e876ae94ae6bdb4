"""What a puppet's hands do: hang, swing, wave, gesture, hold, throw, catch, dance and drum.

Shape letters: T times.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from engine.world.actions import (
    FALL_S,
    Act,
    Catch,
    Dance,
    Drum,
    Fall,
    Jump,
    Slide,
    Talk,
    Throw,
    Travel,
    Wave,
    beats_s,
)
from engine.world.cast import Puppet
from engine.world.cast_frame import Frame
from engine.world.matter import half_height_m
from engine.world.scene import Body
from engine.world.speech import all_syllables

SIDES = np.array([-1.0, 1.0])
# How far apart the hands are that hold a prop, and how far from its middle.
GRASP_M = 0.125
STICK_M = 0.16
LIFT_M = 0.24
WINDUP_S, FOLLOW_S = 0.30, 0.22
REACH_S, GIVE_S = 0.32, 0.16


def _smooth(u: np.ndarray) -> np.ndarray:
    u = np.clip(u, 0.0, 1.0)
    return u * u * (3.0 - 2.0 * u)


def _window(times_s: np.ndarray, start_s: float, end_s: float, ramp_s: float) -> np.ndarray:
    near = np.minimum((times_s - start_s) / ramp_s, (end_s - times_s) / ramp_s) + 1.0
    return _smooth(near)


def hands(
    puppet: Puppet,
    body: Frame,
    shoulders: np.ndarray,
    feet: np.ndarray,
    facing: np.ndarray,
    times_s: np.ndarray,
    bodies: Sequence[Body],
    x_m: np.ndarray,
) -> tuple[np.ndarray, bool]:
    """(T, 2, 2) places of both hands, and whether they hold drumsticks."""
    reach = body.arm_length
    place = shoulders.copy()
    # Arms swing against the legs.
    place[..., 0] += SIDES * 0.10 * reach + 0.5 * feet[:, ::-1, 0] * np.abs(facing)[:, None]
    place[..., 1] -= reach * (0.97 - 0.10 * np.abs(feet[:, ::-1, 0]))
    sticks = False
    for act in puppet.acts:
        weight, target = _aim(act, puppet, body, shoulders, facing, times_s, bodies, x_m)
        if weight is not None and target is not None:
            place = place + (target - place) * weight
        sticks = sticks or isinstance(act, Drum)
    if any(isinstance(act, Throw | Catch) for act in puppet.acts):
        centre, weight = held_point(puppet, body, shoulders, facing, times_s)
        target = centre[:, None, :] + np.stack([SIDES * GRASP_M, np.full(2, -0.02)], axis=-1)
        place = place + (target - place) * weight[:, None, None]
    return _within_reach(place, shoulders, 1.12 * reach), sticks


def _within_reach(place: np.ndarray, shoulders: np.ndarray, reach: float) -> np.ndarray:
    away = place - shoulders
    length = np.linalg.norm(away, axis=-1, keepdims=True)
    return shoulders + away * np.minimum(1.0, reach / np.maximum(length, 1e-6))


_Aim = tuple[np.ndarray | None, np.ndarray | None]


def _aim(  # noqa: PLR0911 - one answer for each act
    act: Act,
    puppet: Puppet,
    body: Frame,
    shoulders: np.ndarray,
    facing: np.ndarray,
    times_s: np.ndarray,
    bodies: Sequence[Body],
    x_m: np.ndarray,
) -> _Aim:
    """(T, 2, 1) how far an act takes hold of each hand, and (T, 2, 2) where it wants them."""
    match act:
        case Wave():
            return _wave(act, body, shoulders, times_s)
        case Dance():
            return _dance(act, body, shoulders, times_s)
        case Drum():
            return _drum(act, times_s, bodies[act.body], x_m)
        case Talk():
            return _gesture(act, puppet, body, shoulders, facing, times_s)
        case Travel(gait="run"):
            return _pump(act, body, shoulders, facing, times_s)
        case Jump() | Slide() | Fall():
            return _balance(act, body, shoulders, times_s)
        case _:
            return None, None


def _both(weight: np.ndarray) -> np.ndarray:
    return np.repeat(weight[:, None, None], 2, axis=1)


def _at(shoulders: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Places beside the shoulders; (T, 2) or (2,) x and y."""
    return shoulders + np.stack(np.broadcast_arrays(x, y), axis=-1)


def _wave(act: Wave, body: Frame, shoulders: np.ndarray, times_s: np.ndarray) -> _Aim:
    on = _window(times_s, act.start_s + 0.16, act.end_s - 0.16, 0.16)
    weight = np.zeros((len(times_s), 2, 1))
    weight[:, act.hand, 0] = on
    turn = np.sin(2.0 * np.pi * 2.0 * (times_s - act.start_s - 0.16))[:, None]
    reach = body.arm_length
    # The elbow stays out so that the hand shows beside the head.
    x = SIDES * (1.02 * body.head_rx) + 0.30 * reach * turn
    return weight, _at(shoulders, x, 0.62 * reach - 0.10 * reach * np.abs(turn) + 0.0 * x)


def _dance(act: Dance, body: Frame, shoulders: np.ndarray, times_s: np.ndarray) -> _Aim:
    on = _window(times_s, act.start_s + 0.1, act.end_s - 0.1, 0.18)
    beat = (times_s - act.first_beat_s) * act.tempo_bpm / 60.0
    swing = np.cos(np.pi * beat)[:, None] * SIDES * (1 if act.style % 2 == 0 else -1)
    reach = body.arm_length
    match act.style % 3:
        case 0:  # one arm up, one down, changing on the beat
            x = SIDES * reach * (0.78 + 0.0 * swing)
            y = reach * (0.05 + 0.62 * swing)
        case 1:  # both arms pump, up on the beat
            up = np.cos(2.0 * np.pi * beat)[:, None] + 0.0 * swing
            x, y = SIDES * reach * 0.80 + 0.0 * up, reach * (0.35 + 0.38 * up)
        case _:  # arms swing across the hips
            x, y = reach * (0.62 * SIDES + 0.45 * np.abs(swing) * swing * SIDES), -0.30 * reach
    return _both(on), _at(shoulders, x, y + 0.0 * x)


def _drum(act: Drum, times_s: np.ndarray, prop: Body, x_m: np.ndarray) -> _Aim:
    on = _window(times_s, act.start_s, act.end_s, 0.2)
    skin_x = (prop.x_m - x_m)[:, None] + SIDES * 0.42 * prop.radius_m
    skin_y = prop.y_m + half_height_m(prop)
    lift = np.zeros((len(times_s), 2))
    for hand in (0, 1):
        struck = [one for one, which in strikes_s(act) if which == hand]
        lift[:, hand] = _between(times_s, struck)
    # The hand is outside, the stick's tip on the skin.
    place = np.stack(
        [skin_x + SIDES * 0.8 * STICK_M, skin_y + 0.06 + LIFT_M * lift + 0.0 * skin_x], axis=-1
    )
    return _both(on), place


def _between(times_s: np.ndarray, struck: Sequence[float]) -> np.ndarray:
    """(T,) 0 at every stroke and 1 half-way between; a hand waits high before the first one."""
    if not struck:
        return np.full(len(times_s), 0.6)
    lift = np.where(times_s < struck[0], np.clip((struck[0] - times_s) / 0.18, 0.0, 1.0), 0.0)
    lift = np.where(times_s > struck[-1], np.clip((times_s - struck[-1]) / 0.25, 0.0, 1.0), lift)
    for one, two in pairwise(struck):
        u = np.clip((times_s - one) / (two - one), 0.0, 1.0)
        lift = np.maximum(lift, np.where((u > 0) & (u < 1), np.sin(np.pi * u) ** 0.7, 0.0))
    return lift


def strikes_s(act: Drum) -> list[tuple[float, int]]:
    """(time, hand) of every stroke, right and left in turn."""
    tempo = act.tempo_bpm * act.strikes_a_beat
    times = beats_s(tempo, act.first_beat_s, act.start_s, act.end_s)
    period = 60.0 / tempo
    return [(one, (round((one - act.first_beat_s) / period) + 1) % 2) for one in times]


def _gesture(
    act: Talk,
    puppet: Puppet,
    body: Frame,
    shoulders: np.ndarray,
    facing: np.ndarray,
    times_s: np.ndarray,
) -> _Aim:
    """One hand rises on a stressed syllable, the hand in turn."""
    weight = np.zeros((len(times_s), 2, 1))
    strong = [
        one for one in all_syllables(puppet) if one.stress > 0.7 and one.start_s >= act.start_s
    ]
    for number, one in enumerate(strong[::2]):
        hand = (number + puppet.seed) % 2
        middle = 0.5 * (one.onset_s + one.end_s)
        rise = 0.85 * np.exp(-(((times_s - middle) / 0.19) ** 2))
        weight[:, hand, 0] = np.maximum(weight[:, hand, 0], rise)
    reach = body.arm_length
    x = SIDES * 0.72 * reach + 0.25 * reach * facing[:, None]
    return weight, _at(shoulders, x, -0.12 * reach + 0.0 * x)


def _pump(
    act: Travel, body: Frame, shoulders: np.ndarray, facing: np.ndarray, times_s: np.ndarray
) -> _Aim:
    """Bent arms of a runner: the hands stay up."""
    on = 0.55 * _window(times_s, act.start_s, act.end_s - 0.15, 0.15)
    x = 0.42 * body.arm_length * (facing[:, None] + 0.0 * SIDES)
    return _both(on), _at(shoulders, x, -0.55 * body.arm_length + 0.0 * x)


def _balance(
    act: Jump | Slide | Fall, body: Frame, shoulders: np.ndarray, times_s: np.ndarray
) -> _Aim:
    """Both arms fly up and out, and come down again."""
    reach = body.arm_length
    match act:
        case Jump():
            on = _window(times_s, act.at_s, act.at_s + 0.8 * act.flight_s, 0.16)
            x, y = SIDES * 0.72 * reach, 0.66 * reach
        case Slide():
            on = _window(times_s, act.start_s, act.end_s - 0.1, 0.15)
            paddle = np.sin(2.0 * np.pi * 2.6 * times_s)[:, None] * SIDES
            x, y = SIDES * reach * 0.95, reach * (0.20 + 0.18 * paddle)
        case Fall():
            on = _window(times_s, act.at_s, act.at_s + FALL_S + 9.0, 0.15)
            flail = np.sin(2.0 * np.pi * 3.2 * (times_s - act.at_s))[:, None] * SIDES
            calm = np.clip((times_s - act.at_s) / FALL_S, 0.0, 1.0)[:, None]
            x, y = SIDES * reach * 0.85, reach * ((1.0 - calm) * 0.45 * flail + 0.15)
    x = np.broadcast_to(x, (len(times_s), 2))
    return _both(on), _at(shoulders, x, y + 0.0 * x)


def held_point(
    puppet: Puppet, body: Frame, shoulders: np.ndarray, facing: np.ndarray, times_s: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(T, 2) the middle of a held prop, and (T,) how far the hands are with it.

    A prop is held from the first moment until its ``Throw`` and from its ``Catch`` on.
    """
    middle = shoulders.mean(axis=1)
    height = body.height
    side = facing[:, None]
    ahead = np.concatenate([side, 0.0 * side], axis=1)
    level = np.array([0.0, height])
    rest = middle + 0.12 * height * ahead - 0.14 * level
    point, weight = rest.copy(), np.zeros(len(times_s))
    caught = False
    for act in sorted(
        (act for act in puppet.acts if isinstance(act, Throw | Catch)), key=lambda act: act.at_s
    ):
        since = times_s - act.at_s
        if isinstance(act, Throw):
            back = middle + 0.05 * height * ahead - 0.20 * level
            out = middle + 0.22 * height * ahead + 0.06 * level
            swing = back + (out - back) * _smooth(since / 0.20 + 1.0)[:, None]
            near = _window(since, -0.20, 0.05, WINDUP_S - 0.20)
            point = point + (swing - point) * near[:, None]
            before = weight if caught else np.ones(len(times_s))
            weight = np.where(since <= 0.0, before, _smooth(1.0 - since / FOLLOW_S))
        else:
            meet = middle + 0.22 * height * ahead - 0.02 * level
            given = meet + (rest - meet) * _smooth(since / GIVE_S)[:, None]
            near = _smooth(since / REACH_S + 1.0)
            point = point + (given - point) * near[:, None]
            weight = np.maximum(weight, near)
            caught = True
    return point, weight
