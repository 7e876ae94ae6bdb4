"""Painted regions followed through a file's pictures, into a clip of masks, for every backend.

Shape letters: T pictures, H height, W width.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.api import Control, MaskTrack, TrackedMask
from engine.backends.sources import load_mask, load_pictures
from engine.backends.take_files import picture_of
from engine.errors import RequestError
from engine.media import probe, write_film
from engine.pipelines.region_tracking import follow, nearest_keys

_LONGEST_PX = 480  # larger pictures are followed at this size; masks are scaled when they are used


def track_mask(
    track: MaskTrack,
    target: Path,
    control: Control,
    told: Callable[[float], None] | None = None,
) -> TrackedMask | None:
    """Follow ``track`` and write its masks to ``target``; ``None`` if it was cancelled.

    Raises:
        EngineError: if a file cannot be read or written, or a key lies outside of the source.
    """
    frames = [key.frame for key in track.keys]
    if not frames or len(set(frames)) < len(frames):
        raise RequestError("Paint the region on one picture, or on several different ones.")
    if min(frames) < 0 or max(frames) >= track.frames:
        raise RequestError("The region was painted outside of the shot; paint it again.")
    picture = picture_of(Path(track.source))
    width, height = _size(picture)
    try:
        pictures = load_pictures(
            picture,
            track.frames,
            track.rate,
            width=width,
            height=height,
            start_s=float(track.in_s),
            heard=lambda: _heed(control),
        )
    except _CancelledError:
        return None
    masks = np.zeros(pictures.shape[:3], np.uint8)
    lost: list[int] = []
    done = 0
    for key, ends in zip(track.keys, nearest_keys(frames, track.frames), strict=True):
        painted = load_mask(Path(key.mask), 1, track.rate, width, height)[0]
        for seen in follow(pictures, painted, key.frame, ends):
            if control.cancelled:
                return None
            masks[seen.index] = np.rint(seen.mask * 255)
            done += 1
            if not seen.found:
                lost.append(seen.index)
            if told is not None:
                told(done / track.frames)
    write_film(target, _coloured(masks), track.rate, preset="take")
    return TrackedMask(path=str(target), frames=track.frames, lost=tuple(sorted(lost)))


class _CancelledError(Exception):
    """It was cancelled while the source was read."""


def _heed(control: Control) -> None:
    if control.cancelled:
        raise _CancelledError


def _size(picture: Path) -> tuple[int, int]:
    """The size at which a file's pictures are followed, in its own shape."""
    info = probe(picture)
    scale = min(1.0, _LONGEST_PX / max(1, info.width, info.height))
    return max(2, round(info.width * scale)), max(2, round(info.height * scale))


def _coloured(masks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Grey pictures (T, H, W) as (T, H, W, 3)."""
    return np.repeat(masks[..., None], 3, axis=3)
