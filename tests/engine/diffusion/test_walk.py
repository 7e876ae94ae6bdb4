import itertools

import pytest
import torch

from engine.diffusion.schedules import sampling_sigmas
from engine.diffusion.walk import STRETCHES, between, walk_for
from engine.training.tiny import SHAPE


def parts(walk, steps):
    levels = sampling_sigmas(steps).tolist()
    made = [between(walk, *ends) for ends in itertools.pairwise(levels[:-1])]
    return [part for part in made if part is not None]


@pytest.mark.parametrize("steps", [4, 7, 8, 50, 400])
def test_every_part_is_standard_normal_noise(steps):
    walk = torch.cat([walk_for(SHAPE, 16, seed) for seed in range(40)], dim=1)
    for part in parts(walk, steps):
        assert part.shape == walk.shape[1:]
        assert part.mean().abs() < 0.05
        assert part.std() == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("steps", [5, 8, 50, 400])
def test_no_part_tells_of_another(steps):
    walk = torch.cat([walk_for(SHAPE, 16, seed) for seed in range(40)], dim=1)
    made = parts(walk, steps)
    assert len(made) == min(steps, STRETCHES) - 1
    told = torch.corrcoef(torch.stack([part.flatten() for part in made]))
    assert (told - torch.eye(len(made))).abs().max() < 0.08


def test_few_steps_see_the_walk_that_many_see():
    walk = walk_for(SHAPE, 16, 3)
    levels = sampling_sigmas(STRETCHES).double()
    clock = ((1 - levels) / levels).square()
    fine = torch.stack(parts(walk, STRETCHES)).double()
    for steps, index in ((8, 3), (4, 2), (50, 20)):
        width = STRETCHES // steps
        inside = slice(index * width, (index + 1) * width)
        longer = clock.diff()[inside]
        wanted = torch.einsum("k,k...->...", longer.sqrt(), fine[inside]) / longer.sum().sqrt()
        assert torch.allclose(parts(walk, steps)[index].double(), wanted, atol=1e-3)


def test_a_seed_is_a_walk():
    assert torch.equal(walk_for(SHAPE, 16, 3), walk_for(SHAPE, 16, 3))
    assert not torch.equal(walk_for(SHAPE, 16, 3), walk_for(SHAPE, 16, 4))
