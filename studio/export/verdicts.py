"""A director's verdicts as JSON lines, from which a reward model learns this director's taste.

Each line is one comparison on one axis::

    {"axis": "motion_quality", "choice": "a", "a": {...}, "b": {...}, "created": "..."}

``choice`` is ``a``, ``b`` or ``tie``; ``a`` and ``b`` name a take by its folder, with its prompt,
seed and the hash of its weights.
"""

from __future__ import annotations

import json
from pathlib import Path

from studio.document.ledger import Ledger, TakeRecord, Verdict
from studio.document.take_lineage import asked
from studio.export.subtitles import write_whole
from studio.render.film_paths import inside


def verdict_lines(ledger: Ledger, folder: Path) -> tuple[str, ...]:
    """Every verdict whose takes are known, the oldest first; ``folder`` is the film's."""
    lines: list[str] = []
    for verdict in ledger.verdicts:
        first, second = ledger.takes.get(verdict.take_a), ledger.takes.get(verdict.take_b)
        if first is not None and second is not None:
            plain = _plain(verdict, _side(first, folder), _side(second, folder))
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
    verdict: Verdict, first: dict[str, object], second: dict[str, object]
) -> dict[str, object]:
    return {
        "axis": verdict.axis,
        "choice": verdict.choice,
        "a": first,
        "b": second,
        "created": verdict.created,
    }


def _side(take: TakeRecord, folder: Path) -> dict[str, object]:
    made = asked(take.recipe)
    return {
        "take": take.id,
        "folder": str(inside(folder, take.folder)),
        "prompt": made.prompt,
        "instruction": made.instruction,
        "seed": take.seed,
        "weights": take.weights,
    }
