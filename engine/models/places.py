"""Where tokens stand, and what they may see of one another.

Shape letters: B batch, V video tokens, A audio latents, N tokens, M context tokens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from engine.models.signals import PreparedContext

_HIDDEN = -1e4


@dataclass(frozen=True, kw_only=True)
class Places:
    """Cosines and sines of every token's place, per use, and what shots may not see.

    Attributes:
        shots: shot of every video token (V,) and audio token (2A,); ``None`` is one shot.
        own: (V, V) and (2A, 2A), added to the scores where shots do not attend to one another.
        between: (V, 2A) and (2A, V) of the exchange: sound belongs to the shot it is heard in.
    """

    video: tuple[Tensor, Tensor]
    audio: tuple[Tensor, Tensor]
    shared_video: tuple[Tensor, Tensor]
    shared_audio: tuple[Tensor, Tensor]
    shots: tuple[Tensor, Tensor] | None = None
    own: tuple[Tensor, Tensor] | None = None
    between: tuple[Tensor, Tensor] | None = None


def apart(readers: Tensor, read: Tensor) -> Tensor:
    """(N, M) scores that hide tokens of other shots; those of shot -1 are for all."""
    hidden = (readers[:, None] != read[None]) & (read[None] >= 0)
    return torch.where(hidden, _HIDDEN, 0.0)


def scores(tokens: Tensor, places: Places, context: PreparedContext, branch: int) -> Tensor:
    """(B, 1, 1, N + M), or (B, 1, N, N + M) where shots see different things."""
    words = (context.mask, context.audio_mask)[branch].to(tokens.dtype)
    batch, count = tokens.shape[:2]
    own = tokens.new_zeros(batch, 1, 1, count)
    if places.shots is not None:
        own = own.expand(-1, -1, count, -1)
        if places.own is not None:
            own = own + places.own[branch].to(own.dtype)
        shots = (context.shots, context.audio_shots)[branch]
        if shots is not None:
            words = words + apart(places.shots[branch], shots).to(words.dtype)
    return torch.cat([own, words.expand(batch, -1, own.shape[2], -1)], dim=-1)
