from dataclasses import replace
from fractions import Fraction

from engine.api import ShotPlan, ShotRequest
from engine.conditioning.shots import unwanted_text, whole_unwanted_text

SHOTS = (
    ShotPlan(caption="a red ball", frames=9, negative_prompt="rain"),
    ShotPlan(caption="a drum", frames=9),
    ShotPlan(caption="a star", frames=9, negative_prompt="people"),
)
REQUEST = ShotRequest(
    prompt="in the park",
    negative_prompt="people",
    shots=SHOTS,
    width=32,
    height=32,
    rate=Fraction(12),
    seed=0,
)


def test_a_shot_is_without_its_own_and_what_is_for_all():
    assert [unwanted_text(REQUEST, shot) for shot in range(3)] == [
        "rain, people", "people", "people",
    ]  # fmt: skip
    alone = replace(REQUEST, negative_prompt=" ")
    assert [unwanted_text(alone, shot) for shot in range(3)] == ["rain", "", "people"]


def test_what_shots_are_without_is_told_by_shot():
    assert whole_unwanted_text(REQUEST) == "people\nShot 1: rain\nShot 3: people"
    assert whole_unwanted_text(replace(REQUEST, shots=SHOTS[:1])) == "rain, people"
