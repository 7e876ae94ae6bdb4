"""How loud a source is by its place in the picture, and on which side.

A camera that is nearer zooms in, so distance is told by zoom: 1 is the whole stage.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.shapes import ClipShape
from engine.world.truth import Truth


def level_at(x_pan: ArrayLike, zoom: ArrayLike, whole: float = 1.0) -> NDArray[np.float64]:
    """Gain of a source: what is closer is louder, what is out of view fainter.

    It is ``whole`` in view of a camera that sees the whole stage.
    """
    outside = np.maximum(np.abs(np.asarray(x_pan) - 0.5) - 0.5, 0.0)
    return whole * np.sqrt(np.minimum(zoom, 2.0)) / (1.0 + 2.0 * outside)


def gains_at(truth: Truth, shape: ClipShape, time_s: float, x_pan: float) -> tuple[float, float]:
    """Gains of the left and the right channel at an instant, panned at constant power."""
    picture = min(int(time_s * float(shape.rate)), shape.frames - 1)
    gain = level_at(x_pan, float(truth.camera[picture, 2]), np.sqrt(2.0))
    angle = 0.5 * np.pi * min(max(x_pan, 0.0), 1.0)
    return float(gain * np.cos(angle)), float(gain * np.sin(angle))
