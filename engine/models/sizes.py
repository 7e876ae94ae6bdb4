"""Sizes of the network, from what tests train to a paper's, counted without allocating any.

Shape letters: B batch, H heads, N queries, M keys, K head width.

A network is built on torch's meta device, where tensors have shapes and no contents, and is run
once on the clip of its size: parameters, products and memory are read off, not worked out by hand.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from engine.models.fine import FineConfig
from engine.models.signals import Latents, Levels
from engine.models.transformer import Context, DualTransformer, TransformerConfig
from engine.shapes import PATCH, ClipShape

_WORDS = 40
# Weights, their gradients, two moments of AdamW and the running average.
_TRAINING_COPIES = 5


@dataclass(frozen=True, kw_only=True)
class Size:
    """A network and the clip that it is meant for.

    Attributes:
        says: what it is for, in a few words.
    """

    config: TransformerConfig
    clip: ClipShape
    says: str


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What a network of a size takes, for one clip.

    Attributes:
        tokens: of the picture and of the sound.
        forward_flops: products of one evaluation, two for a multiply and add.
        training_flops: of an evaluation and its way back.
        weights_bytes: in bfloat16.
        forward_bytes: of tokens alive at once in an evaluation in bfloat16, beside the weights.
        training_bytes: weights, gradients, moments and average in float32, and what a clip's
            evaluation keeps for the way back in bfloat16.
    """

    parameters: int
    tokens: tuple[int, int]
    forward_flops: int
    training_flops: int
    weights_bytes: int
    forward_bytes: int
    training_bytes: int


def _clip(width: int, height: int, frames: int, rate: int = 12) -> ClipShape:
    return ClipShape(width=width, height=height, frames=frames, rate=Fraction(rate))


SIZES: Mapping[str, Size] = {
    "nano": Size(
        config=TransformerConfig(
            channels=8,
            audio_channels=8,
            width=64,
            audio_width=32,
            exchange_width=32,
            depth=2,
            ratio=2.0,
            head=32,
            truth_block=0,
        ),
        clip=_clip(32, 32, 9),
        says="tests, in a moment",
    ),
    "small": Size(
        config=TransformerConfig(channels=128, details=96, fine=FineConfig()),
        clip=_clip(128, 72, 25),
        says="shipped; a laptop's processor",
    ),
    "medium": Size(
        config=TransformerConfig(
            width=768, audio_width=384, exchange_width=384, depth=16, truth_block=7, ratio=4.0
        ),
        clip=_clip(256, 144, 49),
        says="one graphics card",
    ),
    "large": Size(
        config=TransformerConfig(
            width=2048,
            audio_width=1024,
            exchange_width=1024,
            depth=24,
            truth_block=11,
            ratio=4.0,
            head=128,
        ),
        clip=_clip(512, 288, 121, 24),
        says="a node of accelerators",
    ),
    "paper": Size(
        config=TransformerConfig(
            width=4096,
            audio_width=2048,
            exchange_width=2048,
            depth=26,
            truth_block=12,
            ratio=4.0,
            head=128,
        ),
        clip=_clip(1280, 720, 121, 24),
        says="a cluster; order 10 billion",
    ),
}


def count(size: Size) -> Counted:
    """Count the network of ``size`` on its clip.

    Its blocks are all alike, so two and three of them tell what any number takes.
    """
    two, three = (_measure(size, depth) for depth in (2, 3))
    more = size.config.depth - 2
    whole = _Measured(*(a + more * (b - a) for a, b in zip(two, three, strict=True)))
    frames, rows, columns = size.clip.video_tokens
    return Counted(
        parameters=whole.parameters,
        tokens=(frames * rows * columns, 2 * size.clip.audio_latents),
        forward_flops=whole.products + whole.attention,
        # A product has two on its way back; fused attention also makes its scores again.
        training_flops=3 * whole.products + 7 * whole.attention // 2,
        weights_bytes=2 * whole.parameters,
        # Counted in float32; tokens are in bfloat16 where a network of this size is run.
        forward_bytes=three.live // 2,
        training_bytes=4 * _TRAINING_COPIES * whole.parameters + whole.kept // 2,
    )


def pass_flops(config: TransformerConfig, clip: ClipShape) -> int:
    """Products of one evaluation, reckoned in no time; the context is left out."""
    frames, rows, columns = clip.video_tokens
    tokens = (frames * rows * columns, 2 * clip.audio_latents)
    widths, inner = (config.width, config.audio_width), config.exchange_width
    flops = 8 * inner * tokens[0] * tokens[1]
    for count, width in zip(tokens, widths, strict=True):
        layers = width * (4 + 2 * config.ratio) + 4 * inner
        flops += count * width * (2 * layers + 4 * (count + _WORDS))
    ends = 4 * tokens[0] * config.width * config.channels * PATCH**2
    return round(config.depth * flops + ends + _fine_flops(config, tokens[0]))


def _fine_flops(config: TransformerConfig, tokens: int) -> float:
    if config.fine is None:
        return 0.0
    width, blocks = config.fine.width, config.fine.before + config.fine.after
    ends = 3 * config.channels + 2 * config.width
    return 2 * tokens * PATCH**2 * width * (ends + blocks * 2 * config.fine.ratio * width)


class _Measured(NamedTuple):
    """Parameters, products of layers and of attention, bytes alive and bytes kept for training."""

    parameters: int
    products: int
    attention: int
    live: int
    kept: int


def _measure(size: Size, depth: int) -> _Measured:
    with torch.device("meta"):
        module = DualTransformer(replace(size.config, depth=depth, truth_block=0))
    # Libraries that load weights make some tensors elsewhere, whatever the device is.
    module.to("meta")
    live, counter = Live(), FlopCounterMode(display=False)
    with torch.no_grad(), live, _Fused():
        _evaluate(module, size)
    kept = _Kept(module.parameters())
    hooks = torch.autograd.graph.saved_tensors_hooks(kept.keep, lambda tensor: tensor)
    with counter, hooks, _Fused() as fused:
        _evaluate(module, size)
    return _Measured(
        parameters=sum(one.numel() for one in module.parameters()),
        products=counter.get_total_flops(),
        attention=fused.flops,
        live=live.peak,
        kept=kept.bytes,
    )


def _evaluate(module: DualTransformer, size: Size) -> Tensor:
    """The sum of what ``module`` says of one clip that is nothing but shapes."""
    config, clip = size.config, size.clip
    meta = torch.device("meta")
    latents = Latents(
        video=torch.empty(1, config.channels, *clip.video_latents, device=meta),
        audio=torch.empty(1, 2, config.audio_channels, clip.audio_latents, device=meta),
    )
    video = torch.empty(1, 1, device=meta)
    levels = Levels(video=video, audio=video, video_r=video, audio_r=video)
    context = Context(
        text=torch.empty(1, _WORDS, config.text_width, device=meta),
        text_mask=torch.empty(1, _WORDS, dtype=torch.bool, device=meta),
        references=torch.empty(1, 1, config.channels, 8, 8, device=meta),
        roles=torch.empty(1, 1, dtype=torch.long, device=meta),
        slots=torch.empty(1, 1, dtype=torch.long, device=meta),
    )
    places, switch = module.places(clip), torch.empty(1, device=meta)
    said = module(latents, levels, module.prepare(context), places, switch)
    truths = said.video_truth.sum() + said.audio_truth.sum()
    return said.video.sum() + said.audio.sum() + truths


class _Attention(torch.autograd.Function):
    """Shapes of fused attention, which keeps its operands and never its scores."""

    @staticmethod
    def forward(ctx: Any, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        read = torch.empty_like(query)
        ctx.save_for_backward(query, key, value, read)
        return read

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        del gradients
        return tuple(torch.empty_like(one) for one in ctx.saved_tensors[:3])


class _Fused(TorchFunctionMode):
    """Counts attention as it is computed where such sizes run: its scores are never kept."""

    def __init__(self) -> None:
        super().__init__()
        self.flops = 0

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        del types
        if func is not F.scaled_dot_product_attention:
            return func(*args, **(kwargs or {}))
        query, key, value = args[:3]
        batch, heads, queries, width = query.shape
        self.flops += 4 * batch * heads * queries * key.shape[2] * width
        return _Attention.apply(query, key, value)


class Live(TorchDispatchMode):
    """Bytes of all results alive at once; weights, made before, are not among them."""

    def __init__(self) -> None:
        super().__init__()
        self.peak = self._now = 0
        self._seen: set[int] = set()

    def __torch_dispatch__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        del types
        known = {_name(one) for one in (*args, *(kwargs or {}).values()) if isinstance(one, Tensor)}
        result = func(*args, **(kwargs or {}))
        for tensor in result if isinstance(result, (tuple, list)) else (result,):
            if isinstance(tensor, Tensor) and _name(tensor) not in known | self._seen:
                self._born(tensor)
        return result

    def _born(self, tensor: Tensor) -> None:
        storage, name = tensor.untyped_storage(), _name(tensor)
        self._seen.add(name)
        self._now += storage.nbytes()
        self.peak = max(self.peak, self._now)
        weakref.finalize(storage, self._gone, name, storage.nbytes())

    def _gone(self, name: int, size: int) -> None:
        self._seen.discard(name)
        self._now -= size


class _Kept:
    """Bytes that autograd keeps for the way back; weights are there anyway."""

    def __init__(self, weights: Iterable[nn.Parameter]) -> None:
        self.bytes = 0
        self._seen = {_name(one) for one in weights}
        self._alive: list[Tensor] = []

    def keep(self, tensor: Tensor) -> Tensor:
        """Count a tensor once, whatever the number of its views."""
        if _name(tensor) not in self._seen:
            self._seen.add(_name(tensor))
            self._alive.append(tensor)
            self.bytes += tensor.untyped_storage().nbytes()
        return tensor


def _name(tensor: Tensor) -> int:
    return tensor.untyped_storage()._cdata  # noqa: SLF001
