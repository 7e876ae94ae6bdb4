"""Seeking: which stamps a file can be sought by, and the way to the picture on screen at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.container import InputContainer

from engine.errors import MediaError

_SEEK_BACK_S = Fraction(1, 2)
_STEP_BACK_S = 0.5
_UNINDEXED = {"mpegts", "mpeg"}
# Of these it is whole once the file is open; others learn theirs while they are read.
_INDEXED = "mov,mp4"


def check_stamps(path: Path, container: InputContainer) -> None:
    """See that the stamps of a stream without an index go on to its end, by reading it once.

    What was recorded in parts and joined begins again at each; nothing in it can be sought.

    Raises:
        MediaError: saying where they begin again.
    """
    if container.format.name not in _UNINDEXED:
        return  # what has one is sought by it
    latest: dict[int, float] = {}
    for packet in container.demux():
        if packet.dts is None or packet.time_base is None:
            continue
        stamp_s = float(packet.dts * packet.time_base)
        before_s = latest.get(packet.stream_index, stamp_s)
        if stamp_s < before_s - _STEP_BACK_S:
            since_s = max(0.0, before_s - (container.start_time or 0) / 1e6)
            raise MediaError(
                f"{path.name} is several recordings in one: its time stamps begin again after "
                f"{since_s:.1f} seconds. Import its parts, or write it anew with a program that "
                "mends them."
            )
        latest[packet.stream_index] = stamp_s
    container.seek(0)


class Course:
    """Frames of a track, decoded from a keyframe on, towards a picture that is wanted.

    Of those before that picture only what others are made of is decoded: far fewer stand in
    between. What is wanted can be moved on, never back.

    Args:
        container: is sought, where the picture does not stand near its beginning.
        stream: of pictures, one of its tracks.
        until: the picture on screen then is wanted; in seconds, as the file's stamps count them.
        is_near: it stands near the beginning of a file of which nothing was read yet.
    """

    def __init__(
        self,
        container: InputContainer,
        stream: av.VideoStream,
        until: Fraction,
        *,
        is_near: bool = False,
    ) -> None:
        self._stream = stream
        back = _SEEK_BACK_S
        while True:
            place = max(until - back, Fraction(0))
            if not is_near:
                container.seek(int(place * 10**6), backward=True)
            self._packets = iter(container.demux(stream))
            self._held: deque[av.Packet] = deque()
            self._shown: int | None = None
            self._is_stamped = True
            self.aim(until)
            # Streams without an index are entered anywhere, also behind the keyframe needed.
            if is_near or not place or any(_is_entry(packet, until) for packet in self._held):
                return
            back *= 8

    def aim(self, until: Fraction) -> None:
        """Want the picture on screen at ``until``, which is later than what was wanted before.

        Reads what has to be read to know which one that is.
        """
        is_over = any(self._see(packet, until) for packet in self._held)
        while not is_over and (packet := next(self._packets, None)) is not None:
            self._held.append(packet)
            is_over = self._see(packet, until)

    def frames(self) -> Iterator[av.VideoFrame]:
        """What is decoded, in the order in which it is shown."""
        while packet := self._held.popleft() if self._held else next(self._packets, None):
            shown = self._shown if self._is_stamped else None
            is_early = shown is not None and packet.pts is not None and packet.pts < shown
            self._stream.codec_context.skip_frame = "NONREF" if is_early else "DEFAULT"
            yield from cast("list[av.VideoFrame]", packet.decode())

    def _see(self, packet: av.Packet, until: Fraction) -> bool:
        """Note what ``packet`` says; whether none behind it is on screen by ``until``."""
        if not packet.size:
            return True
        if packet.pts is None or packet.dts is None or packet.time_base is None:
            self._is_stamped = False
            return True
        if packet.pts * packet.time_base <= until:
            self._shown = packet.pts if self._shown is None else max(self._shown, packet.pts)
        # None that comes later in the file is shown before this one is decoded.
        return packet.dts * packet.time_base > until


def key_time(container: InputContainer, stream: av.VideoStream, until: Fraction) -> Fraction | None:
    """When the last keyframe before ``until`` comes, in the file's seconds.

    ``None`` where the file has no index, or none yet of that part.
    """
    index, base = stream.index_entries, stream.time_base
    if base is None or not container.format.name.startswith(_INDEXED) or not len(index):
        return None
    if index[len(index) - 1].timestamp * base < until - _SEEK_BACK_S:
        return None
    found = index.search_timestamp(int(until / base))
    return None if found < 0 else index[found].timestamp * base


def _is_entry(packet: av.Packet, until: Fraction) -> bool:
    """Whether decoding can begin with ``packet`` for what is shown at ``until``."""
    if not packet.is_keyframe or packet.pts is None or packet.time_base is None:
        return False
    return packet.pts * packet.time_base <= until
