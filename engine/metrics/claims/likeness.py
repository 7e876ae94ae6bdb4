"""Whether references are kept: ``references`` rows, each against other cases' references.

- ``references.identity.nK``: share of clips in which, by K pictures of everybody, the one shown is
  found first among 20 identities (chance 0.05); ``references.identity_distance`` to the own
  reference; ``references.slot_leak``: share of pairs in which one looks more like the other.
- ``references.environment``: correlation with the place alone; ``references.motion`` of the path of
  what moves with that of another cast; ``references.camera`` of the camera's path with its clip's.
- ``references.tempo_error`` in shares of the reference's tempo, up to whole multiples;
  ``references.pitch_cents`` and ``references.formant_error`` (share) of a voice saying other words.

Detectors: colours from top to bottom (``seeing.looks_of``), coarse grounds, changing pixels,
the camera by least squares, onsets' autocorrelation, pitch and spectral shape (``hearing``). Each
one's own error is its value on truth. Who stands where is known; looks are not.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.metrics.claims.cases import Case, Shown, scene_cases
from engine.metrics.claims.hearing import formant_ratio, pitches_hz, spectral_shapes, tempo_bpm
from engine.metrics.claims.rows import Claim, Measured, mean, median
from engine.metrics.claims.seeing import (
    alike,
    camera_steps,
    ground_of,
    looks_of,
    motion_path,
    portrait_mask,
    unlike,
)
from engine.world.cast import Identity
from engine.world.cast_sheet import puppet_picture
from engine.world.cast_sound import voice_reference
from engine.world.scene import Scene

COUNTS = (1, 3, 9, 15)
AMONG = 20
_LOOKED_AT = 5


def portraits(identity: Identity, case: Case) -> dict[int, NDArray[np.float64]]:
    """What somebody looks like by each of ``COUNTS`` pictures, each in a pose of its own."""
    size = case.shape.width, case.shape.height
    pictures = [puppet_picture(identity, *size, seed) for seed in range(max(COUNTS))]
    found = [looks_of([one], [portrait_mask(one)]) for one in pictures]
    seen = [one for one in found if one is not None]
    return {count: np.mean(seen[:count], axis=0) for count in COUNTS}


def looks_in(case: Case, shown: Shown, number: int) -> NDArray[np.float64] | None:
    """What the cast's ``number`` looks like in a clip."""
    at = np.linspace(0, len(case.masks) - 1, _LOOKED_AT).round().astype(int)
    region = case.masks[at] == len(case.scene.bodies) + 1 + number
    return looks_of(list(shown.video[at]), list(region))


def identity_beside(cases: Sequence[Case]) -> Callable[[Case, Shown], Measured]:
    """Retrieval among the casts of all cases."""
    known = {
        (id(case), number): portraits(puppet.identity, case)
        for case in cases
        for number, puppet in enumerate(case.scene.cast)
    }

    def measure(case: Case, shown: Shown) -> Measured:
        own = [key for key in known if key[0] == id(case)]
        others = [key for key in known if key[0] != id(case)]
        random.Random(case.scene.seed).shuffle(others)
        rows: dict[str, list[float]] = {f"references.identity.n{k}": [] for k in COUNTS}
        rows |= {"references.identity_distance": [], "references.slot_leak": []}
        for key in own:
            seen = looks_in(case, shown, key[1])
            if seen is None:
                continue
            for k in COUNTS:
                to_own = unlike(seen, known[key][k])
                to_others = [unlike(seen, known[one][k]) for one in others[: AMONG - 1]]
                won = float(to_own < min(to_others, default=1.0))
                rows[f"references.identity.n{k}"].append(won)
            rows["references.identity_distance"].append(unlike(seen, known[key][3]))
            for other in own:
                if other != key:
                    closer = unlike(seen, known[other][3]) < unlike(seen, known[key][3])
                    rows["references.slot_leak"].append(float(closer))
        return rows

    return measure


IDENTITY = Claim(
    name="references.identity",
    kind="cast",
    beside=identity_beside,
    rows={
        **{f"references.identity.n{k}": mean for k in COUNTS},
        "references.identity_distance": mean,
        "references.slot_leak": mean,
    },
)


RoleName = Literal["environment", "motion", "camera"]
ROLE_NAMES: tuple[RoleName, ...] = ("environment", "motion", "camera")


def role_reference(case: Case, other: Scene, role: RoleName) -> Shown:
    """A clip in which one role is the case's and everything else another scene's."""
    scene = case.scene
    match role:
        case "environment":
            given = replace(scene, bodies=(), cast=(), music=None)
        case "motion":
            cast = tuple(
                replace(puppet, identity=other.cast[k % len(other.cast)].identity)
                for k, puppet in enumerate(scene.cast)
            )
            floor = scene.floor or scene.set_name
            given = replace(
                scene, seed=other.seed, set_name=other.set_name, floor=floor, light=other.light,
                weather="clear", music=None, cast=cast,
            )  # fmt: skip
        case "camera":
            given = replace(other, camera=scene.camera)
    return scene_cases([given], case.shape)[0].answer


def role_beside(cases: Sequence[Case]) -> Callable[[Case, Shown], Measured]:
    """Environment, motion and camera against references drawn once."""
    others = [case.scene for case in (*cases[1:], *cases[:1])]
    drawn = {
        (id(case), role): role_reference(case, other, role)
        for case, other in zip(cases, others, strict=True)
        for role in ROLE_NAMES
    }
    nobody = np.zeros_like(cases[0].masks) if cases else np.zeros((0, 0, 0), np.uint8)

    def measure(case: Case, shown: Shown) -> Measured:
        place, motion, camera = (drawn[id(case), role] for role in ROLE_NAMES)
        rows: dict[str, float] = {}
        ground = ground_of(shown.video, case.masks)
        rows["references.environment"] = alike(ground, ground_of(place.video, nobody))
        if case.scene.camera.move == "static":
            rows["references.motion"] = path_alike(
                motion_path(shown.video), motion_path(motion.video)
            )
        if case.scene.camera.move not in ("static", "follow", "handheld"):
            seen = camera_steps(shown.video, case.masks)
            rows["references.camera"] = alike(seen, camera_steps(camera.video))
        return rows

    return measure


def path_alike(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Correlation of two ways, both directions together, where both are seen."""
    both = np.isfinite(first).all(axis=1) & np.isfinite(second).all(axis=1)
    if both.sum() < 6:
        return float("nan")
    a, b = first[both], second[both]
    return alike(a - a.mean(axis=0), b - b.mean(axis=0))


ROLES = Claim(
    name="references.roles",
    kind="cast",
    beside=role_beside,
    rows={
        "references.environment": mean,
        "references.motion": mean,
        "references.camera": mean,
    },
)


def tempo_measures(case: Case, shown: Shown) -> Measured:
    """The tempo heard against that of the music, up to halves and doubles."""
    heard, asked = tempo_bpm(shown.sound), float(case.truth.tempo_bpm)
    if not asked or not np.isfinite(heard):
        return {}
    errors = [abs(heard * factor - asked) / asked for factor in (0.5, 2 / 3, 1.0, 1.5, 2.0)]
    return {"references.tempo_error": min(errors)}


TEMPO = Claim(
    name="references.tempo",
    kind="dance",
    measure=tempo_measures,
    rows={"references.tempo_error": median},
    shuffle="sound",
)


def voice_measures(case: Case, shown: Shown) -> Measured:
    """The voice heard against a reference of it that says something else."""
    speaking = [k for k, one in enumerate(case.truth.cast) if len(one.syllables) >= 3]
    if len(speaking) != 1:
        return {}
    identity = case.scene.cast[speaking[0]].identity
    given = voice_reference(identity, shown.sound.shape[1], case.scene.seed % 4)
    heard, asked = pitches_hz(shown.sound), pitches_hz(given)
    if len(heard) < 10 or len(asked) < 10:
        return {}
    cents = 1200 * abs(float(np.log2(np.median(heard) / np.median(asked))))
    ratio = formant_ratio(spectral_shapes(given), spectral_shapes(shown.sound))
    return {"references.pitch_cents": cents, "references.formant_error": abs(ratio - 1)}


VOICE = Claim(
    name="references.voice",
    kind="talk",
    measure=voice_measures,
    rows={"references.pitch_cents": median, "references.formant_error": mean},
    shuffle="sound",
)
