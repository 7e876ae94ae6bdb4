from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.metrics.claims.cases import Case, Shown, subjects_of
from engine.metrics.claims.changes import evenness, response
from engine.metrics.claims.perceived import motion_shown
from engine.metrics.claims.rounds import Tools
from engine.metrics.claims.rows import (
    Found,
    correlation,
    found_in,
    mean,
    measured,
    pooled,
    scores_of,
    shuffled,
)
from engine.metrics.claims.suite import GROUPS, all_claims, groups_of, too_low, world_scores
from engine.metrics.goals import EVEN
from engine.metrics.score import run
from engine.world.maps import DenseTruth, show_motion
from tests.engine.metrics.claims.conftest import claim_named


def test_values_of_clips_become_one_without_what_is_not_measured():
    found: list[Found] = [{"a": 1.0}, {"a": [3.0, np.nan]}, {}, {"a": []}, {"a": float("nan")}]
    value = pooled(found, "a", mean)
    assert (value.value, value.n) == (2.0, 2)
    assert pooled(found, "b", mean).n == 0
    pairs: list[Found] = [{"a": [[0.0, 0.0], [1.0, 2.0]]}, {"a": [[2.0, 4.0]]}]
    assert pooled(pairs, "a", correlation).value == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["sync.steps", "v2v"])
def test_truth_is_above_chance(name: str, cases: Callable[[str, int], list[Case]]):
    claim = claim_named(name)
    few = cases(name, 4)
    truth = [case.answer for case in few]
    sets = {"truth": truth, "shuffled": shuffled(claim, truth, few)}
    rows = scores_of(claim.rows, found_in(claim, few, sets))
    row = rows["sync.steps.heard" if name == "sync.steps" else "v2v.response"]
    assert row.value.value == pytest.approx(1.0, abs=0.05)
    assert row.floors["shuffled"].value < 0.8 * row.value.value


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda one: replace(one, video=one.video[:, ::2, ::2]), "64x36 pixels"),
        (lambda one: replace(one, video=one.video[:13]), "13 pictures"),
        (lambda one: replace(one, sound=one.sound[:, :0]), "no sound"),
        (lambda one: replace(one, sound=one.sound * np.nan), "no numbers"),
    ],
)
def test_unfit_clips_are_told_in_a_sentence(
    spoil: Callable[[Shown], Shown], sentence: str, cases: Callable[[str, int], list[Case]]
):
    claim, few = claim_named("sync.steps"), cases("sync.steps", 4)
    rows = scores_of(claim.rows, found_in(claim, few, {"truth": [spoil(c.answer) for c in few]}))
    assert all(sentence in row.why and not row.value.n for row in rows.values())


def test_silent_mono_and_short_sounds_are_measured(cases: Callable[[str, int], list[Case]]):
    few = cases("sync.steps", 4)
    sets = {
        "truth": [case.answer for case in few],
        "mono": [replace(case.answer, sound=case.answer.sound[:1]) for case in few],
        "silent": [replace(case.answer, sound=case.answer.sound[:, :9] * 0) for case in few],
    }
    heard = measured(claim_named("sync.steps"), few, sets)
    assert heard["mono"]["sync.steps.heard"].value > 0.8
    assert heard["silent"]["sync.steps.heard"].value == 0.0
    folded = measured(claim_named("quality"), cases("quality", 2), {
        "silent": [replace(c.answer, sound=c.answer.sound * 0) for c in cases("quality", 2)],
    })  # fmt: skip
    assert folded["silent"]["sound.silent_share"].value == 1.0


def test_every_row_belongs_to_a_group_and_to_one_claim():
    claims = all_claims(None, None)
    rows = [row for claim in claims for row in claim.rows]
    assert len(rows) == len(set(rows))
    assert set().union(*map(groups_of, claims)) == set(GROUPS)


def test_a_level_that_does_not_show_it_is_told_and_the_rest_goes_on():
    said: list[str] = []
    claims = [claim_named("sync.mouth"), claim_named("shots.cuts")]
    rows, worst = world_scores(claims, 2, 1, Tools(reader=None, codecs=None), said.append)
    assert worst == []
    assert said == ["0 of 0 rounds are kept from before; 0.0 min to go."]
    assert "level 2" in rows["sync.mouth.lag_ms"].why
    assert "level 3" in rows["shots.axis"].why
    assert rows["shots.axis"].to_json()["value"] is None
    assert rows["shots.axis"].to_json()["not_measurable"]
    assert not too_low(claims[0], None)
    assert subjects_of("edit", 2, 1) == []


def test_shown_motion_is_read_back():
    motion = torch.tensor([[[[3.0, 0.0], [-1.0, 2.0]] * 40]])
    dense = DenseTruth(nearness=torch.zeros(1, 1, 80), motion=motion, moves=torch.ones(1) > 0)
    read = motion_shown(show_motion(dense).numpy())
    assert np.abs(read - motion.numpy()).max() < 0.05


def test_a_ladder_is_even_or_all_at_once():
    assert evenness([0.25, 0.5, 0.75, 1.0]) == pytest.approx(1.0)
    assert evenness([0.0, 0.0, 0.0, 1.0]) == pytest.approx(0.0)
    assert evenness([0.0, 0.0]) == 0.0


@given(st.lists(st.integers(-3, 10), min_size=4, max_size=4).filter(any))
def test_a_slider_is_even_where_no_step_goes_back_or_is_twice_the_mean(steps):
    """What ``goals.EVEN`` stands for."""
    even = min(steps) >= 0 and max(steps) <= 2 * np.mean(np.abs(steps))
    assert (evenness(np.cumsum(steps).tolist()) >= EVEN) == even


def test_an_edit_is_done_or_not(cases: Callable[[str, int], list[Case]]):
    for case in cases("v2v", 4):
        done = response(case, case.answer.video)
        if np.isfinite(done):
            assert done == pytest.approx(1.0)
            assert response(case, case.source.video) == pytest.approx(0.0)


def test_the_command_says_what_is_not_measurable(capsys: pytest.CaptureFixture[str]):
    assert run(["world", "--clips", "2", "--level", "1", "--only", "extension,perception"]) == 0
    said = capsys.readouterr().out
    assert "extension.drift" in said
    assert "not measurable: it is seen from level 2" in said
    assert run(["/nowhere", "--damage"]) == 1
    assert "score world --damage" in capsys.readouterr().err
