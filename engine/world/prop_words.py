"""Props in a director's words: what they are called and, from level 2 on, what they do.

Every action has at least twenty ways. Level 1 has a few of its own (``engine.world.caption``).
"""

from __future__ import annotations

import random

from engine.world.grammar import article, expand
from engine.world.scene import ActionName, Body, Scene

# What rolls; the other props slide.
ROLLING = frozenset({"ball", "wheel", "star", "pumpkin"})
_WAY = "{across the floor|along the ground|over the floor|into the wall|up against the wall}"
ALONE: dict[ActionName, str] = {
    "drop": (
        "{drops|falls|plunges|tumbles|comes down} "
        "{to the floor|to the ground|and bounces|from above|out of the air}"
    ),
    "toss": (
        "{is tossed|is thrown|is flung|is lobbed|flies|sails} "
        "{through the air|in an arc|in a high arc|across the frame|in an arc and lands}"
    ),
    "roll": "{rolling} " + _WAY,
}
TOGETHER: dict[ActionName, str] = {
    "drop": (
        "{first} {drops|falls|plunges|tumbles|comes down} "
        "{beside|near|next to|close to|alongside} {second}"
    ),
    "toss": (
        "{first} {is tossed|is thrown|is flung|is lobbed|flies|sails} "
        "{past|near|in an arc past|in an arc near} {second}"
    ),
    "roll": "{first} {rolling} {into|up to and hits|up and hits|straight into|against} {second}",
    "collide": (
        "{{first} and {second} {collide|crash into each other|run into each other|hit each other|"
        "bump into each other|knock together|meet head on|crash together|collide head on}|"
        "{first} {collides with|crashes into|runs into|bumps into|knocks into|smashes into} "
        "{second}{| head on}}"
    ),
}
_ROLLS = ("rolls", "trundles", "comes rolling", "goes rolling", "spins")
_SLIDES = ("slides", "skids", "comes sliding", "goes sliding", "glides")
THIRD = (
    "{with {third} {nearby|close by|beside it|at its side|to one side}|"
    "and there is {third} {too|as well|nearby|close by|beside it}|"
    "{beside|next to|near|close to|alongside} {third}|"
    "{third} is {there too|nearby|close by|beside it|in the shot too}}"
)


def name_of(body: Body, choose: random.Random, unsaid: frozenset[str]) -> str:
    """A prop with its colour and material, and an article."""
    words = []
    if "colour" not in unsaid:
        words.append(body.colour)
    if "material" not in unsaid:
        wooden = body.material == "wood" and choose.random() < 0.5
        words.append("wooden" if wooden else body.material)
    if len(words) == 2 and choose.random() < 0.15:
        return article(f"{body.colour} {body.prop} made of {body.material}")
    return article(" ".join([*words, body.prop]))


def props_action(scene: Scene, choose: random.Random, unsaid: frozenset[str]) -> str:
    """What the props of a scene do, as the middle of a sentence."""
    names = [name_of(body, choose, unsaid) for body in scene.bodies]
    alone = len(names) == 1 or ("others" in unsaid and scene.action in ("drop", "toss"))
    phrase = ALONE[scene.action] if alone else TOGETHER[scene.action]
    text = choose.choice(expand(phrase))
    if alone:
        text = f"{names[0]} {text}"
    rolls = _ROLLS if scene.bodies[0].prop in ROLLING else _SLIDES
    text = text.replace("{rolling}", choose.choice(rolls)).replace("{first}", names[0])
    text = text.replace("{second}", names[1]) if len(names) > 1 else text
    for name in names[2:] if "others" not in unsaid else ():
        text += ", " + choose.choice(expand(THIRD)).replace("{third}", name)
    return text
