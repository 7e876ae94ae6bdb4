"""References on the command line: a file with its role, its weight and the part that is used."""

from __future__ import annotations

import argparse
import math
import re
from pathlib import Path
from typing import get_args

from engine.api import Kind, Reference, Role
from engine.errors import RequestError

_FORM = "FILE[:role[:weight]][:in-out]"
_USUAL: dict[Kind, Role] = {"image": "subject", "video": "motion", "audio": "music"}
_ROLES: tuple[Role, ...] = get_args(Role)
_TIMES = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)?")
_PLACE = re.compile(r":keyframe@(\d+(?:\.\d+)?)(?=:|$)", re.IGNORECASE)


def reference_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that name references, one for each kind."""
    for kind, role in _USUAL.items():
        parser.add_argument(
            f"--{kind}",
            action="append",
            default=[],
            metavar=_FORM,
            help=f"a reference; its role is {role} where none is named, and in-out (1.5-3, or 1.5- "
            "to the end) is the part of it in seconds"
            + ("; keyframe@0.8 stands at 0.8 s of the shot" if kind == "image" else ""),
        )


def references_of(args: argparse.Namespace, prompt: str) -> tuple[Reference, ...]:
    """The references that ``args`` name, for a film of ``prompt``.

    Raises:
        RequestError: if one cannot be understood.
    """
    return tuple(
        parse_reference(text, kind, prompt) for kind in _USUAL for text in getattr(args, kind)
    )


def parse_reference(text: str, kind: Kind, prompt: str = "") -> Reference:
    """``FILE[:role[:weight]][:in-out]`` as a reference, read from its end: names may hold colons.

    A file that is there under the whole text is that file. A reference whose file's name is a tag
    of the prompt (``@ava`` for ``ava.png``) has that tag. ``keyframe@0.8`` is that role at 0.8 s.

    Raises:
        RequestError: if the role or the weight is none.
    """
    named, in_s, out_s = (text, 0.0, None) if Path(text).exists() else _part(text)
    source, role, weight, at_s = named, _USUAL[kind], 1.0, None
    if not Path(named).exists():
        named, at_s = _place(named)
        source, role, weight = _split(named, _USUAL[kind])
    if not source.strip():
        raise RequestError(f"{text!r} names no file; write {_FORM}.")
    stem = Path(source).stem
    tagged = re.search(rf"(?<![\w@])@{re.escape(stem)}(?![\w-])", prompt, re.IGNORECASE)
    return Reference(
        kind=kind,
        role=role,
        source=source,
        tag=stem if tagged else "",
        weight=weight,
        in_s=in_s,
        out_s=out_s,
        at_s=at_s,
    )


def _part(text: str) -> tuple[str, float, float | None]:
    """What stands before ``:in-out``, and its two times in seconds; ``in-`` goes on to the end."""
    head, colon, last = text.rpartition(":")
    times = _TIMES.fullmatch(last) if colon else None
    if times is None:
        return text, 0.0, None
    return head, float(times[1]), float(times[2]) if times[2] else None


def _place(text: str) -> tuple[str, float | None]:
    """``text`` without the time of a keyframe, and that time in seconds of the shot."""
    place = _PLACE.search(text)
    return _PLACE.sub(":keyframe", text), float(place[1]) if place else None


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
