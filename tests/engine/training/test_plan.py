import math

import torch
from torch import nn

from engine.training.means import Means
from engine.training.plan import Plan, planned, product_rate


def test_products_forward_and_backward_are_counted():
    layer = nn.Linear(16, 32, bias=False)
    x = torch.randn(10, 16, requires_grad=True)
    plan = planned(layer, 40, lambda: layer(x).sum(), of=10)
    # One product forward, two backward, each of two operations a multiply and add.
    assert plan.flops == 3 * 2 * 16 * 32
    assert plan.parameters == 512
    assert layer.weight.grad is None


def test_the_forecast_takes_whichever_ends_first():
    plan = Plan(parameters=1, clips=32, tokens=0, flops=1e9)
    by_time = plan.forecast(10, 20.0, (10**9, 600.0), 64e9)
    assert "16.0 clips/s, 16 GFLOP/s (25% of large products alone)" in by_time
    assert "9,600 more clips in 10 min" in by_time
    by_steps = plan.forecast(10, 20.0, (30, math.inf), 64e9)
    assert "960 more clips in 1 min" in by_steps


def test_a_machine_makes_some_products_a_second():
    assert product_rate(torch.device("cpu")) > 1e8


def test_what_was_not_measured_does_not_count():
    means = Means()
    means.add({"a": 1.0, "b": math.nan})
    means.add({"a": 3.0, "b": 5.0})
    assert means.take() == {"a": 2.0, "b": 5.0}
    assert means.take() == {}
