"""The clip of each claim that truth itself is least sure of, to be looked at on a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.metrics.claims.cases import cases_of, round_trips
from engine.metrics.claims.rounds import Round, Taken
from engine.metrics.claims.rows import Claim, pooled
from engine.metrics.page import Section
from engine.metrics.report import lower_is_better, short, unranked
from engine.metrics.strips import strip
from engine.models.codecs import Codecs
from engine.world.caption import caption
from engine.world.scene import Scene


@dataclass(frozen=True, kw_only=True)
class Worst:
    """The clip of which a claim's first row says least.

    Attributes:
        row: name of the row.
        value: what it says of this clip's truth.
        subject: what the clip is about, as ``Round.subjects`` has it.
    """

    claim: Claim
    row: str
    value: float
    subject: Scene


def worst_of(claim: Claim, parts: Iterable[tuple[Round, Taken]]) -> Worst | None:
    """The worst clip of the rounds of a claim; nothing where no row is taken clip by clip."""
    row = next((one for one in claim.rows if ".detector." not in one and not unranked(one)), None)
    if row is None:
        return None
    sign = -1.0 if lower_is_better(row) else 1.0
    found = [
        Worst(claim=claim, row=row, value=value, subject=subject)
        for one, taken in parts
        for subject, values in zip(one.subjects, taken[claim.name]["truth"], strict=True)
        if np.isfinite(value := pooled([values], row, claim.rows[row]).value)
    ]
    return min(found, key=lambda one: sign * one.value, default=None)


def worst_sections(worst: Sequence[Worst], codecs: Codecs | None) -> list[Section]:
    """Each drawn again: what was given, what was wanted, and its round trip."""
    return [_section(one, codecs) for one in worst]


def _section(one: Worst, codecs: Codecs | None) -> Section:
    case = cases_of(one.claim.kind, [one.subject], one.claim.shape)[0]
    shown = {"source": case.source} if case.task is not None else {}
    shown["truth"] = case.answer
    if codecs is not None:
        shown["codec"] = round_trips([case.answer], codecs)[0]
    words = caption(case.scene, 0) if case.task is None else case.task.task.prompt
    return Section(
        title=f"{one.row}: {words}",
        said=f"{short(one.value)} on truth, the worst of all clips of this row",
        strips={name: strip(clip.video, clip.sound) for name, clip in shown.items()},
    )
