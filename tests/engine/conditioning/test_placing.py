from fractions import Fraction

import pytest

from engine import api
from engine.conditioning.placing import in_shot, left_out, picture_at, sent


def picture(role, at_s=None):
    return api.Reference(kind="image", role=role, source="a.png", at_s=at_s)


TRACK = api.Reference(kind="audio", role="soundtrack", source="a.wav")


def asked(*references, task=None, shots=2):
    plans = tuple(api.ShotPlan(caption="", frames=9) for _ in range(shots))
    return api.ShotRequest(
        prompt="a ball", shots=plans, width=128, height=72, rate=Fraction(12), seed=0,
        references=references, task=task or api.Generate(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reference", "places"),
    [
        (picture("first_frame"), [("first_frame", None), None]),
        (picture("last_frame"), [None, ("last_frame", None)]),
        (picture("keyframe", 9 / 12), [None, ("first_frame", None)]),
        (picture("keyframe", 13 / 12), [None, ("keyframe", 4.5 / 12)]),
        (picture("subject"), [("subject", None)] * 2),
    ],
)
def test_a_reference_stands_in_its_shot(reference, places):
    request = asked(reference)
    found = [in_shot(reference, request, shot) for shot in range(2)]
    assert [one and (one.role, one.at_s) for one in found] == places
    assert in_shot(reference, asked(reference, shots=1), 0) == reference


@pytest.mark.parametrize("rate", [Fraction(12), Fraction(25), Fraction(30), Fraction(24000, 1001)])
def test_a_picture_that_was_written_as_a_time_is_found_again(rate):
    found = [picture_at(picture("keyframe", float(n / rate)), rate) for n in range(400)]
    assert found == list(range(400))


def test_a_soundtrack_is_for_one_shot():
    assert left_out(asked(TRACK, shots=1)) == {}
    assert list(left_out(asked(TRACK))) == [TRACK]
    assert sent(asked(TRACK)).references[0].weight == 0


def test_an_edit_starts_from_its_source_and_keeps_a_soundtrack():
    still, subject = picture("keyframe", 0.1), picture("subject")
    edit = api.Edit(source="t", instruction="night")
    request = asked(still, subject, TRACK, task=edit, shots=1)
    assert list(left_out(request)) == [still, TRACK]
    made = sent(request)
    assert [one.weight for one in made.references] == [0, 1, 0]
    assert isinstance(made.task, api.Edit)
    assert made.task.keep_sound
    anew = asked(TRACK, task=api.Edit(source="t", instruction="b", keep_picture=True), shots=1)
    assert sent(anew).task == anew.task
    assert left_out(anew)[TRACK] == "The sound is made anew."
