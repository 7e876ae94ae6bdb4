"""Extension: a film gone on with, or led up to, from its own latents."""

from __future__ import annotations

import argparse
import math
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.arguments import number
from engine.commands.chains import (
    Piece,
    edge_take,
    keep_record,
    piece_of,
    render_into,
    takes_folder,
    tell_flags,
    write_joined,
)
from engine.commands.console import Meter, output, say
from engine.commands.films import (
    check,
    film_arguments,
    open_backend,
    quality_of,
    seed_argument,
    source_of,
)
from engine.errors import RequestError

if TYPE_CHECKING:
    from engine.api import Backend, Capabilities, ShotRequest, Take

HELP = "go on with a film, or lead up to it"
# Pictures of the source that stand in the window with what is new.
_HISTORY = 8
# Of a side: what two shapes differ by that are the same but for whole pixels.
_SAME_SHAPE = 0.01


class ClipTime(NamedTuple):
    """How long a window is: pictures, and how many of them are a second."""

    frames: int
    rate: Fraction


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "--source", type=Path, required=True, metavar="FILE", help="the film to go on with"
    )
    parser.add_argument("--seconds", type=number, required=True, help="how much is added")
    parser.add_argument("--backward", action="store_true", help="before the film, not after it")
    parser.add_argument("--prompt", default="", help="what happens; the source's own by default")
    seed_argument(parser)
    film_arguments(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Make the longer film.

    Raises:
        EngineError: if it cannot be made.
    """
    from engine.media import probe

    began_s = time.monotonic()
    output(args.out, ".mp4")
    if args.out.exists() and args.source.exists() and args.out.samefile(args.source):
        raise RequestError("The film would be written over its own source; name another file.")
    info = probe(args.source)
    if info.kind != "video":
        raise RequestError(f"{args.source.name} is not a film: it has no moving picture.")
    backend = open_backend(args)
    can = backend.capabilities()
    rate = info.rate if info.rate in can.rates else can.rates[0]
    film_rate = max(rate, info.rate)
    lengths = chunk_lengths(args.seconds, rate, can.frames)
    edge = edge_take(args.source, backward=args.backward) or source_of(args.source)
    if edge == args.source:
        say(f"{args.source.name} has no take beside it; its end is encoded anew.")
    first = backend.compile(_request(args, can, edge, ClipTime(lengths[0], rate), 0))
    size = film_size(args.source, first.width * first.scale, first.height * first.scale)
    if info.rate != rate:
        say(_rates_text(info.rate, film_rate, rate, can.name))
    takes = _rendered(args, backend, edge, [ClipTime(frames, rate) for frames in lengths])
    flags = tell_flags(takes, "Window")
    wanted = round(args.seconds * rate)
    own = Piece(
        picture=args.source,
        sound=args.source,
        first=0,
        frames=max(1, int(info.duration_s * info.rate + 0.01)),
        rate=info.rate,
    )
    pieces = _cut(takes, wanted, backward=args.backward)
    whole = [*pieces, own] if args.backward else [own, *pieces]
    total = write_joined(whole, args.out, size, film_rate)
    before_s = wanted / rate if args.backward else own.frames / own.rate
    join = math.ceil(before_s * film_rate)
    added = join if args.backward else total - join
    _record(args, takes, edge)
    spent_s = time.monotonic() - began_s
    say(f"{args.out} is made: {total} pictures, {added} of them new, {spent_s:.1f} s.")
    return {
        "out": str(args.out),
        "source": str(edge),
        "width": size[0],
        "height": size[1],
        "frames": total,
        "added": added,
        "rate": str(film_rate),
        "seconds": float(total / film_rate),
        "windows": len(takes),
        "flags": flags,
        "join": join,
        "wall_s": round(spent_s, 3),
    }


def chunk_lengths(seconds: float, rate: Fraction, legal: tuple[int, ...]) -> list[int]:
    """Pictures of every window: as long as history leaves room, the last as short as will do.

    Raises:
        RequestError: if nothing is to be added, or more than any film lasts.
    """
    from engine.media import LIMITS

    if seconds > LIMITS.duration_s:
        raise RequestError(
            f"{seconds:g} s cannot be added: films are read up to {LIMITS.duration_s / 3600:.0f} "
            "hours. Add less."
        )
    wanted = round(seconds * rate)
    if wanted < 1:
        raise RequestError(f"{seconds:g} s cannot be added: it must be a picture or more.")
    room = max((one for one in legal if one <= legal[-1] - _HISTORY), default=legal[0])
    lengths = [room] * (wanted // room)
    rest = wanted - sum(lengths)
    if rest:
        lengths.append(next(one for one in legal if one >= rest))
    return lengths


def film_size(source: Path, new_width: int, new_height: int) -> tuple[int, int]:
    """Width and height of the longer film: the source's own, unless what is new is larger.

    What is new is enlarged to it. A source of another shape loses its edges, as the model sees it
    without them and the picture would jump where the two meet. What is not as it was is said.

    Raises:
        MediaError: if the source cannot be read.
    """
    from engine.media import read_pictures

    high, wide = read_pictures(source, frames=1)[0].shape[:2]
    shape = new_width / new_height
    width, height = min(wide, high * shape), min(high, wide / shape)
    if max(wide - width, high - height) < _SAME_SHAPE * max(wide, high):
        width, height = wide, high
    else:
        say(f"{source.name} loses its edges: what is new has another shape.")
    size = (round(width) // 2 * 2, round(height) // 2 * 2)
    if size[0] <= new_width:
        size = (new_width, new_height)
    if (wide, high) != size:
        say(f"{source.name} is {wide}x{high}; the film is {size[0]}x{size[1]}.")
    if (new_width, new_height) != size:
        say(f"What is new is made at {new_width}x{new_height} and enlarged.")
    return size


def _rates_text(own: Fraction, film: Fraction, made: Fraction, name: str) -> str:
    """What a difference of rates comes to, as a sentence."""
    if film != own:
        return f"The film plays at {float(film):g} pictures a second, which {name} makes."
    return (
        f"The film keeps its {float(own):g} pictures a second; {name} makes {float(made):g}, each "
        "shown for longer."
    )


def _rendered(
    args: argparse.Namespace, backend: Backend, edge: Path, lengths: list[ClipTime]
) -> list[Take]:
    """The new takes in the order of making: each goes on from the one before."""
    takes: list[Take] = []
    told: list[str] = []
    source = edge.resolve()
    for index, length in enumerate(lengths):
        request = _request(args, backend.capabilities(), source, length, index)
        told += check(backend, request, told)
        meter = Meter(f"window {index + 1} of {len(lengths)}, steps")
        try:
            folder = takes_folder(args.out) / f"{index + 1:03d}"
            (take,) = render_into(backend, request, folder, meter)
        finally:
            meter.close()
        takes.append(take)
        source = Path(take.folder).resolve()
    return takes


def _request(
    args: argparse.Namespace, can: Capabilities, source: Path, length: ClipTime, index: int
) -> ShotRequest:
    from engine.api import Extend, ShotPlan, ShotRequest

    return ShotRequest(
        prompt=args.prompt,
        negative_prompt=args.negative,
        shots=(ShotPlan(caption="", frames=length.frames),),
        width=can.sizes[0].width,
        height=can.sizes[0].height,
        rate=length.rate,
        seed=args.seed + index,
        quality=quality_of(args),
        guidance=args.guidance,
        task=Extend(source=str(source), direction="backward" if args.backward else "forward"),
    )


def _cut(takes: list[Take], wanted: int, *, backward: bool) -> list[Piece]:
    """The takes in the film's order; what is too much is cut off the far end."""
    over = sum(take.frames for take in takes) - wanted
    last = takes[-1]
    far = piece_of(last, over if backward else 0, last.frames - over)
    near = [piece_of(take) for take in takes[:-1]]
    return [far, *reversed(near)] if backward else [*near, far]


def _record(args: argparse.Namespace, takes: list[Take], edge: Path) -> None:
    folder = takes_folder(args.out)
    names = [str(Path(take.folder).relative_to(folder)) for take in takes]
    other = str(edge.resolve()) if edge.is_dir() else ""
    order = [*reversed(names), other] if args.backward else [other, *names]
    keep_record(args.out, {"takes": order})
