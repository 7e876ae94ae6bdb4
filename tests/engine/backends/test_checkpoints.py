"""Saved states of renders: whose they are, and what is not theirs."""

from __future__ import annotations

from dataclasses import make_dataclass, replace

import numpy as np
import pytest

from engine.api import Quality, ShotRequest
from engine.backends.checkpoints import Origin, Saved, load_checkpoint, save_checkpoint
from engine.errors import RequestError
from tests.engine.requests import plain_request

REQUEST = plain_request()
ORIGIN = Origin(request=REQUEST, weights="backlot", sources=())
STATE = Saved(step=4, arrays={"video": np.ones(3)}, sampler="heun")


def test_a_state_is_that_of_its_request_alone(tmp_path):
    save_checkpoint(tmp_path, ORIGIN, STATE)
    saved = load_checkpoint(tmp_path / "checkpoint.safetensors", ORIGIN)
    assert (saved.step, saved.sampler) == (4, "heun")
    assert saved.arrays["video"].tolist() == [1, 1, 1]
    for request in (replace(REQUEST, seed=4), replace(REQUEST, quality=Quality(mode="full"))):
        with pytest.raises(RequestError, match="another request"):
            load_checkpoint(tmp_path / "checkpoint.safetensors", replace(ORIGIN, request=request))


def test_a_render_put_aside_is_gone_on_with_where_requests_can_say_more(tmp_path):
    """As by a version whose requests have a field that this one's lack."""
    save_checkpoint(tmp_path, ORIGIN, STATE)
    newer = make_dataclass(
        "ShotRequest", [("grain", float, 0.0)], bases=(ShotRequest,), frozen=True, kw_only=True
    )
    same = replace(ORIGIN, request=newer(**vars(REQUEST)))
    assert load_checkpoint(tmp_path / "checkpoint.safetensors", same).step == 4
    other = replace(ORIGIN, request=newer(**vars(REQUEST), grain=0.5))
    with pytest.raises(RequestError, match="another request"):
        load_checkpoint(tmp_path / "checkpoint.safetensors", other)
