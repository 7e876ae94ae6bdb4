from dataclasses import replace
from fractions import Fraction

import pytest
import torch

from engine.api import Control, Failed, ShotPlan, ShotRequest, Size
from engine.backends.backlot import BacklotBackend
from engine.backends.backlot_limits import capabilities_of
from engine.backends.memory_remedy import check_memory, remedy
from tests.engine.backends.contract import small_request
from tests.engine.tiny_model import tiny_backend, tiny_capabilities, tiny_folder

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


def bytes_of(request):
    """A byte for every picture element."""
    return request.width * request.height * request.frames


@pytest.mark.parametrize(
    ("free", "offered"),
    [
        (bytes_of(asked(25)) - 1, "256x144, or 1.1 s instead of 2.1."),
        (bytes_of(asked(25, 128, 72)), "Or ask for 128x72 instead of 256x144."),
        (10, "Close other programs."),
    ],
)
def test_what_would_not_fit_is_said_before_with_what_would(able, free, offered):
    (finding,) = check_memory(asked(25), able, needed=bytes_of, free=free)
    assert finding.level == "warning"
    assert finding.remedy.endswith(offered)
    assert not list(check_memory(asked(25), able, needed=bytes_of, free=bytes_of(asked(25))))


class Cramped(BacklotBackend):
    """Has almost no memory free, and asks for far too much when it renders."""

    def _free_bytes(self):
        return 1_000_000

    def _works(self, request, steps, heard):
        torch.empty(2**52, dtype=torch.uint8)
        raise AssertionError("there was memory for four petabytes")


def test_a_processor_without_memory_is_a_state_with_a_remedy(tmp_path):
    backend = Cramped(tiny_folder(), "cpu", tiny_capabilities(tiny_folder()))
    request = small_request(backend)
    (finding,) = [one for one in backend.preflight(request) if "memory" in one.sentence]
    assert "0.0 GB is free" in finding.sentence
    *_, last = backend.render(request, Control(tmp_path))
    assert isinstance(last, Failed)
    assert last.sentence.startswith("There is not enough memory for this render.")
    assert not [one for one in tiny_backend().preflight(request) if "memory" in one.sentence]
