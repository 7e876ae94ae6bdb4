"""Changes to how clips are heard: their gain, the points of its envelope, and their pan."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import isfinite

from studio.document.curves import LOUDEST_DB, SILENCE_DB, envelope_db
from studio.document.errors import ChangeError
from studio.document.film import Clip, Film
from studio.document.looks import GainPoint
from studio.document.timeline_access import change_clips, editable_places, timeline_of
from studio.wording import tr


def set_gain(film: Film, timeline_id: str, clip_ids: Iterable[str], gain_db: float) -> Film:
    """Make clips louder or softer all along, within -60 and 24 dB.

    Raises:
        ChangeError: if it is no number, a clip is gone or its track is locked.
    """
    level = checked_gain(gain_db)
    places = editable_places(timeline_of(film, timeline_id), clip_ids, linked=False)
    return change_clips(film, timeline_id, places, lambda clip: replace(clip, gain_db=level))


def set_gain_point(
    film: Film, timeline_id: str, clip_id: str, frame: int, gain_db: float | None = None
) -> Film:
    """Put a point on a clip's envelope; one on the same frame gives way to it.

    Args:
        film: to change.
        timeline_id: the timeline.
        clip_id: the clip.
        frame: counted from its first.
        gain_db: what the envelope adds there; ``None`` leaves it where the line runs now.

    Raises:
        ChangeError: as ``set_gain``, or if the frame is not within the clip.
    """

    def pointed(clip: Clip) -> Clip:
        if not 0 <= frame <= clip.length:
            raise ChangeError(tr("A point of the gain lies within its clip."))
        level = envelope_db(clip.gain_points, frame) if gain_db is None else gain_db
        point = GainPoint(frame=frame, gain_db=checked_gain(level))
        return _with_points(clip, [p for p in clip.gain_points if p.frame != frame] + [point])

    return _on_clip(film, timeline_id, clip_id, pointed)


def move_gain_point(
    film: Film, timeline_id: str, clip_id: str, frame: int, to_frame: int, gain_db: float
) -> Film:
    """Move the point on ``frame``, no further than its neighbours and the clip's ends.

    Raises:
        ChangeError: as ``set_gain``, or if there is no point.
    """

    def pulled(clip: Clip) -> Clip:
        points = list(clip.gain_points)
        at = next((n for n, point in enumerate(points) if point.frame == frame), None)
        if at is None:
            raise ChangeError(tr("This point is no longer on the clip."))
        low = max(0, points[at - 1].frame + 1) if at else 0
        high = min(clip.length, points[at + 1].frame - 1) if points[at + 1 :] else clip.length
        points[at] = GainPoint(frame=max(low, min(to_frame, high)), gain_db=checked_gain(gain_db))
        return _with_points(clip, points)

    return _on_clip(film, timeline_id, clip_id, pulled)


def remove_gain_point(film: Film, timeline_id: str, clip_id: str, frame: int) -> Film:
    """Take the point on ``frame`` off a clip's envelope, if there is one."""
    return _on_clip(
        film,
        timeline_id,
        clip_id,
        lambda clip: _with_points(clip, [p for p in clip.gain_points if p.frame != frame]),
    )


def clear_gain(film: Film, timeline_id: str, clip_ids: Iterable[str]) -> Film:
    """Leave clips as loud as their sources.

    Raises:
        ChangeError: if a clip is gone or its track is locked.
    """
    places = editable_places(timeline_of(film, timeline_id), clip_ids, linked=False)
    return change_clips(
        film, timeline_id, places, lambda clip: replace(clip, gain_db=0.0, gain_points=())
    )


def set_pan(film: Film, timeline_id: str, clip_ids: Iterable[str], pan: float) -> Film:
    """Move the sound of clips between left (-1) and right (1); 0 leaves it as in the source.

    Raises:
        ChangeError: if it is no number, a clip is gone or its track is locked.
    """
    side = checked_pan(pan)
    places = editable_places(timeline_of(film, timeline_id), clip_ids, linked=False)
    return change_clips(film, timeline_id, places, lambda clip: replace(clip, pan=side))


def checked_pan(pan: float) -> float:
    """``pan`` within -1 and 1.

    Raises:
        ChangeError: if it is no number.
    """
    if not isfinite(pan):
        raise ChangeError(tr("A pan is a number from -1, left, to 1, right."))
    return min(max(pan, -1.0), 1.0)


def checked_gain(gain_db: float) -> float:
    """``gain_db`` within -60 and 24.

    Raises:
        ChangeError: if it is no number.
    """
    if not isfinite(gain_db):
        raise ChangeError(tr("A gain is a number of decibels."))
    return min(max(gain_db, SILENCE_DB), LOUDEST_DB)


def _on_clip(film: Film, timeline_id: str, clip_id: str, change: Callable[[Clip], Clip]) -> Film:
    places = editable_places(timeline_of(film, timeline_id), [clip_id], linked=False)
    return change_clips(film, timeline_id, places, change)


def _with_points(clip: Clip, points: Iterable[GainPoint]) -> Clip:
    return replace(clip, gain_points=tuple(sorted(points, key=lambda point: point.frame)))
