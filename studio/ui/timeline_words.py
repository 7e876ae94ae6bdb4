"""What the timeline says of a thing under the pointer, and to those who do not see it."""

from __future__ import annotations

from fractions import Fraction

from studio.document.timebase import to_timecode
from studio.ui.timeline_geometry import (
    ClipHit,
    HeaderHit,
    Hit,
    KeyHold,
    MarkerHit,
    SubtitleHit,
)
from studio.ui.timeline_sources import SourceLooks

_PARTS = {
    "mute": "Mute, or hide",
    "solo": "Solo",
    "lock": "Lock: no change reaches this track",
    "height": "Drag to make the track higher or lower",
    "name": "Click to take it in hand, drag to put the tracks in order; double-click to rename",
}
STATE_WORDS = {
    "draft": "draft: nothing rendered yet",
    "queued": "queued",
    "running": "rendering",
    "preview": "preview",
    "full": "full render",
    "stale": "stale: the shot or the weights have changed since",
    "failed": "the last render failed",
    "locked": "locked",
}


def tip_for(hit: Hit, looks: SourceLooks, rate: Fraction) -> str:
    """A tip for what lies under the pointer; empty where nothing needs to be said."""
    match hit:
        case ClipHit(clip=clip, key=KeyHold() as key):
            at = to_timecode(clip.start + key.frame, rate)
            return f"{key.row.name}  ·  {at}\nDrag to move it; Alt takes it off"
        case ClipHit(clip=clip, part=part):
            look = looks.look(clip)
            lines = [clip.label or look.name]
            if look.state is not None:
                lines.append(STATE_WORDS[look.state])
            lines.append(f"{to_timecode(clip.start, rate)}  ·  {clip.length} frames")
            lines += look.flags
            if part == "gain":
                lines.append("Drag to set the gain; Ctrl makes a point, Alt takes one off")
            if look.note:
                lines.append(look.note if len(look.note) < 120 else look.note[:117] + "…")
            return "\n".join(lines)
        case SubtitleHit(line=line):
            return line.text
        case HeaderHit(part=part):
            return _PARTS[part]
        case MarkerHit(marker=marker):
            words = [marker.name or "Marker", to_timecode(marker.frame, rate), marker.note]
            return "\n".join(word for word in words if word)
        case _:
            return ""
