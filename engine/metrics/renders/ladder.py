"""V2V by weights: how far an edit is done, and what it leaves alone, over the strength slider.

``v2v.sNN.*`` are the rows of ``claims.changes`` at a strength of NN hundredths: ``response``,
``outside_psnr_db``, ``layout``, ``camera_px``, ``events`` and ``identity_distance``;
``v2v.evenness`` is that of the responses over all strengths; ``v2v.instruct.*`` are the same rows
of an edit by instruction at full strength. The edits are of the light, the place and a colour, one
held-out scene each. Floors: the true result, its round trip, the source unedited, and another
case's result.

The layout of an edit of the light is looked at in the whole picture. Detectors are those of
``claims.changes``: what may change is known from the two true renders.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import torch

from engine.metrics.claims.cases import Case, Shown, round_trips
from engine.metrics.claims.changes import LADDER, edit_measures, evenness, layout, response
from engine.metrics.claims.rows import Found, Measured, mean, scores_of
from engine.metrics.evidence import SHAPE, held_out_scenes
from engine.metrics.renders.maker import Maker
from engine.metrics.report import Score
from engine.models.signals import Latents
from engine.pipelines.references import StreamReference
from engine.pipelines.render import Plan, plan_edit
from engine.pipelines.stages import encode_clip, fill_frame
from engine.pipelines.streaming import encode_pictures
from engine.shapes import clip_size
from engine.world.caption import caption
from engine.world.edits import EDITS
from engine.world.scene import FIRST_SETS, Scene
from engine.world.task_clips import make_task
from engine.world.tasks import Task, edit_task

MEASURES = ("response", "outside_psnr_db", "layout", "camera_px", "events", "identity_distance")
NOT_EDITS = "the weights were not trained on edits"
NOT_INSTRUCT = "the weights were not trained on edits by instruction"
_KINDS = ("light", "set", "colour")
_TRIES = 50


def ladder_rows(maker: Maker, count: int, level: int) -> dict[str, Score]:
    """Every row; those that the weights did not learn say so."""
    names = [f"v2v.s{round(100 * strength)}" for strength in LADDER]
    wanted = {f"{name}.{row}": mean for name in names for row in MEASURES} | {"v2v.evenness": mean}
    instructed = {f"v2v.instruct.{row}": mean for row in MEASURES}
    if not maker.learned("edit"):
        rows = {row: Score.missing(NOT_EDITS) for row in wanted}
        return rows | {row: Score.missing(NOT_EDITS) for row in instructed}
    cases = edit_cases(held_out_scenes(count, level))
    answers = [case.answer for case in cases]
    beside = {
        "truth": answers,
        "codec": round_trips(answers, maker.model.codecs),
        "source": [case.source for case in cases],
        "shuffled": [*answers[1:], *answers[:1]],
    }
    found: dict[str, list[Found]] = {
        name: [_at_all_strengths(case, one, names) for case, one in zip(cases, shown, strict=True)]
        for name, shown in beside.items()
    }
    found["joint"] = [_climbed(maker, case, names) for case in cases]
    rows = scores_of(wanted, found, "joint")
    if not maker.learned("instruct"):
        return rows | {row: Score.missing(NOT_INSTRUCT) for row in instructed}
    floors: dict[str, list[Found]] = {
        name: [
            _at_all_strengths(case, one, ["v2v.instruct"])
            for case, one in zip(cases, shown, strict=True)
        ]
        for name, shown in beside.items()
    }
    floors["joint"] = [
        _at_all_strengths(case, _instructed(maker, case), ["v2v.instruct"]) for case in cases
    ]
    return rows | scores_of(instructed, floors, "joint")


def edit_cases(scenes: Sequence[Scene]) -> list[Case]:
    """One edit of each scene, by turns of the light, the place and a colour."""
    cases = []
    for index, scene in enumerate(scenes):
        task = _edit_of(scene, _KINDS[index % len(_KINDS)])
        made = make_task(task, SHAPE)
        answer = Shown(video=made.video.numpy(), sound=made.audio.numpy())
        cases.append(
            Case(
                scene=task.scene,
                truth=made.truth,
                masks=made.masks.numpy(),
                answer=answer,
                task=made,
            )
        )
    return cases


def _edit_of(scene: Scene, kind: str) -> Task:
    """An edit within what the scene's level shows."""
    for attempt in range(_TRIES):
        edit = EDITS[kind](scene, random.Random(f"{scene.seed}/{attempt}"))
        if edit is None:
            kind = "light"
        elif scene.level > 1 or edit.result.set_name in FIRST_SETS:
            return edit_task(edit)
    raise ValueError(f"no {kind} edit of scene {scene.seed} stays on level {scene.level}")


def _at_all_strengths(case: Case, shown: Shown, names: Sequence[str]) -> Found:
    """A floor is the same whatever the strength."""
    measured = _measures(case, shown)
    return {key: value for name in names for key, value in _named(name, measured).items()}


def _measures(case: Case, shown: Shown) -> Measured:
    """As of any edit; one of the light leaves the layout of the whole picture alone."""
    assert case.task is not None
    measured = edit_measures(case, shown)
    if case.task.task.edit != "light":
        return measured
    everywhere = np.ones(case.masks.shape, bool)
    return {**measured, "v2v.layout": layout(case.source.video, shown.video, everywhere)}


def _named(name: str, measured: Measured) -> Found:
    return {f"{name}.{row}": measured[f"v2v.{row}"] for row in MEASURES if f"v2v.{row}" in measured}


def _climbed(maker: Maker, case: Case, names: Sequence[str]) -> Found:
    """One case at every strength."""
    source = _source(maker, case)
    rows: Found = {}
    responses = []
    for strength, name in zip(LADDER, names, strict=True):
        shown = _edited(maker, case, source, strength)
        rows |= _named(name, _measures(case, shown))
        responses.append(response(case, shown.video))
    if np.isfinite(responses).all():
        rows["v2v.evenness"] = evenness(responses)
    return rows


def _source(maker: Maker, case: Case) -> Latents:
    return encode_clip(maker.model, case.source.video, case.source.sound, SHAPE)


def _edited(maker: Maker, case: Case, source: Latents, strength: float) -> Shown:
    """The whole scene told again with the change in it, from the source's own noise level."""

    def plan() -> Plan:
        contexts = maker.context(caption(case.scene, 0))
        return plan_edit(
            maker.generation(contexts, case.scene.seed, edited=True),
            source,
            picture_strength=strength,
            sound_strength=strength,
            span=(0, SHAPE.frames),
        )

    assert case.task is not None
    name = f"edit {case.scene.seed} {case.scene.level} {case.task.task.prompt} {strength}"
    return maker.shown(maker.made(name, plan))


def _instructed(maker: Maker, case: Case) -> Shown:
    """The instruction alone, beside the source as a clip at half size."""
    assert case.task is not None
    words = case.task.task.prompt
    width, height = clip_size(SHAPE)

    def plan() -> Plan:
        small = np.stack([fill_frame(one, width, height) for one in case.source.video])
        clip = StreamReference(latents=encode_pictures(maker.model, small), role="source", slot=0)
        contexts = maker.context(words, (), (clip,))
        return maker.generation(contexts, case.scene.seed, edited=True)

    with torch.inference_mode():
        made = maker.made(f"instruct {case.scene.seed} {case.scene.level} {words}", plan)
    return maker.shown(made)
