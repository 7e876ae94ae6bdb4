"""A video autoencoder, causal in time: 8x8 in space, 4x in time.

Shape letters: B batch, T pictures (1 + 4k), L latent frames (1 + k), H height, W width,
h = H / 8, w = W / 8, C latent channels.

The first picture stands for a whole group of four, so that every latent frame is a group of four
pictures and one network serves them all. The encoder is linear: a projection of each 8x8x4 cell on
its principal components, set from data. The first are those of whole pictures; the rest, the
details, are those of what the first leave where bodies move, on which whole pictures spend little.
It costs a matrix product, it is final the moment it is set, and the decoder - a linear path and a
convolutional one that learns what it misses - can go on learning without any latent changing.
Full-resolution work is avoided by shuffling pixels after the last convolution (Shi et al. 2016,
arXiv:1609.05158); causality in time follows MAGVIT-v2 (Yu et al. 2023, arXiv:2310.05737).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

from engine.models.layers import zeroed
from engine.shapes import SPACE_STRIDE, TIME_STRIDE

_STEM = 4


@dataclass(frozen=True, kw_only=True)
class VideoVAEConfig:
    """Sizes of the video autoencoder.

    Attributes:
        channels: latent channels C.
        details: how many of them, the last, are for bodies in motion.
        width: channels at a quarter of the picture's resolution.
        deep: channels at an eighth.
        blocks: residual blocks at each of the two resolutions.
    """

    channels: int = 32
    details: int = 0
    width: int = 80
    deep: int = 160
    blocks: int = 3


class CausalMix(nn.Module):
    """Mixes each latent frame with the one before it; starts as nothing."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.now = nn.Conv2d(width, width, 1)
        self.before = nn.Conv2d(width, width, 1, bias=False)
        zeroed(self.now, self.before)

    def forward(self, x: Tensor, latents: int) -> Tensor:
        """(B*L, D, h, w) to the same shape."""
        grouped = rearrange(x, "(b l) d h w -> b l d h w", l=latents)
        before = F.pad(grouped[:, :-1], (0, 0, 0, 0, 0, 0, 1, 0))
        before = rearrange(before, "b l d h w -> (b l) d h w")
        return x + self.now(F.silu(x)) + self.before(F.silu(before))


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions and a causal mix over time."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.time = CausalMix(width)
        zeroed(self.second)

    def forward(self, x: Tensor, latents: int) -> Tensor:
        """(B*L, D, h, w) to the same shape."""
        x = x + self.second(F.silu(self.first(F.silu(x))))
        return self.time(x, latents)


class VideoVAE(nn.Module):
    """Pictures to latents and back.

    ``encode`` returns latents scaled to unit variance over all channels together: channels keep
    their own shares, so that what matters more to the picture is also louder in the latent.
    """

    shift: Tensor
    scale: Tensor

    def __init__(self, config: VideoVAEConfig) -> None:
        super().__init__()
        self.config = config
        cell = 3 * TIME_STRIDE * SPACE_STRIDE**2
        stem = 3 * TIME_STRIDE * _STEM**2
        self.project = nn.Linear(cell, config.channels)
        self.expand = nn.Linear(config.channels, cell)
        self.decoder_in = nn.Conv2d(config.channels, config.deep, 3, padding=1)
        self.decoder_deep = _blocks(config.deep, config.blocks)
        self.decoder_up = nn.Conv2d(config.deep, config.width * 4, 1)
        self.decoder_wide = _blocks(config.width, config.blocks)
        self.decoder_out = nn.Conv2d(config.width, stem, 3, padding=1)
        self.register_buffer("shift", torch.zeros(config.channels))
        self.register_buffer("scale", torch.ones(()))
        zeroed(self.decoder_out)

    def encode(self, pictures: Tensor) -> Tensor:
        """(B, 3, T, H, W) in -1..1, H and W multiples of 8, to (B, C, L, h, w)."""
        return self.encode_groups(as_groups(pictures))

    def encode_groups(self, groups: Tensor) -> Tensor:
        """Groups of four pictures (B, L, 3, 4, H, W), each for itself, to (B, C, L, h, w)."""
        return (self._encode_raw(groups) - self.shift.view(1, -1, 1, 1, 1)) / self.scale

    def decode(self, latents: Tensor) -> Tensor:
        """(B, C, L, h, w) to pictures (B, 3, 1 + 4(L - 1), 8h, 8w), about -1..1."""
        raw = latents * self.scale + self.shift.view(1, -1, 1, 1, 1)
        return self._decode_raw(raw)

    def decode_linear(self, latents: Tensor) -> Tensor:
        """``decode``, with its shapes, by the linear path alone: a step preview at no cost."""
        raw = latents * self.scale + self.shift.view(1, -1, 1, 1, 1)
        return from_groups(from_cells(self.expand(rearrange(raw, "b c l h w -> b l h w c"))))

    def _encode_raw(self, groups: Tensor) -> Tensor:
        return rearrange(self.project(as_cells(groups)), "b l h w c -> b c l h w")

    def _decode_raw(self, latents: Tensor) -> Tensor:
        batch, _, length = latents.shape[:3]
        linear = from_cells(self.expand(rearrange(latents, "b c l h w -> b l h w c")))
        x = rearrange(latents, "b c l h w -> (b l) c h w")
        x = self.decoder_in(x.contiguous(memory_format=torch.channels_last))
        for block in self.decoder_deep:
            x = block(x, length)
        x = F.pixel_shuffle(self.decoder_up(x), 2)
        for block in self.decoder_wide:
            x = block(x, length)
        learned = rearrange(
            self.decoder_out(F.silu(x)),
            "(b l) (c t p q) h w -> b l c t (h p) (w q)",
            b=batch,
            t=TIME_STRIDE,
            p=_STEM,
            q=_STEM,
        )
        return from_groups(linear + learned)


def channels_last(vae: VideoVAE) -> VideoVAE:
    """``vae`` with its convolutions laid out as processors like them."""
    for parameter in vae.parameters():
        if parameter.ndim == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    return vae


def _blocks(width: int, count: int) -> nn.ModuleList:
    return nn.ModuleList(ResidualBlock(width) for _ in range(count))


def as_groups(pictures: Tensor) -> Tensor:
    """(B, 3, T, H, W) to groups of four (B, L, 3, 4, H, W); the first picture is repeated."""
    first = pictures[:, :, :1].expand(-1, -1, TIME_STRIDE - 1, -1, -1)
    padded = torch.cat([first, pictures], dim=2)
    return rearrange(padded, "b c (l t) h w -> b l c t h w", t=TIME_STRIDE)


def from_groups(groups: Tensor) -> Tensor:
    """(B, L, 3, 4, H, W) to pictures (B, 3, T, H, W); the first group gives its mean."""
    first = groups[:, 0].mean(dim=2, keepdim=True)
    rest = rearrange(groups[:, 1:], "b l c t h w -> b c (l t) h w")
    return torch.cat([first, rest], dim=2)


def as_cells(groups: Tensor) -> Tensor:
    """(B, L, 3, 4, H, W) to the 8x8x4 cells (B, L, h, w, 768)."""
    return rearrange(
        groups, "b l c t (h p) (w q) -> b l h w (c t p q)", p=SPACE_STRIDE, q=SPACE_STRIDE
    )


def from_cells(cells: Tensor) -> Tensor:
    """(B, L, h, w, 768) back to groups (B, L, 3, 4, H, W)."""
    return rearrange(
        cells,
        "b l h w (c t p q) -> b l c t (h p) (w q)",
        t=TIME_STRIDE,
        p=SPACE_STRIDE,
        q=SPACE_STRIDE,
    )


@torch.no_grad()
def set_linear_path(vae: VideoVAE, pictures: Tensor, moving: Tensor | None = None) -> None:
    """Set the linear path to principal components.

    A component's latent has the square root of its standard deviation, so the loud ones stay
    louder without drowning the rest.

    Args:
        vae: changed in place.
        pictures: (B, 3, T, H, W) that the components are of.
        moving: (B, T, H, W), 1 where bodies are; the details are the components of what the
            others leave, cells counted by the share that is covered. Needed if there are any.
    """
    details = vae.config.details
    cells = as_cells(as_groups(pictures)).flatten(0, 3).double()
    mean = cells.mean(dim=0)
    cells -= mean
    basis, deviations = _components(cells, vae.config.channels - details)
    if details:
        assert moving is not None, "details are set from where bodies move"
        left = cells - (cells @ basis) @ basis.T
        masks = moving[:, None].expand(-1, 3, -1, -1, -1)
        share = as_cells(as_groups(masks)).flatten(0, 3).double().mean(dim=1, keepdim=True)
        finer, quieter = _components(left * share.sqrt(), details, share.sum())
        basis, deviations = torch.cat([basis, finer], 1), torch.cat([deviations, quieter])
    set_components(vae, basis, deviations, mean)


@torch.no_grad()
def set_components(vae: VideoVAE, basis: Tensor, deviations: Tensor, mean: Tensor) -> None:
    """Set the linear path to ``basis`` (768, C), orthonormal, with ``deviations`` (C,) of cells."""
    gain = deviations.rsqrt()
    project = basis.T * gain[:, None]
    vae.project.weight.copy_(project)
    vae.project.bias.copy_(-project @ mean)
    vae.expand.weight.copy_(basis / gain)
    vae.expand.bias.copy_(mean)


def _components(cells: Tensor, count: int, total: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """The ``count`` loudest components (768, count) of (N, 768) and their deviations."""
    covariance = cells.T @ cells / (len(cells) if total is None else total)
    values, vectors = torch.linalg.eigh(covariance)
    deviations = values.flip(0)[:count].clamp_min(1e-8).sqrt()
    return vectors.flip(1)[:, :count], deviations


@torch.no_grad()
def set_normalisation(vae: VideoVAE, pictures: Tensor) -> None:
    """Set shift and scale: latents of ``pictures`` have zero mean, the loud ones unit variance."""
    raw = vae._encode_raw(as_groups(pictures))  # noqa: SLF001
    vae.shift.copy_(raw.mean(dim=(0, 2, 3, 4)))
    centred = raw - vae.shift.view(1, -1, 1, 1, 1)
    loud = vae.config.channels - vae.config.details
    vae.scale.copy_(centred[:, :loud].square().mean().sqrt())
