"""Training of the clock that reads when things happen in latents, on encoded and noisy clips.

Shape letters: B clips, C latent channels, L video latent frames, h w latent picture, A audio
latents.
"""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.data.latents import LatentStore
from engine.errors import TrainingError
from engine.models.latent_clock import KIND, LatentClock, LatentClockConfig
from engine.training.recipe import LoopConfig

_NOISY, _MOST_NOISE = 0.6, 0.5
_MEASURED_NOISE = (0.0, 0.3)
# Onsets are one latent in twelve.
_ONSET = 3.0
_SURE = 0.5


class LatentClockRecipe:
    """Where contacts begin, of every audio latent's time.

    Args:
        store: of the clips to learn from.
        config: how it is stepped.
        model: sizes.
        batch: clips a step.

    Raises:
        TrainingError: if no clip is encoded to learn from.
    """

    name = KIND
    tokens = 0

    def __init__(
        self,
        store: LatentStore,
        config: LoopConfig,
        *,
        model: LatentClockConfig | None = None,
        batch: int = 16,
    ) -> None:
        self.store, self.config, self.batch = store, config, batch
        self.held_out = store.held_out
        self.learned = store.ready() - self.held_out
        if self.learned < 1:
            raise TrainingError(f"Too few clips are encoded in {store.folder}. Wait for more.")
        self.module = LatentClock(model or LatentClockConfig())

    def losses(self, module: nn.Module, step: int, generator: torch.Generator) -> dict[str, Tensor]:
        """One batch of stored clips, some of them noisy."""
        del step
        assert isinstance(module, LatentClock)
        rows = torch.randint(self.learned, (self.batch,), generator=generator) + self.held_out
        noise = _MOST_NOISE * torch.rand(self.batch, generator=generator)
        noise *= torch.rand(self.batch, generator=generator) < _NOISY
        seen, heard, onsets = self._read(module, rows.numpy(), noise, generator)
        losses = {"seen": _off(seen, onsets), "heard": _off(heard, onsets)}
        return {"total": losses["seen"] + losses["heard"]} | losses

    @torch.no_grad()
    def evaluate(self, module: nn.Module) -> dict[str, float]:
        """The loss on held-out clips, and F1 within a latent of what is seen and heard."""
        assert isinstance(module, LatentClock)
        figures: dict[str, float] = {}
        for level in _MEASURED_NOISE:
            generator = torch.Generator().manual_seed(0)
            noise = torch.full((self.held_out,), level)
            rows = np.arange(self.held_out)
            seen, heard, onsets = self._read(module, rows, noise, generator)
            figures |= {f"seen@{level}": f1(seen, onsets), f"heard@{level}": f1(heard, onsets)}
            if not level:
                figures["loss"] = (_off(seen, onsets) + _off(heard, onsets)).item()
        return figures

    def metadata(self) -> dict[str, str]:
        """Kind, sizes and the codecs whose latents are read."""
        config = json.dumps(asdict(self.module.config))
        return {"kind": KIND, "config": config, "codecs": self.store.spec.codecs}

    def finish(self, module: nn.Module) -> None:
        """Nothing follows from the weights."""

    def _read(
        self, module: LatentClock, rows: np.ndarray, noise: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor, Tensor]:
        """What is seen and heard of clips at the levels ``noise`` (B,), and onsets, (B, A) each."""
        device = next(module.parameters()).device
        video = torch.from_numpy(
            self.store.video[rows, : module.config.channels].astype(np.float32)
        )
        audio = torch.from_numpy(self.store.audio[rows].astype(np.float32))
        video, audio = (
            clean.lerp(
                torch.randn(clean.shape, generator=generator),
                noise.view(-1, *(1 for _ in clean.shape[1:])),
            ).to(device)
            for clean in (video, audio)
        )
        onsets = torch.from_numpy(self.store.onsets[rows]).float().to(device) / 255
        return module.seen(video), module.heard(audio), by_latents(onsets)


def by_latents(onsets: Tensor) -> Tensor:
    """Onsets (B, 2A) of half latents' times, by latents (B, A)."""
    return onsets.unflatten(1, (-1, 2)).amax(2)


def _off(logits: Tensor, onsets: Tensor) -> Tensor:
    """Cross entropy of logits and onsets (B, A), a sum over a clip; onsets weigh more."""
    error = F.binary_cross_entropy_with_logits(logits, onsets, reduction="none")
    return (error * (1 + _ONSET * onsets)).sum(1).mean()


def f1(logits: Tensor, onsets: Tensor) -> float:
    """Of local peaks above one half against onsets (B, A), within a latent of them."""
    sure = torch.sigmoid(logits)
    peaks = (sure > _SURE) & (sure >= F.max_pool1d(sure[:, None], 3, 1, 1)[:, 0])
    wanted = onsets > 0
    near_wanted = F.max_pool1d(onsets[:, None], 3, 1, 1)[:, 0] > 0
    near_peaks = F.max_pool1d(peaks[:, None].float(), 3, 1, 1)[:, 0] > 0
    precision = (peaks & near_wanted).sum() / peaks.sum().clamp_min(1)
    recall = (wanted & near_peaks).sum() / wanted.sum().clamp_min(1)
    return (2 * precision * recall / (precision + recall).clamp_min(1e-6)).item()
