"""Latents say which codecs made them, and those of others are not started from."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from pathlib import Path

import pytest
from safetensors.numpy import load_file, save_file

from engine import api
from engine.backends.backlot import BacklotBackend
from engine.backends.backlot_desk import Desk
from engine.backends.backlot_plans import plan_request
from engine.backends.backlot_sources import take_latents
from engine.backends.take_files import LATENTS_NAME, latents_header
from engine.pipelines.references import EncodedCache
from engine.training.tiny import SHAPE
from tests.engine.backends.contract import render
from tests.engine.tiny_model import loaded, tiny_backend, tiny_folder

OTHER = "0123456789abcdef"


@pytest.fixture(scope="module")
def backend():
    return tiny_backend()


@pytest.fixture
def take(request_, tmp_path) -> Path:
    (made,) = render(tiny_backend(), request_, tmp_path / "take")
    return Path(made.folder)


def _tell(folder: Path, **more: str) -> None:
    """Write the latents anew, saying ``more`` of themselves and nothing else."""
    path = folder / LATENTS_NAME
    said = {"weights": latents_header(folder).weights}
    save_file(load_file(path), path, said | more)


def _said(request_, task, about: str = "codecs") -> str:
    findings = tiny_backend().preflight(dataclasses.replace(request_, task=task))
    assert not [one for one in findings if one.level == "refused"]
    return " ".join(one.sentence for one in findings if about in one.sentence)


def test_latents_name_their_codecs_and_those_of_others_are_refused(take: Path, request_):
    model, source = loaded(), str(take)
    assert latents_header(take).codecs == model.codecs.hash
    assert take_latents(model, source, SHAPE, whole=False) is not None
    _tell(take, codecs=OTHER)
    assert take_latents(model, source, SHAPE, whole=False) is None
    edit = api.Edit(source=source, instruction="make it nighttime")
    assert "the source were made by other codecs" in _said(request_, edit)
    assert "made by other codecs" in _said(request_, api.Extend(source=source))
    full = dataclasses.replace(request_, quality=api.Quality(mode="full", steps=2))
    upgrade = api.Upgrade(source=source, from_latent=True)
    assert "preview's latents were made by other codecs" in _said(full, upgrade)


def test_latents_of_before_are_read_as_they_were(take: Path, request_):
    edit = api.Edit(source=str(take), instruction="make it nighttime")
    _tell(take)
    assert latents_header(take).codecs == ""
    assert take_latents(loaded(), str(take), SHAPE) is not None
    assert _said(request_, edit) == ""
    _tell(take, weights="other weights")
    assert take_latents(loaded(), str(take), SHAPE) is not None
    assert "do not say by which codecs" in _said(request_, edit)
    (take / "recipe.json").unlink()
    assert _said(request_, edit) == ""


def test_a_backend_says_which_latents_it_reads(take: Path, request_):
    backend, latents = tiny_backend(), take / LATENTS_NAME
    edit = api.Edit(source=str(take), instruction="make it nighttime")
    assert backend.reads_latents(take, request_)
    part = dataclasses.replace(request_, shots=(api.ShotPlan(caption="", frames=5),))
    assert not backend.reads_latents(take, part)
    whole = latents.read_bytes()
    latents.write_bytes(whole[:-9])
    assert not backend.reads_latents(take, request_)
    assert _said(request_, edit, "latents") == (
        "The latents of the source are damaged, so it is encoded anew."
    )
    latents.unlink()
    assert not backend.reads_latents(take, request_)
    assert _said(request_, edit, "latents") == ""
    latents.write_bytes(whole)
    (take / "recipe.json").unlink()
    assert not backend.reads_latents(take, request_)


@pytest.mark.parametrize(
    "other",
    [{"width": 48}, {"width": 30}, {"rate": Fraction(24)}, {"frames": SHAPE.frames + 4}],
    ids=str,
)
def test_latents_of_a_clip_of_another_shape_are_not_started_from(take: Path, request_, other):
    model, source = loaded(), str(take)
    assert take_latents(model, source, SHAPE) is not None
    shape = dataclasses.replace(SHAPE, **other)
    assert take_latents(model, source, shape) is None
    # What goes on from a take needs its end alone.
    assert (take_latents(model, source, shape, whole=False) is None) == ("frames" not in other)
    asked = dataclasses.replace(
        request_,
        width=shape.width,
        rate=shape.rate,
        shots=(api.ShotPlan(caption="", frames=shape.frames),),
        task=api.Upgrade(source=str(take), from_latent=True),
        quality=api.Quality(mode="full", steps=2),
    )
    desk = Desk(model=loaded(), words=(), cache=EncodedCache())
    for task in (asked.task, api.Edit(source=str(take), instruction="make it nighttime")):
        plan = plan_request(desk, dataclasses.replace(asked, task=task), 2)
        assert plan.start.video.shape[2:] == plan.shape.video_latents
        assert plan.start.audio.shape[-1] == plan.shape.audio_latents


def test_a_preview_of_another_size_is_named(take: Path, request_):
    small = tiny_backend().capabilities()
    wide = api.Size(width=48, height=32, shape="3:2")
    backend = BacklotBackend(
        tiny_folder(), "cpu", dataclasses.replace(small, sizes=(*small.sizes, wide))
    )
    task = api.Upgrade(source=str(take), from_latent=True)
    full = dataclasses.replace(request_, task=task, quality=api.Quality(mode="full", steps=2))
    for width, named in ((32, False), (48, True)):
        findings = backend.preflight(dataclasses.replace(full, width=width))
        said = " ".join(one.sentence for one in findings)
        assert ("The preview's latents are of another size, rate or length, so" in said) == named


def test_no_latents_name_no_codecs(tmp_path: Path):
    assert latents_header(tmp_path) is None
