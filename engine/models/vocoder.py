"""Log-mel of two channels to stereo sound through an inverse short-time Fourier transform.

Shape letters: B batch, S samples, M mel frames, F mel bands, K spectrum bins (513), D width.

The network sees only the sum of the two channels and makes one magnitude and one phase from it;
each channel's magnitude is that times the ratio of its own mel energy to the sum's. A centred
source therefore stays exactly centred and a panned one keeps its level difference. The head is
that of Vocos (Siuzdak 2023, arXiv:2306.00814); the phase is made consistent by a few iterations
of Griffin and Lim (1984). Computed in float32.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.audio_vae import BANDS, N_FFT, from_log, mel_filters, spectrum, to_log
from engine.models.layers import zeroed
from engine.shapes import HOP

_BINS = N_FFT // 2 + 1


@dataclass(frozen=True, kw_only=True)
class VocoderConfig:
    """Sizes of the vocoder; ``refine`` counts the phase iterations at inference."""

    width: int = 192
    blocks: int = 6
    bands: int = BANDS
    refine: int = 6


class FrameBlock(nn.Module):
    """ConvNeXt block over frames (Liu et al. 2022, arXiv:2201.03545)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.spread = nn.Conv1d(width, width, 7, padding=3, groups=width)
        self.norm = nn.LayerNorm(width)
        self.grow = nn.Linear(width, width * 3)
        self.shrink = nn.Linear(width * 3, width)
        zeroed(self.shrink)

    def forward(self, x: Tensor) -> Tensor:
        """(B, D, M) to the same shape."""
        hidden = self.norm(self.spread(x).transpose(1, 2))
        return x + self.shrink(F.gelu(self.grow(hidden))).transpose(1, 2)


class Vocoder(nn.Module):
    """Stereo log-mel to stereo sound."""

    window: Tensor
    spread: Tensor

    def __init__(self, config: VocoderConfig) -> None:
        super().__init__()
        self.config = config
        self.enter = nn.Conv1d(config.bands, config.width, 7, padding=3)
        self.blocks = nn.ModuleList(FrameBlock(config.width) for _ in range(config.blocks))
        self.norm = nn.LayerNorm(config.width)
        self.magnitude = nn.Linear(config.width, _BINS)
        self.phase = nn.Linear(config.width, 2 * _BINS)
        zeroed(self.magnitude)
        filters = mel_filters(config.bands)
        self.register_buffer("window", torch.hann_window(N_FFT), persistent=False)
        self.register_buffer("spread", _spreading(filters), persistent=False)

    def forward(self, mel: Tensor) -> Tensor:
        """(B, 2, F, M) log-mel to (B, 2, 250 M) sound in about -1..1."""
        linear = from_log(mel.float())
        total = linear.square().sum(dim=1).sqrt()
        sound_spectrum = self.spectrum_of(to_log(total))
        if not self.training:
            sound_spectrum = self._refined(sound_spectrum)
        shares = linear / total[:, None].clamp_min(1e-8)
        gains = torch.einsum("kf,bcfm->bckm", self.spread, shares)
        return torch.stack(
            [inverse(sound_spectrum * gains[:, c], self.window) for c in range(2)], dim=1
        )

    def spectrum_of(self, mel: Tensor) -> Tensor:
        """(B, F, M) log-mel of the sum to its complex spectrum (B, K, M)."""
        x = self.enter(mel)
        for block in self.blocks:
            x = block(x)
        x = self.norm(x.transpose(1, 2))
        coarse = torch.einsum("kf,bfm->bmk", self.spread, from_log(mel)) * (N_FFT / 4)
        magnitude = coarse * self.magnitude(x).clamp(-8, 4).exp()
        real, imaginary = self.phase(x).float().chunk(2, dim=-1)
        norm = (real.square() + imaginary.square() + 1e-6).sqrt()
        phase = torch.complex(real / norm, imaginary / norm)
        return (magnitude * phase).transpose(1, 2)

    def _refined(self, target: Tensor) -> Tensor:
        magnitude = target.abs()
        estimate = target
        for _ in range(self.config.refine):
            again = spectrum(inverse(estimate, self.window), self.window)
            estimate = magnitude * again / again.abs().clamp_min(1e-8)
        return estimate


def _spreading(filters: Tensor) -> Tensor:
    """(K, F): each bin as a weighted mean of the bands that cover it."""
    weights = filters.T
    total = weights.sum(dim=1, keepdim=True)
    nearest = torch.zeros_like(weights)
    covered = total[:, 0] > 0
    first, last = int(covered.nonzero()[0]), int(covered.nonzero()[-1])
    nearest[:first, 0] = 1
    nearest[last + 1 :, -1] = 1
    return torch.where(total > 0, weights / total.clamp_min(1e-12), nearest)


def inverse(values: Tensor, window: Tensor) -> Tensor:
    """Complex spectrum (B, K, M) back to (B, 250 M), undoing ``audio_vae.spectrum``.

    Frames are windowed, overlapped and added, and divided by the summed squared windows. (PyTorch's
    own inverse refuses frames that are not centred.)
    """
    frames = torch.fft.irfft(values, n=N_FFT, dim=1) * window[None, :, None]
    count = frames.shape[-1]
    length = (count - 1) * HOP + N_FFT
    sound = F.fold(frames, (1, length), kernel_size=(1, N_FFT), stride=(1, HOP))[:, 0, 0]
    squares = window.square()[None, :, None].expand(1, -1, count)
    norm = F.fold(squares, (1, length), kernel_size=(1, N_FFT), stride=(1, HOP))[:, 0, 0]
    pad = (N_FFT - HOP) // 2
    return (sound / norm.clamp_min(1e-3))[:, pad : pad + count * HOP]
