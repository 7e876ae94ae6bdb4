"""Training of the video decoder on crops of stored clips; the linear encoder is set from data.

Shape letters: B batch, T pictures, H height, W width.
"""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.data.clips import ClipStore
from engine.models.codecs import to_network
from engine.models.video_vae import (
    VideoVAE,
    VideoVAEConfig,
    channels_last,
    set_linear_path,
    set_normalisation,
)
from engine.shapes import GRID
from engine.training.recipe import LoopConfig

_HELD_OUT = 48
_MOST_NOISE = 0.12
_FIT = 256


class VideoVAERecipe:
    """L1, edge and moving-body terms on random crops in space and time."""

    name = "video_vae"
    tokens = 0

    def __init__(
        self,
        store: ClipStore,
        config: LoopConfig,
        *,
        model: VideoVAEConfig | None = None,
        batch: int = 12,
        crop: int = 64,
        frames: int = 13,
    ) -> None:
        self.store, self.config = store, config
        self.batch, self.crop, self.frames = batch, crop, frames
        ready = store.ready()
        self.train_clips, self.held_out = ready[:-_HELD_OUT], ready[-_HELD_OUT:]
        self.module = channels_last(VideoVAE(model or VideoVAEConfig()))
        fit = self.train_clips[:_FIT]
        set_linear_path(self.module, self._pictures(fit), self._moving(fit).float())
        set_normalisation(self.module, self._pictures(fit))
        for parameter in self.module.project.parameters():
            parameter.requires_grad_(False)

    def losses(self, module: nn.Module, step: int, generator: torch.Generator) -> dict[str, Tensor]:
        """One batch of crops."""
        del step
        device = next(module.parameters()).device
        pictures, weight = (part.to(device) for part in self._crops(generator))
        assert isinstance(module, VideoVAE)
        latents = module.encode(pictures)
        result = module.decode(latents + _left_behind(latents, generator))
        pixel = (weight * (result - pictures).abs()).mean()
        square = (weight * (result - pictures).square()).mean()
        edges = sum(
            (_edges(result, axis) - _edges(pictures, axis)).abs().mean() for axis in (-1, -2)
        )
        total = pixel + 2.0 * square + 0.5 * edges
        return {"total": total, "l1": pixel, "edges": torch.as_tensor(edges)}

    @torch.no_grad()
    def evaluate(self, module: nn.Module) -> dict[str, float]:
        """PSNR in decibels on whole held-out clips, everywhere and inside moving bodies."""
        assert isinstance(module, VideoVAE)
        device = next(module.parameters()).device
        whole, inside = [], []
        for start in range(0, len(self.held_out), 8):
            indices = self.held_out[start : start + 8]
            pictures = self._pictures(indices).to(device)
            result = module.decode(module.encode(pictures)).clamp(-1, 1)
            error = (result - pictures).square().mean(dim=1) / 4
            error = error[:, :, : self.store.spec.height]
            mask = self._moving(indices)[:, :, : self.store.spec.height].to(device)
            whole += (-10 * error.flatten(1).mean(1).log10()).tolist()
            for one, covered in zip(error, mask, strict=True):
                if covered.any():
                    inside.append(-10 * one[covered].mean().log10().item())
        psnr = float(np.mean(whole))
        return {"loss": -psnr, "psnr_db": psnr, "psnr_moving_db": float(np.mean(inside))}

    def metadata(self) -> dict[str, str]:
        """Kind and sizes of the network."""
        return {"kind": self.name, "config": json.dumps(asdict(self.module.config))}

    def finish(self, module: nn.Module) -> None:
        """Nothing follows from the weights: the encoder was final from the start."""

    def _pictures(self, indices: np.ndarray) -> Tensor:
        return to_network(torch.from_numpy(np.array(self.store.video[indices])))

    def _moving(self, indices: np.ndarray) -> Tensor:
        """(N, T, H, W) bool: where bodies are, as large as ``_pictures``."""
        mask = torch.from_numpy(np.array(self.store.masks[indices]) > 0)
        height, width = mask.shape[-2:]
        return F.pad(mask, (0, -width % GRID, 0, -height % GRID))

    def _crops(self, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        spec, crop = self.store.spec, self.crop
        chosen = torch.randint(len(self.train_clips), (self.batch,), generator=generator)
        videos, masks = [], []
        for clip in self.train_clips[chosen.numpy()]:
            y = int(torch.randint(max(1, spec.height - crop + 1), (), generator=generator))
            x = int(torch.randint(max(1, spec.width - crop + 1), (), generator=generator))
            t = int(torch.randint(spec.frames - self.frames + 1, (), generator=generator))
            place = np.s_[t : t + self.frames, y : y + crop, x : x + crop]
            videos.append(np.array(self.store.video[clip][place]))
            masks.append(np.array(self.store.masks[clip][place]))
        pictures = to_network(torch.from_numpy(np.stack(videos)))
        moving = torch.from_numpy(np.stack(masks) > 0).float()[:, None]
        return pictures, 1 + 8 * F.max_pool3d(moving, (1, 3, 3), 1, (0, 1, 1))


def _left_behind(latents: Tensor, generator: torch.Generator) -> Tensor:
    """Noise as samplers leave it, of a level of its own in every crop (B, C, L, h, w).

    What a sampler did not clear away is then not shown (cf. the noise of RAE's decoders, Zheng et
    al. 2025, arXiv:2510.11690).
    """
    level = torch.rand(len(latents), 1, 1, 1, 1, generator=generator) * _MOST_NOISE
    return (level * torch.randn(latents.shape, generator=generator)).to(latents.device)


def _edges(pictures: Tensor, axis: int) -> Tensor:
    return pictures.diff(dim=axis)
