"""The compare deck: two takes played as one, one of them heard, both pictures of the same frame."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal

from studio.bridge.alone import alone
from studio.bridge.room import Room
from studio.document.film import Film, TakeSource, Timeline
from studio.document.queries import timeline_end
from studio.playback.canvas import Picture
from studio.playback.cut import Cut
from studio.playback.device_sink import DeviceSink
from studio.playback.frame_source import FrameSource
from studio.playback.lookahead import DEPTH, Lookahead
from studio.playback.player import Player

Side = Literal["a", "b"]


class CompareDeck(QObject):
    """Plays two takes in step by one clock: that of the sound which is heard.

    Signals:
        pair_shown: the pictures of A and B at the same frame.
        position_changed: the frame that is due.
        state_changed: whether it plays, as the player says it.
    """

    pair_shown = Signal(object, object)
    position_changed = Signal(int)
    state_changed = Signal(object)
    _made = Signal(int)

    def __init__(self, room: Room, take_a: str, take_b: str) -> None:
        """Open the takes; the picture comes when it is read."""
        super().__init__(room)
        self._room = room
        self._takes: dict[Side, str] = {"a": take_a, "b": take_b}
        self._heard: Side = "a"
        self._last = 0
        self._own: tuple[int, Picture] | None = None
        self._source: FrameSource | None = None
        self._other = Lookahead(self._made.emit)
        self._made.connect(self._on_made, Qt.ConnectionType.QueuedConnection)
        self.player = Player(DeviceSink(room.session.output), parent=self)
        room.session.output_changed.connect(self._on_output)
        self.player.set_loops(True)
        self.player.frame_shown.connect(self._on_frame)
        self.player.position_changed.connect(self.position_changed)
        self.player.state_changed.connect(self.state_changed)
        self._load()

    @property
    def heard(self) -> Side:
        """Whose sound is heard."""
        return self._heard

    @property
    def length(self) -> int:
        """Frames of the one that is heard."""
        return self.player.length

    @property
    def rate(self) -> Fraction:
        """Frames a second of the film they are played in."""
        return self._room.film.rate

    def hear(self, side: Side) -> None:
        """Hear the other one; playing goes on where it is."""
        if side != self._heard:
            self._heard = side
            self._load()

    def seek(self, frame: int) -> None:
        """Stand on a frame of both."""
        self.player.scrub(max(0, min(frame, self.length - 1)))

    def close(self) -> None:
        """End the player and the reading of the other take."""
        self.player.close()
        self._other.close()

    def _load(self) -> None:
        room = self._room
        other: Side = "b" if self._heard == "a" else "a"
        film, timeline = self._alone(other)
        cut = Cut(film, room.ledger, timeline.id, room.folder)
        self._source = FrameSource(cut)
        self._last = max(0, timeline_end(timeline) - 1)
        self._other.show(self._source)
        self._own = None
        film, timeline = self._alone(self._heard)
        self.player.show(film, room.ledger, timeline.id, room.folder)

    def _alone(self, side: Side) -> tuple[Film, Timeline]:
        room = self._room
        return alone(room.film, room.ledger, TakeSource(take_id=self._takes[side]))

    def _on_frame(self, frame: int, pixels: Picture) -> None:
        self._own = (frame, pixels)
        # The shorter of the two stands on its last picture.
        self._other.want(min(frame + ahead, self._last) for ahead in range(DEPTH))
        self._show(frame)

    def _on_output(self, output: str) -> None:
        self.player.play_to(DeviceSink(output))

    def _on_made(self, _frame: int) -> None:
        if self._own is not None:
            self._show(self._own[0])

    def _show(self, frame: int) -> None:
        other = self._other.get(min(frame, self._last))
        if self._own is None or other is None or self._own[0] != frame:
            return
        own = self._own[1]
        pair = (own, other) if self._heard == "a" else (other, own)
        self.pair_shown.emit(*pair)
