"""Picture against sound: by flashes and clicks, in simulated minutes.

Those of ten minutes on a busy machine are slow: ``pytest -m slow -s``.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

import numpy as np
import pytest

from studio.playback.mixer import Mixer
from studio.playback.player import Paused
from tests.studio.playback.desks import Desk
from tests.studio.playback.reels import Reel


def flashes_and_clicks(folder, minutes: float) -> Reel:
    """A take that flashes and clicks once a second, laid end to end."""
    reel = Reel(folder)
    pictures = [np.full((48, 64, 3), 255 if k % 12 == 6 else 0, np.uint8) for k in range(120)]
    sound = np.zeros((2, 240_000), np.float32)
    sound[:, 12_000::24_000] = 0.9
    take, clicks = reel.take(pictures), reel.sound_file(sound)
    for number in range(max(1, round(minutes * 6))):
        reel.lay("V1", take, number * 240, 240)
        reel.lay("A1", clicks, number * 240, 240)
    return reel


def worst_offset_s(desk: Desk) -> tuple[int, float]:
    """Flashes seen, and the worst time between one and the click that belongs to it."""
    heard = np.abs(desk.sink.recording()[0])
    clicks = np.flatnonzero((heard[1:] > 0.5) & (heard[:-1] <= 0.5)) + 1
    heard_s = np.array([desk.sink.time_of(int(sample)) for sample in clicks])
    lights = [(at, picture[0, 0, 0] > 128) for at, _, picture in desk.shown]
    seen_s = [at for (at, on), (_, before) in zip(lights[1:], lights, strict=False) if on > before]
    offsets = [float(np.min(np.abs(heard_s - at))) for at in seen_s]
    return len(offsets), max(offsets)


@pytest.mark.parametrize("busily", [False, True])
def test_picture_and_sound_stay_within_twenty_milliseconds(desks, tmp_path, busily):
    desk = desks(flashes_and_clicks(tmp_path, 0.5))
    desk.player.play()
    (desk.run_busily if busily else desk.run)(40)
    count, worst_s = worst_offset_s(desk)
    assert count == 30
    assert worst_s < 0.020
    assert desk.sink.gaps == 0


@pytest.mark.slow
def test_picture_and_sound_stay_within_twenty_milliseconds_over_ten_minutes(desks, tmp_path):
    desk = desks(flashes_and_clicks(tmp_path, 10))
    desk.player.play()
    desk.run_busily(610)
    count, worst_s = worst_offset_s(desk)
    print(f"{count} flashes and clicks, at the worst {1000 * worst_s:.1f} ms apart")
    assert count == 600
    assert worst_s < 0.020


def load(seed: int) -> Callable[[], float]:
    """How long pictures take where much else is done: a while well, a while worse than they last.

    A picture is 42 ms long.
    """
    chance, made = random.Random(seed), itertools.count()

    def cost_s() -> float:
        if next(made) % 150 < 100:
            # Some beyond a frame, which the pictures ahead make up for.
            return 0.150 if chance.random() < 0.05 else chance.uniform(0.004, 0.030)
        return chance.uniform(0.045, 0.110)

    return cost_s


def lateness_s(desk: Desk, began_s: float) -> dict[int, float]:
    """How long after its sound each picture was shown, but for the one that playing ended on."""
    cut = desk.reel.cut
    return {
        frame: at - desk.sink.time_of(cut.sample_of(frame))
        for at, frame, _ in desk.shown
        if at > began_s and frame < cut.length - 1
    }


def under_load(desks, folder, minutes: float) -> tuple[int, int, float]:
    """Pictures that were due and shown, and how late the latest was, seconds."""
    desk = desks(flashes_and_clicks(folder, minutes))
    desk.slow_down(load(3))
    began_s = desk.now
    desk.player.play()
    desk.run_busily(minutes * 60 + 5)
    assert desk.player.state == Paused()
    # The sound waited for nothing, and is what it should be.
    cut = desk.reel.cut
    assert desk.sink.gaps == 0
    heard = desk.sink.recording()[:, : cut.samples]
    assert np.array_equal(heard, Mixer(cut).whole(0, cut.samples))
    late = lateness_s(desk, began_s)
    assert list(late) == sorted(late)
    assert min(late.values()) > -0.001
    return cut.length - 2, len(late), max(late.values())


def test_pictures_that_are_slow_to_make_are_dropped_and_never_late(desks, tmp_path):
    due, shown, worst_s = under_load(desks, tmp_path, 0.5)
    print(f"{shown} of {due} pictures shown, the latest {1000 * worst_s:.1f} ms after its sound")
    assert worst_s < 0.020
    # In a third of the pictures half as many can be made as are due: more would be late, and
    # fewer would be a picture that stands still.
    assert 0.60 * due < shown < 0.95 * due


@pytest.mark.slow
def test_slow_pictures_are_dropped_and_never_late_over_ten_minutes(desks, tmp_path):
    due, shown, worst_s = under_load(desks, tmp_path, 10)
    print(f"{shown} of {due} pictures shown, the latest {1000 * worst_s:.1f} ms after its sound")
    assert worst_s < 0.020
    assert 0.60 * due < shown < 0.95 * due
