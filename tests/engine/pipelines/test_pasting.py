import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis.extra import numpy as arrays

from engine.pipelines.pasting import kept_by, pasted, picture_runs, reach_px, region_of
from engine.shapes import ClipShape
from tests.engine.tiny_model import loaded

SHAPE = ClipShape(width=48, height=40, frames=9)
FREE = torch.zeros(SHAPE.audio_latents, dtype=torch.bool)


def test_a_painted_pixel_frees_its_token_in_its_latent():
    mask = np.zeros((9, 40, 48), np.bool_)
    mask[3, 17, 33] = True
    region = region_of(mask, SHAPE)
    assert region.shape == SHAPE.video_latents
    assert region.nonzero().tolist() == [[1, 2, 4], [1, 2, 5], [1, 3, 4], [1, 3, 5]]


@settings(deadline=None, max_examples=25)
@given(arrays.arrays(np.bool_, (9, 40, 48)))
def test_every_painted_pixel_lies_in_the_region(painted):
    region = region_of(painted, SHAPE)
    pixels = region.repeat_interleave(8, 1).repeat_interleave(8, 2).numpy()
    for index, (first, last) in enumerate(picture_runs(3)):
        assert pixels[index][:40, :48][painted[first:last].any(axis=0)].all()


def test_beyond_the_reach_the_sources_own_pixels_stand():
    given_ = torch.ones(3, 6, 6, dtype=torch.bool)
    given_[:, :2, :2] = False
    kept = kept_by(given_, FREE, SHAPE, 8)
    assert kept.pictures is not None
    shares = np.stack(list(kept.pictures()))
    assert (shares[:, :16, :16] == 1).all()
    assert (shares[:, 25:, :] == 0).all()
    ring = shares[0, 0, 16:25]
    assert (np.diff(ring) < 0).all()
    new = np.full((9, 40, 48, 3), 200, np.uint8), np.zeros((2, SHAPE.samples), np.float32)
    source = np.full((9, 40, 48, 3), 10, np.uint8), np.ones((2, SHAPE.samples), np.float32)
    # The source's pictures come one by one, and are pasted where the new ones lie.
    pictures, sound = pasted(new, (iter(source[0]), source[1]), kept)
    assert pictures is new[0]
    assert (pictures[:, :16, :16] == 200).all()
    assert (pictures[:, 25:] == 10).all()
    assert not sound.any()


def test_kept_sound_is_the_sources_to_the_sample_and_fades_inside_what_is_new():
    given_ = FREE.clone()
    given_[5:] = True
    kept = kept_by(torch.zeros(3, dtype=torch.bool), given_, SHAPE, 8)
    assert (kept.sound[5000:] == 0).all()
    assert (kept.sound[:4000] == 1).all()
    assert 0 < kept.sound[4900] < 1
    rng = np.random.default_rng(1)
    pictures = np.zeros((9, 40, 48, 3), np.uint8)
    sounds = [rng.standard_normal((2, SHAPE.samples)).astype(np.float32) for _ in range(2)]
    _, sound = pasted((pictures, sounds[0]), (pictures, sounds[1]), kept)
    assert np.array_equal(sound[:, 5000:], sounds[1][:, 5000:])
    assert np.array_equal(sound[:, :4000], sounds[0][:, :4000])


def test_whole_pictures_are_kept_or_not():
    kept = kept_by(torch.tensor([True, False, True]), FREE, SHAPE, 8)
    assert kept.pictures is not None
    assert [float(share.mean()) for share in kept.pictures()] == [0, 1, 1, 1, 1, 0, 0, 0, 0]
    assert kept.anything
    assert not kept_by(torch.zeros(3, dtype=torch.bool), FREE, SHAPE, 8).anything


def test_the_reach_is_measured():
    assert 8 <= reach_px(loaded()) <= 100


@pytest.mark.parametrize("frames", [1, 2, 5])
def test_runs_cover_all_pictures(frames):
    runs = picture_runs(frames)
    assert runs[0] == (0, 1)
    assert runs[-1][1] == 1 + 4 * (frames - 1)
