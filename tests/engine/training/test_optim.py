import pytest
import torch
from torch import nn

from engine.training.muon import Muon, orthogonalised
from engine.training.optim import Ema, build_optimiser
from engine.training.recipe import LoopConfig


def network():
    torch.manual_seed(0)
    return nn.ModuleDict(
        {
            "wide": nn.Linear(48, 40),
            "narrow": nn.Linear(40, 8),
            "words": nn.Embedding(64, 40),
            "spread": nn.Conv1d(40, 40, 3),
        }
    )


def stepped(module, optimiser, seed=0):
    generator = torch.Generator().manual_seed(seed)
    for parameter in module.parameters():
        parameter.grad = torch.randn(parameter.shape, generator=generator)
    optimiser.step(0.01)


def test_muon_takes_matrices_and_adamw_the_rest():
    module = network()
    optimiser = build_optimiser(module, LoopConfig(optimiser="muon"))
    adamw, muon = (
        {id(p) for group in part.param_groups for p in group["params"]} for part in optimiser.parts
    )
    assert muon == {id(module["wide"].weight)}
    assert adamw == {id(p) for p in module.parameters()} - muon
    assert len(build_optimiser(module, LoopConfig()).parts) == 1


def test_frozen_parameters_are_left_alone():
    module = network()
    wide = dict(module.named_parameters())["wide.weight"].requires_grad_(False)
    optimiser = build_optimiser(module, LoopConfig(optimiser="muon"))
    before = wide.clone()
    stepped(module, optimiser)
    assert torch.equal(wide, before)


@pytest.mark.parametrize("kind", ["adamw", "muon"])
def test_the_state_comes_back(kind):
    one, two = network(), network()
    first, second = (build_optimiser(module, LoopConfig(optimiser=kind)) for module in (one, two))
    stepped(one, first)
    two.load_state_dict(one.state_dict())
    second.load_state({key: value.clone() for key, value in first.state().items()})
    stepped(one, first, 1)
    stepped(two, second, 1)
    for name, value in one.state_dict().items():
        assert torch.equal(value, two.state_dict()[name]), name
    assert first.state().keys() == second.state().keys()


def test_a_step_clears_the_gradients():
    module = network()
    optimiser = build_optimiser(module, LoopConfig())
    stepped(module, optimiser)
    assert all(parameter.grad is None for parameter in module.parameters())


def test_the_average_follows_and_is_put_back():
    module = nn.Linear(2, 2)
    ema = Ema(module, 0.5)
    start = module.weight.detach().clone()
    with torch.no_grad():
        module.weight.add_(1)
    ema.update(module, 1000)
    assert torch.allclose(ema.state()["weight"], start + 0.5)
    with ema.applied(module):
        assert torch.allclose(module.weight, start + 0.5)
    assert torch.allclose(module.weight, start + 1)


def test_the_average_has_a_short_memory_at_first():
    module = nn.Linear(2, 2)
    ema = Ema(module, 0.999)
    with torch.no_grad():
        module.weight.add_(1)
    ema.update(module, 0)
    assert torch.allclose(ema.state()["weight"], module.weight - 0.1)


@pytest.mark.parametrize("shape", [(40, 96), (96, 40), (48, 64)])
def test_directions_of_a_step_are_all_about_as_long(shape):
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    step = orthogonalised(matrix)
    assert step.shape == matrix.shape
    lengths = torch.linalg.svdvals(step)
    assert lengths.max() < 1.3
    assert lengths.min() > 0.3
    # The same directions as the matrix's own, none turned.
    u, _, v = torch.linalg.svd(matrix, full_matrices=False)
    assert (torch.diag(u.T @ step @ v.T) > 0.3).all()


def test_muon_takes_the_steps_of_torchs_own():
    ours, theirs = (nn.Parameter(torch.ones(48, 64) * 0.1) for _ in range(2))
    first = Muon([ours], lr=0.01, weight_decay=0.1)
    second = torch.optim.Muon(
        [theirs], lr=0.01, weight_decay=0.1, adjust_lr_fn="match_rms_adamw", ns_steps=5
    )
    for seed in range(3):
        gradient = torch.randn(48, 64, generator=torch.Generator().manual_seed(seed))
        ours.grad, theirs.grad = gradient, gradient.clone()
        first.step()
        second.step()
    # What bfloat16 iterations round away, a few thousandths of a step.
    assert torch.allclose(ours, theirs, atol=3e-4)


@pytest.mark.parametrize("kind", ["adamw", "muon"])
def test_what_was_added_is_stepped_in_full_and_what_had_settled_by_its_share(kind):
    config = LoopConfig(optimiser=kind, weight_decay=0.0)
    steps = {}
    for settled in (1.0, 0.1):
        module = network()
        before = {name: value.detach().clone() for name, value in module.named_parameters()}
        optimiser = build_optimiser(module, config, ("narrow.",))
        generator = torch.Generator().manual_seed(0)
        for parameter in module.parameters():
            parameter.grad = torch.randn(parameter.shape, generator=generator)
        optimiser.step(0.01, settled)
        after = dict(module.named_parameters())
        steps[settled] = {
            name: (after[name] - value).norm().item() for name, value in before.items()
        }
    for name, whole in steps[1.0].items():
        share = steps[0.1][name] / whole
        assert share == pytest.approx(1.0 if name.startswith("narrow.") else 0.1, rel=1e-3), name
