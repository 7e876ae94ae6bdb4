"""Edits drawn from the world: a scene twice, with one thing changed, and the words for it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.world.cast import DYES, HATS, Puppet
from engine.world.cast_words import subject
from engine.world.instructions import (
    add_instruction,
    light_instruction,
    music_instruction,
    remove_instruction,
    set_instruction,
    swap_instruction,
    turn_instruction,
    wear_instruction,
    weather_instruction,
)
from engine.world.matter import OUTLINES
from engine.world.phrases import music_phrases
from engine.world.places import ALWAYS_CLEAR, sample_music
from engine.world.scene import (
    COLOURS,
    LIGHTS,
    MATERIALS,
    PROPS,
    SETS,
    WEATHERS,
    Body,
    ColourName,
    LightName,
    MaterialName,
    PropName,
    Scene,
    SetName,
    WeatherName,
)


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One thing changed.

    Attributes:
        kind: of ``EDITS``.
        source, result: the scene before and after.
        instruction: in a director's words.
        subjects: which bodies, then cast, it changes, counted in the result (in the source, where
            something is taken away); empty where the whole picture or only the sound changes.
    """

    kind: str
    source: Scene
    result: Scene
    instruction: str
    subjects: tuple[int, ...] = ()


def sample_edit(scene: Scene, seed: int, kind: str | None = None) -> Edit:
    """An edit of a scene; equal arguments give equal ones.

    Args:
        scene: the source.
        seed: draws the edit.
        kind: of ``EDITS``; by default one of those that the scene allows.

    Raises:
        ValueError: if the scene does not allow the kind.
    """
    choose = random.Random(f"{seed}/edit")
    if kind is not None:
        made = EDITS[kind](scene, choose)
        if made is None:
            raise ValueError(f"scene {scene.seed} has nothing for an edit of its {kind}")
        return made
    kinds = list(EDITS)
    choose.shuffle(kinds)
    for name in kinds:
        made = EDITS[name](scene, choose)
        if made is not None:
            return made
    raise AssertionError("a light can always be changed")


def _light(scene: Scene, choose: random.Random) -> Edit:
    new: LightName = choose.choice([name for name in LIGHTS if name != scene.light])
    return Edit(
        kind="light",
        source=scene,
        result=replace(scene, light=new),
        instruction=light_instruction(new, choose),
    )


def _weather(scene: Scene, choose: random.Random) -> Edit | None:
    if scene.set_name in ALWAYS_CLEAR:
        return None
    new: WeatherName = choose.choice([name for name in WEATHERS if name != scene.weather])
    return Edit(
        kind="weather",
        source=scene,
        result=replace(scene, weather=new),
        instruction=weather_instruction(new, choose),
    )


def _set(scene: Scene, choose: random.Random) -> Edit:
    """Another place; what moves goes on as on the floor of the first."""
    new: SetName = choose.choice([name for name in SETS if name != scene.set_name])
    floor = scene.floor or scene.set_name
    weather = "clear" if new in ALWAYS_CLEAR else scene.weather
    return Edit(
        kind="set",
        source=scene,
        result=replace(scene, set_name=new, floor=floor, weather=weather),
        instruction=set_instruction(new, choose),
    )


def _with_body(scene: Scene, index: int, body: Body) -> Scene:
    bodies = (*scene.bodies[:index], body, *scene.bodies[index + 1 :])
    return replace(scene, bodies=bodies)


def _colour(scene: Scene, choose: random.Random) -> Edit | None:
    if not scene.bodies:
        return None
    index = choose.randrange(len(scene.bodies))
    taken = {body.colour for body in scene.bodies}
    new: ColourName = choose.choice([name for name in COLOURS if name not in taken])
    body = scene.bodies[index]
    return Edit(
        kind="colour",
        source=scene,
        result=_with_body(scene, index, replace(body, colour=new)),
        instruction=turn_instruction(body, new, choose),
        subjects=(index,),
    )


def _material(scene: Scene, choose: random.Random) -> Edit | None:
    """Another material, which also bounces, slides and sounds as it does."""
    if not scene.bodies:
        return None
    index = choose.randrange(len(scene.bodies))
    body = scene.bodies[index]
    new: MaterialName = choose.choice([name for name in MATERIALS if name != body.material])
    return Edit(
        kind="material",
        source=scene,
        result=_with_body(scene, index, replace(body, material=new)),
        instruction=turn_instruction(body, new, choose),
        subjects=(index,),
    )


def _prop(scene: Scene, choose: random.Random) -> Edit | None:
    """Another prop that rolls or stands as the first one did."""
    if not scene.bodies or scene.cast:
        return None
    index = choose.randrange(len(scene.bodies))
    body, used = scene.bodies[index], {one.prop for one in scene.bodies}
    outline = OUTLINES[body.prop]
    alike: list[PropName] = [
        name for name in PROPS if name not in used and OUTLINES[name].rolls == outline.rolls
    ]
    if not alike:
        return None
    new = replace(body, prop=choose.choice(alike))
    # What stood on the floor stands on it again.
    if abs(body.y_m - outline.half_height * body.radius_m) < 1e-6:
        new = replace(new, y_m=OUTLINES[new.prop].half_height * new.radius_m)
    return Edit(
        kind="prop",
        source=scene,
        result=_with_body(scene, index, new),
        instruction=swap_instruction(body, new, choose),
        subjects=(index,),
    )


def _bystander(scene: Scene) -> int | None:
    """The last body, if it only stands there."""
    if len(scene.bodies) < 2 or scene.cast or scene.shots:
        return None
    last = scene.bodies[-1]
    still = last.vx_m_s == 0.0 and last.vy_m_s == 0.0
    return len(scene.bodies) - 1 if still and scene.action in ("drop", "toss") else None


def _remove(scene: Scene, choose: random.Random) -> Edit | None:
    index = _bystander(scene)
    if index is None:
        return None
    return Edit(
        kind="remove",
        source=scene,
        result=replace(scene, bodies=scene.bodies[:index]),
        instruction=remove_instruction(scene.bodies[index], choose),
        subjects=(index,),
    )


def _add(scene: Scene, choose: random.Random) -> Edit | None:
    index = _bystander(scene)
    if index is None:
        return None
    return Edit(
        kind="add",
        source=replace(scene, bodies=scene.bodies[:index]),
        result=scene,
        instruction=add_instruction(scene.bodies[index], choose),
        subjects=(index,),
    )


def _hat(scene: Scene, choose: random.Random) -> Edit | None:
    """Another hat for one of the cast."""
    if not scene.cast:
        return None
    number = choose.randrange(len(scene.cast))
    puppet = scene.cast[number]
    hat = choose.choice([name for name in HATS if name not in ("none", puppet.identity.hat)])
    colour = choose.choice(list(DYES))
    identity = replace(puppet.identity, hat=hat, hat_colour=colour)
    cast: list[Puppet] = list(scene.cast)
    cast[number] = replace(puppet, identity=identity)
    species = puppet.identity.species
    who = ["her", "him", f"the {species}"] if len(scene.cast) == 1 else []
    looks = subject(puppet.identity, choose, brief=True).split(" ", 1)[1]
    article = "an" if colour[0] in "aeiou" else "a"
    return Edit(
        kind="hat",
        source=scene,
        result=replace(scene, cast=tuple(cast)),
        instruction=wear_instruction([*who, f"the {looks}"], f"{article} {colour} {hat}", choose),
        subjects=(len(scene.bodies) + number,),
    )


def _music(scene: Scene, choose: random.Random) -> Edit | None:
    """Music where there was none, or other instruments and chords on the same beats."""
    new = sample_music(choose)
    if scene.music is not None:
        new = replace(new, tempo_bpm=scene.music.tempo_bpm, first_beat_s=scene.music.first_beat_s)
    ways = [way.removeprefix("set ").removeprefix("to ") for way in music_phrases(new)[:4]]
    return Edit(
        kind="music",
        source=scene,
        result=replace(scene, music=new),
        instruction=music_instruction(ways, choose),
    )


EDITS: dict[str, Callable[[Scene, random.Random], Edit | None]] = {
    "light": _light,
    "weather": _weather,
    "set": _set,
    "colour": _colour,
    "material": _material,
    "prop": _prop,
    "remove": _remove,
    "add": _add,
    "hat": _hat,
    "music": _music,
}
