import math

import pytest
import torch
import torch.nn.functional as F

from engine.models.attention import Rotary, SelfAttention, attend, turn
from engine.models.layers import FeedForward, LevelEmbedding, rms_norm


def plain_attention(query, key, value):
    """Softmax attention, one query at a time."""
    rows = []
    for index in range(query.shape[2]):
        scores = (key * query[:, :, index : index + 1]).sum(-1) / math.sqrt(query.shape[-1])
        weights = scores.exp() / scores.exp().sum(-1, keepdim=True)
        rows.append((weights[..., None] * value).sum(2))
    return torch.stack(rows, dim=2)


def test_attention_is_a_softmax():
    query, key, value = (torch.randn(2, 3, n, 8) for n in (5, 7, 7))
    found = attend(query, key, value)
    assert torch.allclose(found, plain_attention(query, key, value), atol=1e-5)
    with torch.inference_mode():
        assert torch.allclose(attend(query, key, value), found, atol=1e-5)


def test_hidden_keys_are_not_seen():
    query, key, value = (torch.randn(1, 2, n, 8) for n in (5, 7, 7))
    mask = torch.zeros(1, 1, 1, 7)
    mask[..., 4:] = -1e4
    found = attend(query, key, value, mask)
    assert torch.allclose(found, attend(query, key[:, :, :4], value[:, :, :4]), atol=1e-5)


def test_turning_by_nothing_changes_nothing():
    rotary = Rotary((3, 2), (0.5, 0.4), (16.0, 8.0))
    x = torch.randn(1, 1, 1, 16)
    assert torch.allclose(turn(x, rotary(torch.zeros(1, 2))), x)


def test_turning_is_a_rotation_of_complex_numbers():
    rotary = Rotary((2, 1), (0.5, 0.4), (16.0, 8.0))
    places = torch.rand(6, 2) * 3
    x = torch.randn(1, 1, 6, 8)
    angles = places @ rotary.rates
    pairs = torch.complex(x[..., :3], x[..., 3:6]) * torch.polar(torch.ones(6, 3), angles)
    found = turn(x, rotary(places))
    assert torch.allclose(found[..., :3], pairs.real, atol=1e-5)
    assert torch.allclose(found[..., 3:6], pairs.imag, atol=1e-5)
    assert torch.equal(found[..., 6:], x[..., 6:])


def test_turning_can_be_learned_through():
    rotation = Rotary((2, 1), (0.5, 0.4), (16.0, 8.0))(torch.rand(6, 2))
    x = torch.randn(1, 2, 6, 8, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: turn(x, rotation), x)


def test_only_differences_of_places_matter():
    rotary = Rotary((4, 4), (0.5, 0.4), (16.0, 8.0))
    query, key = torch.randn(2, 1, 1, 5, 16)
    places = torch.rand(5, 2)

    def scores(shift):
        rotation = rotary(places + shift)
        return turn(query, rotation) @ turn(key, rotation).transpose(-1, -2)

    moved = scores(torch.tensor([1.5, -0.25]))
    assert torch.allclose(scores(torch.zeros(2)), moved, atol=1e-4)


def test_each_axis_turns_its_own_share():
    rotary = Rotary((2, 3), (0.5, 0.4), (16.0, 8.0))
    cos, _ = rotary(torch.tensor([[1.0, 0.0]]))
    assert torch.allclose(cos[0, 2:], torch.ones(3))
    assert not torch.allclose(cos[0, :2], torch.ones(2))


def test_self_attention_takes_tokens_and_context():
    torch.manual_seed(0)
    layer = SelfAttention(32, 2)
    rotary = Rotary((4,), (0.5,), (16.0,))
    context = layer.context_keys(torch.randn(2, 3, 32))
    x = torch.randn(2, 5, 32)
    rotation = rotary(torch.rand(5, 1))
    seen = torch.zeros(2, 1, 1, 8)
    hidden = seen.clone()
    hidden[..., 5:] = -1e4
    assert layer(x, rotation, context, seen).shape == x.shape
    other = layer.context_keys(torch.randn(2, 3, 32))
    assert torch.allclose(layer(x, rotation, context, hidden), layer(x, rotation, other, hidden))
    assert not torch.allclose(layer(x, rotation, context, seen), layer(x, rotation, other, seen))


def test_rms_norm_has_unit_size():
    x = torch.randn(4, 64) * 7
    assert torch.allclose(rms_norm(x).square().mean(-1), torch.ones(4), atol=1e-3)


@pytest.mark.parametrize("numbers", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("size", [0.0, 1e-4, 7.0])
def test_rms_norm_is_the_same_where_a_processor_renders(numbers, size):
    x = (torch.randn(4, 64) * size).to(numbers)
    with torch.inference_mode():
        found = rms_norm(x)
    assert found.dtype == numbers
    assert torch.allclose(found, rms_norm(x), rtol=4 * torch.finfo(numbers).eps)


def test_feed_forward_is_the_same_in_place_and_with_a_way_back():
    feed, x = FeedForward(8, 2.0), torch.randn(2, 3, 8)
    torch.nn.init.normal_(feed.shrink.weight)
    found = feed(x)
    hidden = F.relu(feed.grow(x)).square()
    wanted = torch.autograd.grad(feed.shrink(hidden).square().sum(), feed.grow.weight)[0]
    assert torch.equal(torch.autograd.grad(found.square().sum(), feed.grow.weight)[0], wanted)
    with torch.inference_mode():
        assert torch.equal(feed(x), found)


def test_feed_forward_starts_as_nothing():
    assert torch.equal(FeedForward(32, 2.0)(torch.randn(2, 3, 32)), torch.zeros(2, 3, 32))


def test_the_stride_of_a_level_starts_as_nothing():
    torch.manual_seed(0)
    layer = LevelEmbedding(32)
    sigma = torch.tensor([[0.3, 0.9]])
    assert torch.equal(layer(sigma, sigma), layer(sigma, sigma * 0.5))
    assert not torch.allclose(layer(sigma, sigma)[:, 0], layer(sigma, sigma)[:, 1])


@pytest.mark.parametrize("level", [0.0, 1e-3, 0.5, 1.0])
def test_levels_embed_to_finite_values(level):
    sigma = torch.full((1, 1), level)
    assert torch.isfinite(LevelEmbedding(32)(sigma, sigma)).all()
