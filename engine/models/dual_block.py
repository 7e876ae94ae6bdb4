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
from engine.models.exchange import Exchange, Reading
from engine.models.layers import FeedForward, added, shifted_norm


@dataclass(frozen=True, kw_only=True)
class BranchInputs:
    """What a branch's half of a block is given besides its tokens.

    Attributes:
        modulation: (B, L, 6, D), L dividing the tokens into equal runs, or few distinct levels
            where ``index`` says which is a token's own.
        rotation: cosines and sines of the tokens' places.
        keys: keys and values of the context per block.
        mask: (B, 1, 1, N + M) or (B, 1, N, N + M), added to the scores.
        index: (B, N), the level of every token.
    """

    modulation: Tensor
    rotation: tuple[Tensor, Tensor]
    keys: tuple[tuple[Tensor, Tensor], ...]
    mask: Tensor
    index: Tensor | None = None


class Branch(nn.Module):
    """One branch's half of a block."""

    def __init__(self, width: int, heads: int, ratio: float) -> None:
        super().__init__()
        self.attention = SelfAttention(width, heads)
        self.feed = FeedForward(width, ratio)
        self.offset = nn.Parameter(torch.zeros(6, width))

    def modulation(self, inputs: BranchInputs, first: int) -> tuple[Tensor, Tensor, Tensor]:
        """Shift, scale and gate (B, L, 1, D): of the attention (first 0), of the rest (3)."""
        parts = inputs.modulation[:, :, first : first + 3]
        parts = parts + self.offset[first : first + 3].to(parts.dtype)
        shift, scale, gate = (
            at_tokens(part, inputs.index)[:, :, None] for part in parts.unbind(dim=2)
        )
        return shift, scale, gate

    def attend(self, x: Tensor, inputs: BranchInputs, index: int) -> Tensor:
        """(B, N, D) after attention with its residual; ``index`` is the block's."""
        shift, scale, gate = self.modulation(inputs, 0)
        hidden = modulate(x, shift, scale)
        out = self.attention(hidden, inputs.rotation, inputs.keys[index], inputs.mask)
        return gated(x, out, gate)

    def think(self, x: Tensor, inputs: BranchInputs) -> Tensor:
        """(B, N, D) after the feed-forward with its residual."""
        shift, scale, gate = self.modulation(inputs, 3)
        return gated(x, self.feed(modulate(x, shift, scale)), gate)


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
        reading: Reading,
        index: int,
    ) -> tuple[Tensor, Tensor]:
        """(B, V, Dv) and (B, A, Da) through block ``index``."""
        video = self.video.attend(tokens[0], inputs[0], index)
        audio = self.audio.attend(tokens[1], inputs[1], index)
        if self.exchange is not None:
            video, audio = self.exchange(video, audio, reading)
        return self.video.think(video, inputs[0]), self.audio.think(audio, inputs[1])


def at_tokens(levels: Tensor, index: Tensor | None) -> Tensor:
    """(B, K, D) of few levels to (B, N, D) of the tokens; without an index as they are."""
    if index is None:
        return levels
    return levels.gather(1, index[..., None].expand(-1, -1, levels.shape[-1]))


def modulate(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """RMS norm, then shift and scale per run of tokens: (B, N, D) with (B, L, 1, D)."""
    runs = x.unflatten(1, (scale.shape[1], -1))
    return shifted_norm(runs, shift, scale).flatten(1, 2)


def gated(x: Tensor, more: Tensor, gate: Tensor) -> Tensor:
    """``x`` (B, N, D) and ``more`` of its shape, which is spent, times ``gate`` (B, L, 1, D)."""
    runs = (gate.shape[1], -1)
    return added(x.unflatten(1, runs), more.unflatten(1, runs), gate).flatten(1, 2)
