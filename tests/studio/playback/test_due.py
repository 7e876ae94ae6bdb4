"""Which picture may be shown: the newest that is in time, or what is left where none is."""

from __future__ import annotations

import numpy as np
import pytest

from studio.playback.due import HELD_S, ON_TIME_S, DuePictures, late_by_s
from tests.studio.playback.reels import Reel, numbered


class Screen:
    """Pictures that are made by hand, and a time that is moved by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.made: dict[int, np.ndarray] = {}
        self.due = DuePictures(self.made.get, lambda: self.now_s)

    def make(self, *frames: int) -> None:
        self.made.update({frame: np.zeros((2, 2, 3), np.uint8) for frame in frames})

    def shown(self) -> int | None:
        found = self.due.take()
        return None if found is None else found[0]


@pytest.fixture
def screen():
    made = Screen()
    made.make(1)
    made.due.come(1, 0.0)
    assert made.shown() == 1
    return made


def test_a_picture_is_shown_once_and_again_when_it_is_another(screen):
    assert screen.shown() is None
    screen.make(1)
    screen.due.forget_shown()
    assert screen.shown() == 1


def test_one_that_comes_in_time_is_shown_and_one_that_comes_late_is_not(screen):
    screen.due.come(2, 0.002)
    screen.now_s += ON_TIME_S - 0.003
    screen.make(2)
    assert screen.shown() == 2
    screen.due.come(3, 0.0)
    screen.now_s += ON_TIME_S + 0.001
    screen.make(3)
    assert screen.shown() is None


def test_the_newest_that_is_in_time_is_shown_where_the_next_is_not_made(screen):
    screen.make(2)
    screen.due.come(2, 0.0)
    screen.due.come(3, 0.0)
    assert screen.shown() == 2


def test_a_late_one_is_shown_where_one_has_stood_for_long(screen):
    screen.due.come(2, 0.0)
    screen.now_s += HELD_S - 0.1
    screen.make(2)
    assert screen.shown() is None
    screen.now_s += 0.1
    assert screen.shown() == 2
    screen.due.come(3, 0.0)
    screen.now_s += 0.1
    screen.make(3)
    assert screen.shown() is None


def test_what_is_stood_on_is_shown_whenever_it_comes(screen):
    screen.due.stand_on(9)
    screen.now_s += 60
    screen.make(1, 2, 9)
    assert screen.shown() == 9


@pytest.mark.parametrize(
    ("speed", "frame", "samples"),
    # At eight times, four frames are one: 8 to 11. Backwards, the last sample of one comes first.
    [(1, 10, 500), (2, 10, 500), (8, 8, 4_500), (-1, 10, 1_499), (-8, 8, 3_499)],
)
def test_how_late_a_frame_is_goes_by_the_sample_that_is_heard(tmp_path, speed, frame, samples):
    reel = Reel(tmp_path)
    reel.lay("V1", reel.take(numbered(24)), 0, 48)
    late_s = late_by_s(reel.cut, frame, reel.cut.sample_of(10) + 500, speed)
    assert late_s == pytest.approx(samples / 48_000 / abs(speed))
