from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.metrics.claims.cases import Case
from engine.metrics.claims.damage import DAMAGES, Fall, fall_table, ladder
from engine.metrics.claims.damage import falls as fell
from engine.metrics.claims.motion import motion_claim
from engine.metrics.claims.quality import quality_claim
from engine.metrics.claims.suite import all_claims
from engine.metrics.matching import Interval
from engine.metrics.reader import load_reader, packaged_reader
from engine.metrics.report import unranked
from engine.models.codecs import load_codecs
from tests.engine.metrics.claims.conftest import claim_named

CLIPS, MANY = 4, 12
# These draw and look at so much that they are thorough.
THOROUGH = (
    "mouth later",
    "edit not done",
    "edit leaking",
    "beat later",
    "dance later",
    "identity swapped",
    "extension drifting",
    "shots drifting",
    "momentum broken",
    "gravity broken",
    "energy from nowhere",
    "pushed together",
    "throat swapped",
    "place swapped",
    "grain, by features",
    "hiss",
    "voice swapped",
    "cut moved",
    "map spoilt",
)


@pytest.mark.parametrize(
    "name",
    [pytest.param(one, marks=pytest.mark.slow) if one in THOROUGH else one for one in DAMAGES],
)
def test_scores_fall_in_order_as_clips_are_spoilt(
    name: str, cases: Callable[[str, int], list[Case]]
):
    damage = DAMAGES[name]
    claim = claim_named(damage.claim)
    if claim.name == "physics":
        # What is broken is seen in the pictures alone, so the bodies have to be found there.
        claim = motion_claim(load_reader().looks)
    if damage.row.endswith("feature_distance"):
        claim = quality_claim(load_codecs(packaged_reader().parent))
    values = ladder(damage, claim, cases(claim.name, MANY if name in THOROUGH else CLIPS))
    assert fell(damage.row, values), [one.value for one in values]


def test_what_stays_has_not_fallen():
    def value(one: float) -> Interval:
        return Interval(value=one, low=one, high=one, n=1)

    assert fell("v2v.response", [value(1.0), value(0.5), value(0.0)])
    assert not fell("v2v.response", [value(1.0), value(0.5), value(0.5)])
    assert fell("sync.steps.lag_ms", [value(1.0), value(60.0)])
    assert not fell("sync.steps.lag_ms", [value(60.0), value(1.0)])
    found = Fall.of("cut moved", "shots.cut_error", [value(0.0), value(0.2), value(0.1)])
    assert "NOT in order" in fall_table([found])


def test_what_chance_does_not_rank_is_spoilt_on_purpose():
    claims = all_claims(None, load_codecs(packaged_reader().parent))
    rows = {row for claim in claims for row in claim.rows}
    spoilt = {damage.row for damage in DAMAGES.values()}
    assert spoilt <= rows
    assert {row for row in rows if unranked(row)} <= spoilt
