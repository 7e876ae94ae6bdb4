"""Films of ten thousand clips, and long ones in memory that does not grow."""

from __future__ import annotations

import random
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from studio.export.exporter import Exporter, ExportFinished
from studio.export.plan import DeliverySpec, plan_export
from studio.playback.frame_source import FrameSource
from studio.playback.mixer import Mixer
from studio.playback.sound_shelf import SoundShelf
from tests.studio.playback.reels import Reel, noise, number_of, numbered

CLIPS = 10_000
TAKES = 6


@pytest.fixture(scope="module")
def crowded(tmp_path_factory) -> Reel:
    """Ten thousand clips of two frames: half of pictures, half of sounds, on two tracks each."""
    reel = Reel(tmp_path_factory.mktemp("film"))
    takes = [reel.take(numbered(4, 64, 48, first=1 + 8 * k)) for k in range(TAKES)]
    sounds = [reel.sound_file(np.full((2, 8_000), 0.02 * (k + 1), np.float32)) for k in range(3)]
    for name, sources in (("V1", takes), ("A1", sounds)):
        first = reel.lay(name, sources[0], 0, 2)
        clips = tuple(
            replace(first, id=f"{name}{k}", source=sources[k % len(sources)], start=2 * k)
            for k in range(CLIPS // 2)
        )
        reel.change_track(name, clips=clips)
    return reel


def test_any_frame_of_ten_thousand_clips_is_the_right_one(crowded):
    cut = crowded.cut
    assert cut.length == CLIPS
    source, mixer = FrameSource(cut), Mixer(cut)
    chance = random.Random(5)
    for frame in (0, CLIPS - 1, *chance.sample(range(CLIPS), 40)):
        take = frame // 2 % TAKES
        assert number_of(source.picture(frame)) == 1 + 8 * take
        first = cut.sample_of(frame)
        heard = mixer.mix(first + 500, 100)
        assert heard == pytest.approx(0.02 * (frame // 2 % 3 + 1), abs=2e-3)
    source.close()


def test_a_part_of_ten_thousand_clips_is_delivered(crowded, tmp_path):
    plan = plan_export(
        crowded.film,
        crowded.film.timelines[0],
        tmp_path / "part.png",
        DeliverySpec(span=(7_001, 7_009)),
    )
    end = Exporter(plan, FrameSource(crowded.cut), Mixer(crowded.cut)).run()
    assert isinstance(end, ExportFinished)
    assert end.frames == 8


def peak_of(deed) -> int:
    """Bytes that ``deed`` needed at the most, at once."""
    tracemalloc.start()
    deed()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_a_film_ten_times_as_long_takes_no_more_memory(tmp_path):
    reel = Reel(tmp_path)
    take = reel.take(numbered(48), noise(96_000))
    for name in ("V1", "A1"):
        first = reel.lay(name, take, 0, 96)
        clips = tuple(replace(first, id=f"{name}{k}", start=96 * k) for k in range(30))
        reel.change_track(name, clips=clips)
    cut = reel.cut

    def watched(frames: int) -> None:
        source = FrameSource(cut, cache_bytes=2**20)
        mixer = Mixer(cut, SoundShelf(48_000, tmp_path / "cache"))
        for frame in range(0, frames, 3):
            source.picture(frame)
            mixer.mix(cut.sample_of(frame), 2_000)
        source.close()

    watched(96)
    short, long = (peak_of(lambda frames=frames: watched(frames)) for frames in (288, 2_880))
    assert long < 1.2 * short + 2**20
