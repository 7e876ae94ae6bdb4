"""The codecs that a run learns with."""

from __future__ import annotations

from pathlib import Path

from engine.metrics.reader import packaged_reader
from engine.models.codecs import Codecs, load_codecs


def codecs_beside(run: Path) -> Codecs:
    """Those of the folder ``codecs`` beside a run; where there is none, the shipped ones.

    Raises:
        WeightsError: if one is missing or damaged.
    """
    own = run.parent / "codecs"
    return load_codecs(own if own.exists() else packaged_reader().parent)
