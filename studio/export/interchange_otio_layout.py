"""The parts of an OpenTimelineIO track in their order, cuts within the cut laid open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from studio.export.interchange_limits import Notes
from studio.export.interchange_otio_library import FAILURES, is_sane, otio

_NESTED = 12
_COMPOSITIONS = (otio.schema.Stack, otio.schema.Track)


def laid_out(track: Any, told: Notes, depth: int = 0) -> Iterator[tuple[Any, Any]]:
    """The parts of a track and what each uses of its source; nested cuts are laid open."""
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
        elif isinstance(item, _COMPOSITIONS):
            yield from _opened(item, span, told, depth)
        elif isinstance(item, otio.schema.Clip | otio.schema.Gap):
            yield item, span
        else:
            told.count("is of a kind that is not known here, and became a gap")
            yield otio.schema.Gap(source_range=span), span


def _opened(item: Any, span: Any, told: Notes, depth: int) -> Iterator[tuple[Any, Any]]:
    told.count("is a cut within the cut, which was laid open")
    gap = otio.schema.Gap(source_range=span)
    if depth >= _NESTED:
        yield gap, span
        return
    try:
        flat = otio.algorithms.flatten_stack(
            item if isinstance(item, otio.schema.Stack) else [item.deepcopy()]
        )
        trimmed = otio.algorithms.track_trimmed_to_range(flat, span)
    except FAILURES:
        yield gap, span
        return
    yield from laid_out(trimmed, told, depth + 1)
