from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.metrics.evidence import ClipSet, Evidence
from engine.metrics.moves import moments
from engine.metrics.prompt import ROWS, found_errors, prompt_chance, prompt_scores, shares_read
from engine.metrics.tracks import Sighting, Track


def test_what_is_shown_is_read_back(observed: Evidence):
    scores = prompt_scores(observed)
    assert set(scores) == {f"prompt.{kind}" for kind in ROWS}
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


def test_a_wrong_count_is_told(observed: Evidence):
    readings = tuple(replace(reading, count=7) for reading in observed.readings)
    assert prompt_scores(replace(observed, readings=readings))["prompt.count"].value == 0


def test_names_that_the_reader_never_learned_are_not_asked_for(observed: Evidence):
    scenes = list(observed.scenes)
    scenes[0] = replace(scenes[0], set_name="moon", bodies=())
    other = replace(observed, scenes=tuple(scenes))
    shares = shares_read(other.readings[0], scenes[0])
    assert np.isnan(shares["set"])
    assert np.isnan(shares["prop"])
    scores, chance = prompt_scores(other), prompt_chance(other)
    assert scores["prompt.set"].n == chance["prompt.set"].n == len(scenes) - 1
    assert scores["prompt.set"].value == 1.0


def test_bodies_found_are_held_against_their_masks(truth: ClipSet, observed: Evidence):
    assert truth.masks is not None
    readings = []
    for reading, masks in zip(observed.readings, truth.masks, strict=True):
        sightings = []
        for moment, time in enumerate(moments(len(masks))):
            for body in range(1, int(masks[time].max()) + 1):
                rows, columns = np.nonzero(masks[time] == body)
                if len(rows):
                    sightings.append(_sighting(moment, columns.mean() + 0.5, rows.mean() + 0.5))
        readings.append(replace(reading, tracks=(Track(sightings=sightings),)))
    faultless = found_errors(replace(observed, readings=tuple(readings)), truth.masks)
    assert faultless["prompt.detector.recall"].value == 1
    assert faultless["prompt.detector.precision"].value > 0.9
    blind = found_errors(observed, truth.masks)
    assert blind["prompt.detector.recall"].value == 0


def _sighting(moment: int, x: float, y: float) -> Sighting:
    logits = np.zeros(21, dtype=np.float32)
    return Sighting(time=moment, x=x, y=y, radius=6, surety=1, logits=logits)
