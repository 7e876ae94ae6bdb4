"""Whether what a tag names is what its file shows: the row ``references.swap`` of weights.

Two props are alike but for their colours, which the words leave unsaid; one falls or flies past the
other, which stands. Two clips are made by the same words from the same noise, the pictures of both
having changed places, which is what a director does who swaps the tags alone. The row is how much
nearer the one that moves is to the picture that its tag names, over both clips, as a share of how
unlike the pictures are: 1 where the subjects are swapped as their pictures are, 0 where nothing is,
below 0 where the tags are taken for one another.

Floors: the two true clips, their round trips, another case's two clips (chance), and ``without``:
the same words and noise without the pictures, which gives one clip twice. Detector: colours of what
is unlike its own median over time (``references.moving_looks``) without the light, so that the
truth has less than 1; colours that are near to one another are told apart worst.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.metrics.claims.cases import Shown, round_trips, scene_cases, subjects_of
from engine.metrics.claims.rows import Found, mean, scores_of
from engine.metrics.claims.seeing import Pixels, looks_of, portrait_mask, unlike
from engine.metrics.evidence import SHAPE
from engine.metrics.renders.maker import Maker, told
from engine.metrics.renders.references import moving_looks
from engine.metrics.report import Score
from engine.metrics.sampling import FAST_STEPS
from engine.pipelines.stages import PictureReference
from engine.world.clips import subject_picture
from engine.world.grammar import article
from engine.world.matter import half_height_m
from engine.world.scene import Body, Scene

ROW = "references.swap"
NEEDED = ("subject", "tags")
# One scene in about ten has one that moves past one that stands, before a camera at rest.
_SEARCH = 30
_WAYS = {"drop": "{first} drops beside {second}", "toss": "{first} is tossed past {second}"}
Both = tuple[Shown, Shown]
"""A clip, and the one whose subjects are to have changed places."""


def swap_rows(maker: Maker, count: int) -> dict[str, Score]:
    """The row, or why there is none; of props, which every level shows."""
    if not all(map(maker.learned, NEEDED)):
        return {ROW: Score.missing("the weights were not trained on tags that name a subject")}
    scenes = twins(count)
    truth = list(zip(_drawn(scenes), _drawn([swapped(one) for one in scenes]), strict=True))
    codec = [round_trips(both, maker.model.codecs) for both in truth]
    sets: dict[str, Sequence[Sequence[Shown]]] = {
        "truth": truth,
        "codec": codec,
        "shuffled": [*truth[1:], *truth[:1]],
        "without": [(one, one) for one in (_made(maker, scene, ()) for scene in scenes)],
        "joint": [_asked(maker, scene) for scene in scenes],
    }
    found = {
        name: [_found(scene, *both) for scene, both in zip(scenes, shown, strict=True)]
        for name, shown in sets.items()
    }
    return scores_of({ROW: mean}, found, "joint")


def twins(count: int) -> list[Scene]:
    """Scenes of two props that differ in colour and size alone, the first of which moves."""
    found = []
    for scene in subjects_of("props", _SEARCH * count, 1, static=True):
        if len(scene.bodies) != 2 or scene.action not in _WAYS or not _stands(scene.bodies[1]):
            continue
        first, second = scene.bodies
        second = replace(second, prop=first.prop, material=first.material)
        second = replace(second, y_m=half_height_m(second))
        found.append(replace(scene, bodies=(first, second)))
    return found[:count]


def swapped(scene: Scene) -> Scene:
    """The same scene, its two props having exchanged their colours."""
    first, second = scene.bodies
    colours = replace(first, colour=second.colour), replace(second, colour=first.colour)
    return replace(scene, bodies=colours)


def _stands(body: Body) -> bool:
    return (body.vx_m_s, body.vy_m_s) == (0, 0) and body.y_m == half_height_m(body)


def _drawn(scenes: Sequence[Scene]) -> list[Shown]:
    return [case.answer for case in scene_cases(scenes)]


def _portraits(scene: Scene) -> list[Pixels]:
    """Both props, each alone on plain ground."""
    size = SHAPE.width, SHAPE.height
    return [subject_picture(scene, index, *size, scene.seed % 997) for index in (0, 1)]


def _asked(maker: Maker, scene: Scene) -> Both:
    first, second = _portraits(scene)
    return _made(maker, scene, (first, second)), _made(maker, scene, (second, first))


def _made(maker: Maker, scene: Scene, pictures: Sequence[Pixels]) -> Shown:
    """What the weights make of a scene's words with the pictures of both props, or of none."""
    body = scene.bodies[0]
    name = article(f"{body.material} {body.prop}")
    tagged = [f"{name} @Image{slot + 1}" if pictures else name for slot in (0, 1)]
    words = _WAYS[scene.action].format(first=tagged[0], second=tagged[1])
    given = [
        PictureReference(picture=picture, role="subject", slot=slot)
        for slot, picture in enumerate(pictures)
    ]
    return maker.shown(
        maker.made(
            f"swap {scene.seed} {words} {told(*pictures)} {FAST_STEPS}",
            lambda: maker.generation(maker.context(words, given), scene.seed),
        )
    )


def _found(scene: Scene, straight: Shown, exchanged: Shown) -> Found:
    own, other = (looks_of([one], [portrait_mask(one)]) for one in _portraits(scene))
    first, second = (moving_looks(one.video) for one in (straight, exchanged))
    if own is None or other is None or first is None or second is None:
        return {}
    before, after = (unlike(one, other) - unlike(one, own) for one in (first, second))
    return {ROW: (before - after) / max(2 * unlike(own, other), 1e-6)}
