"""Pictures of a film or an image file, decoded at exact times.

Shape letters: T pictures, H height, W width.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from fractions import Fraction
from itertools import count
from pathlib import Path

import numpy as np

from engine.errors import MediaError
from engine.media.developing import Developer
from engine.media.film_reader import FilmReader
from engine.media.limits import LIMITS, MediaLimits
from engine.media.opening import check_size, open_media, picture_stream, start_of


def read_pictures(
    path: Path,
    *,
    width: int | None = None,
    height: int | None = None,
    rate: Fraction | None = None,
    start_s: float = 0.0,
    frames: int | None = None,
    limits: MediaLimits = LIMITS,
    heard: Callable[[], None] = lambda: None,
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
        heard: called before every picture that is decoded; may raise to stop.

    Raises:
        MediaError: if the file cannot be read, has no picture there, or more was asked for than
            ``limits`` allow.
    """
    pictures: list[np.ndarray] = []
    size = 0
    stream = iterate_pictures(
        path,
        width=width,
        height=height,
        rate=rate,
        start_s=start_s,
        frames=frames,
        limits=limits,
        heard=heard,
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
    heard: Callable[[], None] = lambda: None,
) -> Generator[np.ndarray, None, None]:
    """The same pictures as ``read_pictures``, one (H, W, 3) at a time and in little memory.

    With ``cover``, pictures that have transparent parts come as (H, W, 4), what they cover last,
    and in their own size.

    Raises:
        MediaError: as ``read_pictures``.
    """
    _check_request(width, height, rate, start_s, frames, limits)
    size = None if width is None or height is None else (width, height)
    with FilmReader(
        path, rate=rate, start_s=start_s, size=size, cover=cover, limits=limits, heard=heard
    ) as reader:
        for index in count() if frames is None else range(frames):
            picture = reader.picture(index)
            if picture is None and not index:
                raise MediaError(f"{Path(path).name} has no picture at {start_s:g} seconds.")
            if picture is None:
                return
            yield picture


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
        return Developer(path, stream, cover=True, limits=limits).develop(frame)


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
