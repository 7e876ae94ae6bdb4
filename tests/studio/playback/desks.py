"""A player at a desk of its own, in a time that the tests move by hand."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import cast

import numpy as np

import studio.bridge  # noqa: F401 (keeps the constants that the Qt binding miscounts)
from studio.playback.audio_sink import AudioStream, SinkError
from studio.playback.frame_source import FrameSource
from studio.playback.player import Paused, Player, Playing
from studio.playback.recording_sink import RecordingSink
from tests.patience import PATIENCE_S
from tests.studio.playback.reels import Reel

TICK_S = 0.008
LATEST_TICK_S = 0.018


class SilentSink:
    """No device at all: every run is refused, and the clock goes by the time."""

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    def open(self, sample_rate_hz: int) -> AudioStream:
        raise SinkError(self._sentence)


class SlowSource:
    """Pictures that take time to make, in the time of a desk.

    Args:
        source: makes them.
        now_s: the time.
        cost_s: how long each takes, asked once for every picture.
    """

    def __init__(
        self, source: FrameSource, now_s: Callable[[], float], cost_s: Callable[[], float]
    ) -> None:
        self._source = source
        self._now_s = now_s
        self._cost_s = cost_s
        self._changed = threading.Condition()
        self._until_s: float | None = None
        self._is_free = False

    def near(self, _frame):
        return None

    def picture(self, frame):
        with self._changed:
            self._until_s = self._now_s() + self._cost_s()
            self._changed.notify_all()
            self._changed.wait_for(self._is_over)
            self._until_s = None
        return self._source.picture(frame)

    def close(self):
        self._source.close()

    def wake(self) -> None:
        """Let the picture that is being made look at the time again."""
        with self._changed:
            self._changed.notify_all()

    def free(self) -> None:
        """Take no time any more."""
        with self._changed:
            self._is_free = True
            self._changed.notify_all()

    def wait_until_it_waits(self, is_idle: Callable[[], bool]) -> bool:
        """Wait until only the time can bring another picture."""
        with self._changed:
            for _ in range(round(PATIENCE_S / 0.0005)):
                if is_idle() or (self._until_s is not None and not self._is_over()):
                    return True
                self._changed.wait(0.0005)
        return False

    def _is_over(self) -> bool:
        return self._is_free or self._until_s is None or self._now_s() >= self._until_s


class Desk:
    """A player with a recording device; all that it shows is kept, with the time."""

    def __init__(self, qtbot, reel: Reel, sink=None, again_s=0.0) -> None:
        self.qtbot = qtbot
        self.now = 1_000.0
        self.reel = reel
        self.sink = sink or RecordingSink(lambda: self.now, latency=480)
        self.player = Player(self.sink, now_s=lambda: self.now, again_s=again_s)
        self.shown: list[tuple[float, int, np.ndarray]] = []
        self.sentences: list[str] = []
        self.states: list[object] = []
        self.slow: SlowSource | None = None
        self.player.frame_shown.connect(
            lambda frame, picture: self.shown.append((self.now, frame, picture))
        )
        self.player.said.connect(self.sentences.append)
        self.player.state_changed.connect(self.states.append)
        self.show()

    def show(self) -> None:
        reel = self.reel
        self.player.show(reel.film, reel.ledger, reel.timeline_id, reel.folder)
        self.settle()

    def slow_down(self, cost_s: Callable[[], float]) -> None:
        """Let pictures take that long from now on."""
        source = self.player._source
        assert source is not None
        self.slow = SlowSource(source, lambda: self.now, cost_s)
        self.player._lookahead.show(cast("FrameSource", self.slow))

    def close(self) -> None:
        if self.slow is not None:
            self.slow.free()
        self.player.close()

    def settle(self) -> None:
        """Let the pictures that are wanted be made and shown."""
        self.let_make()
        self.qtbot.wait(1)

    def let_make(self) -> None:
        """Wait until all pictures are made that can be made by now."""
        lookahead = self.player._lookahead
        if self.slow is None:
            assert lookahead.wait_made()
        else:
            self.slow.wake()
            assert self.slow.wait_until_it_waits(lambda: lookahead.wait_made(0.0))

    def run(self, seconds: float) -> None:
        """Let time pass in ticks, as fast as the threads can follow."""
        for _ in range(round(seconds / TICK_S)):
            if self.player.state == Paused():
                return
            self.pass_tick()

    def run_busily(self, seconds: float) -> None:
        """Let time pass in ticks that come late, as on a machine that has much else to do."""
        chance, end = random.Random(2), self.now + seconds
        while self.now < end and self.player.state != Paused():
            self.pass_tick(chance.choice((TICK_S, TICK_S, 0.012, LATEST_TICK_S)))

    def pass_tick(self, tick_s: float = TICK_S) -> None:
        if isinstance(self.sink, RecordingSink) and isinstance(self.player.state, Playing):
            assert self.sink.wait_full()
        self.now += tick_s
        if isinstance(self.sink, RecordingSink):
            self.sink.wake()
        if self.slow is not None:
            self.let_make()
        self.player.tick()
        self.let_make()
        self.player.tick()

    @property
    def frames(self) -> list[int]:
        return [frame for _, frame, _ in self.shown]
