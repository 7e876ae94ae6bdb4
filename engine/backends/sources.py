"""Files that a request is made from, as arrays of the size and length that the request has.

Shape letters: T pictures, H height, W width, S samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.api import Reference
from engine.backends.take_files import sound_of
from engine.errors import SoundEndedError
from engine.media import iterate_pictures, probe, read_image, read_pictures, read_sound
from engine.shapes import SAMPLE_RATE_HZ

# Of a level of 8 bits.
_PAINTED = 127.5


def load_picture(
    reference: Reference, heard: Callable[[], None] = lambda: None
) -> NDArray[np.float32]:
    """The picture (H, W, 3), 0 to 1, that ``reference`` is, or its clip begins with.

    ``heard`` is called before every picture that is decoded and may raise.

    Raises:
        MediaError: if it cannot be read.
    """
    path = Path(reference.source)
    if reference.in_s > 0:
        picture = read_pictures(path, start_s=reference.in_s, frames=1, heard=heard)[0]
    else:
        picture = read_image(path)
    return picture.astype(np.float32) / np.float32(255)


def load_pictures(
    path: Path,
    frames: int | None,
    rate: Fraction,
    *,
    width: int | None = None,
    height: int | None = None,
    start_s: float = 0.0,
    heard: Callable[[], None] = lambda: None,
) -> NDArray[np.uint8]:
    """Pictures (T, H, W, 3) of a file at ``rate``; the last one is held where it ends early.

    ``heard`` is called before every picture that is decoded and may raise.

    Raises:
        MediaError: if it cannot be read.
    """
    pictures = read_pictures(
        path, width=width, height=height, rate=rate, frames=frames, start_s=start_s, heard=heard
    )
    if frames is not None and len(pictures) < frames:
        held = np.repeat(pictures[-1:], frames - len(pictures), axis=0)
        pictures = np.concatenate([pictures, held])
    return pictures


def held_pictures(
    path: Path,
    frames: int,
    rate: Fraction,
    width: int,
    height: int,
    start_s: float = 0.0,
    heard: Callable[[], None] = lambda: None,
) -> Iterator[NDArray[np.uint8]]:
    """The same ``frames`` pictures, one (H, W, 3) at a time and in little memory.

    ``heard`` is called before every picture, also of those that are passed over, and may raise.

    Raises:
        MediaError: if they cannot be read.
    """
    picture, left = None, frames
    stream = iterate_pictures(
        path,
        width=width,
        height=height,
        rate=rate,
        start_s=start_s,
        frames=frames,
        heard=heard,
    )
    for picture in stream:
        heard()
        yield picture
        left -= 1
    if picture is not None:
        for held in repeat(picture, left):
            heard()
            yield held


def load_painted(
    path: Path,
    frames: int,
    rate: Fraction,
    width: int,
    height: int,
    heard: Callable[[], None] = lambda: None,
) -> NDArray[np.bool_]:
    """What is painted (T, H, W) of a mask, from a grey picture or clip; a picture holds for all.

    ``heard`` is called before every picture and may raise.

    Raises:
        MediaError: if it cannot be read.
    """
    painted = np.empty((frames, height, width), dtype=np.bool_)
    pictures = held_pictures(path, frames, rate, width, height, heard=heard)
    for index, picture in enumerate(pictures):
        painted[index] = picture.mean(axis=2, dtype=np.float32) >= _PAINTED
    return painted


def load_mask(
    path: Path, frames: int, rate: Fraction, width: int, height: int
) -> NDArray[np.float32]:
    """A mask (T, H, W), 0 to 1, from a grey picture or clip; a picture holds for all of it.

    Raises:
        MediaError: if it cannot be read.
    """
    pictures = load_pictures(path, frames, rate, width=width, height=height)
    return pictures.mean(axis=3, dtype=np.float32) / np.float32(255)


def load_sound(
    source: Path,
    samples: int,
    in_s: float = 0.0,
    out_s: float | None = None,
    rate_hz: int = SAMPLE_RATE_HZ,
) -> NDArray[np.float32]:
    """The sound (2, S) of a file or a take's folder; silence follows where it ends early.

    Raises:
        MediaError: if it cannot be read.
    """
    path = sound_of(source)
    result = np.zeros((2, samples), dtype=np.float32)
    if samples == 0 or not probe(path).has_audio:
        return result
    wanted_s = samples / rate_hz
    duration_s = wanted_s if out_s is None else min(wanted_s, out_s - in_s)
    try:
        heard = read_sound(path, rate_hz=rate_hz, start_s=in_s, duration_s=duration_s)
    except SoundEndedError:  # the pictures may go on
        return result
    heard = heard[:, :samples]
    result[:, : heard.shape[1]] = heard
    return result
