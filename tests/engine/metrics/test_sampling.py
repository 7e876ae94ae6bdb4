from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch

from engine.checkpoint import load_tensors, save_tensors
from engine.metrics.sampling import load_scored
from engine.models.pathways import FIRST_TRAINED
from engine.pipelines.model import TRANSFORMER
from tests.engine.tiny_model import tiny_folder


def test_a_file_and_a_folder_of_weights_say_what_they_learned(tmp_path: Path):
    device = torch.device("cpu")
    folder = tmp_path / "weights"
    shutil.copytree(tiny_folder(), folder)
    tensors, metadata = load_tensors(folder / TRANSFORMER)
    trained = json.dumps(["subject", "extend"])
    save_tensors(folder / "later.safetensors", tensors, metadata | {"trained": trained})
    first = load_scored(folder, device, folder)
    later = load_scored(folder / "later.safetensors", device, folder)
    assert first.model.trained == frozenset(FIRST_TRAINED)
    assert later.model.trained == {"subject", "extend"}
    assert first.name != later.name
