"""The real backend with a tiny, untrained model, made once in a process."""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

import torch

from engine import api
from engine.backends.backlot import BacklotBackend, capabilities_of
from engine.checkpoint import save_tensors
from engine.models.codecs import load_codecs
from engine.models.upsampler import KIND, UPSAMPLER, Upsampler, UpsamplerConfig
from engine.pipelines.model import Model, full_scale, load_model, weights_hash
from engine.training.tiny import SHAPE, tiny_model


@functools.cache
def tiny_folder() -> Path:
    """A folder with the weights of a tiny model; the same weights in every process."""
    torch.set_num_threads(1)
    folder = Path(tempfile.mkdtemp(prefix="dailies-tiny-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    tiny_model(folder)
    return folder


@functools.cache
def enlarging_folder() -> Path:
    """The tiny model with an upsampler, untrained and alive."""
    folder = Path(tempfile.mkdtemp(prefix="dailies-tiny-large-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(tiny_folder(), folder, dirs_exist_ok=True)
    config = UpsamplerConfig(width=8, blocks=1)
    upsampler, generator = Upsampler(config), torch.Generator().manual_seed(2)
    for parameter in upsampler.parameters():
        parameter.data.copy_(torch.randn(parameter.shape, generator=generator) * 0.05)
    metadata = {
        "kind": KIND,
        "config": json.dumps(asdict(config)),
        "codecs": load_codecs(folder).hash,
    }
    save_tensors(folder / UPSAMPLER, upsampler.state_dict(), metadata)
    return folder


def tiny_capabilities(folder: Path) -> api.Capabilities:
    """The shipped model's limits at the tiny model's size."""
    return replace(
        capabilities_of(weights_hash(folder), scale=full_scale(folder)),
        sizes=(api.Size(width=SHAPE.width, height=SHAPE.height, shape="1:1"),),
        frames=(5, 9, 13),
    )


class KeptBackend(BacklotBackend):
    """Keeps its weights in memory from test to test."""

    def unload(self) -> None:
        """Keep everything."""


def backend_on(folder: str) -> BacklotBackend:
    """One of its own, of the tiny model in ``folder``."""
    return BacklotBackend(Path(folder), "cpu", tiny_capabilities(Path(folder)), torch.float32)


@functools.cache
def tiny_backend() -> BacklotBackend:
    """One backend for all tests of a process."""
    folder = tiny_folder()
    return KeptBackend(folder, "cpu", tiny_capabilities(folder), torch.float32)


@functools.cache
def enlarging_backend() -> BacklotBackend:
    """The same with the upsampler."""
    folder = enlarging_folder()
    return KeptBackend(folder, "cpu", tiny_capabilities(folder), torch.float32)


@functools.cache
def loaded() -> Model:
    """The tiny model alone."""
    return load_model(tiny_folder(), torch.device("cpu"))
