"""Training of the clock that reads when things happen in latents, on encoded and noisy clips.

Shape letters: B clips, C latent channels, L video latent frames, h w latent picture, A audio
latents.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.data.latents import LatentStore
from engine.models.latent_clock import KIND, LatentClock, LatentClockConfig
from engine.training.latent_readers import MEASURED_NOISE, LatentReaderRecipe, noisy
from engine.training.recipe import LoopConfig

# Onsets are one latent in twelve.
_ONSET = 3.0
_SURE = 0.5


class LatentClockRecipe(LatentReaderRecipe):
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
    module: LatentClock

    def __init__(
        self,
        store: LatentStore,
        config: LoopConfig,
        *,
        model: LatentClockConfig | None = None,
        batch: int = 16,
    ) -> None:
        super().__init__(store, config, LatentClock(model or LatentClockConfig()), batch)

    def losses(self, module: nn.Module, step: int, generator: torch.Generator) -> dict[str, Tensor]:
        """One batch of stored clips, some of them noisy."""
        del step
        assert isinstance(module, LatentClock)
        seen, heard, onsets = self._read(module, *self.drawn(generator), generator)
        losses = {"seen": _off(seen, onsets), "heard": _off(heard, onsets)}
        return {"total": losses["seen"] + losses["heard"]} | losses

    @torch.no_grad()
    def evaluate(self, module: nn.Module) -> dict[str, float]:
        """The loss on held-out clips, and F1 within a latent of what is seen and heard."""
        assert isinstance(module, LatentClock)
        figures: dict[str, float] = {}
        for level in MEASURED_NOISE:
            generator = torch.Generator().manual_seed(0)
            seen, heard, onsets = self._read(module, *self.measured(level), generator)
            figures |= {f"seen@{level}": f1(seen, onsets), f"heard@{level}": f1(heard, onsets)}
            if not level:
                figures["loss"] = (_off(seen, onsets) + _off(heard, onsets)).item()
        return figures

    def _read(
        self, module: LatentClock, rows: np.ndarray, noise: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor, Tensor]:
        """What is seen and heard of clips at the levels ``noise`` (B,), and onsets, (B, A) each."""
        device = next(module.parameters()).device
        video = noisy(self.store.video[rows, : module.config.channels], noise, generator)
        audio = noisy(self.store.audio[rows], noise, generator)
        onsets = torch.from_numpy(self.store.onsets[rows]).float().to(device) / 255
        return module.seen(video.to(device)), module.heard(audio.to(device)), by_latents(onsets)


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
