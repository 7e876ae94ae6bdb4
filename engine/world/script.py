"""Captions from level 2 on: a whole scene, its common text, and each of its shots.

Every fourth variant leaves something unsaid, as at level 1, so that short prompts are understood.
"""

from __future__ import annotations

import random

from engine.world.caption import PARTIAL_EVERY, action_words
from engine.world.cast_words import subject
from engine.world.phrases import (
    LIGHT_PHRASES,
    LINK_PHRASES,
    MOVE_PHRASES,
    SET_PHRASES,
    SIZE_PHRASES,
    WEATHER_PHRASES,
    music_phrases,
    slug_line,
)
from engine.world.prop_words import name_of
from engine.world.scene import CameraPath, Scene
from engine.world.weather import INDOORS

# A spoken line that ends a sentence has its stop within the quotes.
_LINE_ENDS = ('."', '!"', '?"')
# What a partial caption may leave unsaid.
OPTIONAL = ("set", "light", "move", "size", "weather", "music", "material", "colour", "others")


def scene_caption(scene: Scene, variant: int, unsaid: frozenset[str] = frozenset()) -> str:
    """One of the captions of a whole scene; equal arguments give equal ones."""
    choose = random.Random(f"{scene.seed}/{variant}/script")
    if variant % PARTIAL_EVERY == PARTIAL_EVERY - 1:
        unsaid |= frozenset(choose.sample(OPTIONAL, choose.choice((1, 2, 3, 4))))
    action = action_words(scene, choose, unsaid)
    if scene.shots:
        shots = [_shot_line(scene, index, choose) for index in range(len(scene.shots))]
        head = _sentence(_setting(scene, choose, unsaid))
        return _joined((head, _sentence(action), " ".join(shots)), " ")
    camera = _camera(scene.camera, choose, unsaid)
    extra = _music(scene, choose, unsaid)
    place, air = _place(scene, choose, unsaid), _weather(scene, choose, unsaid)
    match choose.randrange(5):
        case 0:
            line = _joined((action, place), " ")
            return _joined(
                (_sentence(line), _sentence(air), _sentence(camera), _sentence(extra)), " "
            )
        case 1:
            line = _joined((place, air, action), ", ")
            return _joined((_sentence(line), _sentence(_joined((camera, extra), ", "))), " ")
        case 2:
            line = _joined((camera, _joined((action, place), " ")), ": ")
            return _sentence(_joined((line, air, extra), ", "))
        case 3 if not unsaid & {"set", "light"}:
            head = slug_line(scene.set_name, scene.light) + "."
            rest = (_sentence(air), _sentence(action), _sentence(camera), _sentence(extra))
            return _joined((head, *rest), " ")
        case _:
            return _sentence(_joined((action, place, air, camera, extra), ", "))


def common_caption(scene: Scene, variant: int) -> str:
    """What holds for every shot of a scene: the place, light, weather and music, and the action.

    The action is told here, with who plays in it, because it goes on through the cuts.
    """
    choose = random.Random(f"{scene.seed}/{variant}/common")
    action = action_words(scene, choose, frozenset())
    setting = _setting(scene, choose, frozenset())
    return _joined((_sentence(setting), _sentence(action)), " ")


def shot_caption(scene: Scene, shot: int, variant: int) -> str:
    """What one shot of a scene shows, and how; beside the common text."""
    choose = random.Random(f"{scene.seed}/{variant}/shot {shot}")
    if not scene.shots:
        return scene_caption(scene, variant)
    return _shot_line(scene, shot, choose)


def _shot_line(scene: Scene, index: int, choose: random.Random) -> str:
    shot = scene.shots[index]
    opening = "opening" if index == 0 else shot.link
    names = [_seen(scene, one, choose) for one in shot.subjects]
    if names:
        what = _listed(names)
    else:
        what = choose.choice(("the whole scene", "everything", "the place", "the scene"))
    link = choose.choice(LINK_PHRASES[opening])
    how = _camera(shot.camera, choose, frozenset())
    return _sentence(f"{link} {what}, {how}")


def _seen(scene: Scene, subject_index: int, choose: random.Random) -> str:
    """One that a shot shows: a prop, or one of the cast."""
    if subject_index < len(scene.bodies):
        return name_of(scene.bodies[subject_index], choose, frozenset({"material"}))
    identity = scene.cast[subject_index - len(scene.bodies)].identity
    return subject(identity, choose, brief=True)


def _setting(scene: Scene, choose: random.Random, unsaid: frozenset[str]) -> str:
    parts = (
        _place(scene, choose, unsaid),
        _weather(scene, choose, unsaid),
        _music(scene, choose, unsaid),
    )
    return _joined(parts, ", ")


def _place(scene: Scene, choose: random.Random, unsaid: frozenset[str]) -> str:
    place = "" if "set" in unsaid else choose.choice(SET_PHRASES[scene.set_name])
    light = "" if "light" in unsaid else choose.choice(LIGHT_PHRASES[scene.light])
    return _joined((place, light), " ")


def _weather(scene: Scene, choose: random.Random, unsaid: frozenset[str]) -> str:
    clear = scene.weather == "clear"
    if "weather" in unsaid or (clear and choose.random() < 0.8):
        return ""
    ways = WEATHER_PHRASES[scene.weather]
    if scene.set_name in INDOORS and not clear:
        return choose.choice([way for way in ways if way.startswith("it ")]) + " outside"
    return choose.choice(ways)


def _music(scene: Scene, choose: random.Random, unsaid: frozenset[str]) -> str:
    if scene.music is None or "music" in unsaid:
        return ""
    return choose.choice(music_phrases(scene.music))


def _camera(path: CameraPath, choose: random.Random, unsaid: frozenset[str]) -> str:
    size = "" if "size" in unsaid else choose.choice(SIZE_PHRASES[path.size])
    move = "" if "move" in unsaid else choose.choice(MOVE_PHRASES[path.move])
    return _joined((size, move), ", ")


def _listed(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + " and " + names[-1]


def _joined(parts: tuple[str, ...], between: str) -> str:
    return between.join(part for part in parts if part)


def _sentence(text: str) -> str:
    """The text with a capital and a full stop, if its last word has none; nothing of nothing."""
    ends = text.endswith(_LINE_ENDS)
    return f"{text[:1].upper()}{text[1:]}{'' if ends else '.'}" if text else ""
