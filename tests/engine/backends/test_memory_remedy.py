from dataclasses import replace
from fractions import Fraction

import pytest

from engine.api import ShotPlan, ShotRequest, Size
from engine.backends.backlot_limits import capabilities_of
from engine.backends.memory_remedy import remedy

SIZES = (
    Size(width=128, height=72, shape="16:9"),
    Size(width=256, height=144, shape="16:9"),
    Size(width=96, height=96, shape="1:1"),
)


def asked(frames, width=256, height=144, shots=1):
    plans = tuple(ShotPlan(caption="", frames=frames) for _ in range(shots))
    return ShotRequest(
        prompt="a ball", shots=plans, width=width, height=height, rate=Fraction(12), seed=0
    )


@pytest.fixture
def able():
    return replace(capabilities_of(""), sizes=SIZES, frames=(13, 25))


def test_memory_that_ran_out_offers_the_next_smaller_size_and_length(able):
    told = remedy(asked(25), able)
    assert told.startswith("There is not enough memory")
    assert "128x72 instead of 256x144, or 1.1 s instead of 2.1" in told


def test_several_shots_are_offered_apart(able):
    told = remedy(asked(13, shots=2), able)
    assert "fewer shots at a time" in told
    assert "s instead of" not in told


def test_the_least_request_is_offered_nothing_that_takes_more(able):
    told = remedy(asked(13, 96, 96), able)
    assert told.endswith("Close other programs.")
