"""All claims, and the scores taken of them on the world beside their floors."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.devices import cores
from engine.metrics.claims import (
    air,
    changes,
    events,
    likeness,
    pairs,
    perceived,
    seams,
    shots,
    speech,
)
from engine.metrics.claims.cases import LEVELS, Case, cases_of, subjects_of
from engine.metrics.claims.damage import DAMAGES, Fall, ladder
from engine.metrics.claims.motion import motion_claim
from engine.metrics.claims.quality import quality_claim
from engine.metrics.claims.rounds import (
    Round,
    Taken,
    Tools,
    codecs_of,
    is_kept,
    looks_of_reader,
    rounds_of,
    taken,
)
from engine.metrics.claims.rows import Claim, Found, scores_of
from engine.metrics.claims.worst import Worst, worst_of
from engine.metrics.looks import Looks
from engine.metrics.report import Score
from engine.models.codecs import Codecs

GROUPS = (
    *("sync", "stereo", "prompt", "physics", "references", "v2v", "shots"),
    *("extension", "perception", "picture", "sound"),
)
# Rounds that come faster were kept from before.
_AT_ONCE_S = 0.3
# Seconds of a core, measured: of a round's work, and of a clip at one step of a damage.
_WORK_S, DAMAGED_S = 0.4, 0.25


def all_claims(looks: Looks | None, codecs: Codecs | None) -> tuple[Claim, ...]:
    """Every claim; bodies are found by ``looks``, features are those of ``codecs``."""
    return (
        events.STEPS,
        speech.MOUTH,
        events.BEAT,
        speech.PLACE,
        air.WEATHER,
        motion_claim(looks),
        pairs.PAIRS,
        likeness.IDENTITY,
        likeness.ROLES,
        likeness.TEMPO,
        likeness.VOICE,
        changes.EDIT,
        shots.CUTS,
        shots.IDENTITY,
        shots.DRIFT,
        seams.SEAM,
        seams.DRIFT,
        perceived.PERCEPTION,
        quality_claim(codecs),
    )


def claims_with(tools: Tools) -> tuple[Claim, ...]:
    """Every claim as it is measured with ``tools``."""
    return all_claims(looks_of_reader(tools.reader), codecs_of(tools.codecs))


def groups_of(claim: Claim) -> set[str]:
    """The first names of the claim's rows."""
    return {row.split(".")[0] for row in claim.rows}


def drawn(claim: Claim, count: int, level: int | None = None) -> list[Case]:
    """The cases of a claim, as many as it takes."""
    count = min(count, claim.most or count)
    subjects = subjects_of(claim.kind, count, level, static=claim.static)
    if claim.stage is not None:
        subjects = [claim.stage(scene) for scene in subjects]
    return cases_of(claim.kind, subjects, claim.shape)


def world_scores(
    claims: Sequence[Claim],
    count: int,
    level: int | None,
    tools: Tools,
    say: Callable[[str], None],
    folder: Path | None = None,
) -> tuple[dict[str, Score], list[Worst]]:
    """Every row on the world's own clips, and each claim's worst clip.

    What cannot be measured says why, and the rest goes on.

    Args:
        claims: which are asked for.
        count: of clips for each, where it takes as many.
        level: of the world; by default the lowest that shows what a claim is about.
        tools: what is measured with.
        say: is told how far it is.
        folder: where rounds that are done are kept, so that a score goes on.
    """
    shown = [claim for claim in claims if not too_low(claim, level)]
    rounds = sorted(rounds_of(shown, count, level), key=_work, reverse=True)
    began, whole = time.monotonic(), sum(map(_work, rounds))
    fresh_ones = [one for one in rounds if not is_kept(one, tools, folder)]
    kept, minutes = len(rounds) - len(fresh_ones), _WORK_S * sum(map(_work, fresh_ones)) / 60
    say(f"{kept} of {len(rounds)} rounds are kept from before; {minutes / cores():.1f} min to go.")
    parts: dict[str, list[tuple[Round, Taken]]] = {claim.name: [] for claim in shown}
    done, fresh, before = 0.0, 0.0, began
    for one, found in taken(rounds, tools, folder, claims_with):
        done += _work(one)
        # What was kept from before comes at once, and says nothing of the pace.
        fresh += _work(one) if time.monotonic() - before > _AT_ONCE_S or fresh else 0.0
        before = time.monotonic()
        for name in one.claims:
            if name in parts:
                parts[name].append((one, found))
        left = (before - began) / fresh * (whole - done) / 60 if fresh else 0.0
        say(f"{done / whole:4.0%}, {left:.1f} min left: {one.kind}, {len(one.subjects)} clips.")
    rows: dict[str, Score] = {}
    for claim in claims:
        why = too_low(claim, level)
        if not why and not parts[claim.name]:
            why = "fewer than two of the clips looked through show it"
        if why:
            rows |= {row: Score.missing(why) for row in claim.rows}
        else:
            rows |= scores_of(claim.rows, _joined(claim, parts[claim.name]))
    found = (worst_of(claim, parts[claim.name]) for claim in shown)
    return rows, [one for one in found if one is not None]


def steps_of_damage(keeps: Callable[[str], bool]) -> int:
    """How often every clip is measured in the self-test of the rows asked for."""
    return sum(1 + len(one.steps) for one in DAMAGES.values() if keeps(one.row))


def _work(one: Round) -> float:
    """What a round costs: its pictures, and some more for each claim."""
    return len(one.subjects) * (one.shape.frames / 25 + 0.15 * len(one.claims))


def _joined(claim: Claim, parts: Sequence[tuple[Round, Taken]]) -> dict[str, list[Found]]:
    """What all rounds found for a claim, always in the same order."""
    ordered = sorted(parts, key=lambda part: part[0].subjects[0].seed)
    joined: dict[str, list[Found]] = {}
    for _, found in ordered:
        for shown, values in found[claim.name].items():
            joined.setdefault(shown, []).extend(values)
    return joined


def too_low(claim: Claim, level: int | None) -> str:
    """Why a level has nothing for a claim; empty where it has."""
    least = LEVELS[claim.kind]
    if level is None or level >= least:
        return ""
    return f"it is seen from level {least} of the world on, and level {level} was asked for"


def fallen(
    claims: Sequence[Claim], count: int, level: int | None, keeps: Callable[[str], bool]
) -> list[Fall]:
    """The self-test: what becomes of every damage's row that is asked for, step by step."""
    found = []
    by_name = {claim.name: claim for claim in claims}
    for name, damage in DAMAGES.items():
        claim = by_name.get(damage.claim)
        if claim is None or damage.row not in claim.rows or not keeps(damage.row):
            continue
        if too_low(claim, level):
            continue
        values = ladder(damage, claim, drawn(claim, count, level))
        found.append(Fall.of(name, damage.row, values))
    return found
