"""The cast in a director's words: who somebody is, what they do, and what they say.

Phrases are small grammars (``engine.world.grammar``); every action has at least twenty ways.
"""

from __future__ import annotations

import random

from engine.world.actions import (
    Act,
    Catch,
    Dance,
    Drum,
    Fall,
    Jump,
    Slide,
    Talk,
    Throw,
    Travel,
    Wave,
)
from engine.world.cast import Identity, Puppet
from engine.world.grammar import article, expand
from engine.world.scene import Body, Scene

PHRASES: dict[str, str] = {
    "stand": "{stands|waits|pauses|lingers|stays} {still|there|in place|on their mark|quietly}",
    "walk": (
        "{walks|strolls|ambles|saunters|wanders|steps} {across the frame|{towards|to} "
        "{side}|off {to|towards} {side}|{side_adverb}}"
    ),
    "run": (
        "{runs|dashes|races|sprints|hurries|jogs} {across the frame|{towards|to} "
        "{side}|off {to|towards} {side}|{side_adverb}}"
    ),
    "jump": "{jumps|leaps|hops|springs|bounds} {up|into the air|off the ground|high|up and lands}",
    "wave": (
        "{waves|gives a wave|waves a hand|raises a hand and waves|waves hello} {to "
        "camera|at us|to the audience|at the camera}"
    ),
    "dance": (
        "{dances|grooves|boogies|steps} {to the music|on the beat|to the beat|in time "
        "with the music|in rhythm}"
    ),
    "drum": (
        "{drums|beats|taps|plays|bangs} {on|away at} {prop} {on the beat|in time|to the "
        "beat|in rhythm}"
    ),
    "fall": (
        "{falls over|topples over|tips over|keels over|tumbles|falls flat} {onto|to} "
        "{the ground|the floor}"
    ),
    "slide": "{runs|dashes|races} {in|up} {and|then} {slides|skids|slips} {to a stop|to a halt}",
    "throw": (
        "{throws|tosses|passes|hands off|flings|lobs} {prop} {|over |across |through the air }"
        "to {other}"
    ),
    "hand over": (
        "{hands|gives|passes|offers|presents|hands over} {prop} "
        "{|at once |gently |carefully |right away }to {other}"
    ),
    "toss": (
        "{tosses|throws|flips|lobs|chucks} {prop} {up|into the air|upwards} and catches it{| again}"
    ),
    "talk": (
        "{|looks at camera and |turns to us and |leans in and |smiles and }"
        "{says|speaks up|calls out|tells us|remarks|announces}: {line}"
    ),
    "reply": (
        "{|turns and |smiles and |nods and |at once }"
        "{answers|replies|responds|says back|calls back}: {line}"
    ),
    "listen": (
        "{|patiently |quietly |politely |simply }{listens|looks on|watches|stands by|keeps still}"
    ),
}
BUILDS = ((0.25, ("slender", "thin", "slim")), (0.78, ("stout", "chubby", "round")))
SIZES = ((1.10, ("small", "little", "short")), (1.31, ("tall", "big")))
NOUNS: dict[str, tuple[str, ...]] = {
    "person": ("person", "kid", "child", "human puppet"),
    "fox": ("fox",),
    "bear": ("bear",),
    "rabbit": ("rabbit", "bunny"),
    "cat": ("cat",),
    "mouse": ("mouse",),
    "frog": ("frog",),
    "robot": ("robot",),
    "penguin": ("penguin",),
    "pig": ("pig",),
}


def subject(identity: Identity, choose: random.Random, *, brief: bool = False) -> str:
    """Somebody by looks: ``a small fox in a red striped scarf``."""
    noun = choose.choice(NOUNS[identity.species])
    words = _size_words(identity, choose)[: 1 if choose.random() < 0.6 else 0]
    toned = identity.species != "person"
    if toned and choose.random() < (0.4 if brief else 0.75):
        words.append(identity.tone)
    name = article(" ".join([*words, noun]))
    worn = _worn(identity, choose)
    count = 1 if brief else choose.choice((1, 1, 2))
    chosen = worn[:count]
    wears = [text for preposition, text in chosen if preposition == "in"]
    has = [text for preposition, text in chosen if preposition == "with"]
    text = name
    if wears:
        text += f" {choose.choice(('in', 'wearing'))} " + " and ".join(wears)
    if has:
        text += (" and " if wears else " with ") + " and ".join(has)
    return text


def _size_words(identity: Identity, choose: random.Random) -> list[str]:
    words = []
    if identity.height_m < SIZES[0][0]:
        words.append(choose.choice(SIZES[0][1]))
    elif identity.height_m > SIZES[1][0]:
        words.append(choose.choice(SIZES[1][1]))
    if identity.build < BUILDS[0][0]:
        words.append(choose.choice(BUILDS[0][1]))
    elif identity.build > BUILDS[1][0]:
        words.append(choose.choice(BUILDS[1][1]))
    choose.shuffle(words)
    return words


def _worn(identity: Identity, choose: random.Random) -> list[tuple[str, str]]:
    """(preposition, words) of what is seen of somebody, most telling first."""
    plain = identity.pattern == "plain" or identity.top == "dungarees"
    pattern = "" if plain else f"{identity.pattern} "
    clothes = f"{identity.top_colour} {pattern}{identity.top}"
    top = ("in", clothes if identity.top == "dungarees" else article(clothes))
    found: list[tuple[str, str]] = []
    if identity.hat != "none":
        found.append(("in", article(f"{identity.hat_colour} {identity.hat}")))
    if identity.accessory != "none":
        many = identity.accessory in ("glasses", "sunglasses", "headphones")
        words = f"{identity.accessory_colour} {identity.accessory}"
        where = "with" if identity.accessory in ("flower", "necklace") else "in"
        found.append((where, words if many else article(words)))
    if identity.hair != "none":
        found.append(("with", _hair(identity)))
    choose.shuffle(found)
    found.insert(0 if choose.random() < 0.6 else len(found), top)
    return found


def _hair(identity: Identity) -> str:
    match identity.hair:
        case "ponytail":
            return article(f"{identity.hair_colour} ponytail")
        case "bun":
            return f"tied-up {identity.hair_colour} hair"
        case shape:
            return f"{shape} {identity.hair_colour} hair"


def cast_action(scene: Scene, choose: random.Random, *, brief: bool = False) -> str:
    """What the cast does in a scene, as the middle of a sentence."""
    names = [subject(puppet.identity, choose, brief=brief) for puppet in scene.cast]
    clauses = []
    for index, puppet in enumerate(scene.cast):
        other = names[1 - index] if len(names) == 2 else "someone"
        phrases = _deeds(scene, puppet, index, other, choose)
        if phrases:
            clauses.append(f"{names[index]} {' and '.join(phrases)}")
    if len(scene.cast) == 2 and len(clauses) == 2:
        if _same(scene) and choose.random() < 0.7:
            return _together(scene, names, choose)
        return choose.choice((" while ", ", and ", "; ")).join(clauses)
    return clauses[0]


def _same(scene: Scene) -> bool:
    """Whether two do the same, so that one verb will do."""
    kinds = [[type(act).__name__ for act in puppet.acts] for puppet in scene.cast]
    return kinds[0] == kinds[1] and kinds[0] in (["Dance"], ["Jump"], ["Wave"])


def _together(scene: Scene, names: list[str], choose: random.Random) -> str:
    phrase = _pick(act_name(scene.cast[0].acts[0], scene.cast[0]), choose)
    verb, _, rest = phrase.partition(" ")
    plural = {"dashes": "dash", "gives": "give", "raises": "raise", "waves": "wave"}.get(
        verb, verb.removesuffix("s")
    )
    if "and " in rest:
        rest = rest.replace("and waves", "and wave").replace("and lands", "and land")
    return f"{names[0]} and {names[1]} {plural} {rest}"


def act_name(act: Act, puppet: Puppet) -> str:
    """What an act is called in ``PHRASES``."""
    match act:
        case Travel():
            return act.gait
        case Throw():
            catches = any(
                isinstance(other, Catch) and other.at_s > act.at_s for other in puppet.acts
            )
            return "hand over" if act.handed else "toss" if catches else "throw"
        case Talk() | Wave() | Dance() | Drum() | Fall() | Slide() | Jump() | Catch():
            return type(act).__name__.lower()


def _pick(name: str, choose: random.Random) -> str:
    return choose.choice(expand(PHRASES[name]))


def _deeds(
    scene: Scene, puppet: Puppet, index: int, other: str, choose: random.Random
) -> list[str]:
    """One phrase for each thing that somebody does; catching is told with the throw."""
    acts = list(puppet.acts)
    slides = any(isinstance(act, Slide) for act in acts)
    phrases = []
    for act in acts:
        if isinstance(act, Catch) or (slides and isinstance(act, Travel)):
            continue
        name = act_name(act, puppet)
        if name == "talk" and index == 1:
            name = "reply"
        phrases.append(_filled(_pick(name, choose), scene, puppet, act, other))
    if not phrases and not acts and index == 0:
        phrases = [_pick("stand", choose)]
    if not phrases and not acts:
        phrases = [_pick("listen", choose)]
    return phrases


def _filled(phrase: str, scene: Scene, puppet: Puppet, act: Act, other: str) -> str:
    if isinstance(act, Travel):
        right = act.to_x_m > puppet.x_m
        phrase = phrase.replace("{side_adverb}", "rightwards" if right else "leftwards")
        phrase = phrase.replace("{side}", "the right" if right else "the left")
    if isinstance(act, Throw | Drum):
        phrase = phrase.replace("{prop}", prop_name(scene.bodies[act.body]))
    if isinstance(act, Talk):
        phrase = phrase.replace("{line}", f'"{act.words}"')
    return phrase.replace("{other}", other)


def prop_name(body: Body) -> str:
    """A prop by its looks."""
    return article(f"{body.colour} {body.material} {body.prop}")
