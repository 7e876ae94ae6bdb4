"""The codecs that a run learns with."""

from __future__ import annotations

from pathlib import Path

from engine.metrics.reader import packaged_reader
from engine.models.codecs import Codecs, load_codecs


def codecs_beside(run: Path) -> Codecs:
    """Those of the folder ``codecs`` beside a run or the folder it is in, else the shipped ones.

    Raises:
        WeightsError: if one is missing or damaged.
    """
    for place in (run.parent, run.parent.parent):
        if (place / "codecs").exists():
            return load_codecs(place / "codecs")
    return load_codecs(packaged_reader().parent)
