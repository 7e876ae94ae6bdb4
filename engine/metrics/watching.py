"""Watching clips: bodies found in their pictures, followed, and named by all that is seen of them.

Shape letters: B clips, T pictures, H height, W width, M moments, K pictures looked at, D bodies
found in them, V names.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.metrics.looks import BODY_NAMES, STRIDE, Found, Looks, radius_px, to_pictures
from engine.metrics.moves import MOMENTS, MOVE_NAMES, camera_motion, moments
from engine.metrics.tracks import Sighting, Track, apart, follow, peaks

# The finder's surety from which something is a body, and pictures' worth of it that make one sure.
FOUND = 0.3
_SURE = 4.0
_FAINT = 0.02


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What is seen in one clip.

    Attributes:
        names: probabilities per name, of each of ``BODY_NAMES`` and ``MOVE_NAMES``.
        tracks: the bodies that were followed.
        count: how many bodies are seen at once.
    """

    names: dict[str, NDArray[np.float32]]
    tracks: tuple[Track, ...]
    count: int


@torch.inference_mode()
def watch(looks: Looks, video: Tensor) -> list[Watched]:
    """What pictures (B, T, H, W, 3) uint8 show."""
    return [_watched(looks, clip) for clip in video]


def _watched(looks: Looks, clip: Tensor) -> Watched:
    at = moments(len(clip))
    pictures = to_pictures(clip)
    chosen = pictures[at]
    found = looks.finder(chosen)
    tracks = follow(_sightings(looks, chosen, found))
    covers = found.cover.sigmoid()[None]
    path = camera_motion(pictures[None], covers)
    moves = looks.moves(covers, path)[0].numpy()
    names = presence(tracks) | {k: softmax(v) for k, v in split(MOVE_NAMES, moves).items()}
    return Watched(names=names, tracks=tuple(tracks), count=_count(tracks))


def _sightings(looks: Looks, pictures: Tensor, found: Found) -> list[Sighting]:
    """The bodies in the moments' pictures; where there are none, whatever looks most like one."""
    heat = found.heat.sigmoid().numpy()
    least = min(FOUND, max(_FAINT, 0.9 * float(heat.max())))
    seen = [(m, *peak) for m in range(len(heat)) for peak in peaks(heat[m], least)]
    if not seen:
        return []
    time, row, column = (torch.tensor([one[k] for one in seen]) for k in range(3))
    right, down, size = found.place[time, :, row, column].unbind(dim=1)
    x, y = (column + 0.5 + right) * STRIDE, (row + 0.5 + down) * STRIDE
    places = torch.stack([x, y, radius_px(size, pictures.shape[-2])], dim=1)
    logits = looks.names(pictures, time, places).numpy()
    sightings = [
        Sighting(time=m, x=place[0], y=place[1], radius=place[2], surety=surety, logits=logits[k])
        for k, ((m, _, _, surety), place) in enumerate(zip(seen, places.tolist(), strict=True))
    ]
    kept: list[Sighting] = []
    for moment in range(MOMENTS):
        kept += apart([one for one in sightings if one.time == moment])
    return kept


def presence(tracks: list[Track]) -> dict[str, NDArray[np.float32]]:
    """Probability of each name of bodies: that one of the tracks has it."""
    absent = {kind: np.ones(len(options)) for kind, options in BODY_NAMES.items()}
    for track in tracks:
        weight = min(1.0, track.surety / _SURE)
        for kind, logits in split(BODY_NAMES, track.logits).items():
            absent[kind] *= 1 - weight * softmax(logits)
    return {kind: (1 - values).astype(np.float32) for kind, values in absent.items()}


def split(
    names: dict[str, tuple[str, ...]], values: NDArray[np.float32]
) -> dict[str, NDArray[np.float32]]:
    """``values`` of all names one after the other, by kind."""
    parts, start = {}, 0
    for kind, options in names.items():
        parts[kind] = values[start : start + len(options)]
        start += len(options)
    return parts


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities of which one is true."""
    return F.softmax(torch.from_numpy(np.ascontiguousarray(logits)), dim=-1).numpy()


def _count(tracks: list[Track]) -> int:
    """Bodies seen at once in most of the pictures in which any is seen."""
    times = [one.time for track in tracks for one in track.sightings]
    if not times:
        return 0
    per_moment = np.bincount(times, minlength=MOMENTS)
    return int(np.median(per_moment[per_moment > 0]))
