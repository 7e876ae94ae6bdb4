"""Instructions for edits, in a director's words: what shall be changed, and nothing else.

Every one can be said in at least twenty ways, "please" not counted.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from engine.world.grammar import article, expand
from engine.world.scene import Body, LightName, MaterialName, SetName, WeatherName

_PLEASE = ("", "please ", "now ", "and ")
_WHO_DOES = {"her": "she", "him": "he"}


@dataclass(frozen=True, kw_only=True)
class _Forms:
    """Ways to ask for one thing; ``{it}`` is what is changed and ``{new}`` what it becomes.

    Attributes:
        orders: begin with a verb, so that "please" may stand before them.
        states: say how it shall be.
    """

    orders: str
    states: str = ""

    def ways(self, its: Sequence[str] = ("",), news: Sequence[str] = ("",)) -> tuple[str, ...]:
        """All ways, the orders first."""
        doers = [_WHO_DOES.get(it, it) for it in its]
        states = expand(self.states) if self.states else ()
        return tuple(
            form.replace("{it}", it).replace("{new}", new)
            for forms, names in ((expand(self.orders), its), (states, doers))
            for form, it, new in product(forms, names, news)
        )

    def said(
        self, choose: random.Random, its: Sequence[str] = ("",), news: Sequence[str] = ("",)
    ) -> str:
        """One way, as a sentence."""
        ways = self.ways(its, news)
        index = choose.randrange(len(ways))
        orders = len(expand(self.orders)) * len(its) * len(news)
        text = (choose.choice(_PLEASE) if index < orders else "") + ways[index]
        return f"{text[:1].upper()}{text[1:]}{choose.choice(('.', '', '.'))}"


_LIGHT = _Forms(
    orders="{make it|turn it into|change it to|let it be} {new}",
    states="{now it is|it should be|it is now} {new}",
)
_LIGHTS: dict[LightName, tuple[str, ...]] = {
    "day": ("daytime", "day", "bright daylight", "noon"),
    "sunset": ("sunset", "golden hour", "evening", "dusk"),
    "night": ("nighttime", "night", "midnight", "a moonlit night"),
    "overcast": ("overcast", "a cloudy day", "a grey day", "dull overcast light"),
}
_WEATHER = _Forms(
    orders="{let it|make it|have it} {new}",
    states="{it should|it shall|now it should} {new}",
)
_WEATHERS: dict[WeatherName, tuple[str, ...]] = {
    "rain": ("rain", "pour", "rain hard", "pour with rain"),
    "snow": ("snow", "snow softly", "snow hard", "snow a little"),
    "fog": ("be foggy", "be misty", "fill with fog", "drown in mist"),
    "clear": ("clear up", "be clear", "be dry", "be fine weather"),
}
_SET = _Forms(
    orders="{move it to|take it to|bring it to|change the set to|make the place} {new}",
    states="{the place is now|now the place is} {new}",
)
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
_TURN = _Forms(
    orders="{turn {it} to|make {it}|change {it} to|let {it} be} {new}",
    states="{it} {should be|is now|shall be} {new}",
)
_SWAP = _Forms(
    orders=(
        "{replace {it} with {new}|swap {it} for {new}|turn {it} into {new}|"
        "make {it} {new} instead|put {new} where {it} is}"
    ),
    states="{it} {should be|is now} {new}",
)
_TAKE = _Forms(
    orders="{remove {it}|take {it} away|take {it} out|get rid of {it}|lose {it}}",
    states="{the shot is without {it}|{it} should be gone|{it} is not there}",
)
_ADD = _Forms(
    orders=(
        "{{add|bring in|include|let there be} {new}{| too}|"
        "{put|place|set} {new} in {it|the shot|the picture}}"
    ),
    states="there {should be|is|is also|shall be} {new}{| too}",
)
_WEAR = _Forms(
    orders=(
        "{{give|get} {it} {new}|{let|have|make} {it} wear {new}|{put|place|set} {new} on {it}|"
        "{dress|show} {it} in {new}|{let|have} {it} put on {new}}"
    ),
    states=(
        "{it} {should wear|must wear|wears|should be in|should have|has put on|is now in|"
        "is now wearing} {new}"
    ),
)
_PLAY = _Forms(
    orders="{play {new}|put {new} under it|score it with {new}|add {new}|let there be {new}}",
    states="{it plays to {new}|there should be {new}}",
)
_DEPTH = _Forms(
    orders=(
        "{show|draw|render|give me|let me see} {depth|the depth|the depth map|the depth pass|"
        "how near everything is}"
    )
)
_MOTION = _Forms(
    orders=(
        "{show|draw|render|give me|let me see} {motion|the motion|the motion map|the motion pass|"
        "the optical flow}"
    )
)
_OUTLINE = _Forms(
    orders=(
        "{{outline|mask|cut out|trace|isolate} {it}|"
        "{show|draw|render|give me|let me see} the {mask|outline|silhouette|matte} of {it}}"
    )
)


def light_instruction(new: LightName, choose: random.Random) -> str:
    """Another time of day: "make it nighttime"."""
    return _LIGHT.said(choose, news=_LIGHTS[new])


def weather_instruction(new: WeatherName, choose: random.Random) -> str:
    """Another weather: "let it rain"."""
    return _WEATHER.said(choose, news=_WEATHERS[new])


def set_instruction(new: SetName, choose: random.Random) -> str:
    """Another place: "move it to the desert"."""
    return _SET.said(choose, news=_SET_WORDS[new])


def turn_instruction(body: Body, new: str, choose: random.Random) -> str:
    """Another material or colour: "turn the ball to metal"."""
    words = ("wood", "wooden") if new == "wood" else (new,)
    return _TURN.said(choose, _names(body), words)


def swap_instruction(body: Body, new: Body, choose: random.Random) -> str:
    """Another prop in the place of one."""
    return _SWAP.said(choose, _names(body), _articled(new))


def remove_instruction(body: Body, choose: random.Random) -> str:
    """One prop less."""
    return _TAKE.said(choose, _names(body))


def add_instruction(new: Body, choose: random.Random) -> str:
    """One prop more."""
    return _ADD.said(choose, news=_articled(new))


def wear_instruction(who: Sequence[str], what: str, choose: random.Random) -> str:
    """Something to wear: "give her a red hat", for one of several ways to say who."""
    return _WEAR.said(choose, who, (what,))


def music_instruction(what: Sequence[str], choose: random.Random) -> str:
    """Another music."""
    return _PLAY.said(choose, news=what)


def perception_instruction(ask: Literal["depth", "motion", "outline"], it: str,
                           choose: random.Random) -> str:  # fmt: skip
    """A map instead of the picture: "show depth", "outline @Image1"."""
    return {"depth": _DEPTH, "motion": _MOTION, "outline": _OUTLINE}[ask].said(choose, (it,))


def _names(body: Body) -> tuple[str, ...]:
    material: MaterialName = body.material
    return (
        f"the {body.prop}",
        f"the {body.colour} {body.prop}",
        f"the {material} {body.prop}",
        f"the {body.colour} {material} {body.prop}",
    )


def _articled(body: Body) -> tuple[str, ...]:
    return (
        article(f"{body.colour} {body.material} {body.prop}"),
        article(f"{body.colour} {body.prop}"),
    )
