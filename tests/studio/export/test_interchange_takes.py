"""Takes beside a cut: films that other programs read, which last and sound as the cut has them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree.ElementTree import parse

import numpy as np
import pytest

from engine.media import probe, read_pictures, read_sound
from studio.document.film import Clip, TakeSource
from studio.document.ledger import Ledger
from studio.export.interchange import read_interchange
from studio.export.interchange_bring import bring_in
from studio.export.interchange_handing import hand_over
from studio.export.presets import ExportError
from tests.studio.playback.reels import Reel, noise, numbered

RATE = Fraction(30_000, 1_001)


@pytest.fixture
def reel(tmp_path):
    reel = Reel(tmp_path / "film", rate=RATE)
    take = reel.take(numbered(13), noise(26_000))
    reel.lay("V1", take, 0, 12)
    reel.lay("A1", take, 0, 12)
    reel.lay("V1", take, 20, 12, source_in=5)
    return reel


def handed(reel: Reel, path: Path, **how) -> tuple[str, ...]:
    return hand_over(reel.film, reel.ledger, reel.film.timelines[0], reel.folder, path, **how)


def test_a_take_is_written_once_at_the_rate_of_the_cut(reel, tmp_path):
    told: list[str] = []
    for _ in range(2):
        handed(reel, tmp_path / "cut.fcpxml", with_takes=True, tell=told.append)
    (film,) = (tmp_path / "cut takes").iterdir()
    assert told == [film.name] * 2
    info = probe(film)
    # 13 pictures at 12 a second, each held for two or three.
    assert (info.picture_codec, info.rate, info.frames) == ("prores", RATE, 33)
    assert (info.sound_codec, info.sample_rate_hz) == ("pcm_s24le", 48_000)
    seen = [float(picture.mean()) / 4 for picture in read_pictures(film)]
    expected = [1 + int(frame * 12 / RATE) for frame in range(33)]
    assert np.abs(np.array(seen) - expected).max() < 0.5
    heard = read_sound(film, rate_hz=48_000)
    assert heard.shape[1] == round(33 * 48_000 / RATE)
    was = read_sound(next(reel.folder.glob("takes/*/sound.wav")), rate_hz=48_000)
    assert np.abs(heard[:, :52_000] - was[:, :52_000]).max() < 1e-5
    root = parse(tmp_path / "cut.fcpxml").getroot()
    (asset,) = root.iter("asset")
    assert (asset.attrib["hasVideo"], asset.attrib["hasAudio"]) == ("1", "1")
    assert [one.attrib["src"] for one in root.iter("media-rep")] == [film.as_uri()]
    assert list(root.iter("conform-rate")) == []


@pytest.mark.parametrize("name", ["cut.otio", "cut.edl"])
def test_what_comes_back_is_the_take_itself(reel, tmp_path, name):
    handed(reel, tmp_path / name, with_takes=True)
    assert "cut%20takes/" in (tmp_path / name).read_text()
    sheet = read_interchange(tmp_path / name, RATE)
    brought = bring_in(reel.film, reel.ledger, sheet, reel.folder)
    before = [clip.source for track in reel.film.timelines[0].tracks for clip in track.clips]
    assert [clip.source for track in brought.timeline.tracks for clip in track.clips] == before


def test_that_others_do_not_read_takes_is_said_where_they_are_left(reel, tmp_path):
    assert any("--takes" in one for one in handed(reel, tmp_path / "cut.edl"))
    assert not any("--takes" in one for one in handed(reel, tmp_path / "b.edl", with_takes=True))


def test_a_take_that_is_gone_is_handed_over_by_its_name(reel, tmp_path):
    next(reel.folder.glob("takes/*/picture.mkv")).unlink()
    handed(reel, tmp_path / "cut.edl", with_takes=True)
    assert "picture.mkv" in (tmp_path / "cut.edl").read_text()


def test_one_that_is_stopped_leaves_nothing_half(reel, tmp_path):
    with pytest.raises(ExportError, match="was stopped"):
        handed(reel, tmp_path / "cut.edl", with_takes=True, stopped=lambda: True)
    assert list((tmp_path / "cut takes").iterdir()) == []
    assert not (tmp_path / "cut.edl").exists()


def test_no_take_of_a_stranger_leads_out_of_the_folder(reel, tmp_path):
    (take,) = reel.ledger.takes.values()
    strange = replace(take, id="../../out", label="/../up")
    reel.ledger = Ledger().append(strange)
    clip = Clip(id="c", source=TakeSource(take_id=strange.id), start=0, length=9)
    reel.change_track("V1", clips=(clip,))
    reel.change_track("A1", clips=())
    handed(reel, tmp_path / "cut.edl", with_takes=True)
    assert [one.name for one in (tmp_path / "cut takes").iterdir()] == ["____up ______out.mov"]
