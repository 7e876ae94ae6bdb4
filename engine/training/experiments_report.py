"""What experiments found: cells as JSON, differences from the base with intervals as a table."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import TrainingError
from engine.metrics.matching import Interval

BASE = "base"
FINDINGS = "experiments.json"
# 97.5% quantiles of Student's t, from 1 degree of freedom on.
_STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
MOST_SEEDS = len(_STUDENT) + 1


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One variant, trained by one seed.

    Attributes:
        flops: products that its steps made.
        seconds: that they took.
        held_out: velocity errors on held-out clips, by branch and noise level, and their mean.
    """

    variant: str
    seed: int
    steps: int
    flops: float
    seconds: float
    held_out: dict[str, float]


@dataclass(kw_only=True)
class Findings:
    """Everything found so far.

    Attributes:
        about: the base and the number of clips that it was found with.
        flops: what a cell may compute; 0 before it is known.
    """

    about: dict[str, Any]
    flops: float = 0.0
    cells: list[Cell] = field(default_factory=list)

    @classmethod
    def there(cls, folder: Path, about: dict[str, Any]) -> Findings:
        """What ``folder`` holds, nothing yet where it holds none.

        Raises:
            TrainingError: if it was found with something else, or cannot be read.
        """
        about = json.loads(json.dumps(about))
        path = folder / FINDINGS
        if not path.is_file():
            return cls(about=about)
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            cells = [Cell(**row) for row in told["cells"]]
            found = cls(about=told["about"], flops=told["flops"], cells=cells)
        except (ValueError, KeyError, TypeError) as error:
            raise TrainingError(f"{path} is damaged. Choose another folder.") from error
        if found.about != about:
            raise TrainingError(
                f"{folder} holds experiments on another base or other clips, which cannot be "
                "compared with these. Choose another folder."
            )
        return found

    def cell(self, variant: str, seed: int) -> Cell | None:
        """The cell of ``variant`` and ``seed``, if it is there."""
        here = (one for one in self.cells if (one.variant, one.seed) == (variant, seed))
        return next(here, None)

    def names(self) -> list[str]:
        """Variants that were tried, the base first."""
        return list(dict.fromkeys((BASE, *(cell.variant for cell in self.cells))))

    def differences(self, variant: str) -> dict[str, Interval]:
        """By figure, how far ``variant`` lies above the base; empty before two seeds have both."""
        pairs = [
            (cell.held_out, base.held_out)
            for cell in self.cells
            if cell.variant == variant and (base := self.cell(BASE, cell.seed)) is not None
        ]
        if len(pairs) < 2:
            return {}
        return {
            name: paired([changed[name] - base[name] for changed, base in pairs])
            for name in pairs[0][1]
        }

    def save(self, folder: Path) -> None:
        """Write it whole or not at all."""
        told = {
            "about": self.about,
            "flops": self.flops,
            "cells": [asdict(cell) for cell in self.cells],
            "differences": {
                name: {key: one.to_json() for key, one in self.differences(name).items()}
                for name in self.names()
                if name != BASE
            },
        }
        _write(folder / FINDINGS, json.dumps(told, indent=1))


def paired(differences: list[float]) -> Interval:
    """Their mean with its 95% interval by Student's t: seeds are few.

    Args:
        differences: of pairs, 2 to ``MOST_SEEDS``.
    """
    count, mean = len(differences), float(np.mean(differences))
    error = float(np.std(differences, ddof=1)) / math.sqrt(count)
    reach = _STUDENT[count - 2] * error
    return Interval(value=mean, low=mean - reach, high=mean + reach, n=count)


def verdict(difference: Interval) -> str:
    """Whether an error became less beyond its interval."""
    if difference.low <= 0 <= difference.high:
        return "no difference seen"
    return "better" if difference.high < 0 else "worse"


def write_report(folder: Path, findings: Findings, says: Mapping[str, str]) -> None:
    """The table, ``experiments.md``; ``says`` tells what the variants are."""
    _write(folder / "experiments.md", "\n".join(_lines(findings, says)) + "\n")


def _lines(findings: Findings, says: Mapping[str, str]) -> list[str]:
    bases = [cell.held_out for cell in findings.cells if cell.variant == BASE]
    figures = list(bases[0]) if bases else []
    figures = ["loss", *(name for name in figures if name != "loss")] if figures else []
    lines = [
        "# Experiments at equal compute",
        "",
        f"Every cell computed {findings.flops / 1e12:.3g} TFLOP, within half a step. Figures are "
        "velocity errors on held-out clips by branch and noise level, and their mean (loss). The "
        "base's are means over seeds; a variant's are differences from the base (less than 0 is "
        "better) with 95% intervals over seeds, paired by seed (Student's t). Of twenty rows that "
        "change nothing about one will lie beyond its interval.",
        "",
        "| variant | what it is | seeds | steps | verdict | " + " | ".join(figures) + " |",
        "|---" * (5 + len(figures)) + "|",
    ]
    for name in findings.names():
        cells = [cell for cell in findings.cells if cell.variant == name]
        if not cells:
            continue
        row = [name, says.get(name, ""), str(len(cells)), f"{cells[0].steps:,}"]
        differences = findings.differences(name)
        if name == BASE:
            row += ["", *(f"{np.mean([one[key] for one in bases]):.4f}" for key in figures)]
        elif differences:
            row += [verdict(differences["loss"])]
            row += [_difference(differences[key]) for key in figures]
        else:
            row += ["needs two seeds", *("-" for _ in figures)]
        lines.append("| " + " | ".join(row) + " |")
    return lines


def _difference(one: Interval) -> str:
    return f"{one.value:+.4f} ({one.low:+.4f} to {one.high:+.4f})"


def _write(path: Path, text: str) -> None:
    part = path.with_suffix(f"{path.suffix}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
