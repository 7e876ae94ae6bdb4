"""Where the tokens of a window stand: its runs of latents, and the places of references.

Shape letters: L video latent frames, V video tokens, A audio latents per channel, N tokens.

A window is one or more runs. A run that begins a clip has a first latent of one picture; a run that
goes on has four in each. The runs of an extension follow one another in time; those of a sequence
are its shots. Places are seconds and picture heights from the picture's centre, y downwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import torch
from torch import Tensor

from engine.shapes import (
    GRID,
    SAMPLE_RATE_HZ,
    SAMPLES_PER_LATENT,
    TIME_STRIDE,
    ClipShape,
    padded,
)


@dataclass(frozen=True, kw_only=True)
class Run:
    """Latents that follow one another without a cut.

    Attributes:
        latents: L of the picture.
        audio_latents: A of the sound.
        start_s: time at which picture and sound begin.
        begins: whether the first latent covers one picture instead of four.
        shot: index of the shot that it belongs to.
    """

    latents: int
    audio_latents: int
    start_s: float = 0.0
    begins: bool = True
    shot: int = 0

    def picture_times_s(self, rate: float) -> list[float]:
        """Midpoints of what the latent frames cover."""
        lead = TIME_STRIDE - 1 if self.begins else 0
        firsts = [max(0, TIME_STRIDE * k - lead) for k in range(self.latents)]
        lasts = [TIME_STRIDE * (k + 1) - lead for k in range(self.latents)]
        return [
            self.start_s + (first + last) / 2 / rate
            for first, last in zip(firsts, lasts, strict=True)
        ]

    def sound_times_s(self) -> list[float]:
        """Midpoints of what the audio latents cover."""
        period = SAMPLES_PER_LATENT / SAMPLE_RATE_HZ
        return [self.start_s + (index + 0.5) * period for index in range(self.audio_latents)]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The runs of one window and the picture they share.

    Attributes:
        across: whether shots attend to one another; if not, each is as if it were alone.
    """

    width: int
    height: int
    rate: Fraction
    runs: tuple[Run, ...]
    across: bool = True

    @property
    def shots(self) -> int:
        """How many shots there are."""
        return 1 + max(run.shot for run in self.runs)

    @property
    def video_latents(self) -> tuple[int, int, int]:
        """(L, h, w) of all runs together."""
        latents = sum(run.latents for run in self.runs)
        return latents, padded(self.height) // 8, padded(self.width) // 8

    @property
    def audio_latents(self) -> int:
        """A of all runs together."""
        return sum(run.audio_latents for run in self.runs)

    @property
    def video_tokens(self) -> tuple[int, int, int]:
        """(L, h / 2, w / 2) of all runs together."""
        latents, height, width = self.video_latents
        return latents, height // 2, width // 2

    def shot_of_tokens(self) -> tuple[Tensor, Tensor]:
        """Shot of every video token (V,) and audio token (2A,)."""
        _, rows, columns = self.video_tokens
        video = [run.shot for run in self.runs for _ in range(run.latents * rows * columns)]
        audio = [run.shot for run in self.runs for _ in range(2 * run.audio_latents)]
        return torch.tensor(video), torch.tensor(audio)


def layout_of(shape: ClipShape) -> Layout:
    """One clip on its own."""
    run = Run(latents=shape.video_latents[0], audio_latents=shape.audio_latents)
    return Layout(width=shape.width, height=shape.height, rate=shape.rate, runs=(run,))


def in_sequence(shapes: tuple[ClipShape, ...], *, across: bool) -> Layout:
    """Shots of one size after one another.

    Shots that attend to one another share one clock; shots that do not have one each.
    """
    runs, start_s = [], 0.0
    for index, shape in enumerate(shapes):
        run = replace(layout_of(shape).runs[0], start_s=start_s if across else 0.0, shot=index)
        runs.append(run)
        start_s += shape.duration_s
    return replace(layout_of(shapes[0]), runs=tuple(runs), across=across)


def token_places(layout: Layout | ClipShape) -> tuple[Tensor, Tensor]:
    """Places of video tokens (V, 3: s, y, x) and audio tokens (2A, 2: s, x), in token order."""
    if isinstance(layout, ClipShape):
        layout = layout_of(layout)
    _, rows, columns = layout.video_tokens
    rate = float(layout.rate)
    t = torch.tensor([time for run in layout.runs for time in run.picture_times_s(rate)])
    y = ((torch.arange(rows) + 0.5) * GRID - layout.height / 2) / layout.height
    x = ((torch.arange(columns) + 0.5) * GRID - layout.width / 2) / layout.height
    video = torch.stack(torch.meshgrid(t, y, x, indexing="ij"), dim=-1).flatten(0, 2)
    edge = layout.width / layout.height / 2
    times = torch.tensor([time for run in layout.runs for time in run.sound_times_s()])
    audio = torch.stack(
        torch.meshgrid(times, torch.tensor([-edge, edge]), indexing="ij"), dim=-1
    ).flatten(0, 1)
    return video.float(), audio.float()


@dataclass(frozen=True, kw_only=True)
class RolePlace:
    """Where references of one role stand, so that no two roles share a place.

    Attributes:
        time_s: interval from here on, where the role has a time of its own.
        aligned: whether the reference's time is the clip's instead.
        y, x: shift of the picture, in picture heights.
    """

    time_s: float = 0.0
    aligned: bool = False
    y: float = 0.0
    x: float = 0.0


ROLE_SPAN_S = 16.0
ROLE_PLACES: dict[str, RolePlace] = {
    "subject": RolePlace(time_s=-32.0, y=4.0),
    "environment": RolePlace(time_s=-48.0, y=8.0),
    "style": RolePlace(time_s=-64.0, y=12.0),
    "motion": RolePlace(aligned=True, x=4.0),
    "camera": RolePlace(aligned=True, x=8.0),
    "source": RolePlace(aligned=True),
    "voice": RolePlace(time_s=-16.0),
    "music": RolePlace(aligned=True, x=4.0),
    "soundtrack": RolePlace(aligned=True, x=8.0),
}


def clip_places(role: str, latents: tuple[int, int, int], rate: float, aspect: float) -> Tensor:
    """(N, 3) places of a reference clip's tokens.

    The reference fills the picture, whatever its own size.

    Args:
        role: a role of ``ROLE_PLACES``.
        latents: (L, h, w) of the reference, which begins a clip.
        rate: pictures a second.
        aspect: width over height of the picture that it conditions.
    """
    place = ROLE_PLACES[role]
    rows, columns = latents[1] // 2, latents[2] // 2
    times = Run(latents=latents[0], audio_latents=0).picture_times_s(rate)
    t = torch.tensor(_in_interval(times, place))
    y = (torch.arange(rows) + 0.5) / rows - 0.5 + place.y
    x = ((torch.arange(columns) + 0.5) / columns - 0.5) * aspect + place.x
    return torch.stack(torch.meshgrid(t, y, x, indexing="ij"), dim=-1).flatten(0, 2).float()


def track_places(role: str, latents: int, aspect: float) -> Tensor:
    """(2A, 2) places of a reference track's tokens; left and right as the picture's edges."""
    place = ROLE_PLACES[role]
    times = Run(latents=0, audio_latents=latents).sound_times_s()
    t = torch.tensor(_in_interval(times, place))
    x = torch.tensor([-aspect / 2, aspect / 2]) + place.x
    return torch.stack(torch.meshgrid(t, x, indexing="ij"), dim=-1).flatten(0, 1).float()


def _in_interval(times_s: list[float], place: RolePlace) -> list[float]:
    if place.aligned:
        return times_s
    return [place.time_s + min(time, ROLE_SPAN_S - 1e-3) for time in times_s]
