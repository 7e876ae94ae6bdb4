"""Instructions for edits, in a director's words: what shall be changed, and nothing else."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import product
from typing import Literal

from engine.world.scene import Body, LightName, MaterialName, SetName, WeatherName

_MAKE = ("make it", "turn it into", "change it to", "let it be", "now it is")
_LIGHTS: dict[LightName, tuple[str, ...]] = {
    "day": ("daytime", "day", "bright daylight", "noon"),
    "sunset": ("sunset", "golden hour", "evening", "dusk"),
    "night": ("nighttime", "night", "midnight", "a moonlit night"),
    "overcast": ("overcast", "a cloudy day", "a grey day", "dull overcast light"),
}
_WEATHERS: dict[WeatherName, tuple[str, ...]] = {
    "rain": ("rain", "pour", "rain hard", "pour with rain"),
    "snow": ("snow", "snow softly", "snow hard", "snow a little"),
    "fog": ("be foggy", "be misty", "fill with fog", "drown in mist"),
    "clear": ("clear up", "be clear", "be dry", "be fine weather"),
}
_LET = ("let it", "make it", "have it", "it should", "now let it")
_SET = ("move it to", "take it to", "bring it to", "change the set to", "make the place")
_SET_WORDS: dict[SetName, tuple[str, ...]] = {
    "park": ("the park", "a park", "a green park", "a leafy park"),
    "beach": ("the beach", "a beach", "a sandy beach", "the seaside"),
    "street": ("the street", "a street", "a city street", "a street of houses"),
    "stage": ("the stage", "a stage", "a theatre", "a theatre stage"),
    "kitchen": ("the kitchen", "a kitchen", "a tiled kitchen", "a cosy kitchen"),
    "snowfield": ("the snowfield", "a snowfield", "the deep snow", "a snowy valley"),
    "forest": ("the forest", "a forest", "the woods", "a mossy forest"),
    "desert": ("the desert", "a desert", "a red desert", "the dunes"),
    "rooftop": ("the rooftop", "a rooftop", "a city rooftop", "a roof above the city"),
    "classroom": ("the classroom", "a classroom", "a school", "a schoolroom"),
    "harbour": ("the harbour", "a harbour", "the docks", "a port"),
    "moon": ("the moon", "a moonscape", "the surface of the moon", "outer space, on the moon"),
}
_TURN = ("turn {it} to {new}", "make {it} {new}", "{it} should be {new}", "change {it} to {new}",
         "let {it} be {new}")  # fmt: skip
_SWAP = ("replace {it} with {new}", "swap {it} for {new}", "turn {it} into {new}",
         "make {it} {new} instead", "put {new} where {it} is")  # fmt: skip
_TAKE = ("remove {it}", "take {it} away", "take {it} out", "get rid of {it}", "lose {it}",
         "the shot is without {it}")  # fmt: skip
_ADD = ("add {new}", "put {new} in the shot", "let there be {new}", "place {new} in it",
        "bring in {new}", "there should be {new} too")  # fmt: skip
_WEAR = ("give {it} {new}", "let {it} wear {new}", "put {new} on {it}", "{it} should wear {new}",
         "dress {it} in {new}")  # fmt: skip
_PLAY = (
    "play {new}",
    "put {new} under it",
    "score it with {new}",
    "add {new}",
    "let there be {new}",
)
_PLEASE = ("", "please ", "now ", "and ")
_DEPTH = ("show depth", "show the depth", "render it as depth", "draw the depth map",
          "give me the depth pass")  # fmt: skip
_MOTION = ("show motion", "show the motion", "render it as optical flow", "draw the motion map",
           "give me the motion pass")  # fmt: skip
_OUTLINE = ("outline {it}", "mask {it}", "cut out {it}", "trace {it}", "show the mask of {it}")


def light_instruction(new: LightName, choose: random.Random) -> str:
    """Another time of day: "make it nighttime"."""
    return _said(light_ways(new), choose)


def light_ways(new: LightName) -> tuple[str, ...]:
    """All ways to ask for a light."""
    return tuple(" ".join(words) for words in product(_MAKE, _LIGHTS[new]))


def weather_instruction(new: WeatherName, choose: random.Random) -> str:
    """Another weather: "let it rain"."""
    return _said(weather_ways(new), choose)


def weather_ways(new: WeatherName) -> tuple[str, ...]:
    """All ways to ask for a weather."""
    return tuple(" ".join(words) for words in product(_LET, _WEATHERS[new]))


def set_instruction(new: SetName, choose: random.Random) -> str:
    """Another place: "move it to the desert"."""
    return _said(set_ways(new), choose)


def set_ways(new: SetName) -> tuple[str, ...]:
    """All ways to ask for a set."""
    return tuple(" ".join(words) for words in product(_SET, _SET_WORDS[new]))


def turn_instruction(body: Body, new: str, choose: random.Random) -> str:
    """Another material or colour: "turn the ball to metal"."""
    words = ("wood", "wooden") if new == "wood" else (new,)
    return _said(_filled(_TURN, _names(body), words), choose)


def swap_instruction(body: Body, new: Body, choose: random.Random) -> str:
    """Another prop in the place of one."""
    return _said(_filled(_SWAP, _names(body), _articled(new)), choose)


def remove_instruction(body: Body, choose: random.Random) -> str:
    """One prop less."""
    return _said(_filled(_TAKE, _names(body), ("",)), choose)


def add_instruction(new: Body, choose: random.Random) -> str:
    """One prop more."""
    return _said(_filled(_ADD, ("",), _articled(new)), choose)


def wear_instruction(who: Sequence[str], what: str, choose: random.Random) -> str:
    """Something to wear: "give her a red hat", for one of several ways to say who."""
    return _said(_filled(_WEAR, tuple(who), (what,)), choose)


def music_instruction(what: Sequence[str], choose: random.Random) -> str:
    """Another music."""
    return _said(_filled(_PLAY, ("",), tuple(what)), choose)


def perception_instruction(ask: Literal["depth", "motion", "outline"], it: str,
                           choose: random.Random) -> str:  # fmt: skip
    """A map instead of the picture: "show depth", "outline @Image1"."""
    ways = {"depth": _DEPTH, "motion": _MOTION, "outline": _OUTLINE}[ask]
    return _said(_filled(ways, (it,), ("",)), choose)


def _names(body: Body) -> tuple[str, ...]:
    material: MaterialName = body.material
    return (
        f"the {body.prop}",
        f"the {body.colour} {body.prop}",
        f"the {material} {body.prop}",
        f"the {body.colour} {material} {body.prop}",
    )


def _articled(body: Body) -> tuple[str, ...]:
    names = (f"{body.colour} {body.material} {body.prop}", f"{body.colour} {body.prop}")
    return tuple(f"{'an' if name[0] in 'aeiou' else 'a'} {name}" for name in names)


def _filled(forms: Sequence[str], its: Sequence[str], news: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        form.replace("{it}", it).replace("{new}", new)
        for form, it, new in product(forms, its, news)
    )


def _said(ways: Sequence[str], choose: random.Random) -> str:
    text = choose.choice(_PLEASE) + choose.choice(ways)
    return f"{text[:1].upper()}{text[1:]}{choose.choice(('.', '', '.'))}"
