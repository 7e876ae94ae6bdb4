"""The lattice of LTX-2.x: how pictures, latents and samples share one clock.

Shape letters: C channels, L latent frames, h w latent picture, M latent mels, A audio latents,
T pictures, H height, W width, S samples.

A clip of ``1 + sk`` pictures has ``1 + k`` latent frames, ``s`` being the stride in time. Audio
latents hold both channels; the first covers one mel frame, each later one four.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.models.signals import Latents

_MELS_PER_LATENT = 4
_FADE_S = 0.01


@dataclass(frozen=True, kw_only=True)
class Lattice:
    """Strides, channels and rates of one set of weights."""

    time_stride: int
    space_stride: int
    channels: int
    audio_channels: int
    audio_mels: int
    audio_latents_per_s: Fraction
    sample_rate_hz: int


def lattice_of(configs: dict[str, dict[str, Any]]) -> Lattice:
    """The lattice that the components' configurations describe."""
    transformer, audio = configs["transformer"], configs["audio_vae"]
    strides = transformer.get("vae_scale_factors", (8, 32, 32))
    mels = audio.get("sample_rate", 16000) / Fraction(audio.get("mel_hop_length", 160))
    return Lattice(
        time_stride=strides[0],
        space_stride=strides[1],
        channels=transformer.get("in_channels", 128),
        audio_channels=audio.get("latent_channels", 8),
        audio_mels=(audio.get("mel_bins") or 64) // _MELS_PER_LATENT,
        audio_latents_per_s=mels / _MELS_PER_LATENT,
        sample_rate_hz=configs["vocoder"].get("output_sampling_rate", 24000),
    )


@dataclass(frozen=True, kw_only=True)
class Window:
    """What is denoised in one go, of which a take may be a part."""

    lattice: Lattice
    width: int
    height: int
    frames: int
    rate: Fraction

    @property
    def padded(self) -> tuple[int, int]:
        """Width and height on the grid of the latents."""
        stride = self.lattice.space_stride
        return -(-self.width // stride) * stride, -(-self.height // stride) * stride

    @property
    def video_latents(self) -> tuple[int, int, int]:
        """(L, h, w)."""
        width, height = self.padded
        stride = self.lattice.space_stride
        return (
            1 + (self.frames - 1) // self.lattice.time_stride,
            height // stride,
            width // stride,
        )

    @property
    def audio_latents(self) -> int:
        """How many cover the clip, as the weights were trained."""
        return max(1, round(self.frames / self.rate * self.lattice.audio_latents_per_s))

    @property
    def samples(self) -> int:
        """Of the sound of the whole window."""
        return self.samples_at(self.frames)

    @property
    def tokens(self) -> int:
        """Of the picture."""
        return math.prod(self.video_latents)

    def samples_at(self, picture: int) -> int:
        """Where in the sound ``picture`` begins."""
        return round(picture / self.rate * self.lattice.sample_rate_hz)

    def noise(self, seed: int) -> Latents:
        """Picture (1, C, L, h, w) and sound (1, C, M, A), drawn on the processor."""
        lattice = self.lattice
        picture = torch.Generator().manual_seed(seed)
        sound = torch.Generator().manual_seed(seed ^ 0x5EED_50DA)
        return Latents(
            video=torch.randn(1, lattice.channels, *self.video_latents, generator=picture),
            audio=torch.randn(
                1, lattice.audio_channels, lattice.audio_mels, self.audio_latents, generator=sound
            ),
        )

    def picture_runs(self) -> list[tuple[int, int]]:
        """First and last-plus-one picture of every latent frame."""
        ends = [1 + self.lattice.time_stride * index for index in range(self.video_latents[0])]
        return list(zip([0, *ends[:-1]], ends, strict=True))

    def frame_of(self, picture: int) -> int:
        """The latent frame that covers ``picture``."""
        return -(-picture // self.lattice.time_stride)

    def kept(self, span: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """(L,) and (A,) bool, True where latents lie wholly outside the pictures of ``span``."""
        runs = self.picture_runs()
        video = [last <= span[0] or first >= span[1] for first, last in runs]
        per_latent = self.rate / self.lattice.audio_latents_per_s
        audio = [
            (index + 1) * per_latent <= span[0] or index * per_latent >= span[1]
            for index in range(self.audio_latents)
        ]
        return torch.tensor(video), torch.tensor(audio)

    def region(self, mask: NDArray[np.bool_]) -> Tensor:
        """A painted mask (T, H, W) as latents (L, h, w) bool that may change."""
        stride = self.lattice.space_stride
        width, height = self.padded
        _, rows, columns = self.video_latents
        painted = np.zeros((self.frames, height, width), dtype=bool)
        painted[:, : mask.shape[1], : mask.shape[2]] = mask
        cells = painted.reshape(self.frames, rows, stride, columns, stride)
        runs = [cells[first:last].any(axis=(0, 2, 4)) for first, last in self.picture_runs()]
        return torch.from_numpy(np.stack(runs))

    def new_pictures(
        self, span: tuple[int, int], mask: NDArray[np.bool_] | None
    ) -> Callable[[], Iterator[NDArray[np.float32]]] | None:
        """Makes the share (H, W) of every picture that is new; ``None`` where all of all are.

        That is all of the span, or its painted part, faded out.
        """
        if mask is None and span[0] <= 0 and span[1] >= self.frames:
            return None
        size = (self.height, self.width)

        def shares() -> Iterator[NDArray[np.float32]]:
            for index in range(self.frames):
                if not span[0] <= index < span[1]:
                    yield np.zeros(size, dtype=np.float32)
                elif mask is None:
                    yield np.ones(size, dtype=np.float32)
                else:
                    yield self._faded(mask[index])

        return shares

    def new_sound(self, span: tuple[int, int]) -> NDArray[np.float32]:
        """(S,) share of the new sound, faded inside the span."""
        share = np.zeros(self.samples, dtype=np.float32)
        first, last = self.samples_at(max(0, span[0])), self.samples_at(min(self.frames, span[1]))
        share[first:last] = 1.0
        ramp = np.linspace(0, 1, max(2, round(_FADE_S * self.lattice.sample_rate_hz)))[1:]
        ramp = ramp[: max(0, last - first)].astype(np.float32)
        if first > 0:
            share[first : first + len(ramp)] = ramp
        if last < self.samples:
            share[last - len(ramp) : last] = np.minimum(share[last - len(ramp) : last], ramp[::-1])
        return share

    def _faded(self, mask: NDArray[np.bool_]) -> NDArray[np.float32]:
        far = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
        return np.clip(1 - far / (self.lattice.space_stride + 1), 0, 1).astype(np.float32)
