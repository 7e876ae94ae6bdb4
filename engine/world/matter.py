"""What props are made of: outline, mass, bounce and grip.

A prop's outline for contacts is a box with rounded corners that never turns, or a disc that rolls.
Masses follow the visible outline, as if every prop were ``DEPTH_M`` deep and mostly hollow, so that
a mass can be judged from the picture alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.world.gravity import EARTH_M_S2, MOON_M_S2
from engine.world.scene import Body, Scene, SetName

DEPTH_M = 0.1


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A prop's outline, in shares of its radius.

    Attributes:
        area: visible area as drawn, in squared radii.
        half_width, half_height: of the whole prop, corners included; upright.
        corner: radius of the corners.
        rolls: whether it is a disc, of radius ``corner``.
    """

    area: float
    half_width: float = 1.0
    half_height: float = 1.0
    corner: float = 1.0
    rolls: bool = False


OUTLINES: dict[str, Outline] = {
    "ball": Outline(area=3.14, rolls=True),
    "wheel": Outline(area=2.40, rolls=True),
    "star": Outline(area=2.06, half_width=0.95, half_height=0.95, corner=0.95, rolls=True),
    "pumpkin": Outline(area=2.79, rolls=True),
    "crate": Outline(area=2.93, half_width=0.86, half_height=0.86, corner=0.14),
    "drum": Outline(area=2.79, half_width=0.95, half_height=0.74, corner=0.13),
    "bell": Outline(area=1.89, half_width=0.92, corner=0.30),
    "bottle": Outline(area=2.01, half_width=0.74, corner=0.50),
}


@dataclass(frozen=True, kw_only=True)
class Material:
    """How a material meets others.

    Attributes:
        density_kg_m3: of the hollow prop as a whole.
        restitution: speed kept when bouncing off something ideally hard.
        grip: friction coefficient against an equally gripping thing.
        rolling_loss: rolling resistance coefficient.
    """

    density_kg_m3: float
    restitution: float
    grip: float
    rolling_loss: float


MATERIALS: dict[str, Material] = {
    "rubber": Material(density_kg_m3=60, restitution=0.84, grip=0.55, rolling_loss=0.02),
    "wood": Material(density_kg_m3=90, restitution=0.62, grip=0.30, rolling_loss=0.015),
    "metal": Material(density_kg_m3=210, restitution=0.70, grip=0.20, rolling_loss=0.01),
    "glass": Material(density_kg_m3=140, restitution=0.75, grip=0.18, rolling_loss=0.01),
    "stone": Material(density_kg_m3=300, restitution=0.48, grip=0.38, rolling_loss=0.02),
}

# Floors: soft ground swallows bounce, and slows what rolls on it.
FLOORS: dict[str, Material] = {
    "park": Material(density_kg_m3=0, restitution=0.90, grip=0.40, rolling_loss=0.03),
    "beach": Material(density_kg_m3=0, restitution=0.80, grip=0.50, rolling_loss=0.05),
    "street": Material(density_kg_m3=0, restitution=1.00, grip=0.45, rolling_loss=0.01),
    "stage": Material(density_kg_m3=0, restitution=0.97, grip=0.32, rolling_loss=0.01),
    "kitchen": Material(density_kg_m3=0, restitution=1.00, grip=0.22, rolling_loss=0.008),
    "snowfield": Material(density_kg_m3=0, restitution=0.78, grip=0.12, rolling_loss=0.03),
    "forest": Material(density_kg_m3=0, restitution=0.82, grip=0.48, rolling_loss=0.045),
    "desert": Material(density_kg_m3=0, restitution=0.76, grip=0.50, rolling_loss=0.05),
    "rooftop": Material(density_kg_m3=0, restitution=0.95, grip=0.52, rolling_loss=0.015),
    "classroom": Material(density_kg_m3=0, restitution=0.98, grip=0.30, rolling_loss=0.01),
    "harbour": Material(density_kg_m3=0, restitution=1.00, grip=0.42, rolling_loss=0.012),
    "moon": Material(density_kg_m3=0, restitution=0.86, grip=0.45, rolling_loss=0.04),
}


def ground_of(scene: Scene) -> SetName:
    """The set on whose ground a scene's things move."""
    return scene.floor or scene.set_name


def gravity_m_s2(ground: SetName) -> float:
    """What pulls down where the ground is that of a set."""
    return MOON_M_S2 if ground == "moon" else EARTH_M_S2


def mass_kg(body: Body) -> float:
    """Mass of a prop: visible area times its material's density."""
    area_m2 = OUTLINES[body.prop].area * body.radius_m**2
    return area_m2 * DEPTH_M * MATERIALS[body.material].density_kg_m3


def half_height_m(body: Body) -> float:
    """Height of a prop's centre when it stands on the floor."""
    return OUTLINES[body.prop].half_height * body.radius_m


def half_width_m(body: Body) -> float:
    """Half of a prop's width."""
    return OUTLINES[body.prop].half_width * body.radius_m
