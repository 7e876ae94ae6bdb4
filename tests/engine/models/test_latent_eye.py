import pytest
import torch

from engine.checkpoint import save_tensors
from engine.errors import WeightsError
from engine.models.latent_eye import LatentEye, LatentEyeConfig, load_latent_eye

CONFIG = LatentEyeConfig(channels=3, width=8, names=22)


def eye() -> LatentEye:
    torch.manual_seed(0)
    return LatentEye(CONFIG)


def test_every_token_has_names_and_details_are_not_looked_at():
    latents = torch.randn(2, 8, 3, 4, 6)
    other = latents.clone()
    other[:, 3:] = 7
    seen = eye()(latents)
    assert seen.shape == (2, 3 * 2 * 3, 22)
    assert torch.equal(seen, eye()(other))


def test_tokens_stand_in_the_order_of_the_network():
    latents = torch.zeros(1, 3, 2, 4, 6)
    changed = latents.clone()
    changed[:, :, 1, 3, 5] = 9  # the last corner of the last frame
    off = (eye()(changed) - eye()(latents)).abs().amax((0, 2))
    assert off.argmax() == 11
    assert off[:6].max() == 0


def test_weights_come_back_and_others_are_a_sentence(tmp_path):
    path = tmp_path / "eye.safetensors"
    config = '{"channels": 3, "width": 8, "names": 22}'
    save_tensors(path, eye().state_dict(), {"kind": "latent_eye", "config": config})
    back = load_latent_eye(path)
    assert back.config == CONFIG
    assert not any(weight.requires_grad for weight in back.parameters())
    save_tensors(path, eye().state_dict(), {"kind": "vocoder", "config": config})
    with pytest.raises(WeightsError, match="not an eye for latents"):
        load_latent_eye(path)
