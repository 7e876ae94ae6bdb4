"""Training of the upsampler on scenes drawn at both sizes, small ones spoilt as by samplers.

Shape letters: B batch, T pictures, H W picture.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.data.doubles import DoubleStore
from engine.models.codecs import Codecs
from engine.models.upsampler import KIND, SCALE, Upsampler, UpsamplerConfig
from engine.shapes import TIME_STRIDE
from engine.training.recipe import LoopConfig

_HELD_OUT = 16
_BODY_WEIGHT = 4.0
_DECODED_AT_ONCE = 4


@dataclass(frozen=True, kw_only=True)
class Remains:
    """How unlike encoded pictures the latents are that a sampler ends with.

    Attributes:
        noise: largest deviation of the noise that is left in a clip.
        faint: largest part of the details that is lost.
    """

    noise: float = 0.12
    faint: float = 0.3


class UpsamplerRecipe:
    """Absolute errors and edges of crops; bodies weigh more.

    The small pictures are what the codec's decoder shows of spoilt latents. They are made once,
    of the first groups of every clip.

    Args:
        store: scenes at both sizes.
        config: of the loop.
        codecs: whose pictures are enlarged.
        model: sizes.
        batch: crops a step.
        crop: their side in small pixels.
        groups: of each clip, from the first.
        clips: of the store's to use, from the first; all by default.
        remains: how the small latents are spoilt.
    """

    name = KIND
    tokens = 0

    def __init__(
        self,
        store: DoubleStore,
        config: LoopConfig,
        codecs: Codecs,
        *,
        model: UpsamplerConfig | None = None,
        batch: int = 24,
        crop: int = 36,
        groups: int = 3,
        clips: int | None = None,
        remains: Remains | None = None,
    ) -> None:
        self.store, self.config, self.codecs, self.batch = store, config, codecs, batch
        spec = store.small.spec
        self.crop = min(crop, spec.width, spec.height)
        self.groups = min(groups, spec.shape.video_latents[0])
        self.remains = remains or Remains()
        self.clips = store.ready()[:clips]
        self.held_out = min(_HELD_OUT, len(self.clips) // 4)
        self.module = Upsampler(model or UpsamplerConfig())
        self.shown = self._decoded()

    def losses(self, module: nn.Module, step: int, generator: torch.Generator) -> dict[str, Tensor]:
        """One batch of crops."""
        del step
        device = next(module.parameters()).device
        small, large, weight = (part.to(device) for part in self._crops(generator))
        off = module(small) - large
        pixel = (weight * off.abs()).mean()
        edges = torch.stack(
            [
                (weight.narrow(axis, 1, weight.shape[axis] - 1) * off.diff(dim=axis).abs()).mean()
                for axis in (-1, -2)
            ]
        ).sum()
        return {"total": pixel + 0.5 * edges, "l1": pixel, "edges": edges}

    @torch.no_grad()
    def evaluate(self, module: nn.Module) -> dict[str, float]:
        """PSNR of held-out groups against the large truth, whole and where bodies are."""
        device = next(module.parameters()).device
        whole, inside = [], []
        for row in range(self.held_out):
            group = self.groups - 1
            small = self._group(self.shown[row], group)[None, None].to(device)
            clip = self.clips[row]
            truth = self._group(self.store.large.video[clip], group).to(device)
            error = (module(small)[0, 0].clamp(-1, 1) - truth).square().mean(dim=0) / 4
            whole.append(_psnr(error))
            there = self._pictures(self.store.large.masks[clip], group) > 0
            if there.any():
                inside.append(_psnr(error[torch.from_numpy(there).to(device)]))
        figures = {"psnr_db": float(np.mean(whole)), "psnr_moving_db": float(np.mean(inside))}
        return {"loss": -sum(figures.values())} | figures

    def metadata(self) -> dict[str, str]:
        """Kind, sizes and the codecs whose pictures are enlarged."""
        config = json.dumps(asdict(self.module.config))
        return {"kind": KIND, "config": config, "codecs": self.codecs.hash}

    def finish(self, module: nn.Module) -> None:
        """Nothing follows from the weights."""

    def _decoded(self) -> np.ndarray:
        """(N, T, H, W, 3) uint8: what is shown of the first groups, their latents spoilt."""
        spec, generator = self.store.small.spec, torch.Generator().manual_seed(0)
        frames = TIME_STRIDE * (self.groups - 1) + 1
        parts = []
        for start in range(0, len(self.clips), _DECODED_AT_ONCE):
            rows = self.clips[start : start + _DECODED_AT_ONCE]
            video = torch.from_numpy(self.store.small.video[rows][:, :frames])
            latents = self._spoilt(self.codecs.encode_video(video).cpu(), generator)
            latents = latents.to(self.codecs.device)
            parts.append(self.codecs.decode_video(latents, spec.width, spec.height).cpu().numpy())
        return np.concatenate(parts)

    def _spoilt(self, latents: Tensor, generator: torch.Generator) -> Tensor:
        """Latents as a sampler would have left them, each clip differently."""

        def drawn() -> Tensor:
            return torch.rand(len(latents), 1, 1, 1, 1, generator=generator)

        loud = latents.shape[1] - self.codecs.video.config.details
        noise = self.remains.noise * drawn() * torch.randn(latents.shape, generator=generator)
        faint = torch.ones_like(latents)
        faint[:, loud:] -= self.remains.faint * drawn()
        return latents * faint + noise

    def _crops(self, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Groups (B, 1, 3, 4, H, W) small and large, and weights (B, 1, 1, 4, H', W')."""

        def below(most: int) -> int:
            return int(torch.randint(most, (), generator=generator))

        spec, side = self.store.small.spec, self.crop
        small, large, masks = [], [], []
        for _ in range(self.batch):
            row = self.held_out + below(len(self.clips) - self.held_out)
            clip, group = self.clips[row], below(self.groups)
            top, left = below(spec.height - side + 1), below(spec.width - side + 1)
            there = np.argwhere(self.store.small.masks[clip][TIME_STRIDE * group] > 0)
            if len(there) and below(4):
                y, x = there[below(len(there))] - [below(side), below(side)]
                top = int(np.clip(y, 0, spec.height - side))
                left = int(np.clip(x, 0, spec.width - side))
            place = np.s_[:, top : top + side, left : left + side]
            bigger = np.s_[
                :,
                SCALE * top : SCALE * (top + side),
                SCALE * left : SCALE * (left + side),
            ]
            small.append(self._group(self.shown[row][place], group))
            large.append(self._group(self.store.large.video[clip][bigger], group))
            mask = self._pictures(self.store.large.masks[clip][bigger], group)
            masks.append(torch.from_numpy(mask > 0).float()[None])
        covered = F.max_pool3d(torch.stack(masks), (1, 3, 3), 1, (0, 1, 1))
        return (
            torch.stack(small)[:, None],
            torch.stack(large)[:, None],
            1 + _BODY_WEIGHT * covered[:, None],
        )

    def _pictures(self, clip: np.ndarray, group: int) -> np.ndarray:
        """The four pictures of a group of (T, ...); the first stands for the whole of its own."""
        if group == 0:
            return np.repeat(clip[:1], TIME_STRIDE, axis=0)
        last = TIME_STRIDE * group + 1
        return np.array(clip[last - TIME_STRIDE : last])

    def _group(self, clip: np.ndarray, group: int) -> Tensor:
        """(3, 4, H, W) in -1..1 of uint8 (T, H, W, 3)."""
        pictures = torch.from_numpy(self._pictures(clip, group))
        return pictures.permute(3, 0, 1, 2).float() / 127.5 - 1


def _psnr(error: Tensor) -> float:
    return float(-10 * error.mean().clamp_min(1e-10).log10())
