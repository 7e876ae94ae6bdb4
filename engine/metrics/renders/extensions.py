"""Whether weights go on from what they are given: ``extension`` rows of weights.

The seam's five jumps of ``claims.seams``, in a clip whose first half is the end of a true clip
through the codecs and whose second half is what the weights made of it; and ``extension.drift``,
the way of the colours a second, over a minute of a true clip and extensions of one another. Floors
of the seam: a true clip twice as long, its round trip, and two clips sewn together; of the drift,
the true clip and its round trip in pieces of a clip's length.

``extension.single_pass_drift`` is the same way over fifteen seconds that were made of words in one
pass, whether so long ones were learned or not. Floors: the true clip and its round trip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from engine.metrics.claims.cases import Case, Shown, long_shape, round_trips, scene_cases
from engine.metrics.claims.rows import Found, mean, scores_of, sewn
from engine.metrics.claims.seams import LONG_S, SEAM, drift_measures, seam_measures
from engine.metrics.evidence import SHAPE, held_out_scenes
from engine.metrics.renders.maker import Made, Maker, told
from engine.metrics.report import Score
from engine.models.signals import Latents
from engine.pipelines.render import Plan
from engine.pipelines.stages import encode_clip
from engine.pipelines.windows import history_of, plan_extension
from engine.shapes import SAMPLE_RATE_HZ
from engine.world.caption import caption
from engine.world.scene import Scene

NOT_EXTENSIONS = "the weights were not trained on extensions"
# A minute: the clip that is given and what is made of it, two seconds each.
DRIFT_CLIPS, PARTS = 4, 30
DRIFT, SINGLE_PASS = "extension.drift", "extension.single_pass_drift"
# Pictures before the seam in the clip that is looked at, as ``seam_of`` counts them.
_GIVEN = 1 + 4 * ((SHAPE.frames - 1) // 8)


def extension_rows(maker: Maker, count: int, level: int) -> dict[str, Score]:
    """Every row; weights that did not learn extensions say so of those that need them."""
    scenes = held_out_scenes(count, level)
    single = _single_pass_rows(maker, scenes[:DRIFT_CLIPS])
    if not maker.learned("extend"):
        rows = (*SEAM.rows, DRIFT)
        return {row: Score.missing(NOT_EXTENSIONS) for row in rows} | single
    return _seam_rows(maker, scenes) | _drift_rows(maker, scenes[:DRIFT_CLIPS]) | single


def _seam_rows(maker: Maker, scenes: Sequence[Scene]) -> dict[str, Score]:
    twice = replace(SHAPE, frames=2 * SHAPE.frames - 1)
    cases = scene_cases(scenes, twice)
    truth = [case.answer for case in cases]
    first = [part_of(one, 0, SHAPE.frames) for one in truth]
    given = round_trips(first, maker.model.codecs)
    joint = []
    for scene, source, shown in zip(scenes, first, given, strict=True):
        new = maker.shown(extended(maker, scene, source, 1)[-1])
        joint.append(_about_seam(joined([shown, new])))
    sets = {
        "truth": [_about_seam(one) for one in truth],
        "codec": [_about_seam(one) for one in round_trips(truth, maker.model.codecs)],
    }
    short = [_short(case, one) for case, one in zip(cases, sets["truth"], strict=True)]
    pairs = zip(short, sets["truth"], [*sets["truth"][1:], sets["truth"][0]], strict=True)
    sets |= {"shuffled": [sewn(*them) for them in pairs], "joint": joint}
    found: dict[str, list[Found]] = {
        name: [dict(seam_measures(case, one)) for case, one in zip(short, shown, strict=True)]
        for name, shown in sets.items()
    }
    return scores_of(SEAM.rows, found, "joint")


def _drift_rows(maker: Maker, scenes: Sequence[Scene]) -> dict[str, Score]:
    long = replace(SHAPE, frames=1 + (SHAPE.frames - 1) * PARTS)
    cases = scene_cases(scenes, long)
    truth = [case.answer for case in cases]
    joint = []
    for case, true in zip(cases, truth, strict=True):
        source = part_of(true, 0, SHAPE.frames)
        made = extended(maker, case.scene, source, PARTS - 1)
        whole = joined([source, *(maker.shown(one) for one in made)])
        joint.append(part_of(whole, 0, long.frames))
    codec = [_in_pieces(maker, true) for true in truth]
    return _drifts(DRIFT, cases, {"truth": truth, "codec": codec, "joint": joint})


def _single_pass_rows(maker: Maker, scenes: Sequence[Scene]) -> dict[str, Score]:
    long = long_shape(LONG_S)
    cases = scene_cases(scenes, long)
    truth = [case.answer for case in cases]
    joint = []
    for scene in scenes:
        words = caption(scene, 0)

        def plan(words: str = words, seed: int = scene.seed) -> Plan:
            return maker.generation(maker.context(words), seed, shape=long)

        made = maker.made(f"text {scene.seed} {long.frames} {words}", plan)
        joint.append(maker.shown(made, long))
    sets = {
        "truth": truth,
        # One at a time: memory grows with the length.
        "codec": [round_trips([one], maker.model.codecs)[0] for one in truth],
        "joint": joint,
    }
    return _drifts(SINGLE_PASS, cases, sets)


def _drifts(
    row: str, cases: Sequence[Case], sets: Mapping[str, Sequence[Shown]]
) -> dict[str, Score]:
    """The way of the colours in everything that is shown in the place of long clips, as ``row``."""
    found: dict[str, list[Found]] = {
        name: [
            {row: drift_measures(case, one)[DRIFT]} for case, one in zip(cases, shown, strict=True)
        ]
        for name, shown in sets.items()
    }
    return scores_of({row: mean}, found, "joint")


def extended(maker: Maker, scene: Scene, given: Shown, times: int) -> list[Made]:
    """A clip gone on from ``times`` over, each time from what was made last."""
    words = caption(scene, 0)
    last: Latents = encode_clip(maker.model, given.video, given.sound, SHAPE)
    # A camera's way depends on how long the true clip is that this is the beginning of.
    from_this = told(given.video, given.sound)
    made: list[Made] = []
    for number in range(times):
        source, seed = last, scene.seed + number

        def plan(source: Latents = source, seed: int = seed) -> Plan:
            history = history_of(source, float(SHAPE.rate), backward=False)
            generation = maker.generation(maker.context(words), seed)
            return plan_extension(generation, history, backward=False)

        made.append(maker.made(f"extend {scene.seed} {number} {from_this} {words}", plan))
        last = made[-1].latents
    return made


def _in_pieces(maker: Maker, shown: Shown) -> Shown:
    """A long clip through the codecs, a clip's length at a time: all at once takes gigabytes."""
    step = SHAPE.frames - 1
    pieces = [
        part_of(shown, first, first + SHAPE.frames)
        for first in range(0, len(shown.video) - 1, step)
    ]
    coded = round_trips(pieces, maker.model.codecs)
    return joined([*(part_of(one, 0, step) for one in coded), part_of(coded[-1], step, step + 1)])


def part_of(shown: Shown, first: int, last: int) -> Shown:
    """Some pictures with their sound."""
    start, end = (round(at * SAMPLE_RATE_HZ / SHAPE.rate) for at in (first, last))
    return Shown(video=shown.video[first:last], sound=shown.sound[:, start:end])


def joined(parts: Sequence[Shown]) -> Shown:
    """Clips one after the other."""
    return Shown(
        video=np.concatenate([one.video for one in parts]),
        sound=np.concatenate([one.sound for one in parts], axis=1),
    )


def _about_seam(shown: Shown) -> Shown:
    """As many pictures as a clip has, with the seam in its middle."""
    first = SHAPE.frames - _GIVEN
    return part_of(shown, first, first + SHAPE.frames)


def _short(case: Case, answer: Shown) -> Case:
    return replace(case, answer=answer, masks=case.masks[: SHAPE.frames], shape=SHAPE)
