"""What the network need not predict: the part of a velocity that the noisy latent itself tells.

Shape letters: B batch, C latent channels, D detail channels, L video latent frames, h w latent
picture.

A velocity eps - x0 holds all the noise, which a narrow network would have to carry through every
block. The quiet detail channels get the best linear guess from what is seen, and the network only
what is missing, at unit size (preconditioning, Karras et al. 2022, arXiv:2206.00364, written for a
rectified flow). The loud channels add the noisy latent with a gain learned per noise level, which
starts at zero; with 1 / sigma it would predict the clean latent (cf. Li and He 2025,
arXiv:2511.13720).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.models.layers import zeroed


class Preconditioning(nn.Module):
    """Turns the network's output into a velocity.

    Attributes:
        deviation: (D,) standard deviations of the detail channels, set from data.
    """

    deviation: Tensor

    def __init__(self, channels: int, details: int, levels: int) -> None:
        """``channels`` in all, the last ``details`` of them quiet; ``levels`` wide embeddings."""
        super().__init__()
        self.gain = nn.Linear(levels, channels - details)
        self.register_buffer("deviation", torch.ones(details))
        zeroed(self.gain)

    def at_unit_size(self, noisy: Tensor, sigma: Tensor) -> Tensor:
        """Noisy latents (B, C, L, h, w) with the details as large as they are known to vary."""
        quiet = _total(sigma, self.deviation).rsqrt()
        return noisy * self._of_all(quiet.new_ones(()), quiet).to(noisy.dtype)

    def forward(self, output: Tensor, noisy: Tensor, sigma: Tensor, level: Tensor) -> Tensor:
        """The velocity.

        Args:
            output: (B, C, L, h, w) of the network.
            noisy: (B, C, L, h, w) latents it was given.
            sigma: noise level, broadcast over (B, 1, L, h, w).
            level: (B, L, levels) or (B, 1, levels), embedded levels of the frames, or of every
                latent (B, L, h, w, levels).
        """
        gain = self.gain(level).movedim(-1, 1).float()
        gain = gain[..., None, None] if gain.ndim == 3 else gain
        seen, said = linear_guess(sigma, self.deviation)
        of_noisy = self._of_all(gain, seen)
        of_output = self._of_all(said.new_ones(()), said)
        return (of_noisy * noisy.float()).addcmul_(of_output, output.float())

    def _of_all(self, loud: Tensor, quiet: Tensor) -> Tensor:
        """Factors of the loud channels, which spread over them, before those of the quiet ones."""
        spreads = torch.broadcast_shapes(loud.shape[-3:], quiet.shape[-3:])
        own = (quiet.shape[0], self.gain.out_features, *spreads)
        return torch.cat([loud.expand(own), quiet.expand(*quiet.shape[:2], *spreads)], dim=1)


def linear_guess(sigma: Tensor, deviation: Tensor) -> tuple[Tensor, Tensor]:
    """What a velocity is of the noisy latent, and of a network's unit output.

    Of channels of standard deviation ``deviation``, as factors (B, D, L, h, w). With
    x = (1 - sigma) x0 + sigma eps and variance D of x, the best linear guess of eps - x0 is
    (sigma - (1 - sigma) s^2) / D times x, and what it misses has the deviation s / sqrt(D).
    """
    spread = deviation.float().view(1, -1, 1, 1, 1)
    sigma = sigma.float()
    keep = (1 - sigma) * spread.square()
    total = _total(sigma, deviation)
    return (sigma - keep) / total, spread * total.rsqrt()


def _total(sigma: Tensor, deviation: Tensor) -> Tensor:
    """Variance D of what is seen of channels of standard deviation ``deviation``."""
    spread = deviation.float().view(1, -1, 1, 1, 1)
    sigma = sigma.float()
    return (sigma.square() + ((1 - sigma) * spread).square()).clamp_min(1e-8)
