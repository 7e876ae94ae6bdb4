"""The film reader: one film, open, that shows any of its pictures in whatever order they are asked.

Shape letters: H height, W width.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Self

import av
import numpy as np
from av.container import InputContainer

from engine.errors import MediaError
from engine.media.developing import Developer
from engine.media.limits import LIMITS, MediaLimits
from engine.media.opening import (
    check_size,
    open_media,
    picture_stream,
    start_of,
    stated_end,
    stream_rate,
    telling,
)
from engine.media.seeking import Course, key_time

_FROM_THE_START_S = 1
_NEAR_S = 1
_SOON_S = Fraction(1, 2)
_JUMP = 3


class FilmReader:
    """Pictures of a film, the one on screen at ``start_s + k / rate`` for every ``k``.

    A film of another rate is conformed by repeating and leaving out. Going on is decoding on, and
    what is passed over is not developed; else it begins again at the keyframe before. Belongs to
    one thread at a time, and is to be closed.

    Args:
        path: a local file; an image file has one picture.
        rate: pictures a second; the film's own if None.
        start_s: where picture 0 is.
        size: width and height that pictures are scaled and cropped to fill; their own if None.
        cover: as ``Developer`` has it.
        limits: bounds on what is decoded.
        heard: called before every picture that is decoded, shown or not; may raise to stop.

    Raises:
        MediaError: if the file cannot be read or has no picture.
    """

    def __init__(
        self,
        path: Path,
        *,
        rate: Fraction | None = None,
        start_s: float = 0.0,
        size: tuple[int, int] | None = None,
        cover: bool = False,
        limits: MediaLimits = LIMITS,
        heard: Callable[[], None] = lambda: None,
    ) -> None:
        self._path = Path(path)
        self._rate = rate
        self._start = Fraction(start_s).limit_denominator(10**6)
        self._size = size
        self._cover = cover
        self._limits = limits
        self._heard = heard
        self._run: _Run | None = None
        self._asked = -1
        self._frame: av.VideoFrame | None = None
        self._picture = np.zeros((0, 0, 3), np.uint8)
        self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def picture(self, index: int) -> np.ndarray | None:
        """Picture ``index``, uint8 (H, W, 3); ``None`` behind the end of the film.

        Raises:
            MediaError: if it cannot be read. The next one that is asked for is sought again.
        """
        with telling(self._path):
            try:
                run = self._run_to(index)
                self._asked = index
                frame = run.on_screen(self._instant(index))
                return None if frame is None else self._developed(frame)
            except BaseException:
                self._run, self._asked = None, -1
                raise

    def last(self) -> np.ndarray:
        """The last picture of the film, once one was asked for behind its end.

        Raises:
            MediaError: if there is none.
        """
        frame = None if self._run is None else self._run.waiting
        if frame is None:
            raise MediaError(f"{self._path.name} has no picture that can be read.")
        return self._developed(frame)

    @property
    def asked(self) -> int:
        """The picture that was asked for last; -1 where the next one is sought."""
        return self._asked

    def goes_on_to(self, index: int) -> bool:
        """Whether picture ``index`` is reached by decoding on for a moment."""
        return self._run is not None and 0 <= (index - self._asked) * self._period < _SOON_S

    def leads_to(self, index: int) -> bool:
        """Whether decoding on is the shortest way to picture ``index`` from here."""
        run = self._run
        if run is None or index < self._asked:
            return False
        return self._is_on_the_way(run, self._instant(index))

    def close(self) -> None:
        """Close the file."""
        self._run = self._frame = None
        self._opened.close()

    def _open(self) -> None:
        self._opened = _kept_open(self._path, self._limits)
        self._container = next(self._opened)
        stream = picture_stream(self._container)
        if stream is None:
            raise MediaError(f"{self._path.name} has no picture.")
        if self._container.format.name == "jpeg_pipe":
            # Of a JPEG that is cut off the decoder would give the upper part and say nothing.
            stream.codec_context.options = {"err_detect": "explode"}
        stream.thread_type = "AUTO"
        self._stream = stream
        self._is_fresh = True
        self._own_rate = stream_rate(stream)
        rate = self._rate or self._own_rate
        self._period = 1 / rate
        # Containers round times, some to milliseconds: a quarter of a picture forgives that.
        self._slack = Fraction(1, 4) / max(rate, self._own_rate)
        self._developer = Developer(
            self._path, stream, size=self._size, cover=self._cover, limits=self._limits
        )

    def _instant(self, index: int) -> Fraction:
        """The latest time at which picture ``index`` may come on screen."""
        return self._start + index * self._period + self._slack

    def _run_to(self, index: int) -> _Run:
        """A run that comes by picture ``index``: this one, or a new one where that is nearer."""
        instant = self._instant(index)
        if self._run is None or not self.leads_to(index):
            return self._begin(instant)
        if index - self._asked > _JUMP:
            self._run.aim(instant)
        return self._run

    def _is_on_the_way(self, run: _Run, instant: Fraction) -> bool:
        """Whether no keyframe lies nearer to ``instant`` than ``run`` stands."""
        if instant - run.reached < _NEAR_S:
            return True
        origin = start_of(self._container)
        key = key_time(self._container, self._stream, instant + origin)
        return key is not None and key - origin <= run.reached

    def _begin(self, instant: Fraction) -> _Run:
        self._run = self._frame = None
        is_near = instant - self._slack <= _FROM_THE_START_S
        if is_near and not self._is_fresh:
            # Not every file can be sought, but every one can be read from its beginning.
            self._opened.close()
            self._open()
        self._is_fresh = False
        until = instant + start_of(self._container)
        course = Course(self._container, self._stream, until, is_near=is_near)
        self._run = _Run(
            self._path, self._container, self._stream, course, self._limits, self._heard
        )
        return self._run

    def _developed(self, frame: av.VideoFrame) -> np.ndarray:
        if frame is not self._frame:
            self._picture, self._frame = self._developer.develop(frame), frame
        return self._picture


def _kept_open(path: Path, limits: MediaLimits) -> Generator[InputContainer, None, None]:
    """The container, which is closed with this, or once nobody has this any more."""
    with open_media(path, limits) as container:
        yield container


class _Run:
    """Frames decoded one after the other, and the one that is on screen.

    Attributes:
        waiting: the last that came on screen; ``None`` before the first.
    """

    def __init__(
        self,
        path: Path,
        container: InputContainer,
        stream: av.VideoStream,
        course: Course,
        limits: MediaLimits,
        heard: Callable[[], None],
    ) -> None:
        self._path, self._container, self._stream = path, container, stream
        self._origin = start_of(container)
        self._limits = limits
        self._heard = heard
        self._course = course
        self._frames = self._timed(course.frames())
        self._following = next(self._frames, None)
        self.waiting: av.VideoFrame | None = None
        self._came = Fraction(0)
        self._end: Fraction | None = None

    @property
    def reached(self) -> Fraction:
        """Up to when what is on screen is known, in seconds from the film's beginning."""
        if self._following is None:
            return Fraction(self._limits.duration_s)
        return self._following[1]

    def aim(self, instant: Fraction) -> None:
        """Pass over what nothing is made of, up to the frame on screen at ``instant``."""
        self._course.aim(instant + self._origin)

    def on_screen(self, instant: Fraction) -> av.VideoFrame | None:
        """The frame on screen at ``instant``, which is no earlier than those before.

        What comes first is on screen before it, too. ``None`` behind the end.
        """
        while (following := self._following) is not None:
            if self.waiting is not None and following[1] > instant:
                return self.waiting
            self.waiting, self._came = following
            self._following = next(self._frames, None)
        if self.waiting is None:
            raise MediaError(f"{self._path.name} has no picture that can be read.")
        if self._end is None:
            self._end = self._ended()
        return self.waiting if instant < self._end else None

    def _timed(self, frames: Iterator[av.VideoFrame]) -> Iterator[tuple[av.VideoFrame, Fraction]]:
        """Decoded frames with their times from the film's beginning."""
        period = 1 / stream_rate(self._stream)
        time = -period
        for number, frame in zip(count(), frames, strict=False):
            if number >= self._limits.decoded_pictures:
                raise MediaError(f"{self._path.name} has too many pictures to be read at once.")
            check_size(self._path, frame.width, frame.height, self._limits)
            stamp = None
            if frame.pts is not None and frame.time_base is not None:
                stamp = frame.pts * frame.time_base - self._origin
            # A stamp that does not go on is none: pictures are counted until one does.
            time = time + period if stamp is None or (number and stamp <= time) else stamp
            yield frame, time
            self._heard()

    def _ended(self) -> Fraction:
        """When the last decoded frame leaves the screen.

        Raises:
            MediaError: if the file stated pictures long after it.
        """
        period = 1 / stream_rate(self._stream)
        end = self._came + period
        stated = stated_end(self._container, self._stream)
        if stated is not None and stated - end > max(Fraction(1, 10), 3 * period):
            raise MediaError(
                f"{self._path.name} breaks off at {float(end):.1f} of {float(stated):.1f} seconds: "
                "it is incomplete. Copy it again from its source."
            )
        return end
