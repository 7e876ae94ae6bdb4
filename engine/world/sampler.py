"""Scenes drawn at random, by seed: each is small, legible, and ends in something that sounds.

A scene is planned backwards from what should happen: a body that shall strike the wall or another
body after some time is put where its speed and the floor's friction make it arrive then.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TypeVar, get_args

import numpy as np

from engine.world.matter import (
    FLOORS,
    MATERIALS,
    OUTLINES,
    gravity_m_s2,
    half_height_m,
    half_width_m,
)
from engine.world.physics import WALL_X_M
from engine.world.places import with_place
from engine.world.scene import (
    FIRST_SETS,
    SETS,
    ActionName,
    Body,
    CameraPath,
    ColourName,
    LightName,
    MaterialName,
    MoveName,
    PropName,
    Scene,
    SetName,
)
from engine.world.seeds import HELD_OUT_FROM
from engine.world.shooting import with_cameras
from engine.world.troupe import with_cast

RADII_M = (0.22, 0.36)
TOP_M = 1.8
# What flies lands within so long, also where little pulls it down.
FLIGHT_S = 1.6
FASTEST_M_S = 3.6
CLEARANCE_M = 0.08
MOVE_SHARES: dict[MoveName, float] = {
    "static": 0.55,
    "pan left": 0.15,
    "pan right": 0.15,
    "push in": 0.15,
}
BODY_SHARES = (0.6, 0.3, 0.1)
ACTION_SHARES_ALONE: dict[ActionName, float] = {"drop": 0.38, "toss": 0.38, "roll": 0.24}
ACTION_SHARES_TOGETHER: dict[ActionName, float] = {
    "drop": 0.2,
    "toss": 0.2,
    "roll": 0.2,
    "collide": 0.4,
}

Item = TypeVar("Item")


def sample_scene(seed: int, level: int = 1) -> Scene:
    """The scene of a seed: equal seeds and levels give equal scenes.

    Args:
        seed: zero or above; see ``training_seed`` and ``held_out_seed``.
        level: curriculum level; 1 has up to three props and plain camera moves, 2 every set,
            weather, music and camera, 3 cuts as well.
    """
    draw = _Draw(np.random.Generator(np.random.PCG64(seed)))
    set_name: SetName = draw.one_of(FIRST_SETS if level == 1 else SETS)
    light: LightName = draw.one_of(get_args(LightName))
    count = 1 + draw.index(BODY_SHARES)
    shares = ACTION_SHARES_ALONE if count == 1 else ACTION_SHARES_TOGETHER
    action = tuple(shares)[draw.index(tuple(shares.values()))]
    cast = _cast(draw, count)
    move: MoveName = tuple(MOVE_SHARES)[draw.index(tuple(MOVE_SHARES.values()))]
    if move == "push in" and action == "roll" and count == 1:
        move = "static"  # what rolls alone strikes the wall, which a push in would lose
    stage = _Stage(draw=draw, set_name=set_name, half_width_m=0.8 if move == "push in" else 1.3)
    bodies = _PLANS[action](stage, cast)
    if move in ("pan left", "pan right") and action in ("roll", "toss"):
        # The camera goes with the action, so that it ends in view.
        move = "pan right" if bodies[0].vx_m_s > 0.0 else "pan left"
    scene = Scene(
        seed=seed,
        level=level,
        set_name=set_name,
        light=light,
        action=action,
        bodies=tuple(bodies),
        camera=_camera(draw, move, bodies),
    )
    if level == 1:
        return scene
    return with_cameras(with_cast(with_place(scene), held_out=seed >= HELD_OUT_FROM))


class _Draw:
    """A generator of random numbers, in the sampler's words."""

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator

    def between(self, low: float, high: float) -> float:
        """Uniform; ``low`` where the range is empty."""
        return float(self._generator.uniform(low, max(low, high)))

    def chance(self, share: float) -> bool:
        return bool(self._generator.random() < share)

    def side(self) -> float:
        """-1 or 1."""
        return -1.0 if self.chance(0.5) else 1.0

    def index(self, shares: tuple[float, ...]) -> int:
        return int(self._generator.choice(len(shares), p=shares))

    def one_of(self, items: tuple[Item, ...]) -> Item:
        return items[int(self._generator.integers(len(items)))]

    def some_of(self, items: tuple[Item, ...], count: int) -> list[Item]:
        """``count`` different items."""
        return [items[k] for k in self._generator.permutation(len(items))[:count]]


@dataclass(frozen=True, kw_only=True)
class _Stage:
    """Where a plan may put its bodies: within ``half_width_m`` of the middle."""

    draw: _Draw
    set_name: SetName
    half_width_m: float

    def slowing_m_s2(self, body: Body) -> float:
        """How fast a body loses speed on this floor."""
        floor, material = FLOORS[self.set_name], MATERIALS[body.material]
        if OUTLINES[body.prop].rolls:
            return (floor.rolling_loss + material.rolling_loss) * self.gravity_m_s2
        return math.sqrt(floor.grip * material.grip) * self.gravity_m_s2

    @property
    def gravity_m_s2(self) -> float:
        """What pulls down here."""
        return gravity_m_s2(self.set_name)

    def fastest_up_m_s(self, y_m: float) -> float:
        """Upward speed that keeps a body at ``y_m`` in view and lands it within ``FLIGHT_S``."""
        seen = math.sqrt(2.0 * self.gravity_m_s2 * max(TOP_M - y_m, 0.0))
        return min(seen, 0.5 * self.gravity_m_s2 * FLIGHT_S - y_m / FLIGHT_S)


def _cast(draw: _Draw, count: int) -> list[Body]:
    """Bodies that no two of which share a prop or a colour; not yet placed."""
    props: list[PropName] = draw.some_of(get_args(PropName), count)
    colours: list[ColourName] = draw.some_of(get_args(ColourName), count)
    materials: tuple[MaterialName, ...] = get_args(MaterialName)
    return [
        Body(
            prop=prop,
            material=draw.one_of(materials),
            colour=colour,
            radius_m=round(draw.between(*RADII_M), 3),
            x_m=0.0,
            y_m=0.0,
            vx_m_s=0.0,
            vy_m_s=0.0,
        )
        for prop, colour in zip(props, colours, strict=True)
    ]


def _standing(body: Body, x_m: float) -> Body:
    return replace(body, x_m=x_m, y_m=half_height_m(body))


def _on_floor(body: Body, x_m: float, vx_m_s: float) -> Body:
    """Moving along the floor; discs roll without slipping."""
    spin = -vx_m_s / half_height_m(body) if OUTLINES[body.prop].rolls else 0.0
    return replace(_standing(body, x_m), vx_m_s=vx_m_s, spin_rad_s=spin)


def _in_air(stage: _Stage, body: Body, x_m: float, y_m: float, vx: float, vy: float) -> Body:
    spin = stage.draw.between(-3.0, 3.0) if OUTLINES[body.prop].rolls else 0.0
    return replace(body, x_m=x_m, y_m=y_m, vx_m_s=vx, vy_m_s=vy, spin_rad_s=spin)


def _drop(stage: _Stage, cast: list[Body]) -> list[Body]:
    """The first body falls, drifting sideways; others stand by or fall too."""
    first = _dropped(stage, cast[0], stage.draw.between(-1.0, 1.0) * stage.half_width_m * 0.8)
    return _with_others(stage, first, cast[1:])


def _dropped(stage: _Stage, body: Body, x_m: float) -> Body:
    draw = stage.draw
    y_m = draw.between(max(0.9, half_height_m(body) + 0.5), TOP_M - 0.05)
    vx = -math.copysign(draw.between(0.15, 1.1), x_m) * stage.half_width_m / 1.3
    vy = draw.between(-0.6, min(1.2, stage.fastest_up_m_s(y_m)))
    return _in_air(stage, body, x_m, y_m, vx, vy)


def _toss(stage: _Stage, cast: list[Body]) -> list[Body]:
    """The first body flies in an arc from one side to the other."""
    draw, side = stage.draw, stage.draw.side()
    y_m = draw.between(half_height_m(cast[0]) + 0.1, 1.0)
    vx = -side * draw.between(1.2, 2.2) * stage.half_width_m / 1.3
    fastest = stage.fastest_up_m_s(y_m)
    vy = draw.between(min(1.4, 0.6 * fastest), fastest)
    x_m = side * stage.half_width_m * draw.between(0.8, 1.0)
    first = _in_air(stage, cast[0], x_m, y_m, vx, min(vy, 3.4))
    return _with_others(stage, first, cast[1:])


def _with_others(stage: _Stage, first: Body, others: list[Body]) -> list[Body]:
    """``first`` and the others, clear of each other; one more may fall as well."""
    placed = [first]
    for other in others:
        x_m = _free_place(stage, other, placed)
        falls = stage.draw.chance(0.4)
        placed.append(_dropped(stage, other, x_m) if falls else _standing(other, x_m))
    return placed


def _free_place(stage: _Stage, body: Body, placed: list[Body]) -> float:
    """A place of the floor that nobody stands on or hangs over: the freest of a few draws."""
    limit = min(stage.half_width_m, WALL_X_M - half_width_m(body) - CLEARANCE_M)
    best, best_gap = 0.0, -math.inf
    for _ in range(12):
        x_m = stage.draw.between(-limit, limit)
        gap = min(_gap_m(body, x_m, other) for other in placed)
        if gap > CLEARANCE_M:
            return x_m
        if gap > best_gap:
            best, best_gap = x_m, gap
    edges = sorted((-limit, limit), key=lambda x: min(_gap_m(body, x, one) for one in placed))
    edge_gap = min(_gap_m(body, edges[-1], other) for other in placed)
    return edges[-1] if edge_gap > best_gap else best


def _gap_m(body: Body, x_m: float, other: Body) -> float:
    return abs(x_m - other.x_m) - half_width_m(body) - half_width_m(other)


def _roll(stage: _Stage, cast: list[Body]) -> list[Body]:
    """The first body moves along the floor and strikes the wall, or the second body."""
    if len(cast) > 1:
        return _meeting(stage, cast, both_move=False)
    draw, side, body = stage.draw, stage.draw.side(), cast[0]
    speed, slowing = draw.between(0.9, 2.0), stage.slowing_m_s2(body)
    run_m = 2.0 * (WALL_X_M - half_width_m(body)) - CLEARANCE_M
    time_s = min(draw.between(0.35, 1.6), _longest_s(speed, slowing, run_m))
    x_m = side * (WALL_X_M - half_width_m(body) - _run_m(speed, slowing, time_s))
    return [_on_floor(body, x_m, side * (speed + slowing * time_s))]


def _collide(stage: _Stage, cast: list[Body]) -> list[Body]:
    """Two bodies run into each other."""
    return _meeting(stage, cast, both_move=True)


def _meeting(stage: _Stage, cast: list[Body], *, both_move: bool) -> list[Body]:
    """The first two bodies meet on the floor near the middle; a third stands behind the second."""
    draw, side = stage.draw, stage.draw.side()
    bystanders, behind_m = _behind(cast[2:], side)
    x_meet = draw.between(-0.3, 0.3) * stage.half_width_m + 0.5 * side * behind_m
    time_s = draw.between(0.35, 1.2)
    approaches = []
    for body, outward in zip(cast[:2], (side, -side), strict=True):
        first = outward == side
        speed = draw.between(1.1, 2.0) if first else draw.between(0.5, 1.3) * both_move
        slowing = stage.slowing_m_s2(body)
        x_touch = x_meet + outward * half_width_m(body)
        edge_m = WALL_X_M - CLEARANCE_M - half_width_m(body) - (0.0 if first else behind_m)
        if speed > 0.0:
            time_s = min(time_s, _longest_s(speed, slowing, edge_m - outward * x_touch))
        approaches.append((body, x_touch, outward, speed, slowing))
    pair = [
        _standing(body, x_touch)
        if speed == 0.0
        else _approach(body, x_touch, outward, speed, slowing, time_s)
        for body, x_touch, outward, speed, slowing in approaches
    ]
    return pair + bystanders


def _behind(others: list[Body], side: float) -> tuple[list[Body], float]:
    """The others in a row from the wall opposite ``side``, and how deep the row is."""
    placed, depth_m = [], 0.0
    for other in others:
        depth_m += CLEARANCE_M + half_width_m(other)
        placed.append(_standing(other, -side * (WALL_X_M - depth_m)))
        depth_m += half_width_m(other)
    return placed, depth_m


def _approach(
    body: Body, x_meet: float, side: float, speed: float, slowing: float, time_s: float
) -> Body:
    """On the floor, coming from ``side``, at ``x_meet`` with ``speed`` after ``time_s``."""
    x_m = x_meet + side * _run_m(speed, slowing, time_s)
    return _on_floor(body, x_m, -side * (speed + slowing * time_s))


def _run_m(speed: float, slowing: float, time_s: float) -> float:
    """Way covered in ``time_s`` when slowing down to ``speed``."""
    return speed * time_s + 0.5 * slowing * time_s**2


def _longest_s(speed: float, slowing: float, room_m: float) -> float:
    """Longest approach that ends at ``speed``, within the room and the fastest start."""
    by_speed = (FASTEST_M_S - speed) / slowing
    by_room = (math.sqrt(speed**2 + 2.0 * slowing * max(room_m, 0.02)) - speed) / slowing
    return min(by_speed, by_room)


_PLANS = {"drop": _drop, "toss": _toss, "roll": _roll, "collide": _collide}


def _camera(draw: _Draw, move: MoveName, bodies: list[Body]) -> CameraPath:
    if move == "static":
        return CameraPath()
    if move == "push in":
        middle = sum(body.x_m for body in bodies) / len(bodies)
        x_m = float(np.clip(0.4 * middle, -0.25, 0.25))
        return CameraPath(move=move, x_start_m=x_m, x_end_m=x_m, zoom_end=draw.between(1.25, 1.5))
    half = draw.between(0.4, 0.9) / 2.0 * (1.0 if move == "pan right" else -1.0)
    return CameraPath(move=move, x_start_m=-half, x_end_m=half)
