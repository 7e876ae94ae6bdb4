from __future__ import annotations

import math

import numpy as np
import pytest

from engine.metrics.matching import Matches, bootstrapped, match, pairs


def test_the_nearest_pair_is_taken_first():
    assert pairs([0.10, 0.14], [0.15], 0.06) == [(1, 0)]


def test_pairs_are_one_to_one():
    assert pairs([0.1, 0.11], [0.1, 0.5], 0.06) == [(0, 0)]


def test_perfect_detection_scores_one():
    one = match([0.2, 0.9], [0.2, 0.9])
    assert (one.precision, one.recall, one.f1) == (1.0, 1.0, 1.0)
    assert one.offsets_s == (0.0, 0.0)


def test_half_found_with_one_false_is_a_half():
    one = match([0.2, 1.5], [0.2, 0.9])
    assert one.precision == 0.5
    assert one.recall == 0.5
    assert one.f1 == 0.5


def test_what_is_not_asked_for_may_still_be_found():
    strict = match([0.2, 0.4], [0.2])
    lenient = match([0.2, 0.4], [0.2], [0.2, 0.41])
    assert strict.precision == 0.5
    assert lenient.precision == 1.0
    assert lenient.recall == 1.0


def test_one_event_excuses_one_detection():
    one = match([0.2, 0.21], [0.2], [0.2])
    assert one.precision == 0.5


def test_nothing_found_of_nothing_is_no_score():
    assert match([], []).f1 == 0.0


def test_joined_counts_all_events_alike():
    joined = Matches.joined([match([0.2], [0.2]), match([], [0.2, 0.6, 1.0])])
    assert joined.recall == 0.25
    assert joined.precision == 1.0


def test_the_interval_of_a_mean_is_that_of_theory():
    values = np.random.default_rng(3).normal(size=400)
    interval = bootstrapped(len(values), lambda chosen: float(values[chosen].mean()))
    assert interval.value == pytest.approx(values.mean())
    assert interval.high - interval.low == pytest.approx(2 * 1.96 / 20, rel=0.15)
    assert interval.n == 400


def test_equal_draws_give_equal_intervals():
    values = np.arange(20.0)
    first, again = (bootstrapped(20, lambda chosen: float(values[chosen].mean())) for _ in range(2))
    assert first == again


def test_an_undefined_value_has_an_undefined_interval():
    interval = bootstrapped(4, lambda chosen: float("nan"))
    assert math.isnan(interval.value)
    assert math.isnan(interval.low)
    assert math.isnan(bootstrapped(0, lambda chosen: 1.0).value)
