import math
import os
import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from engine.models.sizes import Live
from engine.models.video_vae import VideoVAE, VideoVAEConfig
from engine.pipelines import streaming
from engine.pipelines.streaming import (
    decode_bytes,
    decode_pictures,
    encode_pictures,
    reach_cells,
    tiles_of,
)
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
    assert reach_cells(model.codecs.video.config) == 5
    assert unlike(streamed(model, latents, tile=6), whole) <= 1


class StoppedError(Exception):
    pass


def test_a_decode_is_stopped_between_two_tiles(model, latents):
    told = []

    def heard():
        told.append(None)
        if len(told) > 2:
            raise StoppedError

    with pytest.raises(StoppedError):
        list(decode_pictures(model, latents, SHAPE, 6, heard))
    assert len(told) == 3


def test_tiles_cover_the_picture_once():
    tiles = tiles_of(13, 26, 5, 6)
    covered = torch.zeros(13, 26)
    for tile in tiles:
        covered[slice(*tile.rows), slice(*tile.columns)] += 1
        assert tile.margin_rows[0] <= tile.rows[0] < tile.rows[1] <= tile.margin_rows[1]
    assert (covered == 1).all()


LONG = ClipShape(width=1280, height=720, frames=361)
SHIPPED = VideoVAEConfig(channels=128, details=96)


def alive(shape):
    """Bytes of all tensors alive at once while a clip is decoded, counted by their shapes."""
    plain = loaded()  # Of real numbers, whoever asks for it first.
    with FakeTensorMode():
        video = VideoVAE(SHIPPED).eval().requires_grad_(False)
        model = replace(plain, codecs=replace(plain.codecs, video=video))
        latents = torch.empty(1, SHIPPED.channels, *shape.video_latents)
        with Live() as live:
            count = sum(len(part) for part in decode_pictures(model, latents, shape))
    assert count == shape.frames
    return live.peak


@pytest.mark.timeout(600)  # Seconds, on a machine that has them.
def test_fifteen_seconds_of_hd_are_decoded_within_two_gigabytes():
    latents = 4 * SHIPPED.channels * math.prod(LONG.video_latents)
    bound = decode_bytes(SHIPPED, LONG)
    assert bound + latents < 2e9
    counted = alive(replace(LONG, frames=13))
    assert 0.3 * bound < counted < bound
    # Neither length nor what lies beyond a tile adds to what is alive.
    assert alive(replace(LONG, frames=29)) == counted
    assert decode_bytes(SHIPPED, replace(LONG, frames=1441)) == bound
    assert alive(replace(LONG, width=3840, frames=9)) < 1.6 * bound


def test_a_short_small_clip_is_counted_for_what_it_is():
    small = ClipShape(width=128, height=72, frames=25)
    counted = alive(small)
    assert 0.3 * decode_bytes(SHIPPED, small) < counted < decode_bytes(SHIPPED, small)
    assert counted < 0.1 * decode_bytes(SHIPPED, LONG)


MEASURED = """
import sys
from tests.engine.pipelines.test_streaming import real
print(real(int(sys.argv[1])))
"""


def real(frames):
    """Bytes that a real decode adds at the most to what the program had taken before."""
    torch.set_num_threads(1)
    shape = replace(LONG, frames=frames)
    video = VideoVAE(SHIPPED).eval().requires_grad_(False)
    model = replace(loaded(), codecs=replace(loaded().codecs, video=video))
    latents = torch.zeros(1, SHIPPED.channels, *shape.video_latents)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in decode_pictures(model, latents, shape):
        pass
    return 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory is told in other units")
def test_a_real_decode_of_hd_stays_within_what_is_counted():
    alone = os.environ | {"PYTHONPATH": str(Path.cwd()), "OMP_NUM_THREADS": "1"}
    taken = [
        int(subprocess.run(
            [sys.executable, "-c", MEASURED, str(frames)],
            capture_output=True, env=alone, check=True,
        ).stdout)
        for frames in (5, 13)
    ]  # fmt: skip
    bound = decode_bytes(SHIPPED, LONG)
    assert max(taken) < bound
    assert taken[1] - taken[0] < 0.1 * bound


def test_pictures_are_encoded_a_part_at_a_time_as_the_whole_would_be(model, monkeypatch):
    torch.manual_seed(5)
    size = (SHAPE.frames, SHAPE.height, SHAPE.width, 3)
    pictures = torch.randint(0, 255, size, dtype=torch.uint8)
    whole = model.codecs.encode_video(pictures[None])
    assert torch.equal(encode_pictures(model, pictures.numpy()), whole)
    monkeypatch.setattr(streaming, "CELLS_AT_ONCE", 1)
    taken: list[int] = []

    def one_by_one():
        for picture in pictures.numpy():
            taken.append(len(taken))
            yield picture

    parts = encode_pictures(model, one_by_one())
    assert not parts.is_inference()
    torch.testing.assert_close(parts, whole, rtol=1e-5, atol=1e-5)
    assert len(taken) == SHAPE.frames
