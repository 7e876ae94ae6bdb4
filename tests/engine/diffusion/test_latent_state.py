"""Where renders begin: noise by seed, and less of it in the codec's details."""

from dataclasses import replace

import torch

from engine.diffusion.latent_state import DETAIL_NOISE, noise_for, starting_noise
from engine.training.tiny import SHAPE, TRANSFORMER


def test_a_render_begins_with_less_noise_in_the_details():
    config = replace(TRANSFORMER, details=4)
    raw = noise_for(SHAPE, (config.channels, config.audio_channels), 3)
    start = starting_noise(config, SHAPE, [3])
    loud = config.channels - 4
    assert torch.equal(start.video[:, :loud], raw.video[:, :loud])
    assert torch.equal(start.video[:, loud:], DETAIL_NOISE * raw.video[:, loud:])
    assert torch.equal(start.audio, raw.audio)


def test_clips_of_several_seeds_begin_as_each_does_alone():
    config = replace(TRANSFORMER, details=0)
    many = starting_noise(config, SHAPE, [5, 6])
    alone = noise_for(SHAPE, (config.channels, config.audio_channels), 6)
    assert torch.equal(many.video[1:], alone.video)
    assert torch.equal(many.audio[1:], alone.audio)
