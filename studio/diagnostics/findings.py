"""Findings: what one look at this machine came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Verdict = Literal["has", "note", "lacks"]

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets"
PACKAGING = ROOT / "packaging"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        subject: what was looked at, in a word or two.
        verdict: ``has`` (good), ``note`` (works, with a consequence), ``lacks`` (something fails).
        sentence: what was found and what follows from it.
        facts: the same for machines.
    """

    subject: str
    verdict: Verdict
    sentence: str
    facts: dict[str, Any] = field(default_factory=dict)
