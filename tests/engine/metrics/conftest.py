"""A few clips of the world, with the eye replaced by what truly happened."""

from __future__ import annotations

import numpy as np
import pytest

from engine.metrics.evidence import ClipSet, Evidence, held_out_scenes, world_clips
from engine.metrics.looks import BODY_NAMES
from engine.metrics.onsets import hear
from engine.metrics.prompt import names_of
from engine.metrics.reader import CLIP_NAMES, Reading, Seen
from engine.metrics.sync import VISIBLE_M_S
from engine.shapes import ClipShape

SMALL = ClipShape(width=64, height=48, frames=25)


@pytest.fixture(scope="session")
def truth() -> ClipSet:
    return world_clips(held_out_scenes(10), SMALL)


def evidence_of(clips: ClipSet, sound: np.ndarray | None = None) -> Evidence:
    """What a faultless eye sees in the clips, and what is heard in ``sound``."""
    readings = []
    for scene, contacts in zip(clips.scenes, clips.contacts, strict=True):
        seen = tuple(
            Seen(time_s=c.time_s, x=c.x_pan, surety=1.0 if c.speed_m_s >= VISIBLE_M_S else 0.2)
            for c in contacts
        )
        said = names_of(scene)
        names = {
            kind: np.array([float(name in said[kind]) for name in options], dtype=np.float32)
            for kind, options in (CLIP_NAMES | BODY_NAMES).items()
        }
        readings.append(Reading(contacts=seen, names=names, count=len(scene.bodies)))
    heard = tuple(hear(one) for one in (clips.sound if sound is None else sound))
    return Evidence(scenes=clips.scenes, readings=tuple(readings), heard=heard, sure=0.5)


@pytest.fixture(scope="session")
def observed(truth: ClipSet) -> Evidence:
    return evidence_of(truth)
