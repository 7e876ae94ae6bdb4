"""Both looks can be read."""

import os
import subprocess
import sys
from dataclasses import fields
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QTextEdit

from studio.bridge.state_words import STATE_WORDS
from studio.ui import icons
from studio.ui.shades import DARK, LIGHT, LOOKS
from studio.ui.theme import FIELD, STATE_ICONS
from tests.patience import PATIENCE_S

TEXTS = ("text", "text_soft", "text_dim", "accent", "good", "caution", "bad", "preview_text")
SURFACES = ("well", "window", "panel", "raised", "field")
LIT = ("accent_wash", "hover")
CLIPS = ("video_clip", "video_clip_top", "audio_clip", "audio_clip_top", "lost_clip_top")


def contrast(first, second):
    """How far apart two colours are in lightness, 1 to 21 (WCAG 2.2, contrast ratio)."""
    bright, dim = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(text):
    colour = QColor(text)
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_contrast_is_that_of_the_guideline():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("text", TEXTS)
def test_words_stand_out_from_every_surface(look, text):
    shades = LOOKS[look]
    for surface in (*SURFACES, *LIT):
        apart = contrast(getattr(shades, text), getattr(shades, surface))
        assert apart >= 4.5, (text, surface)


@pytest.mark.parametrize("look", LOOKS)
def test_words_stand_out_from_every_clip(look):
    shades = LOOKS[look]
    fills = {name: getattr(shades, name) for name in CLIPS} | {one: one for one in shades.labels}
    for name, fill in fills.items():
        assert contrast(shades.text, fill) >= 4.5, name


@pytest.mark.parametrize("look", LOOKS)
def test_what_is_off_or_not_yet_written_is_still_seen(look):
    shades = LOOKS[look]
    for surface in SURFACES:
        assert contrast(shades.text_faint, getattr(shades, surface)) >= 3, surface


@pytest.mark.parametrize("look", LOOKS)
def test_what_has_the_keys_is_seen_to_have_them(look):
    shades = LOOKS[look]
    for under in ("window", "panel", "raised", "accent_wash"):
        assert contrast(shades.accent, getattr(shades, under)) >= 3, under
        assert contrast(shades.accent_deep, getattr(shades, under)) >= 3, under
    # The ring of a button that is filled with the accent lies on what is around it.
    assert contrast(shades.text, shades.window) >= 3


@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit, QTextEdit])
def test_no_field_hints_or_marks_in_a_colour_that_cannot_be_read(qtbot, dressed, kind):
    field = kind()
    qtbot.addWidget(field)
    field.setPlaceholderText("What is seen?")
    field.ensurePolished()
    shades, role = field.palette(), QPalette.ColorRole
    hint = shades.color(role.PlaceholderText)
    assert hint.alpha() == 255
    assert contrast(hint.name(), FIELD) >= 4.5
    assert (
        contrast(shades.color(role.HighlightedText).name(), shades.color(role.Highlight).name())
        > 4.5
    )


@pytest.mark.parametrize("look", LOOKS)
def test_words_on_clips_buttons_and_selections_can_be_read(look):
    shades = LOOKS[look]
    clips = (shades.video_clip_top, shades.video_clip, shades.audio_clip_top, shades.audio_clip)
    for under in (*clips, *shades.labels, shades.accent_wash, shades.hover, shades.lost_clip):
        assert contrast(shades.text, under) >= 4.5, under
    assert contrast(shades.on_accent, shades.accent) >= 4.5


@pytest.mark.parametrize("look", LOOKS)
def test_the_state_of_a_shot_can_be_read_where_it_is_a_word(look):
    shades = LOOKS[look]
    for state in shades.states[1:]:  # a draft says so in plain text
        for under in (shades.panel, shades.accent_wash):
            assert contrast(state, under) >= 4.5, (state, under)


@pytest.mark.parametrize("look", LOOKS)
def test_no_two_states_share_a_colour_and_to_decide_is_not_where_the_hand_is(look):
    shades = LOOKS[look]
    assert len({QColor(state).rgb() for state in shades.states}) == len(STATE_ICONS)
    assert shades.states[list(STATE_ICONS).index("undecided")] != shades.accent


def test_states_are_told_apart_without_their_colours(dressed):
    def drawn(name):
        image = icons.pixmap(name, 11, "#ffffff").toImage()
        return np.array([image.pixelColor(at % 11, at // 11).alpha() for at in range(121)])

    marks = {state: drawn(name) for state, name in STATE_ICONS.items()}
    assert set(STATE_ICONS) == set(STATE_WORDS)
    for one, two in combinations(marks, 2):
        ink = max(marks[one].sum(), marks[two].sum())
        assert np.abs(marks[one] - marks[two]).sum() > 0.5 * ink, (one, two)


@pytest.mark.parametrize("name", sorted(set(STATE_ICONS.values())))
def test_a_mark_is_as_strong_where_it_is_small(dressed, name):
    """Lines thinner than a pixel would be a haze on a clip."""
    image = icons.pixmap(name, 11, "#ffffff").toImage()
    alphas = sorted(image.pixelColor(at % 11, at // 11).alpha() for at in range(121))
    assert alphas[-4] > 170


def test_the_looks_are_two():
    for field in fields(DARK):
        if field.name not in ("states", "labels"):
            assert getattr(DARK, field.name) != getattr(LIGHT, field.name), field.name


def test_the_light_look_is_taken_at_the_start():
    code = "from studio.ui import theme; print(theme.SHADES is theme.LOOKS['light'], theme.TEXT)"
    run = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        env={**os.environ, "DAILIES_LOOK": "light"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert run.stdout.split() == ["True", LIGHT.text], run.stderr
