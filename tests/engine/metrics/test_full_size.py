from dataclasses import replace

import torch

from engine.metrics.evidence import held_out_scenes
from engine.metrics.full_size import bicubic, full_size_rows, full_size_scores, halved, psnr_db
from engine.models.upsampler import Upsampler, UpsamplerConfig
from engine.shapes import ClipShape
from tests.engine.tiny_model import loaded

SHAPE = ClipShape(width=48, height=32, frames=5)


def test_an_upsampler_that_learned_nothing_scores_as_its_floor():
    plain = Upsampler(UpsamplerConfig(width=8, blocks=1)).requires_grad_(False)
    rows = full_size_scores(held_out_scenes(2), replace(loaded(), upsampler=plain), SHAPE)
    assert set(rows) == {
        "full.psnr_db",
        "full.psnr_moving_db",
        "full.sharpness",
        "full.base_db",
    }
    for kinds in rows.values():
        assert kinds["full"].n == 2
    # Interpolation passes the codec once more; nothing else sets them apart.
    psnr = rows["full.psnr_db"]
    assert abs(psnr["full"].value - psnr["bicubic"].value) < 2
    assert psnr["codec"].value > psnr["full"].value


def test_weights_without_one_have_no_rows():
    assert full_size_rows(held_out_scenes(2), loaded()) == {}


def test_halving_undoes_doubling():
    video = torch.randint(0, 255, (1, 2, 6, 8, 3), generator=torch.Generator().manual_seed(0))
    smooth = (video // 8 + 100).to(torch.uint8)
    large = bicubic(smooth)
    assert large.shape == (1, 2, 12, 16, 3)
    assert psnr_db(halved(large), smooth) > 35
