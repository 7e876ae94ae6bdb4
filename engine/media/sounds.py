"""The sound of a media file, decoded to exact samples.

Shape letters: C channels, S samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer

from engine.errors import MediaError, SoundEndedError
from engine.media.audio import resample
from engine.media.limits import LIMITS, MediaLimits
from engine.media.opening import open_media, sound_stream, start_of, stated_end
from engine.media.riff import promised_s

_SEEK_FROM_S = 60.0
_PREROLL_S = 1.0
_GAP_S = 0.05
_INCOMPLETE_S = 0.25
_WAVE_SHORT_S = 0.01


def read_sound(
    path: Path,
    *,
    rate_hz: int = 24_000,
    start_s: float = 0.0,
    duration_s: float | None = None,
    limits: MediaLimits = LIMITS,
    cancelled: Callable[[], bool] = lambda: False,
) -> np.ndarray:
    """The sound of a file as float32 (2, S), left and right.

    One channel is heard on both sides; more than two are mixed down. Time zero is that of the
    pictures: a track that begins later begins with silence.

    Args:
        path: a local file.
        rate_hz: sample rate of the result.
        start_s: where to begin.
        duration_s: how much; to the end if None. A file that ends earlier gives less.
        limits: bounds on what is decoded.
        cancelled: asked as it is decoded; once it says yes, it is not read.

    Raises:
        SoundEndedError: if its sound is over before that.
        MediaError: if the file cannot be read, has no sound, or was not to be read further.
    """
    path = Path(path)
    if not 0 <= start_s < limits.duration_s or (duration_s is not None and duration_s <= 0):
        raise MediaError("Sound is read from the beginning or later, for a time above zero.")
    with open_media(path, limits) as container:
        stream = sound_stream(container)
        if stream is None:
            raise MediaError(f"{path.name} has no sound.")
        rate = stream.rate
        promised = promised_s(path)
        stated = stated_end(container, stream) if promised is None else promised
        # Encoders pad their last packet. Only an exact length cuts that off: Matroska's is rounded.
        end_s = None if stated is None or stream.duration is None else float(stated)
        if duration_s is not None:
            end_s = start_s + duration_s if end_s is None else min(end_s, start_s + duration_s)
        last = None if end_s is None else round(end_s * rate)
        collected = _Collected(path, round(start_s * rate), last, round(_GAP_S * rate), limits)
        if start_s > _SEEK_FROM_S:  # below that, counting from the beginning is exact everywhere
            before = start_s - _PREROLL_S + float(start_of(container))
            container.seek(int(before * 1e6), backward=True)
        for block, time_s in _blocks(container, stream):
            if cancelled():
                raise MediaError(f"The sound of {path.name} was not read: it was stopped.")
            collected.add(block, None if time_s is None else round(time_s * rate))
            if collected.is_full:
                break
        until_s = min(stated or limits.duration_s, start_s + (duration_s or limits.duration_s))
        short_s = _INCOMPLETE_S if promised is None else _WAVE_SHORT_S
        sound = collected.finished(None if stated is None else round((until_s - short_s) * rate))
    if sound.shape[1] == 0:
        raise SoundEndedError(f"{path.name} has no sound after {start_s:g} seconds.")
    return resample(sound, rate, rate_hz)


def _blocks(
    container: InputContainer, stream: av.AudioStream
) -> Iterator[tuple[np.ndarray, Fraction | None]]:
    """Decoded float32 (2, S) blocks with their times from the film's beginning."""
    origin = start_of(container)
    layout = "stereo" if stream.channels > 2 else None
    converter = av.AudioResampler(format="fltp", layout=layout, rate=stream.rate)
    for frame in container.decode(stream):
        for part in converter.resample(frame):
            time = None
            if part.pts is not None and part.time_base is not None:
                time = part.pts * part.time_base - origin
            samples = part.to_ndarray()
            yield (np.repeat(samples, 2, axis=0) if samples.shape[0] == 1 else samples), time


class _Collected:
    """Blocks put together between two sample positions, by their stamps and by counting."""

    def __init__(
        self, path: Path, first: int, last: int | None, gap: int, limits: MediaLimits
    ) -> None:
        self._path = path
        self._first = first
        self._last = last
        self._gap = gap
        self._most = limits.result_bytes // 8
        self._blocks: list[np.ndarray] = []
        self._have = 0
        self._position: int | None = None

    @property
    def is_full(self) -> bool:
        """Whether everything asked for is there."""
        return self._last is not None and self._have >= self._last - self._first

    def add(self, block: np.ndarray, stamp: int | None) -> None:
        """Take what is wanted of ``block`` (2, S), which the file puts at sample ``stamp``.

        Stamps may be rounded, so that samples are counted on from the first one; only a stamp far
        ahead of the count is a gap, and one that goes back is broken.
        """
        begin = self._position
        if begin is None:
            begin = stamp or 0
        elif stamp is not None and stamp - begin > self._gap:
            begin = stamp
        end = self._position = begin + block.shape[1]
        want = self._first + self._have
        if end <= want:
            return
        if begin > want:
            until = begin if self._last is None else min(begin, self._last)
            self._check(until - want)
            self._append(np.zeros((2, max(0, until - want)), np.float32))
        self._append(block[:, max(0, want - begin) :])

    def _append(self, block: np.ndarray) -> None:
        if self._last is not None:
            block = block[:, : max(0, self._last - self._first - self._have)]
        self._check(block.shape[1])
        self._have += block.shape[1]
        self._blocks.append(block)

    def _check(self, more: int) -> None:
        if self._have + more > self._most:
            raise MediaError(
                f"{self._path.name} is too long to be heard at once; read a shorter part."
            )

    def finished(self, expected: int | None) -> np.ndarray:
        """Everything collected, (2, S).

        Raises:
            MediaError: if there is some, but it ends before sample ``expected``.
        """
        if expected is not None and 0 < self._have < expected - self._first:
            raise MediaError(
                f"{self._path.name} breaks off before its sound ends: it is incomplete. "
                "Copy it again from its source."
            )
        nothing = np.zeros((2, 0), np.float32)
        return np.concatenate(self._blocks, axis=1) if self._blocks else nothing
