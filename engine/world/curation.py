"""How well made a scene is, by its truth: what fine-tuning on curated scenes chooses by.

Shape letters: T pictures, N bodies, S samples.

Every mark is 0 to 1 and asks how a thing is shown, never what is shown. What rolls ends at a wall
at the picture's edge all the same, and rain hides what touches; so only scenes of one kind are
compared, and what is chosen asks for the same as often as what was drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.shapes import SAMPLE_RATE_HZ, ClipShape
from engine.world.foley import synthesise
from engine.world.physics import simulate
from engine.world.scene import Scene
from engine.world.truth import Truth

Sound = NDArray[np.float32]

# A body of this radius, as a share of the picture's height, is large enough to be told by its form.
_LEGIBLE = 0.1
# Bodies whose centres are nearer than this share of their radii together hide one another.
_APART = 0.8
_HEADROOM = 0.03
_INNER = (0.03, 0.97)
_EDGE_S = 0.1
_BLOCK_S = 0.05
# Nothing to be in sync with is a fault, but a clip may be good without.
_NOTHING_HEARD = 0.25
_SHORTEST_SHOT_S = 0.6
_LOUDEST, _QUIETEST_DB = 0.95, -24.0


@dataclass(frozen=True, kw_only=True)
class Marks:
    """Marks of one clip, 0 to 1.

    Attributes:
        composition: whether who plays is in the picture as a whole, large enough, and not hidden.
        contacts: whether what touches is in view and starts a sound of its own.
        cuts: whether shots last and nothing touches across a cut.
        sound: whether it is loud enough, leaves headroom, and is not all on one side.
    """

    composition: float
    contacts: float
    cuts: float
    sound: float

    @property
    def together(self) -> float:
        """All of them: one fault is enough to fall behind."""
        return self.composition * self.contacts * self.cuts * self.sound


def best_made(scenes: Sequence[Scene], shape: ClipShape) -> int:
    """Of the scenes of the first one's kind the index of the best made, the first of equals."""
    alike = [index for index, one in enumerate(scenes) if kind_of(one) == kind_of(scenes[0])]
    if len(alike) == 1:
        return 0
    chosen = [scenes[index] for index in alike]
    truths = simulate(chosen, shape)
    sounds = synthesise(chosen, truths, shape)
    marks = [
        marks_of(truth, sound, shape).together for truth, sound in zip(truths, sounds, strict=True)
    ]
    return alike[int(np.argmax(marks))]


def kind_of(scene: Scene) -> tuple[object, ...]:
    """What is asked for that makes a scene easier or harder to show well."""
    falling = scene.weather in ("rain", "snow")
    return scene.action, len(scene.bodies), len(scene.cast), len(scene.shots) > 1, falling


def marks_of(truth: Truth, sound: Sound, shape: ClipShape) -> Marks:
    """The marks of a clip of ``truth`` that sounds as ``sound`` (2, S)."""
    return Marks(
        composition=_composition(truth, shape.width / shape.height),
        contacts=_contacts(truth, sound, shape.duration_s),
        cuts=_cuts(truth, shape),
        sound=_balance(sound),
    )


def _composition(truth: Truth, aspect: float) -> float:
    parts = []
    if truth.extents.size:
        parts.append(_bodies(truth, aspect))
    for puppet in truth.cast:
        x, y = puppet.head.T
        across = puppet.head_radius / aspect
        inside = (x > across) & (x < 1 - across) & (y > puppet.head_radius + _HEADROOM) & (y < 1)
        parts.append(float(inside.mean()))
    return float(np.mean(parts)) if parts else 0.0


def _bodies(truth: Truth, aspect: float) -> float:
    x, y = truth.centres[..., 0], truth.centres[..., 1]
    tall = truth.extents
    inside = (x > tall / aspect) & (x < 1 - tall / aspect) & (y > tall) & (y < 1 - tall)
    legible = np.minimum(tall / _LEGIBLE, 1)
    return float(inside.mean() * legible.mean() * _seen_apart(truth, aspect))


def _seen_apart(truth: Truth, aspect: float) -> float:
    """Share of the pictures of all pairs of bodies in which neither hides the other."""
    count = truth.extents.shape[1]
    first, second = np.triu_indices(count, 1)
    if not len(first):
        return 1.0
    way = (truth.centres[:, first] - truth.centres[:, second]) * [aspect, 1.0]
    reach = truth.extents[:, first] + truth.extents[:, second]
    return float((np.linalg.norm(way, axis=-1) > _APART * reach).mean())


def _contacts(truth: Truth, sound: Sound, duration_s: float) -> float:
    touches = [(one.time_s, one.x_pan) for one in truth.contacts if one.audible]
    for puppet in truth.cast:
        touches += [(one.time_s, one.x_pan) for one in puppet.steps if one.audible]
        touches += [(one.time_s, one.x_pan) for one in puppet.touches if one.audible]
    if not touches:
        speaks = any(puppet.syllables for puppet in truth.cast)
        return 1.0 if speaks else _NOTHING_HEARD
    marks = []
    for time_s, pan in touches:
        shown = _INNER[0] < pan < _INNER[1] and _EDGE_S < time_s < duration_s - _EDGE_S
        marks.append(_starts(sound, time_s) if shown else 0.0)
    return float(np.mean(marks))


def _starts(sound: Sound, time_s: float) -> float:
    """How clearly a sound begins at a time: nothing at 3 dB above what was before, all at 15."""
    at, block = round(time_s * SAMPLE_RATE_HZ), round(_BLOCK_S * SAMPLE_RATE_HZ)
    before, after = sound[:, max(0, at - block) : at], sound[:, at : at + block]
    rise_db = 10 * np.log10((_power(after) + 1e-9) / (_power(before) + 1e-9))
    return float(np.clip((rise_db - 3) / 12, 0, 1))


def _power(sound: Sound) -> float:
    return float(np.square(sound, dtype=np.float64).mean()) if sound.size else 0.0


def _cuts(truth: Truth, shape: ClipShape) -> float:
    if not truth.cuts_s:
        return 1.0
    lasting = [frames / float(shape.rate) >= _SHORTEST_SHOT_S for frames in truth.shot_frames]
    touched = [one.time_s for one in truth.contacts if one.audible]
    clear = [all(abs(cut - time_s) > _EDGE_S for time_s in touched) for cut in truth.cuts_s]
    return float(np.mean(lasting) * np.mean(clear))


def _balance(sound: Sound) -> float:
    peak = float(np.abs(sound).max(initial=0.0))
    if peak < 1e-4:
        return 0.0
    headroom = np.clip((1 - peak) / (1 - _LOUDEST), 0, 1)
    loud = np.clip((20 * np.log10(peak) - _QUIETEST_DB) / 12, 0, 1)
    left, right = (np.sqrt(_power(channel)) for channel in sound)
    leaning = abs(left - right) / (left + right)
    return float(headroom * loud * np.clip(1.3 - leaning, 0, 1))
