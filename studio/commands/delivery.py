"""Exporting an open film from the command line, with a line of progress now and then."""

from __future__ import annotations

import time
from collections.abc import Callable

from studio.bridge.delivering import Delivery
from studio.commands.crew import CommandError
from studio.export.exporter import (
    ExportCancelled,
    ExportEvent,
    ExportFailed,
    ExportFinished,
    ExportProgress,
)

_TELL_S = 5.0


def deliver(delivery: Delivery, say: Callable[[str], None]) -> ExportFinished:
    """Write a film, from the pictures and samples that the player has.

    Raises:
        CommandError: if it cannot be written; nothing is left behind.
    """
    told_s = time.monotonic()

    def tell(event: ExportEvent) -> None:
        nonlocal told_s
        if isinstance(event, ExportProgress) and time.monotonic() - told_s > _TELL_S:
            told_s = time.monotonic()
            left = "" if event.eta_s is None else f", {event.eta_s:.0f} s left"
            say(f"  {event.stage}: {event.done} of {event.of}{left}")

    with delivery.opened(tell) as exporter:
        end = exporter.run()
    match end:
        case ExportFinished():
            return end
        case ExportFailed(sentence=sentence, cause=cause):
            raise CommandError(sentence) from RuntimeError(cause)
        case ExportCancelled():
            raise CommandError("The export was stopped; nothing was written.")


def in_words(end: ExportFinished) -> str:
    """Length, size and loudness of what was written."""
    size = end.file_bytes / 1e6
    parts = [f"{end.duration_s:.2f} s", f"{size:.2f} MB"]
    if end.frames:
        parts.insert(1, f"{end.frames} pictures of {end.width}x{end.height}")
    if end.path.is_dir():
        parts.insert(0, "1 file" if end.files == 1 else f"{end.files} files")
    if end.loudness is not None:
        parts.append(end.loudness.words)
    return f"{end.path}: {', '.join(parts)}."
