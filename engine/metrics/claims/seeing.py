"""What is seen in a clip by classical means: mouths, looks, grounds, motion and cuts.

Shape letters: T pictures, H height, W width, P pixels, K entries of a description.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from engine.metrics.looks import to_pictures
from engine.metrics.moves import MOMENTS, camera_motion

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]
_PATCH = 14
BANDS = 5
_GRID = (6, 9)


def luma(video: Pixels) -> NDArray[np.float32]:
    """(..., 3) bytes to brightness in 0..1."""
    weights = np.array([0.299, 0.587, 0.114], dtype=np.float32) / 255
    return np.asarray(video.astype(np.float32) @ weights, dtype=np.float32)


def mouth_opening(video: Pixels, head: Floats, radius: Floats, facing: Floats) -> Floats:
    """(T,) how far a mouth is open, in units of its own: dark, or light, within the lower face.

    Args:
        video: (T, H, W, 3).
        head: (T, 2) the head's middle, 0..1 right and down.
        radius: (T,) of the head, as a share of the picture's height.
        facing: (T,) -1 left to 1 right.
    """
    count, height, width, _ = video.shape
    grey = luma(video)
    patches = np.empty((count, _PATCH, _PATCH), dtype=np.float32)
    across = np.linspace(-0.55, 0.55, _PATCH)
    down = np.linspace(0.08, 0.98, _PATCH)
    for t in range(count):
        size = radius[t] * height
        x = head[t, 0] * width + size * (across + 0.38 * facing[t]) - 0.5
        y = head[t, 1] * height + size * down - 0.5
        grid = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
        patches[t] = cv2.remap(grey[t], grid[0], grid[1], cv2.INTER_LINEAR, borderMode=1)
    patches /= np.maximum(np.median(patches, axis=(1, 2), keepdims=True), 0.05)
    # A shut mouth is what is seen when most of its place is as light, or as dark, as ever.
    dark = np.maximum(np.percentile(patches, 80, axis=0) - patches, 0).mean(axis=(1, 2))
    light = np.maximum(patches - np.percentile(patches, 20, axis=0), 0).mean(axis=(1, 2))
    return (dark if dark.std() >= light.std() else light).astype(np.float64)


def looks_of(pictures: Sequence[Pixels], masks: Sequence[NDArray[np.bool_]]) -> Floats | None:
    """(K,) what somebody looks like: colours from top to bottom, with the light divided out.

    Histograms of colour in bands of the height, the mean over all pictures in which enough is seen;
    compared by ``unlike``. Known weakness: pattern and shape hardly count, and cast of one colour
    are confused.

    Args:
        pictures: (H, W, 3) each.
        masks: (H, W) of each, where that somebody is.
    """
    found = []
    for picture, mask in zip(pictures, masks, strict=True):
        rows, _ = np.nonzero(mask)
        if len(rows) < 24:
            continue
        lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)[mask]
        top, bottom = rows.min(), rows.max() + 1
        band = ((rows - top) * BANDS) // (bottom - top)
        found.append(_bands(np.asarray(lab, dtype=np.float32), band))
    return np.mean(found, axis=0) if found else None


def _bands(lab: NDArray[np.float32], band: NDArray[np.int64]) -> Floats:
    parts = []
    for index in range(BANDS):
        here = lab[band == index]
        if not len(here):
            parts.append(np.zeros(3 * 7))
            continue
        centres = np.linspace(-60, 60, 7)
        light = np.linspace(5, 95, 7)
        soft = [
            np.exp(-0.5 * ((here[:, 0:1] - light) / 12) ** 2),
            np.exp(-0.5 * ((here[:, 1:2] - centres) / 14) ** 2),
            np.exp(-0.5 * ((here[:, 2:3] - centres) / 14) ** 2),
        ]
        parts.append(np.concatenate([(one / one.sum(1, keepdims=True)).mean(0) for one in soft]))
    return np.concatenate(parts)


def unlike(first: Floats, second: Floats) -> float:
    """Distance of two descriptions, 0 alike to 1: mean of what the histograms do not share."""
    total = max(float(first.sum()), float(second.sum()), 1e-9)
    return 1.0 - float(np.minimum(first, second).sum()) / total


def portrait_mask(picture: Pixels) -> NDArray[np.bool_]:
    """(H, W) where somebody is in a picture on plain ground: unlike the row's own edges."""
    lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    edge = np.median(np.concatenate([lab[:, :4], lab[:, -4:]], axis=1), axis=1, keepdims=True)
    return np.linalg.norm(lab - edge, axis=-1) > 6.0


def ground_of(video: Pixels, masks: NDArray[np.uint8]) -> Floats:
    """(K,) a coarse picture of the place, without what stands before it, about its own mean."""
    free = masks == 0
    weights = free[..., None].astype(np.float32)
    total = (video * weights).sum(axis=0)
    seen = weights.sum(axis=0)
    still = total / np.maximum(seen, 1)
    still[seen[..., 0] == 0] = still[seen[..., 0] > 0].mean(axis=0) if free.any() else 128
    small = cv2.resize(still, _GRID[::-1], interpolation=cv2.INTER_AREA).astype(np.float64)
    return (small - small.mean(axis=(0, 1))).ravel() if small.std() > 1e-6 else small.ravel()


def alike(first: Floats, second: Floats) -> float:
    """Correlation of two series or maps; NaN where one is constant."""
    a, b = first.ravel() - first.mean(), second.ravel() - second.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale > 1e-9 else float("nan")


def motion_energy(video: Pixels, region: NDArray[np.bool_] | None = None) -> Floats:
    """(T - 1,) mean change of brightness from each picture to the next, within a region."""
    change = np.abs(np.diff(luma(video), axis=0))
    if region is None:
        return change.mean(axis=(1, 2)).astype(np.float64)
    either = region[1:] | region[:-1]
    area = np.maximum(either.sum(axis=(1, 2)), 1)
    return ((change * either).sum(axis=(1, 2)) / area).astype(np.float64)


def motion_path(video: Pixels) -> Floats:
    """(T - 1, 2) where the change from picture to picture lies, in shares of the width."""
    change = np.abs(np.diff(luma(video), axis=0))
    change = np.maximum(change - 0.03, 0)
    total = change.sum(axis=(1, 2))
    _, height, width = change.shape
    x = (change.sum(axis=1) @ (np.arange(width) + 0.5)) / np.maximum(total, 1e-6) / width
    y = (change.sum(axis=2) @ (np.arange(height) + 0.5)) / np.maximum(total, 1e-6) / width
    path = np.stack([x, y], axis=1).astype(np.float64)
    path[total < 0.5] = np.nan
    return path


def camera_steps(video: Pixels, masks: NDArray[np.uint8] | None = None) -> Floats:
    """(M, 3) the camera's way as from ``camera_motion``: right, down and growth, at 13 moments."""
    pictures = to_pictures(torch.from_numpy(np.ascontiguousarray(video)))[None]
    size = tuple(length // 4 for length in video.shape[1:3])
    covers = torch.zeros(1, MOMENTS, *size)
    if masks is not None:
        at = np.linspace(0, len(video) - 1, MOMENTS).round().astype(int)
        small = [cv2.resize((masks[t] > 0).astype(np.float32), size[::-1]) for t in at]
        covers = torch.from_numpy(np.stack(small))[None]
    return camera_motion(pictures, covers)[0].double().numpy()


def cuts_seen(video: Pixels) -> list[int]:
    """Pictures that begin a new shot: unlike the one before, far more so than their neighbours.

    Change of a coarse colour picture, above four times the median of the clip and the change on
    either side. Known weakness: a cut to a very similar framing is not seen.
    """
    small = np.stack([cv2.resize(one, (16, 9), interpolation=cv2.INTER_AREA) for one in video])
    change = np.abs(np.diff(small.astype(np.float64), axis=0)).mean(axis=(1, 2, 3))
    padded = np.pad(change, 2, mode="edge")
    around = np.stack([padded[k : k + len(change)] for k in (0, 1, 3, 4)]).max(axis=0)
    around[change <= 0] = np.inf
    least = max(2.5, 4.0 * float(np.median(change)))
    found = [t + 1 for t in range(len(change)) if change[t] > least and change[t] > 1.5 * around[t]]
    return [t for k, t in enumerate(found) if k == 0 or t - found[k - 1] > 2]
