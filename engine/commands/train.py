"""Training: one recipe in one folder, resumable at any instant, on any device."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.arguments import number, size
from engine.commands.console import made_folder, say
from engine.errors import RequestError, TrainingError

if TYPE_CHECKING:
    from engine.presets import Order

HELP = "train a recipe in a folder, or go on with it"
_STATE, _SHARES, _FINDINGS = "state.safetensors", "state/run.json", "experiments.json"
# Recipes that are no presets, and one that takes arguments of its own.
FINETUNE, EVERYTHING, EXPERIMENTS = "finetune", "everything", "experiments"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("recipe", nargs="?", metavar="RECIPE", help="one that --list names")
    parser.add_argument("--list", action="store_true", help="say what can be trained")
    parser.add_argument(
        "--run", type=Path, dest="folder", metavar="DIR", help="folder of the run; it is made"
    )
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--resume", action="store_true", help="go on from what was saved")
    start.add_argument("--warm-start", type=Path, metavar="FILE", help="begin from these weights")
    parser.add_argument(
        "--verdicts",
        type=Path,
        metavar="FILE",
        help="comparisons exported from the studio, for the recipe reward",
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FOLDER",
        help="your own clips with their captions, for the recipe finetune",
    )
    parser.add_argument(
        "--weights",
        type=Path,
        metavar="FOLDER",
        help="what finetune adapts; those delivered by default",
    )
    parser.add_argument(
        "--steps", type=int, help="of finetune; by default as many as fit in its minutes"
    )
    parser.add_argument(
        "--size", type=size, metavar="WxH", help="of the clips that latents or tasks draw"
    )
    parser.add_argument(
        "--level",
        type=int,
        choices=(1, 2, 3),
        help="of the world that latents or tasks draw, or everything learns",
    )
    parser.add_argument(
        "--minutes",
        type=number,
        help="of the whole run, all parts together; the recipe's own by default",
    )
    parser.add_argument(
        "--learning-rate",
        type=number,
        metavar="RATE",
        help="the highest; the recipe's own by default",
    )
    parser.add_argument(
        "--replicas",
        type=int,
        metavar="N",
        help="processes of this processor that train together, each on batches of its own: as many "
        "as there are cores see most clips",
    )
    parser.add_argument("--only", metavar="NAME,...", help="experiments to try; all by default")
    parser.add_argument(
        "--seeds",
        type=int,
        metavar="N",
        help="how often each experiment is tried, by seeds of their own; 3 by default",
    )
    parser.add_argument("--device", help="auto, cpu, cuda or mps; auto by default")
    parser.add_argument("--threads", type=int, help="processor threads; all cores by default")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Train.

    Raises:
        EngineError: if the run cannot start or go on.
        KeyboardInterrupt: if it was stopped before its end; says how to go on.
    """
    from engine.commands.train_checks import RECIPES
    from engine.presets import PRESETS

    if args.list:
        for name, preset in PRESETS.items():
            print(f"{name:12} {preset.says}")
        print(f"{EVERYTHING:12} all stages from nothing to weights that can be delivered")
        print(f"{FINETUNE:12} an adapter of finished weights, from your own clips in --data")
        return {"recipes": {name: preset.says for name, preset in PRESETS.items()}}
    if args.recipe not in RECIPES:
        asked = f"{args.recipe!r} is not a recipe" if args.recipe else "A recipe must be named"
        raise RequestError(f"{asked}; choose one of {', '.join(RECIPES)}.")
    if args.folder is None:
        raise RequestError("Name the folder of the run with --run DIR.")
    _check(args)
    return _train(args)


def _check(args: argparse.Namespace) -> None:
    from engine.commands.train_checks import refuse_odd

    refuse_odd(args)
    if args.folder.exists() and not args.folder.is_dir():
        raise RequestError(f"{args.folder} is a file; name a folder for the run.")
    there = _saved(args)
    if there and not args.resume:
        raise TrainingError(
            f"{args.folder} holds a run already. Go on with it by --resume, or name another folder."
        )
    if args.resume and not there and args.recipe != EVERYTHING:
        say(f"Nothing is saved in {args.folder} yet; it starts from the beginning.")


def _saved(args: argparse.Namespace) -> bool:
    """Whether the run's folder, or that of a part of it, holds what can be gone on with."""
    from engine.presets import PRESETS

    parts = PRESETS[args.recipe].parts if args.recipe in PRESETS else ()
    places = [args.folder, *(args.folder / part for part in parts)]
    return any(
        (place / name).is_file() for place in places for name in (_STATE, _SHARES, _FINDINGS)
    )


def _make(args: argparse.Namespace, order: Order) -> bool:
    if args.recipe == EVERYTHING:
        from engine.commands.everything import everything

        return everything(order)
    if args.recipe == FINETUNE:
        from engine.backends.backlot import SHIPPED
        from engine.commands.finetune import finetune

        return finetune(order, args.data, args.weights or SHIPPED, args.steps)
    from engine.presets import PRESETS, carry_out

    return carry_out(args.recipe, PRESETS[args.recipe], order)


def _train(args: argparse.Namespace) -> dict[str, Any]:
    import torch

    from engine.commands.train_checks import TAKERS
    from engine.devices import describe, pick
    from engine.presets import Order

    if args.threads:
        torch.set_num_threads(args.threads)
    device = pick(args.device or ("auto" if args.recipe in TAKERS["device"] else "cpu"))
    order = Order(
        run=args.folder,
        device=device,
        minutes=args.minutes,
        resume=args.resume,
        warm_start=args.warm_start,
        learning_rate=args.learning_rate,
        replicas=args.replicas,
        size=args.size,
        level=args.level,
        verdicts=args.verdicts,
        only=names_in(args.only or ""),
        seeds=args.seeds or 3,
    )
    began_s = time.monotonic()
    try:
        with made_folder(args.folder):
            done = _make(args, order)
    except KeyboardInterrupt:  # where no run listens for it: while scenes are drawn
        done = False
    except OSError as error:
        raise TrainingError(
            f"{args.folder} could not be written: {error.strerror or error}. What was saved last "
            "is whole; free some space and go on with --resume."
        ) from error
    if not done:
        raise KeyboardInterrupt(_going_on(args))
    return {
        "recipe": args.recipe,
        "run": str(args.folder),
        "device": describe(device),
        "threads": torch.get_num_threads(),
        "wall_s": round(time.monotonic() - began_s, 3),
        "last": _last(args.folder / "log.jsonl"),
    }


def names_in(text: str) -> tuple[str, ...]:
    """Names with commas between them."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _going_on(args: argparse.Namespace) -> str:
    """What to say of a run that was stopped."""
    from engine.presets import PRESETS

    learns = args.recipe == FINETUNE or (args.recipe != EVERYTHING and PRESETS[args.recipe].learns)
    if learns and (_saved(args) or args.warm_start is None):
        return f"Stopped; what was learned and saved is in {args.folder}: go on with --resume."
    return f"Stopped; the same command goes on with what is whole in {args.folder}."


def _last(log: Path) -> dict[str, Any]:
    """The last complete row of a run's log, if there is one."""
    if not log.is_file():
        return {}
    rows = log.read_text(encoding="utf-8").splitlines()
    for row in reversed(rows):
        try:
            return json.loads(row)
        except ValueError:  # Cut off by a kill.
            continue
    return {}
