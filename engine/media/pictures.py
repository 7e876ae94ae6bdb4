"""Pictures of a film or an image file, decoded at exact times.

Shape letters: T pictures, H height, W width.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from engine.errors import MediaError
from engine.media.high_range import is_high_range, to_standard
from engine.media.limits import LIMITS, MediaLimits
from engine.media.opening import (
    check_size,
    open_media,
    picture_stream,
    start_of,
    stated_end,
)
from engine.media.seeking import frames_until

_UNSPECIFIED = 2
_BEHIND_TRANSPARENCY = 128.0
# The library's fast paths darken ten bits by two levels. The exact one costs 7 ms a picture of 720
# lines instead of 0.4, which eight bits, a level off at the most, are not worth while they play.
_EXACT = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT


def read_pictures(
    path: Path,
    *,
    width: int | None = None,
    height: int | None = None,
    rate: Fraction | None = None,
    start_s: float = 0.0,
    frames: int | None = None,
    limits: MediaLimits = LIMITS,
) -> np.ndarray:
    """Pictures of a film as uint8 (T, H, W, 3), RGB.

    Picture ``k`` is the one on screen at ``start_s + k / rate``: a film of another rate is
    conformed by repeating and leaving out, never by blending.

    Args:
        path: a local file; an image file gives one picture.
        width: scaled and cropped about the centre to fill this width...
        height: ...and this height; both or neither.
        rate: pictures a second; the film's own if None.
        start_s: where to begin.
        frames: how many; to the end of the film if None. A film that ends earlier gives fewer.
        limits: bounds on what is decoded.

    Raises:
        MediaError: if the file cannot be read, has no picture there, or more was asked for than
            ``limits`` allow.
    """
    pictures: list[np.ndarray] = []
    size = 0
    stream = iterate_pictures(
        path, width=width, height=height, rate=rate, start_s=start_s, frames=frames, limits=limits
    )
    for picture in stream:
        size += picture.nbytes
        if size > limits.result_bytes:
            raise MediaError(
                f"{Path(path).name} is too long to be read at once; read a shorter part, a lower "
                "rate or a smaller size."
            )
        pictures.append(picture)
    return np.stack(pictures)


def iterate_pictures(
    path: Path,
    *,
    width: int | None = None,
    height: int | None = None,
    rate: Fraction | None = None,
    start_s: float = 0.0,
    frames: int | None = None,
    cover: bool = False,
    limits: MediaLimits = LIMITS,
) -> Generator[np.ndarray, None, None]:
    """The same pictures as ``read_pictures``, one (H, W, 3) at a time and in little memory.

    With ``cover``, pictures that have transparent parts come as (H, W, 4), what they cover last,
    and in their own size.

    Raises:
        MediaError: as ``read_pictures``.
    """
    _check_request(width, height, rate, start_s, frames, limits)
    path = Path(path)
    with open_media(path, limits) as container:
        stream = picture_stream(container)
        if stream is None:
            raise MediaError(f"{path.name} has no picture.")
        own_rate = stream_rate(stream)
        clock = _Clock(rate or own_rate, own_rate, Fraction(start_s).limit_denominator(10**6))
        shown = _shown(path, container, stream, clock, limits)
        frame: av.VideoFrame | None = None
        picture = np.zeros((0, 0, 3), np.uint8)
        for following in shown if frames is None else islice(shown, frames):
            if following is not frame:
                frame = following
                picture = (
                    _covering(path, frame, stream, limits)
                    if cover and _is_transparent(frame)
                    else _to_picture(path, frame, stream, width, height, limits)
                )
            yield picture
        if frame is None:
            raise MediaError(f"{path.name} has no picture at {start_s:g} seconds.")


def key_picture(path: Path, start_s: float, *, limits: MediaLimits = LIMITS) -> np.ndarray:
    """The last picture before ``start_s`` that is made of nothing but itself: at hand at once.

    Shaped as ``iterate_pictures`` with ``cover`` gives it.

    Raises:
        MediaError: as ``read_pictures``.
    """
    path = Path(path)
    with open_media(path, limits) as container:
        stream = picture_stream(container)
        if stream is None:
            raise MediaError(f"{path.name} has no picture.")
        # The other way of sharing the work among threads gives the first picture after many.
        stream.thread_type = "SLICE"
        stream.codec_context.skip_frame = "NONKEY"
        container.seek(int((Fraction(start_s) + start_of(container)) * 10**6), backward=True)
        frame = next(iter(container.decode(stream)), None)
        if frame is None:
            raise MediaError(f"{path.name} has no picture at {start_s:g} seconds.")
        check_size(path, frame.width, frame.height, limits)
        if _is_transparent(frame):
            return _covering(path, frame, stream, limits)
        return _to_picture(path, frame, stream, None, None, limits)


def _check_request(
    width: int | None,
    height: int | None,
    rate: Fraction | None,
    start_s: float,
    frames: int | None,
    limits: MediaLimits,
) -> None:
    sides = [side for side in (width, height) if side is not None]
    if len(sides) == 1 or min(sides, default=1) < 1:
        raise MediaError("A picture's size needs a width and a height above zero.")
    if max(sides, default=1) > limits.picture_side_px:
        raise MediaError(f"Pictures are read at up to {limits.picture_side_px} pixels a side.")
    if (frames is not None and frames < 1) or (rate is not None and rate <= 0):
        raise MediaError("Pictures are read at a rate above zero, one or more of them.")
    if not 0 <= start_s < limits.duration_s:
        raise MediaError("Reading starts at the beginning of a film or later.")


class _Clock:
    """Times at which pictures are wanted, against the times at which a file shows its own."""

    def __init__(self, rate: Fraction, own_rate: Fraction, start: Fraction) -> None:
        self.rate = rate
        self.start = start
        # Containers round times, some to milliseconds: a quarter of a picture forgives that.
        self._slack = Fraction(1, 4) / max(rate, own_rate)

    @property
    def first(self) -> Fraction:
        """The latest time at which the first wanted picture may come on screen."""
        return self.start + self._slack

    def is_before(self, index: int, time: Fraction) -> bool:
        """Whether wanted picture ``index`` is on screen before ``time``."""
        return self.start + index / self.rate + self._slack < time

    def count_until(self, end: Fraction) -> int:
        """How many wanted pictures begin before ``end``."""
        left = end - self._slack - self.start
        return max(0, -int(-left * self.rate // 1))


def _shown(
    path: Path,
    container: InputContainer,
    stream: av.VideoStream,
    clock: _Clock,
    limits: MediaLimits,
) -> Iterator[av.VideoFrame]:
    """The frame on screen at each of the clock's times, to the end of the film."""
    origin = start_of(container)
    count = 0
    waiting: av.VideoFrame | None = None
    came = Fraction(0)
    for frame, time in _frames(path, container, stream, clock, origin, limits):
        while waiting is not None and clock.is_before(count, time):
            yield waiting
            count += 1
        waiting, came = frame, time
    if waiting is None:
        raise MediaError(f"{path.name} has no picture that can be read.")
    end = _end(path, container, stream, came)
    for _ in range(count, clock.count_until(end)):
        yield waiting


def _frames(
    path: Path,
    container: InputContainer,
    stream: av.VideoStream,
    clock: _Clock,
    origin: Fraction,
    limits: MediaLimits,
) -> Iterator[tuple[av.VideoFrame, Fraction]]:
    """Decoded frames with their times from the film's beginning, from at or before the start."""
    if container.format.name == "jpeg_pipe":
        # Of a JPEG that is cut off the decoder would give the upper part and say nothing.
        stream.codec_context.options = {"err_detect": "explode"}
    stream.thread_type = "AUTO"
    frames = container.decode(stream)
    if clock.start > 1:
        frames = frames_until(container, stream, clock.first + origin)
    period = 1 / stream_rate(stream)
    time = -period
    for number, frame in enumerate(frames):
        if number >= limits.decoded_pictures:
            raise MediaError(f"{path.name} has too many pictures to be read at once.")
        check_size(path, frame.width, frame.height, limits)
        stamp = None
        if frame.pts is not None and frame.time_base is not None:
            stamp = frame.pts * frame.time_base - origin
        # A stamp that does not go on is none: pictures are counted until one does.
        time = time + period if stamp is None or (number and stamp <= time) else stamp
        yield frame, time


def _end(
    path: Path,
    container: InputContainer,
    stream: av.VideoStream,
    came: Fraction,
) -> Fraction:
    """When the last decoded frame, which ``came`` on screen then, leaves it.

    Raises:
        MediaError: if the file stated pictures long after it.
    """
    period = 1 / stream_rate(stream)
    end = came + period
    stated = stated_end(container, stream)
    if stated is not None and stated - end > max(Fraction(1, 10), 3 * period):
        raise MediaError(
            f"{path.name} breaks off at {float(end):.1f} of {float(stated):.1f} seconds: it is "
            "incomplete. Copy it again from its source."
        )
    return end


def stream_rate(stream: av.VideoStream) -> Fraction:
    """Pictures a second; 24 where a file says nothing sensible."""
    for rate in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        if rate is not None and 0 < rate <= 1000:
            return Fraction(rate)
    return Fraction(24)


def _to_picture(
    path: Path,
    frame: av.VideoFrame,
    stream: av.VideoStream,
    width: int | None,
    height: int | None,
    limits: MediaLimits,
) -> np.ndarray:
    if frame.is_corrupt:
        raise MediaError(f"{path.name} is damaged: a picture in it cannot be decoded.")
    picture = _upright(_to_rgb(frame), frame.rotation)
    aspect = stream.sample_aspect_ratio or Fraction(1)
    if aspect != 1 and 0 < aspect < 100 and width is None:
        high, wide = picture.shape[:2]
        if frame.rotation % 180:
            aspect = 1 / aspect
        wide = max(1, round(wide * aspect))
        check_size(path, wide, high, limits)
        return cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA)
    if width is None or height is None:
        return picture
    return fill(picture, width, height, pixel_aspect=float(aspect) if 0 < aspect < 100 else 1.0)


def _is_transparent(frame: av.VideoFrame) -> bool:
    """Whether the picture may have transparent parts."""
    kind = frame.format
    return kind.name == "pal8" or any(part.is_alpha for part in kind.components)


def _covering(
    path: Path, frame: av.VideoFrame, stream: av.VideoStream, limits: MediaLimits
) -> np.ndarray:
    """RGB and what it covers, (H, W, 4), upright and with square pixels."""
    if frame.is_corrupt:
        raise MediaError(f"{path.name} is damaged: a picture in it cannot be decoded.")
    picture = _upright(frame.to_ndarray(format="rgba"), frame.rotation)
    aspect = stream.sample_aspect_ratio or Fraction(1)
    if aspect == 1 or not 0 < aspect < 100:
        return picture
    high, wide = picture.shape[:2]
    wide = max(1, round(wide * (1 / aspect if frame.rotation % 180 else aspect)))
    check_size(path, wide, high, limits)
    return cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA)


def _to_rgb(frame: av.VideoFrame) -> np.ndarray:
    """RGB, full range; transparent parts over a middle grey."""
    name = frame.format.name
    if _is_transparent(frame):
        rgba = frame.to_ndarray(format="rgba").astype(np.float32)
        cover = rgba[..., 3:] / 255.0
        mixed = rgba[..., :3] * cover + _BEHIND_TRANSPARENCY * (1.0 - cover)
        return np.round(mixed).astype(np.uint8)
    if is_high_range(frame):
        return to_standard(frame)
    # Files that do not say are taken as broadcast has it: BT.709 from 720 lines on.
    space = None
    if frame.colorspace == _UNSPECIFIED and frame.height >= 720 and name.startswith("yuv"):
        space = Colorspace.ITU709
    return frame.to_ndarray(
        format="rgb24",
        src_colorspace=space,
        dst_color_range=ColorRange.JPEG,
        interpolation=_EXACT if frame.format.components[0].bits > 8 else None,
    )


def _upright(picture: np.ndarray, rotation: int) -> np.ndarray:
    """Turn a picture as the file's display matrix says (degrees counter-clockwise)."""
    quarters = round(rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(picture, quarters)) if quarters else picture


def fill(picture: np.ndarray, width: int, height: int, *, pixel_aspect: float = 1.0) -> np.ndarray:
    """Scale and crop a picture about its centre so that it fills (height, width).

    Args:
        picture: uint8 (H, W, 3).
        width: of the result.
        height: of the result.
        pixel_aspect: width of a source pixel over its height.
    """
    high, wide = picture.shape[:2]
    wanted = width / height / pixel_aspect
    crop_wide = min(wide, max(1, round(high * wanted)))
    crop_high = min(high, max(1, round(wide / wanted)))
    left, top = (wide - crop_wide) // 2, (high - crop_high) // 2
    part = picture[top : top + crop_high, left : left + crop_wide]
    if (crop_wide, crop_high) == (width, height):
        return np.ascontiguousarray(part)
    smaller = width * height < crop_wide * crop_high
    return cv2.resize(
        part, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    )
