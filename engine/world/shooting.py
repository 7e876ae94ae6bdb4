"""How a scene is shot from level 2 on, drawn at random: moves, sizes and, at level 3, cuts.

A move is planned so that what matters stays in the picture: a camera that comes near goes with its
subject. In a scene that is cut, every shot stands on the same side of the line of action.
"""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import accumulate, combinations, pairwise

from engine.shapes import TIME_STRIDE
from engine.world.cuts import shot_lengths
from engine.world.music import beat_times
from engine.world.scene import CameraPath, LinkName, MoveName, Music, Scene, Shot, SizeName

MOVE_SHARES: dict[MoveName, float] = {
    "static": 0.16,
    "pan left": 0.07,
    "pan right": 0.07,
    "tilt up": 0.07,
    "tilt down": 0.07,
    "push in": 0.11,
    "pull out": 0.10,
    "truck left": 0.08,
    "truck right": 0.08,
    "handheld": 0.09,
    "follow": 0.10,
}
# Zooms from which a shot of props is called medium and a close-up.
MEDIUM_ZOOM = 1.25
CLOSE_ZOOM = 1.75
CUT_SHARE = 0.55
# What beats and cuts are brought together for: 25 pictures, 12 a second.
USUAL_FRAMES, USUAL_RATE = 25, 12.0
# How many scenes with a cast keep the camera that was planned with their acts.
PLANNED_SHARE = 0.5
# The same zooms for one of the cast: from the knees up, and head and shoulders.
MEDIUM_SINGLE = (1.5, 1.8)
CLOSE_SINGLE = (2.3, 2.9)


def with_cameras(scene: Scene) -> Scene:
    """A scene with its camera, or at level 3 with the shots that it is cut into.

    A cast has a camera already, planned with what it does; some scenes keep it.
    """
    choose = random.Random(f"{scene.seed}/camera")
    if scene.level >= 3 and choose.random() < CUT_SHARE:
        cut = _cast_shots if scene.cast else sample_shots
        shots = on_beat(cut(scene, choose), scene.music)
        return replace(scene, camera=CameraPath(), shots=shots)
    if scene.cast and choose.random() < PLANNED_SHARE:
        return scene
    move = choose.choices(tuple(MOVE_SHARES), tuple(MOVE_SHARES.values()))[0]
    return replace(scene, camera=sample_camera(scene, _led(scene, move), choose))


def _led(scene: Scene, move: MoveName) -> MoveName:
    """The way that a sideways move goes: with the action."""
    kind = move.split()[0]
    if kind not in ("pan", "truck") or scene.action not in ("roll", "toss") or scene.cast:
        return move
    right = scene.bodies[0].vx_m_s > 0.0
    if kind == "pan":
        return "pan right" if right else "pan left"
    return "truck right" if right else "truck left"


def size_of(zoom: float) -> SizeName:
    """What a shot of props at a zoom is called."""
    return "close-up" if zoom >= CLOSE_ZOOM else "medium" if zoom >= MEDIUM_ZOOM else "wide"


def sample_camera(scene: Scene, move: MoveName, choose: random.Random) -> CameraPath:
    """A camera of one shot of a whole scene that makes a move."""
    subjects = scene.cast or scene.bodies
    middle = sum(one.x_m for one in subjects) / max(len(subjects), 1)
    x_m = round(min(max(0.4 * middle, -0.25), 0.25), 3)
    sign = 1.0 if move.endswith(("right", "up")) else -1.0
    if move.startswith(("pan", "truck")):
        half = sign * round(choose.uniform(0.25, 0.5), 3)
        return CameraPath(
            move=move, x_start_m=-half, x_end_m=half, turns=move.startswith("pan"), size="wide"
        )
    if move.startswith("tilt"):
        high = round(choose.uniform(0.2, 0.3), 3)
        start, end = (0.0, high) if sign > 0 else (high, 0.0)
        return CameraPath(move=move, lift_start_m=start, lift_end_m=end, turns=True)
    if move in ("push in", "pull out"):
        zoom = round(choose.uniform(1.15, 1.3) if scene.cast else choose.uniform(1.3, 1.6), 3)
        start, end = (1.0, zoom) if move == "push in" else (zoom, 1.0)
        return CameraPath(
            move=move,
            x_start_m=x_m,
            x_end_m=x_m,
            zoom_start=start,
            zoom_end=end,
            size=size_of(end),
        )
    if move == "handheld":
        zoom = round(choose.uniform(1.0, 1.2), 3)
        shake = round(choose.uniform(0.06, 0.12), 3)
        return CameraPath(
            move=move, zoom_start=zoom, zoom_end=zoom, turns=True, shake_m=shake, size="wide"
        )
    if move == "follow":
        furthest, subject = (1.7, len(scene.bodies)) if scene.cast else (2.0, 0)
        return following(choose.uniform(1.1, furthest), subject)
    return CameraPath(size="wide")


def following(zoom: float, subject: int) -> CameraPath:
    """A camera that goes with a subject."""
    zoom = round(zoom, 3)
    return CameraPath(
        move="follow", zoom_start=zoom, zoom_end=zoom, follows=subject, size=size_of(zoom)
    )


def sample_shots(scene: Scene, choose: random.Random) -> tuple[Shot, ...]:
    """Two or three shots of a scene, all from one side."""
    links: tuple[LinkName, ...] = ("match on action", "wide to close")
    if len(scene.bodies) > 1:
        links = (*links, "shot/reverse shot")
    link = choose.choice(links)
    if link == "shot/reverse shot":
        pair = [_single(index, choose) for index in (0, 1)]
        second = replace(pair[1], link=link, weight=round(choose.uniform(0.8, 1.2), 2))
        opening = () if choose.random() < 0.6 else (_opening(choose),)
        return (*opening, pair[0], second)
    close = following(
        choose.uniform(1.8, 2.2) if link == "wide to close" else choose.uniform(1.3, 1.7), 0
    )
    second = Shot(camera=close, weight=round(choose.uniform(0.7, 1.1), 2), link=link, subjects=(0,))
    shots = [_opening(choose), second]
    if choose.random() < 0.3:
        shots.append(Shot(camera=CameraPath(), weight=0.8, link="match on action"))
    return tuple(shots)


def on_beat(shots: tuple[Shot, ...], music: Music | None) -> tuple[Shot, ...]:
    """Shots whose cuts fall as near to beats of the music as cuts between latents can.

    In a clip of the usual length and rate; in another one they fall where their weights say.
    """
    if music is None or len(shots) < 2:
        return shots
    beats = beat_times(music, USUAL_FRAMES / USUAL_RATE)
    room = (USUAL_FRAMES - 1) // TIME_STRIDE
    planned = shot_lengths(shots, USUAL_FRAMES)
    wanted = [end / USUAL_RATE for end in accumulate(planned[:-1])]

    def cost(ends: tuple[int, ...]) -> float:
        cuts = [(1 + TIME_STRIDE * end) / USUAL_RATE for end in ends]
        off = [min((abs(cut - beat) for beat in beats), default=0.0) for cut in cuts]
        # Half a second of another length is as bad as a tenth beside the beat.
        return sum(off) + 0.2 * sum(abs(a - b) for a, b in zip(cuts, wanted, strict=True))

    ends = min(combinations(range(1, room), len(shots) - 1), key=cost)
    counts = [end - start for start, end in pairwise((0, *ends, room))]
    return tuple(
        replace(shot, weight=float(count)) for shot, count in zip(shots, counts, strict=True)
    )


def _opening(choose: random.Random) -> Shot:
    """A wide shot that shows where everything is."""
    if choose.random() < 0.3:
        sign = choose.choice((-1.0, 1.0))
        path = CameraPath(
            move="truck right" if sign > 0 else "truck left",
            x_start_m=-0.15 * sign,
            x_end_m=0.15 * sign,
        )
        return Shot(camera=path, weight=1.0)
    return Shot(camera=CameraPath(), weight=round(choose.uniform(0.8, 1.2), 2))


def _single(subject: int, choose: random.Random) -> Shot:
    """One subject alone."""
    return Shot(
        camera=following(choose.uniform(1.6, 2.1), subject),
        weight=1.0,
        link="opening",
        subjects=(subject,),
    )


def _cast_shots(scene: Scene, choose: random.Random) -> tuple[Shot, ...]:
    """Two or three shots of a scene with a cast: singles of two who meet, or closer on one."""
    first = len(scene.bodies)
    if len(scene.cast) > 1 and choose.random() < 0.7:
        sizes: tuple[SizeName, ...] = ("medium", "close-up")
        size = choose.choice(sizes)
        singles = [_portrait(first + number, size, choose) for number in (0, 1)]
        reverse = replace(singles[1], link="shot/reverse shot")
        if choose.random() < 0.5:
            return (singles[0], reverse)
        return (_opening(choose), replace(singles[0], link="wide to close"), reverse)
    link: LinkName = choose.choice(("match on action", "wide to close"))
    closer = _portrait(first, "close-up" if link == "wide to close" else "medium", choose)
    shots = [_opening(choose), replace(closer, link=link)]
    if choose.random() < 0.25:
        shots.append(Shot(camera=CameraPath(), weight=0.8, link="match on action"))
    return tuple(shots)


def _portrait(subject: int, size: SizeName, choose: random.Random) -> Shot:
    """One of the cast alone, its head a third down the picture, wherever it goes."""
    zoom = choose.uniform(*(CLOSE_SINGLE if size == "close-up" else MEDIUM_SINGLE))
    camera = replace(following(zoom, subject), size=size)
    return Shot(camera=camera, weight=round(choose.uniform(0.8, 1.2), 2), subjects=(subject,))
