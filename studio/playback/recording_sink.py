"""The recording sink: a device that keeps what it plays, for tests and measurements."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from studio.playback.audio_sink import AudioStream, Block, SinkError
from studio.wording import tr


class RecordingStream:
    """One run of sound on a recording device.

    Args:
        device: where it sounds.
        rate_hz: of the sound.
    """

    def __init__(self, device: RecordingSink, rate_hz: int) -> None:
        self._device = device
        self._rate_hz = rate_hz
        self._delay_s = device.latency / rate_hz
        self._begun: list[tuple[float, int]] = []
        self._blocks: list[Block] = []
        self._written = 0
        self._interrupted = self._closed = False

    def write(self, block: Block) -> None:
        device = self._device
        with device.changed:
            # A real device wakes its writer; here time moves only when `wake` is called.
            device.changed.wait_for(
                lambda: self.has_room(block.shape[1]) or self._interrupted or device.lost
            )
            if device.lost:
                raise SinkError(tr("The sound device is gone; the film plays on without sound."))
            if self._interrupted:
                return
            begins_s = device.now_s() + self._delay_s
            if not self._begun or begins_s > self._ends_s():
                self._begun.append((begins_s, self._written))
            self._blocks.append(block.copy())
            self._written += block.shape[1]
            device.changed.notify_all()

    def heard(self) -> int:
        with self._device.changed:
            return self._sounded(self._device.now_s())

    def interrupt(self) -> None:
        with self._device.changed:
            self._interrupted = True
            self._device.changed.notify_all()

    def close(self) -> None:
        with self._device.changed:
            self._closed = True
            self._device.changed.notify_all()

    def has_room(self, samples: int) -> bool:
        """Whether a block of ``samples`` would be taken now."""
        return self._queued() + samples <= max(self._device.buffer, samples)

    @property
    def is_served(self) -> bool:
        """Whether the buffer is well filled, or the run has come to its end."""
        if self._interrupted:
            return False
        return self._closed or self._queued() * 2 > self._device.buffer

    def recording(self) -> Block:
        """All that was written, (2, S)."""
        return np.concatenate([np.zeros((2, 0), np.float32), *self._blocks], axis=1)

    def time_of(self, sample: int) -> float:
        """When ``sample`` was or will be heard."""
        begins_s, first = [run for run in self._begun if run[1] <= sample][-1]
        return begins_s + (sample - first) / self._rate_hz

    @property
    def gaps(self) -> int:
        """How often it fell silent for want of a block."""
        return max(0, len(self._begun) - 1)

    def _queued(self) -> int:
        return self._written - self._sounded(self._device.now_s() + self._delay_s)

    def _ends_s(self) -> float:
        begins_s, first = self._begun[-1]
        return begins_s + (self._written - first) / self._rate_hz

    def _sounded(self, at_s: float) -> int:
        if not self._begun:
            return 0
        begins_s, first = self._begun[-1]
        return max(first, min(self._written, first + int((at_s - begins_s) * self._rate_hz)))


class RecordingSink:
    """A device that keeps what it plays, with the time at which each sample is heard.

    It behaves like hardware: it has a buffer of its own, sounds a block once the one before it is
    over, falls silent when nobody writes, and takes no more than its buffer holds.

    Args:
        now_s: the time that it plays by.
        buffer: samples that it holds.
        latency: samples between its buffer and the loudspeaker.
    """

    def __init__(
        self, now_s: Callable[[], float], *, buffer: int = 2_048, latency: int = 0
    ) -> None:
        self.now_s = now_s
        self.buffer = buffer
        self.latency = latency
        self.changed = threading.Condition()
        self.lost = False
        self.streams: list[RecordingStream] = []

    def open(self, sample_rate_hz: int) -> AudioStream:
        with self.changed:
            if self.lost:
                raise SinkError(tr("The sound device is gone; the film plays on without sound."))
            self.streams.append(self.made(sample_rate_hz))
            return self.streams[-1]

    def made(self, sample_rate_hz: int) -> RecordingStream:
        """A stream of this device."""
        return RecordingStream(self, sample_rate_hz)

    def wake(self) -> None:
        """Let a waiting writer look at the time again."""
        with self.changed:
            self.changed.notify_all()

    def lose(self) -> None:
        """Vanish, as a device does that is unplugged."""
        with self.changed:
            self.lost = True
            self.changed.notify_all()

    def find(self) -> None:
        """Be there again, as a device that is plugged in."""
        with self.changed:
            self.lost = False
            self.changed.notify_all()

    def wait_full(self, timeout_s: float = 5.0) -> bool:
        """Wait until the newest run is served; ``False`` if that takes too long."""
        with self.changed:
            return self.changed.wait_for(
                lambda: bool(self.streams) and self.streams[-1].is_served, timeout_s
            )

    def recording(self) -> Block:
        """All that was written in the newest run, (2, S)."""
        with self.changed:
            return self.streams[-1].recording() if self.streams else np.zeros((2, 0), np.float32)

    def time_of(self, sample: int) -> float:
        """When ``sample`` of the newest run was or will be heard."""
        with self.changed:
            return self.streams[-1].time_of(sample)

    @property
    def gaps(self) -> int:
        """How often the newest run fell silent for want of a block."""
        return self.streams[-1].gaps if self.streams else 0
