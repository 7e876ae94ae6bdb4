"""The feeder: the thread that mixes ahead and writes to the audio device."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import closing

import numpy as np

from studio.playback.audio_sink import AudioSink, AudioStream, SinkError
from studio.playback.clock import PlayClock, Span
from studio.playback.mixer import Mixer
from studio.playback.sound_shelf import Sound
from studio.playback.sound_watch import SoundReading, SoundWatch
from studio.wording import term, tr

BLOCK = 1_024
NIBBLE = 2_400
_NIBBLE_FADE = 240
_NIBBLE_PATIENCE_S = 0.4
AGAIN_S = 1.0
_TAIL_BLOCKS = 12
_PATIENCE_S = 2.0
STALLED_S = 2.0
_STALLED = term("The sound device takes no more sound; the film plays on without it.")


class Line:
    """What is heard until it is ended, and the stream that it is heard by."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self._stream: AudioStream | None = None

    def hear_by(self, stream: AudioStream) -> None:
        """Sound by this stream from now on."""
        self._stream = stream
        # Whichever comes first, this or the end, the stream is told of the end.
        if self.over.is_set():
            stream.interrupt()

    def interrupt(self) -> None:
        """Let the thread that waits for the device go on."""
        stream = self._stream
        if stream is not None:
            stream.interrupt()

    def end(self) -> None:
        """Sound no more."""
        self.over.set()
        self.interrupt()


class Run(Line):
    """One stretch of playing: where it begins, and how fast.

    ``stalled`` says that its device was given up.
    """

    def __init__(self, span: Span, position: int, speed: int) -> None:
        super().__init__()
        self.span = span
        self.position = position
        self.speed = speed
        self.stalled = threading.Event()


class Feeder:
    """One run of sound at a time: it starts the clock once the device is open.

    Starting and stopping never wait for the device or a decoder, so that the window does not.

    Args:
        sink: where the sound goes.
        clock: started at each run; it follows the device, or the time where there is none.
        said: told, on any thread, a sentence when the device cannot be used.
        again_s: how long to wait before a device that is gone is looked for again; 0 never does.
    """

    def __init__(
        self,
        sink: AudioSink,
        clock: PlayClock,
        said: Callable[[str], None],
        *,
        again_s: float = AGAIN_S,
    ) -> None:
        self._again_s = again_s
        self._sink = sink
        self._clock = clock
        self._said = said
        self._mixer: Mixer | None = None
        self._lock = threading.Lock()
        self._run: Run | None = None
        self._scrub: Scrub | None = None
        self._writer: threading.Thread | None = None
        self._warmer: threading.Thread | None = None
        self._peaks: deque[tuple[int, float, float]] = deque(maxlen=256)
        self._readings: deque[tuple[int, SoundReading]] = deque(maxlen=64)
        self._watch: SoundWatch | None = None
        self._moved: tuple[int | None, float] = (None, 0.0)

    def play_to(self, sink: AudioSink) -> None:
        """Be heard by another sink from the next run on."""
        self._sink = sink

    def show(self, mixer: Mixer) -> None:
        """Mix another cut from the next block on."""
        self._mixer = mixer

    def start(self, span: Span, position: int, speed: int) -> None:
        """Run from ``position``; faster and backwards, the sound runs as a tape does."""
        self.stop()
        self._peaks.clear()
        self._readings.clear()
        rate_hz = 48_000 if self._mixer is None else self._mixer.rate_hz
        self._watch = SoundWatch(rate_hz) if speed == 1 else None
        self._moved = (None, 0.0)
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

    def nibble(self, position: int) -> None:
        """Let a moment be heard at ``position``, once, while the film stands; the newest counts."""
        with self._lock:
            scrub = self._scrub
            if scrub is not None and scrub.take(position):
                return
            scrub = self._scrub = Scrub(position)
            before = self._writer
            self._writer = threading.Thread(
                target=self._nibble, args=(scrub, before), name="scrub", daemon=True
            )
            self._writer.start()

    def stop(self) -> None:
        """Fall silent within a block; from now on the run leaves the clock alone."""
        with self._lock:
            scrub, self._scrub = self._scrub, None
            run, self._run = self._run, None
        for line in (scrub, run):
            if line is not None:
                line.end()

    def watch(self, position: int, now_s: float) -> None:
        """Give a device up that keeps its writer waiting, as some do that are pulled out.

        Told again and again where the clock is; from then on the time moves it.
        """
        run = self._run
        if position != self._moved[0] or run is None or not self._clock.follows_device:
            self._moved = (position, now_s)
        elif now_s - self._moved[1] > STALLED_S:
            run.stalled.set()
            self._go_on_without(run)
            self._said(tr(_STALLED))
            run.interrupt()

    def close(self) -> None:
        """Stop, and wait for the threads."""
        self.stop()
        for thread in (self._writer, self._warmer):
            if thread is not None:
                thread.join(_PATIENCE_S)

    def reading(self, position: int) -> SoundReading | None:
        """What the meters show of what is heard at ``position``; ``None`` where nothing is new."""
        found = None
        while self._readings and self._readings[0][0] <= position:
            found = self._readings.popleft()[1]
        return found

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
        position, was_there = run.position, False
        while not run.over.is_set():
            try:
                # Its own to the end: a writer that was kept waiting closes what it had, not what
                # sounds by then.
                with closing(self._sink.open(48_000 if mixer is None else mixer.rate_hz)) as stream:
                    was_there = True
                    run.hear_by(stream)
                    self._start_clock(run, position, stream.heard)
                    self._feed(run, stream, position)
                return
            except SinkError as error:
                self._go_on_without(run)
                self._said(str(error))
            # After one that was unplugged, another may be there soon: the sound then joins the
            # picture where that is. Where there was none, the next run of playing looks again.
            if not was_there or not self._again_s or run.over.wait(self._again_s):
                return
            position = self._clock.position()
            if run.span.is_past(position, run.speed):
                return

    def _nibble(self, scrub: Scrub, before: threading.Thread | None) -> None:
        if before is not None:
            before.join(_PATIENCE_S)
        mixer = self._mixer
        if mixer is None:
            return
        try:
            position = scrub.next(0.0)
            if position is None:
                return
            with closing(self._sink.open(mixer.rate_hz)) as stream:
                scrub.hear_by(stream)
                while position is not None:
                    stream.write(_softened(mixer.mix(max(0, position), NIBBLE)))
                    position = scrub.next(_NIBBLE_PATIENCE_S)
        except SinkError as error:
            self._said(str(error))
        finally:
            scrub.over.set()

    def _start_clock(self, run: Run, position: int, heard: Callable[[], int]) -> None:
        with self._lock:
            if not run.over.is_set():
                self._clock.start(position, run.speed, heard)

    def _go_on_without(self, run: Run) -> None:
        """Let the time move the clock, from where the device left off."""
        with self._lock:
            if run.over.is_set():
                return
            if self._clock.follows_device:
                self._clock.fall_back()
            elif not self._clock.runs:
                self._clock.start(run.position, run.speed)

    def _meter(self, position: int, block: Sound) -> None:
        if self._watch is not None:
            reading = self._watch.take(block)
            if reading is not None:
                self._readings.append((position, reading))

    def _warm(self, run: Run) -> None:
        """Decode the sounds of the seconds to come, nearest first."""
        mixer = self._mixer
        if mixer is None:
            return
        step = mixer.rate_hz if run.speed > 0 else -mixer.rate_hz
        end = run.span.end + 1 if run.speed > 0 else run.span.start - 1
        for at in range(run.position, end, step):
            if run.over.is_set():
                return
            mixer.prepare(max(0, at), mixer.rate_hz)

    def _feed(self, run: Run, stream: AudioStream, position: int) -> None:
        tail = 0
        while not run.over.is_set() and tail < _TAIL_BLOCKS:
            block = self._block(run.span, position, run.speed)
            left, right = (float(peak) for peak in np.max(np.abs(block), axis=1))
            self._peaks.append((position, left, right))
            self._meter(position, block)
            stream.write(block)
            if run.stalled.is_set():
                run.stalled.clear()
                raise SinkError(tr(_STALLED))
            position += BLOCK * run.speed
            # Silence after the end lets the device's clock pass it.
            tail += run.span.is_past(position, run.speed)

    def _block(self, span: Span, position: int, speed: int) -> Sound:
        """The next block (2, BLOCK); faster, several samples become one."""
        times = abs(speed)
        if speed > 0:
            mixed = self._stretch(span, position, BLOCK * times)
        else:
            mixed = self._stretch(span, position + 1 - BLOCK * times, BLOCK * times)[:, ::-1]
        return mixed if times == 1 else mixed.reshape(2, BLOCK, times).mean(axis=2)

    def _stretch(self, span: Span, first: int, samples: int) -> Sound:
        """What is heard from ``first`` on; silence outside of a span that does not loop."""
        mixed = np.zeros((2, samples), np.float32)
        done = 0
        while self._mixer is not None and done < samples:
            at = span.folded(first + done)
            if at < span.start:
                done += min(samples - done, span.start - at)
                continue
            count = min(samples - done, span.end - at)
            if count <= 0:
                break
            mixed[:, done : done + count] = self._mixer.mix(at, count)
            done += count
        return mixed


class Scrub(Line):
    """Places that a hand drags over, of which the newest is heard."""

    def __init__(self, position: int) -> None:
        super().__init__()
        self._changed = threading.Condition()
        self._position: int | None = position

    def take(self, position: int) -> bool:
        """Hear this next; ``False`` where it is over already."""
        with self._changed:
            if self.over.is_set():
                return False
            self._position = position
            self._changed.notify_all()
            return True

    def next(self, patience_s: float) -> int | None:
        """The newest place that was not heard yet; ``None`` when no more come."""
        with self._changed:
            self._changed.wait_for(
                lambda: self.over.is_set() or self._position is not None, patience_s
            )
            position, self._position = self._position, None
            if position is None:
                self.over.set()
            return None if self.over.is_set() else position

    def end(self) -> None:
        super().end()
        with self._changed:
            self._changed.notify_all()


def _softened(block: Sound) -> Sound:
    """A moment without clicks at its ends."""
    rise = np.linspace(0, 1, _NIBBLE_FADE, dtype=np.float32)
    soft = block.copy()
    soft[:, :_NIBBLE_FADE] *= rise
    soft[:, -_NIBBLE_FADE:] *= rise[::-1]
    return soft
