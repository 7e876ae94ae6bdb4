"""Generation: a film from words and references."""

from __future__ import annotations

import argparse
import math
import re
from pathlib import Path
from typing import Any, get_args

from engine.api import Kind, Reference, Role, ShotPlan, ShotRequest
from engine.commands.console import number, size
from engine.commands.films import (
    film_arguments,
    make_film,
    nearest_length,
    open_backend,
    quality_of,
)
from engine.commands.influence import measure_influence, told
from engine.errors import RequestError

HELP = "make a film from words and references"
_USUAL: dict[Kind, Role] = {"image": "subject", "video": "motion", "audio": "music"}
_ROLES: tuple[Role, ...] = get_args(Role)


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--prompt", required=True, help="what is to be seen and heard")
    parser.add_argument("--negative", default="", metavar="TEXT", help="what is not")
    for kind, role in _USUAL.items():
        parser.add_argument(
            f"--{kind}",
            action="append",
            default=[],
            metavar="FILE[:role[:weight]]",
            help=f"a reference; its role is {role} where none is named",
        )
    parser.add_argument("--seconds", type=number, help="length; the model's longest by default")
    parser.add_argument(
        "--influence",
        action="store_true",
        help="measure what each reference changes, by leaving it out",
    )
    parser.add_argument("--size", type=size, metavar="WxH", help="the model's first by default")
    film_arguments(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Make the film.

    Raises:
        EngineError: if it cannot be made.
    """
    references = tuple(
        parse_reference(text, kind, args.prompt) for kind in _USUAL for text in getattr(args, kind)
    )
    backend = open_backend(args)
    can = backend.capabilities()
    rate = can.rates[0]
    width, height = args.size or (can.sizes[0].width, can.sizes[0].height)
    frames = can.frames[-1]
    if args.seconds is not None:
        frames = nearest_length(args.seconds, rate, can.frames)
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
    report = make_film(backend, request, args.out)
    if args.influence:
        report["influence"] = told(measure_influence(backend, request, args.out))
    return report


def parse_reference(text: str, kind: Kind, prompt: str = "") -> Reference:
    """``FILE[:role[:weight]]`` as a reference, read from its end: names may hold colons.

    A file that is there under the whole text is that file. A reference whose file's name is a tag
    of the prompt (``@ava`` for ``ava.png``) has that tag.

    Raises:
        RequestError: if the role or the weight is none.
    """
    source, role, weight = text, _USUAL[kind], 1.0
    if not Path(text).exists():
        source, role, weight = _split(text, _USUAL[kind])
    if not source.strip():
        raise RequestError(f"{text!r} names no file; write FILE, FILE:role or FILE:role:weight.")
    stem = Path(source).stem
    named = re.search(rf"(?<![\w@])@{re.escape(stem)}(?![\w-])", prompt, re.IGNORECASE)
    return Reference(kind=kind, role=role, source=source, tag=stem if named else "", weight=weight)


def _split(text: str, usual: Role) -> tuple[str, Role, float]:
    head, colon, last = text.rpartition(":")
    if not colon:
        return text, usual, 1.0
    before, colon, role = head.rpartition(":")
    if known := _role(last):
        return head, known, 1.0
    if colon and (known := _role(role)):
        return before, known, _weight(last, text)
    # What stands behind a file that is there was meant as a role; else it is part of the name.
    if Path(head).is_file() or (colon and Path(before).is_file()):
        odd = role if colon and Path(before).is_file() else last
        raise RequestError(f"{odd!r} is not a role; choose one of {', '.join(_ROLES)}.")
    return text, usual, 1.0


def _role(text: str) -> Role | None:
    plain = text.strip().lower().replace("-", "_").replace(" ", "_")
    return next((role for role in _ROLES if role == plain), None)


def _weight(text: str, whole: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = math.nan
    if not math.isfinite(weight):
        raise RequestError(f"{text!r} in {whole!r} is not a weight; use a number from 0 to 2.")
    return weight
