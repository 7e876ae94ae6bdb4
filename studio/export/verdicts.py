"""A director's verdicts as JSON lines, from which a reward model learns this director's taste.

Each line is one comparison on one axis, as ``engine.training.preferences_verdicts`` reads it::

    {"version": 1, "axis": "motion_quality", "verdict": "a", "prompt": "...", "a": "/.../takes/1",
     "b": "/.../takes/2", "about": {"a": {...}, "b": {...}, "created": "..."}}

``verdict`` is ``a``, ``b`` or ``tie``; ``a`` and ``b`` are the takes' folders. ``about`` is for
people: words, seeds and weights.
"""

from __future__ import annotations

import json
from pathlib import Path

from studio.document.ledger import Ledger, TakeRecord, Verdict
from studio.document.take_lineage import asked
from studio.export.subtitles import write_whole
from studio.render.film_paths import inside

VERSION = 1


def verdict_lines(ledger: Ledger, folder: Path) -> tuple[str, ...]:
    """Every verdict whose takes are known, the oldest first; ``folder`` is the film's."""
    lines: list[str] = []
    for verdict in ledger.verdicts:
        first, second = ledger.takes.get(verdict.take_a), ledger.takes.get(verdict.take_b)
        if first is not None and second is not None:
            plain = _plain(verdict, first, second, folder)
            lines.append(json.dumps(plain, ensure_ascii=False))
    return tuple(lines)


def write_verdicts(path: Path, ledger: Ledger, folder: Path) -> int:
    """Write them to ``path``; returns how many.

    Raises:
        ExportError: if it cannot be written.
    """
    lines = verdict_lines(ledger, folder)
    write_whole(path, "".join(f"{line}\n" for line in lines))
    return len(lines)


def _plain(
    verdict: Verdict, first: TakeRecord, second: TakeRecord, folder: Path
) -> dict[str, object]:
    return {
        "version": VERSION,
        "axis": verdict.axis,
        "verdict": verdict.choice,
        "prompt": asked(first.recipe).prompt,
        "a": str(inside(folder, first.folder)),
        "b": str(inside(folder, second.folder)),
        "about": {"a": _side(first), "b": _side(second), "created": verdict.created},
    }


def _side(take: TakeRecord) -> dict[str, object]:
    made = asked(take.recipe)
    return {
        "take": take.id,
        "instruction": made.instruction,
        "seed": take.seed,
        "weights": take.weights,
    }
