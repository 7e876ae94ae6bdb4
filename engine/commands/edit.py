"""Editing: a film changed by words (V2V)."""

from __future__ import annotations

import argparse
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.arguments import number
from engine.commands.console import say
from engine.commands.films import (
    film_arguments,
    make_film,
    open_backend,
    quality_of,
    seed_argument,
    source_of,
)
from engine.errors import RequestError

if TYPE_CHECKING:
    from engine.api import Backend, Capabilities, ShotRequest

HELP = "change a film by saying what should change"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "--source", type=Path, required=True, metavar="FILE", help="the film to change"
    )
    parser.add_argument("--instruction", required=True, help='such as "make it nighttime"')
    parser.add_argument(
        "--strength",
        type=number,
        default=0.6,
        help="how much the picture changes, 0 to 1; 0.6 by default",
    )
    parser.add_argument(
        "--sound-strength", type=number, help="how much the sound does; as the picture by default"
    )
    parser.add_argument(
        "--method",
        choices=("restyle", "instruct"),
        default="restyle",
        help="from the source under noise, or with the source shown to the model as well",
    )
    parser.add_argument(
        "--mask", type=Path, metavar="FILE", help="grey picture or clip, white where it may change"
    )
    parser.add_argument(
        "--mask-at",
        type=number,
        metavar="SECONDS",
        help="where in the source the picture is that the mask was painted on: it then follows "
        "what is there",
    )
    parser.add_argument(
        "--in",
        dest="in_s",
        type=number,
        default=0.0,
        metavar="SECONDS",
        help="where in the source the part begins that is taken; it is as long as can be made",
    )
    parser.add_argument(
        "--start", type=number, help="seconds of the source at which it may begin to change"
    )
    parser.add_argument("--end", type=number, help="seconds of the source at which it must end")
    parser.add_argument(
        "--keep", choices=("picture", "sound"), help="leave one of the two exactly as it is"
    )
    seed_argument(parser)
    film_arguments(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Make the changed film.

    Raises:
        EngineError: if it cannot be made.
    """
    from engine.api import Edit
    from engine.media import probe

    if args.out.exists() and args.source.exists() and args.out.samefile(args.source):
        raise RequestError("The film would be written over its own source; name another file.")
    if args.mask_at is not None and args.mask is None:
        raise RequestError("--mask-at says where a mask was painted: name it with --mask FILE.")
    info = probe(args.source)
    if info.kind != "video":
        raise RequestError(f"{args.source.name} is not a film: it has no moving picture.")
    if not 0 <= args.in_s < info.duration_s:
        raise RequestError(f"{args.source.name} lasts {info.duration_s:g} s; begin within it.")
    _check_span(args, info.duration_s)
    source = source_of(args.source)
    backend = open_backend(args)
    sound = args.strength if args.sound_strength is None else args.sound_strength
    rate = backend.capabilities().rates[0]
    edit = Edit(
        source=str(source.resolve()),
        instruction=args.instruction,
        picture_strength=args.strength,
        sound_strength=sound,
        in_s=Fraction(args.in_s).limit_denominator(10**6),
        start_frame=0 if args.start is None else int((args.start - args.in_s) * rate),
        end_frame=None if args.end is None else -int((args.in_s - args.end) * rate // 1),
        mask=None if args.mask is None else str(args.mask.resolve()),
        keep_picture=args.keep == "picture",
        keep_sound=args.keep == "sound",
        method=args.method,
    )
    own = source != args.source
    left_s = info.duration_s - args.in_s
    request = _request(args, backend.capabilities(), edit, left_s, source if own else None)
    if args.mask is not None and args.mask_at is not None:
        request = _followed(args, backend, request)
    if not own:
        say(f"{args.source.name} has no take beside it; its picture and sound are encoded anew.")
    report = make_film(backend, request, args.out)
    return report | {
        "source": str(source),
        "own_latents": own and not edit.in_s and backend.reads_latents(source, request),
        "instruction": args.instruction,
    }


def _check_span(args: argparse.Namespace, duration_s: float) -> None:
    """Refuse a span that shows nothing of the source."""
    start_s = args.in_s if args.start is None else args.start
    end_s = duration_s if args.end is None else args.end
    if not args.in_s <= start_s < min(end_s, duration_s):
        raise RequestError(
            f"Between {start_s:g} s and {end_s:g} s there is nothing to change: {args.source.name} "
            f"is taken from {args.in_s:g} s to {duration_s:g} s at most."
        )


def _followed(args: argparse.Namespace, backend: Backend, request: ShotRequest) -> ShotRequest:
    """The request with a mask that follows what was painted; it is left beside the film."""
    from engine.api import Control, Edit, MaskKey, MaskTrack

    edit = request.task
    assert isinstance(edit, Edit)
    key = MaskKey(
        frame=int((args.mask_at - args.in_s) * request.rate), mask=str(args.mask.resolve())
    )
    track = MaskTrack(
        source=edit.source,
        keys=(key,),
        frames=request.frames,
        rate=request.rate,
        in_s=edit.in_s,
    )
    target = args.out.resolve().with_name(f"{args.out.stem}.mask.mkv")
    found = backend.track_mask(track, target, Control(target.parent))
    if found is not None and found.lost:
        say(f"The region was lost on {len(found.lost)} of {found.frames} pictures; see {target}.")
    return replace(request, task=replace(edit, mask=str(target)))


def _request(
    args: argparse.Namespace, can: Capabilities, edit: Any, seconds: float, take: Path | None
) -> ShotRequest:
    from engine.api import ShotPlan, ShotRequest, import_recipe

    recipe = import_recipe(take) if take else None
    if recipe is not None:
        before = recipe.request
        width, height, rate, frames = before.width, before.height, before.rate, before.frames
    else:
        width, height, rate = can.sizes[0].width, can.sizes[0].height, can.rates[0]
        frames = max(can.frames)
    if recipe is None or args.in_s:
        room = min(frames, round(seconds * rate))
        frames = max((one for one in can.frames if one <= room), default=can.frames[0])
    return ShotRequest(
        prompt="",
        negative_prompt=args.negative,
        shots=(ShotPlan(caption="", frames=frames),),
        width=width,
        height=height,
        rate=rate,
        seed=args.seed,
        quality=quality_of(args),
        guidance=args.guidance,
        task=edit,
    )
