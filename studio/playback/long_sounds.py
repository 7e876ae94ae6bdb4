"""Long sounds: decoded minute by minute to the disk, so that memory does not grow with the film."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from engine.errors import MediaError
from engine.media import probe, read_sound
from studio.playback.kept_sounds import part_of
from studio.wording import tr

Sound = NDArray[np.float32]

LONG_S = 600.0
_PART_S = 120


def is_long(path: Path) -> bool:
    """Whether the sound of ``path`` is not to be decoded at once.

    Raises:
        MediaError: if the file cannot be read.
    """
    info = probe(path)
    return info.has_audio and info.duration_s > LONG_S


def decode_to(
    file: Path, path: Path, rate_hz: int, stopped: Callable[[], bool] = lambda: False
) -> Sound:
    """The sound of ``path`` at ``rate_hz``, (2, S), read from ``file``, which is written first.

    ``stopped`` is asked after every part that is decoded.

    Raises:
        MediaError: if it cannot be decoded or was stopped.
        OSError: if ``file`` cannot be written.
    """
    part = part_of(file)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as out:
            for block in _resampled(path, rate_hz):
                out.write(np.ascontiguousarray(block, np.float32).tobytes())
                if stopped():
                    raise MediaError(
                        tr("The sound of {name} was not read: it was stopped.", name=path.name)
                    )
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return opened(file)


def opened(file: Path) -> Sound:
    """What ``decode_to`` has written, read from the disk as it is needed."""
    return np.memmap(file, np.float32, "r").reshape(-1, 2).T


def _resampled(path: Path, rate_hz: int) -> Iterator[NDArray[np.float32]]:
    """Blocks (S, 2) at ``rate_hz``, filtered across their borders."""
    own_hz = probe(path).sample_rate_hz
    stream = soxr.ResampleStream(own_hz, rate_hz, 2, dtype="float32", quality="VHQ")
    for block in _parts(path, own_hz):
        frames = np.ascontiguousarray(block.T)
        yield frames if own_hz == rate_hz else stream.resample_chunk(frames)
    if own_hz != rate_hz:
        yield stream.resample_chunk(np.zeros((0, 2), np.float32), last=True)


def _parts(path: Path, own_hz: int) -> Iterator[Sound]:
    """The sound at its own rate, (2, S) each, one after another."""
    start = 0
    while True:
        try:
            block = read_sound(path, rate_hz=own_hz, start_s=start, duration_s=_PART_S)
        except MediaError:
            if start:
                return
            raise
        yield block
        if block.shape[1] < _PART_S * own_hz:
            return
        start += _PART_S
