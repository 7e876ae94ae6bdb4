"""Training of the eye that names what latents show, on encoded clips and on noisy ones.

Shape letters: B clips, C latent channels, L video latent frames, h w latent picture, V video
tokens, N names.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.data.latents import LatentStore, kinds_of_names
from engine.models.latent_eye import KIND, LatentEye, LatentEyeConfig
from engine.training.latent_readers import MEASURED_NOISE, LatentReaderRecipe, noisy
from engine.training.recipe import LoopConfig

# Bodies cover 3% of the picture and are all that there is to name.
_BODY = 6.0


class LatentEyeRecipe(LatentReaderRecipe):
    """Shares of every token that each name, and anybody, covers.

    Args:
        store: of the clips to learn from.
        config: how it is stepped.
        model: sizes.
        batch: clips a step.

    Raises:
        TrainingError: if no clip is encoded to learn from.
    """

    name = KIND
    module: LatentEye

    def __init__(
        self,
        store: LatentStore,
        config: LoopConfig,
        *,
        model: LatentEyeConfig | None = None,
        batch: int = 16,
    ) -> None:
        sizes = model or LatentEyeConfig(names=store.spec.truths)
        super().__init__(store, config, LatentEye(sizes), batch)

    def losses(self, module: nn.Module, step: int, generator: torch.Generator) -> dict[str, Tensor]:
        """One batch of stored clips, some of them noisy."""
        del step
        latents, shares = self._shown(*self.drawn(generator), generator)
        device = next(module.parameters()).device
        return {"total": _off(module(latents.to(device)), shares.to(device))}

    @torch.no_grad()
    def evaluate(self, module: nn.Module) -> dict[str, float]:
        """The loss on held-out clips, and the share of covered tokens whose names are right."""
        device = next(module.parameters()).device
        figures: dict[str, float] = {}
        for level in MEASURED_NOISE:
            generator = torch.Generator().manual_seed(0)
            latents, shares = self._shown(*self.measured(level), generator)
            seen = module(latents.to(device)).cpu()
            figures |= {f"{kind}@{level}": one for kind, one in _right(seen, shares).items()}
            if not level:
                figures["loss"] = _off(seen, shares).item()
        return figures

    def _shown(
        self, rows: np.ndarray, noise: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """Latents (B, C, L, h, w) at the levels ``noise`` (B,), and shares (B, V, N)."""
        latents = noisy(self.store.video[rows, : self.module.config.channels], noise, generator)
        return latents, torch.from_numpy(self.store.coverage[rows].astype(np.float32)) / 255


def _off(seen: Tensor, shares: Tensor) -> Tensor:
    """Cross entropy of logits (B, V, N) and shares, a sum over names; bodies weigh more."""
    error = F.binary_cross_entropy_with_logits(seen, shares, reduction="none").sum(-1)
    return (error * (1 + _BODY * shares[..., -1])).mean()


def _right(seen: Tensor, shares: Tensor) -> dict[str, float]:
    """Of the tokens that one body mostly covers, the share that has its name, by kind."""
    right = {}
    for kind, names in kinds_of_names().items():
        asked = shares[..., names]
        plain = (shares[..., -1] > 0.5) & (asked.amax(-1) > 0.4)
        same = seen[..., names].argmax(-1) == asked.argmax(-1)
        right[kind] = same[plain].float().mean().item()
    return right
