"""Exporting an open film from the command line, with a line of progress now and then."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from studio.bridge.delivering import Delivery
from studio.commands.crew import CommandError
from studio.document.film import Film, Timeline
from studio.document.ledger import Ledger
from studio.export.credentials_certificate import Identity
from studio.export.exporter import (
    ExportCancelled,
    ExportEvent,
    ExportFailed,
    ExportFinished,
    ExportProgress,
)
from studio.export.plan import ExportPlan

_TELL_S = 5.0


def deliver(
    film: Film,
    ledger: Ledger,
    timeline: Timeline,
    folder: Path,
    plan: ExportPlan,
    say: Callable[[str], None],
    *,
    burn_in: bool = False,
    identity: Identity | None = None,
) -> ExportFinished:
    """Write what ``plan`` says, from the pictures and samples that the player has.

    Raises:
        CommandError: if it cannot be written; nothing is left behind.
    """
    delivery = Delivery(
        film=film,
        ledger=ledger,
        timeline=timeline,
        folder=folder,
        plan=plan,
        burn_in=burn_in,
        signer=None if identity is None else lambda: identity,
    )
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
    if end.loudness is not None:
        parts.append(end.loudness.words)
    return f"{end.path}: {', '.join(parts)}."
