import pytest

from engine.backends.backlot import capabilities_of
from engine.conditioning.edits import edited_prompt

WORDS = capabilities_of("").vocabulary


@pytest.mark.parametrize(
    ("prompt", "instruction", "result"),
    [
        ("a red ball in the park, day", "make it nighttime", "a red ball in the park, night"),
        ("a red ball in the park, day", "turn the red ball blue", "a blue ball in the park, day"),
        ("a red ball in the park", "at sunset", "a red ball in the park, sunset."),
        ("a red ball in the park.", "Nighttime", "a red ball in the park, night."),
        ("", "make it night", "make it night"),
        ("a red ball", "more drama", "a red ball more drama"),
        ("a RED ball in the park", "a BLUE one", "a blue ball in the park"),
        ("a red ball in daylight", "at night", "a red ball in night"),
        (
            "a red ball in the park, day",
            "a blue bell in the kitchen at night",
            "a blue bell in the kitchen, night",
        ),
    ],
)
def test_what_changes_takes_the_place_of_what_was(prompt, instruction, result):
    assert edited_prompt(prompt, instruction, WORDS) == result


def test_parts_of_words_are_left_alone():
    assert edited_prompt("a scarred ball", "blue", WORDS) == "a scarred ball, blue."
