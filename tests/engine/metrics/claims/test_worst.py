from __future__ import annotations

from dataclasses import replace

from engine.metrics.claims.cases import Case, Shown, subjects_of
from engine.metrics.claims.rounds import Tools, rounds_of, take_round
from engine.metrics.claims.rows import Claim, Measured, mean
from engine.metrics.claims.worst import worst_of, worst_sections

NO_TOOLS = Tools(reader=None, codecs=None)


def _number(case: Case, shown: Shown) -> Measured:
    del shown
    return {"some.f1": float(case.scene.seed % 1000), "some.mono_share": 1.0}


CLAIM = Claim(
    name="some",
    kind="props",
    measure=_number,
    rows={"some.mono_share": mean, "some.f1": mean},
    retake=False,
)


def test_the_worst_clip_of_a_claim_is_by_its_first_row_that_is_ranked():
    rounds = rounds_of([CLAIM], 4, 1, each=2)
    parts = [(one, take_round(one, NO_TOOLS, lambda tools: [CLAIM])) for one in rounds]
    worst = worst_of(CLAIM, parts)
    least = min(subjects_of("props", 4, 1), key=lambda scene: scene.seed % 1000)
    assert worst is not None
    assert worst.row == "some.f1"
    assert worst.subject == least
    assert worst.value == least.seed % 1000
    section = worst_sections([worst], None)[0]
    assert section.title.startswith("some.f1: ")
    assert list(section.strips) == ["truth"]
    assert worst_of(replace(CLAIM, rows={"some.mono_share": mean}), parts) is None
