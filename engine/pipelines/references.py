"""References of a request as tokens: encoded once, kept by content.

Shape letters: C latent channels, L latent frames, h w latent picture, A audio latents, T pictures,
H height, W width, S samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.models.context import ReferenceTokens
from engine.models.layout import clip_places, track_places
from engine.models.pathways import ROLES, SLOTS
from engine.pipelines.model import Model
from engine.recent_bytes import RecentBytes
from engine.shapes import ClipShape

# Two shots' worth of nine pictures, three clips, three tracks and a source, of 15 s at 256x144 and
# 24 a second: 33 MB a shot. With what is prepared of them (`diffusion.prepared`) and the delivered
# weights it is within what a loaded model is said to take.
_MOST_BYTES = 2**26


class EncodedCache(RecentBytes[Tensor]):
    """Latents of the last references and sources, by what they were made from."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        super().__init__(most_bytes, lambda latents: latents.nbytes)


@dataclass(frozen=True, kw_only=True)
class StreamReference:
    """A clip (1, C, L, h, w) or track (1, 2, C, A) that conditions a render.

    Attributes:
        slot: of its tag, from 0.
        weight: 1 is normal.
    """

    latents: Tensor
    role: str
    slot: int
    weight: float = 1.0

    @property
    def is_clip(self) -> bool:
        """Whether it is a clip, not a track."""
        return self.latents.ndim == 5


def encode_sound(model: Model, sound: NDArray[np.float32]) -> Tensor:
    """(2, S) to latents (1, 2, C, A)."""
    return model.codecs.encode_audio(torch.from_numpy(sound)[None]).clone()


def reference_tokens(
    model: Model, references: tuple[StreamReference, ...], shape: ClipShape
) -> tuple[tuple[ReferenceTokens, ...], tuple[ReferenceTokens, ...]]:
    """Clips and tracks as the network takes them."""
    clips, tracks = [], []
    aspect = shape.width / shape.height
    for reference in references:
        latents = reference.latents.to(model.device)
        if reference.is_clip:
            sizes = (latents.shape[2], latents.shape[3], latents.shape[4])
            places = clip_places(reference.role, sizes, float(shape.rate), aspect)
        else:
            places = track_places(reference.role, latents.shape[-1], aspect)
        tokens = ReferenceTokens(
            latents=latents,
            roles=torch.tensor([ROLES.index(reference.role)], device=model.device),
            slots=torch.tensor([min(reference.slot, SLOTS - 1)], device=model.device),
            places=places.to(model.device),
            weights=torch.tensor([reference.weight], device=model.device),
        )
        (clips if reference.is_clip else tracks).append(tokens)
    return tuple(clips), tuple(tracks)
