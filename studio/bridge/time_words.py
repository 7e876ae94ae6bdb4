"""Lengths of time in words, as roughly as a person would say them."""

from __future__ import annotations

from studio.wording import tr


def time_left(seconds: float | None) -> str:
    """How long something still takes: ``12 s left``; empty where nobody knows."""
    if seconds is None:
        return ""
    if seconds < 1:
        return tr("nearly done")
    return tr("{time} left", time=duration(seconds))


def duration(seconds: float) -> str:
    """A length of time, rounded as a person would."""
    if seconds < 10:
        return tr("{seconds:.1f} s", seconds=seconds)
    if seconds < 90:
        return tr("{seconds:.0f} s", seconds=seconds)
    if seconds < 5400:
        return tr("{minutes:.0f} min", minutes=seconds / 60)
    return tr("{hours:.1f} h", hours=seconds / 3600)
