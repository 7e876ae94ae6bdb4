"""The loudness of an export: measured, and brought to a target without peaks above a ceiling.

Shape letters: S samples. Sound is float32 (2, S).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.media import SILENCE_DB, LoudnessMeter, resample

Sound = NDArray[np.float32]

_OVERSAMPLING = 4
_REACH_S = 0.008
_PASSES = 5
_CLOSE_DB = 0.1
_MOST_LIMITING_DB = 9.0
_MOST_GAIN_DB = 30.0
_MARGIN_DB = 0.2
_BLOCK = 1 << 18
_RESAMPLER_REACH = 1_024


@dataclass(frozen=True, kw_only=True)
class Loudness:
    """How loud something is.

    Attributes:
        lufs: integrated, after ITU-R BS.1770-4; ``SILENCE_DB`` where it is silent.
        true_peak_db: the largest value, between samples too.
    """

    lufs: float
    true_peak_db: float

    @property
    def is_silent(self) -> bool:
        """Whether it has no loudness: nothing is heard, or too little, or for less than 0.4 s."""
        return self.lufs <= SILENCE_DB

    @property
    def is_heard(self) -> bool:
        """Whether anything is."""
        return self.true_peak_db > SILENCE_DB

    @property
    def words(self) -> str:
        """The figures as a director reads them."""
        if not self.is_heard:
            return "silent"
        if self.is_silent:
            return f"too short or quiet for a loudness, peaks at {self.true_peak_db:.1f} dBTP"
        return f"{self.lufs:.1f} LUFS, peaks at {self.true_peak_db:.1f} dBTP"


@dataclass(frozen=True, kw_only=True, eq=False)
class Heard:
    """A sound (2, S), and how loud it is."""

    sound: Sound
    loudness: Loudness


def shown_by(meter: LoudnessMeter) -> Loudness:
    """The loudness of what a meter was given."""
    reading = meter.read()
    return Loudness(lufs=reading.integrated_lufs, true_peak_db=reading.true_peak_db)


def brought_to(
    heard: Heard,
    rate_hz: int,
    target_lufs: float,
    ceiling_db: float,
    *,
    into: Sound | None = None,
    tell: Callable[[float], None] = lambda _share: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Heard | None:
    """The same sound with one gain for all of it, and its peaks held below ``ceiling_db``.

    Peaks give way by 9 dB at the most: a sound of which only the peaks are loud stays quieter
    than the target rather than being flattened.

    Args:
        heard: the sound, and how loud it is.
        rate_hz: of the sound.
        target_lufs: what it is brought to.
        ceiling_db: true peak that it never exceeds, in dBTP.
        into: room for the result; made if None.
        tell: told how much is done, from 0 to 1. How many passes it takes shows only as they are
            made, so that each is told as half of what is left.
        stopped: asked before every block.

    Returns:
        ``None`` if it was stopped.
    """
    sound, before = heard.sound, heard.loudness
    if before.is_silent:
        return heard
    result = np.empty(sound.shape, np.float32) if into is None else into
    most_db = min(_MOST_GAIN_DB, ceiling_db + _MOST_LIMITING_DB - before.true_peak_db)
    gain_db = min(most_db, target_lufs - before.lufs)
    after, left = before, 1.0
    for number in range(1, _PASSES + 1):
        # A gain alone changes the loudness by just as much: only peaks that give way take more
        # passes, and have to be looked for.
        gives_way = before.true_peak_db + gain_db > ceiling_db - _MARGIN_DB
        share = left / 2 if gives_way and number < _PASSES else left
        meter, gain = LoudnessMeter(rate_hz), 10 ** (gain_db / 20)
        blocks = limited(sound, rate_hz, ceiling_db, gain) if gives_way else scaled(sound, gain)
        for at, block in blocks:
            if stopped():
                return None
            until = at + block.shape[1]
            result[:, at:until] = block
            meter.add(block)
            tell(1.0 - left + share * until / sound.shape[1])
        left -= share
        after = shown_by(meter)
        short_db = target_lufs - after.lufs
        if abs(short_db) < _CLOSE_DB or (short_db > 0 and gain_db >= most_db):
            break
        gain_db = min(most_db, gain_db + short_db)
    tell(1.0)
    return Heard(sound=result, loudness=after)


def scaled(sound: Sound, gain: float) -> Iterator[tuple[int, Sound]]:
    """``sound`` times ``gain``, in blocks (2, n), each with the sample at which it begins."""
    for at in range(0, sound.shape[1], _BLOCK):
        yield at, sound[:, at : at + _BLOCK] * np.float32(gain)


def limited(
    sound: Sound, rate_hz: int, ceiling_db: float, gain: float = 1.0
) -> Iterator[tuple[int, Sound]]:
    """``sound`` times ``gain``, turned down around every peak above ``ceiling_db``, ahead of it.

    The gain at a sample is the mean, over a window, of the least gains that the window around each
    needs; each of those windows reaches the sample, so that the mean is never too large for it.
    Blocks are worked on with what lies around them, as far as the windows reach.

    Yields:
        Blocks as ``scaled`` does.
    """
    reach = 4 * int(_REACH_S * rate_hz) + _RESAMPLER_REACH
    for at in range(0, sound.shape[1], _BLOCK):
        until = min(at + _BLOCK, sound.shape[1])
        first, last = max(0, at - reach), min(sound.shape[1], until + reach)
        block = _limited_block(sound[:, first:last] * np.float32(gain), rate_hz, ceiling_db)
        yield at, block[:, at - first : until - first]


def _limited_block(sound: Sound, rate_hz: int, ceiling_db: float) -> Sound:
    ceiling = 10 ** ((ceiling_db - _MARGIN_DB) / 20)
    peaks = _envelope(sound, rate_hz)
    if float(np.max(peaks, initial=0.0)) <= ceiling:
        return sound
    needed = (ceiling / np.maximum(peaks, ceiling)).astype(np.float32)[None]
    window = 2 * int(_REACH_S * rate_hz) + 1
    kernel = np.ones((1, window), np.uint8)
    least = cv2.erode(needed, kernel, borderType=cv2.BORDER_REPLICATE)
    gain = cv2.blur(least, (window, 1), borderType=cv2.BORDER_REPLICATE)
    return (sound * gain).astype(np.float32)


def _envelope(sound: Sound, rate_hz: int) -> NDArray[np.float32]:
    """The largest value around each sample (S,), of both channels and between samples."""
    samples = sound.shape[1]
    finer = np.max(np.abs(resample(sound, rate_hz, rate_hz * _OVERSAMPLING)), axis=0)
    finer = np.pad(finer, (0, max(0, samples * _OVERSAMPLING - len(finer))))
    between = finer[: samples * _OVERSAMPLING].reshape(samples, _OVERSAMPLING).max(axis=1)
    before = np.concatenate([between[:1], between[:-1]])
    return np.maximum.reduce([between, before, np.max(np.abs(sound), axis=0)]).astype(np.float32)
