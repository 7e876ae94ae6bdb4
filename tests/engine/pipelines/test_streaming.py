from dataclasses import replace

import pytest
import torch

from engine.models.video_vae import VideoVAE, VideoVAEConfig
from engine.pipelines import streaming
from engine.pipelines.streaming import decode_bytes, decode_pictures, reach_cells, tiles_of
from engine.shapes import ClipShape
from tests.engine.tiny_model import loaded

SHAPE = ClipShape(width=208, height=90, frames=17)


@pytest.fixture(scope="module")
def model():
    """The tiny codecs with a decoder whose every layer is alive."""
    plain = loaded()
    torch.manual_seed(3)
    video = VideoVAE(plain.codecs.video.config).eval().requires_grad_(False)
    video.load_state_dict(plain.codecs.video.state_dict())
    for name, parameter in video.named_parameters():
        if name.startswith("decoder"):
            parameter.add_(torch.randn_like(parameter) * 0.02)
    return replace(plain, codecs=replace(plain.codecs, video=video))


@pytest.fixture
def latents():
    return torch.randn(1, 8, *SHAPE.video_latents, generator=torch.Generator().manual_seed(1))


def streamed(model, latents, tile=streaming.TILE_CELLS):
    return torch.cat(list(decode_pictures(model, latents, SHAPE, tile)))


def unlike(one, two):
    return (one.int() - two.int()).abs().max().item()


def test_a_stream_is_the_whole(model, latents, monkeypatch):
    whole = model.codecs.decode_video(latents, SHAPE.width, SHAPE.height)[0]
    assert torch.equal(streamed(model, latents), whole)
    monkeypatch.setattr(streaming, "CELLS_AT_ONCE", 1)
    parts = list(decode_pictures(model, latents, SHAPE))
    assert [len(part) for part in parts] == [1, 4, 4, 4, 4]
    assert unlike(torch.cat(parts), whole) <= 1


def test_tiles_have_no_seams(model, latents):
    whole = streamed(model, latents)
    assert reach_cells(model.codecs.video) == 5
    assert unlike(streamed(model, latents, tile=6), whole) <= 1


def test_tiles_cover_the_picture_once():
    tiles = tiles_of(13, 26, 5, 6)
    covered = torch.zeros(13, 26)
    for tile in tiles:
        covered[slice(*tile.rows), slice(*tile.columns)] += 1
        assert tile.margin_rows[0] <= tile.rows[0] < tile.rows[1] <= tile.margin_rows[1]
    assert (covered == 1).all()


def test_fifteen_seconds_of_hd_are_decoded_within_two_gigabytes():
    vae = VideoVAE(VideoVAEConfig())
    long = ClipShape(width=1280, height=720, frames=361)
    latents = 4 * vae.config.channels * 91 * 90 * 160
    assert decode_bytes(vae, long) + latents < 2e9
    longer = replace(long, frames=1441)
    assert decode_bytes(vae, longer) == decode_bytes(vae, long)
