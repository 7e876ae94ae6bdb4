import json
from dataclasses import asdict

import pytest
import torch

from engine.checkpoint import save_tensors
from engine.errors import WeightsError
from engine.models.latent_clock import LatentClock, LatentClockConfig, load_latent_clock

SIZES = LatentClockConfig(channels=3, audio_channels=4, width=8, depth=2)


def clock() -> LatentClock:
    torch.manual_seed(0)
    made = LatentClock(SIZES).eval().requires_grad_(False)
    made.seen_at.bias.data[:] = 6
    return made


def test_picture_and_sound_are_read_on_one_clock():
    made = clock()
    assert made.seen(torch.randn(2, 5, 4, 4, 6)).shape == (2, 2 + 3 * 8)
    assert made.heard(torch.randn(2, 2, 4, 26)).shape == (2, 26)


def test_what_happens_in_a_latent_frame_is_read_in_its_own_time():
    """With no reach into neighbours, the first frame is two latents and the third is 10 to 17."""
    made = clock()
    for name, weight in made.named_parameters():
        if name.endswith("time.weight"):
            weight[:, :, [0, 2]] = 0
    video = torch.randn(1, 3, 4, 4, 6)
    before = made.seen(video)
    for frame, span in ((0, slice(0, 2)), (2, slice(10, 18))):
        other = video.clone()
        other[:, :, frame] = torch.randn(3, 4, 6)
        changed = (made.seen(other) != before)[0].nonzero().flatten()
        assert changed.tolist() == list(range(span.start, span.stop))


def test_a_contact_anywhere_is_a_contact():
    """Places are joined as 1 - product of (1 - p)."""
    made = clock()
    made.seen_at.weight.zero_()
    probability = torch.sigmoid(torch.tensor(-1.0))
    joined = torch.sigmoid(made.seen(torch.randn(1, 3, 1, 2, 3)))
    assert torch.allclose(joined, 1 - (1 - probability) ** 6, atol=1e-6)


def test_nothing_at_all_and_certainty_are_finite():
    made = clock()
    for bias in (-60.0, 60.0):
        made.seen_at.bias.data[:] = bias
        video = torch.randn(1, 3, 2, 4, 6, requires_grad=True)
        read = made.seen(video)
        assert read.isfinite().all()
        (slope,) = torch.autograd.grad(read.sum(), video)
        assert slope.isfinite().all()


def test_what_is_loaded_reads_as_what_was_saved(tmp_path):
    made, path = clock(), tmp_path / "clock.safetensors"
    config = json.dumps(asdict(SIZES))
    save_tensors(path, made.state_dict(), {"kind": "latent_clock", "config": config})
    back = load_latent_clock(path)
    video = torch.randn(1, 3, 2, 4, 6)
    assert torch.equal(back.seen(video), made.seen(video))
    assert not any(one.requires_grad for one in back.parameters())


def test_other_weights_are_refused_with_a_sentence(tmp_path):
    path = tmp_path / "clock.safetensors"
    save_tensors(path, clock().state_dict(), {"kind": "latent_eye", "config": "{}"})
    with pytest.raises(WeightsError):
        load_latent_clock(path)
