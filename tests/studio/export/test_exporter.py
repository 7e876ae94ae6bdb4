"""Films, mixes and pictures in files: equal to what plays, whole or not there at all."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.media import probe, read_pictures, read_sound
from studio.export import spool as spools
from studio.export.exporter import (
    ExportCancelled,
    Exporter,
    ExportFailed,
    ExportFinished,
    ExportProgress,
)
from studio.export.plan import DeliverySpec, plan_export
from studio.export.presets import PNG, PRESETS, ExportError, preset_for
from studio.playback.frame_source import FrameSource
from studio.playback.mixer import Mixer
from tests.patience import PATIENCE_S
from tests.studio.playback.reels import Reel, noise, number_of, numbered


@pytest.fixture
def reel(tmp_path):
    reel = Reel(tmp_path / "film")
    reel.lay("V1", reel.take(numbered(24)), 0, 48)
    reel.lay("A1", reel.sound_file(noise(48_000)), 0, 48)
    return reel


def plan_of(reel: Reel, path: Path, *, replace=False, film_folder=None, **how):
    spec, timeline = DeliverySpec(**how), reel.film.timelines[0]
    return plan_export(reel.film, timeline, path, spec, film_folder=film_folder, replace=replace)


def exporter_of(reel: Reel, path: Path, tell=lambda _: None, **how) -> Exporter:
    plan = plan_of(reel, path, **how)
    return Exporter(plan, FrameSource(reel.cut), Mixer(reel.cut), tell)


def mixed(exporter: Exporter) -> np.ndarray:
    sound = exporter.mix()
    assert sound is not None
    return sound


def test_a_film_is_written_whole(reel, tmp_path):
    events = []
    end = exporter_of(reel, tmp_path / "out.mp4", events.append).run()
    assert isinstance(end, ExportFinished)
    info = probe(tmp_path / "out.mp4")
    assert (info.width, info.height, info.frames, info.rate) == (64, 48, 48, 24)
    assert (info.picture_codec, info.sound_codec, info.sample_rate_hz) == ("h264", "aac", 48_000)
    assert end.file_bytes == (tmp_path / "out.mp4").stat().st_size
    assert end.duration_s == 2.0
    assert events[-1] is end
    last = [event for event in events if isinstance(event, ExportProgress)][-1]
    assert (last.stage, last.done, last.of, last.eta_s) == ("pictures", 48, 48, 0)
    assert list(tmp_path.glob("*.part")) == []
    decoded = read_pictures(tmp_path / "out.mp4")
    assert [number_of(picture) for picture in decoded] == [1 + frame // 2 for frame in range(48)]


def test_what_goes_into_the_encoder_is_what_the_player_has(reel, tmp_path):
    exporter = exporter_of(reel, tmp_path / "out.mp4")
    source, mixer = FrameSource(reel.cut), Mixer(reel.cut)
    for frame, picture in enumerate(exporter.pictures()):
        assert np.array_equal(picture, source.picture(frame))
    assert np.array_equal(mixed(exporter), mixer.whole(0, 96_000))


def test_a_mix_is_exact_to_24_bits(reel, tmp_path):
    end = exporter_of(reel, tmp_path / "mix.wav").run()
    assert isinstance(end, ExportFinished)
    written = read_sound(tmp_path / "mix.wav", rate_hz=48_000)
    assert np.abs(written - Mixer(reel.cut).whole(0, 96_000)).max() <= 2**-23


def test_pictures_are_written_as_they_are(reel, tmp_path):
    end = exporter_of(reel, tmp_path / "still.png", span=(10, 14)).run()
    assert isinstance(end, ExportFinished)
    files = sorted((tmp_path / "still").iterdir())
    assert [file.name for file in files] == [f"still.{n:06d}.png" for n in range(1, 5)]
    picture = cv2.imread(str(files[2]))
    assert np.array_equal(picture[..., ::-1], FrameSource(reel.cut).picture(12))
    with pytest.raises(ExportError, match="exists already"):
        plan_of(reel, tmp_path / "still.png")
    assert len(list((tmp_path / "still").iterdir())) == 4


def test_the_marked_part_is_exported_with_its_own_sound(reel, tmp_path):
    reel.mark(12, 36)
    exporter = exporter_of(reel, tmp_path / "out.mp4")
    assert exporter.plan.frames == 24
    assert np.array_equal(next(exporter.pictures()), FrameSource(reel.cut).picture(12))
    assert np.array_equal(mixed(exporter), Mixer(reel.cut).whole(24_000, 72_000))


@pytest.mark.parametrize("rate", [Fraction(12), Fraction(25), Fraction(30000, 1001), Fraction(60)])
def test_another_rate_holds_or_drops_pictures_and_keeps_the_length(reel, tmp_path, rate):
    exporter = exporter_of(reel, tmp_path / "out.mp4", rate=rate)
    assert abs(exporter.plan.frames / rate - 2) < 1 / rate
    seen = [number_of(picture) for picture in exporter.pictures()]
    assert seen == [1 + index * 12 * rate.denominator // rate.numerator
                    for index in range(len(seen))]  # fmt: skip
    assert mixed(exporter).shape[1] == 96_000


def test_another_size_keeps_the_shape(reel, tmp_path):
    end = exporter_of(reel, tmp_path / "out.mp4", height=96).run()
    assert isinstance(end, ExportFinished)
    assert (end.width, end.height) == (128, 96)


def test_a_sound_is_brought_to_the_loudness_of_the_film(reel, tmp_path):
    end = exporter_of(reel, tmp_path / "out.wav", loudness_lufs=-23.0).run()
    assert isinstance(end, ExportFinished)
    assert end.loudness.lufs == pytest.approx(-23, abs=0.2)
    assert end.notes == ()


def test_cancelling_leaves_what_was_there(reel, tmp_path):
    path = tmp_path / "out.mp4"
    path.write_bytes(b"the film of yesterday")
    ends = []

    def tell(event) -> None:
        ends.append(event)
        # Progress is told at the end of the sound at the latest, before the first picture.
        if isinstance(event, ExportProgress):
            exporter.cancel()

    exporter = exporter_of(reel, path, tell, replace=True)
    exporter.start()
    assert exporter.join(PATIENCE_S)
    assert isinstance(ends[-1], ExportCancelled)
    assert path.read_bytes() == b"the film of yesterday"
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["out.mp4"]


@pytest.fixture
def long_reel(tmp_path):
    """Twenty seconds whose peaks have to give way."""
    reel = Reel(tmp_path / "film")
    reel.lay("V1", reel.take(numbered(24)), 0, 480)
    reel.lay("A1", reel.sound_file(noise(20 * 48_000)), 0, 480)
    return reel


@pytest.mark.parametrize(
    ("name", "stage"),
    [("out.mp4", "sound"), ("out.mp4", "loudness"), ("out.mp4", "pictures"),
     ("out.wav", "loudness"), ("out.wav", "writing"), ("stems.wav", "sound")],
)  # fmt: skip
def test_every_stage_tells_how_far_it_is_and_hears_a_stop(long_reel, tmp_path, name, stage):
    events = []

    def tell(event) -> None:
        events.append(event)
        if isinstance(event, ExportProgress) and event.stage == stage:
            exporter.cancel()

    preset = PRESETS["stems"] if name == "stems.wav" else None
    exporter = exporter_of(long_reel, tmp_path / name, tell, preset=preset, loudness_lufs=-12.0)
    assert isinstance(exporter.run(), ExportCancelled)
    stopped = events[-2]
    assert isinstance(stopped, ExportProgress)
    assert stopped.stage == stage
    assert 0 < stopped.done < stopped.of
    assert stopped.eta_s
    assert stopped.eta_s > 0
    assert [file.name for file in tmp_path.iterdir()] == ["film"]


def test_the_seal_is_told_of_and_stopped_like_any_stage(reel, tmp_path):
    events = []

    def seal(end, tell, stopped):
        tell(0.5)
        exporter.cancel()
        return replace(end, notes=(f"stopped: {stopped()}",))

    plan = replace(plan_of(reel, tmp_path / "out.wav"), signed=True)
    exporter = Exporter(plan, FrameSource(reel.cut), Mixer(reel.cut), events.append, seal=seal)
    end = exporter.run()
    assert isinstance(end, ExportFinished)
    assert end.notes == ("stopped: True",)
    assert (events[-2].stage, events[-2].done / events[-2].of) == ("signing", 0.5)
    assert events[-3].eta_s > 0
    assert (tmp_path / "out.wav").is_file()


def test_an_error_while_it_is_written_is_a_sentence_and_leaves_nothing(reel, tmp_path):
    class Broken(FrameSource):
        def picture(self, frame):
            if frame == 20:
                raise OSError(28, "No space left on device")
            return super().picture(frame)

    plan = plan_of(reel, tmp_path / "out.mp4")
    end = Exporter(plan, Broken(reel.cut), Mixer(reel.cut)).run()
    assert isinstance(end, ExportFailed)
    assert "full" in end.sentence
    assert [file for file in tmp_path.iterdir() if file.is_file()] == []


def test_a_bug_is_told_with_its_cause(reel, tmp_path):
    class Broken(FrameSource):
        def picture(self, frame):
            raise KeyError("of a bug")

    end = Exporter(plan_of(reel, tmp_path / "out.mp4"), Broken(reel.cut), Mixer(reel.cut)).run()
    assert isinstance(end, ExportFailed)
    assert "KeyError" in end.cause


@pytest.mark.skipif(not Path("/dev/full").exists() or os.name == "nt", reason="needs /dev/full")
def test_a_full_disk_is_a_sentence(reel, tmp_path):
    (tmp_path / "out.wav.part").symlink_to("/dev/full")
    end = exporter_of(reel, tmp_path / "out.wav").run()
    assert isinstance(end, ExportFailed)
    assert "full" in end.sentence
    assert not (tmp_path / "out.wav").exists()


def test_a_disk_that_is_full_before_the_mix_is_no_error_in_the_program(reel, tmp_path, monkeypatch):
    def full(_file, _size_bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(spools, "IN_MEMORY_BYTES", 0)
    monkeypatch.setattr(spools, "claim", full)
    end = exporter_of(reel, tmp_path / "out.mp4").run()
    assert isinstance(end, ExportFailed)
    assert end.sentence.startswith("out.mp4 was not written: the disk is full.")


@pytest.mark.parametrize(
    ("name", "loudness_lufs", "sounds", "aside"),
    [("out.wav", None, 1, 1), ("out.wav", -16.0, 1, 2), ("stems.wav", -16.0, 3, 1)],
)
def test_the_room_on_the_disk_is_that_of_all_files_and_of_what_lies_beside_them(
    reel, tmp_path, monkeypatch, name, loudness_lufs, sounds, aside
):
    reel.lay("A2", reel.sound_file(noise(48_000, seed=1)), 0, 48)
    preset = PRESETS["stems" if name == "stems.wav" else "wav"]
    monkeypatch.setattr(spools, "IN_MEMORY_BYTES", 0)
    needed = sounds * 96_000 * 6 + aside * 96_000 * 8
    usage = shutil.disk_usage(tmp_path)
    how = {"preset": preset, "loudness_lufs": loudness_lufs}
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=needed))
    assert plan_of(reel, tmp_path / name, **how).sounds == sounds
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=needed - 1))
    with pytest.raises(ExportError, match="too full"):
        plan_of(reel, tmp_path / name, **how)


@pytest.mark.parametrize(
    ("name", "words"),
    [("nowhere/out.mp4", "does not exist"), ("folder.mp4", "is a folder"), ("out.avi", "end it")],
)
def test_a_path_that_cannot_be_is_refused_at_once(reel, tmp_path, name, words):
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(ExportError, match=words):
        plan_of(reel, tmp_path / name)


def test_what_would_be_lost_is_refused_until_that_is_said(reel, tmp_path):
    path = tmp_path / "out.mp4"
    path.write_bytes(b"the film of yesterday")
    with pytest.raises(ExportError, match="exists already"):
        plan_of(reel, path)
    assert plan_of(reel, path, replace=True).path == path
    for name in ("media/a.mp4", "takes/a.mp4", "cache/deep/a.mp4", "../film/media/a.mp4"):
        place = reel.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        with pytest.raises(ExportError, match="where the film keeps its"):
            plan_of(reel, place, film_folder=reel.folder, replace=True)
    assert plan_of(reel, reel.folder / "a.mp4", film_folder=reel.folder)


@pytest.mark.parametrize(
    ("name", "preset"), [("out.mkv", "hevc"), ("out.mp4", "webm"), ("out", "png"), ("a.b", "stems")]
)
def test_a_name_that_says_something_else_is_refused(reel, tmp_path, name, preset):
    with pytest.raises(ExportError, match=rf"end it with \{PRESETS[preset].suffix}"):
        plan_of(reel, tmp_path / name, preset=PRESETS[preset])


def test_nothing_to_export_is_refused(tmp_path):
    with pytest.raises(ExportError, match="nothing on the timeline"):
        plan_of(Reel(tmp_path), tmp_path / "out.mp4")
    assert preset_for(Path("x.PNG")) is PNG


def test_sizes_are_made_even(reel, tmp_path):
    film = replace(reel.film, width=63, height=47)
    plan = plan_export(film, film.timelines[0], tmp_path / "out.mp4")
    assert (plan.width, plan.height) == (64, 48)


def test_missing_sound_is_noted(reel, tmp_path):
    (reel.folder / reel.film.media[0].path).write_bytes(b"RIFF broken")
    end = exporter_of(reel, tmp_path / "out.mp4").run()
    assert isinstance(end, ExportFinished)
    assert len(end.notes) == 1


KILLED = """
import sys
from pathlib import Path
from studio.export.exporter import Exporter, ExportProgress
from tests.studio.export.test_exporter import exporter_of
from tests.studio.playback.reels import Reel, noise, numbered
folder = Path(sys.argv[1])
reel = Reel(folder / "film", width=640, height=360)
reel.lay("V1", reel.take(numbered(24)), 0, 2_400)
def tell(event):
    if isinstance(event, ExportProgress) and event.stage == "pictures":
        print("writing", flush=True)
exporter_of(reel, folder / "out.mp4", tell).run()
"""


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_export_leaves_nothing_under_the_name(tmp_path, kill):
    root = Path(__file__).parents[3]
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    watch = threading.Timer(60, child.kill)
    watch.start()
    assert child.stdout is not None
    assert child.stdout.readline() == "writing\n"
    child.send_signal(kill)
    child.communicate()
    watch.cancel()
    watch.join()
    assert child.returncode != 0
    assert not (tmp_path / "out.mp4").exists()
    if kill == signal.SIGINT:
        assert not (tmp_path / "out.mp4.part").exists()
