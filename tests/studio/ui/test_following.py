"""What panels show of a change, and which of them are spared it."""

from __future__ import annotations

import pytest

from studio.document.film import new_film
from studio.document.track_changes import edit_track
from tests.studio.ui.film_windows import as_it_was, film_window


@pytest.fixture(scope="module")
def window(qapp, tmp_path_factory):
    with film_window(tmp_path_factory.mktemp("following"), new_film("Rain")) as made:
        yield made


def test_the_mix_is_shown_when_it_is_seen(qtbot, window):
    desk = as_it_was(window)
    desk.show_panel("shot")
    qtbot.waitUntil(lambda: desk.mix.visibleRegion().isEmpty())
    cut = desk.timeline.timeline
    sound = next(one for one in cut.tracks if one.kind == "audio")
    desk.room.apply(lambda film: edit_track(film, cut.id, sound.id, gain_db=-9.0), "Gain")
    slider = desk.mix.strips[sound.id].gain
    assert slider.said.text() == "0 dB"
    desk.show_panel("mix")
    qtbot.waitUntil(lambda: slider.said.text() == "-9.0 dB")
