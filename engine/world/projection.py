"""The camera's path through a scene, and the way from metres to the picture.

Shape letters: T pictures, N bodies.

The floor line lies ``FLOOR_SHARE`` of the picture's height above its bottom edge at every zoom, so
a push in keeps the props' feet in view.
"""

from __future__ import annotations

import numpy as np

from engine.world.scene import VIEW_HEIGHT_M, Scene

FLOOR_SHARE = 0.14
# Pictures narrower than this see the same width from further back, so that no action is lost.
NARROWEST_ASPECT = 1.5


def camera_path(
    scene: Scene, times_s: np.ndarray, aspect: float, duration_s: float | None = None
) -> np.ndarray:
    """Where the camera looks at each time.

    Args:
        scene: whose camera it is.
        times_s: (T,) seconds from the start of the clip.
        aspect: picture width over height.
        duration_s: length of the move; by default that of a clip with pictures at ``times_s``,
            each shown at the middle of its interval.

    Returns:
        (T, 3) float32: view centre x and y in metres, and zoom. The view is
        ``VIEW_HEIGHT_M / zoom`` metres high.
    """
    times = np.asarray(times_s, dtype=np.float64)
    if duration_s is None:
        duration_s = float(times[0] + times[-1])
    share = np.clip(times / max(duration_s, 1e-9), 0.0, 1.0)
    eased = share * share * (3.0 - 2.0 * share)
    path = scene.camera
    x = path.x_start_m + (path.x_end_m - path.x_start_m) * eased
    zoom = path.zoom_start + (path.zoom_end - path.zoom_start) * eased
    zoom = zoom * min(1.0, aspect / NARROWEST_ASPECT)
    y = VIEW_HEIGHT_M / zoom * (0.5 - FLOOR_SHARE)
    return np.stack([x, y, zoom], axis=-1).astype(np.float32)


def to_picture(points_m: np.ndarray, camera: np.ndarray, aspect: float) -> np.ndarray:
    """Points in metres as picture coordinates: x 0 left to 1 right, y 0 top to 1 bottom.

    Args:
        points_m: (T, N, 2) or (T, 2).
        camera: (T, 3) as from ``camera_path``.
        aspect: picture width over height.

    Returns:
        Float32 of the shape of ``points_m``; values outside 0..1 are out of view.
    """
    view = camera[:, None, :] if points_m.ndim == 3 else camera
    height_m = VIEW_HEIGHT_M / view[..., 2]
    x = 0.5 + (points_m[..., 0] - view[..., 0]) / (height_m * aspect)
    y = 0.5 - (points_m[..., 1] - view[..., 1]) / height_m
    return np.stack([x, y], axis=-1).astype(np.float32)


def picture_times_s(frames: int, rate: float) -> np.ndarray:
    """(T,) the instant that each picture shows: the middle of its interval."""
    return (np.arange(frames) + 0.5) / rate
