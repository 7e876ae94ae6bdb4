"""What presets of the codecs begin with."""

import pytest
import torch

from engine.checkpoint import save_tensors
from engine.errors import TrainingError
from engine.models.audio_vae import AudioVAE
from engine.presets.codecs import _AUDIO, vocoder
from engine.presets.orders import Order


def test_the_vocoder_learns_from_the_best_of_what_codes_sound(tmp_path):
    before = tmp_path / "audio_vae"
    save_tensors(before / "best.safetensors", AudioVAE(_AUDIO).state_dict(), {})
    (before / "weights.safetensors").write_bytes(b"cut off")
    with pytest.raises(TrainingError, match="no clips"):
        vocoder(Order(run=tmp_path / "vocoder", device=torch.device("cpu")))
