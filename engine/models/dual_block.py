"""One block of the dual-branch transformer.

Shape letters: B batch, V video tokens, A audio tokens, L levels, D width.

Per branch: modulated attention over itself and the context, the exchange, a modulated
feed-forward. The modulation is computed once from the level and shared by all blocks; a block adds
a small offset of its own (PixArt's adaLN-single, Chen et al. 2023, arXiv:2310.00426).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.models.attention import SelfAttention
from engine.models.exchange import Exchange
from engine.models.layers import FeedForward, rms_norm


@dataclass(frozen=True, kw_only=True)
class BranchInputs:
    """What a branch's half of a block is given besides its tokens.

    Attributes:
        modulation: (B, L, 6, D), L dividing the tokens into equal runs.
        rotation: cosines and sines of the tokens' places.
        keys: keys and values of the context per block.
        mask: (B, 1, 1, N + M), added to the scores.
    """

    modulation: Tensor
    rotation: tuple[Tensor, Tensor]
    keys: tuple[tuple[Tensor, Tensor], ...]
    mask: Tensor


class Branch(nn.Module):
    """One branch's half of a block."""

    def __init__(self, width: int, heads: int, ratio: float) -> None:
        super().__init__()
        self.attention = SelfAttention(width, heads)
        self.feed = FeedForward(width, ratio)
        self.offset = nn.Parameter(torch.zeros(6, width))

    def modulation(self, shared: Tensor) -> tuple[Tensor, ...]:
        """The six (B, L, 1, D) parts: shift, scale and gate of attention and feed-forward."""
        parts = shared + self.offset.to(shared.dtype)
        return tuple(part[:, :, None] for part in parts.unbind(dim=2))

    def attend(self, x: Tensor, inputs: BranchInputs, index: int) -> Tensor:
        """Attention with its residual."""
        shift, scale, gate, *_ = self.modulation(inputs.modulation)
        hidden = modulate(x, shift, scale)
        out = self.attention(hidden, inputs.rotation, inputs.keys[index], inputs.mask)
        return x + gated(out, gate)

    def think(self, x: Tensor, inputs: BranchInputs) -> Tensor:
        """Feed-forward with its residual."""
        *_, shift, scale, gate = self.modulation(inputs.modulation)
        return x + gated(self.feed(modulate(x, shift, scale)), gate)


class DualBlock(nn.Module):
    """Attention in each branch, exchange between them, feed-forward in each."""

    def __init__(
        self,
        widths: tuple[int, int],
        heads: tuple[int, int],
        ratio: float,
        exchange: tuple[int, int] | None,
        levels: int,
    ) -> None:
        super().__init__()
        self.video = Branch(widths[0], heads[0], ratio)
        self.audio = Branch(widths[1], heads[1], ratio)
        self.exchange = Exchange(*widths, *exchange, levels) if exchange else None

    def forward(
        self,
        tokens: tuple[Tensor, Tensor],
        inputs: tuple[BranchInputs, BranchInputs],
        places: tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]],
        levels: Tensor,
        switch: Tensor,
        index: int,
    ) -> tuple[Tensor, Tensor]:
        """(B, V, Dv) and (B, A, Da) through block ``index``."""
        video = self.video.attend(tokens[0], inputs[0], index)
        audio = self.audio.attend(tokens[1], inputs[1], index)
        if self.exchange is not None:
            video, audio = self.exchange(video, audio, places, levels, switch)
        return self.video.think(video, inputs[0]), self.audio.think(audio, inputs[1])


def modulate(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """RMS norm, then shift and scale per run of tokens: (B, N, D) with (B, L, 1, D)."""
    runs = rms_norm(x).unflatten(1, (scale.shape[1], -1))
    return (runs * (1 + scale) + shift).flatten(1, 2)


def gated(x: Tensor, gate: Tensor) -> Tensor:
    """(B, N, D) times (B, L, 1, D)."""
    return (x.unflatten(1, (gate.shape[1], -1)) * gate).flatten(1, 2)
