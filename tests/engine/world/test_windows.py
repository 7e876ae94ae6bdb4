"""Parts of a clip that are drawn together."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.world.windows import Windows, pictures_at_once


@pytest.mark.parametrize(("frames", "pixels"), [(25, 128 * 72), (241, 1920 * 1080), (1, 4), (7, 9)])
def test_every_picture_is_drawn_once_and_few_large_ones_together(frames: int, pixels: int) -> None:
    parts = list(pictures_at_once(frames, pixels, 40))
    assert [index for part in parts for index in range(frames)[part]] == list(range(frames))
    whole = list(pictures_at_once(frames, pixels))
    assert all((part.stop - part.start) * pixels <= 2_100_000 for part in whole)


@pytest.mark.parametrize("tops", [[2, 2, 2], [0, 1, 3]])
def test_what_is_put_is_taken_and_nothing_else_changes(tops: list[int]) -> None:
    pictures = torch.arange(3 * 8 * 9 * 2).view(3, 8, 9, 2)
    around = Windows(tops=np.array(tops), lefts=np.array([1, 1, 1]), height=4, width=5)
    index = (
        np.arange(3)[:, None, None], around.rows[:, :, None], around.columns[:, None, :],
    )  # fmt: skip
    expected = pictures.numpy().copy()
    np.testing.assert_array_equal(around.take(pictures).numpy(), expected[index])
    values = -torch.arange(3 * 4 * 5 * 2).view(3, 4, 5, 2)
    expected[index] = values.numpy()
    around.put(pictures, values)
    np.testing.assert_array_equal(pictures.numpy(), expected)
