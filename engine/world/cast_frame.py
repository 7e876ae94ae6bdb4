"""The proportions of a puppet's body, from its identity; lengths in metres."""

from __future__ import annotations

from dataclasses import dataclass

from engine.world.cast import Identity

# Width of the head beside its height.
HEAD_WIDTHS = {
    "person": 1.06,
    "fox": 1.18,
    "bear": 1.16,
    "rabbit": 1.02,
    "cat": 1.16,
    "mouse": 1.08,
    "frog": 1.30,
    "robot": 1.14,
    "penguin": 1.10,
    "pig": 1.16,
}


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A standing body. Heights count from the floor, half widths from the middle.

    Attributes:
        head_rx, head_ry: half width and height of the head.
        neck, shoulder, hip: heights.
        shoulder_x, hip_x: half widths.
        chest, belly: radii of the torso at its top and its foot.
        leg, arm, hand: radii.
        arm_length: shoulder to the middle of the hand.
        foot_rx, foot_ry: half length and height of a shoe.
    """

    height: float
    head_rx: float
    head_ry: float
    neck: float
    shoulder: float
    hip: float
    shoulder_x: float
    hip_x: float
    chest: float
    belly: float
    leg: float
    arm: float
    hand: float
    arm_length: float
    foot_rx: float
    foot_ry: float

    @property
    def head(self) -> float:
        """Height of the head's middle when standing."""
        return self.neck + 0.90 * self.head_ry


def frame(identity: Identity) -> Frame:
    """The body of an identity."""
    height, stout = identity.height_m, 0.84 + 0.36 * identity.build
    head_ry = 0.205 * height * identity.head
    neck = height - 1.90 * head_ry
    return Frame(
        height=height,
        head_rx=head_ry * HEAD_WIDTHS[identity.species],
        head_ry=head_ry,
        neck=neck,
        shoulder=neck - 0.055 * height,
        hip=0.265 * height,
        shoulder_x=0.105 * height * stout,
        hip_x=0.066 * height * stout,
        chest=0.098 * height * stout,
        belly=0.128 * height * stout,
        leg=0.045 * height * (0.85 + 0.3 * identity.build),
        arm=0.037 * height * (0.85 + 0.3 * identity.build),
        hand=0.050 * height,
        arm_length=0.27 * height,
        foot_rx=0.088 * height,
        foot_ry=0.044 * height,
    )
