"""The lookahead under a hand that drags."""

from __future__ import annotations

import queue
from typing import cast

import numpy as np
import pytest

from studio.playback import lookahead as lookahead_module
from studio.playback.frame_source import FrameSource
from studio.playback.lookahead import Lookahead
from tests.patience import PATIENCE_S


class SlowSource:
    """Gives a black picture at once, and the exact ones, whose level is their frame."""

    def near(self, frame):
        return np.zeros((2, 2, 3), np.uint8)

    def picture(self, frame):
        return np.full((2, 2, 3), frame, np.uint8)

    def close(self):
        """Nothing is open."""


@pytest.fixture
def ahead(monkeypatch):
    monkeypatch.setattr(lookahead_module, "_HAND_RESTS_S", 60.0)
    told: queue.Queue[int] = queue.Queue()
    made = Lookahead(told.put)
    made.show(cast("FrameSource", SlowSource()))
    yield made, told
    made.close()


def test_while_the_hand_moves_only_quick_pictures_are_made(ahead):
    made, told = ahead
    for frame in (5, 9, 7):
        made.want([frame], drags=True)
        assert told.get(timeout=PATIENCE_S) == frame
        assert made.get(frame).max() == 0


@pytest.mark.parametrize("wanted", [[5], [5, 6]], ids=["let go", "played on"])
def test_the_exact_picture_comes_as_soon_as_it_is_wanted_without_a_drag(ahead, wanted):
    made, told = ahead
    made.want([5], drags=True)
    assert told.get(timeout=PATIENCE_S) == 5
    made.want(wanted)
    assert made.wait_made(10)
    assert [made.get(frame).max() for frame in wanted] == wanted


def test_its_pace_is_that_of_the_last_few_but_for_the_slowest():
    costs, now = iter([0.5, 0.02, 0.03, 0.02, 0.02, 0.09, 0.08]), [0.0]

    class Paced(SlowSource):
        def picture(self, frame):
            now[0] += next(costs)
            return super().picture(frame)

    made = Lookahead(lambda _frame: None, lambda: now[0])
    made.show(cast("FrameSource", Paced()))
    paces = []
    for frame in range(7):
        made.want([frame])
        assert made.wait_made(10)
        paces.append(made.pace_s)
    # One that took long is no pace; two are.
    assert paces == pytest.approx([0.0, 0.02, 0.03, 0.03, 0.03, 0.03, 0.08])
    made.forget_pace()
    assert made.pace_s == 0.0
    made.close()
