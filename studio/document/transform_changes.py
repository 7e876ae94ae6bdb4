"""Changes to where pictures stand and what colour they have: poses, their keys, and grades."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from math import isfinite
from typing import Literal, TypedDict, Unpack, cast

from studio.document.curves import pose_at, value_at
from studio.document.errors import ChangeError
from studio.document.film import Clip, Film
from studio.document.looks import (
    FITTED,
    Curve,
    Easing,
    Grade,
    Key,
    Pose,
    PoseEdit,
    PoseField,
)
from studio.document.timeline_access import change_clips, editable_places, timeline_of
from studio.wording import tr

LIMITS: Mapping[PoseField, tuple[float, float]] = {
    "x": (-10.0, 10.0),
    "y": (-10.0, 10.0),
    "scale": (0.01, 20.0),
    "rotation_deg": (-3600.0, 3600.0),
    "crop_left": (0.0, 1.0),
    "crop_top": (0.0, 1.0),
    "crop_right": (0.0, 1.0),
    "crop_bottom": (0.0, 1.0),
    "opacity": (0.0, 1.0),
}
"""The least and the most of every field of a pose."""


class GradeEdit(TypedDict, total=False):
    """What may be set of a grade."""

    exposure: float
    contrast: float
    saturation: float
    temperature: float


GradeField = Literal["exposure", "contrast", "saturation", "temperature"]

GRADE_LIMITS: Mapping[GradeField, tuple[float, float]] = {
    "exposure": (-5.0, 5.0),
    "contrast": (0.0, 2.0),
    "saturation": (0.0, 2.0),
    "temperature": (-1.0, 1.0),
}
"""The least and the most of every field of a grade."""


def set_pose(
    film: Film,
    timeline_id: str,
    clip_ids: Iterable[str],
    at: int | None = None,
    **edit: Unpack[PoseEdit],
) -> Film:
    """Place pictures: fields that have keys get one at ``at``, the others change all along.

    Args:
        film: to change.
        timeline_id: the timeline.
        clip_ids: the clips.
        at: the frame of the timeline on which a key is set, where a field has a curve; ``None``,
            or one that a clip does not lie under, moves the whole curve by the difference at the
            clip's first frame.
        edit: the fields and their values, held to ``LIMITS``.

    Raises:
        ChangeError: if a value is no number, a clip is gone or its track is locked.
    """
    values: dict[PoseField, float] = {
        name: _held(name, value) for name, value in _fields(edit).items()
    }

    def posed(clip: Clip) -> Clip:
        for name, value in values.items():
            clip = _with_value(clip, name, value, at)
        return clip

    return _changed(film, timeline_id, clip_ids, posed)


def set_key(
    film: Film,
    timeline_id: str,
    clip_id: str,
    field: PoseField,
    frame: int,
    value: float | None = None,
    easing: Easing = "linear",
) -> Film:
    """Put a key on a curve, which begins with its first one; ``None`` keeps the value there.

    Args:
        film: to change.
        timeline_id: the timeline.
        clip_id: the clip.
        field: what changes.
        frame: counted from the clip's first.
        value: held to ``LIMITS``.
        easing: how it goes on from there.

    Raises:
        ChangeError: if the value is no number, the clip is gone or its track is locked.
    """

    def keyed(clip: Clip) -> Clip:
        known = _value(pose_at(clip, frame), field) if value is None else value
        key = Key(frame=frame, value=_held(field, known), easing=easing)
        curve = _curve(clip, field)
        others = [one for one in curve.keys if one.frame != frame] if curve else []
        return _with_keys(clip, field, [*others, key])

    return _changed(film, timeline_id, [clip_id], keyed)


def remove_key(film: Film, timeline_id: str, clip_id: str, field: PoseField, frame: int) -> Film:
    """Take a key off; with the last one the value stays as it was there.

    Raises:
        ChangeError: if the clip is gone or its track is locked.
    """

    def freed(clip: Clip) -> Clip:
        curve = _curve(clip, field)
        if curve is None or all(one.frame != frame for one in curve.keys):
            return clip
        kept = [one for one in curve.keys if one.frame != frame]
        return _with_keys(clip, field, kept) if kept else _level(clip, field, frame)

    return _changed(film, timeline_id, [clip_id], freed)


def clear_keys(
    film: Film, timeline_id: str, clip_ids: Iterable[str], field: PoseField, frame: int = 0
) -> Film:
    """Let a field stay as it is ``frame`` frames into each clip.

    Raises:
        ChangeError: if a clip is gone or its track is locked.
    """
    return _changed(film, timeline_id, clip_ids, lambda clip: _level(clip, field, frame))


def reset_pose(film: Film, timeline_id: str, clip_ids: Iterable[str]) -> Film:
    """Show pictures whole and in the middle, without keys.

    Raises:
        ChangeError: if a clip is gone or its track is locked.
    """
    return _changed(film, timeline_id, clip_ids, lambda clip: replace(clip, pose=FITTED, curves=()))


def set_grade(
    film: Film, timeline_id: str, clip_ids: Iterable[str], **edit: Unpack[GradeEdit]
) -> Film:
    """Set exposure, contrast, saturation or temperature, held to what they may be.

    Raises:
        ChangeError: if a value is no number, a clip is gone or its track is locked.
    """
    given = cast("dict[GradeField, float]", dict(edit))
    held = cast("GradeEdit", {name: _within(given[name], GRADE_LIMITS[name]) for name in given})
    return _changed(
        film, timeline_id, clip_ids, lambda clip: replace(clip, grade=replace(clip.grade, **held))
    )


def copy_grade(film: Film, timeline_id: str, clip_ids: Iterable[str], grade: Grade) -> Film:
    """Give clips the colour of another one.

    Raises:
        ChangeError: if a clip is gone or its track is locked.
    """
    return _changed(film, timeline_id, clip_ids, lambda clip: replace(clip, grade=grade))


def _changed(
    film: Film, timeline_id: str, clip_ids: Iterable[str], change: Callable[[Clip], Clip]
) -> Film:
    places = editable_places(timeline_of(film, timeline_id), clip_ids, linked=False)
    return change_clips(film, timeline_id, places, change)


def _with_value(clip: Clip, field: PoseField, value: float, at: int | None) -> Clip:
    curve = _curve(clip, field)
    if curve is None:
        return replace(clip, pose=replace(clip.pose, **{field: value}))
    if at is None or not clip.start <= at < clip.end:
        by = value - value_at(curve, 0)
        keys = [replace(key, value=_held(field, key.value + by)) for key in curve.keys]
        return _with_keys(clip, field, keys)
    frame = at - clip.start
    known = next((key for key in curve.keys if key.frame == frame), None)
    key = replace(known, value=value) if known else Key(frame=frame, value=value)
    return _with_keys(clip, field, [*(one for one in curve.keys if one is not known), key])


def _level(clip: Clip, field: PoseField, frame: int) -> Clip:
    """``clip`` without the curve of a field, at its value on a frame."""
    value = _value(pose_at(clip, frame), field)
    curves = tuple(curve for curve in clip.curves if curve.field != field)
    return replace(clip, curves=curves, pose=replace(clip.pose, **{field: value}))


def _with_keys(clip: Clip, field: PoseField, keys: Iterable[Key]) -> Clip:
    curve = Curve(field=field, keys=tuple(sorted(keys, key=lambda key: key.frame)))
    others = [known for known in clip.curves if known.field != field]
    ordered = sorted([*others, curve], key=lambda known: known.field)
    return replace(clip, curves=tuple(ordered))


def _curve(clip: Clip, field: PoseField) -> Curve | None:
    return next((curve for curve in clip.curves if curve.field == field), None)


def _value(pose: Pose, field: PoseField) -> float:
    return cast("float", getattr(pose, field))


def _fields(edit: PoseEdit) -> dict[PoseField, float]:
    return cast("dict[PoseField, float]", dict(edit))


def _held(field: PoseField, value: float) -> float:
    return _within(value, LIMITS[field])


def _within(value: float, limits: tuple[float, float]) -> float:
    if not isfinite(value):
        raise ChangeError(tr("This value is not a number."))
    return min(max(value, limits[0]), limits[1])
