from fractions import Fraction

import pytest

from engine.backends.scripted import CAPABILITIES
from studio.backends import plan_premise
from studio.bridge.scripts import is_premise, new_shots, planned, read_script
from studio.document.film import CameraPlan, new_film

SCRIPT = """Shot 1 (4s, wide, push in): A red ball drops in the park.
Shot 2: @Ava looks up. "Hello", she says. (close-up) 3s
Shot 3 - The door - 2.5 sec: A hand hesitates for 2 s on the handle, night
Shot 4. Fade. [pan left, from the right]
"""


def test_shots_are_read_with_names_lengths_and_cameras():
    first, second, third, fourth = read_script(SCRIPT)
    assert first.prompt == "A red ball drops in the park."
    assert (first.seconds, first.camera) == (4, CameraPlan(size="wide", move="push in"))
    assert second.prompt == '@Ava looks up. "Hello", she says.'
    assert (second.seconds, second.camera.size) == (3, "close")
    assert (third.name, third.seconds) == ("The door", Fraction(5, 2))
    assert "for 2 s on the handle" in third.prompt
    assert fourth.camera == CameraPlan(move="pan left", side="right")
    assert fourth.seconds is None


@pytest.mark.parametrize(
    ("text", "prompts"),
    [
        ("1. One\n2) Two", ["One", "Two"]),
        ("A fox.\n\nA hen (in a hurry).", ["A fox.", "A hen (in a hurry)."]),
        ("2 | wide, pan left | ball\n3s | | bell", ["ball", "bell"]),
        ("Shot 1\nA fox\nShot 2\nA hen", ["A fox", "A hen"]),
        ("Shot 1: a door\nopens. Shot 2: no", ["a door opens. Shot 2: no"]),
        ("Shot 1: a door\n\nSHOT 2 - a\n street", ["a door", "a street"]),
        ("   ", []),
    ],
)
def test_other_ways_to_write_it(text, prompts):
    assert [one.prompt for one in read_script(text)] == prompts


def test_lengths_become_the_nearest_that_can_be_made():
    shots = new_shots(new_film("Tide"), read_script(SCRIPT), CAPABILITIES)
    assert [shot.frames for shot in shots] == [49, 37, 29, 25]
    assert [shot.name for shot in shots] == ["Shot 1", "Shot 2", "The door", "Shot 4"]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("A ball rolls in the park. It hits a drum.", True),
        ('A dog barks.\nShe says "Hush!" and leaves.\n', True),
        ("A ball rolls for 2.5 seconds in the park.", False),
        ("Shot 1: A ball rolls. It hits a drum.", False),
        ("A ball rolls. It hits a drum. (wide, push in)", False),
        ("A ball rolls.\n\nIt hits a drum.", False),
        ("1. A ball rolls. It hits.\n2. A drum.", False),
        ("2 | wide | A ball rolls. It hits a drum.", False),
        ("  ", False),
    ],
)
def test_a_paragraph_of_sentences_without_notes_is_a_premise(text, is_one):
    assert is_premise(text) is is_one


def test_a_premise_is_planned_into_shots():
    plans = plan_premise("A ball rolls in the park. Then it strikes a crate.", CAPABILITIES)
    rate = CAPABILITIES.rates[0]
    written = [planned(p.caption, p.frames, p.camera, rate) for p in plans]
    shots = new_shots(new_film("Tide"), written, CAPABILITIES)
    assert len(shots) == 2
    assert [shot.frames for shot in shots] == [plan.frames for plan in plans]
    assert shots[0].camera.size == "wide"
