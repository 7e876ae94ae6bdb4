"""References by role, cross-paired: what one shows beside its own role is not the scene's.

So nothing but the role can be learnt from it: a subject in another pose on plain ground, a place
from another camera without anybody in it, a motion by others elsewhere, a camera in another set, a
rhythm by other instruments, a voice that says something else.
"""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from engine.world.actions import Talk
from engine.world.casting import draw_identity
from engine.world.matter import OUTLINES
from engine.world.places import ALWAYS_CLEAR
from engine.world.roles import RoleName
from engine.world.sampler import sample_scene
from engine.world.scene import (
    COLOURS,
    LIGHTS,
    SETS,
    Body,
    CameraPath,
    ColourName,
    Music,
    PropName,
    Scene,
    SetName,
)
from engine.world.seeds import HELD_OUT_FROM
from engine.world.troupe import LINES


def cross_paired(role: RoleName, scene: Scene, seed: int) -> Scene:
    """What a reference of a role is drawn from: the role's part is the scene's, the rest another's.

    Args:
        role: of those that can be taken alone.
        scene: what the reference is for.
        seed: draws all that is not the scene's, held out where the scene is.

    Raises:
        ValueError: if the role is a part of the scene itself, as a first frame is.
    """
    choose = random.Random(f"{seed}/{role}")
    held_out = scene.seed >= HELD_OUT_FROM
    other = replace(sample_scene(seed + held_out * HELD_OUT_FROM, scene.level), shots=())
    match role:
        case "subject":
            return scene
        case "environment":
            return replace(scene, bodies=(), cast=(), music=None, camera=_beside(choose))
        case "camera":
            return _filmed_alike(scene, other, choose)
        case "motion":
            return _acted_by_others(scene, other, seed, choose)
        case "music":
            assert scene.music is not None
            music = _other_parts(scene.music, seed)
            return replace(other, bodies=(), cast=(), weather="clear", music=music)
        case "voice":
            return _saying_else(scene, other, choose)
        case _:
            raise ValueError(f"{role} is not cross-paired")


def speakers(scene: Scene) -> list[int]:
    """Which of the cast say something."""
    return [
        index
        for index, puppet in enumerate(scene.cast)
        if any(isinstance(act, Talk) for act in puppet.acts)
    ]


def _beside(choose: random.Random) -> CameraPath:
    """A camera at rest, beside where scenes are shot from."""
    x_m = round(choose.choice((-1.0, 1.0)) * choose.uniform(0.5, 0.9), 3)
    zoom = round(choose.uniform(1.0, 1.2), 3)
    return CameraPath(x_start_m=x_m, x_end_m=x_m, zoom_start=zoom, zoom_end=zoom)


def _filmed_alike(scene: Scene, other: Scene, choose: random.Random) -> Scene:
    """Another scene in another set by the camera of this one, going with one of its subjects."""
    path, count = scene.camera, len(other.bodies) + len(other.cast)
    if path.follows is not None:
        path = replace(path, follows=min(path.follows, count - 1))
    if other.set_name == scene.set_name:
        other = _elsewhere(other, scene.set_name, choose)
    return replace(other, camera=path)


def _elsewhere(scene: Scene, left: SetName, choose: random.Random) -> Scene:
    """A scene in any set but one; what moves goes on as it did."""
    new: SetName = choose.choice([name for name in SETS if name != left])
    weather = "clear" if new in ALWAYS_CLEAR else scene.weather
    floor = scene.floor or scene.set_name
    return replace(scene, set_name=new, floor=floor, weather=weather)


def _acted_by_others(scene: Scene, other: Scene, seed: int, choose: random.Random) -> Scene:
    """The same motion by other props and another cast, elsewhere, before a camera at rest."""
    taken = {body.colour for body in scene.bodies}
    free: list[ColourName] = [name for name in COLOURS if name not in taken]
    colours = choose.sample(free, len(scene.bodies))
    bodies = tuple(
        replace(body, colour=colour, prop=_moves_alike(body, choose))
        for body, colour in zip(scene.bodies, colours, strict=True)
    )
    held_out = scene.seed >= HELD_OUT_FROM
    strangers = np.random.Generator(np.random.PCG64((seed, 0x0AC7)))
    cast = tuple(
        replace(puppet, identity=draw_identity(strangers, held_out=held_out))
        for puppet in scene.cast
    )
    moved = _elsewhere(scene, scene.set_name, choose)
    return replace(
        moved,
        seed=other.seed,
        light=choose.choice([name for name in LIGHTS if name != scene.light]),
        weather="clear",
        music=None,
        camera=CameraPath(),
        bodies=bodies,
        cast=cast,
    )


def _moves_alike(body: Body, choose: random.Random) -> PropName:
    """A prop that moves exactly as another does: discs of one size roll alike."""
    outline = OUTLINES[body.prop]
    alike: list[PropName] = ["ball", "wheel", "pumpkin"]
    return choose.choice(alike) if outline.rolls and outline.corner == 1.0 else body.prop


def _other_parts(music: Music, seed: int) -> Music:
    """The same beats played by other instruments, with other chords in another key."""
    drums = music.drums and music.bass and music.pad
    return replace(
        music,
        seed=seed,
        key=(music.key + 5) % 12,
        minor=not music.minor,
        drums=not drums,
        bass=True,
        pad=drums,
        lead=not music.lead,
    )


def _saying_else(scene: Scene, other: Scene, choose: random.Random) -> Scene:
    """The first who speaks says something else, alone, in another place."""
    puppet = scene.cast[speakers(scene)[0]]
    said = {act.words for one in scene.cast for act in one.acts if isinstance(act, Talk)}
    words = choose.choice([line for line in LINES if line not in said])
    talk = Talk(start_s=0.2, words=words, seed=choose.getrandbits(30))
    alone = replace(puppet, x_m=0.0, facing=0.0, acts=(talk,))
    return replace(other, bodies=(), cast=(alone,), music=None, weather="clear", action="perform")
