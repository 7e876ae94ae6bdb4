import pytest
import torch

from engine.training.velocity_errors import Errors, Seen, Weighed, loss_of, seen_apart


def test_clips_count_by_their_weights():
    errors = torch.tensor([[1.0, 3.0], [10.0, 10.0]])
    weights = torch.tensor([[1.0, 1.0], [2.0, 0.0]])
    weighed = Weighed.of(errors, weights)
    assert weighed.mean().item() == pytest.approx((1 + 3 + 20) / 4)
    assert weighed.mean(torch.tensor([True, False])).item() == pytest.approx(2)


def test_levels_and_tasks_are_seen_apart():
    one = Weighed.of(torch.tensor([[1.0], [2.0], [4.0]]), torch.ones(3, 1))
    seen = Seen(
        video=torch.tensor([0.1, 0.5, 0.9]),
        audio=torch.tensor([0.9, 0.0, 0.9]),
        first=torch.tensor([True, False, False]),
        words=torch.tensor([True, True, True]),
        subject=torch.tensor([False, True, False]),
    )
    errors = Errors(video=one, audio=one, bodies=one)
    parts = {key: value.item() for key, value in seen_apart(errors, seen).items()}
    assert parts["video@low"] == 1
    assert parts["video@middle"] == 2
    assert parts["video@high"] == 4
    assert parts["video@first picture"] == 1
    assert parts["video@subject"] == 2
    assert parts["video@words"] == 4
    assert parts["video@sound given"] == 2
    assert parts["audio@middle"] != parts["audio@middle"]  # Not a number: no such clip.


def test_bodies_are_told_beside_the_loss():
    assert loss_of({"video@0.2": 1.0, "audio@0.2": 3.0, "bodies@0.2": 50.0}) == 2
