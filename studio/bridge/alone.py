"""One source by itself: a film whose only timeline shows a take or file from end to end."""

from __future__ import annotations

from dataclasses import replace

from studio.document.film import Clip, ClipSource, Film, Timeline, Track
from studio.document.ledger import Ledger
from studio.document.queries import Missing, resolve_clip, source_length

TIMELINE = "alone"


def alone(film: Film, ledger: Ledger, source: ClipSource) -> tuple[Film, Timeline]:
    """``film`` with nothing but ``source`` on its timeline, and that timeline."""
    clip = Clip(id="picture", source=source, start=0, length=1, link_id="both")
    resolved = resolve_clip(film, ledger, clip)
    length = None if isinstance(resolved, Missing) else source_length(film, resolved, "video")
    sound = None if isinstance(resolved, Missing) else source_length(film, resolved, "audio")
    clip = replace(clip, length=max(1, length or sound or round(film.rate * 2)))
    tracks = (
        Track(id="a", kind="audio", name="A1", clips=(replace(clip, id="sound"),)),
        Track(id="v", kind="video", name="V1", clips=(clip,)),
    )
    timeline = Timeline(id=TIMELINE, name="", tracks=tracks)
    return replace(film, timelines=(timeline,), active_timeline_id=TIMELINE), timeline
