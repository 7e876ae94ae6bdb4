"""Where a puppet stands and steps: its way over the floor and every plant of its feet.

Shape letters: T times.

A foot that is planted stays where it is until it swings to its next plant, so feet never slide
but in a ``Slide``. Flights of a jump are parabolas that begin and end with both feet on the floor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from engine.world.actions import Dance, Jump, Slide, Travel, beats_s
from engine.world.cast import Puppet

STEP_SHARES = {"walk": 0.27, "run": 0.40}
ARCS_M = {"walk": 0.06, "run": 0.13}
# Share of the time between two steps that a foot swings; above 1 both are in the air at times.
SWINGS = {"walk": 0.80, "run": 1.30}
STANCE_SHARE = 0.082
WEIGHTS = {"walk": 0.5, "run": 0.8, "jump": 1.0, "dance": 0.6}
EASE = 0.18
KindName = Literal["walk", "run", "jump", "dance", "slide"]


@dataclass(frozen=True, kw_only=True)
class Plant:
    """A foot put down.

    Attributes:
        land_s: when it touches the floor.
        x_m: where, less what the puppet has slid until then.
        swing_s: how long it was in the air before.
        arc_m: how high it went.
        kind: of what movement it is a step.
    """

    foot: int
    land_s: float
    x_m: float
    swing_s: float
    arc_m: float
    kind: KindName

    @property
    def weight(self) -> float:
        """How hard it lands, 0..1."""
        return WEIGHTS.get(self.kind, 0.5)


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A part of the way: from one place to another in a time."""

    start_s: float
    end_s: float
    from_x_m: float
    to_x_m: float
    ease: Literal["both", "start", "none", "brake"]

    def share(self, times_s: np.ndarray) -> np.ndarray:
        """(T,) of the way done, 0..1."""
        u = np.clip((times_s - self.start_s) / (self.end_s - self.start_s), 0.0, 1.0)
        match self.ease:
            case "none":
                return u
            case "brake":
                return u * (2.0 - u)
            case "start":
                return _eased(u * (1.0 - EASE / 2)) / (1.0 - EASE / 2)
            case "both":
                return _eased(u)


def _eased(u: np.ndarray) -> np.ndarray:
    """Speeds up over the first ``EASE`` and slows down over the last, evenly between."""
    top = 1.0 / (1.0 - EASE)
    start, end = np.minimum(u, EASE), np.minimum(1.0 - u, EASE)
    return np.where(
        u < EASE,
        0.5 * top * start**2 / EASE,
        np.where(u > 1.0 - EASE, 1.0 - 0.5 * top * end**2 / EASE, top * (u - 0.5 * EASE)),
    )


@dataclass(kw_only=True)
class Footwork:
    """All that a puppet's feet do.

    Attributes:
        start_x_m: where it stands at first.
        plants: in order of time.
        stretches: of its way, in order of time.
        flights: (take-off, landing, height) of its jumps.
    """

    start_x_m: float
    stance_m: float
    plants: list[Plant] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    flights: list[tuple[float, float, float]] = field(default_factory=list)

    def root_x_m(self, times_s: np.ndarray) -> np.ndarray:
        """(T,) the middle between the feet."""
        x = np.full(np.shape(times_s), self.start_x_m)
        for it in self.stretches:
            way = it.from_x_m + (it.to_x_m - it.from_x_m) * it.share(times_s)
            x = np.where(times_s >= it.start_s, way, x)
        return x

    def root_y_m(self, times_s: np.ndarray) -> np.ndarray:
        """(T,) height that the whole puppet has jumped."""
        y = np.zeros(np.shape(times_s))
        for start, end, height in self.flights:
            u = np.clip((times_s - start) / (end - start), 0.0, 1.0)
            y = y + 4.0 * height * u * (1.0 - u)
        return y

    def slid_m(self, times_s: np.ndarray) -> np.ndarray:
        """(T,) way that the feet have slid on the floor."""
        slid = np.zeros(np.shape(times_s))
        for it in self.stretches:
            if it.ease == "brake":
                slid = slid + (it.to_x_m - it.from_x_m) * it.share(times_s)
        return slid

    def feet_m(self, times_s: np.ndarray) -> np.ndarray:
        """(T, 2, 2) x and height of both feet's soles."""
        places = np.zeros((*np.shape(times_s), 2, 2))
        slid = self.slid_m(times_s)
        for foot in (0, 1):
            side = 2 * foot - 1
            x = np.full(np.shape(times_s), self.start_x_m + side * self.stance_m)
            y = np.zeros(np.shape(times_s))
            before = self.start_x_m + side * self.stance_m
            for plant in (plant for plant in self.plants if plant.foot == foot):
                u = np.clip((times_s - plant.land_s) / plant.swing_s + 1.0, 0.0, 1.0)
                glide = u if plant.kind == "jump" else u * u * (3.0 - 2.0 * u)
                begun = u > 0.0
                x = np.where(begun, before + (plant.x_m - before) * glide, x)
                y = np.where(begun, 4.0 * plant.arc_m * u * (1.0 - u), y)
                before = plant.x_m
            places[..., foot, 0] = x + slid
            places[..., foot, 1] = y
        return places

    def landings_s(self) -> list[tuple[float, float]]:
        """When weight comes down, and how much, 0..1."""
        return [(plant.land_s, plant.weight) for plant in self.plants if plant.kind != "slide"]


def footwork(puppet: Puppet) -> Footwork:
    """The plants of a puppet's feet through all its acts."""
    height = puppet.identity.height_m
    stance = STANCE_SHARE * height * (1.0 - 0.45 * abs(puppet.facing))
    work = Footwork(start_x_m=puppet.x_m, stance_m=stance)
    moves = [act for act in puppet.acts if isinstance(act, Travel | Slide | Jump | Dance)]
    moves.sort(key=lambda act: act.at_s if isinstance(act, Jump) else act.start_s)
    x_m, slid_m = puppet.x_m, 0.0
    for index, act in enumerate(moves):
        match act:
            case Travel():
                slides = index + 1 < len(moves) and isinstance(moves[index + 1], Slide)
                _travel(work, act, x_m, slid_m, height, slides=slides)
                x_m = act.to_x_m
            case Slide():
                work.stretches.append(_stretch(act.start_s, act.end_s, x_m, act.to_x_m, "brake"))
                slid_m += act.to_x_m - x_m
                x_m = act.to_x_m
            case Jump():
                _jump(work, act, x_m, slid_m)
                x_m = act.to_x_m
            case Dance():
                _dance(work, act, x_m, slid_m, height)
    work.plants.sort(key=lambda plant: plant.land_s)
    return work


def _stretch(
    start_s: float,
    end_s: float,
    from_x: float,
    to_x: float,
    ease: Literal["both", "start", "none", "brake"],
) -> Stretch:
    return Stretch(start_s=start_s, end_s=end_s, from_x_m=from_x, to_x_m=to_x, ease=ease)


def _travel(
    work: Footwork, act: Travel, x_m: float, slid_m: float, height: float, *, slides: bool
) -> None:
    """Steps of even length, the last one closing; none closes where a slide follows."""
    way = act.to_x_m - x_m
    direction = math.copysign(1.0, way)
    steps = max(1, round(abs(way) / (STEP_SHARES[act.gait] * height)))
    landings = steps if slides else steps + 1
    period = (act.end_s - act.start_s) / landings
    arrives = act.end_s if slides else act.end_s - 0.45 * period
    ease = "start" if slides else "both"
    it = _stretch(act.start_s + 0.15 * period, arrives, x_m, act.to_x_m, ease)
    work.stretches.append(it)
    foot = int(direction > 0)
    for index in range(landings):
        land = act.start_s + (index + 1) * period
        middle = float(it.share(np.array(land + 0.5 * period)))
        place = x_m + way * middle + (2 * foot - 1) * work.stance_m * (0.35 + 0.65 * middle**6)
        work.plants.append(
            Plant(
                foot=foot,
                land_s=land,
                x_m=place - slid_m,
                swing_s=period * min(SWINGS[act.gait], 0.85 + index),
                arc_m=ARCS_M[act.gait],
                kind=act.gait,
            )
        )
        foot = 1 - foot
    if slides:
        land = act.end_s + 0.04
        place = act.to_x_m - 0.16 * direction - slid_m
        work.plants.append(
            Plant(foot=foot, land_s=land, x_m=place, swing_s=0.9 * period, arc_m=0.05, kind="run")
        )


def _jump(work: Footwork, act: Jump, x_m: float, slid_m: float) -> None:
    """Both feet leave and land together."""
    flight = act.flight_s
    land = act.at_s + flight
    work.flights.append((act.at_s, land, act.height_m))
    work.stretches.append(_stretch(act.at_s, land, x_m, act.to_x_m, "none"))
    for foot in (0, 1):
        place = act.to_x_m + (2 * foot - 1) * work.stance_m - slid_m
        work.plants.append(
            Plant(
                foot=foot,
                land_s=land,
                x_m=place,
                swing_s=flight,
                arc_m=act.height_m,
                kind="jump",
            )
        )


def _dance(work: Footwork, act: Dance, x_m: float, slid_m: float, height: float) -> None:
    """One foot on every beat: stepping out and, two beats later, in again."""
    period = 60.0 / act.tempo_bpm
    beats = beats_s(act.tempo_bpm, act.first_beat_s, act.start_s, act.end_s)
    for beat in beats:
        number = round((beat - act.first_beat_s) / period)
        foot = (number % 2 + act.style) % 2
        out = 0.55 if (number // 2) % 2 == 0 else -0.1
        place = x_m + (2 * foot - 1) * (work.stance_m + out * 0.1 * height) - slid_m
        work.plants.append(
            Plant(
                foot=foot,
                land_s=beat,
                x_m=place,
                swing_s=min(0.6 * period, 0.36),
                arc_m=0.075,
                kind="dance",
            )
        )
