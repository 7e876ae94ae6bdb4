"""The reward model: five judgements of a clip's picture, sound and words, alone or against another.

Shape letters: B clips, C latent channels, L video latent frames, h w latent picture, A audio
latents, M text tokens, N tokens, H heads (judgements), D width.

One small transformer reads picture, sound and words in one sequence; each judgement has a token of
its own there. A clip alone is scored by a line on that token, and two scores are compared by the
Bradley-Terry model with ties (Bradley and Terry 1952; ties after Davidson 1970, "On extending the
Bradley-Terry model to accommodate ties in paired comparison experiments"). The comparative form is
after RewardDance (Wu et al. 2025, arXiv:2509.08826): the chance that one clip beats the other is
the output for both together. Departures from there: no language model, a third outcome for ties,
and exchanging the clips exchanges the outcome exactly.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

from engine.checkpoint import load_network
from engine.errors import WeightsError
from engine.models.attention import Rotary, SelfAttention
from engine.models.layers import FeedForward, rms_norm
from engine.models.signals import Latents
from engine.shapes import audio_token_times_s, video_token_times_s

KIND = "reward_model"
HEADS = (
    "visual_quality",
    "motion_quality",
    "audio_visual_sync",
    "prompt_adherence",
    "aesthetics",
)
# Tokens of the picture are wider than high: bodies move sideways, and fewer tokens are quicker.
PATCH = (2, 4)
_HIDDEN = -1e4
_AUDIO_POOL = 4


@dataclass(frozen=True, kw_only=True)
class RewardConfig:
    """Sizes of the reward model; ``head`` is the width of an attention head."""

    channels: int = 32
    audio_channels: int = 16
    width: int = 128
    depth: int = 4
    ratio: float = 4.0
    head: int = 32
    text_width: int = 384


@dataclass(frozen=True, kw_only=True)
class Words:
    """Token states (B, M, 384) of the language encoder, and where there are any (B, M) bool."""

    states: Tensor
    mask: Tensor

    def repeated(self, count: int) -> Words:
        """The one sample's words for ``count`` clips."""
        return Words(states=self.states.repeat(count, 1, 1), mask=self.mask.repeat(count, 1))


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What was seen in a clip.

    Attributes:
        judgements: (B, H, D), one token for each of ``HEADS``.
        moments: (B, N, D), picture and sound over time, for a comparison.
    """

    judgements: Tensor
    moments: Tensor


Context = tuple[list[tuple[Tensor, Tensor]], Tensor]


class _Block(nn.Module):
    def __init__(self, width: int, heads: int, ratio: float) -> None:
        super().__init__()
        self.attention = SelfAttention(width, heads)
        self.feed = FeedForward(width, ratio)

    def forward(
        self,
        x: Tensor,
        rotation: tuple[Tensor, Tensor],
        words: tuple[Tensor, Tensor],
        mask: Tensor,
    ) -> Tensor:
        """(B, N, D) to the same shape."""
        x = x + self.attention(rms_norm(x), rotation, words, mask)
        return x + self.feed(rms_norm(x))


class RewardModel(nn.Module):
    """Scores clips and compares them, from their latents and the states of their words."""

    def __init__(self, config: RewardConfig) -> None:
        super().__init__()
        self.config = config
        width, heads = config.width, config.width // config.head
        self.picture = nn.Linear(config.channels * PATCH[0] * PATCH[1], width)
        self.sound = nn.Linear(2 * config.audio_channels, width)
        self.text = nn.Linear(config.text_width, width)
        # Stands for the words where there are none.
        self.nothing = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.asked = nn.Parameter(torch.randn(1, len(HEADS), width) * 0.5)
        self.blocks = nn.ModuleList(_Block(width, heads, config.ratio) for _ in range(config.depth))
        self.weigh = _Block(width, heads, 2.0)
        self.sides = nn.Parameter(torch.randn(2, 1, width) * 0.5)
        pairs = config.head // 2
        self.rotary = Rotary(
            (pairs - 2 * (pairs // 4), pairs // 4, pairs // 4), (0.1, 0.4, 0.4), (16.0, 8.0, 8.0)
        )
        self.lines = nn.Parameter(torch.randn(len(HEADS), width) * width**-0.5)
        self.verdicts = nn.Parameter(torch.randn(2, len(HEADS), width) * width**-0.5)
        # Davidson's nu, as its logarithm: how readily each judgement is a tie.
        self.log_ties = nn.Parameter(torch.zeros(len(HEADS)))

    def judge(self, clips: Latents, words: Words, rate: float = 12.0) -> Judged:
        """Read clips of ``rate`` pictures a second."""
        frames = clips.video.shape[2]
        video, places = self._pictures(clips.video, rate)
        audio = self.sound(rearrange(clips.audio, "b s c a -> b a (s c)"))
        heard = torch.zeros(audio.shape[1], 3)
        heard[:, 0] = torch.tensor(audio_token_times_s(audio.shape[1]))
        middle = torch.zeros(len(HEADS), 3)
        middle[:, 0] = heard[:, 0].mean()
        rotation = self.rotary(torch.cat([middle, places, heard]).to(video.device))
        x = torch.cat([self.asked.expand(len(video), -1, -1), video, audio], dim=1)
        keys, mask = self._words(words, x.shape[1])
        for block, key in zip(self.blocks, keys, strict=False):
            x = block(x, rotation, key, mask)
        x = rms_norm(x)
        first, second = len(HEADS), len(HEADS) + video.shape[1]
        seen = x[:, first:second].unflatten(1, (frames, -1)).mean(dim=2)
        sounds = F.avg_pool1d(x[:, second:].transpose(1, 2), _AUDIO_POOL, ceil_mode=True)
        return Judged(
            judgements=x[:, :first], moments=torch.cat([seen, sounds.transpose(1, 2)], dim=1)
        )

    def scores(self, judged: Judged) -> Tensor:
        """(B, H) scores; of two clips the one with the higher score is better."""
        return torch.einsum("bhd,hd->bh", judged.judgements, self.lines)

    def compare(self, first: Judged, second: Judged, words: Words) -> Tensor:
        """(B, H, 3) logits: the first is better, neither is, the second is."""
        ahead, even = self._weighed(first, second, words)
        behind, again = self._weighed(second, first, words)
        edge = (ahead - behind) / 2
        return torch.stack([edge, even + again, -edge], dim=-1)

    def forward(self, clips: Latents, words: Words) -> Tensor:
        """(B, H) scores of clips."""
        return self.scores(self.judge(clips, words))

    def _pictures(self, video: Tensor, rate: float) -> tuple[Tensor, Tensor]:
        """Tokens (B, N, D) and their places (N, 3) in seconds and picture heights."""
        height, width = video.shape[-2:]
        padded = F.pad(video, (0, -width % PATCH[1], 0, -height % PATCH[0]))
        tokens = rearrange(padded, "b c l (h p) (w q) -> b (l h w) (c p q)", p=PATCH[0], q=PATCH[1])
        rows, columns = -(-height // PATCH[0]), -(-width // PATCH[1])
        t = torch.tensor(video_token_times_s(video.shape[2], rate))
        y = ((torch.arange(rows) + 0.5) * PATCH[0] - height / 2) / height
        x = ((torch.arange(columns) + 0.5) * PATCH[1] - width / 2) / height
        places = torch.stack(torch.meshgrid(t, y, x, indexing="ij"), dim=-1).flatten(0, 2)
        return self.picture(tokens), places.float()

    def _words(self, words: Words, count: int) -> Context:
        """Keys and values of the words for every block and the comparison, and their mask."""
        batch = len(words.states)
        tokens = torch.cat([self.nothing.expand(batch, -1, -1), self.text(words.states)], dim=1)
        tokens = rms_norm(tokens)
        own = torch.zeros(batch, count + 1, device=tokens.device)
        said = torch.where(words.mask, 0.0, _HIDDEN)
        keys = [
            block.attention.context_keys(tokens)
            for block in (*self.blocks, self.weigh)
            if isinstance(block, _Block)
        ]
        return keys, torch.cat([own, said], dim=1)[:, None, None]

    def _weighed(self, first: Judged, second: Judged, words: Words) -> tuple[Tensor, Tensor]:
        """(B, H) how far the first is ahead, and how even they are, seen from the first."""
        parts = [
            torch.cat([one.judgements, one.moments], dim=1) + self.sides[side]
            for side, one in enumerate((first, second))
        ]
        x = torch.cat(parts, dim=1)
        keys, mask = self._words(words, x.shape[1])
        rotation = self.rotary(torch.zeros(x.shape[1], 3, device=x.device))
        seen = rms_norm(self.weigh(x, rotation, keys[-1], mask)[:, : len(HEADS)])
        ahead, even = torch.einsum("bhd,khd->kbh", seen, self.verdicts)
        return ahead, even


def davidson(difference: Tensor, log_ties: Tensor) -> Tensor:
    """Log-probabilities (..., 3) of better, tie and worse, after Davidson 1970.

    With strengths ``p = exp(score)`` they are ``p_a``, ``nu sqrt(p_a p_b)`` and ``p_b`` over
    their sum, which is a softmax of half the difference, ``log nu`` and minus half of it.

    Args:
        difference: (...) the first's score minus the second's.
        log_ties: ``log nu``, of a shape that spreads to the difference's.
    """
    ties = log_ties.expand_as(difference)
    return torch.stack([difference / 2, ties, -difference / 2], dim=-1).log_softmax(dim=-1)


def reward_metadata(config: RewardConfig, codecs: str) -> dict[str, str]:
    """What a file of these weights says about itself."""
    return {"kind": KIND, "config": json.dumps(asdict(config)), "codecs": codecs}


def load_reward(path: Path, codecs: str) -> RewardModel:
    """The reward model in ``path``, for latents of the codecs of hash ``codecs``.

    Raises:
        WeightsError: if it is missing, damaged, another model, or of other codecs.
    """

    def build(plain: dict[str, Any]) -> RewardModel:
        return RewardModel(RewardConfig(**plain))

    model, metadata = load_network(path, KIND, build, "a reward model of this engine")
    if metadata.get("codecs") != codecs:
        raise WeightsError(
            f"The reward model in {path} was trained on latents of other codecs "
            f"({metadata.get('codecs')}) than these ({codecs}). Train one on these."
        )
    return model


Score = Callable[[Latents, Words], Tensor]
"""Clips and their words to (B, H) scores."""
