"""Velocity errors seen apart: by noise level and by what a clip was given.

Shape letters: B clips.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

_BUCKETS = (1 / 3, 2 / 3)


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """Weighted sums of errors and of the weights, per clip (B,)."""

    errors: Tensor
    weights: Tensor

    @staticmethod
    def of(errors: Tensor, weights: Tensor) -> Weighed:
        """Sums over all but the clips; ``errors`` and ``weights`` (B, ...) of one shape."""
        weights = weights.expand_as(errors)
        return Weighed(
            errors=(errors * weights).flatten(1).sum(1), weights=weights.flatten(1).sum(1)
        )

    def mean(self, which: Tensor | None = None) -> Tensor:
        """The mean over all clips, or those of (B,) bool; nothing weighed is 0 or not a number."""
        if which is None:
            return self.errors.sum() / self.weights.sum().clamp_min(1)
        return (self.errors * which).sum() / (self.weights * which).sum()


@dataclass(frozen=True, kw_only=True)
class Errors:
    """Velocity errors of both branches, and the picture's where bodies are."""

    video: Weighed
    audio: Weighed
    bodies: Weighed


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the clips of a batch were given.

    Attributes:
        video, audio: (B,) noise levels; 0 where the whole branch was given.
        first, words, subject: (B,) bool, whether its first picture, words or a subject's were.
    """

    video: Tensor
    audio: Tensor
    first: Tensor
    words: Tensor
    subject: Tensor


def seen_apart(errors: Errors, seen: Seen) -> dict[str, Tensor]:
    """The errors by noise level and by task: ``video@low``, ``audio@picture given``.

    NaN where a batch has no such clip.
    """
    levels = {"video": seen.video, "audio": seen.audio}
    tasks = {
        "words": seen.words & ~seen.first & ~seen.subject,
        "first picture": seen.first,
        "subject": seen.subject,
    }
    parts: dict[str, Tensor] = {}
    for branch, weighed in (("video", errors.video), ("audio", errors.audio)):
        level, other = levels[branch], levels["audio" if branch == "video" else "video"]
        buckets = torch.bucketize(level, torch.tensor(_BUCKETS, device=level.device))
        for index, name in enumerate(("low", "middle", "high")):
            parts[f"{branch}@{name}"] = weighed.mean(buckets == index)
        for name, which in tasks.items():
            parts[f"{branch}@{name}"] = weighed.mean(which)
        given = "sound given" if branch == "video" else "picture given"
        parts[f"{branch}@{given}"] = weighed.mean(other == 0)
    return parts


def loss_of(errors: dict[str, float]) -> float:
    """The mean over levels of both branches' held-out errors, and of nothing told beside them."""
    whole = [error for name, error in errors.items() if name.startswith(("video@", "audio@"))]
    return sum(whole) / len(whole)
