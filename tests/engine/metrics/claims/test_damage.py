from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.metrics.claims.cases import Case
from engine.metrics.claims.damage import DAMAGES, ladder
from engine.metrics.claims.damage import falls as fell
from engine.metrics.claims.motion import motion_claim
from engine.metrics.matching import Interval
from engine.metrics.reader import load_reader
from tests.engine.metrics.claims.conftest import claim_named

CLIPS, MANY = 4, 12
# These draw and look at so much that they are thorough.
THOROUGH = (
    "mouth later",
    "edit not done",
    "edit leaking",
    "beat later",
    "identity swapped",
    "extension drifting",
    "shots drifting",
    "momentum broken",
    "gravity broken",
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
    values = ladder(damage, claim, cases(claim.name, MANY if name in THOROUGH else CLIPS))
    assert fell(damage, values), [one.value for one in values]


def test_what_stays_has_not_fallen():
    def value(one: float) -> Interval:
        return Interval(value=one, low=one, high=one, n=1)

    damage = DAMAGES["edit not done"]
    assert fell(damage, [value(1.0), value(0.5), value(0.0)])
    assert not fell(damage, [value(1.0), value(0.5), value(0.5)])
    late = DAMAGES["steps later"]
    assert fell(late, [value(1.0), value(60.0)])
    assert not fell(late, [value(60.0), value(1.0)])
