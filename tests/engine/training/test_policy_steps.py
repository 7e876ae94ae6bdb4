import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.diffusion.schedules import sampling_sigmas
from engine.training.policy_steps import Stride


@given(sigma=st.floats(0.05, 1.0), share=st.floats(0.05, 0.95), eta=st.floats(0.05, 1.0))
def test_the_density_of_a_step_is_a_normal_ones(sigma, share, eta):
    stride = Stride(sigma=sigma, after=share * sigma, eta=eta)
    draw = torch.Generator().manual_seed(0)
    x, v, z = (torch.randn(3, 2, 4, generator=draw, dtype=torch.float64) for _ in range(3))
    mean = stride.mean(x, v)
    after = mean + stride.deviation * z
    wanted = torch.distributions.Normal(mean, stride.deviation).log_prob(after)
    assert torch.allclose(stride.log_prob(after, mean), wanted.flatten(1).sum(1))
    divergence = torch.distributions.kl_divergence(
        torch.distributions.Normal(mean, stride.deviation),
        torch.distributions.Normal(mean + 0.1, stride.deviation),
    )
    assert torch.allclose(stride.divergence(mean, mean + 0.1), divergence.flatten(1).mean(1))


@given(sigma=st.floats(0.05, 1.0), share=st.floats(0.0, 0.95))
def test_without_noise_it_is_eulers_step(sigma, share):
    stride = Stride(sigma=sigma, after=share * sigma, eta=0.0)
    x, v = torch.randn(2, 1, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    assert stride.deviation == 0
    assert torch.allclose(stride.mean(x, v), x + (stride.after - sigma) * v)


def test_from_pure_noise_all_of_it_may_be_new_and_at_the_end_none():
    assert Stride(sigma=1.0, after=0.8, eta=1.0).deviation == pytest.approx(0.8)
    assert Stride(sigma=0.2, after=0.0, eta=1.0).deviation == 0


def test_for_small_steps_it_is_flow_grpos_diffusion():
    sigma, by = 0.6, 1e-5
    stride = Stride(sigma=sigma, after=sigma - by, eta=0.7)
    assert stride.deviation**2 / by == pytest.approx(0.49 * 2 * sigma / (1 - sigma), rel=1e-3)


def marginal(spread, middle, steps, eta):
    """Mean and variance at the end of data N(middle, spread^2), whose velocity is linear in x."""
    mean, variance = 0.0, 1.0
    sigmas = sampling_sigmas(steps).double().tolist()
    for sigma, after in pairwise(sigmas):
        whole = (1 - sigma) ** 2 * spread**2 + sigma**2
        # E[x0 | x] = middle + gain (x - (1 - sigma) middle), and v = (x - E[x0 | x]) / sigma.
        gain = (1 - sigma) * spread**2 / whole
        stride = Stride(sigma=sigma, after=after, eta=eta)

        def ahead(x, sigma=sigma, gain=gain, stride=stride):
            clean = middle + gain * (x - (1 - sigma) * middle)
            velocity = torch.tensor((x - clean) / sigma, dtype=torch.float64)
            return float(stride.mean(torch.tensor(x, dtype=torch.float64), velocity))

        slope = ahead(1.0) - ahead(0.0)
        mean = slope * mean + ahead(0.0)
        variance = slope**2 * variance + stride.deviation**2
    return mean, math.sqrt(variance)


@pytest.mark.parametrize("eta", [0.3, 0.7, 1.0])
def test_its_marginals_are_the_odes_on_a_gaussian(eta):
    exact = (1.5, 0.8)
    errors = []
    for steps in (50, 400):
        noisy, plain = marginal(0.8, 1.5, steps, eta), marginal(0.8, 1.5, steps, 0.0)
        assert noisy == pytest.approx(plain, abs=2.5 / steps)
        errors.append(max(abs(a - b) for a, b in zip(noisy, exact, strict=True)))
    assert errors[1] < errors[0] / 4
    assert errors[1] < 0.01


@pytest.mark.parametrize("steps", [2, 5])
def test_on_one_known_clip_it_is_exact_at_any_step(steps):
    assert marginal(0.0, 1.5, steps, 1.0) == pytest.approx((1.5, 0.0), abs=1e-9)
    stride = Stride(sigma=0.9, after=0.4, eta=0.8)
    # x = 0.1 c + 0.9 e: its variance at the next level is 0.4 squared.
    gain = float(stride.mean(torch.tensor(0.9), torch.tensor(1.0)))
    assert math.hypot(gain, stride.deviation) == pytest.approx(0.4)
