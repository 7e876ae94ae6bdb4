"""Streaming: pictures a few latent frames at a time, in bounded memory, both ways.

Shape letters: C latent channels, L latent frames, h w latent picture, T pictures, H W picture,
D width.

The encoder sees one group of four pictures at a time, so that parts are what the whole would be.
The decoder is causal, so it can go on from what its temporal layers saw last. In space it sees no
further than its convolutions reach, so a tile that is decoded with that margin around it is what
the whole would have been: there are no seams to hide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice, repeat

import numpy as np
import torch
import torch.nn.functional as F
from einops import rearrange
from numpy.typing import NDArray
from torch import Tensor

from engine.models.codecs import from_network, to_network
from engine.models.video_vae import (
    CausalMix,
    ResidualBlock,
    VideoVAE,
    VideoVAEConfig,
    from_cells,
)
from engine.pipelines.model import Model
from engine.shapes import SPACE_STRIDE, TIME_STRIDE, ClipShape

# Latent cells (latent frames times h times w) coded at once, and the largest tile's cells.
CELLS_AT_ONCE = 16_384
TILE_CELLS = 128
_COPIES = 6


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A part of the latent picture, in cells: what is wanted, and with the decoder's margin."""

    rows: tuple[int, int]
    columns: tuple[int, int]
    margin_rows: tuple[int, int]
    margin_columns: tuple[int, int]


def reach_cells(config: VideoVAEConfig) -> int:
    """How many latent cells away the decoder sees: 3x3 convolutions at an eighth and a quarter."""
    deep = 1 + 2 * config.blocks
    wide = 2 * config.blocks + 1
    return deep + -(-wide // 2)


def tiles_of(rows: int, columns: int, margin: int, side: int = TILE_CELLS) -> list[Tile]:
    """Tiles that cover ``rows`` x ``columns`` cells, row by row."""
    return [
        Tile(
            rows=(top, min(top + side, rows)),
            columns=(left, min(left + side, columns)),
            margin_rows=(max(0, top - margin), min(rows, top + side + margin)),
            margin_columns=(max(0, left - margin), min(columns, left + side + margin)),
        )
        for top in range(0, rows, side)
        for left in range(0, columns, side)
    ]


def decode_bytes(config: VideoVAEConfig, shape: ClipShape, tile: int = TILE_CELLS) -> int:
    """The most memory that ``decode_pictures`` takes beside the latents and its results.

    Counted: features at an eighth and a quarter of the picture, the shuffled pictures, and a few
    copies of each, for as many cells as are decoded at once.
    """
    latents, rows, columns = shape.video_latents
    margin = reach_cells(config)
    area = min(rows, tile + 2 * margin) * min(columns, tile + 2 * margin)
    at_once = min(latents, max(1, CELLS_AT_ONCE // area))
    pixels = 3 * TIME_STRIDE * SPACE_STRIDE**2
    features = config.deep + 4 * config.width * 2
    state = area * (config.deep + 4 * config.width) * config.blocks
    return 4 * (_COPIES * at_once * area * (features + pixels) + state)


def encode_pictures(model: Model, pictures: Iterable[NDArray[np.uint8]]) -> Tensor:
    """Pictures (H, W, 3), 1 + 4k of them that are taken one by one, to latents (1, C, L, h, w)."""
    vae, stream = model.codecs.video, iter(pictures)
    first = next(stream)
    area = -(-first.shape[0] // SPACE_STRIDE) * -(-first.shape[1] // SPACE_STRIDE)
    at_once = TIME_STRIDE * max(1, CELLS_AT_ONCE // area)
    # The first picture stands for four, a group like any other.
    padded = chain(repeat(first, TIME_STRIDE), stream)
    parts: list[Tensor] = []
    with torch.inference_mode():
        while some := list(islice(padded, at_once)):
            video = to_network(torch.from_numpy(np.stack(some))[None].to(model.device))
            groups = rearrange(video, "b c (l t) h w -> b l c t h w", t=TIME_STRIDE)
            parts.append(vae.encode_groups(groups))
    return torch.cat(parts, dim=2)


@torch.inference_mode()
def decode_pictures(
    model: Model,
    latents: Tensor,
    shape: ClipShape,
    tile: int = TILE_CELLS,
    heard: Callable[[], None] = lambda: None,
) -> Iterator[Tensor]:
    """Latents (1, C, L, h, w) as uint8 pictures (T, H, W, 3), a few at a time.

    ``heard`` is called before every tile and may raise.
    """
    vae = model.codecs.video
    rows, columns = latents.shape[-2:]
    parts = tiles_of(rows, columns, reach_cells(vae.config), tile)
    streams = [_Stream(vae) for _ in parts]
    area = max(_area(part) for part in parts)
    at_once = max(1, CELLS_AT_ONCE // area)
    for first in range(0, latents.shape[2], at_once):
        some = latents[:, :, first : first + at_once]
        count = some.shape[2] * TIME_STRIDE - (TIME_STRIDE - 1 if first == 0 else 0)
        pictures = torch.empty(count, shape.height, shape.width, 3, dtype=torch.uint8)
        for part, stream in zip(parts, streams, strict=True):
            heard()
            _place(pictures, stream.decode(_cut(some, part).to(model.device)), part)
        yield pictures


class _Stream:
    """One tile's decoder between two calls: what its temporal layers saw last."""

    def __init__(self, vae: VideoVAE) -> None:
        self._vae = vae
        self._seen: dict[int, Tensor] = {}
        self._begun = False

    def decode(self, latents: Tensor) -> Tensor:
        """(1, C, L, h, w) to pictures (1, 3, T, 8h, 8w)."""
        vae = self._vae
        raw = latents * vae.scale + vae.shift.view(1, -1, 1, 1, 1)
        cells = vae.expand(rearrange(raw, "b c l h w -> b l h w c"))
        x = rearrange(raw, "b c l h w -> (b l) c h w")
        x = vae.decoder_in(x.contiguous(memory_format=torch.channels_last))
        for block in vae.decoder_deep:
            x = self._block(block, x)
        x = F.pixel_shuffle(vae.decoder_up(x), 2)
        for block in vae.decoder_wide:
            x = self._block(block, x)
        learned = vae.decoder_out(F.silu(x))
        side = SPACE_STRIDE // 2
        groups = from_cells(cells) + rearrange(
            learned,
            "(b l) (c t p q) h w -> b l c t (h p) (w q)",
            b=1,
            t=TIME_STRIDE,
            p=side,
            q=side,
        )
        return self._pictures(groups)

    def _block(self, block: torch.nn.Module, x: Tensor) -> Tensor:
        assert isinstance(block, ResidualBlock)
        x = x + block.second(F.silu(block.first(F.silu(x))))
        return self._mix(block.time, x)

    def _mix(self, mix: CausalMix, x: Tensor) -> Tensor:
        last = self._seen.get(id(mix))
        first = torch.zeros_like(x[:1]) if last is None else last
        self._seen[id(mix)] = x[-1:].clone()
        before = torch.cat([first, x[:-1]])
        return x + mix.now(F.silu(x)) + mix.before(F.silu(before))

    def _pictures(self, groups: Tensor) -> Tensor:
        if self._begun:
            return rearrange(groups, "b l c t h w -> b c (l t) h w")
        self._begun = True
        first = groups[:, 0].mean(dim=2, keepdim=True)
        return torch.cat([first, rearrange(groups[:, 1:], "b l c t h w -> b c (l t) h w")], dim=2)


def _area(tile: Tile) -> int:
    (top, bottom), (left, right) = tile.margin_rows, tile.margin_columns
    return (bottom - top) * (right - left)


def _cut(latents: Tensor, tile: Tile) -> Tensor:
    (top, bottom), (left, right) = tile.margin_rows, tile.margin_columns
    return latents[..., top:bottom, left:right]


def _place(pictures: Tensor, decoded: Tensor, tile: Tile) -> None:
    """Put the wanted part of a tile into ``pictures`` (T, H, W, 3), cut at the picture's edge."""
    height, width = pictures.shape[1:3]
    top, left = (SPACE_STRIDE * edge[0] for edge in (tile.rows, tile.columns))
    bottom = min(height, SPACE_STRIDE * tile.rows[1])
    right = min(width, SPACE_STRIDE * tile.columns[1])
    if bottom <= top or right <= left:
        return
    down = top - SPACE_STRIDE * tile.margin_rows[0]
    along = left - SPACE_STRIDE * tile.margin_columns[0]
    wanted = decoded[..., down : down + bottom - top, along : along + right - left]
    pictures[:, top:bottom, left:right] = from_network(wanted)[0].cpu()
