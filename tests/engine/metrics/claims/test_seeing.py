from __future__ import annotations

import numpy as np
import pytest

from engine.metrics.claims.quality import frechet, ssim, width_of
from engine.metrics.claims.seams import level_jump, phase_jump
from engine.metrics.claims.seeing import alike, cuts_seen, looks_of, unlike


def _noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (72, 128, 3)).astype(np.uint8)


def test_cuts_are_seen_where_pictures_change_for_good():
    first, second = _noise(0) // 2, _noise(1) // 4
    video = np.stack([first] * 9 + [second] * 8 + [first] * 8)
    assert cuts_seen(video) == [9, 17]
    assert cuts_seen(np.stack([first] * 12)) == []


def test_looks_are_compared_by_their_colours_from_top_to_bottom():
    picture = np.zeros((40, 20, 3), np.uint8)
    picture[:20] = (200, 40, 40)
    picture[20:] = (40, 40, 200)
    everywhere = np.ones((40, 20), bool)
    own = looks_of([picture], [everywhere])
    turned = looks_of([picture[::-1].copy()], [everywhere])
    assert own is not None
    assert turned is not None
    assert unlike(own, own) == pytest.approx(0.0)
    assert unlike(own, turned) > 0.3
    assert looks_of([picture], [np.zeros((40, 20), bool)]) is None


def test_what_is_constant_is_like_nothing():
    assert np.isnan(alike(np.ones(5), np.arange(5.0)))


def test_seams_in_sound_are_noticed():
    times = np.arange(48_000) / 24_000
    smooth = np.stack([0.3 * np.sin(2 * np.pi * 220 * times)] * 2).astype(np.float32)
    noise = np.random.default_rng(0).normal(0, 1e-3, smooth.shape)
    smooth = (smooth + noise).astype(np.float32)
    torn = smooth.copy()
    torn[:, 24_000:] = np.roll(smooth, 40, axis=1)[:, 24_000:] * 0.3
    assert phase_jump(torn, 24_000) > phase_jump(smooth, 24_000) + 0.2
    assert level_jump(torn, 24_000) > level_jump(smooth, 24_000) + 0.2


def test_equal_distributions_are_no_distance_apart():
    values = np.random.default_rng(0).normal(size=(50, 4))
    assert frechet(np.hstack([values, values])) == pytest.approx(0.0, abs=1e-6)
    assert frechet(np.hstack([values, values + 2])) == pytest.approx(16.0, rel=0.01)


def test_likeness_and_width_have_their_ends():
    grey = np.asarray(_noise(0)[..., 0] / 255, dtype=np.float32)
    assert ssim(grey, grey) == pytest.approx(1.0, abs=1e-4)
    assert ssim(grey, grey[::-1].copy()) < 0.3
    sound = np.random.default_rng(0).normal(size=(2, 1000)).astype(np.float32)
    assert width_of(sound) == pytest.approx(1.0, abs=0.2)
    assert width_of(np.stack([sound[0], sound[0]])) == 0.0
