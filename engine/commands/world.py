"""The world: one scene or task of the backlot as a film, with its truth and a sheet of pictures."""

from __future__ import annotations

import argparse
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.arguments import number, size
from engine.commands.console import output, say, workspace, write_json
from engine.commands.films import nearest_length
from engine.errors import RequestError
from engine.whole_files import write_whole

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HELP = "draw a scene of the backlot, the world that the model learns from"
_RATE = Fraction(12)
_LONGEST_S = 20
_MOST_PIXELS = 1920 * 1080
_SHEET = 8
_MAX_SEED = 2**62


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "--level",
        type=int,
        default=1,
        choices=(1, 2, 3),
        help="how rich: props (1), then the cast, weather and every set (2), then cuts (3)",
    )
    parser.add_argument("--seed", type=int, default=0, help="which scene; 0 by default")
    parser.add_argument(
        "--size", type=size, default=(256, 144), metavar="WxH", help="256x144 by default"
    )
    parser.add_argument("--seconds", type=number, default=2.0, help="about 2 by default")
    parser.add_argument("--out", type=Path, metavar="FILE.mp4", help="the film to write")
    parser.add_argument(
        "--task",
        metavar="KIND",
        help="a task, such as edit or references: what is wanted, and beside it what is given",
    )
    parser.add_argument(
        "--show",
        metavar="NAME",
        help="no scene but a --sheet: of the cast, of sets, plays or cuts, or of an act like walk",
    )
    parser.add_argument(
        "--truth",
        type=Path,
        metavar="FILE.json",
        help="all that is known of it, such as contacts and places",
    )
    parser.add_argument(
        "--sheet", type=Path, metavar="FILE.png", help="eight of its pictures, or what --show draws"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Draw the scene and write it.

    Raises:
        EngineError: if it cannot be drawn or written.
    """
    began_s = time.monotonic()
    width, height = args.size
    if width * height > _MOST_PIXELS:
        raise RequestError(f"{width}x{height} is too large; at most 1920x1080 can be drawn.")
    if not 0 <= args.seed <= _MAX_SEED:
        raise RequestError(f"A seed of {args.seed} is not possible; use 0 to {_MAX_SEED}.")
    legal = tuple(range(5, int(_LONGEST_S * _RATE), 4))
    frames = _length(args.seconds, legal)
    if args.show:
        return _show(args) | {"wall_s": round(time.monotonic() - began_s, 3)}
    if args.out is None:
        raise RequestError("Say which film to write, such as --out scene.mp4.")
    output(args.out, ".mp4")
    _ = args.truth and output(args.truth, ".json")
    _ = args.sheet and output(args.sheet, ".png")
    if args.task:
        return _task(args, frames) | {"wall_s": round(time.monotonic() - began_s, 3)}
    return _draw(args, frames) | {"wall_s": round(time.monotonic() - began_s, 3)}


def _show(args: argparse.Namespace) -> dict[str, Any]:
    """Sets, cuts or puppets side by side, or one action of theirs as strips; no film."""
    from engine.world.cast_sheet import SHOWN_ACTS, action_sheet, cast_sheet
    from engine.world.sheets import SHEETS

    if args.out or args.truth or args.task:
        raise RequestError("--show draws a sheet alone: leave out --out, --truth and --task.")
    if args.sheet is None:
        raise RequestError("Say where the sheet goes, such as --sheet cast.png.")
    if args.show not in ("cast", *SHEETS, *SHOWN_ACTS):
        names = ", ".join(("cast", *SHEETS, *SHOWN_ACTS))
        raise RequestError(f"There is no sheet of {args.show!r}; there are {names}.")
    output(args.sheet, ".png")
    cell = min(args.size[1], 480)
    if args.show in SHEETS:
        drawn = SHEETS[args.show](args.seed, cell)
    elif args.show == "cast":
        drawn = cast_sheet(args.seed, cell)
    else:
        drawn = action_sheet(args.show, args.seed, cell)
    write_whole(args.sheet, png(drawn))
    return {"sheet": str(args.sheet), "show": args.show}


def _task(args: argparse.Namespace, frames: int) -> dict[str, Any]:
    """What is wanted and given of a task, as files."""
    from engine.commands.world_tasks import draw_task
    from engine.shapes import ClipShape
    from engine.world.tasks import TASK_SHARES

    if args.task not in TASK_SHARES:
        raise RequestError(f"There is no task {args.task!r}; there are {', '.join(TASK_SHARES)}.")
    width, height = args.size
    return draw_task(args, ClipShape(width=width, height=height, frames=frames, rate=_RATE))


def _length(seconds: float, legal: tuple[int, ...]) -> int:
    if seconds > _LONGEST_S:
        raise RequestError(f"{seconds:g} s cannot be drawn; at most {_LONGEST_S} s can.")
    return nearest_length(seconds, _RATE, legal)


def _draw(args: argparse.Namespace, frames: int) -> dict[str, Any]:
    from engine.media import write_film
    from engine.plain import to_plain
    from engine.shapes import SAMPLE_RATE_HZ, ClipShape
    from engine.world.caption import caption
    from engine.world.clips import make_clips
    from engine.world.sampler import sample_scene

    shape = ClipShape(width=args.size[0], height=args.size[1], frames=frames, rate=_RATE)
    scene = sample_scene(args.seed, args.level)
    clips = make_clips([scene], shape)
    pictures, sound = clips.video[0].numpy(), clips.audio[0].numpy()
    words = caption(scene, args.seed)
    contacts = clips.truths[0].contacts
    with workspace(args.out):  # Says at once where the folder may not be written to.
        write_film(args.out, pictures, _RATE, sound, sample_rate_hz=SAMPLE_RATE_HZ)
        if args.truth:
            truth = {"caption": words, "seed": args.seed, "level": args.level}
            truth |= {"rate": str(_RATE), "scene": to_plain(scene)} | clips.truths[0].to_json()
            write_json(args.truth, truth)
        if args.sheet:
            write_whole(args.sheet, _sheet(pictures))
    say(words)
    return {
        "out": str(args.out),
        "caption": words,
        "frames": frames,
        "width": shape.width,
        "height": shape.height,
        "contacts": [round(contact.time_s, 4) for contact in contacts if contact.audible],
    }


def _sheet(pictures: NDArray[np.uint8]) -> bytes:
    """Eight pictures of a clip (T, H, W, 3), four by two, as a PNG."""
    import numpy as np

    chosen = np.linspace(0, len(pictures) - 1, _SHEET).round().astype(int)
    rows = [np.concatenate(list(pictures[row]), axis=1) for row in chosen.reshape(2, -1)]
    return png(np.concatenate(rows))


def png(picture: NDArray[np.uint8]) -> bytes:
    """A picture (H, W, 3) as a PNG."""
    import cv2
    import numpy as np

    _, encoded = cv2.imencode(".png", np.ascontiguousarray(picture[..., ::-1]))
    return encoded.tobytes()
