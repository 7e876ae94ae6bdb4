from __future__ import annotations

import numpy as np
import pytest

from engine.metrics.evidence import ClipSet, Evidence, spaced
from engine.metrics.read_damage import SOUND_DAMAGES, sounds_fallen
from engine.metrics.sync import heard_errors, seen_errors, sync_leads, sync_scores
from engine.shapes import SAMPLE_RATE_HZ
from tests.engine.metrics.conftest import evidence_of


def _later(sound: np.ndarray, shift_s: float) -> np.ndarray:
    count = round(shift_s * SAMPLE_RATE_HZ)
    shifted = np.roll(sound, count, axis=-1)
    # What wraps around is quiet air, so that no step is heard at the start.
    shifted[..., :count] = sound[..., :count] * 0.01
    return shifted


def test_the_truth_is_in_sync(observed: Evidence):
    scores = sync_scores(observed)
    assert scores["sync.f1"].value > 0.9
    assert scores["sync.offset_median_ms"].value < 3
    assert scores["sync.f1"].low <= scores["sync.f1"].value <= scores["sync.f1"].high
    assert scores["sync.f1"].n == len(observed)


def test_shuffled_pairs_are_out_of_sync(observed: Evidence):
    count = len(observed)
    shuffled = observed.with_sound_of([(index + 1) % count for index in range(count)])
    assert sync_scores(shuffled)["sync.f1"].high < sync_scores(observed)["sync.f1"].low


def test_the_later_the_sound_the_worse(truth: ClipSet):
    offsets, f1s = [], []
    for shift_s in (0.0, 0.03, 0.12, 0.24):
        scores = sync_scores(evidence_of(truth, _later(truth.sound, shift_s)))
        offsets.append(scores["sync.offset_median_ms"].value)
        f1s.append(scores["sync.f1"].value)
    assert f1s[1] == pytest.approx(f1s[0], abs=0.1)
    assert f1s[2] < 0.5 * f1s[0]
    assert f1s[3] < 0.5 * f1s[0]
    assert offsets[:3] == sorted(offsets[:3])
    assert offsets[1] == pytest.approx(30, abs=4)


def test_the_lag_of_a_whole_clip_is_how_late_its_sound_is(truth: ClipSet, observed: Evidence):
    assert sync_scores(observed)["sync.lag_ms"].value < 10
    for shift_s in (0.06, 0.12, 0.24):
        late = sync_scores(evidence_of(truth, _later(truth.sound, shift_s)))["sync.lag_ms"]
        assert late.value == pytest.approx(1000 * shift_s, abs=12)


def test_sounds_spoilt_on_purpose_are_noticed(truth: ClipSet, observed: Evidence):
    found = sounds_fallen(observed, truth, lambda row: True)
    assert [one.name for one in found] == list(SOUND_DAMAGES)
    assert all(one.right for one in found), found
    assert sounds_fallen(observed, truth, lambda row: row == "sync.f1") == []


def test_a_lead_is_narrower_than_two_intervals_beside_one_another(
    truth: ClipSet, observed: Evidence
):
    late = evidence_of(truth, _later(truth.sound, 0.12))
    leads = sync_leads(observed, {"independent": late, "cascade": observed})
    first, second = (sync_scores(one)["sync.f1"] for one in (observed, late))
    lead = leads["sync.lead.independent"]
    assert lead.value == pytest.approx(first.value - second.value)
    assert 0 < lead.low <= lead.value <= lead.high
    assert lead.high - lead.low < (first.high - first.low) + (second.high - second.low)
    none = leads["sync.lead.cascade"]
    assert (none.low, none.value, none.high) == (0, 0, 0)


def test_faultless_detectors_have_no_error(truth: ClipSet, observed: Evidence):
    assert seen_errors(observed, truth.contacts)["sync.detector.seen.f1"].value > 0.95
    heard = heard_errors(observed, truth.contacts)
    assert heard["sync.detector.heard.f1"].value > 0.9
    assert heard["sync.detector.heard.offset_p90_ms"].value < 10


def test_close_events_are_asked_for_once():
    assert spaced([0.1, 0.2, 0.45, 0.5, 0.8]) == [0.1, 0.45, 0.8]
