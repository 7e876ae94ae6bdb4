"""What pictures and sounds are like, whatever they show: ``picture`` and ``sound`` rows.

- ``picture.feature_distance`` and ``sound.feature_distance``: Frechet distance between Gaussians of
  features, as of FID (Heusel et al. 2017), but of the project's own encoder: means and spreads, per
  clip, of the codecs' latents. Values compare with nothing but each other.
- ``picture.psnr_db`` (60 at most), ``picture.psnr_moving_db`` inside the masks of cast and bodies,
  and ``picture.ssim`` (Wang et al. 2004) against the true clip; ``sound.log_spectral_db`` against
  the true sound.
- ``sound.silent_share`` of clips below -60 dB; ``sound.clipped_share`` of samples at full scale;
  ``sound.dc_share`` of a constant in the sound's level; ``sound.mono_share`` of clips whose true
  sound has a width and whose own has none.

Nothing is detected; truth's values are exact.
"""

from __future__ import annotations

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from engine.metrics.claims.cases import Case, Shown
from engine.metrics.claims.rows import Claim, Measured, Values, mean
from engine.metrics.claims.seeing import luma
from engine.metrics.codecs import log_spectral_distance_db
from engine.models.codecs import Codecs

_BEST_DB = 60.0
_SILENT_DB = -60.0
_WIDE = 0.02
_RIDGE = 1e-3


def features_of(shown: Shown, codecs: Codecs) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Means and spreads (2 C,) of the latents' channels, of pictures and of sound."""
    video = codecs.encode_video(torch.from_numpy(shown.video)[None])[0].cpu().flatten(1)
    audio = codecs.encode_audio(torch.from_numpy(shown.sound)[None])[0].cpu()
    sound = audio.transpose(0, 1).flatten(1)
    pair = [torch.cat([one.mean(1), one.std(1)]).double().numpy() for one in (video, sound)]
    return pair[0], pair[1]


def frechet(values: Values) -> float:
    """Distance of the Gaussians of the left and the right halves of (P, 2 D)."""
    if len(values) < 4:
        return float("nan")
    first, second = np.split(values, 2, axis=1)
    apart = float(np.square(first.mean(0) - second.mean(0)).sum())
    ridge = _RIDGE * np.eye(first.shape[1])
    a, b = np.cov(first.T) + ridge, np.cov(second.T) + ridge
    root = _root(a)
    middle = np.linalg.eigvalsh(root @ b @ root)
    return apart + float(np.trace(a + b) - 2 * np.sqrt(np.maximum(middle, 0)).sum())


def _root(square: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(square)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T


def picture_measures(case: Case, shown: Shown) -> dict[str, float]:
    """Likeness of the pictures to the true ones."""
    error = np.square(shown.video.astype(np.float64) - case.answer.video).mean(axis=-1)
    there = case.masks > 0
    pairs = zip(luma(shown.video)[::4], luma(case.answer.video)[::4], strict=True)
    return {
        "picture.psnr_db": psnr_db(float(error.mean())),
        "picture.psnr_moving_db": psnr_db(float(error[there].mean())) if there.any() else np.nan,
        "picture.ssim": float(np.mean([ssim(a, b) for a, b in pairs])),
    }


def psnr_db(error: float) -> float:
    """Of a mean squared error of bytes."""
    return min(_BEST_DB, 10 * float(np.log10(255**2 / max(error, 1e-9))))


def ssim(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Structural similarity of two (H, W) pictures in 0..1, with a Gaussian window of 1.5 px."""

    def blurred(picture: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.GaussianBlur(picture, (11, 11), 1.5), dtype=np.float32)

    a, b = blurred(first), blurred(second)
    va, vb = blurred(first * first) - a * a, blurred(second * second) - b * b
    both = blurred(first * second) - a * b
    light = (2 * a * b + 1e-4) / (a * a + b * b + 1e-4)
    return float((light * (2 * both + 9e-4) / (va + vb + 9e-4)).mean())


def sound_measures(case: Case, shown: Shown) -> dict[str, float]:
    """Faults of the sound, and its distance from the true one."""
    sound = shown.sound.astype(np.float64)
    power = float(np.square(sound).mean())
    return {
        "sound.log_spectral_db": log_spectral_distance_db(case.answer.sound, shown.sound),
        "sound.silent_share": float(10 * np.log10(max(power, 1e-12)) < _SILENT_DB),
        "sound.clipped_share": float((np.abs(sound) > 0.999).mean()),
        "sound.dc_share": float(np.abs(sound.mean(axis=1)).max() / max(np.sqrt(power), 1e-6)),
        "sound.mono_share": float(width_of(case.answer.sound) > _WIDE > 4 * width_of(shown.sound)),
    }


def width_of(sound: NDArray[np.float32]) -> float:
    """Level of the difference of left and right beside that of their sum."""
    left, right = sound.astype(np.float64)
    side, middle = np.square(left - right).mean(), np.square(left + right).mean()
    return float(np.sqrt(side / max(middle, 1e-12)))


_ROWS = {
    "picture.psnr_db": mean,
    "picture.psnr_moving_db": mean,
    "picture.ssim": mean,
    "sound.log_spectral_db": mean,
    "sound.silent_share": mean,
    "sound.clipped_share": mean,
    "sound.dc_share": mean,
    "sound.mono_share": mean,
}


def quality_claim(codecs: Codecs | None) -> Claim:
    """The claim; feature distances are left out without codecs to take features with."""
    known: dict[int, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}

    def measure(case: Case, shown: Shown) -> Measured:
        rows = picture_measures(case, shown) | sound_measures(case, shown)
        if codecs is None:
            return rows
        if id(case) not in known:
            known[id(case)] = features_of(case.answer, codecs)
        true, seen = known[id(case)], features_of(shown, codecs)
        return rows | {
            "picture.feature_distance": np.concatenate([true[0], seen[0]])[None],
            "sound.feature_distance": np.concatenate([true[1], seen[1]])[None],
        }

    rows = dict(_ROWS)
    if codecs is not None:
        rows |= {"picture.feature_distance": frechet, "sound.feature_distance": frechet}
    return Claim(name="quality", kind="cast", measure=measure, rows=rows)
