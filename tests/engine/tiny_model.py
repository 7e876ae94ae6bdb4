"""The real backend with a tiny, untrained model, made once in a process."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import torch

from engine import api
from engine.backends.backlot import BacklotBackend, capabilities_of
from engine.pipelines.model import Model, load_model, weights_hash
from engine.training.tiny import SHAPE, tiny_model


@functools.cache
def tiny_folder() -> Path:
    """A folder with the weights of a tiny model; the same weights in every process."""
    torch.set_num_threads(1)
    folder = Path(tempfile.mkdtemp(prefix="dailies-tiny-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    tiny_model(folder)
    return folder


def tiny_capabilities(folder: Path) -> api.Capabilities:
    """The shipped model's limits at the tiny model's size."""
    return replace(
        capabilities_of(weights_hash(folder)),
        sizes=(api.Size(width=SHAPE.width, height=SHAPE.height, shape="1:1"),),
        frames=(5, 9, 13),
    )


class KeptBackend(BacklotBackend):
    """Keeps its weights in memory from test to test."""

    def unload(self) -> None:
        """Keep everything."""


@functools.cache
def tiny_backend() -> BacklotBackend:
    """One backend for all tests of a process."""
    folder = tiny_folder()
    return KeptBackend(folder, "cpu", tiny_capabilities(folder), torch.float32)


@functools.cache
def loaded() -> Model:
    """The tiny model alone."""
    return load_model(tiny_folder(), torch.device("cpu"))
