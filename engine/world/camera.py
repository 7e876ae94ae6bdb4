"""The camera at any time: every move, in one shot or through the cuts of several.

Shape letters: T pictures, N subjects, K instants.

A camera stands on the floor line (``engine.world.projection``) or is raised above it. One that
travels sees far things pass more slowly than near ones; one that turns sees all pass alike. Eased
moves start and stop softly, as a dolly does; a hand is never still.
"""

from __future__ import annotations

from math import tau

import numpy as np

from engine.shapes import ClipShape
from engine.world.cuts import cameras, cut_times_s, shot_lengths
from engine.world.projection import (
    FLOOR_SHARE,
    NARROWEST_ASPECT,
    camera_path,
    picture_times_s,
)
from engine.world.scene import VIEW_HEIGHT_M, CameraPath, Scene

# A follow move trails what it follows by as much as a good operator does.
FOLLOW_S = 0.16
HEAD_ROOM = 0.14
# (hertz, share) of a hand's sway.
SWAY = ((0.55, 0.5), (1.1, 0.3), (2.3, 0.14), (3.7, 0.06))


class View:
    """The camera of a scene in a clip.

    Attributes:
        cuts_s: when each shot but the first begins.
        lengths: pictures of each shot.
    """

    def __init__(
        self,
        scene: Scene,
        shape: ClipShape,
        tracks_m: np.ndarray,
        lengths: tuple[int, ...] | None = None,
    ) -> None:
        """A view of a scene.

        Args:
            scene: whose cameras they are.
            shape: size, rate and length of the clip.
            tracks_m: (T, N, 2) where the subjects are in each picture: bodies, then the cast.
            lengths: pictures of each shot; by default as the shots' weights divide the clip.
        """
        self.lengths = lengths or shot_lengths(scene.shots, shape.frames)
        self.cuts_s = cut_times_s(self.lengths, float(shape.rate))
        self._scene, self._tracks_m = scene, tracks_m
        self._duration_s = shape.duration_s
        self._aspect = shape.width / shape.height
        self._times_s = picture_times_s(shape.frames, float(shape.rate))

    def at(self, times_s: np.ndarray) -> np.ndarray:
        """(K, 3) float32 view centre x and y in metres, and zoom, at (K,) seconds."""
        times = np.asarray(times_s, dtype=np.float64)
        paths = cameras(self._scene)[: len(self.lengths)]
        if len(paths) == 1 and is_plain(paths[0]):
            return camera_path(self._scene, times, self._aspect, self._duration_s)
        starts = np.array([0.0, *self.cuts_s])
        ends = [*self.cuts_s, self._duration_s]
        shot = np.searchsorted(starts, times + 1e-9, side="right") - 1
        seen = np.empty((len(times), 3), dtype=np.float32)
        for index, path in enumerate(paths):
            inside = np.maximum(shot, 0) == index
            seen[inside] = self._path(path, times[inside], float(starts[index]), ends[index])
        return seen

    def _path(
        self, path: CameraPath, times: np.ndarray, start_s: float, end_s: float
    ) -> np.ndarray:
        share = np.clip((times - start_s) / max(end_s - start_s, 1e-9), 0.0, 1.0)
        eased = share * share * (3.0 - 2.0 * share)
        x = path.x_start_m + (path.x_end_m - path.x_start_m) * eased
        lift = path.lift_start_m + (path.lift_end_m - path.lift_start_m) * eased
        zoom = path.zoom_start + (path.zoom_end - path.zoom_start) * eased
        zoom = zoom * min(1.0, self._aspect / NARROWEST_ASPECT)
        height = VIEW_HEIGHT_M / zoom
        if path.follows is not None and path.follows < self._tracks_m.shape[1]:
            place = self._followed(path.follows, times, start_s, end_s)
            x = x + place[:, 0]
            over = place[:, 1] - height * (0.5 - FLOOR_SHARE + HEAD_ROOM)
            lift = np.maximum(lift, over)
        if path.shake_m > 0.0:
            x = x + path.shake_m / zoom * _sway(times, self._scene.seed)
            lift = lift + 0.6 * path.shake_m / zoom * _sway(times, self._scene.seed + 1)
        y = height * (0.5 - FLOOR_SHARE) + lift
        return np.stack([x, y, zoom], axis=-1).astype(np.float32)

    def _followed(
        self, subject: int, times: np.ndarray, start_s: float, end_s: float
    ) -> np.ndarray:
        """(K, 2) a subject's way within a shot, smoothed."""
        inside = (self._times_s >= start_s) & (self._times_s < end_s)
        seen, way = self._times_s[inside], self._tracks_m[inside, subject].astype(np.float64)
        weights = np.exp(-0.5 * ((times[:, None] - seen) / FOLLOW_S) ** 2) + 1e-12
        return (weights / weights.sum(axis=1, keepdims=True)) @ way


def is_plain(path: CameraPath) -> bool:
    """Whether a camera stands on the floor line and does no more than travel or zoom."""
    return (
        not (path.turns or path.lift_start_m or path.lift_end_m or path.shake_m)
        and path.follows is None
    )


def _sway(times: np.ndarray, seed: int) -> np.ndarray:
    """(K,) in -1..1: slow drift with a little tremor, different for every seed."""
    phases = np.random.default_rng((seed, 77)).uniform(0.0, tau, len(SWAY))
    waves = [
        share * np.sin(tau * hertz * times + phase)
        for (hertz, share), phase in zip(SWAY, phases, strict=True)
    ]
    return np.sum(waves, axis=0)


def layer_views(camera: np.ndarray, path: CameraPath, nearness: float, aspect: float) -> np.ndarray:
    """What each picture sees of a layer of the set.

    Args:
        camera: (T, 3) of one shot.
        path: its camera.
        nearness: of the layer, 0 endlessly far to 1 at the floor line.
        aspect: picture width over height.

    Returns:
        (T, 3) left edge, top edge and height in metres.
    """
    camera = camera.astype(np.float64)
    zoom = camera[:, 2]
    height = VIEW_HEIGHT_M / zoom**nearness
    if is_plain(path):
        left = camera[:, 0] * nearness - 0.5 * aspect * height
        return np.stack([left, (1.0 - FLOOR_SHARE) * height, height], axis=1)
    x, lift = camera[:, 0], camera[:, 1] - VIEW_HEIGHT_M / zoom * (0.5 - FLOOR_SHARE)
    stand_x = np.full_like(x, path.x_start_m) if path.turns else x
    stand_lift = np.full_like(x, path.lift_start_m) if path.turns else lift
    turned = zoom ** (1.0 - nearness)
    left = stand_x * nearness + (x - stand_x) * turned - 0.5 * aspect * height
    raised = stand_lift * nearness + (lift - stand_lift) * turned
    return np.stack([left, (1.0 - FLOOR_SHARE) * height + raised, height], axis=1)
