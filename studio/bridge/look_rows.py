"""What the clip panel shows: the look that the selected pictures have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal, TypeVar, cast

from studio.bridge.cut_timing import Timing, timing_of
from studio.document.curves import pose_at
from studio.document.film import Clip, Film, FrameShape, PictureSize, Timeline, Track
from studio.document.framing import frame_size
from studio.document.key_changes import POSE_FIELDS, has_key, key_frames
from studio.document.looks import Easing, PoseField
from studio.document.titles import DrawnSource, GeneratorSource, TitleSource
from studio.document.transform_changes import GRADE_LIMITS, GradeField
from studio.wording import tr

KeyPlace = Literal["none", "elsewhere", "here"]
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Look:
    """The look of one clip or several.

    Attributes:
        title: what is selected, in words.
        note: what should be known before anything is set; may be empty.
        pose, grade: values at the playhead; ``None`` where the clips differ.
        keys: ``here`` where every clip has a key under the playhead.
        easing: how the keys under the playhead go on, where there are any.
        shape: of the timeline's frame.
        timing: how fast the clips run, and how they take over.
        writable: whether anything may be changed.
        drawn: what a lone clip draws, where it is no footage.
    """

    title: str
    note: str
    frame: PictureSize
    pose: Mapping[PoseField, float | None]
    keys: Mapping[PoseField, KeyPlace]
    grade: Mapping[GradeField, float | None]
    easing: Easing | None
    shape: FrameShape
    timing: Timing
    writable: bool
    drawn: DrawnSource | None = None


def pictures(timeline: Timeline, selection: AbstractSet[str]) -> list[tuple[Track, Clip]]:
    """The selected clips that have a picture, in time, with their tracks."""
    found = [
        (track, track.clips[track.positions[clip_id]])
        for track in timeline.tracks
        if track.kind == "video"
        for clip_id in selection
        if clip_id in track.positions
    ]
    return sorted(found, key=lambda one: one[1].start)


def look_of(
    film: Film,
    timeline: Timeline,
    chosen: Sequence[tuple[Track, Clip]],
    at: int,
    *,
    name: str,
    writable: bool,
) -> Look | None:
    """What is shown of the chosen clips with the playhead on frame ``at``.

    ``name`` is that of the only clip, where there is only one.
    """
    if not chosen:
        return None
    clips = [clip for _, clip in chosen]
    poses = [pose_at(clip, _inside(clip, at)) for clip in clips]
    locked = sorted({track.name for track, _ in chosen if track.locked})
    note = ""
    if locked:
        note = tr("Track {locked} is locked.", locked=locked[0])
    elif any(clip.curves and not clip.start <= at < clip.end for clip in clips):
        note = tr("The playhead is not on it: a change moves all of its keys.")
    return Look(
        title=name if len(clips) == 1 else tr("{n} pictures", n=len(clips)),
        note=note,
        frame=frame_size(film, timeline),
        pose={
            field: _common(cast("float", getattr(pose, field)) for pose in poses)
            for field in POSE_FIELDS
        },
        keys={field: _keys(clips, field, at) for field in POSE_FIELDS},
        grade={
            field: _common(cast("float", getattr(clip.grade, field)) for clip in clips)
            for field in GRADE_LIMITS
        },
        easing=_easing(clips, at),
        shape=timeline.shape,
        timing=timing_of(chosen),
        writable=writable and not locked,
        drawn=_drawn(clips[0]) if len(clips) == 1 else None,
    )


def _drawn(clip: Clip) -> DrawnSource | None:
    source = clip.source
    return source if isinstance(source, TitleSource | GeneratorSource) else None


def _keys(clips: Sequence[Clip], field: PoseField, at: int) -> KeyPlace:
    if all(has_key(clip, field, at) for clip in clips):
        return "here"
    return "elsewhere" if any(key_frames(clip, (field,)) for clip in clips) else "none"


def _easing(clips: Sequence[Clip], at: int) -> Easing | None:
    return next(
        (
            key.easing
            for clip in clips
            for curve in clip.curves
            for key in curve.keys
            if key.frame == at - clip.start
        ),
        None,
    )


def _common(values: Iterable[T]) -> T | None:
    found = list(dict.fromkeys(values))
    return found[0] if len(found) == 1 else None


def _inside(clip: Clip, at: int) -> int:
    return min(max(at - clip.start, 0), clip.length - 1)
