"""Rows of weights: asked of a tiny untrained network, whose values say nothing and floors all."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from engine.metrics.claims.cases import scene_cases
from engine.metrics.claims.changes import LADDER
from engine.metrics.claims.seams import SEAM
from engine.metrics.evidence import SHAPE, held_out_scenes
from engine.metrics.reader import load_reader
from engine.metrics.renders.extensions import (
    NOT_EXTENSIONS,
    SINGLE_PASS,
    extended,
    extension_rows,
    part_of,
)
from engine.metrics.renders.fast import fast_rows
from engine.metrics.renders.ladder import NOT_EDITS, NOT_INSTRUCT, ladder_rows
from engine.metrics.renders.maker import Maker
from engine.metrics.renders.references import ASKED, reference_rows
from engine.metrics.renders.sequences import sequence_rows
from engine.metrics.renders.suite import render_rows
from engine.metrics.report import lower_is_better
from engine.metrics.sampling import Scored
from engine.models.pathways import FIRST_TRAINED
from tests.engine.tiny_model import loaded


@pytest.fixture
def maker(tmp_path: Path) -> Callable[..., Maker]:
    def make(*trained: str) -> Maker:
        model = replace(loaded(), trained=frozenset({*FIRST_TRAINED, *trained}))
        return Maker(Scored(model=model, name="tiny"), tmp_path)

    return make


def test_edits_are_asked_at_every_strength_beside_their_floors(
    maker: Callable[..., Maker], tmp_path: Path
):
    rows = ladder_rows(maker(), 2, 1)
    for strength in LADDER:
        row = rows[f"v2v.s{round(100 * strength)}.response"]
        assert row.value.n == 2
        assert row.floors["truth"].value == pytest.approx(1.0, abs=0.01)
        assert row.floors["source"].value == pytest.approx(0.0, abs=0.01)
    assert math.isfinite(rows["v2v.evenness"].value.value)
    assert rows["v2v.instruct.response"].why == NOT_INSTRUCT
    kept = sorted(tmp_path.rglob("*.safetensors"))
    assert len(kept) == 2 * len(LADDER)
    before = [path.stat().st_mtime_ns for path in kept]
    ladder_rows(maker(), 2, 1)
    assert [path.stat().st_mtime_ns for path in sorted(tmp_path.rglob("*.safetensors"))] == before


def test_what_was_not_learned_is_told(tmp_path: Path):
    model = replace(loaded(), trained=frozenset())
    few = Maker(Scored(model=model, name="none"), tmp_path)
    assert {row.why for row in ladder_rows(few, 2, 1).values()} == {NOT_EDITS}
    rows = reference_rows(few, load_reader(), 2, 1)
    assert "“subject”" in rows["references.identity.n1"].why
    assert "“subject”" in rows["references.identity.n15"].why
    assert "“voice”" in rows["references.pitch_cents"].why
    assert not list(tmp_path.rglob("*.safetensors"))


def test_fifteen_seconds_of_one_pass_drift_whether_extensions_were_learned_or_not(
    maker: Callable[..., Maker], tmp_path: Path
):
    rows = extension_rows(maker(), 2, 1)
    row = rows.pop(SINGLE_PASS)
    assert {one.why for one in rows.values()} == {NOT_EXTENSIONS}
    assert row.value.n == 2
    assert row.floors["truth"].value == pytest.approx(0.0, abs=1e-9)
    assert row.floors["truth"].value < row.floors["codec"].value < row.value.value
    assert lower_is_better(SINGLE_PASS)
    (made, _) = tmp_path.rglob("*.safetensors")
    assert load_file(made)["video"].shape[2] == 46


def test_a_clip_is_kept_under_what_it_was_made_from(maker: Callable[..., Maker]):
    """The beginnings of a short and a long true clip differ where the camera moves."""
    scene = next(one for one in held_out_scenes(9, 1) if one.camera.move != "static")
    able, made = maker("extend"), []
    for frames in (49, 97):
        (case,) = scene_cases([scene], replace(SHAPE, frames=frames))
        source = part_of(case.answer, 0, SHAPE.frames)
        made += extended(able, scene, source, 1)
    assert not torch.equal(made[0].latents.video, made[1].latents.video)


@pytest.mark.slow
def test_instructions_and_extensions_are_asked_of_weights_that_learned_them(
    maker: Callable[..., Maker],
):
    able = maker("instruct", "extend")
    rows = ladder_rows(able, 2, 1)
    assert rows["v2v.instruct.response"].value.n == 2
    rows = extension_rows(able, 2, 1)
    for name in SEAM.rows:
        assert rows[name].value.n == 2
    worst = rows["extension.colour_jump"].floors
    assert worst["shuffled"].value > worst["truth"].value + 0.2
    assert rows["extension.drift"].floors["truth"].value == pytest.approx(0.0, abs=1e-6)


@pytest.mark.slow
def test_references_are_asked_by_role(maker: Callable[..., Maker]):
    able = maker(*(asked.role for asked in ASKED))
    rows = reference_rows(able, load_reader(), 2, 2)
    counted = [f"references.identity.n{count}" for count in (1, 3, 9, 15)]
    for name in (*counted, "references.environment", "references.formant_error"):
        assert set(rows[name].floors) == {"truth", "codec", "shuffled", "without"}
    assert rows["references.environment"].floors["truth"].value > 0.9
    assert "level 2" in reference_rows(able, load_reader(), 2, 1)["references.pitch_cents"].why


def test_eight_shots_drift_as_far_as_shots_of_other_scenes_at_most(
    maker: Callable[..., Maker], tmp_path: Path
):
    row = sequence_rows(maker(), 2, 1)["shots.drift"]
    assert row.value.n == 2
    assert row.floors["truth"].value == pytest.approx(0.0, abs=1e-6)
    assert row.floors["codec"].value < 0.5 * row.floors["shuffled"].value
    assert len(list(tmp_path.rglob("*.safetensors"))) == 2 * 8


@pytest.mark.slow
def test_fast_stands_beside_full(maker: Callable[..., Maker]):
    rows = fast_rows(maker(), load_reader(), 2, 1, full_steps=6)
    for steps in (4, 8):
        assert rows[f"fast.s{steps}.picture_distance"].floors["seeds"].value > 0
        assert rows[f"fast.s{steps}.prompt"].floors["truth"].value > 0.8
        assert rows[f"fast.s{steps}.speed_ratio"].value.value > 0


def test_pictures_and_sounds_of_weights_have_a_distribution(tmp_path: Path):
    said: list[str] = []
    scored = Scored(model=loaded(), name="tiny")
    rows = render_rows(scored, load_reader(), ["picture"], 4, 1, tmp_path, said.append)
    assert rows["picture.feature_distance"].value.value > 0
    assert "one true clip" in rows["picture.psnr_db"].why
    assert said
