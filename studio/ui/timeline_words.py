"""What the timeline says of a thing under the pointer, and to those who do not see it."""

from __future__ import annotations

from fractions import Fraction

from studio.bridge.state_words import STATE_MEANINGS
from studio.document.errors import ChangeError
from studio.document.film import Clip, ColourLabel
from studio.document.timebase import to_timecode
from studio.ui import theme
from studio.ui.timeline_geometry import (
    ClipHit,
    HeaderHit,
    Hit,
    KeyHold,
    MarkerHit,
    RulerHit,
    SubtitleHit,
)
from studio.ui.timeline_sources import SourceLook, SourceLooks
from studio.wording import term, tr

_PARTS = {
    "mute": term("Mute, or hide"),
    "solo": term("Solo"),
    "lock": term("Lock: no change reaches this track"),
    "height": term("Drag to make the track higher or lower"),
    "name": term(
        "Click to take it in hand, drag to put the tracks in order; double-click to rename"
    ),
}


def colour_words(label: ColourLabel) -> str:
    """The name of a colour, as it is written in a cell."""
    return tr(theme.LABEL_WORDS.get(label, label)).casefold()


def colour_of(text: str) -> ColourLabel:
    """The colour that a text names.

    Raises:
        ChangeError: if it names none.
    """
    names: dict[str, ColourLabel] = {colour_words(label): label for label in theme.LABEL_WORDS}
    if text.casefold() not in names:
        *others, last = names
        raise ChangeError(
            tr("Markers are {others} or {last}.", others=", ".join(others), last=last)
        )
    return names[text.casefold()]


def tip_for(hit: Hit, looks: SourceLooks, rate: Fraction) -> str:
    """A tip for what lies under the pointer; empty where nothing needs to be said."""
    lines: list[str] = []
    match hit:
        case ClipHit(clip=clip, key=KeyHold() as key):
            at = to_timecode(clip.start + key.frame, rate)
            lines = [f"{key.row.name}  ·  {at}", tr("Drag to move it; Alt takes it off")]
        case ClipHit(clip=clip, part=part):
            lines = _clip_lines(clip, looks.look(clip), rate)
            if part == "gain":
                lines.insert(-1, tr("Drag to set the gain; Ctrl makes a point, Alt takes one off"))
        case RulerHit(told=Clip() as clip):
            look = looks.look(clip)
            meaning = "" if look.state is None else tr(STATE_MEANINGS[look.state])
            lines = [clip.label or look.name, look.told, meaning]
        case SubtitleHit(line=line):
            lines = [line.text]
        case HeaderHit(part=part):
            lines = [tr(_PARTS[part])]
        case MarkerHit(marker=marker):
            lines = [marker.name or tr("Marker"), to_timecode(marker.frame, rate), marker.note]
        case _:
            pass
    return "\n".join(line for line in lines if line)


def _clip_lines(clip: Clip, look: SourceLook, rate: Fraction) -> list[str]:
    """What is said of a clip; the last line is of its source, and may be empty."""
    at = tr(
        "{to_timecode}  ·  {length} frames",
        to_timecode=to_timecode(clip.start, rate),
        length=clip.length,
    )
    note = look.note if len(look.note) < 120 else look.note[:117] + "…"
    return [clip.label or look.name, look.told, at, *look.flags, note]
