"""The cast at work in a scene: their truth through the camera, and the props they carry.

Shape letters: T pictures, N bodies, K instants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from engine.world.actions import FALL_S, Catch, Drum, Fall, Throw
from engine.world.actions_feet import footwork
from engine.world.actions_hands import strikes_s
from engine.world.actions_pose import Pose, perform
from engine.world.cast import Puppet, identity_vector
from engine.world.cast_frame import frame
from engine.world.cast_truth import AUDIBLE_GAP_S, PuppetTruth, Step, Touch, TouchName
from engine.world.loudness import level_at
from engine.world.matter import gravity_m_s2, ground_of
from engine.world.projection import to_picture
from engine.world.scene import VIEW_HEIGHT_M, Scene
from engine.world.speech import all_syllables, viseme

Camera = Callable[[np.ndarray], np.ndarray]
EPSILON_S = 1e-3


def carried_bodies(scene: Scene) -> frozenset[int]:
    """Props that the cast holds, throws and catches; all others obey the solver alone."""
    return frozenset(
        act.body for puppet in scene.cast for act in puppet.acts if isinstance(act, Throw | Catch)
    )


def carry(scene: Scene, states: np.ndarray, times_s: np.ndarray) -> np.ndarray:
    """States with the carried props where the hands and their free flight put them.

    Args:
        scene: who carries what.
        states: (T, 5, N) x, y, vx, vy and angle of every body.
        times_s: (T,) the instants of the states.
    """
    carried = carried_bodies(scene)
    if not carried:
        return states
    states = states.copy()
    for body in carried:
        instants = [times_s + step for step in (0.0, -EPSILON_S, EPSILON_S)]
        place, before, after = np.split(_way(scene, body, np.concatenate(instants)), 3)
        states[:, :2, body] = place[:, :2]
        states[:, 2:4, body] = ((after - before) / (2.0 * EPSILON_S))[:, :2]
        states[:, 4, body] = place[:, 2]
    return states


def _handlings(scene: Scene, body: int) -> list[tuple[float, bool, Puppet]]:
    """(time, whether it is a throw, who), in order of time."""
    found = [
        (act.at_s, isinstance(act, Throw), puppet)
        for puppet in scene.cast
        for act in puppet.acts
        if isinstance(act, Throw | Catch) and act.body == body
    ]
    return sorted(found, key=lambda one: one[0])


def _way(scene: Scene, body: int, times_s: np.ndarray) -> np.ndarray:
    """(K, 3) x, y and angle of a carried prop; it flies freely from a throw to the next catch."""
    handlings = _handlings(scene, body)
    gravity = gravity_m_s2(ground_of(scene))
    way = np.zeros((len(times_s), 3))
    way[:, :2] = _held_m(scene, handlings[0][2], times_s)
    for number, (at_s, thrown, puppet) in enumerate(handlings):
        later = times_s > at_s
        if not thrown:
            way[later, :2] = _held_m(scene, puppet, times_s)[later]
            way[later, 2] = 0.0
            continue
        start = _held_m(scene, puppet, np.array([at_s]))[0]
        end_s, end = at_s + 0.8, start
        if number + 1 < len(handlings):
            end_s, _, catcher = handlings[number + 1]
            end = _held_m(scene, catcher, np.array([end_s]))[0]
        flight = end_s - at_s
        since = times_s - at_s
        up = (end[1] - start[1]) / flight + 0.5 * gravity * flight
        x = start[0] + (end[0] - start[0]) / flight * since
        y = start[1] + up * since - 0.5 * gravity * since**2
        turned = -np.sign(end[0] - start[0] + 1e-9) * 2.0 * np.pi * np.clip(since / flight, 0, 1)
        way[later] = np.stack([x, y, turned], axis=-1)[later]
    return way


def _held_m(scene: Scene, puppet: Puppet, times_s: np.ndarray) -> np.ndarray:
    """(K, 2) metres: what a puppet holds."""
    pose = perform(puppet, times_s, scene.bodies)
    return pose.seen(pose.held)


def heads_m(poses: Sequence[Pose]) -> np.ndarray:
    """(K, P, 2) metres: the heads of all puppets, which cameras follow."""
    return np.stack([pose.seen(pose.head) for pose in poses], axis=1)


def cast_truth(
    scene: Scene,
    poses: Sequence[Pose],
    times_s: np.ndarray,
    camera: Camera,
    aspect: float,
    heard_s: Iterable[float] = (),
) -> tuple[PuppetTruth, ...]:
    """The truth of every puppet.

    Args:
        scene: whose cast it is.
        poses: of every puppet in each picture.
        times_s: (T,) the instants of the pictures.
        camera: (K, 3) view at any (K,) seconds.
        aspect: picture width over height.
        heard_s: when other events are heard that are scored.
    """
    truths = [
        _puppet_truth(scene, puppet, pose, times_s, camera, aspect)
        for puppet, pose in zip(scene.cast, poses, strict=True)
    ]
    return _told_apart(truths, heard_s)


def _puppet_truth(
    scene: Scene,
    puppet: Puppet,
    pose: Pose,
    times_s: np.ndarray,
    camera: Camera,
    aspect: float,
) -> PuppetTruth:
    seen = camera(times_s)
    body = frame(puppet.identity)
    ground = np.stack([pose.x_m, np.zeros(len(times_s))], axis=-1)
    points = np.concatenate(
        [
            ground[:, None],
            pose.seen(pose.head)[:, None],
            pose.seen(pose.hands),
            pose.seen(pose.feet),
        ],
        axis=1,
    )
    places = to_picture(points, seen, aspect)
    spoken = all_syllables(puppet)
    return PuppetTruth(
        ground=places[:, 0],
        head=places[:, 1],
        hands=places[:, 2:4],
        feet=places[:, 4:6],
        head_radius=(body.head_ry * seen[:, 2] / VIEW_HEIGHT_M).astype(np.float32),
        positions_m=np.stack([pose.x_m, pose.height_m], axis=-1).astype(np.float32),
        head_m=pose.seen(pose.head).astype(np.float32),
        facing=pose.facing.astype(np.float32),
        mouth=pose.mouth[:, 0].astype(np.float32),
        viseme=viseme(spoken, times_s),
        pan=np.clip(places[:, 1, 0], 0.0, 1.0),
        level=level_at(places[:, 1, 0], seen[:, 2]).astype(np.float32),
        identity=identity_vector(puppet.identity),
        syllables=spoken,
        steps=_steps(puppet, camera, aspect),
        touches=_touches(scene, puppet, camera, aspect),
    )


def _heard(
    x_m: Sequence[float], at_s: Sequence[float], camera: Camera, aspect: float
) -> list[tuple[float, float]]:
    """(pan, level) of what sounds at a place of the floor at its time."""
    if not at_s:
        return []
    points = np.stack([np.array(x_m), np.zeros(len(x_m))], axis=-1)
    seen = camera(np.array(at_s))
    pans = to_picture(points, seen, aspect)[:, 0]
    return list(zip(pans.tolist(), level_at(pans, seen[:, 2]).tolist(), strict=True))


def _steps(puppet: Puppet, camera: Camera, aspect: float) -> tuple[Step, ...]:
    work = footwork(puppet)
    plants = [plant for plant in work.plants if plant.land_s >= 0.0]
    times = [plant.land_s for plant in plants]
    slid = work.slid_m(np.array(times)) if times else np.zeros(0)
    heard = _heard(
        [plant.x_m + way for plant, way in zip(plants, slid, strict=True)], times, camera, aspect
    )
    return tuple(
        Step(
            time_s=plant.land_s,
            foot=plant.foot,
            x_pan=pan,
            weight=plant.weight,
            kind=plant.kind,
            audible=False,
            level=level,
        )
        for plant, (pan, level) in zip(plants, heard, strict=True)
    )


def _touches(scene: Scene, puppet: Puppet, camera: Camera, aspect: float) -> tuple[Touch, ...]:
    found: list[tuple[float, TouchName, int, int]] = []
    for act in puppet.acts:
        match act:
            case Drum():
                for time_s, hand in strikes_s(act):
                    found.append((time_s, "strike", act.body, hand))
            case Catch():
                found.append((act.at_s, "catch", act.body, act.hand))
            case Fall():
                found.append((act.at_s + FALL_S, "thud", -1, 0))
            case _:
                pass
    found = sorted((one for one in found if one[0] >= 0.0), key=lambda one: one[0])
    times = [one[0] for one in found]
    if not times:
        return ()
    pose = perform(puppet, np.array(times), scene.bodies)
    heads_x, hands_x = pose.seen(pose.head)[:, 0], pose.seen(pose.hands)[..., 0]
    places = [
        float(heads_x[index] if kind == "thud" else hands_x[index, hand])
        for index, (_, kind, _, hand) in enumerate(found)
    ]
    heard = _heard(places, times, camera, aspect)
    return tuple(
        Touch(time_s=time, kind=kind, body=body, hand=hand, x_pan=pan, audible=False, level=level)
        for (time, kind, body, hand), (pan, level) in zip(found, heard, strict=True)
    )


def _told_apart(truths: Sequence[PuppetTruth], heard_s: Iterable[float]) -> tuple[PuppetTruth, ...]:
    """The truths with those events marked that are in view and stand alone in time."""
    others = sorted(heard_s)
    events = sorted(
        (one.time_s, who, kind, index)
        for who, truth in enumerate(truths)
        for kind, group in enumerate((truth.steps, truth.touches))
        for index, one in enumerate(group)
        if 0.0 <= one.x_pan <= 1.0
    )
    chosen: set[tuple[int, int, int]] = set()
    last = -AUDIBLE_GAP_S
    for time_s, who, kind, index in events:
        clear = all(abs(time_s - other) >= AUDIBLE_GAP_S for other in others)
        if clear and time_s - last >= AUDIBLE_GAP_S:
            chosen.add((who, kind, index))
            last = time_s
    return tuple(
        replace(
            truth,
            steps=tuple(
                replace(one, audible=(who, 0, index) in chosen)
                for index, one in enumerate(truth.steps)
            ),
            touches=tuple(
                replace(one, audible=(who, 1, index) in chosen)
                for index, one in enumerate(truth.touches)
            ),
        )
        for who, truth in enumerate(truths)
    )
