"""All claims, and the scores taken of them on the world beside their floors."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from engine.metrics.claims import changes, events, likeness, perceived, seams, shots, speech
from engine.metrics.claims.cases import (
    LEVELS,
    Case,
    Shown,
    draw_cases,
    retaken,
    round_trips,
)
from engine.metrics.claims.damage import DAMAGES, falls, ladder
from engine.metrics.claims.motion import motion_claim
from engine.metrics.claims.quality import quality_claim
from engine.metrics.claims.rows import Claim, scores, shuffled
from engine.metrics.looks import Looks
from engine.metrics.report import Score
from engine.models.codecs import Codecs

GROUPS = (
    *("sync", "stereo", "physics", "references", "v2v", "shots"),
    *("extension", "perception", "picture", "sound"),
)
# Chance does not rank these: what shows no bodies shows none in each other, and any busy picture
# matches any busy sound; the same clips in another order have the same distribution.
UNRANKED = (
    *("physics.overlap_share", "sync.beat.av_align"),
    *("picture.feature_distance", "sound.feature_distance"),
)
LEAST = 2
Floors = Mapping[str, Sequence[Shown]]


def all_claims(looks: Looks | None, codecs: Codecs | None) -> tuple[Claim, ...]:
    """Every claim; bodies are found by ``looks``, features are those of ``codecs``."""
    return (
        events.STEPS,
        speech.MOUTH,
        events.BEAT,
        speech.PLACE,
        motion_claim(looks),
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


def groups_of(claim: Claim) -> set[str]:
    """The first names of the claim's rows."""
    return {row.split(".")[0] for row in claim.rows}


def drawn(claim: Claim, count: int, level: int | None = None) -> list[Case]:
    """The cases of a claim, as many as it takes."""
    count = min(count, claim.most or count)
    if claim.draw is not None:
        return claim.draw(count)
    return draw_cases(claim.kind, count, level, static=claim.static)


def world_scores(
    claims: Sequence[Claim],
    count: int,
    level: int | None,
    codecs: Codecs | None,
    say: Callable[[str], None],
) -> dict[str, Score]:
    """Every row on the world's own clips; what cannot be measured says why, the rest goes on."""
    rows: dict[str, Score] = {}
    kept: tuple[object, list[Case], Floors] = (None, [], {})
    for claim in sorted(claims, key=lambda it: (it.kind, it.static, it.draw is not None)):
        began = time.monotonic()
        why = too_low(claim, level)
        # Claims about the same clips follow each other, and those clips are drawn once.
        key = (claim.kind, claim.static, claim.draw, claim.most)
        if not why and key != kept[0]:
            cases = drawn(claim, count, level)
            kept = (key, cases, floors_of(claim, cases, codecs) if len(cases) >= LEAST else {})
        cases = [] if why else kept[1]
        if not why and len(cases) < LEAST:
            why = f"only {len(cases)} of the clips looked through show it"
        if why:
            rows |= {row: Score.missing(why) for row in claim.rows}
            continue
        chance = shuffled(claim, kept[2]["truth"])
        rows |= scores(claim, cases, {**kept[2], "shuffled": chance})
        say(f"{claim.name}: {len(cases)} clips in {time.monotonic() - began:.0f} s.")
    order = [row for claim in claims for row in claim.rows]
    return {row: rows[row] for row in order}


def too_low(claim: Claim, level: int | None) -> str:
    """Why a level has nothing for a claim; empty where it has."""
    least = LEVELS[claim.kind]
    if level is None or level >= least:
        return ""
    return f"it is seen from level {least} of the world on, and level {level} was asked for"


def floors_of(claim: Claim, cases: Sequence[Case], codecs: Codecs | None) -> Floors:
    """What is shown in place of the cases, by floor, but for chance."""
    truth = [case.answer for case in cases]
    sets: dict[str, Sequence[Shown]] = {"truth": truth}
    if claim.retake and claim.draw is None:
        sets["retake"] = retaken(cases)
    if codecs is not None:
        sets["codec"] = round_trips(truth, codecs)
    return sets


def damage_table(claims: Sequence[Claim], count: int, level: int | None) -> tuple[str, bool]:
    """The self-test: every damage's row step by step, and whether all fall in order."""
    lines, right = [f"{'damage':20} {'row':34} from none on"], True
    by_name = {claim.name: claim for claim in claims}
    for name, damage in DAMAGES.items():
        claim = by_name.get(damage.claim)
        if claim is None or too_low(claim, level):
            continue
        values = ladder(damage, claim, drawn(claim, count, level))
        fell = falls(damage, values)
        right &= fell
        steps = "  ".join(f"{one.value:.3f}" for one in values)
        lines.append(f"{name:20} {damage.row:34} {steps}  {'in order' if fell else 'NOT in order'}")
    return "\n".join(lines), right
