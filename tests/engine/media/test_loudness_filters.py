"""The filters against their numbers in the recommendation, and the plain way of filtering."""

from __future__ import annotations

import numpy as np
import pytest

from engine.media.loudness_filters import KWeighting, TruePeaks

RATE = 48_000
SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (-1.69065929318241, 0.73248077421585),
)
CUT = ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))
"""ITU-R BS.1770-4, tables 1 and 2."""


def filtered(sound, b, a):
    """One sample after another."""
    out, x1, x2, y1, y2 = np.zeros(len(sound)), 0.0, 0.0, 0.0, 0.0
    for at, x in enumerate(sound):
        y = b[0] * x + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2
        x1, x2, y1, y2 = x, x1, y, y1
        out[at] = y
    return out


def test_it_is_the_filter_of_the_recommendation():
    sound = np.random.default_rng(1).normal(0, 1, (2, 1500))
    wanted = np.stack([filtered(filtered(one, *SHELF), *CUT) for one in sound])
    weighted = KWeighting(RATE, 2).weigh(sound)
    assert np.abs(weighted - wanted).max() < 1e-6


@pytest.mark.parametrize(("rate_hz", "times"), [(RATE, 4), (96_000, 2), (192_000, 1)])
def test_peaks_are_looked_for_between_samples_where_that_is_needed(rate_hz, times):
    peaks = TruePeaks(rate_hz, 1)
    sound = np.zeros((1, 400), np.float32)
    sound[0, 200:202] = 0.5  # between two that are alike a sinc is higher
    peaks.add(sound[:, :201])
    peaks.add(sound[:, 201:])
    assert (peaks.largest > 0.55) == (times > 1)
    assert peaks.largest < 0.7
