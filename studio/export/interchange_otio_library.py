"""The OpenTimelineIO library, which has no types: all that comes out of it is ``Any``."""

from __future__ import annotations

import importlib
import json
import math
from fractions import Fraction
from typing import Any, cast

from studio.export.interchange_limits import film_rate_of

otio: Any = importlib.import_module("opentimelineio")

NAMESPACE = "dailies"
FAILURES: tuple[type[Exception], ...] = (
    otio.exceptions.OTIOError,
    ValueError,
    TypeError,
    RuntimeError,
    LookupError,
    AttributeError,
)
"""What the library raises for files that are not what they should be."""


def ours(thing: Any) -> dict[str, Any]:
    """Our part of a thing's metadata, as plain values."""
    try:
        held = thing.metadata.get(NAMESPACE)
        plain: Any = None if held is None else json.loads(otio.core.serialize_json_to_string(held))
    except FAILURES:
        return {}
    return cast("dict[str, Any]", plain) if isinstance(plain, dict) else {}


def seconds(time: Any) -> Fraction:
    """An exact time: 24000/1001 is meant by the float nearest to it."""
    value, rate = float(time.value), float(time.rate)
    if not (math.isfinite(value) and math.isfinite(rate) and rate > 0):
        return Fraction(0)
    return Fraction(value) / film_rate_of(rate)


def is_sane(span: Any) -> bool:
    """Whether a range of time is one that a film can have."""
    for time in (span.start_time, span.duration):
        value, rate = float(time.value), float(time.rate)
        if not (math.isfinite(value) and math.isfinite(rate) and 0.1 <= rate <= 1_000_000):
            return False
    return abs(seconds(span.start_time)) < 10_000_000 and 0 <= seconds(span.duration) < 1_000_000
