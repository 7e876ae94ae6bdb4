import pytest
import torch

from engine.models.video_vae import (
    VideoVAE,
    VideoVAEConfig,
    as_cells,
    as_groups,
    from_cells,
    from_groups,
    set_linear_path,
    set_normalisation,
)

CONFIG = VideoVAEConfig(channels=8, width=16, deep=32, blocks=1)


@pytest.fixture
def pictures():
    generator = torch.Generator().manual_seed(0)
    coarse = torch.randn(2, 3, 9, 4, 4, generator=generator)
    return torch.nn.functional.interpolate(coarse, size=(9, 32, 32), mode="trilinear")


@pytest.fixture
def vae(pictures):
    """Every weight alive, as after training."""
    torch.manual_seed(0)
    vae = VideoVAE(CONFIG)
    with torch.no_grad():
        for parameter in vae.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)
    set_linear_path(vae, pictures)
    set_normalisation(vae, pictures)
    return vae.eval().requires_grad_(False)


@pytest.mark.parametrize("frames", [1, 5, 9])
def test_groups_and_cells_come_back(frames):
    pictures = torch.randn(2, 3, frames, 32, 16)
    groups = as_groups(pictures)
    assert groups.shape == (2, 1 + (frames - 1) // 4, 3, 4, 32, 16)
    assert torch.equal(from_cells(as_cells(groups)), groups)
    assert torch.allclose(from_groups(groups), pictures, atol=1e-6)


def test_shapes_of_a_round_trip(vae, pictures):
    latents = vae.encode(pictures)
    assert latents.shape == (2, 8, 3, 4, 4)
    assert vae.decode(latents).shape == pictures.shape
    assert vae.decode_linear(latents).shape == pictures.shape


def test_latents_have_no_mean_and_unit_variance(vae, pictures):
    latents = vae.encode(pictures)
    assert latents.mean(dim=(0, 2, 3, 4)).abs().max() < 1e-4
    assert latents.square().mean().item() == pytest.approx(1, abs=1e-4)


def test_all_components_bring_the_pictures_back(pictures):
    vae = VideoVAE(VideoVAEConfig(channels=768, width=16, deep=32, blocks=1))
    set_linear_path(vae, pictures)
    result = vae.decode_linear(vae.encode(pictures))
    assert (result - pictures).abs().max() < 5e-2


def test_a_later_group_does_not_change_earlier_pictures(vae, pictures):
    latents = vae.encode(pictures)
    changed = latents.clone()
    changed[:, :, 2] += 3
    one, two = vae.decode(latents), vae.decode(changed)
    assert torch.allclose(one[:, :, :5], two[:, :, :5], atol=1e-6)
    assert (one[:, :, 5:] - two[:, :, 5:]).abs().max() > 1e-2


def test_an_earlier_group_is_seen_by_the_next(vae, pictures):
    latents = vae.encode(pictures)
    changed = latents.clone()
    changed[:, :, 1] += 3
    assert (vae.decode(latents) - vae.decode(changed))[:, :, 5:].abs().max() > 1e-4


def test_a_later_picture_does_not_change_earlier_latents(vae, pictures):
    changed = pictures.clone()
    changed[:, :, 5:] = 0
    one, two = vae.encode(pictures), vae.encode(changed)
    assert torch.allclose(one[:, :, :2], two[:, :, :2], atol=1e-6)


def test_one_picture_is_encoded_as_the_first_of_many(vae, pictures):
    alone = vae.encode(pictures[:, :, :1])
    assert torch.allclose(alone, vae.encode(pictures)[:, :, :1], atol=1e-5)


def test_a_new_decoder_starts_from_the_linear_path(pictures):
    vae = VideoVAE(CONFIG)
    set_linear_path(vae, pictures)
    latents = vae.encode(pictures)
    assert torch.allclose(vae.decode(latents), vae.decode_linear(latents), atol=1e-6)


def test_details_serve_what_moves_and_leave_the_rest_alone(pictures):
    moving = torch.zeros(2, 9, 32, 32)
    moving[:, :, 8:16, 8:24] = 1
    still = VideoVAE(VideoVAEConfig(channels=4, width=16, deep=32, blocks=1))
    finer = VideoVAE(VideoVAEConfig(channels=12, details=8, width=16, deep=32, blocks=1))
    set_linear_path(still, pictures)
    set_linear_path(finer, pictures, moving)
    for vae in (still, finer):
        set_normalisation(vae, pictures)
    loud = finer.encode(pictures)[:, :4]
    assert torch.allclose(loud, still.encode(pictures), atol=1e-4)

    def error(vae):
        missed = (vae.decode_linear(vae.encode(pictures)) - pictures).square().mean(dim=1)
        return (missed * moving).sum() / moving.sum()

    assert error(finer) < 0.5 * error(still)
