"""What full renders' enlarging is worth, the truth at half size against the truth: ``full`` rows.

``full.psnr_db`` and ``full.psnr_moving_db`` (inside the bodies' masks) against the large truth, in
dB; ``full.sharpness``: the mean step between neighbouring pixels as a share of the truth's;
``full.base_db``: how near the enlarged clip, halved again, is to what it was made from. Nothing is
detected. Floors: bicubic interpolation, and the large truth through the codec.

Shape letters: N clips, T pictures, H height, W width.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.metrics.evidence import SHAPE
from engine.metrics.matching import Interval, bootstrapped
from engine.metrics.report import Score
from engine.models.upsampler import SCALE
from engine.pipelines.enlarging import at_scale
from engine.pipelines.model import Model
from engine.shapes import ClipShape
from engine.world.clips import make_clips
from engine.world.scene import Scene

_BATCH = 2
_KINDS = ("full", "bicubic", "codec")


def full_size_rows(scenes: Sequence[Scene], model: Model) -> dict[str, Score]:
    """What enlarges the model's full renders, where it has that, and its floors."""
    if model.upsampler is None:
        return {}
    rows = full_size_scores(scenes, model)
    return {name: Score(value=kinds.pop("full"), floors=kinds) for name, kinds in rows.items()}


def full_size_scores(
    scenes: Sequence[Scene], model: Model, shape: ClipShape = SHAPE
) -> dict[str, dict[str, Interval]]:
    """Every row by kind: ``full`` is enlarged in latents, ``bicubic`` in pixels after decoding.

    ``codec`` is the large truth through the codec: as good as any enlarging can be.
    """
    figures: dict[str, dict[str, list[float]]] = {}
    for start in range(0, len(scenes), _BATCH):
        part = scenes[start : start + _BATCH]
        small, large = (make_clips(part, shape.times(scale)) for scale in (1, SCALE))
        base, made = _made(model, small.video, large.video, shape)
        for kind in _KINDS:
            rows = figures.setdefault(kind, {})
            for row, truth in enumerate(large.video):
                for name, value in _measures(
                    made[kind][row], truth, base[row], large.masks[row] > 0
                ).items():
                    rows.setdefault(f"full.{name}", []).append(value)
    names = figures["full"]
    return {name: {kind: _mean(figures[kind][name]) for kind in _KINDS} for name in names}


def halved(video: Tensor) -> Tensor:
    """(N, T, H, W, 3) at half the size, every pixel the mean of four, as float."""
    return F.avg_pool2d(_planes(video), SCALE).unflatten(0, video.shape[:2]).movedim(2, -1)


def bicubic(video: Tensor) -> Tensor:
    """uint8 (N, T, H, W, 3) at twice the size."""
    large = F.interpolate(_planes(video), scale_factor=SCALE, mode="bicubic")
    large = large.round().clamp(0, 255).to(torch.uint8)
    return large.unflatten(0, video.shape[:2]).movedim(2, -1)


def psnr_db(one: Tensor, two: Tensor) -> float:
    """Of pictures in 0 to 255."""
    error = (one.float() - two.float()).square().mean() / 255**2
    return float(-10 * error.clamp_min(1e-10).log10())


def _made(
    model: Model, small: Tensor, large: Tensor, shape: ClipShape
) -> tuple[Tensor, dict[str, Tensor]]:
    codecs, bigger = model.codecs, shape.times(SCALE)
    latents = codecs.encode_video(small)
    base = codecs.decode_video(latents, shape.width, shape.height).cpu()
    enlarged = torch.cat([at_scale(model, one[None], shape, SCALE) for one in latents])
    again = codecs.encode_video(large)
    full, codec = (
        codecs.decode_video(one.to(codecs.device), bigger.width, bigger.height).cpu()
        for one in (enlarged, again)
    )
    return base, {"full": full, "bicubic": bicubic(base), "codec": codec}


def _measures(made: Tensor, truth: Tensor, base: Tensor, there: Tensor) -> dict[str, float]:
    """Of one clip (T, H, W, 3); ``there`` (T, H, W) is where bodies are."""
    measures = {
        "psnr_db": psnr_db(made, truth),
        "sharpness": float(_contrast(made) / _contrast(truth)),
        "base_db": psnr_db(halved(made[None])[0], base),
    }
    moving = psnr_db(made[there], truth[there]) if there.any() else float("nan")
    return measures | {"psnr_moving_db": moving}


def _contrast(video: Tensor) -> Tensor:
    """The mean step between neighbours of (T, H, W, 3)."""
    values = video.float()
    return torch.stack([values.diff(dim=axis).abs().mean() for axis in (1, 2)]).mean()


def _planes(video: Tensor) -> Tensor:
    return video.movedim(-1, 2).flatten(0, 1).float()


def _mean(values: Sequence[float]) -> Interval:
    table = np.array([value for value in values if np.isfinite(value)])
    return bootstrapped(len(table), lambda chosen: float(table[chosen].mean()))
