"""What is heard in a clip beside its onsets: loudness of voices, tempo, pitch and formants.

Shape letters: S samples, E instants of an envelope, K bins.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.metrics.onsets import HOP, flux_of
from engine.shapes import SAMPLE_RATE_HZ

ENVELOPE_HZ = 100
VOICE_HZ = (150.0, 3800.0)
PITCHES_HZ = (70.0, 480.0)
TEMPOS_BPM = (80.0, 155.0)
_WINDOW = 720
# What is 34 dB below the loudest moment is not voiced.
_VOICED_DB = 34.0
_CLEAR = 0.55
_OCTAVE_BINS = 24


def voice_envelope(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    """(E,) loudness of (2, S) where voices are, 100 a second, as its cube root.

    The root is how loudness grows with power (Stevens 1957), and lets weak syllables count.
    """
    hop = SAMPLE_RATE_HZ // ENVELOPE_HZ
    power = np.zeros(1)
    for channel in sound:
        spectrum = np.abs(np.fft.rfft(_frames(channel, _WINDOW, hop), axis=1)) ** 2
        hertz = np.fft.rfftfreq(_WINDOW, 1 / SAMPLE_RATE_HZ)
        inside = (hertz >= VOICE_HZ[0]) & (hertz <= VOICE_HZ[1])
        power = power + spectrum[:, inside].sum(axis=1)
    return np.cbrt(power)


def _frames(channel: NDArray[np.float32], window: int, hop: int) -> NDArray[np.float64]:
    padded = np.pad(channel.astype(np.float64), window // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]
    return frames * np.hanning(window)


def at_times(
    envelope: NDArray[np.float64], times_s: NDArray[np.float64], lag_s: float = 0.0
) -> NDArray[np.float64]:
    """An envelope of 100 a second at other times, ``lag_s`` later."""
    return np.interp(times_s + lag_s, np.arange(len(envelope)) / ENVELOPE_HZ, envelope)


def level_db(sound: NDArray[np.float32], start_s: float, end_s: float) -> float:
    """Root mean square of (2, S) between two times, in dB of full scale; -120 for silence."""
    part = _between(sound, start_s, end_s)
    if not part.size:
        return float("nan")
    power = float(np.square(part, dtype=np.float64).mean())
    return 10 * float(np.log10(max(power, 1e-12)))


def pan_between(sound: NDArray[np.float32], start_s: float, end_s: float) -> float:
    """Where (2, S) comes from between two times, 0 left to 1 right, by constant-power panning."""
    part = _between(sound, start_s, end_s)
    if not part.size:
        return float("nan")
    left, right = np.sqrt(np.square(part, dtype=np.float64).mean(axis=1) + 1e-14)
    return float(np.arctan2(right, left) / (np.pi / 2))


def _between(sound: NDArray[np.float32], start_s: float, end_s: float) -> NDArray[np.float32]:
    first, last = (max(0, round(t * SAMPLE_RATE_HZ)) for t in (start_s, end_s))
    return sound[:, first:last]


def tempo_bpm(sound: NDArray[np.float32]) -> float:
    """Beats a minute of (2, S): the period at which its onsets look most like themselves.

    Autocorrelation of the onset strength with its first multiple, as in Ellis, "Beat tracking by
    dynamic programming" (2007), without the weighting of usual tempos; NaN without any onset.
    """
    flux = flux_of(sound).astype(np.float64)
    smooth = np.convolve(flux, np.hanning(25) / np.hanning(25).sum(), mode="same")
    smooth -= smooth.mean()
    if smooth.std() < 1e-4:
        return float("nan")
    spectrum = np.abs(np.fft.rfft(smooth, 2 * len(smooth))) ** 2
    like = np.fft.irfft(spectrum)[: len(smooth)] / np.arange(len(smooth), 0, -1)
    bpm = np.arange(TEMPOS_BPM[0], TEMPOS_BPM[1] + 0.25, 0.5)
    lags = 60.0 / bpm * SAMPLE_RATE_HZ / HOP
    index = np.arange(len(like))
    strength = np.interp(lags, index, like) + 0.5 * np.interp(2 * lags, index, like, right=0.0)
    return float(bpm[strength.argmax()])


def pitches_hz(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    """Pitches of the voiced frames of (2, S), by normalised autocorrelation (Boersma 1993)."""
    mono = sound.mean(axis=0)
    window = 1024
    frames = _frames(mono, window, SAMPLE_RATE_HZ // ENVELOPE_HZ)
    power = np.square(frames).sum(axis=1)
    loud = power > power.max(initial=1e-12) * 10 ** (-_VOICED_DB / 10)
    like = np.fft.irfft(np.abs(np.fft.rfft(frames[loud], 2 * window, axis=1)) ** 2, axis=1)
    own = np.hanning(window)
    shape = np.fft.irfft(np.abs(np.fft.rfft(own, 2 * window)) ** 2)[:window]
    like = like[:, :window] / np.maximum(like[:, :1], 1e-12) / (shape / shape[0] + 1e-3)
    first, last = (round(SAMPLE_RATE_HZ / hertz) for hertz in PITCHES_HZ[::-1])
    if not len(like):
        return np.zeros(0)
    # A period's multiples are as like as itself: the shortest that is nearly best is meant.
    range_ = like[:, first:last]
    best = range_.max(axis=1)
    lag = first + (range_ >= 0.93 * best[:, None]).argmax(axis=1)
    lag = np.array([_peak(row, int(k), last) for row, k in zip(like, lag, strict=True)])
    return SAMPLE_RATE_HZ / lag[best > _CLEAR]


def _peak(row: NDArray[np.float64], lag: int, last: int) -> float:
    """The top of the hill on whose flank a lag lies, between samples."""
    while lag + 1 < last and row[lag + 1] > row[lag]:
        lag += 1
    left, middle, right = row[lag - 1 : lag + 2]
    curve = left - 2 * middle + right
    return lag + (0.5 * (left - right) / curve if curve < -1e-9 else 0.0)


def spectral_shapes(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    """(E, K) smooth spectra of the loud instants in dB, 24 bins an octave from 700 Hz on.

    Below, harmonics of high voices lie further apart than formants are wide.
    """
    frames = _frames(sound.mean(axis=0), _WINDOW, SAMPLE_RATE_HZ // ENVELOPE_HZ)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    total = power.sum(axis=1)
    return 10 * np.log10(power[total > 0.02 * total.max(initial=1e-12)] @ _smooth().T + 1e-9)


@lru_cache(maxsize=1)
def _smooth() -> NDArray[np.float64]:
    """(K, bins) spectra to smooth ones: over half an octave, so that harmonics go."""
    hertz = np.fft.rfftfreq(_WINDOW, 1 / SAMPLE_RATE_HZ)
    where = 700.0 * 2.0 ** (np.arange(0, 3 * _OCTAVE_BINS) / _OCTAVE_BINS)
    points = np.stack([np.interp(where, hertz, one) for one in np.eye(len(hertz))])
    width = np.hanning(13) / np.hanning(13).sum()
    return np.stack([np.convolve(one, width, mode="same") for one in points], axis=1)


def formant_ratio(known: NDArray[np.float64], heard: NDArray[np.float64]) -> float:
    """How much higher the formants of ``heard`` (E, K) lie than those of ``known`` (F, K).

    The stretch at which every instant heard is most like some instant known: vowels are compared
    with their like, whatever is said. Of voices of the world saying other words it errs by 1%.
    """
    reach = _OCTAVE_BINS // 2
    if not len(known) or not len(heard):
        return float("nan")
    middle = slice(reach + 4, known.shape[1] - reach - 4)
    own = _about_own_mean(known[:, middle])

    def unlike(shift: int) -> float:
        moved = _about_own_mean(np.roll(heard, -shift, axis=1)[:, middle])
        square = np.square(own).sum(1) + np.square(moved).sum(1)[:, None] - 2 * moved @ own.T
        return float(np.sqrt(np.maximum(square.min(axis=1), 0)).mean())

    far = np.array([unlike(shift) for shift in range(-reach, reach + 1)])
    best = int(far.argmin())
    at = float(best - reach)
    if 0 < best < len(far) - 1:
        left, lowest, right = far[best - 1 : best + 2]
        at += 0.5 * (left - right) / max(left - 2 * lowest + right, 1e-9)
    return 2.0 ** (at / _OCTAVE_BINS)


def _about_own_mean(shapes: NDArray[np.float64]) -> NDArray[np.float64]:
    return shapes - shapes.mean(axis=1, keepdims=True)
