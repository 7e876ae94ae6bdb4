import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.checkpoint import save_tensors
from engine.errors import WeightsError
from engine.models.reward_model import (
    HEADS,
    RewardConfig,
    RewardModel,
    Words,
    davidson,
    load_reward,
    reward_metadata,
)
from engine.models.signals import Latents

SMALL = RewardConfig(channels=8, audio_channels=4, width=32, depth=1, ratio=2.0, head=16)


def clips(count, seed=0, size=(3, 4, 4)):
    draw = torch.Generator().manual_seed(seed)
    return Latents(
        video=torch.randn(count, 8, *size, generator=draw),
        audio=torch.randn(count, 2, 4, 18, generator=draw),
    )


def words(count, tokens=3):
    states = torch.randn(count, 5, 384, generator=torch.Generator().manual_seed(7))
    return Words(states=states, mask=(torch.arange(5) < tokens).expand(count, -1))


@given(a=st.floats(-6, 6), b=st.floats(-6, 6), log_nu=st.floats(-4, 4))
def test_davidsons_model_is_its_closed_form(a, b, log_nu):
    better, tie, worse = davidson(torch.tensor(a - b), torch.tensor(log_nu)).exp().tolist()
    p, q, nu = math.exp(a), math.exp(b), math.exp(log_nu)
    whole = p + q + nu * math.sqrt(p * q)
    assert better == pytest.approx(p / whole, rel=1e-4, abs=1e-6)
    assert tie == pytest.approx(nu * math.sqrt(p * q) / whole, rel=1e-4, abs=1e-6)
    assert worse == pytest.approx(q / whole, rel=1e-4, abs=1e-6)


def test_without_ties_it_is_bradley_and_terrys():
    better, _, _ = davidson(torch.tensor(1.3), torch.tensor(-60.0)).exp()
    assert better.item() == pytest.approx(torch.sigmoid(torch.tensor(1.3)).item())


def test_five_scores_and_a_comparison_that_turns_with_its_clips():
    torch.manual_seed(0)
    model = RewardModel(SMALL).eval()
    said = words(2)
    first, second = model.judge(clips(2, 1), said), model.judge(clips(2, 2), said)
    assert model.scores(first).shape == (2, len(HEADS))
    one, other = model.compare(first, second, said), model.compare(second, first, said)
    assert one.shape == (2, len(HEADS), 3)
    assert torch.allclose(one, other.flip(-1), atol=1e-5)
    assert not torch.allclose(one[..., 0], one[..., 2])


def test_words_that_are_not_there_say_nothing():
    torch.manual_seed(0)
    model = RewardModel(SMALL).eval()
    said = words(1)
    other = Words(states=said.states.clone(), mask=said.mask)
    other.states[:, 3:] = 99.0
    assert torch.allclose(model(clips(1), said), model(clips(1), other), atol=1e-5)
    other.states[:, 0] += 1
    assert not torch.allclose(model(clips(1), said), model(clips(1), other), atol=1e-5)


def test_any_size_of_the_lattice_is_judged():
    model = RewardModel(SMALL).eval()
    assert model(clips(1, size=(2, 2, 6)), words(1)).isfinite().all()


def test_it_is_kept_with_its_codecs_name(tmp_path):
    model = RewardModel(SMALL)
    path = tmp_path / "reward.safetensors"
    save_tensors(path, model.state_dict(), reward_metadata(SMALL, "abc"))
    again = load_reward(path, "abc")
    assert torch.equal(again.lines, model.lines)
    with pytest.raises(WeightsError, match="other codecs"):
        load_reward(path, "xyz")
    save_tensors(path, model.state_dict(), {"kind": "reader"})
    with pytest.raises(WeightsError, match="not a reward model"):
        load_reward(path, "abc")
