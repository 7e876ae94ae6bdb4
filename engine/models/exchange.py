"""The exchange: each branch cross-attends to the other.

Shape letters: B batch, V video tokens, A audio tokens, D width.

Both directions read a snapshot taken before either writes. Positions are time and x, so what is
seen on the left can sound on the left. Queries and keys are RMS-normalised; the output gates start
at zero and see the noise levels of both branches. Freely licensed precedents: bidirectional fused
blocks of Ovi (Low et al. 2025, arXiv:2510.01284) and JavisDiT (Liu et al. 2025, arXiv:2503.23377).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.models.attention import attend, turn
from engine.models.layers import rms_norm, zeroed


class OneWay(nn.Module):
    """One branch reads the other through a narrow inner width."""

    def __init__(self, reader: int, source: int, inner: int, heads: int, levels: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(reader, inner, bias=False)
        self.key_value = nn.Linear(source, 2 * inner, bias=False)
        self.out = nn.Linear(inner, reader)
        self.gate = nn.Linear(levels, reader)
        zeroed(self.gate)

    def forward(
        self,
        reader: Tensor,
        source: Tensor,
        places: tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]],
        levels: Tensor,
    ) -> Tensor:
        """What (B, N, D) reads from (B, M, E); ``levels`` (B, 1, 2D) are both branches' levels."""
        query = self._split(self.query(rms_norm(reader)))
        key, value = (
            self._split(part) for part in self.key_value(rms_norm(source)).chunk(2, dim=-1)
        )
        query, key = turn(rms_norm(query), places[0]), turn(rms_norm(key), places[1])
        read = attend(query, key, value).transpose(1, 2).flatten(-2)
        return self.out(read) * self.gate(levels)

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)


class Exchange(nn.Module):
    """Both directions, and the switch."""

    def __init__(self, video: int, audio: int, inner: int, heads: int, levels: int) -> None:
        super().__init__()
        self.to_video = OneWay(video, audio, inner, heads, 2 * levels)
        self.to_audio = OneWay(audio, video, inner, heads, 2 * levels)

    def forward(
        self,
        video: Tensor,
        audio: Tensor,
        places: tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]],
        levels: Tensor,
        switch: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """(B, V, Dv) and (B, A, Da) after both have read the other; ``switch`` (B, 1, 1) is 0/1."""
        for_video = self.to_video(video, audio, (places[0], places[1]), levels)
        for_audio = self.to_audio(audio, video, (places[1], places[0]), levels)
        switch = switch.to(video.dtype)
        return video + switch * for_video, audio + switch * for_audio


def both_levels(video: Tensor, audio: Tensor) -> Tensor:
    """Level embeddings (B, L, D) and (B, L', D) as one (B, 1, 2D): what the gates see."""
    return torch.cat([video.mean(1, keepdim=True), audio.mean(1, keepdim=True)], dim=-1)
