"""What a run is about to do: its size counted before it starts, its end estimated once it runs."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Counted work of a recipe.

    Attributes:
        parameters: of the network.
        clips: training clips that one step sees.
        tokens: of one clip, both branches together; 0 where there are none.
        flops: products of one clip, forward and backward, two for a multiply and add.
    """

    parameters: int
    clips: int
    tokens: int
    flops: float

    def words(self) -> str:
        """The plan in a line."""
        seen = f", {self.tokens} tokens a clip" if self.tokens else ""
        return (
            f"{self.parameters / 1e6:.2f} M parameters, {self.clips} clips a step{seen}, "
            f"{self.flops / 1e9:.1f} GFLOP a clip"
        )

    def forecast(
        self, steps: int, seconds: float, left: tuple[int, float], flops_per_s: float
    ) -> str:
        """What the rate so far comes to.

        Args:
            steps: made so far.
            seconds: that they took.
            left: steps and seconds that remain.
            flops_per_s: what products alone would reach.
        """
        rate = steps / max(seconds, 1e-9)
        more = min(left[0], rate * left[1]) if math.isfinite(left[1]) else left[0]
        return (
            f"{rate * self.clips:.1f} clips/s, {rate * self.clips * self.flops / 1e9:.0f} GFLOP/s "
            f"({rate * self.clips * self.flops / flops_per_s:.0%} of large products alone): "
            f"{more * self.clips:,.0f} more clips in {more / max(rate, 1e-9) / 60:.0f} min"
        )


def planned(
    module: nn.Module, clips: int, loss: Callable[[], Tensor], *, of: int, tokens: int = 0
) -> Plan:
    """The plan of a step that sees ``clips``, counted from a ``loss`` of ``of`` of them.

    The loss is also propagated back, and its gradients are forgotten. Compiled code is counted
    as it was written.
    """
    counter = FlopCounterMode(display=False)
    with torch.compiler.set_stance("force_eager"), counter:
        loss().backward()
    module.zero_grad(set_to_none=True)
    return Plan(
        parameters=sum(one.numel() for one in module.parameters() if one.requires_grad),
        clips=clips,
        tokens=tokens,
        flops=counter.get_total_flops() / of,
    )


def product_rate(device: torch.device) -> float:
    """FLOP/s of a large matrix product on ``device``, in the numbers that training computes in."""
    card = device.type == "cuda"
    size, dtype = (8192, torch.bfloat16) if card else (1024, torch.float32)
    first, second = (torch.ones(size, size, device=device, dtype=dtype) for _ in range(2))
    fastest = math.inf
    for _ in range(4):
        began = time.perf_counter()
        product = first @ second
        product[0, 0].item()  # An accelerator has only been asked until its result is read.
        fastest = min(fastest, time.perf_counter() - began)
    return 2 * size**3 / fastest
