"""Every format of delivery through plan and exporter, and what is refused before it begins."""

from __future__ import annotations

import shutil
from dataclasses import replace
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from engine.media import probe, read_pictures, read_sound
from studio.export import plan as planning
from studio.export.exporter import Exporter, ExportFinished
from studio.export.finishing import Finisher, lanczos
from studio.export.plan import DeliverySpec, plan_export
from studio.export.presets import PRESETS, ExportError, check_preset, preset_for, preset_named
from studio.playback.frame_source import FrameSource
from studio.playback.mixer import Mixer
from studio.playback.sound_shelf import SoundShelf
from studio.playback.stems import stems
from tests.studio.playback.reels import Reel, noise, numbered


@pytest.fixture
def reel(tmp_path):
    reel = Reel(tmp_path / "film", width=320, height=180)
    reel.lay("V1", reel.take(numbered(6, 320, 180)), 0, 12)
    reel.lay("A1", reel.sound_file(noise(24_000, 1)), 0, 12)
    reel.lay("A2", reel.sound_file(noise(24_000, 2)), 2, 8, gain_db=-6.0)
    return reel


def exported(reel: Reel, path, **how) -> ExportFinished:
    plan = plan_export(reel.film, reel.film.timelines[0], path, DeliverySpec(**how))
    cut = reel.cut
    tracks = stems(cut, SoundShelf(reel.film.sample_rate_hz))
    end = Exporter(plan, FrameSource(cut), Mixer(cut), stems=tracks).run()
    assert isinstance(end, ExportFinished), end
    return end


@pytest.mark.parametrize("name", [name for name, one in PRESETS.items() if one.kind == "film"])
def test_every_film_preset_is_written_and_read_back(reel, tmp_path, name):
    preset = PRESETS[name]
    path = tmp_path / f"out{preset.suffix}"
    end = exported(reel, path, preset=preset, loudness_lufs=-20.0)
    info = probe(path)
    assert (info.width, info.height, info.frames, info.rate) == (320, 180, 12, 24)
    assert info.sample_rate_hz == 48_000
    assert end.loudness.lufs == pytest.approx(-20, abs=0.3)
    seen = [float(picture.mean()) / 4 for picture in read_pictures(path)]
    assert np.abs(np.array(seen) - [1 + k // 2 for k in range(12)]).max() < 0.5
    assert end.duration_s == 0.5


def test_a_gif_is_written_at_a_rate_it_can_show(reel, tmp_path):
    reel.film = replace(reel.film, rate=Fraction(60))
    end = exported(reel, tmp_path / "out.gif", width=160)
    assert (end.width, end.height, end.loudness) == (160, 90, None)
    with av.open(str(tmp_path / "out.gif")) as container:
        assert len(list(container.decode(video=0))) == end.frames == 6
    with pytest.raises(ExportError, match="up to 50"):
        plan_export(
            reel.film, reel.film.timelines[0], tmp_path / "b.gif", DeliverySpec(rate=Fraction(60))
        )


def test_stems_add_up_to_the_mix(reel, tmp_path):
    end = exported(reel, tmp_path / "parts.wav", preset=PRESETS["stems"], loudness_lufs=-30.0)
    files = sorted(end.path.iterdir())
    assert [file.name for file in files] == [
        "parts.01 A2.wav", "parts.02 A1.wav", "parts.03 Mix.wav",
    ]  # fmt: skip
    low, high, mix = (read_sound(file, rate_hz=48_000) for file in files)
    assert np.abs(low + high - mix).max() < 2**-21
    assert np.abs(mix - Mixer(reel.cut).whole(0, 24_000)).max() < 2**-22
    assert end.files == 3
    assert list(tmp_path.glob("*.part")) == []


def test_another_size_is_reached_by_lanczos_and_an_odd_one_by_its_edge(reel, tmp_path):
    picture = np.random.default_rng(0).integers(0, 255, (45, 81, 3), np.uint8)
    even = Finisher(82, 46).finish(picture)
    assert np.array_equal(even[:45, :81], picture)
    assert np.array_equal(even[:45, 81], picture[:, 80])
    smooth = np.asarray(cv2.GaussianBlur(picture, (0, 0), 3), np.uint8)
    larger = Finisher(324, 180).finish(smooth)
    assert larger.shape == (180, 324, 3)
    assert np.abs(lanczos(larger, 81, 45).astype(int) - smooth).mean() < 1
    boxed = Finisher(100, 100).finish(np.full((50, 100, 3), 200, np.uint8))
    assert boxed[30:70].min() >= 199
    assert boxed[:20].max() == boxed[80:].max() == 0
    assert Finisher(81, 45).finish(picture) is picture


def test_a_film_of_odd_sides_is_delivered(tmp_path):
    reel = Reel(tmp_path / "film", width=101, height=77)
    reel.lay("V1", reel.take(numbered(2, 101, 77)), 0, 1)
    end = exported(reel, tmp_path / "one.mp4")
    assert (end.width, end.height, end.frames) == (102, 78, 1)
    assert probe(tmp_path / "one.mp4").width == 102
    folder = exported(reel, tmp_path / "one.png").path
    assert cv2.imread(str(next(folder.iterdir()))).shape == (77, 101, 3)


def test_a_codec_that_is_missing_is_said_before(reel, tmp_path):
    preset = replace(PRESETS["hevc"], kind="gif", encoding="")
    assert check_preset(preset) is preset

    class Bare(type(preset)):
        @property
        def missing(self):
            return ("HEVC",)

    bare = Bare(**{name: getattr(preset, name) for name in preset.__dataclass_fields__})
    with pytest.raises(ExportError, match="cannot encode HEVC"):
        plan_export(
            reel.film, reel.film.timelines[0], tmp_path / "a.mp4", DeliverySpec(preset=bare)
        )
    assert all(not preset.missing for preset in PRESETS.values())


def test_a_disk_without_room_is_said_before(reel, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1_000)
    monkeypatch.setattr(planning.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(ExportError, match="too full"):
        plan_export(reel.film, reel.film.timelines[0], tmp_path / "a.wav")


def test_pictures_too_small_for_a_codec_are_refused_before(tmp_path):
    reel = Reel(tmp_path / "film")
    reel.lay("V1", reel.take(numbered(2)), 0, 2)
    with pytest.raises(ExportError, match="no pictures smaller than 256 x 120"):
        plan_export(
            reel.film,
            reel.film.timelines[0],
            tmp_path / "a.mov",
            DeliverySpec(preset=PRESETS["dnxhr"]),
        )


def test_names_choose_presets(tmp_path):
    names = ["a.mp4", "a.mov", "a.webm", "a.gif", "a.wav", "a.png"]
    chosen = [preset_for(tmp_path / name).name for name in names]
    assert chosen == ["mp4", "prores", "webm", "gif", "wav", "png"]
    assert preset_named("av1-opus").suffix == ".mp4"
    with pytest.raises(ExportError, match="no preset"):
        preset_named("vhs")


@pytest.mark.parametrize(
    ("film_rate", "rate", "timecode"),
    [
        (Fraction(24), None, "00:00:00:05"),
        (Fraction(30_000, 1_001), None, "00:00:00;05"),
        (Fraction(24), Fraction(60), "00:00:00:13"),
    ],
)
def test_a_part_for_editing_begins_at_its_timecode(reel, tmp_path, film_rate, rate, timecode):
    reel.film = replace(reel.film, rate=film_rate)
    exported(reel, tmp_path / "part.mov", span=(5, 8), rate=rate)
    with av.open(str(tmp_path / "part.mov")) as film:
        assert [one.metadata["timecode"] for one in film.streams.data] == [timecode]


def test_a_moment_of_sound_is_left_as_mixed_and_that_is_said(reel, tmp_path):
    end = exported(reel, tmp_path / "a.wav", span=(0, 6), loudness_lufs=-16.0)
    assert any("too short or quiet" in note for note in end.notes)
    heard = read_sound(tmp_path / "a.wav", rate_hz=48_000)
    assert np.abs(heard - Mixer(reel.cut).whole(0, 12_000)).max() < 2**-22
