"""Whether shots made together stay alike: the ``shots.drift`` row of weights.

Eight shots of one scene, all with the same view, are made as one sequence and told the same;
``shots.drift`` is the way of their colours from the first shot's, in shares of the range, as
``claims.shots`` has it of cut clips. Floors: the true clip, its round trip, and shots of eight
scenes. Weights that did not learn sequences make every shot as it would be alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.metrics.claims.cases import Shown, round_trips, scene_cases
from engine.metrics.claims.rows import Found, mean, scores_of
from engine.metrics.claims.shots import SHOT_FRAMES, SHOTS, drift_measures
from engine.metrics.evidence import SHAPE, held_out_scenes
from engine.metrics.renders.extensions import joined, part_of
from engine.metrics.renders.maker import Maker
from engine.metrics.report import Score
from engine.pipelines.render import Plan
from engine.pipelines.windows import plan_sequence
from engine.world.caption import caption
from engine.world.scene import CameraPath, Scene, Shot

_ROWS = {"shots.drift": mean}
_MOST = 4
# Shots are 1 + 4k pictures; of each but the first one picture too many is made.
_SHOT = replace(SHAPE, frames=SHOT_FRAMES + 1)
_WHOLE = replace(SHAPE, frames=SHOTS * SHOT_FRAMES + 1)


def sequence_rows(maker: Maker, count: int, level: int) -> dict[str, Score]:
    """The row, of four scenes at most."""
    scenes = [_in_shots(scene) for scene in held_out_scenes(min(count, _MOST), level)]
    cases = scene_cases(scenes, _WHOLE)
    truth = [case.answer for case in cases]
    sets: dict[str, Sequence[Shown]] = {
        "truth": truth,
        "codec": round_trips(truth, maker.model.codecs),
        "shuffled": [_mixed(truth, first) for first in range(len(truth))],
        "joint": [_made(maker, scene) for scene in scenes],
    }
    found: dict[str, list[Found]] = {
        name: [dict(drift_measures(case, one)) for case, one in zip(cases, shown, strict=True)]
        for name, shown in sets.items()
    }
    return scores_of(_ROWS, found, "joint")


def _in_shots(scene: Scene) -> Scene:
    """The scene in eight shots that all see the same."""
    shot = Shot(camera=CameraPath(), frames=SHOT_FRAMES)
    shots = (replace(shot, frames=SHOT_FRAMES + 1), *[shot] * (SHOTS - 1))
    return replace(scene, shots=shots, camera=CameraPath())


def _made(maker: Maker, scene: Scene) -> Shown:
    words = caption(replace(scene, shots=()), 0)

    def plan() -> Plan:
        plans = [
            maker.generation(maker.context(words), scene.seed + shot, shape=_SHOT)
            for shot in range(SHOTS)
        ]
        return plan_sequence(plans, across=maker.learned("sequence"))

    name = f"shots {scene.seed} {scene.level} {SHOTS} {words}"
    shown = [maker.shown(maker.made(name, plan, shot), _SHOT) for shot in range(SHOTS)]
    return joined([shown[0], *(part_of(one, 0, SHOT_FRAMES) for one in shown[1:])])


def _mixed(truth: Sequence[Shown], first: int) -> Shown:
    """A shot of every scene in turn."""
    edges = [0, *(SHOT_FRAMES * shot + 1 for shot in range(1, SHOTS + 1))]
    parts = []
    for shot in range(SHOTS):
        one = truth[(first + shot) % len(truth)]
        parts.append(part_of(one, edges[shot], edges[shot + 1]))
    return joined(parts)
