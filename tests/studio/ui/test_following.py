"""What panels show of a change, and which of them are spared it."""

from __future__ import annotations

import pytest

from studio.bridge.job_items import Pulse
from studio.document.film import Shot, new_film
from studio.document.ledger import JobRecord, Running, now
from studio.document.shot_changes import add_shot
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


def test_a_step_of_a_render_says_how_far_it_is_and_what_stops_it(window):
    desk = as_it_was(window)
    room = desk.room
    room.apply(lambda film: add_shot(film, Shot(id="s", name="One")), "Add shot")
    room.session.set_shot("s")
    job = JobRecord(id="j", kind="preview", shot_id="s", created=now(), state=Running(step=2, of=8))
    room.store.record(job)
    room.pulses["j"] = Pulse(step=2, of=8, eta_s=30.0)
    room.pulsed.emit("j")
    words = desk.viewer.picture.words
    assert words.startswith("Step 2 of 8 · ")
    assert words.endswith(" · Esc stops it")
    assert desk.viewer.picture.done == 0.25
    # A director who gave the command no key is told of none.
    window.actions_["shot.stop"].setShortcuts([])
    room.pulsed.emit("j")
    assert "stops" not in desk.viewer.picture.words
    window.show_keys()
    desk.viewer.picture.clear_step()
