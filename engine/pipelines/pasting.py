"""Regions on the lattice, and what an edit keeps pasted from its source.

Shape letters: T pictures, H height, W width, S samples, L latent frames, h w latent picture,
A audio latents.

Kept latents are bit-exact, yet a decoder spreads what changes next to them. So the decoded picture
is used inside the region, fades into the source over as far as the decoder's influence is
measured to reach, and beyond that the source's own pixels stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.pipelines.enlarging import at_scale
from engine.pipelines.model import Model
from engine.shapes import (
    GRID,
    PATCH,
    SAMPLES_PER_LATENT,
    SPACE_STRIDE,
    TIME_STRIDE,
    ClipShape,
)

_FADE_SAMPLES = 240
_FAINT = 1.0 / 127.5
_PROBE_CELLS = 24


@dataclass(frozen=True, kw_only=True)
class Kept:
    """How much of the result is new: 1, or the source's own: 0.

    Attributes:
        pictures: makes the shares (H, W) of every picture in turn, as all of them would fill the
            memory; ``None`` where all pictures are new.
        sound: (S,).
    """

    pictures: Callable[[], Iterator[NDArray[np.float32]]] | None
    sound: NDArray[np.float32]

    @property
    def anything(self) -> bool:
        """Whether anything at all is the source's."""
        return self.pictures is not None or bool(self.sound.min(initial=1) < 1)


def region_of(mask: NDArray[np.bool_], shape: ClipShape) -> Tensor:
    """A painted mask (T, H, W) as latents (L, h, w) bool that may change.

    A token may change as soon as any pixel of it, in any of its pictures, is painted.
    """
    frames, rows, columns = shape.video_tokens
    painted = torch.zeros(shape.frames, rows * GRID, columns * GRID, dtype=torch.bool)
    painted[:, : mask.shape[1], : mask.shape[2]] = torch.from_numpy(mask)
    cells = painted.reshape(shape.frames, rows, GRID, columns, GRID).amax(dim=(2, 4))
    region = torch.stack([cells[first:last].amax(dim=0) for first, last in picture_runs(frames)])
    return region.repeat_interleave(PATCH, 1).repeat_interleave(PATCH, 2)


def picture_runs(frames: int) -> list[tuple[int, int]]:
    """First and last-plus-one picture of every latent frame of a clip."""
    lasts = [1 + TIME_STRIDE * k for k in range(frames)]
    return list(zip([0, *lasts[:-1]], lasts, strict=True))


@torch.inference_mode()
def reach_px(model: Model, scale: int = 1) -> int:
    """How far, in pixels, one changed latent is seen, by more than a level of 8 bits: measured.

    ``scale`` is how many times as large the latents are made before they are decoded.
    """
    vae = model.codecs.video
    side, cell = _PROBE_CELLS, scale * SPACE_STRIDE
    shape = ClipShape(width=SPACE_STRIDE * side, height=SPACE_STRIDE * side, frames=1)
    plain = torch.zeros(1, vae.config.channels, 1, side, side, device=model.device)
    changed = plain.clone()
    changed[..., side // 2, side // 2] = 1.0
    seen, before = (
        vae.decode(at_scale(model, latents, shape, scale)) for latents in (changed, plain)
    )
    change = (seen - before).abs().amax(dim=(0, 1, 2)).cpu()
    rows, columns = torch.nonzero(change > _FAINT, as_tuple=True)
    if not len(rows):
        return cell
    first, last = cell * (side // 2), cell * (side // 2 + 1) - 1
    outside = torch.stack([first - rows, rows - last, first - columns, columns - last])
    return max(cell, int(outside.max()))


def kept_by(video: Tensor, audio: Tensor, shape: ClipShape, reach: int) -> Kept:
    """What stays of the source where latents are given.

    Args:
        video: (L,) or (L, h, w) bool, True where given.
        audio: (A,) bool.
        shape: of the clip.
        reach: pixels over which the picture fades.
    """

    def shares() -> Iterator[NDArray[np.float32]]:
        for given, (first, last) in zip(video, picture_runs(video.shape[0]), strict=True):
            yield from repeat(_new_part(given, shape, reach), last - first)

    return Kept(pictures=shares if bool(video.any()) else None, sound=_new_sound(audio, shape))


def pasted(
    new: tuple[NDArray[np.uint8], NDArray[np.float32]],
    source: tuple[Iterable[NDArray[np.uint8]], NDArray[np.float32]],
    kept: Kept,
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Pictures (T, H, W, 3) and sound (2, S) with the source's own where it is kept.

    They are pasted on the pictures of ``new`` where these lie, which may be on the disk; those of
    the source are taken one by one.
    """
    pictures, sound = new
    if kept.pictures is not None:
        for place, part, own in zip(pictures, kept.pictures(), source[0], strict=True):
            if part.min() >= 1:
                continue
            alpha = part[..., None]
            mix = alpha * place + (1 - alpha) * own
            place[...] = np.where(alpha > 0, np.rint(mix), own).astype(np.uint8)
    share = kept.sound[None]
    mixed = share * sound + (1 - share) * source[1]
    sound = np.where(share >= 1, sound, np.where(share <= 0, source[1], mixed))
    return pictures, sound.astype(np.float32)


def _new_part(given: Tensor, shape: ClipShape, reach: int) -> NDArray[np.float32]:
    """(H, W) share of the new picture where ``given`` (h, w), or one value, is False."""
    size = (shape.height, shape.width)
    if given.ndim == 0 or bool(given.all()) or not bool(given.any()):
        return np.full(size, 0.0 if bool(given.all()) else 1.0, dtype=np.float32)
    free = (~given).numpy().repeat(SPACE_STRIDE, 0).repeat(SPACE_STRIDE, 1)
    far = cv2.distanceTransform((~free).astype(np.uint8), cv2.DIST_L2, 5)
    share = np.clip(1 - far / (reach + 1), 0, 1).astype(np.float32)
    return share[: size[0], : size[1]]


def _new_sound(given: Tensor, shape: ClipShape) -> NDArray[np.float32]:
    """(S,) share of the new sound, faded inside what is new."""
    share = (~given).numpy().astype(np.float32).repeat(SAMPLES_PER_LATENT)[: shape.samples]
    if share.min(initial=1) >= 1 or share.max(initial=0) <= 0:
        return share
    kept = cv2.distanceTransform((share[None] > 0).astype(np.uint8), cv2.DIST_L1, 3)[0]
    return np.clip(kept / _FADE_SAMPLES, 0, 1).astype(np.float32)
