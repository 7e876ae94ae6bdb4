"""Pairs of clips of which it is known which is better, on which of five axes, or that neither is.

Shape letters: B pairs, C latent channels, L video latent frames, h w latent picture, A audio
latents, M text tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import torch
from torch import Tensor

from engine.models.reward_model import HEADS, Words
from engine.models.signals import Latents

Outcome = Literal["first", "tie", "second"]
OUTCOMES: tuple[Outcome, ...] = ("first", "tie", "second")


@dataclass(frozen=True, kw_only=True)
class Clip:
    """One clip's latents: video (C, L, h, w) and audio (2, C, A)."""

    video: Tensor
    audio: Tensor


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two clips of equal size, judged on one axis against the same words.

    Attributes:
        text: (M, 384) token states, of which the first ``tokens`` are in use.
        head: one of ``HEADS``.
        strength: how plain the difference is, 0 to 1; 0 is a tie.
        reason: what was done to the one that lost.
    """

    first: Clip
    second: Clip
    text: Tensor
    tokens: int
    head: str
    outcome: Outcome
    strength: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """A batch of pairs.

    Attributes:
        heads: (B,) index into ``HEADS``.
        outcomes: (B,) index into ``OUTCOMES``.
        strengths: (B,).
        reasons: B of them.
    """

    first: Latents
    second: Latents
    words: Words
    heads: Tensor
    outcomes: Tensor
    strengths: Tensor
    reasons: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.heads)

    def on(self, device: torch.device) -> Pairs:
        """The same on ``device``."""
        return replace(
            self,
            first=_moved(self.first, device),
            second=_moved(self.second, device),
            words=Words(states=self.words.states.to(device), mask=self.words.mask.to(device)),
            heads=self.heads.to(device),
            outcomes=self.outcomes.to(device),
            strengths=self.strengths.to(device),
        )


class PairSource(Protocol):
    """Where pairs come from."""

    def draw(self, count: int, generator: torch.Generator, *, held_out: bool) -> list[Pair]:
        """``count`` pairs; held-out ones share no clip with the others."""
        ...


@dataclass(frozen=True, kw_only=True)
class KeptPairs:
    """Pairs that are all there.

    Attributes:
        pairs: those to train on.
        held_out: those to measure with.
    """

    pairs: Sequence[Pair]
    held_out: Sequence[Pair]

    def draw(self, count: int, generator: torch.Generator, *, held_out: bool) -> list[Pair]:
        """``count`` of them; of the held-out ones none twice, and no more than there are."""
        if held_out:
            order = torch.randperm(len(self.held_out), generator=generator)[:count]
            return [self.held_out[index] for index in order.tolist()]
        chosen = torch.randint(len(self.pairs), (count,), generator=generator)
        return [self.pairs[index] for index in chosen.tolist()]


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """Several sources, each drawn from by its share."""

    sources: tuple[tuple[PairSource, float], ...]

    def draw(self, count: int, generator: torch.Generator, *, held_out: bool) -> list[Pair]:
        """``count`` pairs of all sources."""
        shares = torch.tensor([share for _, share in self.sources])
        chosen = torch.multinomial(shares, count, replacement=True, generator=generator)
        pairs: list[Pair] = []
        for index, (source, _) in enumerate(self.sources):
            wanted = int((chosen == index).sum())
            if wanted:
                pairs += source.draw(wanted, generator, held_out=held_out)
        return pairs


def batched(pairs: Sequence[Pair]) -> Pairs:
    """Pairs of clips of one size as a batch."""
    states = torch.stack([pair.text for pair in pairs]).float()
    tokens = torch.tensor([pair.tokens for pair in pairs])
    return Pairs(
        first=_stacked([pair.first for pair in pairs]),
        second=_stacked([pair.second for pair in pairs]),
        words=Words(states=states, mask=torch.arange(states.shape[1]) < tokens[:, None]),
        heads=torch.tensor([HEADS.index(pair.head) for pair in pairs]),
        outcomes=torch.tensor([OUTCOMES.index(pair.outcome) for pair in pairs]),
        strengths=torch.tensor([pair.strength for pair in pairs]),
        reasons=tuple(pair.reason for pair in pairs),
    )


def turned(pair: Pair) -> Pair:
    """The same pair with its clips exchanged."""
    outcome = OUTCOMES[2 - OUTCOMES.index(pair.outcome)]
    return replace(pair, first=pair.second, second=pair.first, outcome=outcome)


def shuffled(pairs: Sequence[Pair], generator: torch.Generator) -> list[Pair]:
    """The pairs, half of them with their clips exchanged, so that place tells nothing."""
    flips = torch.rand(len(pairs), generator=generator) < 0.5
    return [turned(pair) if flip else pair for pair, flip in zip(pairs, flips, strict=True)]


def _stacked(clips: Sequence[Clip]) -> Latents:
    return Latents(
        video=torch.stack([clip.video for clip in clips]).float(),
        audio=torch.stack([clip.audio for clip in clips]).float(),
    )


def _moved(latents: Latents, device: torch.device) -> Latents:
    return Latents(video=latents.video.to(device), audio=latents.audio.to(device))
