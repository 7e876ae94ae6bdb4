from __future__ import annotations

from engine.metrics.evidence import ClipSet, Evidence
from engine.metrics.stereo import pan_errors, place_errors, stereo_scores
from tests.engine.metrics.conftest import evidence_of


def test_the_truth_sounds_from_where_it_is(observed: Evidence):
    scores = stereo_scores(observed)
    assert scores["stereo.correlation"].value > 0.9
    assert scores["stereo.error"].value < 0.05


def test_exchanged_channels_are_noticed(truth: ClipSet, observed: Evidence):
    flipped = stereo_scores(evidence_of(truth, truth.sound[:, ::-1].copy()))
    assert flipped["stereo.correlation"].value < -0.9
    assert flipped["stereo.error"].low > stereo_scores(observed)["stereo.error"].high


def test_mono_has_no_place(truth: ClipSet):
    mono = truth.sound.mean(axis=1, keepdims=True).repeat(2, axis=1)
    scores = stereo_scores(evidence_of(truth, mono))
    assert not scores["stereo.correlation"].value > 0.5


def test_other_pictures_places_are_chance(observed: Evidence):
    count = len(observed)
    others = observed.with_pictures_of([(index + 1) % count for index in range(count)])
    chance = stereo_scores(observed, others)
    assert chance["stereo.correlation"].value < stereo_scores(observed)["stereo.correlation"].low


def test_detectors_errors_are_small(truth: ClipSet, observed: Evidence):
    assert place_errors(observed, truth.contacts)["stereo.detector.seen.error"].value < 1e-3
    assert pan_errors(observed, truth.contacts)["stereo.detector.heard.error"].value < 0.05
