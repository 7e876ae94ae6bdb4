"""The export panel by hand: formats, sizes, the queue, and what it says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtTest import QTest

from studio.bridge.delivering import ExportWish
from studio.document.film import new_film
from studio.export.export_queue import Ended, ExportJob, Writing
from studio.export.exporter import ExportCancelled, ExportFailed, ExportFinished, ExportProgress
from studio.export.plan import ExportPlan
from studio.export.presets import MP4, PRESETS
from studio.ui.export_panel import ExportFacts, ExportPanel


@pytest.fixture
def panel(qtbot, tmp_path):
    panel = ExportPanel(tmp_path / "Ball")
    qtbot.addWidget(panel)
    panel.resize(320, 640)
    panel.show_facts(ExportFacts(words="2 s", can_export=True, marked=True, loudness_lufs=-16.0))
    return panel


def job(name: str, state, number: int = 0) -> ExportJob:
    film = new_film("Ball")
    plan = ExportPlan(
        path=Path(name), preset=MP4, start=0, end=48, film_rate=film.rate, rate=film.rate,
        width=1280, height=720, sample_rate_hz=48_000,
    )  # fmt: skip
    return ExportJob(id=f"{name}{number}", plan=plan, state=state)


def test_every_format_can_be_chosen_and_the_name_follows(panel):
    assert panel.preset.count() == len(PRESETS)
    panel.preset.setCurrentIndex(panel.preset.findData("prores"))
    assert panel.file.text().endswith("Ball.mov")
    panel.preset.setCurrentIndex(panel.preset.findData("stems"))
    assert panel.file.text().endswith("Ball.wav")
    assert not panel.picture_size.isEnabled()
    assert not panel.loudness.isEnabled()


def test_what_is_asked_for_is_what_is_shown(qtbot, panel):
    panel.picture_size.setCurrentIndex(panel.picture_size.findData(1080))
    panel.rate.setCurrentIndex(panel.rate.findText("25"))
    panel.loudness.setCurrentIndex(panel.loudness.findText("-23 LUFS — EBU R 128"))
    panel.marked.click()
    assert panel.loudness.itemText(0) == "As the film (-16 LUFS)"
    with qtbot.waitSignal(panel.export_asked) as asked:
        panel.button.click()
    wish = asked.args[0]
    assert isinstance(wish, ExportWish)
    assert (wish.preset, wish.height, wish.rate, wish.part) == ("mp4", 1080, 25, "marked")
    assert (wish.loudness_lufs, wish.as_mixed, wish.finished) == (-23.0, False, False)
    panel.loudness.setCurrentIndex(panel.loudness.count() - 1)
    assert panel.wish.as_mixed


def typed(panel, path) -> None:
    """Write a path into the field."""
    panel.file.selectAll()
    QTest.keyClicks(panel.file, str(path))


def test_a_name_is_proposed_that_takes_no_file_and_no_waiting_export(panel, tmp_path):
    folder = tmp_path / "Ball"
    folder.mkdir()
    assert panel.file.path == folder / "Ball.mp4"
    (folder / "Ball.mov").write_bytes(b"of yesterday")
    panel.preset.setCurrentIndex(panel.preset.findData("prores"))
    assert panel.file.path == folder / "Ball 2.mov"
    (folder / "Ball").mkdir()
    panel.preset.setCurrentIndex(panel.preset.findData("stems"))
    assert panel.file.path == folder / "Ball 2.wav"
    panel.preset.setCurrentIndex(panel.preset.findData("mp4"))
    first = job(str(folder / "Ball.mp4"), Writing())
    panel.show_jobs((first,))
    assert panel.file.path == folder / "Ball 2.mp4"
    panel.preset.setCurrentIndex(panel.preset.findData("hevc"))
    assert panel.file.path == folder / "Ball 2.mp4"
    panel.show_jobs((replace(first, state=Ended(ExportCancelled())),))
    assert panel.file.path == folder / "Ball.mp4"
    (folder / "Ball.mp4").write_bytes(b"of another program")
    asked = []
    panel.export_asked.connect(asked.append)
    panel.button.click()
    assert (asked[0].path, asked[0].replaces) == (folder / "Ball 2.mp4", False)


def test_a_file_that_a_hand_names_is_said_to_go_before_it_does(panel, tmp_path):
    there = tmp_path / "v1.2.mp4"
    there.write_bytes(b"the cut of yesterday")
    assert panel.replaces.isHidden()
    typed(panel, there)
    assert not panel.replaces.isHidden()
    assert "“v1.2.mp4” is there already" in panel.replaces.text()
    assert panel.wish.replaces
    panel.show_jobs((job(str(there), Writing()),))
    assert panel.file.path == tmp_path / "v1.2 2.mp4"
    assert panel.replaces.isHidden()
    typed(panel, tmp_path / "v1.3")
    panel.preset.setCurrentIndex(panel.preset.findData("prores"))
    assert panel.file.path == tmp_path / "v1.3.mov"


def test_finishing_is_offered_only_where_it_is_installed(qtbot, panel, tmp_path):
    assert not panel.finish.isEnabled()
    assert "not installed" in panel.finish.toolTip()
    with_it = ExportPanel(tmp_path, can_finish=True)
    qtbot.addWidget(with_it)
    with_it.finish.click()
    assert with_it.wish.finished


def test_the_queue_shows_progress_time_left_and_ends(qtbot, panel):
    progress = ExportProgress(stage="pictures", done=24, of=48, eta_s=12.0)
    panel.show_jobs((job("a.mp4", Writing(progress)), job("b.mp4", Ended(ExportCancelled()))))
    assert panel.button.text() == "Add to the queue"
    first, second = panel._rows.values()
    assert not first.progress.isHidden()
    assert "stopped" in second.result.text()
    stops = []
    panel.stop_asked.connect(stops.append)
    first.progress.stopped.emit()
    assert stops == ["a.mp40"]
    end = ExportFinished(
        path=Path("a.mp4"), frames=48, width=1280, height=720, duration_s=2.0,
        file_bytes=2_000_000, files=1, took_s=1.0, notes=("A take is missing.",),
    )  # fmt: skip
    failed = ExportFailed(sentence="The disk is full.", cause="")
    panel.show_jobs((job("a.mp4", Ended(end)), job("b.mp4", Ended(failed))))
    assert "2.0 MB" in first.result.text()
    assert first.notes.text() == "A take is missing."
    assert not first.notes.isHidden()
    assert second.result.text() == "The disk is full."
    assert panel.button.text() == "Export"
    with qtbot.waitSignal(panel.forget_asked):
        panel._clear.click()
    panel.show_jobs(())
    assert panel._rows == {}


def test_many_files_are_counted_where_they_are_said_to_be_written(panel):
    end = ExportFinished(
        path=Path("Ball"), frames=1440, width=1280, height=720, duration_s=60.0,
        file_bytes=2_000_000, files=1440, took_s=1.0,
    )  # fmt: skip
    panel.show_jobs((job("Ball.png", Ended(end)),))
    (row,) = panel._rows.values()
    assert row.result.text() == "Ball is written: 1,440 files, 60.0 s, 2.0 MB."
    assert row.notes.isHidden()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_what_is_begun_comes_into_sight(qtbot, panel):
    panel.resize(320, 300)
    panel.show()
    bar = panel._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    assert bar.value() == 0
    panel.show_jobs((job("a.mp4", Writing(ExportProgress(stage="pictures", done=1, of=48))),))
    (row,) = panel._rows.values()
    qtbot.waitUntil(lambda: not row.progress.visibleRegion().isEmpty())
    # Also before the panel has found that it need scroll no further.
    bar.setValue(0)
    panel.show_jobs((job("a.mp4", Writing(ExportProgress(stage="pictures", done=2, of=48))),))
    panel._scroll._scroll_there()
    qtbot.wait(20)
    assert bar.value() == 0  # where the hand has put it


def test_an_empty_cut_cannot_be_exported(panel):
    panel.show_facts(ExportFacts(words="nothing", can_export=False, marked=False))
    assert not panel.button.isEnabled()
    assert not panel.marked.isEnabled()
    assert panel.loudness.itemText(0) == "As the film (As mixed)"


def test_only_what_can_hold_credentials_is_signed(panel):
    panel.signed.click()
    holding = set()
    for name in PRESETS:
        panel.preset.setCurrentIndex(panel.preset.findData(name))
        assert panel.wish.signed == panel.signed.isEnabled()
        if panel.wish.signed:
            holding.add(name)
        else:
            assert "MP4, MOV, WAV and GIF" in panel.signed.toolTip()
    assert not holding & {"png", "stems", "webm", "webm-av1"}
    assert {"mp4", "prores", "wav", "gif"} <= holding


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_what_became_of_an_export_is_in_sight_on_a_low_screen(qtbot, panel, tmp_path):
    panel.resize(320, 330)
    panel.show()
    panel.show_jobs((job("a.mp4", Writing(ExportProgress(stage="pictures", done=1, of=48))),))
    row = panel._rows["a.mp40"]
    qtbot.waitUntil(lambda: row.progress.visibleRegion().boundingRect() == row.progress.rect())
    panel._scroll.verticalScrollBar().setValue(0)
    qtbot.wait(400)  # a hand that scrolls away is left alone
    assert panel._scroll.verticalScrollBar().value() == 0
    end = ExportFailed(sentence="The disk is full. " * 6, cause="")
    panel.show_jobs((job("a.mp4", Ended(end)),))
    qtbot.waitUntil(lambda: row.result.visibleRegion().boundingRect() == row.result.rect())
