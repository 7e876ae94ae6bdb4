"""Generation: a film from words and references."""

from __future__ import annotations

import argparse
from typing import Any

from engine.api import ShotPlan, ShotRequest
from engine.arguments import number, size
from engine.commands.console import say
from engine.commands.films import (
    film_arguments,
    make_film,
    nearest_length,
    open_backend,
    quality_of,
    seed_argument,
)
from engine.commands.influence import measure_influence, told
from engine.commands.references import reference_arguments, references_of

HELP = "make a film from words and references"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--prompt", required=True, help="what is to be seen and heard")
    reference_arguments(parser)
    parser.add_argument("--seconds", type=number, help="length; the longest learned by default")
    parser.add_argument(
        "--influence",
        action="store_true",
        help="measure what each reference changes, by leaving it out, and two tags by swapping",
    )
    parser.add_argument(
        "--size",
        type=size,
        metavar="WxH",
        help="of the pictures; the size that was learned by default",
    )
    seed_argument(parser)
    film_arguments(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Make the film.

    Raises:
        EngineError: if it cannot be made.
    """
    references = references_of(args, args.prompt)
    backend = open_backend(args)
    can = backend.capabilities()
    rate = can.rates[0]
    width, height = args.size or (can.sizes[0].width, can.sizes[0].height)
    frames = can.frames[-1]
    if args.seconds is not None:
        frames = nearest_length(args.seconds, rate, can.frames, can.untrained_frames)
    request = ShotRequest(
        prompt=args.prompt,
        negative_prompt=args.negative,
        shots=(ShotPlan(caption="", frames=frames),),
        width=width,
        height=height,
        rate=rate,
        seed=args.seed,
        references=references,
        quality=quality_of(args),
        guidance=args.guidance,
    )
    if frames in can.untrained_frames:
        wanted = backend.estimate(request)
        say(
            f"One pass of this length takes about {wanted.seconds:.0f} s and "
            f"{wanted.memory_bytes / 1e9:.1f} GB of memory."
        )
    report = make_film(backend, request, args.out)
    if args.influence:
        report |= told(measure_influence(backend, request, args.out))
    return report
