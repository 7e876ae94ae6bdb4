"""Two pictures of the cut at once, while a hand works between them: what leaves and what comes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from studio.document.dissolves import undissolved
from studio.document.film import Film
from studio.document.framing import frame_size
from studio.document.ledger import Ledger
from studio.document.timebase import to_timecode
from studio.document.timeline_access import timeline_of, with_timeline
from studio.playback.cut import Cut
from studio.playback.frame_source import FrameSource
from studio.playback.lookahead import Lookahead
from studio.wording import tr


@dataclass(frozen=True)
class Sight:
    """What is to be seen of the cut while a hand works on it.

    Attributes:
        frames: one, or two side by side.
        words: what is said of each of two; none of one.
    """

    frames: tuple[int, ...]
    words: tuple[str, ...] = ()


def across(last: int, first: int, rate: Fraction) -> Sight:
    """The ``last`` picture of what goes and the ``first`` of what comes."""
    return Sight(
        (last, first),
        (
            tr("Out  {at}", at=to_timecode(last, rate)),
            tr("In  {at}", at=to_timecode(first, rate)),
        ),
    )


class TwoUp(QObject):
    """Makes two pictures of a cut on a thread of its own, and tells when both are there.

    While a pair is made only the newest wish waits, so that a hand that keeps moving sees pairs as
    fast as they can be made.

    Signals:
        made: both pictures, uint8 (H, W, 3), and the ``Sight`` that they belong to.
    """

    made = Signal(object, object, object)
    _ready = Signal(int)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._lookahead: Lookahead | None = None
        self._source: FrameSource | None = None
        self._sight: Sight | None = None
        self._waiting: tuple[Film, Ledger, str, Sight] | None = None
        self._ready.connect(self._on_ready, Qt.ConnectionType.QueuedConnection)

    def show(self, film: Film, ledger: Ledger, timeline_id: str, sight: Sight) -> None:
        """Make the pictures of ``sight``, once those that are being made are there."""
        self._waiting = (film, ledger, timeline_id, sight)
        if self._sight is None:
            self._begin()

    def forget(self) -> None:
        """Tell of no pair that is still to be made."""
        self._sight = self._waiting = None

    def close(self) -> None:
        """End the thread and close the files."""
        self.forget()
        if self._lookahead is not None:
            self._lookahead.close()
            self._lookahead = None

    def _begin(self) -> None:
        if self._waiting is None:
            return
        (film, ledger, timeline_id, sight), self._waiting = self._waiting, None
        # Each side by itself: a dissolve would mix into either what is seen on the other.
        hard = undissolved(timeline_of(film, timeline_id))
        cut = Cut(with_timeline(film, hard), ledger, timeline_id, self._folder)
        size = frame_size(film, cut.timeline)
        source = self._source
        if source is not None and (source.width, source.height) == (size.width, size.height):
            source.show(cut)
        else:
            source = self._source = FrameSource(cut)
        if self._lookahead is None:
            self._lookahead = Lookahead(self._ready.emit)
        self._sight = sight
        self._lookahead.show(source)
        self._lookahead.want(sight.frames)

    def _on_ready(self, _frame: int) -> None:
        sight = self._sight
        if sight is None or self._lookahead is None:
            return
        pictures = [self._lookahead.get(frame) for frame in sight.frames]
        if any(picture is None for picture in pictures):
            return
        self._sight = None
        self.made.emit(*pictures, sight)
        self._begin()
