"""What a pass of the network costs with more references, more seconds and larger pictures.

Shape letters: R references, C channels.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from engine.commands.products import fastest, inputs_of
from engine.models.transformer import DualTransformer
from engine.shapes import ClipShape

_REFERENCES = (0, 3, 15)
_FRAMES = (13, 25, 49)
_SCALES = (1, 2)
_SIDE = 8


@torch.inference_mode()
def costs(model: DualTransformer, shape: ClipShape, repeats: int) -> dict[str, Any]:
    """Seconds of one pass; references are also prepared, once for a whole request."""
    return {
        "references": {str(count): _referenced(model, shape, count, repeats)
                       for count in _REFERENCES},
        "frames": {str(frames): _seconds(model, replace(shape, frames=frames), repeats)
                   for frames in _FRAMES},
        "size": {
            f"{scale * shape.width}x{scale * shape.height}": _seconds(
                model,
                replace(shape, width=scale * shape.width, height=scale * shape.height),
                repeats,
            )
            for scale in _SCALES
        },
    }  # fmt: skip


def _referenced(
    model: DualTransformer, shape: ClipShape, count: int, repeats: int
) -> dict[str, float]:
    latents, levels, context, places, switch = inputs_of(model, shape, 1)
    device = latents.video.device
    if count:
        context = replace(
            context,
            references=torch.randn(1, count, model.config.channels, _SIDE, _SIDE, device=device),
            roles=torch.zeros(1, count, dtype=torch.long, device=device),
            slots=torch.arange(count, device=device)[None],
        )
    prepared = model.prepare(context)
    return {
        "prepare_s": fastest(lambda: model.prepare(context), repeats),
        "pass_s": fastest(lambda: model(latents, levels, prepared, places, switch), repeats),
    }


def _seconds(model: DualTransformer, shape: ClipShape, repeats: int) -> float:
    latents, levels, context, places, switch = inputs_of(model, shape, 1)
    prepared = model.prepare(context)
    return fastest(lambda: model(latents, levels, prepared, places, switch), repeats)
