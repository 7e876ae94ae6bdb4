"""Exports asked for in the panel, written by the queue, and what is then known of their files."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from engine.backends.scripted import ScriptedBackend
from engine.media import probe, read_pictures, write_film
from studio.__main__ import main
from studio.bridge.exporting import FilmExports
from studio.bridge.room import Room, RoomParts
from studio.document.film import Clip, Shot, ShotSource, Subtitle, TakeSource, new_film
from studio.document.ledger import Ledger, TakeRecord
from studio.document.store import Store
from studio.export.provenance import sidecar_path
from studio.render.estimates import History
from studio.settings import SettingsFile
from studio.ui.export_desk import ExportDesk
from studio.ui.export_panel import ExportPanel
from tests.studio.export.own_certificates import KEYS, certified

RECIPE = {
    "backend": "house",
    "engine": "1.2",
    "sampler": "euler",
    "steps": 8,
    "device": "cpu",
}


class Studio:
    """A film of one take with its recipe file, and the export panel on it."""

    def __init__(self, folder, qtbot) -> None:
        self.folder, self._qtbot = folder, qtbot
        folder.mkdir()
        film = new_film("Ball", width=64, height=36)
        place = folder / "takes" / "t"
        place.mkdir(parents=True)
        grey = [np.full((36, 64, 3), 90, np.uint8)] * 12
        write_film(place / "picture.mkv", grey, Fraction(24), preset="take")
        (place / "recipe.json").write_text(json.dumps(RECIPE))
        take = TakeRecord(
            id="t", shot_id="s", folder="takes/t", kind="full", frames=12, rate=Fraction(24),
            width=64, height=36, created="2026-01-01T00:00:00+00:00", seed=7,
            recipe=json.dumps({"prompt": "a ball rolls"}), weights="house-1",
        )  # fmt: skip
        cut = film.timelines[0]
        lane = next(k for k, track in enumerate(cut.tracks) if track.name == "V1")
        tracks = list(cut.tracks)
        clip = Clip(id="c", source=TakeSource(take_id="t"), start=0, length=12)
        tracks[lane] = replace(tracks[lane], clips=(clip,))
        cue = Subtitle(id="u", start=4, end=12, text="It rolls.")
        cut = replace(cut, tracks=tuple(tracks), subtitles=(cue,))
        film = replace(film, timelines=(cut,), shots=(Shot(id="s", name="Roll"),))
        self.room = Room(
            RoomParts(
                store=Store(film, Ledger().append(take)),
                folder=folder,
                build=ScriptedBackend,
                history=History(),
            )
        )
        self.exports = FilmExports(folder, self.room.relay)
        self.panel = ExportPanel(folder)
        qtbot.addWidget(self.panel)
        self.desk = ExportDesk(self.room, self.exports, self.panel)
        self.desk.refresh()

    def export(self, path) -> str:
        """Press the button, wait, and return what the panel says of it."""
        self.panel.file.setText(str(path))
        self._qtbot.mouseClick(self.panel.button, Qt.MouseButton.LeftButton)
        self._qtbot.waitUntil(lambda: not self.exports.busy)
        row = [*self.panel._rows.values()][-1]
        return f"{row.result.text()}\n{row.notes.text()}"

    def close(self) -> None:
        self.exports.close()
        self.room.close()


@pytest.fixture
def studio(dressed, qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("DAILIES_SETTINGS", str(tmp_path / "settings" / "settings.json"))
    made = Studio(tmp_path / "film", qtbot)
    yield made
    made.close()


def inspected(path, capsys) -> str:
    assert main(["inspect", str(path)]) == 0
    return capsys.readouterr().out


def test_a_film_of_the_window_says_which_takes_are_in_it(studio, tmp_path, capsys):
    path = tmp_path / "ball.mp4"
    said = studio.export(path)
    assert f"is written in it and in {sidecar_path(path).name}" in said
    assert sidecar_path(path).is_file()
    told = inspected(path, capsys)
    assert "as written in it and beside it" in told
    assert "Every picture and sound of this film was generated." in told
    assert "Roll: full, by house-1, seed 7" in told
    assert "Made by house, engine 1.2, 8 steps of euler" in told
    assert "Prompt: a ball rolls" in told
    sidecar_path(path).unlink()
    assert "Roll: full, by house-1, seed 7" in inspected(path, capsys)


def test_a_film_is_signed_when_that_is_ticked(studio, tmp_path, capsys):
    studio.panel.signed.click()
    said = studio.export(tmp_path / "ball.mp4")
    assert "made on this machine" in said
    told = inspected(tmp_path / "ball.mp4", capsys)
    assert "nothing was changed since" in told
    assert "Roll" in told


def test_a_film_is_signed_with_the_certificate_of_the_settings(studio, tmp_path, capsys):
    _, chain, _, key = certified(tmp_path, KEYS["P-256"](), "Ava Rain")
    SettingsFile().change(certificate=chain, certificate_key=key)
    studio.panel.signed.click()
    assert "Signed with your own certificate." in studio.export(tmp_path / "ball.mp4")
    assert "signed by Ava Rain" in inspected(tmp_path / "ball.mp4", capsys)
    Path(key).unlink()
    # Before it is written, not after.
    assert "own.key cannot be read" in studio.export(tmp_path / "again.mp4")
    assert not (tmp_path / "again.mp4").exists()


def test_a_take_without_a_recipe_file_is_told_all_the_same(studio, tmp_path, capsys):
    (studio.folder / "takes" / "t" / "recipe.json").write_text("[" * 20_000)
    studio.export(tmp_path / "ball.mp4")
    told = inspected(tmp_path / "ball.mp4", capsys)
    assert "Roll: full, by house-1, seed 7" in told
    assert "Made by" not in told


def test_subtitles_are_burned_in_when_that_is_ticked(studio, tmp_path):
    panel = studio.panel
    assert panel.burn_in.isEnabled()
    studio.export(tmp_path / "bare.mp4")
    panel.burn_in.click()
    studio.export(tmp_path / "burned.mp4")
    bare, burned = (
        read_pictures(tmp_path / name).astype(int) for name in ("bare.mp4", "burned.mp4")
    )
    apart = abs(bare - burned).mean(axis=(1, 2, 3))
    assert apart[8] > 3 * apart[1]


def test_the_width_is_typed_and_the_height_follows(studio, qtbot, tmp_path):
    panel = studio.panel
    panel.width_px.setFocus()
    panel.width_px.selectAll()
    qtbot.keyClicks(panel.width_px, "128")
    qtbot.keyClick(panel.width_px, Qt.Key.Key_Return)
    assert "128 × 72" in panel.facts.text()
    studio.export(tmp_path / "wide.mp4")
    info = probe(tmp_path / "wide.mp4")
    assert (info.width, info.height) == (128, 72)


def test_only_what_a_format_has_is_offered(studio):
    panel = studio.panel
    panel.true_peak.setValue(-3.0)
    panel.loudness.setCurrentIndex(panel.loudness.findData(-23.0))
    assert panel.true_peak.isEnabled()
    assert panel.wish.true_peak_db == -3.0
    panel.loudness.setCurrentIndex(panel.loudness.count() - 1)
    assert not panel.true_peak.isEnabled()
    panel.width_px.setValue(128)
    panel.burn_in.click()
    panel.signed.click()
    panel.preset.setCurrentIndex(panel.preset.findData("stems"))
    assert not panel.width_px.isEnabled()
    wish = panel.wish
    assert (wish.width, wish.burn_in) == (None, False)


def test_files_of_a_folder_are_counted_before_and_after(studio, tmp_path):
    panel = studio.panel
    for preset, name, before, after in (
        ("png", "reel.png", "12 files in the folder “reel”", "reel is written: 12 files"),
        ("stems", "parts.wav", "One file in the folder “parts”", "parts is written: 0.5 s"),
    ):
        panel.preset.setCurrentIndex(panel.preset.findData(preset))
        panel.file.setText(str(tmp_path / name))
        assert before in panel.facts.text()
        assert after in studio.export(tmp_path / name)
    assert len(list((tmp_path / "reel").iterdir())) == 12
    panel.preset.setCurrentIndex(panel.preset.findData("wav"))
    assert "files" not in panel.facts.text()


def test_a_preview_and_a_clip_without_a_take_are_named_before_they_are_delivered(studio):
    panel, room = studio.panel, studio.room
    assert panel.unfinished.isHidden()
    cut = room.film.timelines[0]
    blank = Clip(id="d", source=ShotSource(shot_id="s"), start=12, length=12)
    rough = Clip(id="e", source=TakeSource(take_id="p"), start=24, length=12)
    tracks = tuple(
        replace(track, clips=(*track.clips, blank, rough)) if track.name == "V1" else track
        for track in cut.tracks
    )
    changed = replace(cut, tracks=tracks)
    room.store.apply(lambda film: replace(film, timelines=(changed,)), "Lay")
    (take,) = room.ledger.takes.values()
    room.store.record(replace(take, id="p", kind="preview"))
    studio.desk.refresh()
    assert panel.unfinished.text() == (
        "One take in it is still a preview. One clip has nothing to show yet."
    )
    assert "still a preview.\nOne clip" in studio.export(studio.folder / "rough.mp4")


def test_two_exports_one_after_the_other_are_two_files(studio, qtbot):
    panel, folder = studio.panel, studio.folder
    for preset in ("mp4", "hevc"):
        panel.preset.setCurrentIndex(panel.preset.findData(preset))
        qtbot.mouseClick(panel.button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: "2.mp4" in panel.file.text())
    qtbot.waitUntil(lambda: not studio.exports.busy)
    assert probe(folder / "film.mp4").picture_codec == "h264"
    assert probe(folder / "film 2.mp4").picture_codec == "hevc"
    assert panel.file.path == folder / "film 3.mp4"


@pytest.mark.parametrize(
    ("name", "words"),
    [("media/rain.mp4", "keeps its media"), ("takes/t/picture.mkv", "end it with .mp4"),
     ("takes/t/film.mp4", "keeps its takes"), ("film.dailies", "end it with .mp4"),
     ("rain.mkv", "end it with .mp4"), ("rain.mov", "end it with .mp4")],
)  # fmt: skip
def test_what_belongs_to_the_film_and_other_endings_are_refused(studio, name, words):
    folder = studio.folder
    (folder / "media").mkdir(exist_ok=True)
    (folder / "film.dailies").write_bytes(b"the film")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    studio.panel.file.setText(str(folder / name))
    assert words in studio.panel.facts.text()
    studio.panel.button.click()
    assert words in studio.panel.said.text()
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_whoever_does_not_see_the_panel_is_told_that_the_film_is_there(studio, qtbot, tmp_path):
    told = []
    studio.room.said.connect(told.append)
    studio.export(tmp_path / "unseen.mp4")
    (notice,) = told
    assert notice.sentence.startswith("unseen.mp4 is written: 0.5 s")
    assert (notice.level, notice.deed.text) == ("done", "Show in folder")
    studio.panel.show()
    qtbot.waitExposed(studio.panel)
    studio.export(tmp_path / "seen.mp4")
    assert told == [notice]


def test_a_path_that_waits_in_the_queue_is_refused(studio, tmp_path):
    wish = replace(studio.panel.wish, path=tmp_path / "a.mp4")
    studio.exports.add(studio.room.film, studio.room.ledger, wish)
    ends = []
    studio.exports.ended.connect(ends.append)
    studio.exports.add(studio.room.film, studio.room.ledger, replace(wish, replaces=True))
    assert "“a.mp4” is in the queue already" in ends[0].sentence


@pytest.mark.parametrize("text", ["", "/", "..", "~nobody-here/a.mp4", "x" * 300 + ".mp4"])
def test_whatever_is_written_for_a_path_is_a_sentence(studio, text):
    panel = studio.panel
    panel.file.setText(text)
    assert panel.replaces.isHidden()
    for preset in ("png", "wav", "mp4"):
        panel.file.setText(text)
        panel.preset.setCurrentIndex(panel.preset.findData(preset))
        panel.file.setText(text)
        assert panel.facts.text().splitlines()[1].endswith(".")
        panel.button.click()
        assert panel.said.text().endswith(".")
    assert not studio.exports.busy
