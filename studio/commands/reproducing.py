"""Make a take again from its recipe, and compare the two."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

from engine.api import (
    Backend,
    Cancelled,
    Control,
    Failed,
    Finished,
    Parked,
    Progress,
    Recipe,
    Started,
    Take,
    import_recipe,
)
from engine.media import read_pictures, read_sound
from studio.commands.crew import CommandError
from studio.commands.engines import add_engine, engine_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument("take", type=Path, metavar="TAKE", help="the take's folder")
    add_engine(parser, default=None)


def run(arguments: argparse.Namespace) -> int:
    """Reproduce; 0 if the takes are equal, 3 if they differ."""
    folder: Path = arguments.take
    recipe = import_recipe(folder)
    if recipe is None:
        raise CommandError(f"{folder} holds no take with a recipe.")
    backend = engine_of(arguments, recipe.backend.lower())
    weights = backend.capabilities().weights
    if weights and weights not in recipe.weights:
        _say("The weights are not those that made it; the result will differ.")
    with tempfile.TemporaryDirectory(prefix="dailies-reproduce-") as name:
        again = _rendered(backend, recipe, Path(name))
        picture, sound = _differences(folder, Path(again.folder))
    if not picture and not sound:
        _say("It is the same, picture for picture and sample for sample.")
        return 0
    _say(f"It differs: pictures by {picture:.3f} levels of 255, sound by {sound:.5f}, on average.")
    return 3


def _rendered(backend: Backend, recipe: Recipe, folder: Path) -> Take:
    """The take that the recipe gives here and now.

    Raises:
        CommandError: if it cannot be rendered.
    """
    for event in backend.render(recipe.again, Control(folder)):
        match event:
            case Finished(takes=takes):
                return takes[min(recipe.shot, len(takes) - 1)]
            case Failed(sentence=sentence, cause=cause):
                raise CommandError(sentence) from RuntimeError(cause)
            case Started() | Progress() | Parked() | Cancelled():
                continue
    raise CommandError("The render ended without a take.")


def _differences(old: Path, new: Path) -> tuple[float, float]:
    """Mean absolute differences of pictures (levels) and sound (full scale is 1)."""
    pictures = [read_pictures(folder / "picture.mkv") for folder in (old, new)]
    sounds = [read_sound(folder / "sound.wav") for folder in (old, new)]
    if pictures[0].shape != pictures[1].shape or sounds[0].shape != sounds[1].shape:
        raise CommandError("The new take has another size or length.")
    apart = np.abs(pictures[0].astype(np.int16) - pictures[1].astype(np.int16)).mean()
    return float(apart), float(np.abs(sounds[0] - sounds[1]).mean())


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
