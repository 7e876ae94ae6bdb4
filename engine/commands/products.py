"""The matrix products of a forward pass: listed as they happen, then run alone to be timed.

Shape letters: B batch, L video latent frames, A audio latents, M text tokens.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from engine.models.signals import Latents, Levels
from engine.models.transformer import Context, DualTransformer, Places
from engine.shapes import ClipShape

_WORDS = 12
_aten = torch.ops.aten
_PRODUCTS = {
    _aten.mm.default: (0, 1),
    _aten.addmm.default: (1, 2),
    _aten.bmm.default: (0, 1),
    _aten.baddbmm.default: (1, 2),
}

Inputs = tuple[Latents, Levels, Context, Places, Tensor]


class ProductList(TorchDispatchMode):
    """Keeps the operands' shapes of every matrix product within the block."""

    def __init__(self) -> None:
        super().__init__()
        self.operands: list[tuple[tuple[int, ...], tuple[int, ...]]] = []

    def __torch_dispatch__(
        self,
        func: Any,
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Note a product and go on."""
        if func in _PRODUCTS:
            first, second = (args[index] for index in _PRODUCTS[func])
            self.operands.append((tuple(first.shape), tuple(second.shape)))
        return func(*args, **(kwargs or {}))


def inputs_of(model: DualTransformer, shape: ClipShape, batch: int) -> Inputs:
    """Noise for ``batch`` clips with a sentence each and no reference."""
    config, device = model.config, next(model.parameters()).device
    frames, height, width = shape.video_latents
    latents = Latents(
        video=torch.randn(batch, config.channels, frames, height, width, device=device),
        audio=torch.randn(batch, 2, config.audio_channels, shape.audio_latents, device=device),
    )
    video = torch.full((batch, frames), 0.5, device=device)
    audio = torch.full((batch, shape.audio_latents), 0.5, device=device)
    words = torch.randn(batch, _WORDS, config.text_width, device=device)
    spoken = torch.ones(batch, _WORDS, dtype=torch.bool, device=device)
    context = Context.of_words(words, spoken, config.channels)
    levels = Levels(video=video, audio=audio, video_r=video, audio_r=audio)
    return latents, levels, context, model.places(shape), torch.ones(batch, device=device)


@torch.no_grad()
def forward_over_products(
    model: DualTransformer, shape: ClipShape, batch: int, repeats: int
) -> dict[str, Any]:
    """Seconds of a forward pass, of its products alone, and their ratio.

    Attention's products are listed where they are plain, and timed with it as renders have it.
    """
    latents, levels, context, places, switch = inputs_of(model, shape, batch)
    prepared = model.prepare(context)

    @torch.inference_mode()
    def rendered() -> None:
        forward()

    def forward() -> None:
        model(latents, levels, prepared, places, switch)

    with ProductList() as listed:
        forward()
    device = latents.video.device
    operands = [
        (torch.randn(first, device=device), torch.randn(second, device=device))
        for first, second in listed.operands
    ]

    def products() -> None:
        for first, second in operands:
            torch.matmul(first, second)

    forward_s, products_s = fastest(rendered, repeats), fastest(products, repeats)
    flops = sum(2 * first.numel() * second.shape[-1] for first, second in operands)
    return {
        "batch": batch,
        "forward_s": forward_s,
        "products_s": products_s,
        "ratio": forward_s / products_s,
        "gflop": flops / 1e9,
        "gflops_per_s": flops / forward_s / 1e9,
    }


def fastest(work: Callable[[], object], repeats: int) -> float:
    """Wall-clock seconds of ``work``, the fastest of one more than ``repeats``."""
    best = float("inf")
    for _ in range(repeats + 1):
        _settle()
        began_s = time.perf_counter()
        work()
        _settle()
        best = min(best, time.perf_counter() - began_s)
    return best


def _settle() -> None:
    """Wait for what an accelerator still has in its queue."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
