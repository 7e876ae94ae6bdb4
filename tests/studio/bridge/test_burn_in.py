"""Subtitles burned into pictures: where they should be, and nowhere else."""

from __future__ import annotations

import itertools
import threading

import numpy as np
import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel

from studio.bridge.burn_in import BurnedIn, lettered, words_of
from studio.document.film import Subtitle


class Grey:
    def __init__(self, width=320, height=180):
        self.whole = np.full((height, width, 3), 90, np.uint8)

    def picture(self, frame):
        return self.whole


@pytest.fixture
def burned(qapp):
    cues = (
        Subtitle(id="a", start=10, end=20, text="It <i>rains</i>."),
        Subtitle(id="b", start=20, end=30, text="Still."),
    )
    return BurnedIn(Grey(), cues)


def test_pictures_without_words_are_left_as_they_are(burned):
    for frame in (0, 9, 30, 99):
        assert burned.picture(frame) is burned._pictures.whole


def test_words_stand_at_the_foot_for_as_long_as_they_should(burned):
    first, last, other = (burned.picture(frame) for frame in (10, 19, 20))
    assert np.array_equal(first, last)
    assert not np.array_equal(first, other)
    assert (first[:120] == 90).all()
    assert (first[130:].max(axis=2) > 220).any()
    rows = np.flatnonzero((first != 90).any(axis=(1, 2)))
    assert rows[-1] < 180 * 0.96
    columns = np.flatnonzero((first != 90).any(axis=(0, 2)))
    assert abs((columns[0] + columns[-1]) / 2 - 160) < 3


@pytest.mark.parametrize("size", [(320, 180), (180, 320), (64, 36)])
def test_long_lines_are_broken_within_the_frame(qapp, size):
    made = lettered("word " * 14, *size)
    columns = np.flatnonzero(made[..., 3].any(axis=0))
    assert columns[0] > 0
    assert columns[-1] < size[0] - 1


def test_marks_change_the_letters(qapp):
    plain, italic = lettered("rain", 320, 180), lettered("<i>rain</i>", 320, 180)
    assert not np.array_equal(plain, italic)


def test_letters_are_the_same_on_any_thread_whatever_the_window_has_written(qtbot, qapp):
    said = "It <i>rains</i>, <b>and</b> <u>rains</u>."
    sizes = [(320, 180), (480, 270), (800, 450)]
    made: list[list[np.ndarray]] = []

    def letter() -> None:
        made.append([lettered(said, *size) for size in sizes])

    letter()
    label = QLabel("It rains, and rains.")
    qtbot.addWidget(label)
    for size_px, weight, italic in itertools.product((10, 13, 21), (500, 600), (False, True)):
        font = QFont("Inter")
        font.setPixelSize(size_px)
        font.setWeight(QFont.Weight(weight))
        font.setItalic(italic)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        label.setFont(font)
        label.grab()
    letter()
    thread = threading.Thread(target=letter)
    thread.start()
    thread.join()
    for again in made[1:]:
        assert all(map(np.array_equal, again, made[0]))


def test_no_letters_are_no_words():
    assert words_of(np.zeros((4, 6, 4), np.uint8)) is None


@pytest.mark.parametrize("cover", [0, 1, 84, 127, 254, 255])
def test_letters_hide_what_is_below_by_their_cover(cover):
    below = np.random.default_rng(cover).integers(0, 256, (4, 6, 3), np.uint8)
    kept = below.copy()
    top = np.zeros((4, 6, 4), np.uint8)
    top[2, 1:5] = (255, 100, 0, cover)
    words = words_of(top)
    over = below if words is None else words.over(below)
    wanted = below.astype(float)
    share = cover / 255
    wanted[2, 1:5] = share * np.array((255, 100, 0)) + (1 - share) * wanted[2, 1:5]
    assert np.abs(over - wanted).max() <= 0.5 + 1e-9
    assert np.array_equal(below, kept)
