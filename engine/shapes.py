"""The lattice: how pictures, latents, mel frames and samples share one clock.

Shape letters: B batch, T pictures, H height, W width, C channels, S samples, L latent frames.

A clip of ``1 + 4k`` pictures has ``1 + k`` latent frames: the first covers one picture, each later
one four. Sound runs at 24 kHz with a hop of 250 samples (96 mel frames a second) and four mel
frames a latent (24 latents a second).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from engine.errors import RequestError

SAMPLE_RATE_HZ = 24_000
HOP = 250
MELS_PER_LATENT = 4
SAMPLES_PER_LATENT = HOP * MELS_PER_LATENT
AUDIO_LATENTS_A_SECOND = SAMPLE_RATE_HZ // SAMPLES_PER_LATENT
TIME_STRIDE = 4
SPACE_STRIDE = 8
PATCH = 2
GRID = SPACE_STRIDE * PATCH


def is_legal_frames(frames: int) -> bool:
    """Whether ``frames`` is of the form 1 + 4k, k >= 0."""
    return frames >= 1 and (frames - 1) % TIME_STRIDE == 0


def nearest_legal_frames(frames: int) -> tuple[int, int]:
    """The legal lengths at or below and at or above ``frames`` (both at least 1)."""
    k = max(0, frames - 1) // TIME_STRIDE
    below = 1 + TIME_STRIDE * k
    above = below if below >= frames else below + TIME_STRIDE
    return below, above


def padded(pixels: int) -> int:
    """``pixels`` rounded up to the grid of the patchified latent."""
    return -(-pixels // GRID) * GRID


@dataclass(frozen=True, kw_only=True)
class ClipShape:
    """Size, length and rate of one clip; everything else about its lattice follows.

    Attributes:
        width: picture width in pixels, even.
        height: picture height in pixels, even.
        frames: number of pictures, 1 + 4k.
        rate: pictures a second; 24,000 samples must divide into it exactly (12, 24, 25, 30...).

    Raises:
        RequestError: if the values are off the lattice.
    """

    width: int
    height: int
    frames: int
    rate: Fraction = Fraction(12)

    def __post_init__(self) -> None:
        if self.width < GRID or self.height < GRID or self.width % 2 or self.height % 2:
            raise RequestError(
                f"A picture of {self.width}x{self.height} cannot be made: "
                f"both sides must be even and at least {GRID} pixels."
            )
        if not is_legal_frames(self.frames):
            below, above = nearest_legal_frames(self.frames)
            raise RequestError(
                f"{self.frames} pictures do not fit the model's lattice; use {below} or {above}."
            )
        if self.rate <= 0:
            raise RequestError("The picture rate must be above zero.")

    def times(self, scale: int) -> ClipShape:
        """The same clip at ``scale`` times the width and height."""
        return replace(self, width=scale * self.width, height=scale * self.height)

    @property
    def duration_s(self) -> float:
        """Length in seconds: every picture is shown for one period of the rate."""
        return float(self.frames / self.rate)

    @property
    def samples(self) -> int:
        """Sound samples per channel that the clip lasts, at 24 kHz."""
        return round(self.frames * SAMPLE_RATE_HZ / self.rate)

    @property
    def audio_latents(self) -> int:
        """Audio latents per channel, rounded up so that the sound covers every picture."""
        return -(-self.samples // SAMPLES_PER_LATENT)

    @property
    def video_latents(self) -> tuple[int, int, int]:
        """(L, h, w) of the padded video latent."""
        return (
            1 + (self.frames - 1) // TIME_STRIDE,
            padded(self.height) // SPACE_STRIDE,
            padded(self.width) // SPACE_STRIDE,
        )

    @property
    def video_tokens(self) -> tuple[int, int, int]:
        """(L, h, w) of the patchified video latent."""
        latents, height, width = self.video_latents
        return latents, height // PATCH, width // PATCH


def video_token_times_s(latents: int, rate: float) -> list[float]:
    """Midpoint, in seconds, of the interval that each latent frame covers."""
    times = [0.5 / rate]
    times += [(1 + TIME_STRIDE * k + TIME_STRIDE / 2) / rate for k in range(latents - 1)]
    return times[:latents]


def audio_token_times_s(latents: int) -> list[float]:
    """Midpoint, in seconds, of the interval that each audio latent covers."""
    period = SAMPLES_PER_LATENT / SAMPLE_RATE_HZ
    return [(index + 0.5) * period for index in range(latents)]


def clip_size(shape: ClipShape) -> tuple[int, int]:
    """Width and height in pixels at which reference clips are encoded: half, on the grid."""
    return padded(shape.width // 2), padded(shape.height // 2)
