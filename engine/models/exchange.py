"""The exchange: each branch cross-attends to the other.

Shape letters: B batch, V video tokens, A audio tokens, D width.

Both directions read a snapshot taken before either writes. Positions are time and x, so what is
seen on the left can sound on the left. Queries and keys are RMS-normalised; the output gates start
at zero and see the noise levels of both branches. Freely licensed precedents: bidirectional fused
blocks of Ovi (Low et al. 2025, arXiv:2510.01284) and JavisDiT (Liu et al. 2025, arXiv:2503.23377).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.models.attention import attend, heads_apart, heads_together, turn
from engine.models.layers import added, rms_norm, zeroed


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What both directions are given besides the tokens.

    Attributes:
        places: rotations of the video and the audio tokens by time and x.
        levels: (B, 1, 2D), or (B, S, 2D) per shot: the levels of both branches.
        switch: (B, 1, 1), 0 or 1.
        shots: (V,) and (A,), where there are several.
        masks: (V, A) and (A, V), added to the scores.
    """

    places: tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]
    levels: Tensor
    switch: Tensor
    shots: tuple[Tensor, Tensor] | None = None
    masks: tuple[Tensor, Tensor] | None = None


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
        normed: tuple[Tensor, Tensor],
        places: tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]],
        levels: Tensor,
        switch: Tensor,
        mask: Tensor | None = None,
        shots: Tensor | None = None,
    ) -> Tensor:
        """(B, N, D) after it has read (B, M, E), where ``switch`` (B, 1, 1) is not 0.

        ``normed`` are what reads and what is read, normed, as both directions need them.
        ``levels`` (B, 1, 2D) are both branches' levels, or (B, S, 2D) those of each shot, where
        ``shots`` (N,) is the shot of every reader.
        """
        query = heads_apart(self.query(normed[0]), self.heads)
        key, value = (
            heads_apart(part, self.heads) for part in self.key_value(normed[1]).chunk(2, dim=-1)
        )
        query, key = turn(rms_norm(query), places[0]), turn(rms_norm(key), places[1])
        read = heads_together(attend(query, key, value, mask))
        gate = self.gate(levels)
        gate = switch * (gate if shots is None else gate[:, shots])
        return added(reader, self.out(read), gate)


class Exchange(nn.Module):
    """Both directions, and the switch."""

    def __init__(self, video: int, audio: int, inner: int, heads: int, levels: int) -> None:
        super().__init__()
        self.to_video = OneWay(video, audio, inner, heads, 2 * levels)
        self.to_audio = OneWay(audio, video, inner, heads, 2 * levels)

    def forward(self, video: Tensor, audio: Tensor, reading: Reading) -> tuple[Tensor, Tensor]:
        """(B, V, Dv) and (B, A, Da) after both have read the other."""
        (seen, heard), levels = reading.places, reading.levels
        masks, shots = reading.masks or (None, None), reading.shots or (None, None)
        switch = reading.switch.to(video.dtype)
        of_video, of_audio = rms_norm(video), rms_norm(audio)
        to_video = ((of_video, of_audio), (seen, heard), levels, switch, masks[0], shots[0])
        to_audio = ((of_audio, of_video), (heard, seen), levels, switch, masks[1], shots[1])
        return self.to_video(video, *to_video), self.to_audio(audio, *to_audio)


def both_levels(
    video: Tensor,
    audio: Tensor,
    index: tuple[Tensor | None, Tensor | None] = (None, None),
    shots: tuple[Tensor, Tensor] | None = None,
) -> Tensor:
    """What the gates see: mean level of both branches, (B, 1, 2D), or of each shot (B, S, 2D).

    Args:
        video: (B, L, D) embedded levels.
        audio: (B, L', D) the same.
        index: (B, V) and (B, A), the level of every token, where they are few distinct ones.
        shots: (V,) and (A,), the shot of every token, where there are several.
    """
    parts = (
        _mean_level(levels, which, None if shots is None else shots[branch])
        for branch, (levels, which) in enumerate(zip((video, audio), index, strict=True))
    )
    return torch.cat(tuple(parts), dim=-1)


def _mean_level(levels: Tensor, index: Tensor | None, shots: Tensor | None) -> Tensor:
    if index is None:
        return levels.mean(1, keepdim=True)
    # Few levels, many tokens: count how often each occurs instead of gathering them all.
    counts = nn.functional.one_hot(index, levels.shape[1]).to(levels.dtype)
    if shots is None:
        return counts.mean(1, keepdim=True) @ levels
    member = nn.functional.one_hot(shots, int(shots.max()) + 1).to(levels.dtype)
    shares = (member / member.sum(0).clamp_min(1)).T @ counts
    return shares @ levels
