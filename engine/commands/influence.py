"""Influence of references: each is left out in turn, and what that changes is measured.

Held against another seed, so that the figures mean the same from request to request: 1 is as much
as another take differs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands.console import say, workspace
from engine.errors import EngineError

if TYPE_CHECKING:
    from engine.api import Backend, Reference, ShotRequest, Take


@dataclass(frozen=True, kw_only=True)
class Influence:
    """What leaving a reference out changes, as parts of what another seed changes."""

    name: str
    role: str
    picture: float
    sound: float


def measure_influence(backend: Backend, request: ShotRequest, beside: Path) -> list[Influence]:
    """The influence of every reference of ``request``, at Fast.

    Raises:
        EngineError: if it cannot be rendered.
    """
    from engine.api import Quality

    plain = replace(request, quality=Quality(steps=request.quality.steps), variations=1)
    sent = [one for one in plain.references if one.weight != 0]
    with workspace(beside) as folder:
        whole = _render(backend, plain, folder / "whole")
        other = _render(backend, replace(plain, seed=plain.seed + 1), folder / "seed")
        far = _distance(whole, other)
        result = []
        for number, reference in enumerate(sent):
            rest = tuple(
                replace(one, weight=0.0) if one is reference else one for one in plain.references
            )
            without = _render(backend, replace(plain, references=rest), folder / str(number))
            near = _distance(whole, without)
            result.append(
                Influence(
                    name=_name(reference),
                    role=reference.role,
                    picture=near[0] / max(far[0], 1e-9),
                    sound=near[1] / max(far[1], 1e-9),
                )
            )
    return result


def told(influences: list[Influence]) -> list[dict[str, Any]]:
    """Say the influences, the strongest first, and return them for a report."""
    for one in sorted(influences, key=lambda one: -max(one.picture, one.sound)):
        role = one.role.replace("_", " ")
        say(f"{one.name} ({role}): picture {one.picture:.2f}, sound {one.sound:.2f} of a seed")
    return [vars(one) for one in influences]


def _render(backend: Backend, request: ShotRequest, folder: Path) -> Take:
    from engine.api import Control, Failed, Finished

    for event in backend.render(request, Control(folder)):
        match event:
            case Finished(takes=takes):
                return takes[0]
            case Failed(sentence=sentence):
                raise EngineError(sentence)
            case _:
                pass
    raise EngineError("The render ended without a take.")


def _distance(one: Take, two: Take) -> tuple[float, float]:
    """Mean difference of pictures, and of the sound's level over time."""
    import numpy as np

    from engine.media import read_pictures, read_sound

    pictures = [read_pictures(take.picture).astype(np.float32) for take in (one, two)]
    envelopes = []
    for take in (one, two):
        sound = read_sound(take.sound, rate_hz=take.sample_rate_hz)
        whole = sound[:, : sound.shape[1] // 240 * 240].reshape(2, -1, 240)
        envelopes.append(np.sqrt(np.square(whole).mean(axis=2)))
    return (
        float(np.abs(pictures[0] - pictures[1]).mean()),
        float(np.abs(envelopes[0] - envelopes[1]).mean()),
    )


def _name(reference: Reference) -> str:
    return f"@{reference.tag}" if reference.tag else Path(reference.source).name
