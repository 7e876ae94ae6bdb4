"""What conditions a sample, and its encoder: words and references to one sequence of tokens.

Shape letters: B batch, M text tokens, R picture references, C latent channels, L latent frames,
h w latent picture, A audio latents, N tokens of a reference, D width.

References attend to nothing but themselves, so what follows from them holds for every step, pass
and take of a request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from einops import rearrange
from torch import Tensor, nn

from engine.models.layers import rms_norm
from engine.models.pathways import FIRST_ROLES, Pathways
from engine.shapes import PATCH

if TYPE_CHECKING:
    from engine.models.transformer import TransformerConfig

# Slots of a picture in the first weights' table.
PICTURE_SLOTS = 9
_HIDDEN = -1e4


@dataclass(frozen=True, kw_only=True)
class ReferenceTokens:
    """A clip or track that conditions a sample.

    Attributes:
        latents: clip (B, C, L, h, w), or track (B, 2, C, A).
        roles, slots: (B,) indices; a role of -1 is an empty place.
        places: (N, 3) or (N, 2), as ``layout.clip_places`` and ``track_places`` give them.
        weights: (B,) of the user, 1 is normal.
    """

    latents: Tensor
    roles: Tensor
    slots: Tensor
    places: Tensor
    weights: Tensor | None = None


@dataclass(frozen=True, kw_only=True)
class Context:
    """What conditions a sample, as the network takes it.

    Attributes:
        text: (B, M, 384) token states of the language encoder.
        text_mask: (B, M) bool, True where there is a token.
        references: (B, R, C, 8, 8) latents of picture references.
        roles, slots: (B, R) indices; a role of -1 is an empty place.
        weights: (B, R) of the user, 1 is normal.
        text_slots: (B, M) slot whose tag a token is, -1 for none.
        text_shots: (M,) shot that a token belongs to, -1 for all.
        clips: references that the picture's branch reads.
        tracks: references that the sound's branch reads.
    """

    text: Tensor
    text_mask: Tensor
    references: Tensor
    roles: Tensor
    slots: Tensor
    weights: Tensor | None = None
    text_slots: Tensor | None = None
    text_shots: Tensor | None = None
    clips: tuple[ReferenceTokens, ...] = ()
    tracks: tuple[ReferenceTokens, ...] = ()

    @staticmethod
    def of_words(states: Tensor, mask: Tensor, channels: int) -> Context:
        """Words alone: states (B, M, 384), mask (B, M), and the latent channels of the network."""
        count, device = len(states), states.device
        return Context(
            text=states,
            text_mask=mask,
            references=torch.zeros(count, 0, channels, 8, 8, device=device),
            roles=torch.zeros(count, 0, dtype=torch.long, device=device),
            slots=torch.zeros(count, 0, dtype=torch.long, device=device),
        )


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """References before their keys: tokens (B, M, D), bias (B, M) and places (M, A)."""

    values: Tensor
    bias: Tensor
    places: Tensor


@dataclass(frozen=True, kw_only=True)
class EncodedContext:
    """Tokens of a context before their keys.

    Attributes:
        common: (B, M, D) for both branches; the first, for nothing, is always there.
        common_bias: (B, M), added to the scores.
        clips: for the picture's branch alone.
        pooled: summary of the text, (B, D) or per shot (B, S, D).
        shots: (M,) shot of each common token, -1 for all.
    """

    common: Tensor
    common_bias: Tensor
    clips: Tokens | None
    pooled: Tensor
    shots: Tensor | None


class ContextEncoder(nn.Module):
    """Text and reference tokens to one sequence; a first, always present token stands for none."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        width = config.width
        self.nothing = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.text = nn.Linear(config.text_width, width)
        self.picture = nn.Linear(config.channels * PATCH**2, width)
        self.role = nn.Embedding(FIRST_ROLES, width)
        self.slot = nn.Embedding(PICTURE_SLOTS, width)
        self.place = nn.Parameter(torch.randn(config.reference_tokens, width) * 0.02)
        self.pool = nn.Linear(config.text_width, width)

    def forward(self, context: Context, more: Pathways | None = None) -> EncodedContext:
        """Tokens of ``context``; ``more`` are the pathways, where the weights have them."""
        batch = len(context.text)
        text = self.text(context.text)
        if more is not None and context.text_slots is not None:
            text = text + more.tagged(context.text_slots)
        pictures, seen = self._pictures(context, more)
        tokens = torch.cat([self.nothing.expand(batch, -1, -1), text, pictures], dim=1)
        first = torch.ones(batch, 1, dtype=torch.bool, device=text.device)
        present = torch.cat([first, context.text_mask], dim=1)
        bias = torch.cat([torch.where(present, 0.0, _HIDDEN), seen], dim=1)
        return EncodedContext(
            common=rms_norm(tokens),
            common_bias=bias,
            clips=self._joined(context.clips, more),
            pooled=self._summary(context),
            shots=_shots(context, pictures.shape[1]),
        )

    def _pictures(self, context: Context, more: Pathways | None) -> tuple[Tensor, Tensor]:
        """Tokens (B, N, D) of the picture references and their bias (B, N)."""
        pictures = rearrange(
            context.references, "b r c (h p) (w q) -> b r (h w) (c p q)", p=PATCH, q=PATCH
        )
        named = self.role(context.roles.clamp(0, FIRST_ROLES - 1))
        named = named + self.slot(context.slots.clamp(0, PICTURE_SLOTS - 1))
        if more is not None:
            named = named + more.named(context.roles, context.slots)
        tokens = self.picture(pictures) + named[:, :, None] + self.place
        bias = torch.where(context.roles >= 0, 0.0, _HIDDEN)
        if more is not None:
            bias = bias + more.biases(context.roles, context.weights)
        return tokens.flatten(1, 2), bias[:, :, None].expand(-1, -1, tokens.shape[2]).flatten(1)

    def _joined(self, clips: tuple[ReferenceTokens, ...], more: Pathways | None) -> Tokens | None:
        if not clips or more is None:
            return None
        parts = [
            self.picture(
                rearrange(clip.latents, "b c l (h p) (w q) -> b (l h w) (c p q)", p=PATCH, q=PATCH)
            )
            + more.named(clip.roles, clip.slots)[:, None]
            for clip in clips
        ]
        return placed_tokens(parts, clips, more)

    def _summary(self, context: Context) -> Tensor:
        """Mean of the text, (B, D), or (B, S, D) of each shot's own and the common text."""
        present = context.text_mask.to(context.text.dtype)
        if context.text_shots is None:
            weights = present[..., None]
            mean = (context.text * weights).sum(1) / weights.sum(1).clamp_min(1)
            return self.pool(mean)
        shots = context.text_shots
        count = int(shots.max()) + 1
        means = []
        for shot in range(count):
            own = (shots == shot) | (shots < 0)
            weights = (present * own)[..., None]
            means.append((context.text * weights).sum(1) / weights.sum(1).clamp_min(1))
        return self.pool(torch.stack(means, dim=1))


def placed_tokens(
    parts: list[Tensor], references: tuple[ReferenceTokens, ...], more: Pathways
) -> Tokens:
    """Tokens of clips or tracks with their biases and places."""
    biases = []
    for part, reference in zip(parts, references, strict=True):
        bias = torch.where(reference.roles >= 0, 0.0, _HIDDEN)
        bias = bias + more.biases(reference.roles, reference.weights)
        biases.append(bias[:, None].expand(-1, part.shape[1]))
    return Tokens(
        values=rms_norm(torch.cat(parts, dim=1)),
        bias=torch.cat(biases, dim=1),
        places=torch.cat([one.places for one in references]).to(parts[0].device),
    )


def _shots(context: Context, pictures: int) -> Tensor | None:
    if context.text_shots is None:
        return None
    shots = context.text_shots
    common = shots.new_full((1,), -1)
    return torch.cat([common, shots, common.expand(pictures)])
