"""Which weights of a run are used by what comes after it."""

from __future__ import annotations

from pathlib import Path

WEIGHTS, BEST = "weights.safetensors", "best.safetensors"


def weights_of(run: Path) -> Path:
    """The best weights of ``run`` by held-out loss, else those saved last, whether or not there.

    So a file that is missing is named by whoever reads it.
    """
    best = run / BEST
    return best if best.is_file() else run / WEIGHTS
