"""Picture against sound: by flashes and clicks, in simulated minutes.

Those of ten minutes on a busy machine are slow: ``pytest -m slow -s``.
"""

from __future__ import annotations

import numpy as np
import pytest

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
