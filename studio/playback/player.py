"""The player: picture and sound of a cut in time, by the audio device's clock.

The picture is dropped or held to stay with the sound; the sound never waits.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from studio.document.film import Film
from studio.document.framing import frame_size
from studio.document.ledger import Ledger
from studio.playback.audio_sink import AudioSink
from studio.playback.clock import PlayClock, Span
from studio.playback.cut import Cut
from studio.playback.device_sink import DeviceSink
from studio.playback.due import ON_TIME_S, DuePictures, late_by_s, stride_of
from studio.playback.feeder import AGAIN_S, Feeder
from studio.playback.frame_source import FrameSource
from studio.playback.lookahead import DEPTH, Lookahead
from studio.playback.mixer import Mixer
from studio.playback.sound_shelf import SoundShelf

FASTEST = 8
_TICK_MS = 8


@dataclass(frozen=True)
class Paused:
    """The picture stands."""


@dataclass(frozen=True)
class Playing:
    """The film runs at ``speed`` times the normal one, backwards where it is negative."""

    speed: int
    loops: bool = False


PlayerState = Paused | Playing


class Player(QObject):
    """Plays one cut. All methods belong to the GUI thread.

    Signals:
        frame_shown: the frame, and its picture, uint8 (H, W, 3), read-only.
        position_changed: the frame that is due, whether or not its picture is there yet.
        state_changed: ``Paused`` or ``Playing``.
        levels_changed: peaks of left and right since the last time, 1 is full scale.
        sound_read: a ``SoundReading`` of what is heard, ten times a second.
        said: a sentence for the screen, such as that there is no sound device.

    Args:
        sink: where the sound goes; the default device if None.
        now_s: the time where no device tells it.
        again_s: how long after a device is gone another is looked for; 0 never does.
    """

    frame_shown = Signal(int, object)
    position_changed = Signal(int)
    state_changed = Signal(object)
    levels_changed = Signal(float, float)
    sound_read = Signal(object)
    said = Signal(str)
    _made = Signal(int)
    _heard_of = Signal(str)

    def __init__(
        self,
        sink: AudioSink | None = None,
        *,
        now_s: Callable[[], float] = time.monotonic,
        again_s: float = AGAIN_S,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._again_s = again_s
        self._now_s = now_s
        self._sink: AudioSink = sink or DeviceSink()
        self._source: FrameSource | None = None
        self._shelf: SoundShelf | None = None
        self._clock = PlayClock(48_000, now_s)
        self._feeder = self._new_feeder()
        self._lookahead = Lookahead(self._made.emit, now_s)
        self._due = DuePictures(self._lookahead.get, now_s)
        self._state: PlayerState = Paused()
        self._span = Span(start=0, end=0)
        self._frame = 0
        self._loops = False
        self._only_marked = False
        self._told: set[str] = set()
        self._closed = False
        self._made.connect(self._on_made, Qt.ConnectionType.QueuedConnection)
        self._heard_of.connect(self._on_sentence, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.play)

    @property
    def state(self) -> PlayerState:
        """Whether it plays, and how fast."""
        return self._state

    @property
    def frame(self) -> int:
        """The frame under the playhead."""
        return self._frame

    @property
    def length(self) -> int:
        """Frames of the cut."""
        return 0 if self._source is None else self._source.cut.length

    @property
    def loops(self) -> bool:
        """Whether playing starts again at the end."""
        return self._loops

    def play_to(self, sink: AudioSink) -> None:
        """Be heard by another sink; what plays goes on there at once."""
        self._sink = sink
        self._feeder.play_to(sink)
        match self._state:
            case Playing(speed=speed):
                self._play(speed)
            case Paused():
                pass

    def show(self, film: Film, ledger: Ledger, timeline_id: str, folder: Path) -> None:
        """Play this film from now on, without stopping; called on every change of it."""
        cut = Cut(film, ledger, timeline_id, folder)
        source, shelf = self._source, self._shelf
        if shelf is None or shelf.rate_hz != film.sample_rate_hz:
            self.pause()
            shelf = self._shelf = SoundShelf(film.sample_rate_hz, folder / "cache" / "sound")
            self._clock = PlayClock(film.sample_rate_hz, self._now_s)
            self._feeder.close()
            self._feeder = self._new_feeder()
        elif source is not None and source.cut.film.rate != film.rate:
            self.pause()
        size = frame_size(film, cut.timeline)
        if source is not None and (source.width, source.height) == (size.width, size.height):
            source.show(cut)
        else:
            source = self._source = FrameSource(cut)
        self._feeder.show(Mixer(cut, shelf))
        self._lookahead.show(source)
        self._due.forget_shown()
        match self._state:
            case Paused():
                self._want(self._frame)
            case Playing(speed=speed):
                if self._span_of(cut, *self._limits()) != self._span:
                    self._play(speed)

    def play(self, speed: int = 1) -> None:
        """Play from the playhead; at the end, from the beginning."""
        self._only_marked = False
        self._play(speed)

    def play_soon(self) -> None:
        """Play once what changes now was painted, unless it is paused or played before."""
        self._soon.start()

    def play_in_out(self) -> None:
        """Play the marked part once, or round and round, from its beginning."""
        self.pause()
        self._only_marked = True
        self._move(self._marked()[0])
        self._play(1)

    def toggle(self) -> None:
        """Play, or pause: what the space bar does."""
        match self._state:
            case Paused():
                self.play()
            case Playing():
                self.pause()

    def pause(self) -> None:
        """Stand still on the frame that is due."""
        self._soon.stop()
        if isinstance(self._state, Paused):
            return
        self._timer.stop()
        self._feeder.stop()
        self._clock.stop()
        self._set_state(Paused())
        self._want(self._frame)

    def stop(self) -> None:
        """Stand still on the first frame."""
        self.pause()
        self.seek(0)

    def seek(self, frame: int) -> None:
        """Go to ``frame``; playing goes on from there."""
        state, soon = self._state, self._soon.isActive()
        self.pause()
        self._move(max(0, frame))
        self._want(self._frame)
        if isinstance(state, Playing):
            self._play(state.speed)
        elif soon:
            self.play_soon()

    def scrub(self, frame: int, *, heard: bool = True) -> None:
        """Follow a hand that drags: the newest frame counts, and a moment of it may be heard."""
        self.pause()
        before = self._frame
        self._move(max(0, frame))
        self._want(self._frame, drags=True)
        moved = heard and self._frame != before
        if self._source is not None and moved and self._frame < self.length:
            self._feeder.nibble(self._source.cut.sample_of(self._frame))

    def step(self, frames: int) -> None:
        """Pause, and go on or back by some frames."""
        self.pause()
        self.seek(self._frame + frames)

    def shuttle(self, direction: int) -> None:
        """J (-1), K (0) and L (1): each press of J or L doubles the speed, up to 8 times."""
        match self._state:
            case Playing(speed=speed) if speed * direction > 0:
                self.play(direction * min(FASTEST, abs(speed) * 2))
            case _ if direction:
                self.play(direction)
            case _:
                self.pause()

    def set_loops(self, loops: bool) -> None:
        """Start again at the end (of the marked part, where one is marked), or stop there."""
        self._loops = loops
        match self._state:
            case Playing(speed=speed):
                self.play(speed)
            case Paused():
                pass

    def close(self) -> None:
        """End all threads and close all files; nothing is played or said any more."""
        self._closed = True
        self.pause()
        self._feeder.close()
        self._lookahead.close()

    @Slot()
    def tick(self) -> None:
        """Show what is due now."""
        match self._state:
            case Paused():
                return
            case Playing() as state:
                pass
        if self._source is None:
            return
        position = self._clock.position()
        self._tell_levels(position)
        self._feeder.watch(position, self._now_s())
        if self._span.is_past(position, state.speed):
            self._finish(state.speed)
            return
        cut, at = self._source.cut, self._span.folded(position)
        frame = cut.frame_of(at)
        frame -= (frame - cut.frame_of(self._span.start)) % abs(stride_of(state.speed))
        late_s = late_by_s(cut, frame, at, state.speed)
        if frame != self._frame or self._due.is_empty:
            self._due.come(frame, late_s)
            self._move(frame)
        self._lookahead.want(self._following(frame, state.speed, late_s))
        self._show_due()

    def _new_feeder(self) -> Feeder:
        return Feeder(self._sink, self._clock, self._heard_of.emit, again_s=self._again_s)

    def _play(self, speed: int) -> None:
        self._soon.stop()
        start, end = self._limits()
        if self._source is None or end <= start or not speed:
            return
        speed = max(-FASTEST, min(FASTEST, speed))
        self._feeder.stop()
        frame = self._frame
        if not start <= frame < end or (frame == end - 1 and speed > 0):
            frame = start if speed > 0 else end - 1
        if frame == start and speed < 0:
            frame = end - 1
        self._move(frame)
        cut = self._source.cut
        self._span = self._span_of(cut, start, end)
        self._due.clear()
        self._lookahead.forget_pace()
        self._lookahead.want(self._following(frame, speed))
        # Backwards, a frame begins with its last sample.
        first = cut.sample_of(frame) if speed > 0 else cut.sample_of(frame + 1) - 1
        self._feeder.start(self._span, first, speed)
        self._set_state(Playing(speed, self._loops))
        self._timer.start()

    def _finish(self, speed: int) -> None:
        """Stand on the last frame that was played."""
        self.pause()
        cut = self._source.cut if self._source else None
        if cut is not None:
            last = cut.frame_of(self._span.end - 1)
            self._move(last if speed > 0 else cut.frame_of(self._span.start))
            self._want(self._frame)

    def _following(self, frame: int, speed: int, late_s: float = 0.0) -> list[int]:
        """The frames that are due next, ``frame`` first, but for those that would come too late.

        ``late_s`` is since when ``frame`` is due.
        """
        if self._source is None:
            return [frame]
        cut, stride = self._source.cut, stride_of(speed)
        step_s = abs(stride / (speed * cut.film.rate))
        # Half of what is on time is left to the ticks of the window.
        missed_s = self._lookahead.pace_s + late_s - ON_TIME_S / 2
        skipped = max(0, ceil(missed_s / step_s))
        first, end = cut.frame_of(self._span.start), cut.frame_of(max(0, self._span.end - 1)) + 1
        frames = [frame + step * stride for step in range(skipped, skipped + DEPTH)]
        if self._span.loops and end > first:
            return [first + (one - first) % (end - first) for one in frames]
        last = end - 1 if speed > 0 else first
        return [one for one in frames if first <= one < end] or [last]

    def _want(self, frame: int, *, drags: bool = False) -> None:
        """Show ``frame`` as soon as it is made."""
        self._due.stand_on(frame)
        self._lookahead.want([frame], drags=drags)
        self._show_due()

    def _show_due(self) -> None:
        """Show the newest frame that is there in time; hold the picture where none is."""
        shown = self._due.take()
        if shown is not None:
            self.frame_shown.emit(*shown)

    def _move(self, frame: int) -> None:
        if frame != self._frame:
            self._frame = frame
            self.position_changed.emit(frame)

    def _limits(self) -> tuple[int, int]:
        """What is played: all of it, or the marked part."""
        return self._marked() if self._loops or self._only_marked else (0, self.length)

    def _marked(self) -> tuple[int, int]:
        if self._source is None:
            return 0, 0
        timeline = self._source.cut.timeline
        start = timeline.in_frame or 0
        end = self.length if timeline.out_frame is None else min(timeline.out_frame, self.length)
        return (start, end) if end > start else (0, self.length)

    def _span_of(self, cut: Cut, start: int, end: int) -> Span:
        return Span(start=cut.sample_of(start), end=cut.sample_of(end), loops=self._loops)

    def _set_state(self, state: PlayerState) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)

    def _tell_levels(self, position: int) -> None:
        peaks = self._feeder.peaks(position)
        if peaks is not None:
            self.levels_changed.emit(*peaks)
        reading = self._feeder.reading(position)
        if reading is not None:
            self.sound_read.emit(reading)

    @Slot(int)
    def _on_made(self, _frame: int) -> None:
        self._show_due()

    @Slot(str)
    def _on_sentence(self, sentence: str) -> None:
        """Pass on what happened to the device, once, and not after the film is put away."""
        if sentence not in self._told and not self._closed:
            self._told.add(sentence)
            self.said.emit(sentence)
