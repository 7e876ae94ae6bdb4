"""A scene of the backlot: everything that a clip is drawn and sounded from, as one small value.

Lengths are metres, x to the right and y up from the floor; times are seconds. At zoom 1 the
camera sees ``VIEW_HEIGHT_M`` metres of height with the floor line a little above the bottom edge.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from engine.world.cast import Puppet

VIEW_HEIGHT_M = 2.4

SetName = Literal[
    "park",
    "beach",
    "street",
    "stage",
    "kitchen",
    "snowfield",
    "forest",
    "desert",
    "rooftop",
    "classroom",
    "harbour",
    "moon",
]
LightName = Literal["day", "sunset", "night", "overcast"]
WeatherName = Literal["clear", "rain", "snow", "fog"]
PropName = Literal["ball", "crate", "bottle", "drum", "bell", "wheel", "star", "pumpkin"]
MaterialName = Literal["rubber", "wood", "metal", "glass", "stone"]
ColourName = Literal["red", "orange", "yellow", "green", "blue", "purple", "pink", "white"]
MoveName = Literal[
    "static",
    "pan left",
    "pan right",
    "push in",
    "pull out",
    "tilt up",
    "tilt down",
    "truck left",
    "truck right",
    "handheld",
    "follow",
]
SizeName = Literal["wide", "medium", "close-up"]
LinkName = Literal["opening", "match on action", "shot/reverse shot", "wide to close"]
# From level 2 on the cast may perform instead.
ActionName = Literal["drop", "toss", "roll", "collide", "perform"]

SETS: tuple[SetName, ...] = get_args(SetName)
LIGHTS: tuple[LightName, ...] = get_args(LightName)
WEATHERS: tuple[WeatherName, ...] = get_args(WeatherName)
PROPS: tuple[PropName, ...] = get_args(PropName)
MATERIALS: tuple[MaterialName, ...] = get_args(MaterialName)
COLOURS: tuple[ColourName, ...] = get_args(ColourName)
MOVES: tuple[MoveName, ...] = get_args(MoveName)
SIZES: tuple[SizeName, ...] = get_args(SizeName)
LINKS: tuple[LinkName, ...] = get_args(LinkName)
# Level 1 draws from the first ones alone, so that what it teaches never changes.
FIRST_SETS = SETS[:6]
FIRST_MOVES = MOVES[:4]
ACTIONS = ("drop", "toss", "roll", "collide")


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
        size: how much the shot holds, as the captions say it.
        lift_start_m, lift_end_m: how far the view is raised above the one that stands on the floor.
        turns: whether the camera turns where it stands, so that near and far pass by alike; else
            it travels, and what is far passes more slowly.
        shake_m: how far a hand moves the view at most, at zoom 1.
        follows: index of the subject that the view goes with: bodies first, then the cast.
    """

    move: MoveName = "static"
    x_start_m: float = 0.0
    x_end_m: float = 0.0
    zoom_start: float = 1.0
    zoom_end: float = 1.0
    size: SizeName = "wide"
    lift_start_m: float = 0.0
    lift_end_m: float = 0.0
    turns: bool = False
    shake_m: float = 0.0
    follows: int | None = None


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One shot of a scene that is cut; the action goes on through the cuts.

    Attributes:
        camera: its own, moving over the shot's time.
        weight: its length beside that of the scene's other shots.
        link: how it is joined to the shot before.
        side: of the line of action that the camera stands on: 1 is the audience's; from -1, left
            and right are exchanged, which crosses the axis.
        subjects: what it shows, bodies first, then the cast; empty where it shows all.
        frames: its pictures, where they are fixed; 0 where the weight decides.
    """

    camera: CameraPath
    weight: float = 1.0
    link: LinkName = "opening"
    side: int = 1
    subjects: tuple[int, ...] = ()
    frames: int = 0


@dataclass(frozen=True, kw_only=True)
class Music:
    """The music of a scene, all of it drawn from these few values.

    Attributes:
        seed: draws the chords, the rhythm and the tune.
        tempo_bpm: beats a minute.
        key: pitch class of the tonic, 0 is C.
        minor: the mode.
        drums, bass, pad, lead: which instruments play.
        first_beat_s: time of the first beat.
        level_db: loudness beside the usual.
    """

    seed: int
    tempo_bpm: int
    key: int = 0
    minor: bool = False
    drums: bool = True
    bass: bool = True
    pad: bool = True
    lead: bool = False
    first_beat_s: float = 0.0
    level_db: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One scene. Equal scenes give equal clips on the same device.

    Attributes:
        seed: decorates the set (where the clouds are) and draws the sounds' small variations.
        level: curriculum level it was drawn at.
        action: what the first body does, as the caption says it.
        weather: what falls or drifts through the air of the set; indoors it is behind the windows.
        music: what is played to it.
        shots: how it is cut; empty where it is one shot by ``camera``.
        cast: the puppets, later ones in front.
        floor: the set whose floor things move on, where that is another: an edit that changes the
            place keeps the motion.
    """

    seed: int
    level: int
    set_name: SetName
    light: LightName
    action: ActionName
    bodies: tuple[Body, ...]
    camera: CameraPath = field(default_factory=CameraPath)
    weather: WeatherName = "clear"
    music: Music | None = None
    shots: tuple[Shot, ...] = ()
    cast: tuple[Puppet, ...] = ()
    floor: SetName | None = None
