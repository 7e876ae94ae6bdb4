from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.metrics.evidence import Evidence
from engine.metrics.prompt import KINDS, prompt_chance, prompt_scores, shares_read


def test_what_is_shown_is_read_back(observed: Evidence):
    scores = prompt_scores(observed)
    assert set(scores) == {f"prompt.{kind}" for kind in KINDS}
    assert all(score.value == 1.0 for score in scores.values())


def test_chance_is_far_below(observed: Evidence):
    chance = prompt_chance(observed)
    assert chance["prompt.set"].value < 0.4
    assert chance["prompt.prop"].value < 0.5


def test_a_wrong_name_costs_its_share(observed: Evidence):
    index = next(i for i, scene in enumerate(observed.scenes) if len(scene.bodies) == 2)
    reading = observed.readings[index]
    first = int(np.argmax(reading.names["colour"]))
    wrong = reading.names["colour"].copy()
    wrong[first] = -1.0
    reading = replace(reading, names=reading.names | {"colour": wrong})
    assert shares_read(reading, observed.scenes[index])["colour"] == 0.5
