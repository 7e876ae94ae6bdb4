"""Scenes drawn twice, at a size and at double it: what the upsampler learns from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.data.clips import ClipStore, StoreSpec, fill
from engine.errors import TrainingError
from engine.models.upsampler import SCALE


@dataclass(frozen=True, kw_only=True)
class DoubleStore:
    """Two stores of the same scenes: ``large`` is ``SCALE`` times as wide and as high."""

    small: ClipStore
    large: ClipStore

    @staticmethod
    def open(folder: Path) -> DoubleStore:
        """The finished stores in ``folder``.

        Raises:
            TrainingError: if they are not there, or not of the same scenes.
        """
        try:
            small, large = (ClipStore.open(folder / name) for name in ("small", "large"))
        except TrainingError as error:
            raise TrainingError(
                f"There are no scenes at two sizes in {folder}. Draw them with: train doubles."
            ) from error
        if large.spec != _doubled(small.spec):
            raise TrainingError(f"The stores in {folder} are not of the same scenes; draw again.")
        return DoubleStore(small=small, large=large)

    def ready(self) -> np.ndarray:
        """Indices of the clips that are drawn at both sizes, ascending."""
        return np.intersect1d(self.small.ready(), self.large.ready())


def fill_doubles(folder: Path, spec: StoreSpec, workers: int = 1) -> DoubleStore:
    """Draw what is missing of ``spec`` at both sizes; can be stopped and run again."""
    return DoubleStore(
        small=fill(folder / "small", spec, workers),
        large=fill(folder / "large", _doubled(spec), workers),
    )


def _doubled(spec: StoreSpec) -> StoreSpec:
    return replace(spec, width=SCALE * spec.width, height=SCALE * spec.height)
