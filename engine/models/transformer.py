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
from engine.models.context import Context, ContextEncoder, EncodedContext, placed_tokens
from engine.models.dual_block import BranchInputs, DualBlock, at_tokens, modulate
from engine.models.exchange import Reading, both_levels
from engine.models.fine import FineConfig, FineStage
from engine.models.layers import LevelEmbedding, ScaleEmbedding, rms_norm, zeroed
from engine.models.layout import Layout, layout_of, token_places
from engine.models.pathways import ROLES, SLOTS, Pathways
from engine.models.places import Places, apart, scores
from engine.models.preconditioning import Preconditioning
from engine.models.signals import Latents, Levels, Prediction, PreparedContext
from engine.shapes import PATCH, ClipShape

__all__ = [
    "ROLES",
    "SLOTS",
    "Context",
    "DualTransformer",
    "Places",
    "TransformerConfig",
    "token_places",
]


_RARE = -4.5


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
        details: how many of the channels, the last, are the codec's details; 0 is a network
            whose output is the velocity as it stands.
        pathways: whether roles, slots and shots have embeddings of their own, to be trained.
        guided: whether the network is told how strongly a step follows its words, and so does it in
            one pass.
        anchored: whether what was learned of strides leaves levels alone where none is taken.
        fine: sizes of the stage that looks at every latent; ``None`` is a network without it.
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
    truths: int = 22
    details: int = 0
    pathways: bool = False
    guided: bool = False
    anchored: bool = False
    fine: FineConfig | None = None


class DualTransformer(nn.Module):
    """Predicts the velocity of video and audio latents."""

    def __init__(self, config: TransformerConfig, exchange: bool = True) -> None:
        super().__init__()
        self.config = config
        width, sound = config.width, config.audio_width
        self.context = ContextEncoder(config)
        self.video_in = nn.Linear(config.channels * PATCH**2, width)
        self.audio_in = nn.Linear(config.audio_channels, sound)
        self.video_level = LevelEmbedding(width, anchored=config.anchored)
        self.audio_level = LevelEmbedding(width, anchored=config.anchored)
        self.video_scale = ScaleEmbedding(width) if config.guided else None
        self.audio_scale = ScaleEmbedding(width) if config.guided else None
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
        # As rare as a name is on a token: it would take a thousand steps to learn that alone.
        nn.init.constant_(self.video_truth.bias, _RARE)
        self.precondition = (
            Preconditioning(config.channels, config.details, width) if config.details else None
        )
        self.pathways = Pathways(width, sound) if config.pathways else None
        zeroed(self.video_out, self.audio_out, self.video_last, self.audio_last)
        self.fine = FineStage(config.fine, config.channels, width) if config.fine else None

    def attach_pathways(self) -> None:
        """Give the network pathways that add nothing yet, if its weights came without them."""
        if self.pathways is None:
            like = self.video_in.weight
            self.pathways = Pathways(self.config.width, self.config.audio_width).to(like.device)

    def pathways_state(self) -> dict[str, Tensor]:
        """The pathways' tensors; none where there are no pathways."""
        return {} if self.pathways is None else self.pathways.state_dict()

    def prepare(self, context: Context) -> PreparedContext:
        """Keys and values of ``context`` for every block, once per request."""
        encoded = self.context(context, self.pathways)
        heard = self.audio_context(encoded.common)
        blocks = [block for block in self.blocks if isinstance(block, DualBlock)]
        video = [block.video.attention.context_keys(encoded.common) for block in blocks]
        audio = [block.audio.attention.context_keys(heard) for block in blocks]
        mask = audio_mask = encoded.common_bias
        if encoded.clips is not None:
            clips, turned = encoded.clips, self.video_rotary(encoded.clips.places)
            for index, block in enumerate(blocks):
                more = block.video.attention.context_keys(clips.values, turned)
                video[index] = _followed(video[index], more)
            mask = torch.cat([mask, clips.bias], dim=1)
        if context.tracks and self.pathways is not None:
            tracks = placed_tokens(self._tracks(context), context.tracks, self.pathways)
            turned = self.audio_rotary(tracks.places)
            for index, block in enumerate(blocks):
                more = block.audio.attention.context_keys(tracks.values, turned)
                audio[index] = _followed(audio[index], more)
            audio_mask = torch.cat([audio_mask, tracks.bias], dim=1)
        return PreparedContext(
            video_keys=tuple(video),
            audio_keys=tuple(audio),
            mask=mask[:, None, None],
            audio_mask=audio_mask[:, None, None],
            pooled=encoded.pooled,
            shots=_for_all(encoded, mask.shape[1]),
            audio_shots=_for_all(encoded, audio_mask.shape[1]),
        )

    def _tracks(self, context: Context) -> list[Tensor]:
        assert self.pathways is not None
        return [
            self.audio_in(rearrange(track.latents, "b s c a -> b (a s) c"))
            + self.audio_context(self.pathways.named(track.roles, track.slots))[:, None]
            for track in context.tracks
        ]

    def forward(
        self,
        latents: Latents,
        levels: Levels,
        context: PreparedContext,
        places: Places,
        switch: Tensor,
    ) -> Prediction:
        """One evaluation; ``switch`` (B,) of 0 turns the exchange off for that sample."""
        # A latent's channels lie side by side, as products and norms want them, until the end.
        noisy = latents.video.movedim(1, -1).contiguous().movedim(-1, 1)
        video, audio = self._tokens(noisy, latents.audio, places)
        level_v = self.video_level(levels.video, levels.video_r)
        level_a = self.audio_level(levels.audio, levels.audio_r)
        if levels.guidance is not None and self.video_scale and self.audio_scale:
            level_v = level_v + self.video_scale(levels.guidance)[:, None]
            level_a = level_a + self.audio_scale(levels.guidance)[:, None]
        level_v = nn.functional.silu(level_v + _pooled(context, levels.video_shot))
        level_a = nn.functional.silu(level_a + _pooled(context, levels.audio_shot))
        frames, height, width = latents.video.shape[2:]
        lattice = (frames, height // PATCH, width // PATCH)
        sigma, level = _of_latents(levels, level_v, lattice)
        fine = self.fine
        looked, at_unit_size = None, noisy
        if fine is not None:
            if self.precondition is not None:
                at_unit_size = self.precondition.at_unit_size(noisy, sigma)
            looked, told = fine.look(at_unit_size, level)
            video = video + told
        indices = (levels.video_index, levels.audio_index)
        inputs = self._inputs((video, audio), (level_v, level_a), indices, context, places)
        reading = Reading(
            places=(places.shared_video, places.shared_audio),
            levels=both_levels(level_v, level_a, indices, places.shots),
            switch=switch.view(-1, 1, 1),
            shots=places.shots,
            masks=places.between,
        )
        seen = (video, audio)
        for index, block in enumerate(self.blocks):
            video, audio = block((video, audio), inputs, reading, index)
            if index == self.config.truth_block:
                seen = (video, audio)
        last = _last(video, self.video_last(level_v), levels.video_index)
        audio = self.audio_out(_last(audio, self.audio_last(level_a), levels.audio_index))
        velocity = _as_latents(_by_place(self.video_out, last), lattice)
        if fine is not None and looked is not None:
            velocity = velocity + fine.finish(at_unit_size, looked, last, level)
        if self.precondition is not None:
            velocity = self.precondition(velocity, noisy, sigma, level)
        return Prediction(
            video=velocity.contiguous(),
            audio=rearrange(audio, "b (a s) c -> b s c a", s=2),
            video_truth=self.video_truth(rms_norm(seen[0])),
            audio_truth=self.audio_truth(rms_norm(seen[1])),
        )

    def _tokens(self, noisy: Tensor, sound: Tensor, places: Places) -> tuple[Tensor, Tensor]:
        """(B, V, D) patches of the picture, and (B, 2A, D) latents of the sound, sides in turn."""
        patches = rearrange(noisy, "b c l (h p) (w q) -> b (l h w) (p q c)", p=PATCH, q=PATCH)
        weight = rearrange(self.video_in.weight, "d (c p) -> d (p c)", p=PATCH**2)
        video = nn.functional.linear(patches, weight, self.video_in.bias)
        audio = self.audio_in(rearrange(sound, "b s c a -> b (a s) c"))
        if self.pathways is not None and places.shots is not None:
            return self.pathways.in_shots(video, audio, places.shots)
        return video, audio

    def _inputs(
        self,
        tokens: tuple[Tensor, Tensor],
        levels: tuple[Tensor, Tensor],
        indices: tuple[Tensor | None, Tensor | None],
        context: PreparedContext,
        places: Places,
    ) -> tuple[BranchInputs, BranchInputs]:
        """What both branches are given in every block; ``levels`` are embedded."""
        return (
            BranchInputs(
                modulation=self.video_modulation(levels[0]).unflatten(-1, (6, -1)),
                rotation=places.video,
                keys=context.video_keys,
                mask=scores(tokens[0], places, context, 0),
                index=indices[0],
            ),
            BranchInputs(
                modulation=self.audio_modulation(levels[1]).unflatten(-1, (6, -1)),
                rotation=places.audio,
                keys=context.audio_keys,
                mask=scores(tokens[1], places, context, 1),
                index=indices[1],
            ),
        )

    def places(self, clip: ClipShape | Layout) -> Places:
        """Rotations of the tokens of a clip, or of a window of several runs."""
        device = self.video_in.weight.device
        layout = layout_of(clip) if isinstance(clip, ClipShape) else clip
        video, audio = (places.to(device) for places in token_places(layout))
        shots, own, between = None, None, None
        if layout.shots > 1:
            first, second = (shot.to(device) for shot in layout.shot_of_tokens())
            shots = (first, second)
            between = (apart(first, second), apart(second, first))
            own = None if layout.across else (apart(first, first), apart(second, second))
        return Places(
            video=self.video_rotary(video),
            audio=self.audio_rotary(audio),
            shared_video=self.shared_rotary(video[:, [0, 2]]),
            shared_audio=self.shared_rotary(audio),
            shots=shots,
            own=own,
            between=between,
        )


def _pooled(context: PreparedContext, shots: Tensor | None) -> Tensor:
    """(B, 1, D) or (B, K, D): the words that every level belongs to."""
    if context.pooled.ndim == 2:
        return context.pooled[:, None]
    return context.pooled[:, :1] if shots is None else context.pooled[:, shots]


def _for_all(encoded: EncodedContext, count: int) -> Tensor | None:
    """Shots of ``count`` context tokens; references, which come last, are for all."""
    if encoded.shots is None:
        return None
    return nn.functional.pad(encoded.shots, (0, count - len(encoded.shots)), value=-1)


def _followed(first: tuple[Tensor, Tensor], more: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    return torch.cat([first[0], more[0]], dim=2), torch.cat([first[1], more[1]], dim=2)


def _of_latents(
    levels: Levels, embedded: Tensor, lattice: tuple[int, int, int]
) -> tuple[Tensor, Tensor]:
    """Sigma, spreading to (B, 1, L, h, w), and embedded levels of latent frames or of latents.

    ``embedded`` is (B, K, D), and so is what comes back unless every token has its own level:
    then it is (B, L, h, w, D).
    """
    if levels.video_index is None:
        return levels.video[:, None, :, None, None], embedded
    sigma = at_tokens(levels.video[..., None], levels.video_index)
    own = at_tokens(embedded, levels.video_index)
    return on_latents(sigma, lattice), on_latents(own, lattice).movedim(1, -1)


def _by_place(layer: nn.Linear, tokens: Tensor) -> Tensor:
    """(B, V, D) through ``layer``, whose outputs (C P P) come out as (P P C)."""
    weight = rearrange(layer.weight, "(c p) d -> (p c) d", p=PATCH**2)
    return nn.functional.linear(tokens, weight, rearrange(layer.bias, "(c p) -> (p c)", p=PATCH**2))


def _as_latents(tokens: Tensor, sizes: tuple[int, int, int]) -> Tensor:
    """(B, V, P P C) patches to (B, C, L, h, w), whose channels lie side by side."""
    frames, rows, columns = sizes
    lying = rearrange(
        tokens,
        "b (l h w) (p q c) -> b l (h p) (w q) c",
        l=frames,
        h=rows,
        w=columns,
        p=PATCH,
        q=PATCH,
    )
    return lying.movedim(-1, 1)


def on_latents(tokens: Tensor, sizes: tuple[int, int, int]) -> Tensor:
    """What tokens (B, V, D) of a lattice of ``sizes`` have, for their latents (B, D, L, h, w)."""
    lattice = tokens.unflatten(1, sizes)
    return lattice.repeat_interleave(PATCH, 2).repeat_interleave(PATCH, 3).movedim(-1, 1)


def _last(x: Tensor, modulation: Tensor, index: Tensor | None) -> Tensor:
    shift, scale = (at_tokens(part, index)[:, :, None] for part in modulation.chunk(2, dim=-1))
    return modulate(x, shift, scale)
