"""The dozen sets as parallax layers, back to front.

Every layer is a cut-out in metres: the last one holds the floor and moves with the bodies; those
behind it follow the camera by their ``nearness`` only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.world import buildings, interiors, landscapes, wilds
from engine.world.canvas import Canvas
from engine.world.scene import SETS, LightName, SetName

Draw = Callable[[Canvas, LightName, np.random.Generator], None]


@dataclass(frozen=True)
class Layer:
    """One layer of a set.

    Attributes:
        nearness: 0 never moves, as if endlessly far; 1 moves with the floor.
        draw: lays it on a clear sheet.
    """

    nearness: float
    draw: Draw


SET_LAYERS: dict[SetName, tuple[Layer, ...]] = {
    "park": (
        Layer(0.15, landscapes.park_far),
        Layer(0.5, landscapes.park_mid),
        Layer(1.0, landscapes.park_near),
    ),
    "beach": (
        Layer(0.1, landscapes.beach_far),
        Layer(0.4, landscapes.beach_mid),
        Layer(1.0, landscapes.beach_near),
    ),
    "street": (
        Layer(0.15, interiors.street_far),
        Layer(0.55, interiors.street_mid),
        Layer(1.0, interiors.street_near),
    ),
    "stage": (
        Layer(0.35, interiors.stage_far),
        Layer(0.75, interiors.stage_mid),
        Layer(1.0, interiors.stage_near),
    ),
    "kitchen": (
        Layer(0.6, interiors.kitchen_far),
        Layer(0.8, interiors.kitchen_mid),
        Layer(1.0, interiors.kitchen_near),
    ),
    "snowfield": (
        Layer(0.1, landscapes.snowfield_far),
        Layer(0.5, landscapes.snowfield_mid),
        Layer(1.0, landscapes.snowfield_near),
    ),
    "forest": (
        Layer(0.15, wilds.forest_far),
        Layer(0.55, wilds.forest_mid),
        Layer(1.0, wilds.forest_near),
    ),
    "desert": (
        Layer(0.1, wilds.desert_far),
        Layer(0.45, wilds.desert_mid),
        Layer(1.0, wilds.desert_near),
    ),
    "rooftop": (
        Layer(0.12, buildings.rooftop_far),
        Layer(0.45, buildings.rooftop_mid),
        Layer(1.0, buildings.rooftop_near),
    ),
    "classroom": (
        Layer(0.6, buildings.classroom_far),
        Layer(0.8, buildings.classroom_mid),
        Layer(1.0, buildings.classroom_near),
    ),
    "harbour": (
        Layer(0.12, buildings.harbour_far),
        Layer(0.45, buildings.harbour_mid),
        Layer(1.0, buildings.harbour_near),
    ),
    "moon": (
        Layer(0.05, wilds.moon_far),
        Layer(0.45, wilds.moon_mid),
        Layer(1.0, wilds.moon_near),
    ),
}


def draw_layer(canvas: Canvas, set_name: SetName, light: LightName, seed: int, index: int) -> None:
    """Lay one layer of a set on a clear sheet; equal arguments give equal layers at any size."""
    random = np.random.default_rng((seed, SETS.index(set_name), index))
    SET_LAYERS[set_name][index].draw(canvas, light, random)
