"""The sink on a sound library that does what a driver does: waits, vanishes, comes back."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from studio.playback import audio_sink
from studio.playback.audio_sink import DeviceSink, SinkError


class PortAudioError(Exception):
    """What the library raises."""


class Driver:
    """A scripted sound library with one device, which can be pulled out.

    As the real one it knows the devices that were there when it started.
    """

    PortAudioError = PortAudioError

    def __init__(self) -> None:
        self.plugged = self.known = True
        self.streams: list[SimpleNamespace] = []
        self.written: list[np.ndarray] = []
        self.starts = 0

    def OutputStream(self, **how):  # noqa: N802 (as the library has it)
        if not self.known:
            raise PortAudioError("Error querying device -1")
        stream = SimpleNamespace(
            latency=0.05,
            how=how,
            start=lambda: None,
            write=self.write,
            abort=lambda ignore_errors: None,
            close=lambda ignore_errors: self.streams.remove(stream),
        )
        self.streams.append(stream)
        return stream

    def write(self, block):
        if not self.plugged:
            raise PortAudioError("Unanticipated host error")
        self.written.append(block)

    def _terminate(self):
        self.known = False

    def _initialize(self):
        self.known = self.plugged
        self.starts += 1


@pytest.fixture
def clock(monkeypatch):
    """The time, moved by hand."""
    made = SimpleNamespace(now_s=100.0)
    monkeypatch.setattr(audio_sink, "time", SimpleNamespace(monotonic=lambda: made.now_s))
    return made


@pytest.fixture
def driver(monkeypatch):
    made = Driver()
    monkeypatch.setitem(sys.modules, "sounddevice", made)
    return made


def block(level: float) -> np.ndarray:
    return np.full((2, 480), level, np.float32)


def test_blocks_are_written_as_the_device_takes_them_and_never_beyond_full_scale(driver):
    sink = DeviceSink()
    sink.open(48_000)
    sink.write(np.stack([np.full(480, 1.7, np.float32), np.full(480, -0.25, np.float32)]))
    how = driver.streams[0].how
    assert (how["samplerate"], how["channels"], how["dtype"]) == (48_000, 2, "float32")
    (written,) = driver.written
    assert written.shape == (480, 2)
    assert written.flags.c_contiguous
    assert (written[0] == (1.0, -0.25)).all()
    sink.close()
    assert driver.streams == []


def test_what_is_heard_lies_behind_what_is_written_by_the_latency(driver, clock):
    sink = DeviceSink()
    sink.open(48_000)
    heard = [sink.heard()]
    for _ in range(20):
        sink.write(block(0.1))
    # Of 9,600 samples the last 2,400 are still on their way.
    heard.append(sink.heard())
    for step_s in (0.025, 0.025, 1.0):
        clock.now_s += step_s
        heard.append(sink.heard())
    assert heard == [0, 7_200, 8_400, 9_600, 9_600]
    sink.close()


def test_a_device_that_is_pulled_out_is_a_sentence_and_the_next_one_is_looked_for(driver):
    sink = DeviceSink()
    sink.open(48_000)
    driver.plugged = False
    with pytest.raises(SinkError, match="is gone"):
        sink.write(block(0.1))
    sink.close()
    with pytest.raises(SinkError, match="No sound device"):
        sink.open(48_000)
    driver.plugged = True
    sink.open(48_000)
    assert driver.starts == 2
    sink.write(block(0.1))
    assert len(driver.written) == 1
    sink.close()


def test_a_machine_that_keeps_its_device_is_not_searched_again(driver):
    sink = DeviceSink()
    for _ in range(3):
        sink.open(48_000)
        sink.close()
    assert driver.starts == 0


def test_without_a_library_a_sentence_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(SinkError, match="No sound library"):
        DeviceSink().open(48_000)
