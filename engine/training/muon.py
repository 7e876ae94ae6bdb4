"""Muon: steps whose every direction is as long as any other (Jordan et al. 2024, "Muon").

The momentum of a matrix is replaced by the orthogonal matrix nearest to it, approached by five
Newton-Schulz iterations. torch has the same optimiser, but iterates in bfloat16 on every device: on
a processor without such products that took half of a training step.

Shape letters: M rows, N columns.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

_ITERATIONS = 5
# Steep at nothing; singular values end between 0.7 and 1.2, which serves as well as 1.
_QUINTIC = (3.4445, -4.7750, 2.0315)
# Brings steps to the size of AdamW's at the same rate (Moonshot AI, arXiv:2502.16982).
_LIKE_ADAMW = 0.2


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, orthogonalised, for matrices; weight decay as in AdamW."""

    def __init__(
        self,
        matrices: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float,
        weight_decay: float,
        momentum: float = 0.95,
    ) -> None:
        """``matrices`` may come in groups, as torch's optimisers take them."""
        defaults = {"lr": lr, "weight_decay": weight_decay, "momentum": momentum}
        super().__init__(matrices, defaults)

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """One step of every matrix that has a gradient."""
        del closure
        for group in self.param_groups:
            lr, momentum = group["lr"], group["momentum"]
            for matrix in group["params"]:
                if matrix.grad is None:
                    continue
                state = self.state[matrix]
                if not state:
                    state["momentum_buffer"] = torch.zeros_like(matrix.grad)
                kept = state["momentum_buffer"].lerp_(matrix.grad, 1 - momentum)
                update = orthogonalised(matrix.grad.lerp(kept, momentum))
                size = _LIKE_ADAMW * math.sqrt(max(matrix.shape))
                matrix.mul_(1 - lr * group["weight_decay"]).add_(update, alpha=-lr * size)


def orthogonalised(matrix: Tensor) -> Tensor:
    """About the nearest orthogonal matrix to (M, N); in bfloat16 on an accelerator."""
    a, b, c = _QUINTIC
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x.float() if x.device.type == "cpu" else x.bfloat16()
    x = x / x.norm().clamp_min(1e-7)
    for _ in range(_ITERATIONS):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return (x.T if tall else x).to(matrix.dtype)
