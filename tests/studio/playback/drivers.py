"""A scripted sound library that does what PortAudio and its drivers do: wait, vanish, come back."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import numpy as np


class PortAudioError(Exception):
    """What the library raises."""


class DriverStream:
    """A stream that takes every block, but for the one on which it is stuck until it is aborted."""

    latency = 0.05

    def __init__(self, driver: Driver, how: dict) -> None:
        self.driver = driver
        self.how = how
        self.samplerate = float(how["samplerate"])
        self.written: list[np.ndarray] = []
        self.waits = threading.Event()
        self.freed = threading.Event()
        self.aborts = self.closes = 0

    def start(self) -> None:
        """It runs."""

    def write(self, block) -> None:
        driver = self.driver
        if not driver.plugged:
            raise PortAudioError("Unanticipated host error")
        if driver.stuck:
            self.waits.set()
            self.freed.wait()
            raise PortAudioError("Stream is stopped")
        self.written.append(block)
        if driver.takes is not None and sum(len(one) for one in self.written) >= driver.takes:
            self.waits.set()
            self.freed.wait()

    def abort(self, ignore_errors) -> None:
        self.aborts += 1
        if not self.driver.hopeless:
            self.freed.set()

    def close(self, ignore_errors) -> None:
        assert not self.closes
        self.closes += 1


class Driver:
    """Stands for the module ``sounddevice``: as that, it knows the devices that were there when
    it was started, and must not be started again while a stream is open.

    Attributes:
        there: names of the devices, the system's default one first.
        stuck: writers wait until their stream is aborted.
        hopeless: an abort does not wake them either.
        takes: samples after which a healthy stream lets its writer wait; ``None`` takes all.
        own_hz: the one rate that its devices run at; ``None`` takes every one.
    """

    PortAudioError = PortAudioError
    default = SimpleNamespace(hostapi=0)

    def __init__(self, *there: str) -> None:
        self.there = list(there or ("Speakers",))
        self.known = list(self.there)
        self.stuck = self.hopeless = False
        self.takes: int | None = None
        self.own_hz: int | None = None
        self.streams: list[DriverStream] = []
        self.starts = 0
        self._runs = True

    @property
    def plugged(self) -> bool:
        return bool(self.there)

    @property
    def open(self) -> list[DriverStream]:
        return [stream for stream in self.streams if not stream.closes]

    def OutputStream(self, **how):  # noqa: N802 (as the library has it)
        at = how["device"] or 0
        if not self._runs or at >= len(self.known) or self.known[at] not in self.there:
            raise PortAudioError("Error querying device -1")
        if self.own_hz not in (None, how["samplerate"]):
            raise PortAudioError("Error opening OutputStream: Invalid sample rate")
        stream = DriverStream(self, {**how, "name": self.known[at]})
        self.streams.append(stream)
        return stream

    def query_devices(self, device=None, kind=None):
        if kind is not None:
            if not self.known:
                raise PortAudioError("Error querying device -1")
            return {"default_samplerate": float(self.own_hz or 48_000)}
        names = [(name, 0, 2) for name in self.known]
        others = [("Microphone", 0, 0), ("Earpiece", 0, 1), ("Speakers by another way", 1, 2)]
        return [
            {"name": name, "hostapi": kind, "max_output_channels": channels}
            for name, kind, channels in names + others
        ]

    def _terminate(self):
        assert not self.open
        self._runs = False

    def _initialize(self):
        self.known = list(self.there)
        self._runs = True
        self.starts += 1
