"""What is known exactly about a rendered clip.

Shape letters: T pictures, N bodies.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.world.cast_truth import PuppetTruth

FLOOR = -1
WALL = -2


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Two bodies, or a body and the set, beginning to touch.

    Attributes:
        time_s: when, from the start of the clip.
        body: index of the body.
        other: index of the other body, or ``FLOOR`` or ``WALL``.
        x_pan: horizontal place in the picture, 0 left edge to 1 right edge (may lie outside).
        speed_m_s: closing speed along the normal.
        impulse_n_s: impulse along the normal.
        energy_j: kinetic energy lost.
        audible: whether its sound is loud enough, and far enough from others, to be scored.
        materials: of the body, and of the other one; of the set's ground or a wall their names.
        level: gain of its sound by distance and place.
    """

    time_s: float
    body: int
    other: int
    x_pan: float
    speed_m_s: float
    impulse_n_s: float
    energy_j: float
    audible: bool
    materials: tuple[str, str] = ("", "")
    level: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The truth of one clip.

    Attributes:
        centres: (T, N, 2) float32, body centres in picture coordinates: x 0 left to 1 right,
            y 0 top to 1 bottom; outside 0..1 when off screen.
        positions_m: (T, N, 2) float32, the same in metres.
        velocities_m_s: (T, N, 2) float32.
        angles_rad: (T, N) float32.
        extents: (T, N) float32, body radius as a share of picture height.
        camera: (T, 3) float32, view centre x, y in metres and zoom.
        masses_kg: (N,) float32.
        contacts: in order of time.
        shot_frames: pictures of each shot, where the scene is cut.
        cuts_s: when each shot but the first begins.
        tempo_bpm: of the music, 0 where there is none.
        beats_s: its beats within the clip.
        cast: of each puppet.
    """

    centres: np.ndarray
    positions_m: np.ndarray
    velocities_m_s: np.ndarray
    angles_rad: np.ndarray
    extents: np.ndarray
    camera: np.ndarray
    masses_kg: np.ndarray
    contacts: tuple[Contact, ...]
    shot_frames: tuple[int, ...] = ()
    cuts_s: tuple[float, ...] = ()
    tempo_bpm: int = 0
    beats_s: tuple[float, ...] = ()
    cast: tuple[PuppetTruth, ...] = ()

    def pictures(self, part: slice) -> Truth:
        """The truth of some of the pictures; times still count from the start of the clip."""
        return replace(
            self,
            centres=self.centres[part],
            positions_m=self.positions_m[part],
            velocities_m_s=self.velocities_m_s[part],
            angles_rad=self.angles_rad[part],
            extents=self.extents[part],
            camera=self.camera[part],
            cast=tuple(puppet.pictures(part) for puppet in self.cast),
        )

    def to_json(self) -> dict[str, object]:
        """The truth as JSON-ready lists, rounded to five places."""
        arrays: dict[str, object] = {
            name: np.round(getattr(self, name), 5).tolist()
            for name in (
                "centres",
                "positions_m",
                "velocities_m_s",
                "angles_rad",
                "extents",
                "camera",
                "masses_kg",
            )
        }
        plain = arrays | {"contacts": [vars(contact) for contact in self.contacts]}
        if self.shot_frames:
            plain |= {"shot_frames": list(self.shot_frames), "cuts_s": list(self.cuts_s)}
        if self.tempo_bpm:
            plain |= {"tempo_bpm": self.tempo_bpm, "beats_s": list(self.beats_s)}
        if self.cast:
            plain |= {"cast": [puppet.to_json() for puppet in self.cast]}
        return plain
