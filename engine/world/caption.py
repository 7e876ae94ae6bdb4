"""Captions: a scene in a director's words; what level 1 says of it, in the words it always had."""

from __future__ import annotations

import random
from dataclasses import dataclass

from engine.world.cast_words import cast_action
from engine.world.prop_words import ROLLING, name_of, props_action
from engine.world.scene import Scene

# One variant in this many leaves something unsaid, so that short prompts are understood too.
PARTIAL_EVERY = 4

SETS: dict[str, tuple[str, ...]] = {
    "park": ("in the park", "in a green park", "on the park lawn"),
    "beach": ("on the beach", "on a sandy beach", "at the beach"),
    "street": ("in the street", "on a city street", "on the street"),
    "stage": ("on stage", "on a theatre stage", "on the stage"),
    "kitchen": ("in the kitchen", "on the kitchen floor", "in a tiled kitchen"),
    "snowfield": ("in the snowfield", "on a snowfield", "out in a snowfield"),
}
LIGHTS: dict[str, tuple[str, ...]] = {
    "day": ("by day", "in bright daylight", "on a clear day"),
    "sunset": ("at sunset", "in the light of sunset", "at golden sunset"),
    "night": ("at night", "by night", "in the night"),
    "overcast": ("under an overcast sky", "in overcast light", "on an overcast day"),
}
MOVES: dict[str, tuple[str, ...]] = {
    "static": ("static camera", "the camera is static", "static shot"),
    "pan left": ("the camera pans left", "pan left", "camera panning left"),
    "pan right": ("the camera pans right", "pan right", "camera panning right"),
    "push in": ("the camera pushes in", "slow push in", "camera push in"),
}
ALONE: dict[str, tuple[str, ...]] = {
    "drop": ("drops and bounces", "falls to the floor", "drops to the ground", "falls down"),
    "toss": ("is tossed through the air", "is thrown in an arc", "flies in an arc and lands"),
    "roll": ("{rolls} across the floor", "{rolls} into the wall", "{rolls} along the ground"),
    "collide": ("{rolls} across the floor",),
}
TOGETHER: dict[str, tuple[str, ...]] = {
    "drop": ("{first} drops beside {second}", "{first} falls near {second}"),
    "toss": ("{first} is tossed past {second}", "{first} flies in an arc near {second}"),
    "roll": ("{first} {rolls} into {second}", "{first} {rolls} up and hits {second}"),
    "collide": ("{first} and {second} collide", "{first} collides with {second}"),
}
THIRD = ("with {third} nearby", "{third} is there too", "beside {third}")


@dataclass(frozen=True, kw_only=True)
class _Words:
    """The parts of a caption; an empty part is left unsaid."""

    action: str
    place: str
    light: str
    move: str


def caption(scene: Scene, variant: int, unsaid: frozenset[str] = frozenset()) -> str:
    """One of the scene's captions.

    Args:
        scene: what it tells.
        variant: which paraphrase, from 0. Equal scenes and variants give equal captions. Every
            ``PARTIAL_EVERY``-th (3, 7, ...) leaves out one attribute or more; the others name
            every body's colour, material and prop, the set, the light, the camera and the action.
        unsaid: what else is left out, such as ``set`` or ``move``.
    """
    if scene.level > 1:
        from engine.world.script import scene_caption

        return scene_caption(scene, variant, unsaid)
    choose = random.Random(f"{scene.seed}/{variant}")
    partial = variant % PARTIAL_EVERY == PARTIAL_EVERY - 1
    unsaid |= _unsaid(choose) if partial else frozenset()
    words = _Words(
        action=action_words(scene, choose, unsaid),
        place="" if "set" in unsaid else choose.choice(SETS[scene.set_name]),
        light="" if "light" in unsaid else choose.choice(LIGHTS[scene.light]),
        move="" if "move" in unsaid else choose.choice(MOVES[scene.camera.move]),
    )
    return choose.choice(_FRAMES)(words)


def _unsaid(choose: random.Random) -> frozenset[str]:
    options = ("set", "light", "move", "material", "colour", "others")
    return frozenset(choose.sample(options, choose.choice((1, 1, 2, 3))))


def action_words(scene: Scene, choose: random.Random, unsaid: frozenset[str]) -> str:
    """What happens in a scene, and to whom."""
    if scene.cast:
        return cast_action(scene, choose, brief=bool(unsaid))
    if scene.level > 1:
        return props_action(scene, choose, unsaid)
    names = [name_of(body, choose, unsaid) for body in scene.bodies]
    first = scene.bodies[0]
    rolls = "rolls" if first.prop in ROLLING else "slides"
    if len(names) == 1 or ("others" in unsaid and scene.action in ("drop", "toss")):
        words = choose.choice(ALONE[scene.action]).replace("{rolls}", rolls)
        return f"{names[0]} {words}"
    template = choose.choice(TOGETHER[scene.action])
    text = template.replace("{rolls}", rolls)
    text = text.replace("{first}", names[0]).replace("{second}", names[1])
    for name in names[2:] if "others" not in unsaid else ():
        text += ", " + choose.choice(THIRD).replace("{third}", name)
    return text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _joined(parts: tuple[str, ...], between: str) -> str:
    return between.join(part for part in parts if part)


def _plain(words: _Words) -> str:
    """A red rubber ball drops and bounces in the park at sunset, the camera pans left."""
    line = _joined((words.action, words.place, words.light), " ")
    return _capital(_joined((line, words.move), ", ")) + "."


def _commas(words: _Words) -> str:
    """A red rubber ball drops and bounces, in the park, at sunset, pan left."""
    return _capital(_joined((words.action, words.place, words.light, words.move), ", "))


def _setting_first(words: _Words) -> str:
    """In the park at sunset, a red rubber ball drops and bounces. The camera pans left."""
    line = _joined((_joined((words.place, words.light), " "), words.action), ", ")
    return _joined((_capital(line), _capital(words.move)), ". ") + "."


def _slate(words: _Words) -> str:
    """At sunset, in the park. Pan left: a red rubber ball drops and bounces."""
    setting = _capital(_joined((words.light, words.place), ", "))
    shot = _joined((_capital(words.move), words.action), ": ") if words.move else words.action
    return _joined((setting, _capital(shot)), ". ") + "."


def _camera_first(words: _Words) -> str:
    """Pan left. A red rubber ball drops and bounces in the park at sunset."""
    line = _joined((words.action, words.place, words.light), " ")
    return _joined((_capital(words.move), _capital(line)), ". ") + "."


def _shot_list(words: _Words) -> str:
    """Wide shot, pan left: a red rubber ball drops and bounces in the park at sunset."""
    line = _joined((words.action, words.place, words.light), " ")
    return _joined(("Wide shot", words.move), ", ") + ": " + line + "."


_FRAMES = (_plain, _commas, _setting_first, _slate, _camera_first, _shot_list)
