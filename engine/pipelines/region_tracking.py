"""Regions that follow what was painted: classical tracking on the pictures of a shot.

A region is followed as a similarity - moved, turned and scaled - from where it was painted. From
picture to picture two guesses are made: where the painted patch is found again (a masked
comparison, as in Lewis 1995), and where dense optical flow (Kroeger et al. 2016,
arXiv:1603.03590) carries it, as a robust fit. Both are refined, and the one whose pixels are nearer
to those that were painted, and to those last seen, is taken. What is compared is what stands out
within the brush strokes (GrabCut, Rother et al. 2004), so that a generous stroke round a ball
follows the ball and not the floor. Edges of the frame are open: a painted sky goes on beyond them.

Shape letters: T pictures, H height, W width.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Picture = NDArray[np.uint8]
Mask = NDArray[np.float32]
Map = NDArray[np.float64]

_WORK_PX = 216  # small pictures are enlarged to this height: flow needs patches of some pixels
_SEARCH_PX = 108  # the height at which a body is looked for over a part of the picture
_STEPS_OF_SCALE = (0.94, 1.0, 1.06)
_REACH = 0.35  # of the picture's width: how far a body is looked for
_LARGE = 0.55  # of a side: regions as large move with the camera, and are carried by flow alone
_LEAST_FOREGROUND, _MOST_FOREGROUND = 0.08, 0.9
_LOST = 0.62  # of the contrast between the patch and its surroundings
_LEAST_LOST = 16.0  # levels: even walls and skies are known to differ by less
_SEEN_SHARE = 0.75  # of the patch is compared: the pixels that differ least
_STAY = 0.5  # levels, by which another place must be better than the one it has
_FRESH = 0.15  # how fast the looks that are followed become those of now


@dataclass(frozen=True)
class Sighting:
    """A region on one picture.

    Attributes:
        index: which picture.
        mask: (H, W) float32, 0 to 1.
        found: whether it was seen there; else it lies where it was last seen.
    """

    index: int
    mask: Mask
    found: bool = True


@dataclass
class _Patch:
    """What is followed: the looks of a region, in the coordinates of the picture it comes from.

    Attributes:
        box: x, y, width and height of what is compared.
        weights: (h, w) of it, 0 to 1.
        painted: (h, w, 3) float32 as painted on.
        seen: the same as last seen.
        contrast: of the patch against what lies around it.
    """

    box: tuple[int, int, int, int]
    weights: Mask
    painted: NDArray[np.float32]
    contrast: float
    seen: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0, 3), np.float32))


def follow(pictures: Picture, painted: Mask, at: int, ends: tuple[int, int]) -> Iterator[Sighting]:
    """Follow a region that was painted on picture ``at``, both ways, a picture at a time.

    Args:
        pictures: (T, H, W, 3), RGB.
        painted: (H, W), 0 to 1.
        at: the picture it was painted on.
        ends: the first picture that is wanted, and the one after the last.
    """
    scale = max(1.0, _WORK_PX / pictures.shape[1])
    first = _enlarged(pictures[at], scale)
    patch = _patch(first, _enlarged_mask(painted, scale))
    yield Sighting(at, painted)
    for way in (range(at + 1, ends[1]), range(at - 1, ends[0] - 1, -1)):
        walk, before = None if patch is None else _Walk(patch), first
        for index in way:
            if walk is None:
                yield Sighting(index, painted)
                continue
            after = _enlarged(pictures[index], scale)
            found = walk.step(before, after)
            yield Sighting(index, _carried(painted, walk.where, scale), found)
            before = after


def nearest_keys(keys: Sequence[int], frames: int) -> list[tuple[int, int]]:
    """For every key, the first picture that is nearest to it and the one after the last."""
    ordered = sorted(keys)
    bounds = [0, *((a + b + 1) // 2 for a, b in pairwise(ordered)), frames]
    spans = dict(zip(ordered, pairwise(bounds), strict=True))
    return [spans[key] for key in keys]


class _Walk:
    """A walk from picture to picture in one direction."""

    def __init__(self, patch: _Patch) -> None:
        self._patch = replace(patch, seen=patch.painted.copy())
        self._speed = (0.0, 0.0)
        self._missed = 0
        self.where: Map = np.eye(3)

    def step(self, before: Picture, after: Picture) -> bool:
        """Go on to ``after``; whether the region was found there."""
        patch, here = self._patch, self.where
        guesses = [here, _moved(self._speed) @ here]
        carried = _carried_by_flow(before, after, patch, here)
        if carried is not None:
            guesses.append(carried)
        found = _found_again(after, patch, guesses[1], 1 + self._missed)
        if found is not None:
            guesses.append(found)
        errors = [_error(after, patch, guess) for guess in guesses]
        best, error = guesses[int(np.argmin(errors))], min(errors)
        refined = _refined(after, patch, best)
        if refined is not None and (finer := _error(after, patch, refined)) < error:
            best, error = refined, finer
        # Skies and walls look alike everywhere: without a reason to move they stay.
        if errors[0] <= error + max(_STAY, 0.04 * errors[0]):
            best, error = here, errors[0]
        if error > max(_LEAST_LOST, _LOST * patch.contrast):
            self._missed += 1
            return False
        self._missed = 0
        old, new = _middle(patch, here), _middle(patch, best)
        self._speed = (new[0] - old[0], new[1] - old[1])
        self.where = best
        if error < 0.5 * _LOST * patch.contrast:
            looks, _ = _looks(after, patch, best)
            patch.seen = (patch.seen + _FRESH * (looks - patch.seen)).astype(np.float32)
        return True


def _patch(picture: Picture, painted: Mask) -> _Patch | None:
    """What to follow of a painted region; ``None`` where nothing is painted."""
    weights = _foreground(picture, painted)
    rows, columns = np.nonzero(weights > 0.5)
    if not len(rows):
        return None
    height, width = weights.shape
    margin = max(2, round(0.02 * height))
    left, right = max(0, columns.min() - margin), min(width, columns.max() + 1 + margin)
    top, bottom = max(0, rows.min() - margin), min(height, rows.max() + 1 + margin)
    box = (int(left), int(top), int(right - left), int(bottom - top))
    cut = weights[top:bottom, left:right]
    looks = picture[top:bottom, left:right].astype(np.float32)
    patch = _Patch(box=box, weights=cut, painted=looks, contrast=0.0, seen=looks)
    side = max(4.0, 0.5 * min(box[2], box[3]))
    around = [
        _error(picture, patch, _moved((side * math.cos(turn), side * math.sin(turn))))
        for turn in np.linspace(0, 2 * math.pi, 8, endpoint=False)
    ]
    patch.contrast = max(6.0, float(np.median(around)))
    return patch


def _foreground(picture: Picture, painted: Mask) -> Mask:
    """What stands out within brush strokes; the strokes as they are where nothing does."""
    inside = painted > 0.5
    area = int(inside.sum())
    if area < 24 or area > 0.5 * inside.size:
        return inside.astype(np.float32)
    labels = np.where(inside, cv2.GC_PR_FGD, cv2.GC_BGD).astype(np.uint8)
    # Only what lies near counts as background: a far wall may have the colours of a ball.
    reach = max(8, round(0.6 * math.sqrt(area)))
    near = cv2.dilate(inside.astype(np.uint8), np.ones((reach, reach), np.uint8))
    rows, columns = np.nonzero(near)
    cut = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
    part, image = labels[cut].copy(), np.ascontiguousarray(picture[cut])
    cv2.setRNGSeed(1)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    try:
        cv2.grabCut(image, part, None, *models, 4, cv2.GC_INIT_WITH_MASK)  # pyright: ignore[reportCallIssue, reportArgumentType]
    except cv2.error:
        return inside.astype(np.float32)
    found = np.zeros_like(labels)
    found[cut] = ((part == cv2.GC_FGD) | (part == cv2.GC_PR_FGD)) & inside[cut]
    share = found.sum() / area
    if not _LEAST_FOREGROUND < share < _MOST_FOREGROUND:
        return inside.astype(np.float32)
    return found.astype(np.float32)


def _carried_by_flow(before: Picture, after: Picture, patch: _Patch, here: Map) -> Map | None:
    """Where dense flow carries the patch, as the similarity that most of its pixels follow."""
    flow = _flow(before, after)
    left, top, _, _ = patch.box
    rows, columns = np.nonzero(patch.weights > 0.5)
    pick = np.linspace(0, len(rows) - 1, min(len(rows), 600)).astype(int)
    points = np.stack([columns[pick] + left, rows[pick] + top, np.ones(len(pick))]).astype(float)
    now = (here @ points)[:2].T
    inside = (
        (now[:, 0] >= 0)
        & (now[:, 0] <= after.shape[1] - 1)
        & (now[:, 1] >= 0)
        & (now[:, 1] <= after.shape[0] - 1)
    )
    if inside.sum() < 12:
        return None
    now = now[inside]
    steps = flow[np.rint(now[:, 1]).astype(int), np.rint(now[:, 0]).astype(int)]
    cv2.setRNGSeed(1)
    fit, good = cv2.estimateAffinePartial2D(
        now, now + steps, method=cv2.RANSAC, ransacReprojThreshold=1.0
    )
    if fit is None or good.mean() < 0.3 or not 0.8 < _zoom(_square(fit)) < 1.25:
        return None
    return _square(fit) @ here


def _found_again(picture: Picture, patch: _Patch, guess: Map, trust: int) -> Map | None:
    """Where the patch is found again near a guess; ``None`` where it is too large to look for."""
    _, _, width, height = patch.box
    if width > _LARGE * picture.shape[1] or height > _LARGE * picture.shape[0]:
        return None
    reach = min(trust, 3) * _REACH * picture.shape[1]
    starts = [guess @ _zoomed(patch, zoom) for zoom in _STEPS_OF_SCALE]
    found = [one for start in starts if (one := _best_place(picture, patch, start, reach))]
    return min(found, key=lambda one: one[0])[1] if found else None


def _best_place(
    picture: Picture, patch: _Patch, start: Map, reach: float
) -> tuple[float, Map] | None:
    """The shift of ``start`` at which the patch differs least, and by how much."""
    # Looked for at a coarse size: what is found is refined afterwards.
    coarse = min(1.0, _SEARCH_PX / picture.shape[0])
    zoom = _zoom(start) * coarse
    size = (max(4, round(patch.box[2] * zoom)), max(4, round(patch.box[3] * zoom)))
    small = cv2.resize(picture, None, fx=coarse, fy=coarse, interpolation=cv2.INTER_AREA)
    pad = (size[0] // 2, size[1] // 2)
    padded = cv2.copyMakeBorder(small, pad[1], pad[1], pad[0], pad[0], cv2.BORDER_REPLICATE)
    centre = _middle(patch, start)
    spans: list[slice] = []
    for axis, side in ((0, padded.shape[1]), (1, padded.shape[0])):
        low = centre[axis] * coarse - size[axis] / 2 - reach * coarse + pad[axis]
        high = low + size[axis] + 2 * reach * coarse
        spans.append(slice(max(0, round(low)), min(side, round(high) + 1)))
        if spans[-1].stop - spans[-1].start < size[axis]:
            return None
    area = np.ascontiguousarray(padded[spans[1], spans[0]]).astype(np.float32)
    weights = cv2.resize(patch.weights, size, interpolation=cv2.INTER_AREA)
    layered = np.repeat(weights[..., None], 3, axis=2)
    squares = np.minimum(
        *(
            cv2.matchTemplate(
                area,
                cv2.resize(looks, size, interpolation=cv2.INTER_AREA),
                cv2.TM_SQDIFF,
                mask=layered,
            )
            for looks in (patch.painted, patch.seen)
        )
    )
    rms = np.sqrt(np.maximum(squares, 0) / max(1e-3, 3 * float((weights**2).sum())))
    rows, columns = np.mgrid[0 : rms.shape[0], 0 : rms.shape[1]]
    across = (columns + spans[0].start - pad[0] + size[0] / 2) / coarse - centre[0]
    down = (rows + spans[1].start - pad[1] + size[1] / 2) / coarse - centre[1]
    # Nearer is likelier: it decides between places that look alike.
    away = np.minimum(np.hypot(across, down) / max(1.0, reach), 1.5)
    at = np.unravel_index(int(np.argmin(rms + 0.15 * patch.contrast * away)), rms.shape)
    return float(rms[at]), _moved((float(across[at]), float(down[at]))) @ start


def _refined(picture: Picture, patch: _Patch, guess: Map) -> Map | None:
    """A guess made exact by aligning looks (Evangelidis and Psarakis 2008), if they align."""
    left, top, width, height = patch.box
    template = cv2.cvtColor(np.clip(patch.seen, 0, 255).astype(np.uint8), cv2.COLOR_RGB2GRAY)
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    warp = (guess @ _moved((left, top)))[:2].astype(np.float32)
    mask = (patch.weights > 0.5).astype(np.uint8)
    mask = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    stop = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 20, 1e-3)
    large = np.full(grey.shape, 255, np.uint8)
    try:
        score, found = cv2.findTransformECCWithMask(
            template, grey, mask, large, warp, cv2.MOTION_AFFINE, stop, 3
        )
    except (cv2.error, AttributeError):
        return None
    if score < 0.5 or not np.isfinite(found).all():
        return None
    refined = _similar(_square(found)) @ _moved((-left, -top))
    before, after = _middle(patch, guess), _middle(patch, refined)
    far = math.hypot(after[0] - before[0], after[1] - before[1])
    return refined if far < 0.5 * max(width, height) and 0.3 < _zoom(refined) < 3.5 else None


def _error(picture: Picture, patch: _Patch, where: Map) -> float:
    """How far, in levels, the picture there differs from what was painted on or last seen."""
    looks, weights = _looks(picture, patch, where)
    total = float(weights.sum())
    if total < 0.35 * float(patch.weights.sum()):
        return 255.0  # most of it would lie outside of the picture
    counted = weights > 0.5
    keep = max(1, round(_SEEN_SHARE * int(counted.sum())))
    both: list[float] = []
    for known in (patch.painted, patch.seen):
        apart = ((looks - known) ** 2).mean(axis=2)[counted]
        # What passes in front of a part of it does not count against the whole.
        nearest = np.partition(apart, keep - 1)[:keep] if keep < len(apart) else apart
        both.append(math.sqrt(float(nearest.mean())))
    return 0.5 * min(both) + 0.5 * sum(both) / 2


def _looks(picture: Picture, patch: _Patch, where: Map) -> tuple[NDArray[np.float32], Mask]:
    """What the picture shows at a place, laid out as the patch is, and which of it counts."""
    left, top, width, height = patch.box
    matrix = (where @ _moved((left, top)))[:2]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    looks = cv2.warpAffine(
        picture, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.float32)
    inside = cv2.warpAffine(
        np.ones(picture.shape[:2], np.float32), matrix, (width, height), flags=flags
    )
    return looks, patch.weights * inside.astype(np.float32)


def _carried(painted: Mask, where: Map, scale: float) -> Mask:
    """A painted mask at another place; it goes on beyond the frame where it met its edge."""
    size = (painted.shape[1], painted.shape[0])
    enlarge = np.diag([scale, scale, 1.0])
    matrix = np.linalg.inv(enlarge) @ where @ enlarge
    return cv2.warpAffine(
        painted, matrix[:2], size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.float32)


def _flow(before: Picture, after: Picture) -> NDArray[np.float32]:
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    first, second = (cv2.cvtColor(one, cv2.COLOR_RGB2GRAY) for one in (before, after))
    empty = np.zeros((*first.shape, 2), np.float32)
    return np.asarray(finder.calc(first, second, empty), np.float32)


def _enlarged(picture: Picture, scale: float) -> Picture:
    if scale <= 1:
        return picture
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    return cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC).astype(np.uint8, copy=False)


def _enlarged_mask(mask: Mask, scale: float) -> Mask:
    size = (round(mask.shape[1] * scale), round(mask.shape[0] * scale))
    return cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR).astype(np.float32, copy=False)


def _middle(patch: _Patch, where: Map) -> tuple[float, float]:
    left, top, width, height = patch.box
    point = where @ np.array([left + width / 2, top + height / 2, 1.0])
    return float(point[0]), float(point[1])


def _zoomed(patch: _Patch, zoom: float) -> Map:
    """Scaling about the middle of a patch."""
    middle = _middle(patch, np.eye(3))
    return _moved(middle) @ np.diag([zoom, zoom, 1.0]) @ _moved((-middle[0], -middle[1]))


def _moved(by: tuple[float, float]) -> Map:
    return np.array([[1.0, 0.0, by[0]], [0.0, 1.0, by[1]], [0.0, 0.0, 1.0]])


def _square(matrix: ArrayLike) -> Map:
    return np.vstack([np.asarray(matrix, np.float64), [0.0, 0.0, 1.0]])


def _zoom(matrix: Map) -> float:
    return math.sqrt(abs(float(np.linalg.det(matrix[:2, :2]))))


def _similar(matrix: Map) -> Map:
    """The similarity nearest to an affine map."""
    a, b = (matrix[0, 0] + matrix[1, 1]) / 2, (matrix[1, 0] - matrix[0, 1]) / 2
    near = matrix.copy()
    near[:2, :2] = [[a, -b], [b, a]]
    return near
