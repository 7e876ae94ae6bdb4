"""The feeder: the thread that mixes ahead and writes to the audio device."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from studio.playback.audio_sink import AudioSink, SinkError
from studio.playback.clock import PlayClock, Span
from studio.playback.mixer import Mixer
from studio.playback.sound_shelf import Sound

BLOCK = 1_024
LOUDEST_SPEED = 2
_TAIL_BLOCKS = 12
_PATIENCE_S = 2.0


@dataclass(frozen=True)
class Run:
    """One stretch of playing: where it begins, how fast, and whether it is over."""

    span: Span
    position: int
    speed: int
    over: threading.Event = field(default_factory=threading.Event)


class Feeder:
    """One run of sound at a time: it starts the clock once the device is open.

    Starting and stopping never wait for the device or a decoder, so that the window does not.

    Args:
        sink: where the sound goes.
        clock: started at each run; it follows the device, or the time where there is none.
        said: told, on any thread, a sentence when the device cannot be used.
    """

    def __init__(self, sink: AudioSink, clock: PlayClock, said: Callable[[str], None]) -> None:
        self._sink = sink
        self._clock = clock
        self._said = said
        self._mixer: Mixer | None = None
        self._lock = threading.Lock()
        self._run: Run | None = None
        self._writer: threading.Thread | None = None
        self._warmer: threading.Thread | None = None
        self._peaks: deque[tuple[int, float, float]] = deque(maxlen=256)

    def show(self, mixer: Mixer) -> None:
        """Mix another cut from the next block on."""
        self._mixer = mixer

    def start(self, span: Span, position: int, speed: int) -> None:
        """Run from ``position``; faster than ``LOUDEST_SPEED`` and backwards it is silent."""
        self.stop()
        self._peaks.clear()
        if not 0 < speed <= LOUDEST_SPEED:
            self._clock.start(position, speed)
            return
        # Until the device is open, time stands still at the first sample.
        self._clock.start(position, 0)
        run = self._run = Run(span, position, speed)
        before = self._writer
        self._writer = threading.Thread(
            target=self._write, args=(run, before), name="sound", daemon=True
        )
        self._warmer = threading.Thread(
            target=self._warm, args=(run,), name="sounds ahead", daemon=True
        )
        self._writer.start()
        self._warmer.start()

    def stop(self) -> None:
        """Fall silent within a block; from now on the run leaves the clock alone."""
        with self._lock:
            if self._run is None:
                return
            self._run.over.set()
            self._run = None
        self._sink.interrupt()

    def close(self) -> None:
        """Stop, and wait for the threads."""
        self.stop()
        for thread in (self._writer, self._warmer):
            if thread is not None:
                thread.join(_PATIENCE_S)

    def peaks(self, position: int) -> tuple[float, float] | None:
        """The loudest samples, left and right, that were heard since the last call."""
        left = right = -1.0
        while self._peaks and self._peaks[0][0] <= position:
            _, one, other = self._peaks.popleft()
            left, right = max(left, one), max(right, other)
        return None if left < 0 else (left, right)

    def _write(self, run: Run, before: threading.Thread | None) -> None:
        if before is not None:
            before.join(_PATIENCE_S)
        mixer = self._mixer
        if mixer is not None:
            mixer.prepare(run.span.folded(run.position), mixer.rate_hz)
        if run.over.is_set():
            return
        try:
            self._sink.open(48_000 if mixer is None else mixer.rate_hz)
            self._start_clock(run, self._sink.heard)
            self._feed(run)
        except SinkError as error:
            self._go_on_without(run)
            self._said(str(error))
        finally:
            self._sink.close()

    def _start_clock(self, run: Run, heard: Callable[[], int]) -> None:
        with self._lock:
            if not run.over.is_set():
                self._clock.start(run.position, run.speed, heard)

    def _go_on_without(self, run: Run) -> None:
        """Let the time move the clock, from where the device left off."""
        with self._lock:
            if run.over.is_set():
                return
            if self._clock.follows_device:
                self._clock.fall_back()
            else:
                self._clock.start(run.position, run.speed)

    def _warm(self, run: Run) -> None:
        """Decode the sounds of the seconds to come, nearest first."""
        mixer = self._mixer
        if mixer is None:
            return
        for at in range(run.position, run.span.end + 1, mixer.rate_hz):
            if run.over.is_set():
                return
            mixer.prepare(at, mixer.rate_hz)

    def _feed(self, run: Run) -> None:
        position, tail = run.position, 0
        while not run.over.is_set() and tail < _TAIL_BLOCKS:
            block = self._block(run.span, position, run.speed)
            left, right = (float(peak) for peak in np.max(np.abs(block), axis=1))
            self._peaks.append((position, left, right))
            self._sink.write(block)
            position += BLOCK * run.speed
            # Silence after the end lets the device's clock pass it.
            tail += run.span.is_past(position, run.speed)

    def _block(self, span: Span, position: int, speed: int) -> Sound:
        """The next block (2, BLOCK); at double speed, two samples become one."""
        mixed = np.zeros((2, BLOCK * speed), np.float32)
        done = 0
        while self._mixer is not None and done < mixed.shape[1]:
            at = span.folded(position + done)
            count = min(mixed.shape[1] - done, span.end - at)
            if count <= 0:
                break
            mixed[:, done : done + count] = self._mixer.mix(at, count)
            done += count
        return mixed if speed == 1 else mixed.reshape(2, BLOCK, speed).mean(axis=2)
