"""A scene of the backlot: everything that a clip is drawn and sounded from, as one small value.

Lengths are metres, x to the right and y up from the floor; times are seconds. At zoom 1 the
camera sees ``VIEW_HEIGHT_M`` metres of height with the floor line a little above the bottom edge.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

VIEW_HEIGHT_M = 2.4
GRAVITY_M_S2 = 9.81

SETS = ("park", "beach", "street", "stage", "kitchen", "snowfield")
LIGHTS = ("day", "sunset", "night", "overcast")
PROPS = ("ball", "crate", "bottle", "drum", "bell", "wheel", "star", "pumpkin")
MATERIALS = ("rubber", "wood", "metal", "glass", "stone")
COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "white")
MOVES = ("static", "pan left", "pan right", "push in")
ACTIONS = ("drop", "toss", "roll", "collide")

SetName = Literal["park", "beach", "street", "stage", "kitchen", "snowfield"]
LightName = Literal["day", "sunset", "night", "overcast"]
PropName = Literal["ball", "crate", "bottle", "drum", "bell", "wheel", "star", "pumpkin"]
MaterialName = Literal["rubber", "wood", "metal", "glass", "stone"]
ColourName = Literal["red", "orange", "yellow", "green", "blue", "purple", "pink", "white"]
MoveName = Literal["static", "pan left", "pan right", "push in"]
ActionName = Literal["drop", "toss", "roll", "collide"]


@dataclass(frozen=True, kw_only=True)
class Body:
    """One prop with its state at time 0.

    Attributes:
        x_m, y_m: centre; ``y_m`` is height above the floor.
        vx_m_s, vy_m_s: velocity.
        spin_rad_s: rotation speed, counter-clockwise positive.
        radius_m: half of the prop's larger extent.
    """

    prop: PropName
    material: MaterialName
    colour: ColourName
    radius_m: float
    x_m: float
    y_m: float
    vx_m_s: float
    vy_m_s: float
    spin_rad_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class CameraPath:
    """Where the camera looks: its centre and zoom move smoothly from start to end.

    Attributes:
        move: the move's name in the captions.
        x_start_m, x_end_m: horizontal centre of the view.
        zoom_start, zoom_end: 1 sees ``VIEW_HEIGHT_M``; 2 sees half of it.
    """

    move: MoveName = "static"
    x_start_m: float = 0.0
    x_end_m: float = 0.0
    zoom_start: float = 1.0
    zoom_end: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One scene. Equal scenes give equal clips on the same device.

    Attributes:
        seed: decorates the set (where the clouds are) and draws the sounds' small variations.
        level: curriculum level it was drawn at.
        action: what the first body does, as the caption says it.
    """

    seed: int
    level: int
    set_name: SetName
    light: LightName
    action: ActionName
    bodies: tuple[Body, ...]
    camera: CameraPath = field(default_factory=CameraPath)
