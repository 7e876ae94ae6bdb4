"""What LTX-2.x starts from: previews, sources and their sound, and what is told of them."""

import dataclasses
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from engine import api
from engine.backends import ltx_plans as plans
from engine.backends import own_latents
from engine.backends.ltx_folder import open_folder
from engine.backends.ltx_model import load_ltx
from engine.backends.take_files import read_latents
from tests.engine.backends.contract import picture_file, render, small_request
from tests.engine.tiny_ltx import ltx_backend, ltx_folder

pytestmark = pytest.mark.xdist_group("ltx")


@pytest.fixture(scope="module")
def model():
    return load_ltx(open_folder(ltx_folder()), torch.device("cpu"), torch.float32, lean=False)


def extended(request, source, **more):
    return dataclasses.replace(request, task=api.Extend(source=source, **more))


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_an_extension_hears_its_source_to_the_end_and_not_what_its_window_holds_beyond(
    model, tmp_path, direction
):
    backend = ltx_backend()
    request = small_request(backend, quality=api.Quality(mode="fast", steps=1))
    (first,) = render(backend, request, tmp_path / "first")
    longer = extended(request, first.folder, direction=direction)
    (second,) = render(backend, longer, tmp_path / "second")
    audio = read_latents(Path(second.folder), model.folder.weights)["audio"]
    _, begin = plans.window_of(longer, model.lattice)
    a_second = model.lattice.audio_latents_per_s
    end = round((begin + request.frames) / request.rate * a_second)
    assert end < audio.shape[-1]
    plan = plans.plan_request(model, extended(request, second.folder), 1)
    heard = int(plan.given.audio.sum())
    assert heard > 0
    assert np.array_equal(plan.given.clean.audio[..., :heard], audio[..., end - heard : end])


def test_a_full_render_of_an_edit_goes_on_from_its_preview_and_no_higher(model, tmp_path):
    backend = ltx_backend()
    request = small_request(backend, quality=api.Quality(mode="fast", steps=2))
    (take,) = render(backend, request, tmp_path / "take")
    edit = api.Edit(source=take.folder, instruction="snow", picture_strength=0.02, keep_sound=True)
    (edited,) = render(backend, dataclasses.replace(request, task=edit), tmp_path / "edited")
    full = dataclasses.replace(request, quality=api.Quality(mode="full", steps=4))
    from_latent, anew = (
        plans.plan_request(
            model,
            dataclasses.replace(full, task=api.Upgrade(source=edited.folder, from_latent=how)),
            4,
        )
        for how in (True, False)
    )
    sigma = float(from_latent.levels.video[0])
    assert sigma == pytest.approx(float(anew.levels.video[0]), abs=1e-3)
    window, _ = plans.window_of(full, model.lattice)
    preview = plans.take_latents(model, edited.folder, full)
    wanted = (1 - sigma) * preview.video + sigma * window.noise(request.seed).video
    assert torch.allclose(from_latent.start.video, wanted, atol=1e-5)


def test_whether_a_sources_sound_is_heard_is_told_from_headers(tmp_path, monkeypatch):
    backend = ltx_backend()
    request = small_request(backend, quality=api.Quality(mode="fast", steps=1))
    (take,) = render(backend, request, tmp_path / "take")
    (longer,) = render(backend, extended(request, take.folder), tmp_path / "longer")
    monkeypatch.setattr(own_latents, "read_latents", None)

    def warned(source):
        edit = api.Edit(source=source, instruction="snow", sound_strength=0.5)
        findings = backend.preflight(dataclasses.replace(request, task=edit))
        return any("cannot hear the source's sound" in one.sentence for one in findings)

    assert not warned(take.folder)
    # Its latents are those of a longer window, so it is encoded anew.
    assert warned(longer.folder)


def test_a_full_render_of_an_extension_goes_on_from_its_preview_and_says_nothing_else(
    model, tmp_path
):
    backend = ltx_backend()
    request = small_request(backend, quality=api.Quality(mode="fast", steps=1))
    (take,) = render(backend, request, tmp_path / "take")
    (longer,) = render(backend, extended(request, take.folder), tmp_path / "longer")
    upgrade = api.Upgrade(source=longer.folder, from_latent=True)
    quality = api.Quality(mode="full", steps=4)
    full = dataclasses.replace(request, quality=quality, task=upgrade)
    assert float(plans.plan_request(model, full, 4).levels.video[0]) == pytest.approx(0.6, abs=0.01)
    assert not [one for one in backend.preflight(full) if "starts from" in one.sentence]


def test_a_render_is_stopped_while_its_pictures_are_decoded(model, tmp_path):
    backend = ltx_backend()
    request = small_request(backend, quality=api.Quality(mode="fast", steps=1))
    control = api.Control(tmp_path)
    events = backend.render(request, control)
    decoding = backend._loaded().pipeline.vae.decoder.conv_in

    def park(_module, given):
        if given[0].shape[2] > 1:  # What is shown of a step is one latent alone.
            control.park()

    hook = decoding.register_forward_pre_hook(park)
    try:
        last = list(events)[-1]
    finally:
        hook.remove()
    assert isinstance(last, api.Parked)
    (take,) = render(backend, request, tmp_path, resume=last.checkpoint)
    assert take.frames == request.frames


def test_what_is_refused_is_not_looked_at_further(tmp_path):
    backend = ltx_backend()
    edit = api.Edit(source=str(picture_file(tmp_path)), instruction="snow")
    request = small_request(backend, rate=Fraction(0), task=edit)
    findings = backend.preflight(request)
    assert any("cannot make 0 pictures a second" in one.sentence for one in findings)


def test_an_estimate_counts_the_passes_that_a_render_takes(model):
    backend = ltx_backend()
    request = small_request(backend)
    for changes in ({}, {"guidance": 1.0}, {"quality": api.Quality(mode="full", steps=4)}):
        asked = dataclasses.replace(request, **changes)
        plain = dataclasses.replace(request, guidance=1.0)
        passes = plans.plan_request(model, asked, 4).guidance.passes
        pixels = 4e-8 * request.frames * request.width * request.height
        seconds = [backend.estimate(one).seconds - pixels for one in (asked, plain)]
        assert seconds[0] / seconds[1] == pytest.approx(passes)
