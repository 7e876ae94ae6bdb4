"""The exact picture of every frame."""

from __future__ import annotations

import threading
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.media import film_reader
from studio.document.film import ShotSource, TakeSource
from studio.document.looks import Dissolve
from studio.playback.frame_source import FrameSource
from tests.studio.playback.reels import Reel, number_of, numbered


@pytest.fixture
def reel(tmp_path):
    return Reel(tmp_path)


def numbers(reel: Reel, frames) -> list[int]:
    source = FrameSource(reel.cut)
    found = [number_of(source.picture(frame)) for frame in frames]
    source.close()
    return found


def test_a_take_at_half_the_rate_holds_each_picture_for_two_frames(reel):
    reel.lay("V1", reel.take(numbered(5)), 0, 10)
    assert numbers(reel, range(10)) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_a_take_at_twelve_is_conformed_to_twenty_five_without_drift(tmp_path):
    reel = Reel(tmp_path, rate=Fraction(25))
    reel.lay("V1", reel.take(numbered(25)), 0, 53)
    assert numbers(reel, range(53)) == [1 + frame * 12 // 25 for frame in range(52)] + [25]


def test_the_trimmed_part_of_a_source_is_left_out(reel):
    reel.lay("V1", reel.take(numbered(12)), 4, 6, source_in=8)
    assert numbers(reel, range(3, 11)) == [0, 5, 5, 6, 6, 7, 7, 0]


def test_the_last_picture_stays_when_a_source_ends_before_its_clip(reel):
    reel.lay("V1", reel.take(numbered(2)), 0, 8)
    assert numbers(reel, range(8)) == [1, 1, 2, 2, 2, 2, 2, 2]


def test_the_topmost_enabled_clip_of_a_visible_track_is_seen(reel):
    low = reel.take(numbered(4, first=10))
    high = reel.take(numbered(4, first=20))
    reel.lay("V1", low, 0, 8)
    reel.lay("V2", high, 2, 2)
    reel.lay("V2", high, 4, 2, enabled=False)
    assert numbers(reel, range(6)) == [10, 10, 20, 20, 12, 12]
    reel.change_track("V2", muted=True)
    assert numbers(reel, range(6)) == [10, 10, 11, 11, 12, 12]


def test_the_newest_upgrade_stands_for_its_take(reel):
    preview = reel.take(numbered(3))
    reel.take(numbered(3, first=31), upgrade_of=preview.take_id)
    reel.lay("V1", preview, 0, 6)
    assert numbers(reel, [0, 5]) == [31, 33]


def test_a_picture_of_another_shape_gets_bars(reel):
    reel.lay("V1", reel.image(np.full((48, 24, 3), 200, np.uint8)), 0, 3)
    picture = FrameSource(reel.cut).picture(1)
    assert picture.shape == (48, 64, 3)
    assert picture[:, 20:44].min() == 200
    assert picture[:, :20].max() == picture[:, 44:].max() == 0


def test_a_fade_shows_what_lies_below(reel):
    reel.lay("V1", reel.image(np.full((48, 64, 3), 40, np.uint8)), 0, 8)
    reel.lay("V2", reel.image(np.full((48, 64, 3), 240, np.uint8)), 0, 8, fade_in=4, fade_out=2)
    source = FrameSource(reel.cut)
    levels = [int(source.picture(frame)[0, 0, 0]) for frame in range(8)]
    assert levels == [65, 115, 165, 215, 240, 240, 190, 90]


@pytest.mark.parametrize("loss", ["file", "take", "shot", "damage"])
def test_what_cannot_be_shown_is_a_slate(reel, loss):
    take = reel.take(numbered(3))
    source = {"take": TakeSource(take_id="gone"), "shot": ShotSource(shot_id="gone")}.get(
        loss, take
    )
    reel.lay("V1", source, 0, 6)
    file = reel.folder / "takes" / take.take_id / "picture.mkv"
    if loss == "file":
        file.unlink()
    if loss == "damage":
        file.write_bytes(b"\x1a\x45\xdf\xa3 not a film")
    picture = FrameSource(reel.cut).picture(2)
    assert picture.shape == (48, 64, 3)
    assert 20 < picture.mean() < 80


def test_a_file_that_is_mended_is_seen(reel):
    reel.lay("V1", reel.clip_file(numbered(12)), 0, 12)
    path = reel.folder / reel.film.media[0].path
    whole, source = path.read_bytes(), FrameSource(reel.cut)
    path.write_bytes(whole[:200])
    slates = [source.picture(frame) for frame in (0, 5)]
    assert all(number_of(slate) != 1 + frame for slate, frame in zip(slates, (0, 5), strict=True))
    path.write_bytes(whole)
    assert [number_of(source.picture(frame)) for frame in (0, 5)] == [1, 6]


def test_nobody_can_write_to_a_picture(reel):
    reel.lay("V1", reel.take(numbered(3)), 0, 6)
    with pytest.raises(ValueError, match="read-only"):
        FrameSource(reel.cut).picture(0)[:] = 0


def test_imported_h264_is_exact_in_any_order(reel):
    reel.lay("V1", reel.clip_file(numbered(60)), 0, 60)
    frames = [0, 1, 2, 59, 3, 40, 41, 12, 59, 58, 0]
    assert numbers(reel, frames) == [frame + 1 for frame in frames]


def test_a_dissolve_between_two_parts_of_a_file_seeks_each_of_them_once(reel, monkeypatch):
    begun = []

    class Counted(film_reader.Course):
        def __init__(self, *words, **how):
            begun.append(words)
            super().__init__(*words, **how)

    monkeypatch.setattr(film_reader, "Course", Counted)
    footage = reel.clip_file(numbered(60))
    reel.lay("V1", footage, 0, 20)
    reel.lay("V1", footage, 20, 20, source_in=38, dissolve=Dissolve(frames=16, before=8))
    seen = numbers(reel, range(40))
    assert seen[:12] == list(range(1, 13))
    assert seen[28:] == list(range(47, 59))
    assert len(begun) == 2


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(frames=st.lists(st.integers(0, 47), min_size=1, max_size=12))
def test_any_order_gives_the_same_pictures(reel, frames):
    if not reel.track("V1").clips:
        reel.lay("V1", reel.take(numbered(24)), 0, 48)
    assert numbers(reel, frames) == [1 + frame // 2 for frame in frames]


def test_two_threads_get_the_same_pictures(reel):
    reel.lay("V1", reel.take(numbered(12)), 0, 24)
    source = FrameSource(reel.cut, cache_bytes=0)
    found: dict[int, list[int]] = {}

    def look(step: int) -> None:
        found[step] = [number_of(source.picture(frame)) for frame in range(24)[::step]]

    threads = [threading.Thread(target=look, args=(step,)) for step in (1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[1] == found[-1][::-1] == [1 + frame // 2 for frame in range(24)]
