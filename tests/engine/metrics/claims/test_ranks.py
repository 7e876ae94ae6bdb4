"""Every score on the world: truth above the round trip, and that above chance."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.metrics.claims.cases import Case
from engine.metrics.claims.rounds import shown_for
from engine.metrics.claims.rows import found_in, scores_of, shuffled
from engine.metrics.claims.suite import all_claims
from engine.metrics.reader import load_reader, packaged_reader
from engine.metrics.report import lower_is_better, misplaced, unranked
from engine.models.codecs import load_codecs

CLIPS = 12
# The codec's sound, not the ear: what is left of voices is not pitched.
LOST = {"references.pitch_cents", "references.formant_error"}


@pytest.mark.slow
@pytest.mark.parametrize("name", [claim.name for claim in all_claims(None, None)])
def test_truth_is_above_the_round_trip_and_that_above_chance(
    name: str, cases: Callable[[str, int], list[Case]]
):
    codecs = load_codecs(packaged_reader().parent)
    claims = {claim.name: claim for claim in all_claims(load_reader().looks, codecs)}
    claim = claims[name]
    few = cases(name, min(CLIPS, claim.most or CLIPS))
    sets = shown_for(few, codecs, retake=claim.retake)
    sets["shuffled"] = shuffled(claim, sets["truth"], few)
    rows = scores_of(claim.rows, found_in(claim, few, sets))
    assert set(misplaced(rows)) <= LOST
    for row, score in rows.items():
        if unranked(row) or not score.floors:
            continue
        truth, chance = (score.floors[name].value for name in ("truth", "shuffled"))
        better = truth < chance if lower_is_better(row) else truth > chance
        assert better, (row, truth, chance)
