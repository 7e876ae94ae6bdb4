"""Influence of references: each is left out in turn, and what that changes is measured.

Of two that are alike but for their files, tags change places as well: together with the files,
which is the same request told otherwise, and alone, which should exchange what they show.

Held against another seed, so that the figures mean the same from request to request: 1 is as much
as another take differs.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands.console import say, workspace
from engine.commands.films import rendered

if TYPE_CHECKING:
    from engine.api import Backend, Reference, ShotRequest, Take


@dataclass(frozen=True, kw_only=True)
class Influence:
    """What leaving a reference out changes, as parts of what another seed changes."""

    name: str
    role: str
    picture: float
    sound: float


@dataclass(frozen=True, kw_only=True)
class Swap:
    """What two tags that change places change in the picture, as parts of another seed's change.

    Attributes:
        with_files: the files change places with the tags; nothing should change.
        alone: the tags alone change places in the prompt.
    """

    names: tuple[str, str]
    with_files: float
    alone: float


@dataclass(frozen=True, kw_only=True)
class Influences:
    """What the references of a request do; ``swap`` is ``None`` where no two are alike."""

    references: tuple[Influence, ...]
    swap: Swap | None


def measure_influence(backend: Backend, request: ShotRequest, beside: Path) -> Influences:
    """The influence of every reference of ``request``, at Fast.

    Raises:
        EngineError: if it cannot be rendered.
    """
    from engine.api import Quality

    plain = replace(request, quality=Quality(steps=request.quality.steps), variations=1)
    with workspace(beside) as folder:
        whole = rendered(backend, plain, folder / "whole")
        other = rendered(backend, replace(plain, seed=plain.seed + 1), folder / "seed")
        far = [max(one, 1e-9) for one in _distance(whole, other)]

        def changes(asked: ShotRequest, name: str) -> tuple[float, float]:
            near = _distance(whole, rendered(backend, asked, folder / name))
            return near[0] / far[0], near[1] / far[1]

        found = []
        for number, reference in enumerate(one for one in plain.references if one.weight != 0):
            picture, sound = changes(_without(plain, reference), str(number))
            found.append(
                Influence(name=_name(reference), role=reference.role, picture=picture, sound=sound)
            )
        swap = None
        pair = _alike(plain)
        if pair is not None:
            alone = replace(plain, prompt=_exchanged(plain.prompt, pair))
            swap = Swap(
                names=(_name(pair[0]), _name(pair[1])),
                with_files=changes(_files_exchanged(alone, pair), "with files")[0],
                alone=changes(alone, "alone")[0],
            )
    return Influences(references=tuple(found), swap=swap)


def told(influences: Influences) -> dict[str, Any]:
    """Say the influences, the strongest first, and return them for a report."""
    for one in sorted(influences.references, key=lambda one: -max(one.picture, one.sound)):
        role = one.role.replace("_", " ")
        say(f"{one.name} ({role}): picture {one.picture:.2f}, sound {one.sound:.2f} of a seed")
    report: dict[str, Any] = {"influence": [vars(one) for one in influences.references]}
    swap = influences.swap
    if swap is not None:
        say(
            f"{' and '.join(swap.names)} swapped: {swap.alone:.2f} of a seed; with their files "
            f"{swap.with_files:.2f}"
        )
        report["swap"] = vars(swap)
    return report


def _without(request: ShotRequest, reference: Reference) -> ShotRequest:
    rest = (replace(one, weight=0.0) if one is reference else one for one in request.references)
    return replace(request, references=tuple(rest))


def _alike(request: ShotRequest) -> tuple[Reference, Reference] | None:
    """The first two references that the prompt names, by tags of their own in one role.

    What else differs, such as weights, goes with the files and does not keep them apart.
    """
    named = [
        one
        for one in request.references
        if one.tag and one.weight != 0 and re.search(_tag(one), request.prompt, re.IGNORECASE)
    ]
    for pair in itertools.combinations(named, 2):
        if pair[0].tag.casefold() != pair[1].tag.casefold() and pair[0].role == pair[1].role:
            return pair
    return None


def _tag(reference: Reference) -> str:
    return rf"@{re.escape(reference.tag)}(?![\w-])"


def _exchanged(prompt: str, pair: tuple[Reference, Reference]) -> str:
    """``prompt`` with the tags of ``pair`` in one another's places."""
    first, second = pair

    def other(match: re.Match[str]) -> str:
        own = match.group()[1:].casefold() == first.tag.casefold()
        return f"@{second.tag if own else first.tag}"

    return re.sub(f"{_tag(first)}|{_tag(second)}", other, prompt, flags=re.IGNORECASE)


def _files_exchanged(request: ShotRequest, pair: tuple[Reference, Reference]) -> ShotRequest:
    """``request`` with the tags of ``pair`` on one another's files."""
    tags = {id(pair[0]): pair[1].tag, id(pair[1]): pair[0].tag}
    own = (replace(one, tag=tags.get(id(one), one.tag)) for one in request.references)
    return replace(request, references=tuple(own))


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
