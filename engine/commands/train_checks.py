"""What ``train`` refuses before anything is read: flags that a recipe does not take, odd values."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from engine.checkpoint import read_metadata
from engine.commands.train import EVERYTHING, EXPERIMENTS, FINETUNE, names_in
from engine.devices import cores
from engine.errors import RequestError
from engine.presets import PRESETS, Preset
from engine.training.experiments_report import MOST_SEEDS

RECIPES = (*PRESETS, EVERYTHING, FINETUNE)


def _that(takes: Callable[[Preset], bool]) -> tuple[str, ...]:
    return tuple(name for name, preset in PRESETS.items() if takes(preset))


# Arguments that some recipes alone heed, and which.
TAKERS: dict[str, tuple[str, ...]] = {
    "warm_start": _that(lambda preset: preset.warm),
    "learning_rate": _that(lambda preset: preset.learns),
    "minutes": (*_that(lambda preset: preset.timed), EVERYTHING, FINETUNE),
    "device": (*_that(lambda preset: preset.placed), EVERYTHING, FINETUNE),
    "replicas": (*_that(lambda preset: preset.together), EVERYTHING),
    "size": _that(lambda preset: preset.sized),
    "level": (*_that(lambda preset: preset.sized), EVERYTHING),
    "verdicts": ("reward",),
    "only": (EXPERIMENTS,),
    "seeds": (EXPERIMENTS,),
    "data": (FINETUNE,),
    "weights": (FINETUNE,),
    "steps": (FINETUNE,),
}


def refuse_odd(args: argparse.Namespace) -> None:
    """Refuse what the recipe would not heed, and values that nothing can be made of.

    Raises:
        EngineError: with the first of them.
    """
    _refuse_ignored(args)
    _refuse_numbers(args)
    if args.recipe == FINETUNE and args.data is None and not args.resume:
        raise RequestError("Name the folder of your clips and captions with --data FOLDER.")
    if args.only is not None and not names_in(args.only):
        raise RequestError("--only names no experiment; leave it out to try them all.")
    if args.verdicts is not None and not args.verdicts.is_file():
        raise RequestError(
            f"There are no verdicts at {args.verdicts}; export them from the studio."
        )
    if args.warm_start is not None:
        read_metadata(args.warm_start)  # What is no file of weights says so.


def _refuse_numbers(args: argparse.Namespace) -> None:
    if args.minutes is not None and args.minutes <= 0:
        raise RequestError(f"{args.minutes:g} minutes are no time to train; use more than 0.")
    if args.threads is not None and args.threads < 1:
        raise RequestError("At least one thread must compute.")
    if args.learning_rate is not None and args.learning_rate <= 0:
        raise RequestError("Nothing is learned at such a --learning-rate; use more than 0.")
    if args.replicas is not None and not 1 <= args.replicas <= cores():
        raise RequestError(f"This processor has {cores()} cores: use 1 to {cores()} --replicas.")
    if args.seeds is not None and not 2 <= args.seeds <= MOST_SEEDS:
        raise RequestError(f"Use 2 to {MOST_SEEDS} --seeds: one alone has no interval.")
    if args.steps is not None and args.steps < 1:
        raise RequestError("At least one step must be made.")


def _refuse_ignored(args: argparse.Namespace) -> None:
    for flag, taking in TAKERS.items():
        if getattr(args, flag) is not None and args.recipe not in taking:
            raise RequestError(
                f"{args.recipe} takes no --{flag.replace('_', '-')}, which is for "
                f"{', '.join(taking)}."
            )
