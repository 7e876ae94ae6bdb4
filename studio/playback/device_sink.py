"""The device sink: sound by a device of this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
import soxr

from studio.playback.audio_sink import AudioStream, Block, SinkError
from studio.playback.sound_devices import DEVICES, SoundDevices
from studio.wording import tr

GRACE_S = 0.25


class DeviceSink:
    """An output device.

    Args:
        name: of the device; the system's default one if empty.
        devices: those of this process; others for tests.
        now_s: the time.
    """

    def __init__(
        self,
        name: str = "",
        *,
        devices: SoundDevices = DEVICES,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._devices = devices
        self._now_s = now_s

    def open(self, sample_rate_hz: int) -> AudioStream:
        return DeviceStream(self._devices, self._name, sample_rate_hz, self._now_s)


class DeviceStream:
    """One run of sound on a device.

    Where the device runs at a rate of its own, the sound is brought to that. What it has been given
    is counted as samples of the film all the same, and without what the converter keeps back.

    Args:
        devices: where it is opened.
        name: of the device.
        sample_rate_hz: of the sound.
        now_s: the time.

    Raises:
        SinkError: if it cannot be opened.
    """

    def __init__(
        self, devices: SoundDevices, name: str, sample_rate_hz: int, now_s: Callable[[], float]
    ) -> None:
        self._devices = devices
        self._rate_hz = sample_rate_hz
        self._now_s = now_s
        self._lock = threading.Lock()
        self._ending = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._over = self._closed = False
        self._written = self._given = 0
        self._stream = devices.open(name, sample_rate_hz)
        self._device_hz = int(self._stream.samplerate)
        self._converter = (
            None
            if self._device_hz == sample_rate_hz
            else soxr.ResampleStream(sample_rate_hz, self._device_hz, 2, dtype="float32")
        )
        # Samples between a write's return and the loudspeaker.
        self._latency = int(float(self._stream.latency) * sample_rate_hz)
        self._anchor = (now_s(), -self._latency)

    def write(self, block: Block) -> None:
        self._idle.clear()
        try:
            if self._over:
                return
            sound = block.T if self._converter is None else self._converter.resample_chunk(block.T)
            if len(sound):
                self._stream.write(np.ascontiguousarray(np.clip(sound, -1.0, 1.0)))
        except Exception as error:  # what a device raises that vanishes is anybody's guess
            if self._over:
                return
            self._devices.miss()
            raise SinkError(
                tr("The sound device is gone; the film plays on without sound.")
            ) from error
        finally:
            self._idle.set()
        with self._lock:
            self._given += len(sound)
            self._written = self._given * self._rate_hz // self._device_hz
            self._anchor = (self._now_s(), self._written - self._latency)

    def heard(self) -> int:
        with self._lock:
            since_s, sounded = self._anchor
            passed = int((self._now_s() - since_s) * self._rate_hz)
            return max(0, min(self._written, sounded + passed))

    def interrupt(self) -> None:
        self._over = True
        if not self._idle.is_set():
            # A driver that is stuck may keep whoever wakes it, too.
            threading.Thread(target=self._abort, name="sound abort", daemon=True).start()

    def close(self) -> None:
        with self._ending:
            self._closed = True
            self._devices.close(self._stream)

    def _abort(self) -> None:
        """Take the stream from a writer that the device keeps.

        One that works takes its block within moments, and is left alone: streams are not made to be
        touched by two threads.
        """
        if self._idle.wait(GRACE_S):
            return
        with self._ending:
            if not self._closed:
                self._devices.miss()
                self._stream.abort(ignore_errors=True)
