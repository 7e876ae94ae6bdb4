"""A few encoded tasks at a tiny size, and the network that learns from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from engine.data.tasks import TaskSpec, TaskStore, encode_tasks
from engine.models.text_encoder import TextEncoder
from engine.training.tiny import SHAPE, tiny_codecs
from tests.engine import random_latents
from tests.engine.tiny_model import tiny_folder

TASKS = 24
MODEL = replace(random_latents.MODEL, details=0, audio_channels=8, pathways=True)


def tiny_tasks(folder: Path) -> TaskStore:
    """``TASKS`` of the whole world in ``folder``."""
    codecs = tiny_codecs(tiny_folder())
    spec = TaskSpec.encoded_by(codecs, SHAPE, clips=TASKS, level=3, first_seed=100)
    encode_tasks(folder, spec, codecs, TextEncoder(), torch.device("cpu"))
    return TaskStore.open(folder, codecs.hash)
