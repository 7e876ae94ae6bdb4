import itertools
from dataclasses import replace

import pytest

from engine.backends.backlot_limits import capabilities_of
from engine.conditioning.shot_plans import plan_premise, read_script, subjects_in
from engine.errors import RequestError

CAN = capabilities_of("")
STORY = (
    "A red rubber ball rolls across the kitchen floor by day. It hits a blue metal drum. "
    "Then a yellow star drops in the park at sunset."
)


def test_a_premise_becomes_shots_that_can_be_read_alone():
    shots = plan_premise(STORY, CAN).shots
    assert len(shots) == 3
    assert all("kitchen" in shot.caption and "day" in shot.caption for shot in shots[:2])
    assert "red rubber ball" in shots[1].caption
    assert "park" in shots[2].caption
    assert "sunset" in shots[2].caption
    assert all(shot.frames in CAN.frames for shot in shots)


def test_wrapped_lines_are_one_event_and_numbers_keep_their_points():
    wrapped = "A red ball rolls for 1.5 seconds\nin the park. It hits\n  a drum\nA bell drops"
    captions = [shot.caption for shot in plan_premise(wrapped, CAN).shots]
    assert captions == [
        "A red ball rolls for 1.5 seconds in the park",
        "A red ball hits a drum in the park",
        "A bell drops in the park",
    ]


def test_what_is_spoken_stays_in_its_sentence():
    told = 'Ava says "Hello. Come in!" in the kitchen. She says “Then go.” A bell rings'
    captions = [shot.caption for shot in plan_premise(told, CAN).shots]
    assert captions == [
        'Ava says "Hello. Come in!" in the kitchen',
        "She says “Then go.” in the kitchen",
        "A bell rings in the kitchen",
    ]


def test_a_new_set_opens_wide_and_a_blow_is_seen_near():
    first, blow, park = (shot.camera for shot in plan_premise(STORY, CAN).shots)
    assert (first.size, blow.size, park.size) == ("wide", "close", "wide")


def test_the_camera_stays_on_its_side_of_the_axis_until_the_set_changes():
    first, blow, park = (shot.camera for shot in plan_premise(STORY, CAN).shots)
    assert first.side == blow.side != ""
    assert park.side != blow.side


@pytest.mark.parametrize("count", [1, 2, 5, 8, 16])
def test_as_many_shots_as_were_asked_for_and_no_two_alike_in_a_row(count):
    shots = plan_premise(STORY, CAN, shots=count).shots
    assert len(shots) == count
    for one, two in itertools.pairwise(shots):
        assert one.camera.size != two.camera.size
    moves = next(group.words for group in CAN.vocabulary if group.name == "camera")
    assert all(shot.camera.move in ("", *moves) for shot in shots)


def test_shots_last_no_longer_than_events_do_whatever_the_weights_could_make():
    can = replace(CAN, frames=tuple(range(1, 242, 4)))
    assert [one.frames for one in plan_premise(STORY, can).shots] == [61, 29, 61]


def test_a_lone_event_is_seen_twice():
    shots = plan_premise("a green wooden crate falls", CAN).shots
    assert [shot.camera.size for shot in shots] == ["wide", "close"]


def test_subjects_are_known_again():
    assert subjects_in("A red rubber ball hits the drum", CAN) == ("red ball", "drum")
    assert subjects_in("nothing", CAN) == ()


def test_a_script_is_read_line_by_line():
    script = read_script(
        """# a comment
        common: in the park by day
        2 | wide, pan left, from the left | a red ball rolls
        1.1s | close-up | it lands
        1 | | it rests
        """,
        CAN,
    )
    assert script.common == "in the park by day"
    assert [shot.frames for shot in script.shots] == [25, 13, 13]
    first, second, third = (shot.camera for shot in script.shots)
    assert (first.size, first.move, first.side) == ("wide", "pan left", "left")
    assert second.size == "close"
    assert third.size == ""


def test_what_is_not_to_be_seen_is_said_of_all_shots_and_of_one():
    script = read_script(
        """without: people
        1 | | a red ball: at rest | rain, snow
        1 | | it rolls |
        1 | | it lands""",
        CAN,
    )
    assert script.unwanted == "people"
    assert [shot.negative_prompt for shot in script.shots] == ["rain, snow", "", ""]
    assert script.shots[0].caption == "a red ball: at rest"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no shot"),
        ("a red ball", "Line 1"),
        ("two | wide | a ball", "'two' is not a number"),
        ("99 | wide | a ball", "at most 2.08 s"),
        ("-1 | wide | a ball", "cannot be made"),
        ("1 | crane up | a ball", "'crane up' is no camera"),
        ("1 | wide |", "Line 1"),
        ("1/0 | wide | a", "not a number"),
        ("1 | wide | a | b | c", "Line 1"),
    ],
)
def test_a_wrong_script_is_a_sentence(text, told):
    with pytest.raises(RequestError, match=told):
        read_script(text, CAN)


@pytest.mark.parametrize(("text", "count"), [("...", None), ("a ball", 0), ("a ball", 1000)])
def test_a_premise_that_cannot_be_planned_is_a_sentence(text, count):
    with pytest.raises(RequestError):
        plan_premise(text, CAN, shots=count)
