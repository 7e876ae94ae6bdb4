"""The filters of loudness (ITU-R BS.1770-4), for sound that comes in blocks.

Shape letters: C channels, S samples, N samples that are filtered at once, K runs of N.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import pi, tan

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_RUN = 256
_TAPS = 49
_RATES = 4


@dataclass(frozen=True)
class _Response:
    """What the two filters of annex 1 make of N samples; nobody writes to it.

    Attributes:
        seen: what is heard of the samples themselves, (N, N).
        recalled: what is heard of the filters' memory, (4, N).
        kept: what the filters remember of the samples, (N, 4).
        steps: how their memory goes on by 0 to N samples, (4, 4) each.
    """

    seen: Numbers
    recalled: Numbers
    kept: Numbers
    steps: tuple[Numbers, ...]


@lru_cache(maxsize=_RATES)
def _response(rate_hz: int) -> _Response:
    """The filters at a rate, reckoned once: every run of playing is measured by them."""
    step, into, out, through = _in_a_row(_shelf(rate_hz), _cut(rate_hz))
    powers = [np.eye(4)]
    for _ in range(_RUN):
        powers.append(step @ powers[-1])
    impulse = np.array([through, *(float((out @ power @ into)[0, 0]) for power in powers[:-2])])
    behind = np.subtract.outer(np.arange(_RUN), np.arange(_RUN))
    return _Response(
        seen=np.where(behind >= 0, impulse[np.maximum(behind, 0)], 0.0).T,
        recalled=np.concatenate([out @ power for power in powers[:-1]]).T,
        kept=np.concatenate([(power @ into).T for power in powers[-2::-1]]),
        steps=tuple(power.T for power in powers),
    )


class KWeighting:
    """The two filters of annex 1 in a row: a shelf for the head and a cut of what is low.

    The recommendation gives their numbers for 48 kHz. For other rates they are made from the
    analogue filters behind those numbers. A recursion from sample to sample would be slow here, so
    N samples are one product with a matrix, and only the four numbers that a filter remembers go
    from one run to the next.
    """

    def __init__(self, rate_hz: int, channels: int) -> None:
        """Filter sound of ``rate_hz`` with this many channels."""
        self._response = _response(rate_hz)
        self._state: Numbers = np.zeros((channels, 4))

    def weigh(self, block: NDArray[np.floating]) -> Numbers:
        """The next samples (C, S), weighted."""
        answer = self._response
        channels, samples = block.shape
        runs, rest = divmod(samples, _RUN)
        whole = block[:, : runs * _RUN].astype(np.float64).reshape(channels, runs, _RUN)
        kept, states = whole @ answer.kept, np.empty((channels, runs, 4))
        for run in range(runs):
            states[:, run] = self._state
            self._state = self._state @ answer.steps[_RUN] + kept[:, run]
        weighted = (whole @ answer.seen + states @ answer.recalled).reshape(channels, -1)
        if not rest:
            return weighted
        last = block[:, runs * _RUN :].astype(np.float64)
        tail = last @ answer.seen[:rest, :rest] + self._state @ answer.recalled[:, :rest]
        self._state = self._state @ answer.steps[rest] + last @ answer.kept[_RUN - rest :]
        return np.concatenate([weighted, tail], axis=1)


class TruePeaks:
    """The largest value of a sound, between its samples too (annex 2).

    The sound is interpolated four times, above 96 kHz twice, by a sinc in a Hann window.
    """

    def __init__(self, rate_hz: int, channels: int) -> None:
        """Measure sound of ``rate_hz`` with this many channels."""
        times = 4 if rate_hz < 96_000 else 2 if rate_hz < 192_000 else 1
        taps = np.arange(_TAPS)
        wave = np.sinc((taps - _TAPS // 2) / times) * np.hanning(_TAPS)
        self._between = [wave[first::times].astype(np.float32) for first in range(times)]
        self._last = np.zeros((channels, max(map(len, self._between)) - 1), np.float32)
        self.largest = 0.0

    def add(self, block: NDArray[np.floating]) -> None:
        """Take the next samples, (C, S)."""
        self.largest = max(self.largest, float(np.max(np.abs(block), initial=0.0)))
        sound = np.concatenate([self._last, block.astype(np.float32)], axis=1)
        for channel in sound:
            for taps in self._between:
                between = np.convolve(channel, taps, "valid")
                self.largest = max(self.largest, float(np.max(np.abs(between), initial=0.0)))
        self._last = sound[:, sound.shape[1] - self._last.shape[1] :]


_Filter = tuple[Numbers, Numbers, Numbers, float]
"""Of a filter: how its memory goes on, (M, M); what enters it, (M, 1); what it gives, (1, M); and
what passes at once."""


def _biquad(b: tuple[float, float, float], a1: float, a2: float) -> _Filter:
    b0, b1, b2 = b
    step = np.array([[-a1, 1.0], [-a2, 0.0]])
    return step, np.array([[b1 - a1 * b0], [b2 - a2 * b0]]), np.array([[1.0, 0.0]]), b0


def _shelf(rate_hz: int) -> _Filter:
    k, q = tan(pi * 1681.974450955533 / rate_hz), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    middle = high**0.4996667741545416
    whole = 1 + k / q + k * k
    b = (
        (high + middle * k / q + k * k) / whole,
        2 * (k * k - high) / whole,
        (high - middle * k / q + k * k) / whole,
    )
    return _biquad(b, 2 * (k * k - 1) / whole, (1 - k / q + k * k) / whole)


def _cut(rate_hz: int) -> _Filter:
    k, q = tan(pi * 38.13547087602444 / rate_hz), 0.5003270373238773
    whole = 1 + k / q + k * k
    return _biquad((1.0, -2.0, 1.0), 2 * (k * k - 1) / whole, (1 - k / q + k * k) / whole)


def _in_a_row(first: _Filter, second: _Filter) -> _Filter:
    """One filter that does what two do."""
    step1, into1, out1, through1 = first
    step2, into2, out2, through2 = second
    step = np.block([[step1, np.zeros((2, 2))], [into2 @ out1, step2]])
    into = np.concatenate([into1, into2 * through1])
    return step, into, np.concatenate([through2 * out1, out2], axis=1), through1 * through2
