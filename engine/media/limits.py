"""How much media is read at once: a stranger's file can say anything about itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class MediaLimits:
    """Bounds that are checked before and while a file is decoded.

    Attributes:
        file_bytes: size of the file.
        duration_s: length that the file states.
        picture_px: pixels of one picture.
        picture_side_px: the longer side of one picture.
        streams: tracks in one file.
        channels: channels of one sound track.
        sample_rate_hz: the highest rate of a sound track.
        decoded_pictures: pictures decoded for one call.
        result_bytes: size of what one call returns.
    """

    file_bytes: int = 32 * 2**30
    duration_s: float = 6 * 3600.0
    picture_px: int = 64 * 10**6
    picture_side_px: int = 16_384
    streams: int = 64
    channels: int = 64
    sample_rate_hz: int = 768_000
    decoded_pictures: int = 500_000
    result_bytes: int = 2 * 2**30


LIMITS = MediaLimits()
