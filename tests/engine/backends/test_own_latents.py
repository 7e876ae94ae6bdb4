"""Latents say which codecs made them, and those of others are not started from."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from engine import api
from engine.backends.backlot_sources import own_latents
from engine.backends.take_files import LATENTS_NAME, codecs_of_latents, read_latents
from engine.errors import RequestError
from tests.engine.backends.contract import render
from tests.engine.tiny_model import loaded, tiny_backend

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
    with safe_open(path, framework="numpy") as file:
        weights = file.metadata()["weights"]
    save_file(load_file(path), path, {"weights": weights} | more)


def _said(request_, task, about: str = "codecs") -> str:
    findings = tiny_backend().preflight(dataclasses.replace(request_, task=task))
    assert not [one for one in findings if one.level == "refused"]
    return " ".join(one.sentence for one in findings if about in one.sentence)


def test_latents_name_their_codecs_and_those_of_others_are_refused(take: Path, request_):
    model, source = loaded(), str(take)
    assert codecs_of_latents(take) == model.codecs.hash
    assert own_latents(model, take) is not None
    _tell(take, codecs=OTHER)
    assert own_latents(model, take) is None
    weights = tiny_backend().capabilities().weights
    with pytest.raises(RequestError, match=f"other codecs \\({OTHER}\\)"):
        read_latents(take, weights, model.codecs.hash)
    edit = api.Edit(source=source, instruction="make it nighttime")
    assert "the source were made by other codecs" in _said(request_, edit)
    assert "made by other codecs" in _said(request_, api.Extend(source=source))
    full = dataclasses.replace(request_, quality=api.Quality(mode="full", steps=2))
    upgrade = api.Upgrade(source=source, from_latent=True)
    assert "preview's latents were made by other codecs" in _said(full, upgrade)


def test_latents_of_before_are_read_as_they_were(take: Path, request_):
    edit = api.Edit(source=str(take), instruction="make it nighttime")
    _tell(take)
    assert codecs_of_latents(take) == ""
    assert own_latents(loaded(), take) is not None
    assert _said(request_, edit) == ""
    recipe = take / "recipe.json"
    weights = tiny_backend().capabilities().weights
    recipe.write_text(recipe.read_text().replace(weights, "other weights"))
    assert "do not say by which codecs" in _said(request_, edit)
    recipe.unlink()
    assert _said(request_, edit) == ""


def test_a_backend_says_which_latents_it_reads(take: Path, request_):
    backend, latents = tiny_backend(), take / LATENTS_NAME
    edit = api.Edit(source=str(take), instruction="make it nighttime")
    assert backend.reads_latents(take)
    whole = latents.read_bytes()
    latents.write_bytes(whole[:-9])
    assert not backend.reads_latents(take)
    assert _said(request_, edit, "latents") == (
        "The latents of the source are damaged, so it is encoded anew."
    )
    latents.unlink()
    assert not backend.reads_latents(take)
    assert _said(request_, edit, "latents") == ""
    latents.write_bytes(whole)
    (take / "recipe.json").unlink()
    assert not backend.reads_latents(take)


def test_no_latents_name_no_codecs(tmp_path: Path):
    assert codecs_of_latents(tmp_path) is None
