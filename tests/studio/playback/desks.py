"""A player at a desk of its own, in a time that the tests move by hand."""

from __future__ import annotations

import random

import numpy as np

import studio.bridge  # noqa: F401 (keeps the constants that the Qt binding miscounts)
from studio.playback.player import Paused, Player, Playing
from studio.playback.recording_sink import RecordingSink
from tests.studio.playback.reels import Reel

TICK_S = 0.008
LATEST_TICK_S = 0.018


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

    def settle(self) -> None:
        """Let the pictures that are wanted be made and shown."""
        assert self.player._lookahead.wait_made()
        self.qtbot.wait(1)

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
        if isinstance(self.sink, RecordingSink) and self.is_heard:
            assert self.sink.wait_full()
        self.now += tick_s
        if isinstance(self.sink, RecordingSink):
            self.sink.wake()
        self.player.tick()
        assert self.player._lookahead.wait_made()
        self.player.tick()

    @property
    def is_heard(self) -> bool:
        state = self.player.state
        return isinstance(state, Playing) and state.is_heard

    @property
    def frames(self) -> list[int]:
        return [frame for _, frame, _ in self.shown]
