"""Audio sinks: where mixed blocks go, and how much of them was heard.

Blocks are float32 (2, S), left and right. A sink is fed from a thread of its own by writes that
wait until the device has room, so no Python runs inside an audio callback.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Block = NDArray[np.float32]


class SinkError(Exception):
    """There is no sound device, or it is gone; ``str`` is a sentence."""


class AudioSink(Protocol):
    """Where the mix is heard."""

    def open(self, sample_rate_hz: int) -> None:
        """Begin a run; what was heard counts from zero.

        Raises:
            SinkError: if there is nothing to hear it with.
        """
        ...

    def write(self, block: Block) -> None:
        """Hand over a block, waiting until there is room for it.

        Raises:
            SinkError: if the device is gone.
        """
        ...

    def heard(self) -> int:
        """Samples of this run that have left the loudspeaker."""
        ...

    def interrupt(self) -> None:
        """Let a waiting ``write`` return soon. May be called from any thread."""
        ...

    def close(self) -> None:
        """End the run; what was not heard yet is thrown away. Called by the thread that writes."""
        ...


class DeviceSink:
    """The default output device, through PortAudio.

    The library is loaded at the first run, so that the studio starts without it.
    """

    def __init__(self, device: int | str | None = None) -> None:
        self._device = device
        self._stream: Any = None
        self._lock = threading.Lock()
        self._rate_hz = 48_000
        self._written = 0
        self._anchor = (0.0, 0)
        self._lost = False

    def open(self, sample_rate_hz: int) -> None:
        try:
            import sounddevice
        except (ImportError, OSError) as error:
            raise SinkError(
                "No sound library is installed here; the film plays without sound."
            ) from error
        self._rate_hz, self._written = sample_rate_hz, 0
        if self._lost:
            # The library knows the devices that were there when it started: look again.
            self._lost = False
            sounddevice._terminate()  # noqa: SLF001 (it has no other way)
            sounddevice._initialize()  # noqa: SLF001
        try:
            stream = sounddevice.OutputStream(
                samplerate=sample_rate_hz, channels=2, dtype="float32", device=self._device
            )
            stream.start()
        except (sounddevice.PortAudioError, ValueError, OSError) as error:
            self._lost = True
            raise SinkError(
                "No sound device can be opened; the film plays without sound."
            ) from error
        self._anchor = (time.monotonic(), -self._latency(stream))
        self._stream = stream

    def write(self, block: Block) -> None:
        stream = self._stream
        if stream is None:
            return
        try:
            stream.write(np.ascontiguousarray(np.clip(block, -1.0, 1.0).T))
        except Exception as error:  # what a device raises that vanishes is anybody's guess
            self._lost = True
            raise SinkError("The sound device is gone; the film plays on without sound.") from error
        with self._lock:
            self._written += block.shape[1]
            self._anchor = (time.monotonic(), self._written - self._latency(stream))

    def heard(self) -> int:
        with self._lock:
            since_s, sounded = self._anchor
            passed = int((time.monotonic() - since_s) * self._rate_hz)
            return max(0, min(self._written, sounded + passed))

    def interrupt(self) -> None:
        """Blocks are short, and a stream may not be touched while another thread writes to it."""

    def close(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.abort(ignore_errors=True)
            stream.close(ignore_errors=True)

    def _latency(self, stream: Any) -> int:
        """Samples between a write's return and the loudspeaker."""
        return int(float(stream.latency) * self._rate_hz)


class SilentSink:
    """No device at all: every run is refused, and the clock goes by the time."""

    def __init__(self, sentence: str = "Sound is off.") -> None:
        self._sentence = sentence

    def open(self, sample_rate_hz: int) -> None:
        raise SinkError(self._sentence)

    def write(self, block: Block) -> None:
        raise SinkError(self._sentence)

    def heard(self) -> int:
        return 0

    def interrupt(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing was opened."""


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
        self._now_s = now_s
        self._buffer = buffer
        self._latency = latency
        self._room = threading.Condition()
        self._rate_hz = 48_000
        self._runs: list[tuple[float, int]] = []
        self._blocks: list[Block] = []
        self._lost = False
        self._open = False
        self._interrupted = False
        self._ended = False
        self._written = 0

    def open(self, sample_rate_hz: int) -> None:
        with self._room:
            if self._lost:
                raise SinkError("The sound device is gone; the film plays on without sound.")
            self._rate_hz = sample_rate_hz
            self._runs, self._blocks, self._written = [], [], 0
            self._open, self._interrupted, self._ended = True, False, False

    def write(self, block: Block) -> None:
        with self._room:
            # A real device wakes its writer; here time moves only when `wake` is called.
            self._room.wait_for(
                lambda: self._has_room(block.shape[1]) or self._interrupted or self._lost
            )
            if self._lost:
                raise SinkError("The sound device is gone; the film plays on without sound.")
            if self._interrupted:
                return
            begins_s = self._now_s() + self._latency / self._rate_hz
            if not self._runs or begins_s > self._ends_s():
                self._runs.append((begins_s, self._written))
            self._blocks.append(block.copy())
            self._written += block.shape[1]
            self._room.notify_all()

    def heard(self) -> int:
        with self._room:
            return self._sounded(self._now_s())

    def interrupt(self) -> None:
        with self._room:
            self._interrupted, self._ended = True, False
            self._room.notify_all()

    def close(self) -> None:
        with self._room:
            self._open, self._ended = False, not self._interrupted
            self._room.notify_all()

    def wake(self) -> None:
        """Let a waiting writer look at the time again."""
        with self._room:
            self._room.notify_all()

    def lose(self) -> None:
        """Vanish, as a device does that is unplugged."""
        with self._room:
            self._lost = True
            self._room.notify_all()

    def find(self) -> None:
        """Be there again, as a device that is plugged in."""
        with self._room:
            self._lost = False
            self._room.notify_all()

    def wait_full(self, timeout_s: float = 5.0) -> bool:
        """Wait until the buffer is filled or the run has ended; ``False`` if neither comes."""
        with self._room:
            return self._room.wait_for(
                lambda: self._ended or (self._open and self._queued() * 2 > self._buffer),
                timeout_s,
            )

    def recording(self) -> Block:
        """All that was written in this run, (2, S)."""
        with self._room:
            return np.concatenate([np.zeros((2, 0), np.float32), *self._blocks], axis=1)

    def time_of(self, sample: int) -> float:
        """When ``sample`` of this run was or will be heard."""
        with self._room:
            begins_s, first = [run for run in self._runs if run[1] <= sample][-1]
            return begins_s + (sample - first) / self._rate_hz

    @property
    def gaps(self) -> int:
        """How often it fell silent for want of a block."""
        return max(0, len(self._runs) - 1)

    def _queued(self) -> int:
        return self._written - self._sounded(self._now_s() + self._latency / self._rate_hz)

    def _has_room(self, samples: int) -> bool:
        return self._queued() + samples <= max(self._buffer, samples)

    def _ends_s(self) -> float:
        begins_s, first = self._runs[-1]
        return begins_s + (self._written - first) / self._rate_hz

    def _sounded(self, at_s: float) -> int:
        if not self._runs:
            return 0
        begins_s, first = self._runs[-1]
        return max(first, min(self._written, first + int((at_s - begins_s) * self._rate_hz)))
