"""What panels show of a change, and which of them are spared it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from studio.bridge.job_items import Pulse
from studio.document.film import Shot, new_film
from studio.document.ledger import JobRecord, Running, now
from studio.document.shot_changes import add_shot
from studio.document.track_changes import edit_track
from studio.export.export_queue import Ended, ExportJob
from studio.export.exporter import ExportCancelled
from studio.export.plan import ExportPlan
from studio.export.presets import MP4
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


def test_an_export_is_counted_on_the_tab_of_its_panel_until_it_is_over(window):
    desk = as_it_was(window)
    tab = desk.docks["export"]
    rate = desk.room.film.rate
    plan = ExportPlan(
        path=Path("rain.mp4"), preset=MP4, start=0, end=48, film_rate=rate, rate=rate,
        width=1280, height=720, sample_rate_hz=48_000,
    )  # fmt: skip
    one, two = (ExportJob(id=name, plan=plan) for name in ("one", "two"))
    desk.exports.jobs_changed.emit((one, two))
    assert tab.windowTitle() == "Export · 2"
    ended = tuple(replace(job, state=Ended(ExportCancelled())) for job in (one, two))
    desk.exports.jobs_changed.emit((ended[0], two))
    assert tab.windowTitle() == "Export · 1"
    desk.exports.jobs_changed.emit(ended)
    assert tab.windowTitle() == "Export"


def test_what_can_be_done_is_asked_neither_by_the_playhead_nor_by_the_zoom(window):
    desk = as_it_was(window)
    session, asked = desk.room.session, []
    known = desk.situation
    desk.situation_changed.connect(lambda: asked.append(desk.situation))
    for frame in (40, 41, 0):
        session.set_playhead(frame)
        session.set_zoom(1.0 + frame)
        assert desk.situation == known
    assert not asked
    session.set_shot("gone")
    assert asked[-1] == desk.situation
