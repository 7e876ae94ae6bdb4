"""What the timeline says of a thing under the pointer, and to those who do not see it."""

from __future__ import annotations

from fractions import Fraction

from studio.document.errors import ChangeError
from studio.document.film import ColourLabel
from studio.document.timebase import to_timecode
from studio.ui import theme
from studio.ui.timeline_geometry import (
    ClipHit,
    HeaderHit,
    Hit,
    KeyHold,
    MarkerHit,
    SubtitleHit,
)
from studio.ui.timeline_sources import SourceLooks
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
    match hit:
        case ClipHit(clip=clip, key=KeyHold() as key):
            at = to_timecode(clip.start + key.frame, rate)
            return tr(
                "{name}  ·  {at}\nDrag to move it; Alt takes it off", name=key.row.name, at=at
            )
        case ClipHit(clip=clip, part=part):
            look = looks.look(clip)
            lines = [clip.label or look.name]
            if look.told:
                lines.append(look.told)
            lines.append(
                tr(
                    "{to_timecode}  ·  {length} frames",
                    to_timecode=to_timecode(clip.start, rate),
                    length=clip.length,
                )
            )
            lines += look.flags
            if part == "gain":
                lines.append(tr("Drag to set the gain; Ctrl makes a point, Alt takes one off"))
            if look.note:
                lines.append(look.note if len(look.note) < 120 else look.note[:117] + "…")
            return "\n".join(lines)
        case SubtitleHit(line=line):
            return line.text
        case HeaderHit(part=part):
            return tr(_PARTS[part])
        case MarkerHit(marker=marker):
            words = [marker.name or tr("Marker"), to_timecode(marker.frame, rate), marker.note]
            return "\n".join(word for word in words if word)
        case _:
            return ""
