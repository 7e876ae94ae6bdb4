"""Changes to what clips are and what is noted on them: sources, titles and markers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from studio.document.errors import ChangeError
from studio.document.film import Clip, ClipSource, Film, Marker
from studio.document.timeline_access import change_clips, editable_places, timeline_of
from studio.document.titles import TitleSource, TitleStyle
from studio.wording import tr


def set_source(film: Film, timeline_id: str, clip_ids: Iterable[str], source: ClipSource) -> Film:
    """Let clips show another source, from where they show the one they have.

    Raises:
        ChangeError: if a clip is gone or its track is locked.
    """
    places = editable_places(timeline_of(film, timeline_id), clip_ids, linked=False)
    return change_clips(
        film, timeline_id, places, lambda clip: replace(clip, source=source, retiming=None)
    )


def set_title(
    film: Film,
    timeline_id: str,
    clip_id: str,
    *,
    text: str | None = None,
    style: TitleStyle | None = None,
) -> Film:
    """Set the words or the style of a title.

    Raises:
        ChangeError: if the clip is gone, is no title, or its track is locked.
    """

    def worded(clip: Clip) -> Clip:
        if not isinstance(clip.source, TitleSource):
            raise ChangeError(tr("This clip is not a title."))
        words = clip.source.text if text is None else text
        return replace(clip, source=TitleSource(text=words, style=style or clip.source.style))

    places = editable_places(timeline_of(film, timeline_id), [clip_id], linked=False)
    return change_clips(film, timeline_id, places, worded)


def add_clip_marker(film: Film, timeline_id: str, clip_id: str, marker: Marker) -> Film:
    """Put a marker on a clip, its frame counted from the clip's first; one there gives way.

    Raises:
        ChangeError: if the frame is not within the clip, it is gone or its track is locked.
    """

    def marked(clip: Clip) -> Clip:
        if not 0 <= marker.frame < clip.length:
            raise ChangeError(tr("A marker of a clip lies within it."))
        others = (known for known in clip.markers if known.frame != marker.frame)
        ordered = sorted((*others, marker), key=lambda known: known.frame)
        return replace(clip, markers=tuple(ordered))

    places = editable_places(timeline_of(film, timeline_id), [clip_id], linked=False)
    return change_clips(film, timeline_id, places, marked)
