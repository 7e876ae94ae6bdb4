"""Texts are said in the language in use, and as they are written where there is none."""

from __future__ import annotations

import pytest

from studio import wording
from studio.wording import listed, term, tr


@pytest.fixture
def spoken():
    """What the translation was asked for."""
    asked: list[tuple[str, int]] = []
    yield asked
    wording.speak(None)


def test_a_text_is_shown_as_it_is_written_without_a_language(spoken):
    assert tr("Keep {name}", name="Shot 1") == "Keep Shot 1"
    assert tr("100% {of} it") == "100% {of} it"


def test_a_text_is_said_in_the_language_in_use(spoken):
    table = (term("Keep {name}"),)
    wording.speak(lambda text, n: {"Keep {name}": "{name} behalten"}[text])
    assert table[0] == "Keep {name}"
    assert tr(table[0], name="Shot 1") == "Shot 1 behalten"


def test_a_number_chooses_between_one_and_many(spoken):
    def counted(text, n):
        spoken.append((text, n))
        return text

    wording.speak(counted)
    assert tr("{n} shots", n=3) == "3 shots"
    assert tr("Seed {n}", n="7") == "Seed 7"
    assert spoken == [("{n} shots", 3), ("Seed {n}", -1)]


@pytest.mark.parametrize("wrong", ["{nme} behalten", "{name", "{} behalten"])
def test_a_translation_that_does_not_fit_its_values_is_passed_over(spoken, wrong):
    wording.speak(lambda text, n: wrong)
    assert tr("Keep {name}", name="Shot 1") == "Keep Shot 1"


def test_a_long_row_of_names_ends_with_how_many_more_there_are():
    names = ["ava.png", "pier.mp4", "rain.wav", "boat.png"]
    assert listed(names, 4) == "ava.png, pier.mp4, rain.wav, boat.png"
    assert listed(names, 2) == "ava.png, pier.mp4 and 2 more"
