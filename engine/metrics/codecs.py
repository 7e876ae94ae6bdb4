"""What the codecs lose of the world's own clips: ``codecs`` rows.

- ``codecs.psnr_db`` of whole pictures and ``codecs.psnr_moving_db`` inside the bodies' masks, in dB
  of the range of bytes, per clip.
- ``codecs.onsets_within_10ms``: share of true audible contacts found that near in the decoded
  sound; ``codecs.onset_error_ms``: the median distance of those found within 60 ms.
- ``codecs.log_spectral_db``: distance of the log spectra, 80 dB deep.
- ``codecs.coherence`` (0 to 1) and ``codecs.mono_loss_db`` of a centred source, come back.

Detector: the ear; what it finds in the true sound stands beside the onsets' rows as ``truth``. The
rest is reckoned sample by sample. What else a round trip costs - steps, mouths, voices, music, cuts
- is the floor ``codec`` of every row of ``score world``.

Shape letters: N clips, T pictures, H height, W width, S samples.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from engine.metrics.evidence import ClipSet
from engine.metrics.matching import Interval, bootstrapped, pairs
from engine.metrics.onsets import hear
from engine.models.codecs import Codecs

NEAR_S = 0.01
_REACH_S = 0.06
_WINDOW, _HOP = 512, 128


def codec_scores(truth: ClipSet, decoded: ClipSet, codecs: Codecs) -> dict[str, Interval]:
    """Every figure of ``decoded``, the round trip of ``truth``."""
    assert truth.masks is not None
    rows: dict[str, Interval] = {}
    error = np.square(decoded.video.astype(np.float32) - truth.video).mean(axis=-1) / 255**2
    rows["codecs.psnr_db"] = _mean([_psnr(one.mean()) for one in error])
    moving = [_psnr(one[mask > 0].mean()) for one, mask in zip(error, truth.masks, strict=True)
              if (mask > 0).any()]  # fmt: skip
    rows["codecs.psnr_moving_db"] = _mean(moving)
    rows |= onset_scores(truth, decoded)
    distances = [
        log_spectral_distance_db(a, b) for a, b in zip(truth.sound, decoded.sound, strict=True)
    ]
    rows["codecs.log_spectral_db"] = _mean(distances)
    centred = np.repeat(truth.sound.mean(axis=1, keepdims=True), 2, axis=1)
    again = [_heard_again(one, codecs) for one in centred]
    rows["codecs.coherence"] = _mean([coherence(one) for one in again])
    rows["codecs.mono_loss_db"] = _mean([mono_loss_db(one) for one in again])
    return rows


def onset_scores(truth: ClipSet, decoded: ClipSet) -> dict[str, Interval]:
    """True audible contacts in the decoded sound: the share found within 10 ms, and how far off."""
    errors, wanted = [], []
    for sound, contacts in zip(decoded.sound, truth.contacts, strict=True):
        times = [contact.time_s for contact in contacts if contact.audible]
        heard = [one.time_s for one in hear(sound)]
        near = pairs(heard, times, _REACH_S)
        errors.append(np.array([abs(heard[i] - times[j]) for i, j in near]))
        wanted.append(len(times))

    def joined(chosen: np.ndarray) -> np.ndarray:
        return np.concatenate([errors[index] for index in chosen])

    def within(chosen: np.ndarray) -> float:
        total = sum(wanted[index] for index in chosen)
        return float((joined(chosen) <= NEAR_S).sum() / total) if total else float("nan")

    def median_ms(chosen: np.ndarray) -> float:
        offsets = joined(chosen)
        return 1000 * float(np.median(offsets)) if len(offsets) else float("nan")

    rows: dict[str, Callable[[np.ndarray], float]] = {
        "codecs.onsets_within_10ms": within,
        "codecs.onset_error_ms": median_ms,
    }
    return {name: bootstrapped(len(errors), statistic) for name, statistic in rows.items()}


def coherence(sound: NDArray[np.float32]) -> float:
    """Likeness of left and right of (2, S): 1 for a centred source."""
    left, right = sound.astype(np.float64)
    return float((left @ right) / max(np.sqrt((left @ left) * (right @ right)), 1e-12))


def mono_loss_db(sound: NDArray[np.float32]) -> float:
    """Level lost when (2, S) is summed to one channel: 0 if it is centred, 3 if unrelated."""
    both = float(np.square(sound, dtype=np.float64).mean())
    mono = float(np.square(sound.mean(axis=0, dtype=np.float64)).mean())
    return 10 * float(np.log10(max(both, 1e-12) / max(mono, 1e-12)))


def log_spectral_distance_db(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Root mean square over frequency of the log spectra's difference, averaged over time."""
    difference = _log_spectrum_db(first) - _log_spectrum_db(second)
    return float(np.sqrt(np.square(difference).mean(axis=-1)).mean())


def _log_spectrum_db(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    frames = np.lib.stride_tricks.sliding_window_view(sound, _WINDOW, axis=-1)[..., ::_HOP, :]
    spectrum = np.fft.rfft(frames * np.hanning(_WINDOW), axis=-1)
    # 80 dB below full scale is silence.
    floor = 1e-4 * _WINDOW / 4
    return 20 * np.log10(np.maximum(np.abs(spectrum), floor))


def _heard_again(sound: NDArray[np.float32], codecs: Codecs) -> NDArray[np.float32]:
    encoded = codecs.encode_audio(torch.from_numpy(sound)[None])
    return codecs.decode_audio(encoded, sound.shape[-1])[0].cpu().numpy()


def _psnr(error: float) -> float:
    return -10 * float(np.log10(max(error, 1e-10)))


def _mean(values: Sequence[float]) -> Interval:
    table = np.array(values)
    return bootstrapped(len(table), lambda chosen: float(table[chosen].mean()))
