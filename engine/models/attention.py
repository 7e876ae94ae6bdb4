"""Attention with rotary positions in physical units.

Shape letters: B batch, N queries, M keys, H heads, K head width, A axes, D width.

A token's place is given in seconds and in picture heights; every axis turns its own share of the
head's dimensions (Su et al. 2021, arXiv:2104.09864), so both branches live on one clock. Queries
and keys are RMS-normalised (Dehghani et al. 2023, arXiv:2302.05442).
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.layers import renders, rms_norm


class Rotary(nn.Module):
    """Turns pairs of dimensions by position.

    Args:
        shares: how many pairs of the head each axis turns; together at most half the head width.
        finest, coarsest: shortest and longest wavelength of each axis, in that axis' unit.
    """

    rates: Tensor

    def __init__(
        self, shares: tuple[int, ...], finest: tuple[float, ...], coarsest: tuple[float, ...]
    ) -> None:
        super().__init__()
        rates = []
        for axis, (count, short, long) in enumerate(zip(shares, finest, coarsest, strict=True)):
            waves = torch.exp(torch.linspace(math.log(short), math.log(long), count))
            row = torch.zeros(len(shares), count)
            row[axis] = 2 * math.pi / waves
            rates.append(row)
        self.register_buffer("rates", torch.cat(rates, dim=1), persistent=False)

    def forward(self, places: Tensor) -> tuple[Tensor, Tensor]:
        """(N, A) places to cosines and sines, each (N, pairs)."""
        angles = places.float() @ self.rates
        return angles.cos(), angles.sin()


def turn(x: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
    """Rotate ``x`` (..., K) by cosines and sines (..., pairs); the rest of K passes unturned.

    Such as (B, H, N, K) by (N, pairs).
    """
    cos, sin = (part.to(x.dtype) for part in rotation)
    pairs = cos.shape[-1]
    rest = cos.new_ones(*cos.shape[:-1], x.shape[-1] - 2 * pairs)
    turned = x * torch.cat([cos, cos, rest], dim=-1)
    first, second = slice(pairs), slice(pairs, 2 * pairs)
    # Each half is added where it goes: halves joined afterwards would be written twice.
    turned[..., first].addcmul_(x[..., second], sin, value=-1)
    turned[..., second].addcmul_(x[..., first], sin)
    return turned


def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    """Softmax attention; (B, H, N, K) and (B, H, M, K) to (B, H, N, K).

    ``mask``, which spreads to (B, H, N, M), is added to the scores. Plain products where a
    processor trains, as the fused backward pass takes longer than they do at these lengths; also
    where its steps are walked without one, so that what is learned from is what was done.
    """
    if query.device.type != "cpu" or renders():
        return F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    scores = query @ key.transpose(-1, -2) * (query.shape[-1] ** -0.5)
    if mask is not None:
        scores = scores + mask.to(scores.dtype)
    return scores.softmax(dim=-1) @ value


class SelfAttention(nn.Module):
    """A branch's tokens attend to themselves and to the context (text and references) at once.

    The context has its own keys and values, which do not depend on the noise level and are
    computed once per request (``context_keys``).
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.context = nn.Linear(width, 2 * width, bias=False)
        self.out = nn.Linear(width, width)
        self.query_gain = nn.Parameter(torch.ones(width // heads))
        self.key_gain = nn.Parameter(torch.ones(width // heads))

    def context_keys(
        self, context: Tensor, rotation: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, Tensor]:
        """(B, M, D) context to its keys and values (B, H, M, K), turned where it has places."""
        key, value = (
            heads_apart(part, self.heads) for part in self.context(context).chunk(2, dim=-1)
        )
        key = rms_norm(key) * self.key_gain.to(key.dtype)
        return (key if rotation is None else turn(key, rotation)), value

    def forward(
        self,
        x: Tensor,
        rotation: tuple[Tensor, Tensor],
        context: tuple[Tensor, Tensor],
        mask: Tensor,
    ) -> Tensor:
        """(B, N, D) to the same shape; ``mask``, spreading to (B, H, N, N + M), hides."""
        asked, value = self.qkv(x).split((2 * x.shape[-1], x.shape[-1]), dim=-1)
        # Queries and keys are normed and turned at once, where they lie.
        asked = rms_norm(asked.unflatten(-1, (2, self.heads, -1)))
        gains = torch.stack([self.query_gain, self.key_gain])[:, None].to(asked.dtype)
        cos, sin = (part[:, None, None] for part in rotation)
        query, key = turn(asked.mul_(gains), (cos, sin)).transpose(1, 3).unbind(2)
        key = torch.cat([key, context[0]], dim=2)
        value = torch.cat([heads_apart(value, self.heads), context[1]], dim=2)
        return self.out(heads_together(attend(query, key, value, mask)))


def heads_apart(x: Tensor, heads: int) -> Tensor:
    """(B, N, D) to (B, H, N, K)."""
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def heads_together(x: Tensor) -> Tensor:
    """(B, H, N, K) to (B, N, D)."""
    return x.transpose(1, 2).flatten(-2)
