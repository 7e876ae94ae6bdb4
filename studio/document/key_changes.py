"""Changes to keys on several clips at once: what an inspector and its commands do at a frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from studio.document.errors import ChangeError
from studio.document.film import Clip, Film
from studio.document.looks import Curve, Easing, PoseField
from studio.document.timeline_access import change_clips, editable_places, find_clip, timeline_of
from studio.document.transform_changes import LIMITS, clear_keys, remove_key, set_key
from studio.wording import tr

POSE_FIELDS: tuple[PoseField, ...] = tuple(LIMITS)
"""Every field of a pose, in the order in which they are shown."""


def key_frames(clip: Clip, fields: Iterable[PoseField] = POSE_FIELDS) -> list[int]:
    """The frames, counted from the clip's first, on which any of ``fields`` has a key."""
    wanted = set(fields)
    return sorted(
        {key.frame for curve in clip.curves if curve.field in wanted for key in curve.keys}
    )


def has_key(clip: Clip, field: PoseField, at: int) -> bool:
    """Whether a field has a key on a frame of the timeline."""
    return at - clip.start in key_frames(clip, (field,))


def toggle_keys(
    film: Film,
    timeline_id: str,
    clip_ids: Iterable[str],
    at: int,
    fields: Iterable[PoseField] = POSE_FIELDS,
) -> Film:
    """Put keys on a frame of the timeline, or take them off where all of them are there.

    Raises:
        ChangeError: if no clip lies under the frame, one is gone or its track is locked.
    """
    timeline, wanted = timeline_of(film, timeline_id), tuple(fields)
    found = [place.clip for one in clip_ids if (place := find_clip(timeline, one)) is not None]
    clips = [clip for clip in found if clip.start <= at < clip.end]
    if not clips:
        raise ChangeError(tr("Put the playhead on a selected clip to set a key there."))
    missing: list[tuple[Clip, PoseField]] = [
        (clip, field) for clip in clips for field in wanted if not has_key(clip, field, at)
    ]
    for clip, field in missing:
        film = set_key(film, timeline_id, clip.id, field, at - clip.start)
    if not missing:
        for clip in clips:
            film = remove_keys(film, timeline_id, clip.id, at - clip.start, wanted)
    return film


def key_room(clip: Clip, frame: int, fields: Iterable[PoseField]) -> tuple[int, int]:
    """The first and the last frame that the keys of ``fields`` on ``frame`` can be moved to.

    They stay between their neighbours, and on the clip where they are on it.
    """
    low, high = (0, clip.length - 1) if 0 <= frame < clip.length else (frame, frame)
    for curve in _held(clip, frame, fields):
        frames = [key.frame for key in curve.keys]
        at = frames.index(frame)
        low = max(low, frames[at - 1] + 1) if at else low
        high = min(high, frames[at + 1] - 1) if frames[at + 1 :] else high
    return low, high


def move_keys(
    film: Film,
    timeline_id: str,
    clip_id: str,
    frame: int,
    to_frame: int,
    fields: Iterable[PoseField] = POSE_FIELDS,
) -> Film:
    """Move the keys of ``fields`` that stand on a frame together, as far as ``key_room`` says.

    Args:
        film: to change.
        timeline_id: the timeline.
        clip_id: the clip.
        frame: counted from the clip's first.
        to_frame: where they should go.
        fields: whose keys; those without one there are let be.

    Raises:
        ChangeError: if there is no such key, the clip is gone or its track is locked.
    """
    wanted = tuple(fields)

    def moved(clip: Clip) -> Clip:
        held = _held(clip, frame, wanted)
        if not held:
            raise ChangeError(tr("This key is no longer on the clip."))
        low, high = key_room(clip, frame, wanted)
        place = max(low, min(to_frame, high))
        curves = tuple(
            replace(
                curve,
                keys=tuple(
                    replace(key, frame=place) if key.frame == frame else key for key in curve.keys
                ),
            )
            if curve in held
            else curve
            for curve in clip.curves
        )
        return replace(clip, curves=curves)

    places = editable_places(timeline_of(film, timeline_id), [clip_id], linked=False)
    return change_clips(film, timeline_id, places, moved)


def remove_keys(
    film: Film,
    timeline_id: str,
    clip_id: str,
    frame: int,
    fields: Iterable[PoseField] = POSE_FIELDS,
) -> Film:
    """Take the keys of ``fields`` on a frame, counted from the clip's first, off.

    Raises:
        ChangeError: if the clip is gone or its track is locked.
    """
    for field in fields:
        film = remove_key(film, timeline_id, clip_id, field, frame)
    return film


def _held(clip: Clip, frame: int, fields: Iterable[PoseField]) -> list[Curve]:
    """The curves of ``fields`` that have a key on ``frame``."""
    wanted = set(fields)
    return [
        curve
        for curve in clip.curves
        if curve.field in wanted and any(key.frame == frame for key in curve.keys)
    ]


def clear_all_keys(film: Film, timeline_id: str, clip_ids: Iterable[str], at: int) -> Film:
    """Let clips stay as they are on a frame of the timeline, or on their nearest to it.

    Raises:
        ChangeError: if a clip is gone or its track is locked.
    """
    timeline = timeline_of(film, timeline_id)
    for clip_id in clip_ids:
        place = find_clip(timeline, clip_id)
        if place is None:
            continue
        inside = min(max(at - place.clip.start, 0), place.clip.length - 1)
        for curve in place.clip.curves:
            film = clear_keys(film, timeline_id, [clip_id], curve.field, inside)
    return film


def ease_keys(
    film: Film, timeline_id: str, clip_ids: Iterable[str], at: int, easing: Easing
) -> Film:
    """Let every key on a frame of the timeline go on to its next one in another way.

    Raises:
        ChangeError: if there is no such key, a clip is gone or its track is locked.
    """
    changed = 0

    def eased(clip: Clip) -> Clip:
        nonlocal changed
        curves: list[Curve] = []
        for curve in clip.curves:
            keys = tuple(
                replace(key, easing=easing) if key.frame == at - clip.start else key
                for key in curve.keys
            )
            changed += sum(key.frame == at - clip.start for key in keys)
            curves.append(replace(curve, keys=keys))
        return replace(clip, curves=tuple(curves))

    places = editable_places(timeline_of(film, timeline_id), clip_ids, linked=False)
    film = change_clips(film, timeline_id, places, eased)
    if not changed:
        raise ChangeError(tr("Put the playhead on a key to say how it goes on."))
    return film
