"""The presets: sizes of the network with what each takes, counted without building any."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

HELP = "list the sizes of the network with their parameters, products and memory"
_WIDTHS = (8, 11, 22, 17, 14, 12, 12, 12)
_HEADS = (
    "preset",
    "parameters",
    "clip",
    "tokens",
    "FLOP a pass",
    "weights",
    "a pass",
    "training",
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "name", nargs="?", metavar="PRESET", help="one alone; all of them by default"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Count every preset, or the one that is named.

    Raises:
        RequestError: if there is none of that name.
    """
    from engine.errors import RequestError
    from engine.models.sizes import SIZES, count

    if args.name is not None and args.name not in SIZES:
        raise RequestError(f"{args.name!r} is not a preset; choose one of {', '.join(SIZES)}.")
    rows: dict[str, Any] = {}
    print(_line(_HEADS), flush=True)
    for name in SIZES if args.name is None else (args.name,):
        size = SIZES[name]
        counted, clip = count(size), size.clip
        row = (
            name,
            _amount(counted.parameters),
            f"{clip.width}x{clip.height}, {clip.frames} at {clip.rate}",
            "{:,} + {:,}".format(*counted.tokens),
            _amount(counted.forward_flops),
            _amount(counted.weights_bytes) + "B",
            _amount(counted.forward_bytes) + "B",
            _amount(counted.training_bytes) + "B",
        )
        print(f"{_line(row)}  {size.says}", flush=True)
        rows[name] = {
            "says": size.says,
            "clip": {"width": clip.width, "height": clip.height, "frames": clip.frames}
            | {"rate": str(clip.rate)},
            "config": asdict(size.config),
            **asdict(counted),
        }
    print("Weights and a pass in bfloat16; training of one clip with AdamW and an average.")
    return {"presets": rows}


def _line(cells: tuple[str, ...]) -> str:
    return " ".join(cell.rjust(width) for cell, width in zip(cells, _WIDTHS, strict=True))


def _amount(value: float) -> str:
    """Three digits and a thousand's letter: 6.58 M."""
    for letter in ("", "k", "M", "G", "T", "P"):
        if value < 999.5:
            return f"{value:.3g} {letter}".strip() + ("" if letter else " ")
        value /= 1000
    return f"{value:.3g} E"
