import json
from dataclasses import asdict

import pytest
import torch
import torch.nn.functional as F

from engine.checkpoint import save_tensors
from engine.errors import WeightsError
from engine.models.upsampler import KIND, Upsampler, UpsamplerConfig, load_upsampler

CONFIG = UpsamplerConfig(width=8, blocks=1)


def alive():
    generator = torch.Generator().manual_seed(0)
    made = Upsampler(CONFIG)
    for parameter in made.parameters():
        parameter.data.copy_(torch.randn(parameter.shape, generator=generator) * 0.1)
    return made.eval().requires_grad_(False)


def groups():
    return torch.rand(2, 3, 3, 4, 10, 12, generator=torch.Generator().manual_seed(1)) * 2 - 1


def test_it_starts_as_bicubic_interpolation():
    made = Upsampler(CONFIG)(groups())
    assert made.shape == (2, 3, 3, 4, 20, 24)
    plain = F.interpolate(groups()[1, 2], scale_factor=2, mode="bicubic")
    assert torch.allclose(made[1, 2], plain, atol=1e-5)


def test_groups_are_enlarged_apart_and_pictures_of_a_group_together():
    other = groups()
    other[0, 1, :, 2] += 0.5
    changed = (alive()(groups()) - alive()(other)).abs().amax(dim=(2, 4, 5)) > 1e-6
    assert changed[0, 1].all()
    assert changed.sum() == 4


def test_weights_of_other_codecs_or_kinds_are_refused(tmp_path):
    path = tmp_path / "upsampler.safetensors"
    told = {"kind": KIND, "config": json.dumps(asdict(CONFIG)), "codecs": "abc"}
    half = {name: tensor.bfloat16() for name, tensor in alive().state_dict().items()}
    save_tensors(path, half, told)
    assert torch.allclose(load_upsampler(path, "abc")(groups()), alive()(groups()), atol=0.05)
    with pytest.raises(WeightsError, match="other codecs"):
        load_upsampler(path, "abd")
    for wrong, says in (({"kind": "reader"}, "not an upsampler"), ({"config": "{"}, "built")):
        save_tensors(path, half, told | wrong)
        with pytest.raises(WeightsError, match=says):
            load_upsampler(path, "abc")
