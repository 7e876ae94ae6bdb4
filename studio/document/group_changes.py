"""Changes to what belongs together: links of picture and sound, and groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from studio.document.errors import ChangeError
from studio.document.film import Film, Timeline, new_id
from studio.document.timeline_access import (
    change_clips,
    company,
    editable_places,
    place_of,
    timeline_of,
)
from studio.wording import tr


def link_clips(
    film: Film, timeline_id: str, clip_ids: Iterable[str], *, link_id: str | None = None
) -> Film:
    """Link clips, so that they keep their sync.

    Raises:
        ChangeError: if there are fewer than two, a clip is gone, or its track is locked.
    """
    places = editable_places(timeline_of(film, timeline_id), clip_ids, linked=False)
    if len(places) < 2:
        raise ChangeError(tr("Select a picture and a sound to link."))
    name = link_id or new_id()
    return change_clips(film, timeline_id, places, lambda clip: replace(clip, link_id=name))


def unlink_clips(film: Film, timeline_id: str, clip_ids: Iterable[str]) -> Film:
    """Part clips from their links, partners included.

    Raises:
        ChangeError: if a clip is gone or its track is locked.
    """
    places = editable_places(timeline_of(film, timeline_id), clip_ids, linked=True)
    return change_clips(film, timeline_id, places, lambda clip: replace(clip, link_id=None))


def group_clips(
    film: Film, timeline_id: str, clip_ids: Iterable[str], *, group_id: str | None = None
) -> Film:
    """Make clips, with their linked partners, one group; they leave those they were in.

    Raises:
        ChangeError: if there are fewer than two, a clip is gone, or its track is locked.
    """
    places = editable_places(timeline_of(film, timeline_id), clip_ids, linked=True)
    if len(places) < 2:
        raise ChangeError(tr("Select two clips or more to group."))
    name = group_id or new_id()
    return change_clips(film, timeline_id, places, lambda clip: replace(clip, group_id=name))


def ungroup_clips(film: Film, timeline_id: str, clip_ids: Iterable[str]) -> Film:
    """Dissolve the groups that clips are in.

    Raises:
        ChangeError: if a clip is gone or its track is locked.
    """
    places = editable_places(timeline_of(film, timeline_id), clip_ids, linked=True, grouped=True)
    return change_clips(film, timeline_id, places, lambda clip: replace(clip, group_id=None))


def with_groups(timeline: Timeline, clip_ids: Iterable[str]) -> frozenset[str]:
    """The ids of clips and of all that is grouped with them: what a click on one picks."""
    named = [place_of(timeline, clip_id).clip for clip_id in clip_ids]
    mates = company(timeline, [clip for clip in named if clip.group_id is not None], grouped=True)
    return frozenset([*(clip.id for clip in named), *(place.clip.id for place in mates)])
