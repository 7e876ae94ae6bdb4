"""The sink on a sound library that does what a driver does: waits, vanishes, comes back."""

from __future__ import annotations

import sys
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from studio.playback.audio_sink import SinkError
from studio.playback.device_sink import DeviceSink
from studio.playback.player import Playing
from studio.playback.sound_devices import MISSED_S, SoundDevices
from tests.patience import PATIENCE_S
from tests.studio.playback.desks import TICK_S
from tests.studio.playback.drivers import Driver
from tests.studio.playback.reels import Reel, noise, numbered


@pytest.fixture
def clock():
    """The time, moved by hand."""
    return SimpleNamespace(now_s=100.0)


@pytest.fixture
def driver(monkeypatch):
    made = Driver()
    monkeypatch.setitem(sys.modules, "sounddevice", made)
    return made


@pytest.fixture
def sink(driver, clock):
    return DeviceSink(devices=SoundDevices(lambda: clock.now_s), now_s=lambda: clock.now_s)


def block(level: float) -> np.ndarray:
    return np.full((2, 480), level, np.float32)


def test_blocks_are_written_as_the_device_takes_them_and_never_beyond_full_scale(sink, driver):
    stream = sink.open(48_000)
    stream.write(np.stack([np.full(480, 1.7, np.float32), np.full(480, -0.25, np.float32)]))
    how = driver.streams[0].how
    assert (how["samplerate"], how["channels"], how["dtype"]) == (48_000, 2, "float32")
    (written,) = driver.streams[0].written
    assert written.shape == (480, 2)
    assert written.flags.c_contiguous
    assert (written[0] == (1.0, -0.25)).all()
    stream.close()
    assert driver.open == []


def test_a_device_that_runs_at_a_rate_of_its_own_hears_the_film_as_long_and_as_high(
    sink, driver, clock
):
    driver.own_hz = 44_100
    stream = sink.open(48_000)
    at = np.arange(96_000) / 48_000
    tone = np.repeat(0.5 * np.sin(2 * np.pi * 1_000 * at)[None], 2, axis=0).astype(np.float32)
    for begin in range(0, 96_000, 1_000):
        stream.write(tone[:, begin : begin + 1_000])
    (below,) = driver.streams
    assert below.how["samplerate"] == 44_100
    heard = np.concatenate(below.written)
    # Up to 20 ms stay in the converter.
    assert 88_200 - 882 <= len(heard) <= 88_200
    expected = 0.5 * np.sin(2 * np.pi * 1_000 * np.arange(44_100) / 44_100)
    assert np.abs(heard[4_410:44_100, 0] - expected[4_410:]).max() < 1e-3
    clock.now_s += 10
    assert stream.heard() == len(heard) * 48_000 // 44_100
    stream.close()


def test_what_is_heard_lies_behind_what_is_written_by_the_latency(sink, clock):
    stream = sink.open(48_000)
    heard = [stream.heard()]
    for _ in range(20):
        stream.write(block(0.1))
    # Of 9,600 samples the last 2,400 are still on their way.
    heard.append(stream.heard())
    for step_s in (0.025, 0.025, 1.0):
        clock.now_s += step_s
        heard.append(stream.heard())
    assert heard == [0, 7_200, 8_400, 9_600, 9_600]
    stream.close()


def test_a_device_that_is_pulled_out_is_a_sentence_and_the_next_one_is_looked_for(
    sink, driver, clock
):
    stream = sink.open(48_000)
    driver.there.clear()
    with pytest.raises(SinkError, match="is gone"):
        stream.write(block(0.1))
    stream.close()
    clock.now_s += MISSED_S
    with pytest.raises(SinkError, match="No sound device"):
        sink.open(48_000)
    driver.there.append("Headphones")
    clock.now_s += MISSED_S
    stream = sink.open(48_000)
    stream.write(block(0.1))
    assert [one.how["name"] for one in driver.open] == ["Headphones"]
    assert len(driver.open[0].written) == 1
    stream.close()


def writing(stream) -> threading.Thread:
    """A thread that hands over one block and closes the stream."""

    def run() -> None:
        stream.write(block(0.1))
        stream.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_writer_that_the_device_keeps_is_let_go_by_an_abort(sink, driver):
    driver.stuck = True
    stream = sink.open(48_000)
    writer = writing(stream)
    (below,) = driver.streams
    assert below.waits.wait(PATIENCE_S)
    assert below.aborts == 0
    stream.interrupt()
    writer.join(PATIENCE_S)
    assert not writer.is_alive()
    # Once to let it go, and once as it is closed.
    assert (below.aborts, below.closes) == (2, 1)


def test_a_device_that_works_is_not_touched_by_two_threads(sink, driver):
    driver.takes = 1
    stream = sink.open(48_000)
    writer = writing(stream)
    (below,) = driver.streams
    assert below.waits.wait(PATIENCE_S)
    stream.interrupt()
    below.freed.set()  # as one that took its block
    writer.join(PATIENCE_S)
    assert (below.aborts, below.closes) == (1, 1)


def test_a_writer_that_comes_back_late_closes_its_own_stream_alone(sink, driver):
    driver.stuck = driver.hopeless = True
    first = sink.open(48_000)
    writer = writing(first)
    (stuck,) = driver.streams
    assert stuck.waits.wait(PATIENCE_S)
    first.interrupt()
    driver.stuck = False
    second = sink.open(48_000)
    second.write(block(0.2))
    stuck.freed.set()
    writer.join(PATIENCE_S)
    assert stuck.closes == 1
    assert driver.open == [driver.streams[1]]
    second.write(block(0.2))
    assert len(driver.streams[1].written) == 2
    second.close()


@pytest.fixture
def reel(tmp_path):
    reel = Reel(tmp_path)
    reel.lay("V1", reel.take(numbered(24)), 0, 48)
    reel.lay("A1", reel.sound_file(noise(48_000)), 0, 48)
    return reel


@pytest.mark.parametrize("hopeless", [False, True])
def test_a_film_on_a_device_that_is_stuck_plays_on_and_is_heard_again(
    desks, reel, sink, driver, hopeless
):
    driver.stuck, driver.hopeless, driver.takes = True, hopeless, 20_000
    desk = desks(reel, sink, 0.01)
    desk.player.play()
    desk.qtbot.waitUntil(lambda: desk.player._clock.follows_device)
    (stuck,) = driver.streams
    assert stuck.waits.wait(PATIENCE_S)
    driver.stuck = False
    for _ in range(round(2.6 / TICK_S)):
        desk.now += TICK_S
        desk.player.tick()
    desk.qtbot.waitUntil(lambda: bool(desk.sentences))
    assert desk.sentences == ["The sound device takes no more sound; the film plays on without it."]
    assert isinstance(desk.player.state, Playing)
    assert 10 < desk.player.frame < 17
    if hopeless:
        # Nothing lets its writer go: the next run does not wait for it for long.
        desk.player.pause()
        desk.player.play()
    desk.qtbot.waitUntil(lambda: desk.player._clock.follows_device)
    heard = driver.streams[1]
    assert heard.waits.wait(PATIENCE_S)
    stuck.freed.set()
    desk.qtbot.waitUntil(lambda: stuck.closes == 1)
    assert driver.open == [heard]
    desk.player.close()
    heard.freed.set()
    desk.qtbot.waitUntil(lambda: driver.open == [])
