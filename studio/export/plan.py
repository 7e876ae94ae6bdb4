"""The plan of an export: which part of a film, at what size and rate, into which file."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.media import FASTEST_GIF
from studio.document.film import Film, PictureSize, Timeline
from studio.document.framing import frame_size
from studio.document.queries import play_range, stem_tracks, timeline_end
from studio.document.timebase import (
    conformed_length,
    first_frame_of_picture,
    held_picture,
    samples_at,
    to_timecode,
)
from studio.export.enlarger import NOT_INSTALLED, can_enlarge
from studio.export.presets import ExportError, Preset, check_preset, preset_for
from studio.export.spool import spooled_bytes
from studio.export.targets import check_preset_target, target_of
from studio.wording import tr

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
class DeliverySpec:
    """What a delivery is to be; what is left open is as the film and the file's name have it.

    Attributes:
        preset: what the file will be; by the ending of its name if None.
        span: frames from and until; the marked part, or all, if None.
        width, height: of the pictures; the film's if None, or by the film's shape where only one
            is given.
        rate: pictures a second; the film's if None.
        loudness_lufs: what the sound is brought to; ``None`` leaves it as it is.
        true_peak_db: what it never exceeds once it is brought to a loudness.
        finished: make pictures larger by the finishing network.
    """

    preset: Preset | None = None
    span: tuple[int, int] | None = None
    width: int | None = None
    height: int | None = None
    rate: Fraction | None = None
    loudness_lufs: float | None = None
    true_peak_db: float = TRUE_PEAK_DB
    finished: bool = False


AS_FILMED = DeliverySpec()


@dataclass(frozen=True, kw_only=True)
class ExportPlan:
    """All that an export needs to know, beside its sources.

    Attributes:
        start, end: the first frame of the cut, and the one after the last.
        film_rate: of the cut; ``rate`` is the file's.
        loudness_lufs: what the sound is brought to; ``None`` leaves it as it is.
        true_peak_db: what it never exceeds once it is brought to a loudness.
        finished: pictures are made larger by the finishing network, where that is installed.
        signed: it is signed once it is written.
        sounds: files of sound: of stems one for each track, and the mix.
        metadata: what the container says about the film.
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
    finished: bool = False
    signed: bool = False
    sounds: int = 1
    metadata: tuple[tuple[str, str], ...] = ()

    @property
    def target(self) -> Path:
        """The file, or the folder of files, that will be there."""
        return target_of(self.path, self.preset)

    @property
    def frames(self) -> int:
        """Pictures of the file."""
        return conformed_length(self.end - self.start, self.film_rate, self.rate)

    @property
    def files(self) -> int:
        """Files that will be there; more than one lie in a folder."""
        return self.frames if self.preset.kind == "pictures" else self.sounds

    @property
    def timecode(self) -> str:
        """Of the first picture, as the timeline has it, counted at the file's rate."""
        first = first_frame_of_picture(self.start, self.film_rate, self.rate)
        return to_timecode(first, self.rate)

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
    spec: DeliverySpec = AS_FILMED,
    *,
    film_folder: Path | None = None,
    replace: bool = False,
) -> ExportPlan:
    """The plan for a timeline of ``film``.

    Args:
        film: as it is now.
        timeline: one of its timelines.
        path: where the file will be.
        spec: what the file is to be.
        film_folder: where the film lies, whose own files are not written over.
        replace: a file that is there may be.

    Raises:
        ExportError: with a sentence, if this cannot be exported.
    """
    chosen = check_preset(spec.preset or preset_for(path))
    start, end = play_range(timeline) if spec.span is None else spec.span
    end = min(end, timeline_end(timeline))
    if not timeline_end(timeline):
        raise ExportError(tr("There is nothing on the timeline to export."))
    if not 0 <= start < end:
        raise ExportError(
            tr(
                "The part to export holds no frame of the film. Mark another from in to out, or "
                "clear the marks."
            )
        )
    wide, high = _size(frame_size(film, timeline), chosen, spec.width, spec.height)
    loudness_lufs, true_peak_db = spec.loudness_lufs, spec.true_peak_db
    if loudness_lufs is not None and not -60 <= loudness_lufs <= 0:
        raise ExportError(
            tr(
                "{loudness_lufs:g} LUFS cannot be a target; use -60 to 0.",
                loudness_lufs=loudness_lufs,
            )
        )
    if not -20 <= true_peak_db <= 0:
        raise ExportError(
            tr(
                "{true_peak_db:g} dBTP cannot be a ceiling; use -20 to 0.",
                true_peak_db=true_peak_db,
            )
        )
    if spec.finished and not can_enlarge():
        raise ExportError(tr(NOT_INSTALLED))
    plan = ExportPlan(
        path=check_preset_target(path, chosen, film_folder, replace=replace),
        preset=chosen,
        start=start,
        end=end,
        film_rate=film.rate,
        rate=_rate(film, chosen, spec.rate),
        width=wide,
        height=high,
        sample_rate_hz=film.sample_rate_hz,
        loudness_lufs=None if chosen.kind in ("stems", "gif") else loudness_lufs,
        true_peak_db=true_peak_db,
        finished=spec.finished,
        sounds=len(stem_tracks(timeline)) + 1 if chosen.kind == "stems" else 1,
    )
    check_room(plan)
    return plan


def _rate(film: Film, preset: Preset, rate: Fraction | None) -> Fraction:
    if rate is not None and not 1 <= rate <= 240:
        raise ExportError(tr("Films are exported at 1 to 240 pictures a second."))
    if preset.kind != "gif":
        return rate or film.rate
    if rate is None:
        return film.rate if film.rate <= 30 else film.rate / 2
    if rate > FASTEST_GIF:
        raise ExportError(
            tr("A GIF shows up to {fastest_gif} pictures a second.", fastest_gif=FASTEST_GIF)
        )
    return rate


def _size(
    frame: PictureSize, preset: Preset, width: int | None, height: int | None
) -> tuple[int, int]:
    """The size of the pictures; both sides even for films, as their codecs want them."""
    shape = Fraction(frame.width, frame.height)
    if width is None and height is None:
        width, height = frame.width, frame.height
    elif width is None and height is not None:
        width = round(height * shape / 2) * 2
    elif height is None and width is not None:
        height = round(width / shape / 2) * 2
    if width is None or height is None or min(width, height) < 16:
        raise ExportError(tr("Pictures are exported with at least 16 pixels on each side."))
    if max(width, height) > MAX_SIDE_PX:
        raise ExportError(
            tr(
                "Pictures are exported with at most {max_side_px} pixels on each side.",
                max_side_px=MAX_SIDE_PX,
            )
        )
    if preset.how is None:
        return width, height
    width, height = width + width % 2, height + height % 2
    least_wide, least_high = preset.how.least_px
    if width < least_wide or height < least_high:
        raise ExportError(
            tr(
                "“{words}” takes no pictures smaller than {least_wide} x {least_high}, "
                "and these are {width} x {height}. Choose a larger size or another "
                "format.",
                words=tr(preset.words),
                least_wide=least_wide,
                least_high=least_high,
                width=width,
                height=height,
            )
        )
    return width, height


def likely_bytes(plan: ExportPlan) -> int:
    """About how large what is written will be; exact for sound."""
    seconds = float(plan.duration_s)
    sound = seconds * plan.sample_rate_hz * 2 * 3
    if plan.preset.kind in ("sound", "stems"):
        return int(sound * plan.sounds)
    pixels = plan.width * plan.height * float(plan.rate)
    picture = plan.preset.mbit_s * 1e6 / 8 * pixels / (1920 * 1080 * 24) * seconds
    return int(picture + sound / 4)


def spooled(plan: ExportPlan) -> int:
    """Bytes of the sounds of a long film that lie on the disk until it is written.

    The mix is one, and what it becomes as it is brought to a loudness another.
    """
    if plan.preset.kind in ("pictures", "gif"):
        return 0
    first, end = plan.sample_span
    return spooled_bytes(end - first) * (1 if plan.loudness_lufs is None else 2)


def check_room(plan: ExportPlan) -> None:
    """Refuse what the disk surely cannot hold.

    How well pictures compress is not known before, so that a quarter of what is likely must fit.

    Raises:
        ExportError: saying how much is needed, and how much is free.
    """
    exact = plan.preset.kind in ("sound", "stems") or plan.preset.name in ("prores", "dnxhr")
    likely, aside = likely_bytes(plan), spooled(plan)
    free = shutil.disk_usage(plan.path.parent).free
    if likely * (1.0 if exact else 0.25) + aside > free:
        needed = (likely + aside) / 1e6
        raise ExportError(
            tr(
                "The disk is too full for {name}: it takes about {needed:,.0f} MB, and "
                "{free:,.0f} MB are free. Free some space, or choose another place.",
                name=plan.path.name,
                needed=needed,
                free=free / 1e6,
            )
        )
