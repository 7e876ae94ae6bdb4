"""Clips that were read and heard, as the sections of a page: the worst first."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.metrics.evidence import ClipSet, Evidence
from engine.metrics.page import HEARD, SEEN, TRUE, Section, coloured
from engine.metrics.prompt import KINDS, names_of, shares_read
from engine.metrics.strips import strip
from engine.metrics.sync import clip_matches
from engine.world.caption import caption

SHOWN = 24


def read_sections(
    sets: Mapping[str, ClipSet], seen: Mapping[str, Evidence], main: str
) -> list[Section]:
    """The worst clips of the set ``main``, each beside the truth."""
    return [_section(index, sets, seen, main) for index in worst_first(seen[main])[:SHOWN]]


def worst_first(evidence: Evidence) -> list[int]:
    """Clips from the worst to the best: by what is in sync, then by what is read back."""
    matches = clip_matches(evidence)
    sums = []
    for index, scene in enumerate(evidence.scenes):
        shares = shares_read(evidence.readings[index], scene)
        sums.append((matches[index].f1 + float(np.nanmean(list(shares.values()))), index))
    return [index for _, index in sorted(sums)]


def _section(
    index: int, sets: Mapping[str, ClipSet], seen: Mapping[str, Evidence], main: str
) -> Section:
    evidence = seen[main]
    matches = clip_matches(evidence)[index]
    strips = {}
    for name in dict.fromkeys((main, "truth")):
        marks = [
            ([one.time_s for one in seen[name].seen(index)], SEEN),
            ([one.time_s for one in seen[name].heard[index]], HEARD),
        ]
        if name == "truth":
            contacts = sets[name].contacts[index]
            marks.append(([one.time_s for one in contacts if one.audible], TRUE))
        strips[name] = strip(sets[name].video[index], sets[name].sound[index], marks)
    said = (
        f"{_readings(evidence, index)} · in sync {matches.f1:.2f} "
        f'<span class="small">({matches.found} heard, {matches.wanted} seen)</span>'
    )
    return Section(title=caption(evidence.scenes[index], 0), said=said, strips=strips)


def _readings(evidence: Evidence, index: int) -> str:
    reading, scene = evidence.readings[index], evidence.scenes[index]
    shares = shares_read(reading, scene)
    wanted = names_of(scene)
    parts = []
    for kind in KINDS:
        said = ", ".join(reading.best(kind, len(wanted[kind])))
        if said:
            parts.append(f"{kind} {coloured(said, right=shares[kind] == 1)}")
    return " · ".join(parts)
