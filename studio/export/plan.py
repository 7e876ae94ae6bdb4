"""The plan of an export: which part of a film, at what size and rate, into which file."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from studio.document.film import Film, Timeline
from studio.document.queries import play_range, timeline_end
from studio.document.timebase import conformed_length, held_picture, samples_at
from studio.export.presets import ExportError, Preset, preset_for

MAX_SIDE_PX = 8_192
TRUE_PEAK_DB = -1.0


class PictureSource(Protocol):
    """Where the pictures come from: the same that the player shows."""

    def picture(self, frame: int) -> NDArray[np.uint8]:
        """The picture of a frame of the cut, (H, W, 3), RGB."""
        ...


class SoundSource(Protocol):
    """Where the sound comes from: the same that the player lets hear."""

    @property
    def faults(self) -> tuple[str, ...]:
        """Why some of it is silent, a sentence each."""
        ...

    def mix(self, start: int, samples: int) -> NDArray[np.float32]:
        """Left and right (2, S) from a sample of the cut on."""
        ...


@dataclass(frozen=True, kw_only=True)
class ExportPlan:
    """All that an export needs to know, beside its sources.

    Attributes:
        start, end: the first frame of the cut, and the one after the last.
        film_rate: of the cut; ``rate`` is the file's.
        loudness_lufs: what the sound is brought to; ``None`` leaves it as it is.
        true_peak_db: what it never exceeds once it is brought to a loudness.
    """

    path: Path
    preset: Preset
    start: int
    end: int
    film_rate: Fraction
    rate: Fraction
    width: int
    height: int
    sample_rate_hz: int
    loudness_lufs: float | None = None
    true_peak_db: float = TRUE_PEAK_DB

    @property
    def frames(self) -> int:
        """Pictures of the file."""
        return conformed_length(self.end - self.start, self.film_rate, self.rate)

    def film_frame(self, index: int) -> int:
        """The frame of the cut that picture ``index`` of the file shows."""
        held = held_picture(index, self.film_rate, self.rate)
        return min(self.end - 1, self.start + held)

    @property
    def sample_span(self) -> tuple[int, int]:
        """The samples of the cut that are exported: the first, and the one after the last."""
        first = samples_at(self.start, self.film_rate, self.sample_rate_hz)
        return first, samples_at(self.end, self.film_rate, self.sample_rate_hz)

    @property
    def duration_s(self) -> Fraction:
        """Length of what is exported."""
        return (self.end - self.start) / self.film_rate


def plan_export(
    film: Film,
    timeline: Timeline,
    path: Path,
    *,
    preset: Preset | None = None,
    span: tuple[int, int] | None = None,
    width: int | None = None,
    height: int | None = None,
    rate: Fraction | None = None,
    loudness_lufs: float | None = None,
) -> ExportPlan:
    """The plan for a timeline of ``film``.

    Args:
        film: as it is now.
        timeline: one of its timelines.
        path: where the file will be.
        preset: what it will be; by the ending of ``path`` if None.
        span: frames from and until; the marked part, or all, if None.
        width: of the pictures; the film's if None, or by the film's shape where only one is given.
        height: likewise.
        rate: pictures a second; the film's if None.
        loudness_lufs: what the sound is brought to; ``None`` leaves it as it is.

    Raises:
        ExportError: with a sentence, if this cannot be exported.
    """
    chosen = preset or preset_for(path)
    start, end = play_range(timeline) if span is None else span
    end = min(end, timeline_end(timeline))
    if not timeline_end(timeline):
        raise ExportError("There is nothing on the timeline to export.")
    if not 0 <= start < end:
        raise ExportError("The part to export holds no frame of the film.")
    wide, high = _size(film, width, height)
    if loudness_lufs is not None and not -60 <= loudness_lufs <= 0:
        raise ExportError(f"{loudness_lufs:g} LUFS cannot be a target; use -60 to 0.")
    if rate is not None and not 1 <= rate <= 240:
        raise ExportError("Films are exported at 1 to 240 pictures a second.")
    return ExportPlan(
        path=check_target(path),
        preset=chosen,
        start=start,
        end=end,
        film_rate=film.rate,
        rate=rate or film.rate,
        width=wide,
        height=high,
        sample_rate_hz=film.sample_rate_hz,
        loudness_lufs=loudness_lufs,
    )


def _size(film: Film, width: int | None, height: int | None) -> tuple[int, int]:
    """The size of the pictures; both sides even, as H.264 wants them."""
    shape = Fraction(film.width, film.height)
    if width is None and height is None:
        width, height = film.width, film.height
    elif width is None and height is not None:
        width = round(height * shape / 2) * 2
    elif height is None and width is not None:
        height = round(width / shape / 2) * 2
    if width is None or height is None or min(width, height) < 16:
        raise ExportError("Pictures are exported with at least 16 pixels on each side.")
    if max(width, height) > MAX_SIDE_PX:
        raise ExportError(f"Pictures are exported with at most {MAX_SIDE_PX} pixels on each side.")
    return width + width % 2, height + height % 2


def check_target(path: Path) -> Path:
    """``path``, if a file can be there.

    Raises:
        ExportError: if its folder does not exist, or it is a folder itself.
    """
    folder = path.parent
    if not folder.is_dir():
        raise ExportError(f"The folder {folder} does not exist; choose another, or make it first.")
    if path.is_dir():
        raise ExportError(f"{path} is a folder; name a file in it.")
    return path
