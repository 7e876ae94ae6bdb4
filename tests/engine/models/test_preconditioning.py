import pytest
import torch

from engine.models.preconditioning import Preconditioning, linear_guess

SIGMAS = (0.05, 0.3, 0.7, 1.0)


def drawn(deviation, sigma, count=200_000):
    generator = torch.Generator().manual_seed(0)
    clean = deviation * torch.randn(1, 1, 1, 1, count, generator=generator)
    noise = torch.randn(1, 1, 1, 1, count, generator=generator)
    return clean, noise, (1 - sigma) * clean + sigma * noise


@pytest.mark.parametrize("sigma", SIGMAS)
@pytest.mark.parametrize("deviation", [0.1, 0.5, 2.0])
def test_what_the_linear_guess_misses_has_the_size_it_says(sigma, deviation):
    clean, noise, noisy = drawn(deviation, sigma)
    level, spread = torch.tensor(sigma), torch.tensor([deviation])
    of_noisy, of_output = linear_guess(level, spread)
    missed = noise - clean - of_noisy * noisy
    assert missed.std().item() == pytest.approx(of_output.mean().item(), rel=0.02)
    # The best linear guess leaves nothing that the noisy value could still tell.
    assert (missed * noisy).mean().abs().item() < 0.02 * (1 + deviation)


def test_loud_channels_pass_until_a_gain_is_learned():
    module = Preconditioning(channels=6, details=2, levels=4)
    output, noisy = torch.randn(2, 2, 6, 3, 4, 4)
    level, sigma = torch.randn(2, 1, 4), torch.full((2, 1, 1, 1, 1), 0.4)
    velocity = module(output, noisy, sigma, level)
    assert torch.equal(velocity[:, :4], output[:, :4])
    with torch.no_grad():
        module.gain.bias.fill_(0.5)
    velocity = module(output, noisy, sigma, level)
    assert torch.allclose(velocity[:, :4], output[:, :4] + 0.5 * noisy[:, :4])


def test_given_latents_stay_finite():
    module = Preconditioning(channels=4, details=3, levels=4)
    zero = torch.zeros(1, 1, 1, 1, 1)
    noisy = torch.randn(1, 4, 2, 2, 2)
    assert module(torch.randn(1, 4, 2, 2, 2), noisy, zero, torch.randn(1, 2, 4)).isfinite().all()
