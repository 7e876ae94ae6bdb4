"""What happens to pictures that were decoded from latents, done to true ones.

Shape letters: K pictures, T pictures of a clip, H height, W width.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.models.codecs import from_network, to_network
from engine.models.video_vae import VideoVAE


@dataclass(frozen=True, kw_only=True)
class Spoiling:
    """How pictures are made worse.

    Attributes:
        decoded: share of the clips that went through the codec.
        blurred: share of the pictures that are blurred.
        blur_px: largest deviation of the blur.
        noise: largest deviation of the noise, of 2 from black to white.
        gain: deviation of contrast and of brightness.
    """

    decoded: float = 0.5
    blurred: float = 0.4
    blur_px: float = 1.2
    noise: float = 0.08
    gain: float = 0.04


@torch.no_grad()
def decoded(video: Tensor, codec: VideoVAE) -> Tensor:
    """A clip (T, H, W, 3) uint8 encoded and decoded."""
    height, width = video.shape[1:3]
    device = codec.project.weight.device
    pictures = to_network(video[None].to(device))
    again = from_network(codec.decode(codec.encode(pictures)))
    return again[0, :, :height, :width].cpu()


def spoiled(pictures: Tensor, how: Spoiling, generator: torch.Generator) -> Tensor:
    """Pictures (K, 3, H, W) in -1..1, each blurred, noised and graded in its own measure."""
    count = len(pictures)

    def share() -> Tensor:
        return torch.rand(count, generator=generator)

    width = how.blur_px * share() * (share() < how.blurred)
    pictures = _blurred(pictures, width.clamp_min(1e-2))
    noise = how.noise * share().square().view(-1, 1, 1, 1)
    pictures = pictures + noise * torch.randn(pictures.shape, generator=generator)
    gain = 1 + how.gain * torch.randn(count, 1, 1, 1, generator=generator)
    lift = how.gain * torch.randn(count, 1, 1, 1, generator=generator)
    return (pictures * gain + lift).clamp(-1, 1)


def _blurred(pictures: Tensor, width: Tensor, reach: int = 3) -> Tensor:
    """Gaussian blur with a ``width`` (K,) in pixels of each picture's own."""
    count, colours = pictures.shape[:2]
    steps = torch.arange(-reach, reach + 1)
    kernel = torch.exp(-0.5 * (steps / width[:, None]).square())
    kernel = (kernel / kernel.sum(dim=1, keepdim=True)).repeat_interleave(colours, dim=0)
    flat = F.pad(pictures, (reach,) * 4, mode="replicate").flatten(0, 1)[None]
    groups = count * colours
    flat = F.conv2d(flat, kernel[:, None, None, :], groups=groups)
    flat = F.conv2d(flat, kernel[:, None, :, None], groups=groups)
    return flat[0].unflatten(0, (count, colours))
