"""What a puppet does: acts as small values, each with its time in the clip.

Times are seconds from the start of the clip and may lie outside it: what began before is seen
going on. Places are metres to the right of the set's middle. Hands and feet are counted 0 and 1:
the left and the right one in the picture of a puppet that faces the audience.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from engine.world.gravity import EARTH_M_S2

GaitName = Literal["walk", "run"]


@dataclass(frozen=True, kw_only=True)
class Talk:
    """Says a line: its words set how many syllables there are and which are stressed."""

    start_s: float
    words: str
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Travel:
    """Walks or runs to a place."""

    start_s: float
    end_s: float
    to_x_m: float
    gait: GaitName = "walk"


@dataclass(frozen=True, kw_only=True)
class Slide:
    """Stops running and slides on both feet, ever slower, to a place."""

    start_s: float
    end_s: float
    to_x_m: float


@dataclass(frozen=True, kw_only=True)
class Jump:
    """Leaves the floor at ``at_s`` and flies freely, as high as given."""

    at_s: float
    height_m: float
    to_x_m: float
    gravity_m_s2: float = EARTH_M_S2

    @property
    def flight_s(self) -> float:
        """Time between leaving the floor and landing on it."""
        return 2.0 * math.sqrt(2.0 * self.height_m / self.gravity_m_s2)


@dataclass(frozen=True, kw_only=True)
class Wave:
    """Waves a hand."""

    start_s: float
    end_s: float
    hand: int = 1


@dataclass(frozen=True, kw_only=True)
class Throw:
    """Lets go of a prop, which was in this hand before; it may go straight into another's."""

    at_s: float
    body: int
    hand: int = 1
    handed: bool = False


@dataclass(frozen=True, kw_only=True)
class Catch:
    """Catches a prop, which stays in this hand until it is thrown."""

    at_s: float
    body: int
    hand: int = 1


@dataclass(frozen=True, kw_only=True)
class Dance:
    """Steps on the beat."""

    start_s: float
    end_s: float
    tempo_bpm: float
    first_beat_s: float = 0.0
    style: int = 0


@dataclass(frozen=True, kw_only=True)
class Drum:
    """Strikes a prop on the beat, or twice a beat, one hand after the other."""

    start_s: float
    end_s: float
    tempo_bpm: float
    body: int
    first_beat_s: float = 0.0
    strikes_a_beat: int = 1


@dataclass(frozen=True, kw_only=True)
class Fall:
    """Tips over to a side, -1 or 1, and lies there from ``at_s + FALL_S`` on."""

    at_s: float
    side: int


FALL_S = 0.55

Act = Talk | Travel | Slide | Jump | Wave | Throw | Catch | Dance | Drum | Fall


def beats_s(tempo_bpm: float, first_beat_s: float, start_s: float, end_s: float) -> list[float]:
    """The instants of the beats from ``start_s`` until before ``end_s``."""
    period = 60.0 / tempo_bpm
    first = -int((first_beat_s - start_s) / period) if first_beat_s > start_s else 0
    beats = []
    index = first
    while (beat := first_beat_s + index * period) < end_s - 1e-9:
        if beat >= start_s - 1e-9:
            beats.append(beat)
        index += 1
    return beats
