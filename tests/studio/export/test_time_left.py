"""The time left of an export: of the stage under way and of those to come."""

from __future__ import annotations

import pytest

from studio.export.time_left import TimeLeft


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_what_is_to_come_counts_from_the_first_stage_on():
    clock = Clock()
    left = TimeLeft({"sound": 2.0, "loudness": 4.0, "pictures": 14.0}, clock)
    assert left.at("sound", 0.0) == pytest.approx(20)
    clock.now_s += 1.0
    assert left.at("sound", 0.5) == pytest.approx(19)
    clock.now_s += 1.0
    assert left.at("sound", 1.0) == pytest.approx(18)
    assert left.at("loudness", 0.0) == pytest.approx(18)
    clock.now_s += 4.0
    assert left.at("loudness", 1.0) == pytest.approx(14)


def test_a_slow_machine_is_slow_in_the_stages_to_come():
    clock = Clock()
    left = TimeLeft({"sound": 2.0, "pictures": 10.0}, clock)
    left.at("sound", 0.0)
    clock.now_s += 6.0
    assert left.at("sound", 1.0) == pytest.approx(30)
    assert left.at("pictures", 0.0) == pytest.approx(30)
    clock.now_s += 2.0
    # Of pictures themselves a half shows how long the other half takes, whatever was guessed.
    assert left.at("pictures", 0.5) == pytest.approx(2)
    assert left.at("pictures", 1.0) == 0


def test_what_a_stage_takes_to_begin_is_not_taken_for_its_pace():
    clock = Clock()
    left = TimeLeft({"sound": 2.0, "pictures": 10.0}, clock)
    clock.now_s += 60.0
    assert left.at("sound", 0.01) == pytest.approx(2 * 0.99 + 10)
    clock.now_s += 0.5
    assert left.at("sound", 0.26) == pytest.approx(2 * 0.74 + 10)


def test_a_stage_that_nobody_reckoned_with_goes_on_as_it_did():
    clock = Clock()
    left = TimeLeft({}, clock)
    assert left.at("signing", 0.0) == 0
    clock.now_s += 3.0
    assert left.at("signing", 0.25) == pytest.approx(9)
