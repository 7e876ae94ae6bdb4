"""The parts of an OpenTimelineIO track in their order, cuts within the cut laid open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from studio.export.interchange_limits import Notes
from studio.export.interchange_otio_library import FAILURES, is_sane, otio

_NESTED = 12
_COMPOSITIONS = (otio.schema.Stack, otio.schema.Track)


def laid_out(
    track: Any, told: Notes, kind: str | None = None, depth: int = 0
) -> Iterator[tuple[Any, Any]]:
    """The parts of a track and what each uses of its source; nested cuts are laid open.

    Args:
        track: of the library.
        told: what is left out or mended is noted here.
        kind: of what is wanted of nested cuts, in the library's words; the track's if None.
        depth: how many cuts it lies in.
    """
    kind = kind or str(track.kind)
    for item in track:
        if isinstance(item, otio.schema.Transition):
            zero = otio.opentime.RationalTime(0, 24)
            yield item, otio.opentime.TimeRange(zero, zero)
            continue
        try:
            span = item.trimmed_range()
        except FAILURES:
            told.count("has no length and was left out")
            continue
        if not is_sane(span):
            told.count("has times that cannot be and was left out")
        elif isinstance(item, _COMPOSITIONS) and not item.enabled:
            told.count("is a cut within the cut that is switched off, and became a gap")
            yield otio.schema.Gap(source_range=span), span
        elif isinstance(item, _COMPOSITIONS):
            yield from _opened(item, span, told, kind, depth)
        elif isinstance(item, otio.schema.Clip | otio.schema.Gap):
            yield item, span
        else:
            told.count("is of a kind that is not known here, and became a gap")
            yield otio.schema.Gap(source_range=span), span


def _opened(item: Any, span: Any, told: Notes, kind: str, depth: int) -> Iterator[tuple[Any, Any]]:
    """What of this kind a nested cut holds; as long as its part of the cut around it."""
    told.count("is a cut within the cut, which was laid open")
    if item.effects:
        told.count("is a cut within the cut with an effect, which was left out")
    left = span.duration
    for one, used in laid_out(_flat(item, span, told, kind, depth), told, kind, depth + 1):
        left -= used.duration
        yield one, used
    if left.value > 0:
        rest = otio.opentime.TimeRange(otio.opentime.RationalTime(0, left.rate), left)
        yield otio.schema.Gap(source_range=rest), rest


def _flat(item: Any, span: Any, told: Notes, kind: str, depth: int) -> Any:
    """The topmost of a nested cut's tracks of a kind, in one track."""
    inside = item if isinstance(item, otio.schema.Stack) else [item]
    wanted = [
        one.deepcopy()
        for one in inside
        if not isinstance(one, otio.schema.Track) or one.kind == kind
    ]
    nothing = otio.schema.Track(kind=kind)
    if not wanted:
        return nothing
    if kind == otio.schema.TrackKind.Audio and len(wanted) > 1:
        told.count("is a cut within the cut of several sounds, of which the topmost is heard")
    whole = otio.schema.Stack(children=wanted)
    for stack in (whole, _cut_hard(whole)) if depth < _NESTED else ():
        try:
            flat = otio.algorithms.flatten_stack(stack)
            made = otio.algorithms.track_trimmed_to_range(flat, span)
        except FAILURES:
            continue  # the library cannot trim within a dissolve
        if stack is not whole:
            told.count("is a cut within the cut whose dissolves became cuts")
        return made
    told.count("is a cut within the cut that cannot be laid open, and became a gap")
    return nothing


def _cut_hard(stack: Any) -> Any:
    """A stack like ``stack`` without its transitions."""
    made = stack.deepcopy()
    for track in made:
        if isinstance(track, otio.schema.Track):
            track[:] = [
                one.deepcopy() for one in track if not isinstance(one, otio.schema.Transition)
            ]
    return made
