"""Our own model: in which numbers it computes, where its layers lie, and what it reckons."""

import dataclasses
import time

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from engine import api
from engine.backends.backlot import BacklotBackend
from engine.backends.backlot_plans import shape_of
from engine.media import read_pictures
from engine.models.offload import Offload
from engine.models.sizes import pass_flops
from engine.pipelines.model import transformer_config
from tests.engine.backends.contract import bits, park_after, render, run, small_request
from tests.engine.tiny_model import tiny_backend, tiny_capabilities, tiny_folder


def other(dtype=torch.float32) -> BacklotBackend:
    return BacklotBackend(tiny_folder(), "cpu", tiny_capabilities(tiny_folder()), dtype)


def test_half_width_numbers_make_nearly_the_same_take_and_are_named(tmp_path):
    request = small_request(tiny_backend())
    (whole,) = render(tiny_backend(), request, tmp_path / "whole")
    (half,) = render(other(torch.bfloat16), request, tmp_path / "half")
    assert half.recipe.device.endswith("bfloat16")
    assert "bfloat16" not in whole.recipe.device
    difference = np.abs(
        read_pictures(whole.picture).astype(int) - read_pictures(half.picture).astype(int)
    )
    assert 0 < difference.mean() < 4


def test_layers_that_visit_make_the_same_bits(tmp_path):
    request = small_request(tiny_backend())
    (whole,) = render(tiny_backend(), request, tmp_path / "whole")
    lean = other()
    lean.load()
    network = lean._model.transformer
    offload = Offload(network, network.blocks, torch.device("cpu"), small_bytes=0)
    (visited,) = render(lean, request, tmp_path / "visited")
    assert bits(visited) == bits(whole)
    assert offload.visits
    assert offload.here_bytes == 0


def test_an_estimate_counts_products_and_learns_from_what_was_rendered(tmp_path):
    backend = other()
    request = small_request(backend)
    full = dataclasses.replace(request, quality=api.Quality(mode="full"))
    before = backend.estimate(request)
    assert before.basis == "counted work"
    assert backend.estimate(full).seconds > before.seconds
    render(backend, request, tmp_path)
    assert backend.estimate(request).basis == "history"


def test_memory_that_is_wanted_is_that_of_sampling_or_of_a_decode_that_has_its_bound():
    can = dataclasses.replace(
        tiny_capabilities(tiny_folder()),
        sizes=(api.Size(width=1280, height=720, shape="16:9"),),
        full_scale=2,
    )
    backend = BacklotBackend(tiny_folder(), "cpu", can)

    def wanted(**changes):
        return backend.estimate(small_request(backend, **changes)).memory_bytes

    def shots(frames):
        return (api.ShotPlan(caption="", frames=frames),)

    full = api.Quality(mode="full")
    assert wanted(shots=shots(13)) > 1.3 * wanted(shots=shots(9))
    # What Full enlarges is decoded a part at a time.
    assert wanted(quality=full) == wanted()
    small = {"width": 32, "height": 32, "shots": shots(5)}
    assert wanted(**small, quality=full) > wanted(**small)


def test_the_pace_is_that_of_the_steps_that_were_done(tmp_path, monkeypatch):
    """As of a machine that takes a second for every step, whatever else there is to do."""
    backend = other()
    seen: list[float] = []
    now = [0.0]
    request = small_request(backend, variations=3)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(backend, "_see_pace", seen.append)

    def tick(event, control):
        if isinstance(event, api.Progress):
            now[0] += 1.0
            if event.step == 6:
                control.park()

    parked = run(backend, request, tmp_path, on_event=tick)[-1]
    assert isinstance(parked, api.Parked)
    run(backend, request, tmp_path, parked.checkpoint, on_event=tick)
    config = transformer_config(tiny_folder())
    step = backend.passes(request) * pass_flops(config, shape_of(request))
    assert seen == [pytest.approx(step)] * 3


def test_a_render_goes_on_by_the_sampler_that_it_began_by_and_says_so(tmp_path, monkeypatch):
    """As by a version for which another sampler is the usual one."""
    backend, request = tiny_backend(), small_request(tiny_backend())
    heun = dataclasses.replace(request.quality, sampler="heun")
    (whole,) = render(backend, dataclasses.replace(request, quality=heun), tmp_path / "whole")
    monkeypatch.setattr("engine.pipelines.render.USUAL_SAMPLER", "heun")
    last = run(backend, request, tmp_path / "parked", on_event=park_after(2))[-1]
    monkeypatch.undo()
    (again,) = render(backend, request, tmp_path / "parked", last.checkpoint)
    assert again.recipe.sampler == "heun"
    assert bits(again) == bits(whole)


def test_steps_of_a_sampler_that_is_gone_are_not_gone_on_with(tmp_path):
    backend, request = tiny_backend(), small_request(tiny_backend())
    last = run(backend, request, tmp_path, on_event=park_after(2))[-1]
    with safe_open(last.checkpoint, framework="numpy") as file:
        told = file.metadata()
    save_file(load_file(last.checkpoint), last.checkpoint, told | {"sampler": "renewing"})
    failed = run(backend, request, tmp_path, last.checkpoint)[-1]
    assert isinstance(failed, api.Failed)
    assert "was stepped by renewing, which there is none of any more" in failed.sentence
