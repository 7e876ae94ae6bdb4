"""Phrases of a director's script: at least twenty ways to say each set, light, weather and camera.

A phrase is a product of small tables, so that a word learnt in one place is met in many.
"""

from __future__ import annotations

from itertools import product

from engine.world.scene import (
    LightName,
    LinkName,
    MoveName,
    Music,
    SetName,
    SizeName,
    WeatherName,
)
from engine.world.weather import INDOORS


def _ways(*parts: tuple[str, ...]) -> tuple[str, ...]:
    """Every choice of one word from each part, in order, with single spaces."""
    return tuple(" ".join(" ".join(words).split()) for words in product(*parts))


_IN = ("in", "out in", "somewhere in", "deep in")
_ON = ("on", "out on", "over on", "somewhere on")
_INSIDE = ("in", "inside", "somewhere in", "back in")
SET_PHRASES: dict[SetName, tuple[str, ...]] = {
    "park": _ways(
        ("in", "out in", "over in", "somewhere in"),
        ("the park", "a green park", "a leafy park", "the city park", "a quiet park",
         "a park with round trees"),
    ),
    "beach": _ways(
        _ON,
        ("the beach", "a sandy beach", "the sand by the sea", "the seashore", "a summer beach",
         "the beach beneath a parasol"),
    ),
    "street": _ways(
        _ON,
        ("the street", "a city street", "the pavement", "a street of painted houses",
         "a street corner", "the sidewalk"),
    ),
    "stage": _ways(
        ("on", "up on", "out on", "in the middle of"),
        ("the stage", "a theatre stage", "the boards of a theatre", "a stage with red curtains",
         "a small stage", "the stage in the footlights"),
    ),
    "kitchen": _ways(
        _INSIDE,
        ("the kitchen", "a tiled kitchen", "a cosy kitchen", "a sunny yellow kitchen",
         "an old kitchen", "a kitchen with a chequered floor"),
    ),
    "snowfield": _ways(
        ("in", "out in", "somewhere in", "in the middle of"),
        ("the snowfield", "a white snowfield", "the deep snow below the peaks",
         "a field of snow", "the snow by a cabin", "a snowy mountain valley"),
    ),
    "forest": _ways(
        _IN,
        ("the forest", "a green forest", "the old woods", "a forest of tall trunks",
         "the woods", "a mossy forest"),
    ),
    "desert": _ways(
        ("in", "out in", "somewhere in", "alone in"),
        ("the desert", "a red desert", "the desert sand", "a desert of dunes and cactus",
         "a dry canyon desert", "the dunes of a desert"),
    ),
    "rooftop": _ways(
        ("on", "up on", "high up on", "out on"),
        ("the rooftop", "a city rooftop", "the roof above the city", "a flat roof",
         "a rooftop by the water tower", "a rooftop under a string of lamps"),
    ),
    "classroom": _ways(
        _INSIDE,
        ("the classroom", "a school classroom", "a schoolroom", "a classroom by the blackboard",
         "an empty classroom", "a classroom full of books"),
    ),
    "harbour": _ways(
        ("at", "down at", "over at", "out at"),
        ("the harbour", "a busy harbour", "the docks", "the port", "the harbour quay",
         "the harbour by the freighter"),
    ),
    "moon": _ways(
        ("on", "out on", "up on", "far away on"),
        ("the moon", "the surface of the moon", "the grey moon", "the lunar surface",
         "the moon beside the lander", "the moon below the earth"),
    ),
}  # fmt: skip
LIGHT_PHRASES: dict[LightName, tuple[str, ...]] = {
    "day": (
        *_ways(("in", "in the"), ("bright daylight", "full daylight", "broad daylight")),
        *_ways(("on", "during"), ("a clear day", "a bright day", "a sunny day")),
        *_ways(("by", "in the", "in full"), ("day", "sunshine"))[::2],
        "at noon", "at midday", "in the sun", "under a blue sky", "in the middle of the day",
        "in the clear light of day", "in the morning sun", "in daylight",
    ),
    "sunset": (
        *_ways(("at", "just at"), ("sunset", "sundown", "golden hour", "magic hour", "dusk")),
        *_ways(("in the", "in"), ("light of sunset", "golden hour light", "warm evening light")),
        "as the sun sets", "under an orange sky", "in the last light", "in the evening glow",
        "with the sun low", "at golden sunset",
    ),
    "night": (
        *_ways(("at", "late at", "in the dead of"), ("night",)),
        *_ways(("in the", "by", "under the"), ("moonlight", "light of the moon"))[:5],
        *_ways(("on a", "during a"), ("dark night", "clear night", "moonlit night", "blue night")),
        "by night", "after dark", "at midnight", "under the stars", "in the dark", "past midnight",
        "in the night",
    ),
    "overcast": (
        *_ways(("under", "beneath"), ("an overcast sky", "a grey sky", "heavy clouds",
                                      "a leaden sky")),
        *_ways(("in", "in the"), ("overcast light", "flat grey light", "soft cloudy light")),
        *_ways(("on", "during"), ("an overcast day", "a cloudy day", "a grey day", "a dull day")),
    ),
}  # fmt: skip
WEATHER_PHRASES: dict[WeatherName, tuple[str, ...]] = {
    "clear": (
        *_ways(("in", "in the"), ("clear weather", "fine weather", "dry weather", "clear air")),
        *_ways(("the air is", "the weather is", "it is"), ("clear", "dry", "fine")),
        "no rain, no fog", "no rain and no snow", "nothing falls", "on a dry day", "with clear air",
    ),
    "rain": (
        *_ways(("it is", "it keeps"), ("raining", "pouring", "raining hard", "pouring down")),
        *_ways(("in", "in the"), ("rain", "pouring rain", "heavy rain", "steady rain")),
        "rain falls", "rain is falling", "in a downpour", "it rains", "rain coming down",
        "on a rainy day", "the ground is wet with rain", "with rain on everything",
    ),
    "snow": (
        *_ways(("it is", "it keeps"), ("snowing", "snowing softly", "snowing hard")),
        *_ways(("in", "in the"), ("snow", "falling snow", "drifting snow", "light snow")),
        "snow falls", "snow is falling", "in a snowfall", "it snows", "snowflakes drift down",
        "with snow in the air", "on a snowy day", "snow coming down", "flakes are falling",
    ),
    "fog": (
        *_ways(("in", "in the"), ("fog", "thick fog", "heavy mist", "mist", "dense fog")),
        *_ways(("fog", "mist"), ("hangs in the air", "drifts by", "rolls in", "lies thick")),
        "it is foggy", "on a foggy day", "it is misty", "everything is in fog",
    ),
}  # fmt: skip
_SLOW = ("", "slow", "gentle", "smooth")


def _moves(nouns: tuple[str, ...], verbs: tuple[str, ...]) -> tuple[str, ...]:
    return (
        *_ways(_SLOW[1:], nouns),
        *_ways(("a",), _SLOW[1:], nouns[:2]),
        *nouns,
        *_ways(("the camera",), verbs),
        *_ways(("the camera slowly",), verbs),
        *_ways(("camera",), nouns[:2]),
    )


MOVE_PHRASES: dict[MoveName, tuple[str, ...]] = {
    "static": (
        *_ways(("", "a"), ("static camera", "static shot", "locked-off shot", "still camera",
                           "fixed camera", "shot on sticks")),
        *_ways(("the camera",), ("is static", "holds still", "does not move", "stays put",
                                 "is locked off", "is on a tripod", "stays still", "rests")),
        "locked off", "on a tripod",
    ),
    "pan left": _moves(
        ("pan left", "pan to the left", "left pan"), ("pans left", "pans to the left")
    ),
    "pan right": _moves(
        ("pan right", "pan to the right", "right pan"), ("pans right", "pans to the right")
    ),
    "tilt up": _moves(("tilt up", "upward tilt", "tilt upwards"), ("tilts up", "tilts upwards")),
    "tilt down": _moves(
        ("tilt down", "downward tilt", "tilt downwards"), ("tilts down", "tilts downwards")
    ),
    "push in": _moves(("push in", "dolly in", "push-in"), ("pushes in", "dollies in", "moves in")),
    "pull out": _moves(("pull out", "dolly out", "pull back"), ("pulls out", "pulls back")),
    "truck left": _moves(
        ("truck left", "tracking move left", "truck to the left"),
        ("trucks left", "slides left on rails"),
    ),
    "truck right": _moves(
        ("truck right", "tracking move right", "truck to the right"),
        ("trucks right", "slides right on rails"),
    ),
    "handheld": (
        *_ways(("", "a"), ("handheld shot", "handheld camera", "shaky handheld shot",
                           "restless handheld camera", "documentary handheld shot")),
        *_ways(("the camera is", "shot", "filmed"), ("handheld", "by hand", "from the shoulder")),
        "handheld", "on the shoulder", "handheld, a little shaky", "with a handheld feel",
    ),
    "follow": (
        *_ways(("", "a"), ("follow shot", "tracking shot", "following shot", "smooth follow shot")),
        *_ways(("the camera",), ("follows the action", "goes along", "keeps up", "tracks along",
                                 "follows", "stays with it", "follows along", "moves along")),
        *_ways(("we",), ("follow along", "go along", "follow the action", "keep up")),
    ),
}  # fmt: skip
SIZE_PHRASES: dict[SizeName, tuple[str, ...]] = {
    "wide": _ways(
        ("", "a", "in a", "we see a"),
        ("wide shot", "wide view", "long shot", "full shot", "wide framing", "far shot"),
    ),
    "medium": _ways(
        ("", "a", "in a", "we see a"),
        ("medium shot", "mid shot", "half shot", "medium framing", "waist shot", "medium view"),
    ),
    "close-up": _ways(
        ("", "a", "in a", "we see a"),
        ("close-up", "close shot", "close up", "tight shot", "near view", "tight close-up"),
    ),
}
LINK_PHRASES: dict[LinkName, tuple[str, ...]] = {
    "opening": _ways(
        ("we open on", "first", "open on", "it begins with", "start on"),
        ("a view of", "", "the sight of", "a look at"),
    ),
    "match on action": _ways(
        ("match cut to", "cut on the action to", "cut on the move to", "match on action to",
         "cut in mid-action to"),
        ("", "a view of", "the sight of", "a look at"),
    ),
    "shot/reverse shot": _ways(
        ("reverse shot on", "cut to the reverse on", "the reverse angle on", "reverse on",
         "the counter shot on"),
        ("", "a view of", "the sight of", "a look at"),
    ),
    "wide to close": _ways(
        ("cut in to", "cut in close to", "cut closer to", "then cut closer to", "punch in to"),
        ("", "a view of", "the sight of", "a look at"),
    ),
}  # fmt: skip


def music_phrases(music: Music) -> tuple[str, ...]:
    """At least twenty ways to say what is played."""
    pace = "slow" if music.tempo_bpm < 98 else "fast" if music.tempo_bpm > 126 else "steady"
    mood = ("wistful", "minor") if music.minor else ("cheerful", "major")
    parts = {"drums": music.drums, "bass": music.bass, "pad": music.pad, "bells": music.lead}
    played = [name for name, plays in parts.items() if plays]
    listed = " and ".join(played[:2])
    return (
        *_ways(
            ("to", "set to", "with", "over"),
            (f"{pace} {mood[0]} music", f"{pace} music in a {mood[1]} key",
             f"a {pace} {mood[0]} tune", f"{pace} {listed}"),
        ),
        *_ways(("music at", "a beat of", "a groove at", "the music runs at"),
               (f"{music.tempo_bpm} bpm", f"{music.tempo_bpm} beats a minute")),
    )  # fmt: skip


def slug_line(set_name: SetName, light: LightName) -> str:
    """The heading of a scene as a screenplay has it: EXT. PARK - NIGHT."""
    inside = "INT." if set_name in INDOORS else "EXT."
    return f"{inside} {set_name.upper()} - {light.upper()}"
