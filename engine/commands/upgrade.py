"""Upgrade: a preview rendered in full, from its own noise or from the preview itself."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from engine.commands.films import film_arguments, make_film, open_backend, quality_of, source_of
from engine.errors import RequestError

HELP = "render a preview in full"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "--source", type=Path, required=True, metavar="FILE.mp4", help="the preview, as made here"
    )
    parser.add_argument(
        "--from-latent",
        action="store_true",
        help="start from what the preview shows, which stays nearer to it, not from its noise",
    )
    film_arguments(parser)
    parser.set_defaults(quality="full")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Make the full film. Words, references and seed are the preview's.

    Raises:
        EngineError: if it cannot be made.
    """
    from engine.api import ShotPlan, ShotRequest, Upgrade, import_recipe
    from engine.media import probe

    if args.out.exists() and args.source.exists() and args.out.samefile(args.source):
        raise RequestError("The film would be written over its own preview; name another file.")
    probe(args.source)  # A file that cannot be read says why.
    take = source_of(args.source)
    recipe = import_recipe(take) if take != args.source else None
    if recipe is None:
        raise RequestError(
            f"{args.source.name} has no take beside it; what was made here, and not changed since, "
            "can be rendered in full."
        )
    before = recipe.request
    request = ShotRequest(
        prompt="",
        negative_prompt=args.negative,
        shots=(ShotPlan(caption="", frames=before.shots[recipe.shot].frames),),
        width=before.width,
        height=before.height,
        rate=before.rate,
        seed=before.seed,
        quality=quality_of(args),
        guidance=before.guidance if args.guidance is None else args.guidance,
        task=Upgrade(source=str(take.resolve()), from_latent=args.from_latent),
    )
    return make_film(open_backend(args), request, args.out) | {"source": str(take)}
