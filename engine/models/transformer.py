"""The dual-branch diffusion transformer: picture and stereo sound denoised in one pass.

Shape letters: B batch, C latent channels, L video latent frames, h w latent picture, A audio
latents per channel, V = L * h/2 * w/2 video tokens, M context tokens, R references, D width.

Both branches predict the average velocity of a rectified flow (Liu et al. 2022,
arXiv:2209.03003; Lipman et al. 2023, arXiv:2210.02747) from sigma to r. Left and right are two
rows of audio tokens that stand at the picture's left and right edges.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from einops import rearrange
from torch import Tensor, nn

from engine.models.attention import Rotary
from engine.models.dual_block import BranchInputs, DualBlock, modulate
from engine.models.exchange import both_levels
from engine.models.layers import LevelEmbedding, rms_norm, zeroed
from engine.shapes import GRID, PATCH, ClipShape, audio_token_times_s, video_token_times_s

ROLES = ("subject", "environment", "style", "first_frame", "last_frame", "keyframe")
SLOTS = 9
_HIDDEN = -1e4


@dataclass(frozen=True, kw_only=True)
class TransformerConfig:
    """Sizes of the transformer.

    Attributes:
        width, audio_width: token widths of the branches; heads are ``head`` wide.
        exchange_width: inner width of the exchange.
        text_width: width of the language encoder's token states.
        reference_tokens: tokens of one picture reference (a square of latent patches).
        truth_block: block whose tokens the truth heads read.
        truths: values per video token that the truth heads predict.
    """

    channels: int = 32
    audio_channels: int = 16
    width: int = 192
    audio_width: int = 128
    exchange_width: int = 128
    depth: int = 6
    ratio: float = 3.0
    head: int = 64
    text_width: int = 384
    reference_tokens: int = 16
    truth_block: int = 3
    truths: int = 9


@dataclass(frozen=True, kw_only=True)
class Latents:
    """One sample of both modalities: video (B, C, L, h, w) and audio (B, 2, C, A)."""

    video: Tensor
    audio: Tensor


@dataclass(frozen=True, kw_only=True)
class Levels:
    """Noise levels: sigma and r of video per latent frame (B, L), of audio per latent (B, A).

    A last axis of one spreads over all frames or latents.
    """

    video: Tensor
    audio: Tensor
    video_r: Tensor
    audio_r: Tensor


@dataclass(frozen=True, kw_only=True)
class Context:
    """What conditions a sample, as the network takes it.

    Attributes:
        text: (B, M, 384) token states of the language encoder.
        text_mask: (B, M) bool, True where there is a token.
        references: (B, R, C, 8, 8) latents of picture references.
        roles, slots: (B, R) indices; a role of -1 is an empty place.
    """

    text: Tensor
    text_mask: Tensor
    references: Tensor
    roles: Tensor
    slots: Tensor


@dataclass(frozen=True, kw_only=True)
class PreparedContext:
    """A context's keys and values, which hold for every step of a request."""

    video_keys: tuple[tuple[Tensor, Tensor], ...]
    audio_keys: tuple[tuple[Tensor, Tensor], ...]
    mask: Tensor
    pooled: Tensor


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """Velocities of both branches, and what the truth heads saw (B, V, truths) and (B, 2A, 1)."""

    video: Tensor
    audio: Tensor
    video_truth: Tensor
    audio_truth: Tensor


class ContextEncoder(nn.Module):
    """Text and reference tokens to one sequence; a first, always present token stands for none."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        width = config.width
        self.nothing = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.text = nn.Linear(config.text_width, width)
        self.picture = nn.Linear(config.channels * PATCH**2, width)
        self.role = nn.Embedding(len(ROLES), width)
        self.slot = nn.Embedding(SLOTS, width)
        self.place = nn.Parameter(torch.randn(config.reference_tokens, width) * 0.02)
        self.pool = nn.Linear(config.text_width, width)

    def forward(self, context: Context) -> tuple[Tensor, Tensor, Tensor]:
        """Tokens (B, M, D), their presence (B, M) bool, and a summary (B, D)."""
        batch = len(context.text)
        present = context.text_mask
        text = self.text(context.text)
        pictures = rearrange(
            context.references, "b r c (h p) (w q) -> b r (h w) (c p q)", p=PATCH, q=PATCH
        )
        there = context.roles >= 0
        named = self.role(context.roles.clamp_min(0)) + self.slot(context.slots)
        pictures = self.picture(pictures) + named[:, :, None] + self.place
        shown = there[:, :, None].expand(-1, -1, pictures.shape[2])
        tokens = torch.cat(
            [self.nothing.expand(batch, -1, -1), text, pictures.flatten(1, 2)], dim=1
        )
        first = torch.ones(batch, 1, dtype=torch.bool, device=text.device)
        mask = torch.cat([first, present, shown.flatten(1)], dim=1)
        weights = present.to(context.text.dtype)[..., None]
        mean = (context.text * weights).sum(1) / weights.sum(1).clamp_min(1)
        return rms_norm(tokens), mask, self.pool(mean)


class DualTransformer(nn.Module):
    """Predicts the velocity of video and audio latents."""

    def __init__(self, config: TransformerConfig, exchange: bool = True) -> None:
        super().__init__()
        self.config = config
        width, sound = config.width, config.audio_width
        self.context = ContextEncoder(config)
        self.video_in = nn.Linear(config.channels * PATCH**2, width)
        self.audio_in = nn.Linear(config.audio_channels, sound)
        self.video_level = LevelEmbedding(width)
        self.audio_level = LevelEmbedding(width)
        self.video_modulation = nn.Linear(width, 6 * width)
        self.audio_modulation = nn.Linear(width, 6 * sound)
        self.audio_context = nn.Linear(width, sound)
        inner = (config.exchange_width, config.exchange_width // config.head)
        self.blocks = nn.ModuleList(
            DualBlock(
                (width, sound),
                (width // config.head, sound // config.head),
                config.ratio,
                inner if exchange else None,
                width,
            )
            for _ in range(config.depth)
        )
        pairs = config.head // 2
        time = pairs - 2 * (pairs // 3)
        self.video_rotary = Rotary(
            (time, pairs // 3, pairs // 3), (0.5, 0.4, 0.4), (16.0, 8.0, 8.0)
        )
        self.audio_rotary = Rotary((pairs - 4, 4), (0.1, 1.0), (16.0, 8.0))
        self.shared_rotary = Rotary((pairs - 4, 4), (0.2, 0.4), (16.0, 8.0))
        self.video_last = nn.Linear(width, 2 * width)
        self.audio_last = nn.Linear(width, 2 * sound)
        self.video_out = nn.Linear(width, config.channels * PATCH**2)
        self.audio_out = nn.Linear(sound, config.audio_channels)
        self.video_truth = nn.Linear(width, config.truths)
        self.audio_truth = nn.Linear(sound, 1)
        zeroed(self.video_out, self.audio_out, self.video_last, self.audio_last)

    def prepare(self, context: Context) -> PreparedContext:
        """Keys and values of ``context`` for every block, once per request."""
        tokens, present, pooled = self.context(context)
        heard = self.audio_context(tokens)
        blocks = [block for block in self.blocks if isinstance(block, DualBlock)]
        return PreparedContext(
            video_keys=tuple(block.video.attention.context_keys(tokens) for block in blocks),
            audio_keys=tuple(block.audio.attention.context_keys(heard) for block in blocks),
            mask=torch.where(present, 0.0, _HIDDEN)[:, None, None],
            pooled=pooled,
        )

    def forward(
        self,
        latents: Latents,
        levels: Levels,
        context: PreparedContext,
        places: Places,
        switch: Tensor,
    ) -> Prediction:
        """One evaluation; ``switch`` (B,) of 0 turns the exchange off for that sample."""
        frames, height, width = latents.video.shape[2:]
        video = self.video_in(
            rearrange(latents.video, "b c l (h p) (w q) -> b (l h w) (c p q)", p=PATCH, q=PATCH)
        )
        audio = self.audio_in(rearrange(latents.audio, "b s c a -> b (a s) c"))
        level_v = self.video_level(levels.video, levels.video_r) + context.pooled[:, None]
        level_a = self.audio_level(levels.audio, levels.audio_r) + context.pooled[:, None]
        level_v, level_a = nn.functional.silu(level_v), nn.functional.silu(level_a)
        inputs = (
            self._inputs(self.video_modulation(level_v), places.video, context, video, 0),
            self._inputs(self.audio_modulation(level_a), places.audio, context, audio, 1),
        )
        gates = both_levels(level_v, level_a)
        switched = switch.view(-1, 1, 1)
        shared = (places.shared_video, places.shared_audio)
        seen = (video, audio)
        for index, block in enumerate(self.blocks):
            video, audio = block((video, audio), inputs, shared, gates, switched, index)
            if index == self.config.truth_block:
                seen = (video, audio)
        video = self.video_out(_last(video, self.video_last(level_v)))
        audio = self.audio_out(_last(audio, self.audio_last(level_a)))
        return Prediction(
            video=rearrange(
                video,
                "b (l h w) (c p q) -> b c l (h p) (w q)",
                l=frames,
                h=height // PATCH,
                w=width // PATCH,
                p=PATCH,
                q=PATCH,
            ),
            audio=rearrange(audio, "b (a s) c -> b s c a", s=2),
            video_truth=self.video_truth(rms_norm(seen[0])),
            audio_truth=self.audio_truth(rms_norm(seen[1])),
        )

    def places(self, shape: ClipShape) -> Places:
        """Rotations of the tokens of a clip of ``shape``."""
        device = self.video_in.weight.device
        video, audio = token_places(shape)
        video, audio = video.to(device), audio.to(device)
        return Places(
            video=self.video_rotary(video),
            audio=self.audio_rotary(audio),
            shared_video=self.shared_rotary(video[:, [0, 2]]),
            shared_audio=self.shared_rotary(audio),
        )

    @staticmethod
    def _inputs(
        modulation: Tensor,
        rotation: tuple[Tensor, Tensor],
        context: PreparedContext,
        tokens: Tensor,
        branch: int,
    ) -> BranchInputs:
        own = tokens.new_zeros(len(tokens), 1, 1, tokens.shape[1])
        return BranchInputs(
            modulation=modulation.unflatten(-1, (6, -1)),
            rotation=rotation,
            keys=(context.video_keys, context.audio_keys)[branch],
            mask=torch.cat([own, context.mask.to(own.dtype).expand(len(own), -1, -1, -1)], dim=-1),
        )


@dataclass(frozen=True, kw_only=True)
class Places:
    """Cosines and sines of every token's place, per use."""

    video: tuple[Tensor, Tensor]
    audio: tuple[Tensor, Tensor]
    shared_video: tuple[Tensor, Tensor]
    shared_audio: tuple[Tensor, Tensor]


def token_places(shape: ClipShape) -> tuple[Tensor, Tensor]:
    """Places of video tokens (V, 3: s, y, x) and audio tokens (2A, 2: s, x), in token order.

    y and x are picture heights from the picture's centre, y downwards.
    """
    frames, rows, columns = shape.video_tokens
    t = torch.tensor(video_token_times_s(frames, float(shape.rate)))
    y = ((torch.arange(rows) + 0.5) * GRID - shape.height / 2) / shape.height
    x = ((torch.arange(columns) + 0.5) * GRID - shape.width / 2) / shape.height
    video = torch.stack(torch.meshgrid(t, y, x, indexing="ij"), dim=-1).flatten(0, 2)
    edge = shape.width / shape.height / 2
    times = torch.tensor(audio_token_times_s(shape.audio_latents))
    audio = torch.stack(
        torch.meshgrid(times, torch.tensor([-edge, edge]), indexing="ij"), dim=-1
    ).flatten(0, 1)
    return video.float(), audio.float()


def _last(x: Tensor, modulation: Tensor) -> Tensor:
    shift, scale = (part[:, :, None] for part in modulation.chunk(2, dim=-1))
    return modulate(x, shift, scale)
