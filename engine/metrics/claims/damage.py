"""Clips damaged on purpose, each in steps that a score of the claim must fall by, in order.

A self-test of the scores: what a row says of a clip must become worse when just that is spoilt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.metrics.claims.cases import Case, Shown
from engine.metrics.claims.rows import Claim, measured
from engine.metrics.claims.spoilt import (
    axis_crossed,
    badly_sewn,
    blurred,
    cut_moved,
    drifting,
    edit_leaking,
    edit_undone,
    folded,
    gravity_broken,
    hissing,
    identity_swapped,
    momentum_broken,
    offset,
    overdriven,
    pair_apart,
    pan_flipped,
    pictures_later,
    pushed_together,
    replaced,
    silenced,
    sound_later,
    voice_swapped,
)
from engine.metrics.matching import Interval
from engine.metrics.report import lower_is_better

Damaging = Callable[[Case, Case, float], Shown]


@dataclass(frozen=True, kw_only=True)
class Damage:
    """One way of spoiling clips.

    Attributes:
        claim: the name of the claim that has to notice.
        row: its row that has to fall.
        steps: how much, ascending; 0, nothing, goes before.
        do: the clip of a case, spoilt by so much; a neighbour is at hand.
    """

    claim: str
    row: str
    steps: tuple[float, ...]
    do: Damaging


LATER = (0.06, 0.12, 0.24)
DAMAGES: Mapping[str, Damage] = {
    "mouth later": Damage(claim="sync.mouth", row="sync.mouth.lag_ms", steps=LATER, do=sound_later),
    "steps later": Damage(claim="sync.steps", row="sync.steps.lag_ms", steps=LATER, do=sound_later),
    "beat later": Damage(
        claim="sync.beat", row="sync.beat.phase_ms", steps=(0.06, 0.12, 0.2), do=sound_later
    ),
    "dance later": Damage(
        claim="sync.beat", row="sync.beat.phase_ms", steps=(1.0, 2.0), do=pictures_later
    ),
    "pan flipped": Damage(
        claim="stereo.voice", row="stereo.voice.pan_error", steps=(0.5, 1.0), do=pan_flipped
    ),
    "identity swapped": Damage(
        claim="references.identity",
        row="references.identity_distance",
        steps=(0.5, 1.0),
        do=identity_swapped,
    ),
    "voice swapped": Damage(
        claim="references.voice", row="references.pitch_cents", steps=(0.4, 0.8), do=voice_swapped
    ),
    "throat swapped": Damage(
        claim="references.voice",
        row="references.formant_error",
        steps=(0.4, 0.8),
        do=voice_swapped,
    ),
    "place swapped": Damage(
        claim="references.roles", row="references.environment", steps=(0.5, 1.0), do=replaced
    ),
    "momentum broken": Damage(
        claim="physics", row="physics.momentum_residual", steps=(1.0, 3.0), do=momentum_broken
    ),
    "energy from nowhere": Damage(
        claim="physics", row="physics.energy_gain", steps=(2.0, 3.5), do=momentum_broken
    ),
    "pushed together": Damage(
        claim="physics", row="physics.overlap_share", steps=(0.2, 0.4), do=pushed_together
    ),
    "gravity broken": Damage(
        claim="physics", row="physics.flight_residual", steps=(0.15, 0.3), do=gravity_broken
    ),
    "pair apart": Damage(
        claim="physics.pair", row="physics.pair_lag_ms", steps=(1.0, 3.0), do=pair_apart
    ),
    "cut moved": Damage(claim="shots.cuts", row="shots.cut_error", steps=(2.0, 4.0), do=cut_moved),
    "axis crossed": Damage(claim="shots.cuts", row="shots.axis", steps=(0.5, 1.0), do=axis_crossed),
    "edit not done": Damage(claim="v2v", row="v2v.response", steps=(0.5, 1.0), do=edit_undone),
    "edit leaking": Damage(
        claim="v2v", row="v2v.outside_psnr_db", steps=(0.1, 0.4), do=edit_leaking
    ),
    "shots drifting": Damage(claim="shots.drift", row="shots.drift", steps=(0.1, 0.3), do=drifting),
    "extension drifting": Damage(
        claim="extension.drift", row="extension.drift", steps=(0.1, 0.3), do=drifting
    ),
    "badly sewn": Damage(
        claim="extension.seam", row="extension.position_jump", steps=(0.2, 1.0), do=badly_sewn
    ),
    "grain": Damage(claim="quality", row="picture.psnr_db", steps=(0.02, 0.1), do=blurred),
    "grain, by features": Damage(
        claim="quality", row="picture.feature_distance", steps=(0.02, 0.1), do=blurred
    ),
    "hiss": Damage(claim="quality", row="sound.feature_distance", steps=(0.01, 0.1), do=hissing),
    "silenced": Damage(claim="quality", row="sound.silent_share", steps=(1.0,), do=silenced),
    "overdriven": Damage(
        claim="quality", row="sound.clipped_share", steps=(20.0, 100.0), do=overdriven
    ),
    "a constant": Damage(claim="quality", row="sound.dc_share", steps=(0.02, 0.2), do=offset),
    "made mono": Damage(claim="quality", row="sound.mono_share", steps=(1.0,), do=folded),
    "map spoilt": Damage(
        claim="perception", row="perception.depth_error", steps=(0.05, 0.3), do=blurred
    ),
}


def ladder(damage: Damage, claim: Claim, cases: Sequence[Case]) -> list[Interval]:
    """The row over the damage's steps, from none on."""
    others = [*cases[1:], *cases[:1]]
    sets = {0.0: [case.answer for case in cases]}
    for step in damage.steps:
        pairs = zip(cases, others, strict=True)
        sets[step] = [damage.do(case, other, step) for case, other in pairs]
    taken = measured(claim, cases, {str(step): shown for step, shown in sets.items()})
    return [taken[str(step)][damage.row] for step in sets]


def falls(row: str, values: Sequence[Interval]) -> bool:
    """Whether every step is worse than the one before."""
    sign = -1.0 if lower_is_better(row) else 1.0
    signed = [sign * one.value for one in values]
    return all(after < before for before, after in pairwise(signed))


@dataclass(frozen=True, kw_only=True)
class Fall:
    """A row over the steps of a damage, from nothing on."""

    name: str
    row: str
    values: tuple[float, ...]
    right: bool

    @staticmethod
    def of(name: str, row: str, values: Sequence[Interval]) -> Fall:
        """What became of the row ``row``."""
        kept = tuple(one.value for one in values)
        return Fall(name=name, row=row, values=kept, right=falls(row, values))


def fall_table(found: Sequence[Fall]) -> str:
    """One line a damage, for people."""
    lines = [f"{'damage':20} {'row':34} from nothing on"]
    for one in found:
        steps = "  ".join(f"{value:.3f}" for value in one.values)
        right = "in order" if one.right else "NOT in order"
        lines.append(f"{one.name:20} {one.row:34} {steps}  {right}")
    return "\n".join(lines)
