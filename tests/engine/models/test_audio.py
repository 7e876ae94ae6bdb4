import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.models.audio_vae import (
    N_FFT,
    AudioVAE,
    AudioVAEConfig,
    LogMel,
    from_log,
    mel_filters,
    set_linear_path,
    set_normalisation,
    spectrum,
    to_log,
)
from engine.models.vocoder import Vocoder, VocoderConfig, inverse

WINDOW = torch.hann_window(N_FFT)


def tone(hertz=440.0, samples=6000, left=1.0, right=1.0):
    wave = 0.5 * torch.sin(2 * math.pi * hertz * torch.arange(samples) / 24_000)
    wave = wave * torch.hann_window(samples)
    return torch.stack([left * wave, right * wave])[None]


@settings(max_examples=10, deadline=None)
@given(st.integers(min_value=4, max_value=40), st.integers(min_value=0, max_value=1000))
def test_the_inverse_undoes_the_spectrum(frames, seed):
    sound = torch.randn(2, 250 * frames, generator=torch.Generator().manual_seed(seed))
    values = spectrum(sound, WINDOW)
    assert values.shape == (2, 513, frames)
    assert torch.allclose(inverse(values, WINDOW), sound, atol=1e-4)


def test_mel_filters_cover_the_spectrum_and_weigh_alike():
    filters = mel_filters()
    assert filters.shape == (80, 513)
    assert (filters >= 0).all()
    assert torch.allclose(filters.sum(1), torch.ones(80), atol=1e-4)


def test_the_scale_of_mels_comes_back():
    mel = torch.rand(3, 80, 8) + 1e-4
    assert torch.allclose(from_log(to_log(mel)), mel, rtol=1e-4)
    assert to_log(torch.zeros(1)).item() == pytest.approx((math.log(1e-5) + 7) / 4)


def test_one_hop_is_one_frame():
    assert LogMel()(torch.zeros(1, 250 * 12)).shape == (1, 80, 12)


@pytest.fixture
def mel():
    sound = torch.cat([tone(200)[0], tone(800)[0], tone(2000)[0]])
    return LogMel()(sound)


def test_a_round_trip_of_the_sound_autoencoder(mel):
    vae = AudioVAE(AudioVAEConfig(channels=64, width=32, blocks=1))
    set_linear_path(vae, mel)
    set_normalisation(vae, mel)
    latents = vae.encode(mel)
    assert latents.shape == (6, 64, 6)
    assert latents.square().mean().item() == pytest.approx(1, abs=0.05)
    assert (vae.decode(latents) - mel).abs().mean() < 0.05


@pytest.fixture
def vocoder():
    torch.manual_seed(0)
    vocoder = Vocoder(VocoderConfig(width=32, blocks=1, refine=2))
    with torch.no_grad():
        for parameter in vocoder.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.02)
    return vocoder.eval().requires_grad_(False)


def heard(vocoder, sound):
    mel = LogMel()(sound.flatten(0, 1)).unflatten(0, sound.shape[:2])
    return vocoder(mel)


def test_a_centred_source_stays_centred(vocoder):
    sound = heard(vocoder, tone())
    assert sound.shape == (1, 2, 6000)
    assert torch.equal(sound[:, 0], sound[:, 1])
    assert torch.isfinite(sound).all()
    assert sound.abs().max() > 1e-3


@pytest.mark.parametrize("right", [0.5, 0.25])
def test_a_panned_source_keeps_its_level_difference(vocoder, right):
    left_rms, right_rms = heard(vocoder, tone(right=right))[0].square().mean(1).sqrt()
    wanted_db, found_db = (20 * math.log10(ratio) for ratio in (right, right_rms / left_rms))
    assert found_db == pytest.approx(wanted_db, abs=1.0)


def test_silence_stays_silent(vocoder):
    assert heard(vocoder, torch.zeros(1, 2, 3000)).abs().max() < 1e-2
