"""Seeking: which stamps a file can be sought by, and the picture on screen at a time, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import cast

import av
from av.container import InputContainer

from engine.errors import MediaError

_SEEK_BACK_S = Fraction(1, 2)
_STEP_BACK_S = 0.5
_UNINDEXED = {"mpegts", "mpeg"}


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


def frames_until(
    container: InputContainer, stream: av.VideoStream, until: Fraction
) -> Iterator[av.VideoFrame]:
    """Frames from a keyframe before the one on screen at ``until`` on.

    ``until`` is in seconds, as the file's stamps count them. Of those before it only what
    others are made of is decoded: far fewer stand in between.
    """
    back = _SEEK_BACK_S
    while True:
        place = max(until - back, Fraction(0))
        container.seek(int(place * 10**6), backward=True)
        packets = iter(container.demux(stream))
        held, shown = _held_until(packets, until)
        # Streams without an index are entered anywhere, also behind the keyframe that is needed.
        if not place or any(_is_entry(packet, until) for packet in held):
            break
        back *= 8
    for packet in chain(held, packets):
        is_early = shown is not None and packet.pts is not None and packet.pts < shown
        stream.codec_context.skip_frame = "NONREF" if is_early else "DEFAULT"
        yield from cast("list[av.VideoFrame]", packet.decode())


def _held_until(
    packets: Iterator[av.Packet], until: Fraction
) -> tuple[list[av.Packet], int | None]:
    """What has to be read to know which picture is on screen at ``until``, and its stamp.

    The stamp is ``None`` where stamps are missing.
    """
    held: list[av.Packet] = []
    shown: int | None = None
    for packet in packets:
        held.append(packet)
        if not packet.size:
            break
        if packet.pts is None or packet.dts is None or packet.time_base is None:
            return held, None
        if packet.pts * packet.time_base <= until:
            shown = packet.pts if shown is None else max(shown, packet.pts)
        # None that comes later in the file is shown before this one is decoded.
        if packet.dts * packet.time_base > until:
            break
    return held, shown


def _is_entry(packet: av.Packet, until: Fraction) -> bool:
    """Whether decoding can begin with ``packet`` for what is shown at ``until``."""
    if not packet.is_keyframe or packet.pts is None or packet.time_base is None:
        return False
    return packet.pts * packet.time_base <= until
