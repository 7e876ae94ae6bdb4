"""What words on a command line are read as: one sentence where they cannot be."""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from engine.errors import RequestError

_MAX_PIXELS = 16_384


class Parser(argparse.ArgumentParser):
    """Ends with one sentence instead of a page of usage."""

    def error(self, message: str) -> NoReturn:
        sentence = message[:1].upper() + message[1:].rstrip(".")
        self.exit(2, f"{sentence}. See {self.prog} --help.\n")


def size(text: str) -> tuple[int, int]:
    """``WxH`` as two numbers of pixels, for argparse."""
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) != 2 or not all(part.strip().isdecimal() for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size: write it as 128x72")
    width, height = int(parts[0]), int(parts[1])
    if not (0 < width <= _MAX_PIXELS and 0 < height <= _MAX_PIXELS):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size that can be made")
    return width, height


def number(text: str) -> float:
    """A finite number, for argparse."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    return value


def count(text: str) -> int:
    """A whole number from 1 up, for argparse."""
    if not text.strip().isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)


def check_report(path: Path, named: Iterable[object]) -> None:
    """See that a command's report in JSON is written over nothing else that the command names.

    Args:
        path: of the report.
        named: what else the command was given, files among it.

    Raises:
        RequestError: if it is of another kind, or one of these.
    """
    if path.suffix.lower() != ".json":
        raise RequestError(f"{path.name} must end in .json: that is what is written.")
    place = os.path.realpath(path)
    if any(isinstance(one, Path) and os.path.realpath(one) == place for one in named):
        raise RequestError(
            f"{path.name} is named twice in this command. Name another file for the report."
        )
