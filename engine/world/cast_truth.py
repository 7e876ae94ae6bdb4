"""What is known exactly about a puppet in a rendered clip.

Shape letters: T pictures, K entries of an identity vector.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Literal

import numpy as np

from engine.world.speech import Syllable

# Events closer to the one before are heard but not scored.
AUDIBLE_GAP_S = 0.3
TouchName = Literal["strike", "catch", "thud"]


@dataclass(frozen=True, kw_only=True)
class Step:
    """A foot that touches the floor.

    Attributes:
        foot: 0 or 1, the left or the right one in the picture of who faces the audience.
        x_pan: where in the picture, 0 left edge to 1 right edge; may lie outside.
        weight: how hard, 0..1.
        kind: of which movement.
        audible: whether it is far enough from others, and in view, to be scored.
        level: gain of its sound by distance and place.
    """

    time_s: float
    foot: int
    x_pan: float
    weight: float
    kind: str
    audible: bool
    level: float


@dataclass(frozen=True, kw_only=True)
class Touch:
    """Hands that strike or catch a prop, or a puppet that strikes the floor.

    Attributes:
        body: index of the prop, -1 for the floor.
        hand: 0 or 1.
        kind: what it is.
        level: gain of its sound by distance and place.
    """

    time_s: float
    kind: TouchName
    body: int
    hand: int
    x_pan: float
    audible: bool
    level: float


@dataclass(frozen=True, kw_only=True)
class PuppetTruth:
    """The truth of one puppet.

    Picture coordinates are x 0 left to 1 right and y 0 top to 1 bottom.

    Attributes:
        ground: (T, 2) picture coordinates of the point of the floor below it.
        head: (T, 2) picture coordinates of its head's middle.
        hands, feet: (T, 2, 2) the same of both hands and of both soles.
        head_radius: (T,) half the head's height as a share of the picture's.
        positions_m: (T, 2) metres: place on the floor, and height jumped.
        head_m: (T, 2) metres: its head's middle.
        facing: (T,) -1 left to 1 right.
        mouth: (T,) how far its mouth is open, 0..1.
        viseme: (T,) uint8, index into ``VISEME_NAMES``.
        pan: (T,) where its voice is, 0 left to 1 right.
        level: (T,) gain of its voice by distance and place.
        identity: (K,) as from ``identity_vector``.
        syllables, steps, touches: in order of time.
    """

    ground: np.ndarray
    head: np.ndarray
    hands: np.ndarray
    feet: np.ndarray
    head_radius: np.ndarray
    positions_m: np.ndarray
    head_m: np.ndarray
    facing: np.ndarray
    mouth: np.ndarray
    viseme: np.ndarray
    pan: np.ndarray
    level: np.ndarray
    identity: np.ndarray
    syllables: tuple[Syllable, ...]
    steps: tuple[Step, ...]
    touches: tuple[Touch, ...]

    def pictures(self, part: slice) -> PuppetTruth:
        """The truth of some of the pictures; events stay."""
        names = [one.name for one in fields(self)]
        arrays = {name: getattr(self, name) for name in names}
        changed = {
            name: value[part]
            for name, value in arrays.items()
            if isinstance(value, np.ndarray) and name != "identity"
        }
        return replace(self, **changed)

    def to_json(self) -> dict[str, object]:
        """The truth as JSON-ready lists, rounded to five places."""
        plain: dict[str, object] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, np.ndarray):
                plain[one.name] = np.round(value, 5).tolist()
            else:
                plain[one.name] = [asdict(item) for item in value]
        return plain
