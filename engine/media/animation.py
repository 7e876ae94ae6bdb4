"""GIF animations: one palette for the whole film, then the pictures in its colours.

Shape letters: T pictures, H height, W width.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import av.filter
import numpy as np

from engine.errors import MediaError
from engine.media.beside import written_beside

FASTEST = Fraction(50)
"""Pictures a second; times in a GIF are hundredths, and viewers slow down what is below two."""

_SAMPLED = 48
_SAMPLE_SIDE = 160
_HEADER_BYTES = 13
_LOOP_BYTES = 19
_BLOCK_BYTES = 1 << 20


def write_gif(
    path: Path,
    pictures: Callable[[], Iterable[np.ndarray]],
    count: int,
    rate: Fraction,
    *,
    comment: str = "",
    progress: Callable[[int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> bool:
    """Write ``count`` pictures to ``path`` as an animation that loops.

    Args:
        path: replaced only when the animation is whole.
        pictures: gives all of them from the first, uint8 (H, W, 3), RGB; asked twice.
        count: how many there are.
        rate: pictures a second, up to ``FASTEST``.
        comment: what the file says of itself.
        progress: called with the number of pictures gone through so far, of twice ``count``.
        cancelled: asked before every picture.

    Returns:
        True if it was written, False if it was cancelled.

    Raises:
        MediaError: if it cannot be written.
    """
    if not 0 < rate <= FASTEST:
        raise MediaError(f"{path.name} was not written: a GIF shows up to {FASTEST} a second.")
    told = _Told(progress, cancelled)
    palette = _palette(told.through(pictures(), 0), max(1, count // _SAMPLED))
    if palette is None or told.over:
        if told.over:
            return False
        raise MediaError(f"{path.name} was not written: there are no pictures.")
    with written_beside(path) as beside:
        with av.open(str(beside.path), "w", format="gif") as container:
            track = cast("av.VideoStream | None", None)
            for frame in _in_colours(told.through(pictures(), count), palette, rate):
                if track is None:
                    track = cast("av.VideoStream", container.add_stream("gif", rate=rate))
                    track.width, track.height, track.pix_fmt = frame.width, frame.height, "pal8"
                    track.codec_context.time_base = 1 / rate
                container.mux(track.encode(frame))
            if told.over or track is None:
                return False
            container.mux(track.encode(None))
        if comment:
            _commented(beside.path, comment)
        beside.done = True
    return True


def _commented(path: Path, comment: str) -> None:
    """Put a comment into a GIF, as its encoder writes none (GIF89a, section 24).

    It follows the colours and the loop, which some viewers expect right behind them.
    """
    text = comment.encode()
    blocks = (text[at : at + 255] for at in range(0, len(text), 255))
    extra = b"\x21\xfe" + b"".join(bytes([len(one)]) + one for one in blocks) + b"\x00"
    with path.open("rb+") as file:
        head = file.read(_HEADER_BYTES)
        has_colours, depth = head[10] & 0x80, (head[10] & 7) + 1
        at = file.seek(_HEADER_BYTES + (3 << depth if has_colours else 0))
        loop = file.read(_LOOP_BYTES)
        at += _LOOP_BYTES if loop.startswith(b"\x21\xff\x0bNETSCAPE2.0") else 0
        end = file.seek(0, os.SEEK_END)
        while end > at:
            begin = max(at, end - _BLOCK_BYTES)
            file.seek(begin)
            moved = file.read(end - begin)
            file.seek(begin + len(extra))
            file.write(moved)
            end = begin
        file.seek(at)
        file.write(extra)


class _Told:
    """Pictures on their way, with progress told and the wish to stop heard."""

    def __init__(
        self, progress: Callable[[int], None] | None, cancelled: Callable[[], bool] | None
    ) -> None:
        self._progress = progress
        self._cancelled = cancelled
        self.over = False

    def through(self, pictures: Iterable[np.ndarray], before: int) -> Iterator[np.ndarray]:
        for number, picture in enumerate(pictures, 1):
            if self._cancelled is not None and self._cancelled():
                self.over = True
                return
            yield picture
            if self._progress is not None:
                self._progress(before + number)


def _palette(pictures: Iterator[np.ndarray], every: int) -> av.VideoFrame | None:
    """256 colours for all pictures, from some of them at a small size."""
    graph = source = None
    for number, picture in enumerate(pictures):
        if number % every:
            continue
        frame = _frame(picture, number)
        shrink = min(1.0, _SAMPLE_SIDE / max(frame.width, frame.height))
        small = frame.reformat(
            width=max(1, round(frame.width * shrink)), height=max(1, round(frame.height * shrink))
        )
        small.pts = number
        if graph is None or source is None:
            graph = av.filter.Graph()
            source = _buffer(graph, small)
            maker = graph.add("palettegen", "stats_mode=full:reserve_transparent=0")
            sink = graph.add("buffersink")
            source.link_to(maker)
            maker.link_to(sink)
            graph.configure()
        source.push(small)
    if graph is None or source is None:
        return None
    source.push(None)
    return cast("av.VideoFrame", graph.pull())


def _in_colours(
    pictures: Iterator[np.ndarray], palette: av.VideoFrame, rate: Fraction
) -> Iterator[av.VideoFrame]:
    graph = source = None
    for number, picture in enumerate(pictures):
        frame = _frame(picture, number)
        frame.time_base = 1 / rate
        if graph is None or source is None:
            graph = av.filter.Graph()
            source = _buffer(graph, frame, rate)
            colours = _buffer(graph, palette, rate)
            user = graph.add("paletteuse", "dither=sierra2_4a:diff_mode=rectangle")
            sink = graph.add("buffersink")
            source.link_to(user, 0, 0)
            colours.link_to(user, 0, 1)
            user.link_to(sink)
            graph.configure()
            colours.push(palette)
            colours.push(None)
        source.push(frame)
        yield from _pulled(graph)
    if graph is not None and source is not None:
        source.push(None)
        yield from _pulled(graph)


def _pulled(graph: av.filter.Graph) -> Iterator[av.VideoFrame]:
    while True:
        try:
            yield cast("av.VideoFrame", graph.pull())
        except (BlockingIOError, EOFError):
            return


def _buffer(
    graph: av.filter.Graph, frame: av.VideoFrame, rate: Fraction = Fraction(24)
) -> av.filter.context.FilterContext:
    return graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=1 / rate
    )


def _frame(picture: np.ndarray, number: int) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
    frame.pts = number
    return frame
