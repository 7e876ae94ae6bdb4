"""The fine stage: the network's own look at every latent, around the blocks that see tokens.

Shape letters: B batch, C latent channels, D token width, F fine width, K levels, L video latent
frames, h w latent picture, V = L * h/2 * w/2 video tokens.

A token is a patch of 2 x 2 latents, and a body is about as large as one. A token as wide as the
small network's cannot carry what a patch holds: outlines come out soft and noise stays behind. So
a few cheap convolutional blocks at one latent each look first and pass what they see to the
tokens, and some more, which keep what was seen, finish what the tokens say (the hourglass of
Crowson et al. 2024, arXiv:2401.11605, with depth-wise convolutions as in Liu et al. 2022,
arXiv:2201.03545, in the place of its local attention). What they add starts as nothing, so that
weights that learned without them go on from where they were.

Latents are mixed within a latent frame alone: what is beside a frame in time may belong to another
shot, and the tokens see to that.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from einops import rearrange
from torch import Tensor, nn

from engine.models.layers import FeedForward, added, rms_norm, shifted_norm, zeroed
from engine.shapes import PATCH

_REACH = 3


@dataclass(frozen=True, kw_only=True)
class FineConfig:
    """Sizes of the fine stage.

    Attributes:
        width: of what is known of one latent.
        before, after: blocks before the tokens' blocks and after them.
        ratio: of the feed-forward's inner width.
    """

    width: int = 160
    before: int = 2
    after: int = 3
    ratio: float = 2.0


class FineStage(nn.Module):
    """What looks at latents before the tokens do (``look``) and after them (``finish``).

    Attributes:
        apart: nothing is learned through what it and the tokens' blocks tell one another.
    """

    apart = False

    def __init__(self, config: FineConfig, channels: int, tokens: int) -> None:
        """``tokens`` wide are the tokens and the levels' embeddings."""
        super().__init__()
        width = config.width
        self.enter = nn.Linear(channels, width)
        self.before = nn.ModuleList(_FineBlock(width, config.ratio) for _ in range(config.before))
        self.to_tokens = nn.Linear(width * PATCH**2, tokens)
        self.from_tokens = nn.Linear(tokens, width * PATCH**2)
        self.after = nn.ModuleList(_FineBlock(width, config.ratio) for _ in range(config.after))
        self.modulation = nn.Linear(tokens, 3 * width)
        self.leave = nn.Linear(width, channels)
        self.gain = nn.Linear(width, channels)
        zeroed(self.to_tokens, self.leave, self.gain)

    def look(self, latents: Tensor, level: Tensor) -> tuple[Tensor, Tensor]:
        """What is seen of (B, C, L, h, w): (B, L, h, w, F), and what tokens are told (B, V, D).

        ``level`` (B, K, D) is the embedded level of every latent frame, of all of them, or
        (B, L, h, w, D) of every latent.
        """
        if self.apart:
            level = level.detach()
        seen = self.enter(latents.movedim(1, -1))
        modulation = self._modulation(level)
        for block in self.before:
            seen = block(seen, modulation)
        patches = rearrange(
            rms_norm(seen), "b l (h p) (w q) f -> b (l h w) (p q f)", p=PATCH, q=PATCH
        )
        told = self.to_tokens(patches)
        return seen, told.detach() if self.apart else told

    def finish(self, latents: Tensor, seen: Tensor, tokens: Tensor, level: Tensor) -> Tensor:
        """What is added to the network's output (B, C, L, h, w), from normed tokens (B, V, D).

        Where nothing moves, details are noise and nothing else, and where a body is they are worth
        as much as the noise: so a part of it is what ``latents`` hold, times a gain of each latent
        and channel (the gain of Wiener's filter, which depends on what is there).
        """
        if self.apart:
            tokens, level = tokens.detach(), level.detach()
        frames, height, width = seen.shape[1:4]
        told = rearrange(
            self.from_tokens(tokens),
            "b (l h w) (p q f) -> b l (h p) (w q) f",
            l=frames,
            h=height // PATCH,
            w=width // PATCH,
            p=PATCH,
            q=PATCH,
        )
        seen = seen + told
        modulation = self._modulation(level)
        for block in self.after:
            seen = block(seen, modulation)
        seen = rms_norm(seen)
        return added(self.leave(seen), self.gain(seen), latents.movedim(1, -1)).movedim(-1, 1)

    def _modulation(self, level: Tensor) -> Tensor:
        modulation = self.modulation(level)
        return modulation if modulation.ndim == 5 else modulation[:, :, None, None]


class _FineBlock(nn.Module):
    """Neighbours by a depth-wise convolution, then a modulated feed-forward of each latent."""

    def __init__(self, width: int, ratio: float) -> None:
        super().__init__()
        self.near = nn.Conv2d(width, width, _REACH, padding=_REACH // 2, groups=width)
        self.feed = FeedForward(width, ratio)
        self.offset = nn.Parameter(torch.zeros(3, width))

    def forward(self, x: Tensor, modulation: Tensor) -> Tensor:
        """(B, L, h, w, F) to the same shape; ``modulation`` spreads to (B, L, h, w, 3F)."""
        shift, scale, gate = (
            part + own
            for part, own in zip(modulation.chunk(3, dim=-1), self.offset.unbind(), strict=True)
        )
        mixed = self.near(x.flatten(0, 1).movedim(-1, 1)).movedim(1, -1).unflatten(0, x.shape[:2])
        return added(x, self.feed(shifted_norm(mixed, shift, scale)), 1 + gate)
