"""Our network beside diffusers' ``LTX2VideoTransformer3DModel`` of the same widths and tokens.

Shape letters: B batch, N tokens, D width.
"""

from __future__ import annotations

import os
from typing import Any

import torch
from torch import nn

from engine.commands.products import fastest, inputs_of
from engine.models.transformer import DualTransformer, TransformerConfig
from engine.shapes import PATCH, ClipShape

_WORDS = 12
MISSING = (
    "The comparison with LTX-2's network needs diffusers; packaging/dailies open-weights installs "
    "it."
)


@torch.inference_mode()
def against_ltx(model: DualTransformer, shape: ClipShape, repeats: int) -> dict[str, Any]:
    """Seconds of one pass of either network over one clip; a sentence where diffusers is missing.

    Both have random or trained weights, which take the same time, the same widths, depth and
    tokens of picture and sound. Theirs has a wider feed-forward and attends to words apart, so
    the parameters are told too.
    """
    os.environ["HF_HUB_OFFLINE"] = "1"
    try:
        from diffusers import LTX2VideoTransformer3DModel
    except ImportError:
        return {"missing": MISSING}
    config, device = model.config, next(model.parameters()).device
    latents, levels, context, places, switch = inputs_of(model, shape, 1)
    prepared = model.prepare(context)
    heads = _heads(config)
    theirs: nn.Module = LTX2VideoTransformer3DModel(
        in_channels=config.channels * PATCH**2,
        out_channels=config.channels * PATCH**2,
        num_attention_heads=heads,
        attention_head_dim=config.width // heads,
        cross_attention_dim=config.width,
        audio_in_channels=config.audio_channels,
        audio_out_channels=config.audio_channels,
        audio_num_attention_heads=heads,
        audio_attention_head_dim=config.audio_width // heads,
        audio_cross_attention_dim=config.audio_width,
        num_layers=config.depth,
        caption_channels=config.text_width,
        rope_type="split",
        rope_double_precision=False,
    )
    nn.Module.to(theirs.eval(), device)
    frames, rows, columns = shape.video_tokens
    sounds = 2 * shape.audio_latents
    words = torch.randn(1, _WORDS, config.text_width, device=device)
    asked = {
        "hidden_states": torch.randn(
            1, frames * rows * columns, config.channels * PATCH**2, device=device
        ),
        "audio_hidden_states": torch.randn(1, sounds, config.audio_channels, device=device),
        "encoder_hidden_states": words,
        "audio_encoder_hidden_states": words,
        "timestep": torch.full((1,), 500.0, device=device),
        "encoder_attention_mask": torch.ones(1, _WORDS, device=device),
        "audio_encoder_attention_mask": torch.ones(1, _WORDS, device=device),
        "num_frames": frames,
        "height": rows,
        "width": columns,
        "fps": float(shape.rate),
        "audio_num_frames": sounds,
    }
    ours_s = fastest(lambda: model(latents, levels, prepared, places, switch), repeats)
    theirs_s = fastest(lambda: theirs(**asked), repeats)
    return {
        "ours_s": ours_s,
        "theirs_s": theirs_s,
        "ratio": ours_s / theirs_s,
        "ours_parameters": _parameters(model),
        "theirs_parameters": _parameters(theirs),
    }


def _heads(config: TransformerConfig) -> int:
    """As many heads as ours, or fewer: theirs has one number for both widths."""
    fits = (
        count
        for count in range(config.width // config.head, 0, -1)
        if config.width % (2 * count) == 0 and config.audio_width % (2 * count) == 0
    )
    return next(fits, 1)


def _parameters(network: nn.Module) -> int:
    return sum(one.numel() for one in network.parameters())
