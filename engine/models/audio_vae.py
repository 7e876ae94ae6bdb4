"""Log-mel analysis and the sound autoencoder: four mel frames a latent, one channel at a time.

Shape letters: B batch, S samples, M mel frames, F mel bands, L latents, C latent channels.

Left and right are encoded alone by the same network; they meet again in the vocoder.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

from engine.models.layers import zeroed
from engine.shapes import HOP, MELS_PER_LATENT, SAMPLE_RATE_HZ

N_FFT = 1024
BANDS = 80
FLOOR = 1e-5


def mel_filters(bands: int = BANDS, n_fft: int = N_FFT, rate_hz: int = SAMPLE_RATE_HZ) -> Tensor:
    """Triangular filters (F, n_fft / 2 + 1) spaced on the mel scale (O'Shaughnessy 1987)."""
    top = 2595 * np.log10(1 + rate_hz / 2 / 700)
    edges_hz = 700 * (10 ** (np.linspace(0, top, bands + 2) / 2595) - 1)
    bins_hz = np.linspace(0, rate_hz / 2, n_fft // 2 + 1)
    rising = (bins_hz[None] - edges_hz[:-2, None]) / (edges_hz[1:-1] - edges_hz[:-2])[:, None]
    falling = (edges_hz[2:, None] - bins_hz[None]) / (edges_hz[2:] - edges_hz[1:-1])[:, None]
    filters = np.maximum(0, np.minimum(rising, falling))
    filters /= np.maximum(filters.sum(axis=1, keepdims=True), 1e-8)
    return torch.from_numpy(filters.astype(np.float32))


def spectrum(sound: Tensor, window: Tensor) -> Tensor:
    """Complex spectrum (B, 513, M) of (B, S); frame m is centred on sample (m + 0.5) * 250.

    S must be a multiple of 250, so that M = S / 250 exactly and latents tile the clip.
    """
    pad = (N_FFT - HOP) // 2
    padded = F.pad(sound, (pad, N_FFT - HOP - pad))
    return torch.stft(padded, N_FFT, HOP, window=window, center=False, return_complex=True)


class LogMel(nn.Module):
    """Natural-log mel magnitudes, floored at 1e-5 and scaled to about -1..1."""

    filters: Tensor
    window: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("filters", mel_filters(), persistent=False)
        self.register_buffer("window", torch.hann_window(N_FFT), persistent=False)

    def forward(self, sound: Tensor) -> Tensor:
        """(B, S) in -1..1 to (B, F, M)."""
        magnitude = spectrum(sound.float(), self.window).abs() / (N_FFT / 4)
        return to_log(torch.einsum("fk,bkm->bfm", self.filters, magnitude))


def to_log(mel: Tensor) -> Tensor:
    """Linear mel magnitudes (...) to the network's scale."""
    return (mel.clamp_min(FLOOR).log() + 7.0) / 4.0


def from_log(mel: Tensor) -> Tensor:
    """The network's scale (...) to linear mel magnitudes."""
    return (mel * 4.0 - 7.0).exp()


@dataclass(frozen=True, kw_only=True)
class AudioVAEConfig:
    """Sizes of the sound autoencoder."""

    channels: int = 16
    width: int = 256
    blocks: int = 3
    bands: int = BANDS


class TimeBlock(nn.Module):
    """A depthwise convolution over five steps and a pointwise network, added to the input."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.spread = nn.Conv1d(width, width, 5, padding=2, groups=width)
        self.norm = nn.LayerNorm(width)
        self.grow = nn.Linear(width, width * 2)
        self.shrink = nn.Linear(width * 2, width)
        zeroed(self.shrink)

    def forward(self, x: Tensor) -> Tensor:
        """(B, D, L) to the same shape."""
        hidden = self.norm(self.spread(x).transpose(1, 2))
        return x + self.shrink(F.gelu(self.grow(hidden))).transpose(1, 2)


class AudioVAE(nn.Module):
    """Log-mel frames to latents and back, with a linear path set from principal components."""

    shift: Tensor
    scale: Tensor

    def __init__(self, config: AudioVAEConfig) -> None:
        super().__init__()
        self.config = config
        cell = config.bands * MELS_PER_LATENT
        self.project = nn.Conv1d(cell, config.channels, 1)
        self.expand = nn.Conv1d(config.channels, cell, 1)
        self.encoder_in = nn.Conv1d(cell, config.width, 1)
        self.encoder = nn.ModuleList(TimeBlock(config.width) for _ in range(config.blocks))
        self.encoder_out = nn.Conv1d(config.width, config.channels, 1)
        self.decoder_in = nn.Conv1d(config.channels, config.width, 1)
        self.decoder = nn.ModuleList(TimeBlock(config.width) for _ in range(config.blocks))
        self.decoder_out = nn.Conv1d(config.width, cell, 1)
        self.register_buffer("shift", torch.zeros(config.channels))
        self.register_buffer("scale", torch.ones(()))
        zeroed(self.encoder_out, self.decoder_out)

    def encode(self, mel: Tensor) -> Tensor:
        """(B, F, M), M a multiple of 4, to (B, C, M / 4), unit variance over all channels."""
        return (self._encode_raw(mel) - self.shift.view(1, -1, 1)) / self.scale

    def decode(self, latents: Tensor) -> Tensor:
        """(B, C, L) to (B, F, 4L)."""
        return self._decode_raw(latents * self.scale + self.shift.view(1, -1, 1))

    def _encode_raw(self, mel: Tensor) -> Tensor:
        cells = rearrange(mel, "b f (l m) -> b (f m) l", m=MELS_PER_LATENT)
        x = self.encoder_in(cells)
        for block in self.encoder:
            x = block(x)
        return self.project(cells) + self.encoder_out(x)

    def _decode_raw(self, latents: Tensor) -> Tensor:
        x = self.decoder_in(latents)
        for block in self.decoder:
            x = block(x)
        cells = self.expand(latents) + self.decoder_out(x)
        return rearrange(cells, "b (f m) l -> b f (l m)", m=MELS_PER_LATENT)


@torch.no_grad()
def set_linear_path(vae: AudioVAE, mel: Tensor) -> None:
    """Set the linear path to the principal components of ``mel`` (B, F, M)."""
    cells = rearrange(mel, "b f (l m) -> (b l) (f m)", m=MELS_PER_LATENT).double()
    mean = cells.mean(dim=0)
    covariance = (cells - mean).T @ (cells - mean) / len(cells)
    values, vectors = torch.linalg.eigh(covariance)
    count = vae.config.channels
    deviations = values.flip(0)[:count].clamp_min(1e-8).sqrt()
    basis = vectors.flip(1)[:, :count]
    gain = deviations.rsqrt()
    project = basis.T * gain[:, None]
    assert vae.project.bias is not None
    assert vae.expand.bias is not None
    vae.project.weight.copy_(project[:, :, None])
    vae.project.bias.copy_(-project @ mean)
    vae.expand.weight.copy_((basis / gain)[:, :, None])
    vae.expand.bias.copy_(mean)


@torch.no_grad()
def set_normalisation(vae: AudioVAE, mel: Tensor) -> None:
    """Set shift and scale so that latents of ``mel`` have zero mean and unit variance."""
    raw = vae._encode_raw(mel)  # noqa: SLF001
    vae.shift.copy_(raw.mean(dim=(0, 2)))
    vae.scale.copy_((raw - vae.shift.view(1, -1, 1)).square().mean().sqrt())
