"""What happens in a scene: the motion of its bodies and their contacts, by rigid-body physics.

Shape letters: B scenes, T pictures, N bodies.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from engine.shapes import ClipShape
from engine.world.actions_pose import perform
from engine.world.camera import View
from engine.world.cast_staging import carried_bodies, carry, cast_truth, heads_m
from engine.world.loudness import level_at
from engine.world.matter import (
    FLOORS,
    MATERIALS,
    OUTLINES,
    gravity_m_s2,
    ground_of,
    mass_kg,
)
from engine.world.music import beat_times
from engine.world.projection import picture_times_s, to_picture
from engine.world.scene import VIEW_HEIGHT_M, Body, Scene
from engine.world.solver import Bodies, Solver, Touch
from engine.world.truth import FLOOR, WALL, Contact, Truth

MAX_BODIES = 3
# The walls stand at the edges of a 3:2 view at zoom 1, just inside those of a 16:9 one.
WALL_X_M = 1.75
SUBSTEPS_A_SECOND = 480
AUDIBLE_SPEED_M_S = 0.6
AUDIBLE_GAP_S = 0.3
# What _row lists of a body.
ROW = (
    *("x", "y", "vx", "vy", "spin"),
    *("box_x", "box_y", "corner", "mass"),
    *("floor_bounce", "floor_grip", "floor_loss", "wall_bounce", "bounce"),
    *("rolls", "alive"),
)
# Of a body that is not there.
ABSENT = (0.0, 1.0, *[0.0] * 5, 1.0, 1.0, *[0.0] * 7)


def simulate(scenes: Sequence[Scene], shape: ClipShape) -> list[Truth]:
    """Runs every scene for the length of a clip.

    Picture ``t`` shows the state at ``(t + 0.5) / rate`` seconds.

    Args:
        scenes: with at most ``MAX_BODIES`` bodies each.
        shape: length, rate and aspect of the clips.
    """
    if not scenes:
        return []
    touches: list[list[Touch]] = [[] for _ in scenes]
    states = np.zeros((shape.frames, 5, len(scenes), MAX_BODIES), dtype=np.float32)
    # Where everything is carried, or there is nothing, nothing is left to the solver.
    free = [index for index, scene in enumerate(scenes) if _free_bodies(scene)]
    if free:
        solver = _solved([scenes[index] for index in free], shape, states, free)
        for touch in solver.touches:
            touches[free[touch.scene]].append(touch)
    return [
        _truth(scene, states[:, :, index, : len(scene.bodies)], touches[index], shape)
        for index, scene in enumerate(scenes)
    ]


def _free_bodies(scene: Scene) -> int:
    return len(scene.bodies) - len(carried_bodies(scene))


def _solved(
    scenes: Sequence[Scene], shape: ClipShape, states: np.ndarray, places: list[int]
) -> Solver:
    """Runs scenes and writes their (T, 5, B, N) states into ``places`` of those of all."""
    # An even number of substeps a picture puts one exactly at the middle of its interval.
    per_picture = 2 * math.ceil(SUBSTEPS_A_SECOND / float(shape.rate) / 2)
    solver = Solver(_gather(scenes), 1.0 / (float(shape.rate) * per_picture))
    bodies = solver.bodies
    for picture in range(shape.frames):
        for substep in range(per_picture):
            if substep == per_picture // 2:
                states[picture][:, places] = (
                    *(bodies.x, bodies.y, bodies.vx),
                    *(bodies.vy, bodies.angle),
                )
            solver.step()
    return solver


def _gather(scenes: Sequence[Scene]) -> Bodies:
    """The bodies of all scenes as arrays; padding bodies stand still, far apart."""
    rows = [_padded(_rows(scene)) for scene in scenes]
    table = np.moveaxis(np.array(rows, dtype=np.float64), -1, 0).copy()
    columns = dict(zip(ROW, table, strict=True))
    flags = {name: columns.pop(name) > 0.5 for name in ("rolls", "alive")}
    base = columns["box_y"] + columns["corner"]
    return Bodies(
        **columns,
        **flags,
        angle=np.zeros_like(base),
        grounded=~flags["alive"] | ((columns["y"] <= base + 1e-6) & (columns["vy"] <= 0.0)),
        gravity_m_s2=np.array([[gravity_m_s2(ground_of(scene))] for scene in scenes]),
        wall_x_m=WALL_X_M,
    )


def _rows(scene: Scene) -> list[list[float]]:
    """The rows of a scene's bodies; what the cast carries is not there."""
    carried = carried_bodies(scene)
    return [
        list(ABSENT) if index in carried else _row(body, scene)
        for index, body in enumerate(scene.bodies)
    ]


def _row(body: Body, scene: Scene) -> list[float]:
    outline, material = OUTLINES[body.prop], MATERIALS[body.material]
    floor = FLOORS[ground_of(scene)]
    return [
        body.x_m,
        body.y_m,
        body.vx_m_s,
        body.vy_m_s,
        body.spin_rad_s if outline.rolls else 0.0,
        (outline.half_width - outline.corner) * body.radius_m,
        (outline.half_height - outline.corner) * body.radius_m,
        outline.corner * body.radius_m,
        mass_kg(body),
        material.restitution * floor.restitution,
        math.sqrt(material.grip * floor.grip),
        material.rolling_loss + floor.rolling_loss,
        material.restitution,
        material.restitution,
        float(outline.rolls),
        1.0,
    ]


def _padded(rows: list[list[float]]) -> list[list[float]]:
    """``rows`` with absent bodies up to ``MAX_BODIES``."""
    if len(rows) > MAX_BODIES:
        raise ValueError(f"a scene has at most {MAX_BODIES} bodies, not {len(rows)}")
    return rows + [list(ABSENT)] * (MAX_BODIES - len(rows))


def _truth(scene: Scene, states: np.ndarray, touches: list[Touch], shape: ClipShape) -> Truth:
    """One scene's part of the states, (T, 5, N), seen through its camera."""
    aspect = shape.width / shape.height
    times = picture_times_s(shape.frames, float(shape.rate))
    states = carry(scene, states, times)
    positions = np.ascontiguousarray(np.stack([states[:, 0], states[:, 1]], axis=-1))
    tracks = positions
    poses = [perform(puppet, times, scene.bodies) for puppet in scene.cast]
    if poses:
        tracks = np.concatenate([positions, heads_m(poses)], axis=1)
    view = View(scene, shape, tracks)
    camera = view.at(times)
    radii = np.array([body.radius_m for body in scene.bodies], dtype=np.float32)
    contacts = _contacts(scene, view, touches, aspect)
    heard = [contact.time_s for contact in contacts if contact.audible]
    return Truth(
        centres=to_picture(positions, camera, aspect),
        positions_m=positions,
        velocities_m_s=np.ascontiguousarray(np.stack([states[:, 2], states[:, 3]], axis=-1)),
        angles_rad=np.ascontiguousarray(states[:, 4]),
        extents=(radii * camera[:, 2:] / VIEW_HEIGHT_M).astype(np.float32),
        camera=camera,
        masses_kg=np.array([mass_kg(body) for body in scene.bodies], dtype=np.float32),
        contacts=contacts,
        shot_frames=view.lengths if scene.shots else (),
        cuts_s=view.cuts_s,
        tempo_bpm=scene.music.tempo_bpm if scene.music else 0,
        beats_s=beat_times(scene.music, shape.duration_s),
        cast=cast_truth(scene, poses, times, view.at, aspect, heard),
    )


def _contacts(scene: Scene, view: View, touches: list[Touch], aspect: float) -> tuple[Contact, ...]:
    ordered = sorted(touches, key=lambda touch: touch.time_s)
    if not ordered:
        return ()
    times = np.array([touch.time_s for touch in ordered])
    camera = view.at(times)
    points = np.array([[touch.x_m, 0.0] for touch in ordered])
    pans = to_picture(points, camera, aspect)[:, 0]
    levels = level_at(pans, camera[:, 2])
    grounds = {FLOOR: scene.set_name, WALL: "wall"}  # as it is heard, whatever it slides like
    contacts = []
    heard_s = -AUDIBLE_GAP_S
    for touch, pan, level in zip(ordered, pans, levels, strict=True):
        loud = touch.speed_m_s >= AUDIBLE_SPEED_M_S
        audible = loud and touch.time_s - heard_s >= AUDIBLE_GAP_S
        heard_s = touch.time_s if audible else heard_s
        contacts.append(
            Contact(
                time_s=touch.time_s,
                body=touch.body,
                other=touch.other,
                x_pan=float(pan),
                speed_m_s=touch.speed_m_s,
                impulse_n_s=touch.impulse_n_s,
                energy_j=touch.energy_j,
                audible=audible,
                materials=(
                    scene.bodies[touch.body].material,
                    grounds.get(touch.other) or scene.bodies[touch.other].material,
                ),
                level=float(level),
            )
        )
    return tuple(contacts)
