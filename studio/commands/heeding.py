"""Which options of an export a file heeds: a sound has no width, and a cut no loudness."""

from __future__ import annotations

import argparse
from typing import Literal

from studio.commands.crew import CommandError
from studio.export.interchange_handing import is_handed_over, is_subtitles
from studio.export.plan import TRUE_PEAK_DB
from studio.export.presets import preset_for, preset_named

Aspect = Literal["media", "part", "pictures", "sound", "level", "takes"]

_OF: dict[str, Aspect] = {
    "preset": "media",
    "range": "part",
    "from": "part",
    "until": "part",
    "width": "pictures",
    "height": "pictures",
    "rate": "pictures",
    "finish": "pictures",
    "burn-in": "pictures",
    "loudness": "level",
    "as-mixed": "sound",
    "true-peak": "level",
    "sign": "media",
    "certificate": "media",
    "key": "media",
    "takes": "takes",
}
_NAMES = {"from": "start", "until": "end"}


def require_heeded(arguments: argparse.Namespace) -> None:
    """Refuse options that the file would not heed.

    Raises:
        CommandError: naming them.
    """
    held = _aspects(arguments)
    idle = [
        f"--{option}"
        for option, aspect in _OF.items()
        if aspect not in held and _is_given(arguments, option)
    ]
    if idle:
        raise CommandError(
            f"{arguments.file.name} has no use for {', '.join(idle)}: leave "
            f"{'it' if len(idle) == 1 else 'them'} out."
        )


def _aspects(arguments: argparse.Namespace) -> set[Aspect]:
    """What there is about the file to be said."""
    if is_subtitles(arguments.file):
        return {"part"}
    if is_handed_over(arguments.file):
        return {"takes"}
    preset = preset_named(arguments.preset) if arguments.preset else preset_for(arguments.file)
    held: set[Aspect] = {"media", "part"}
    if preset.has_pictures:
        held.add("pictures")
    if preset.has_sound:
        held.add("sound")
        if preset.kind != "stems":  # their sum is the mix, so none is brought to a level
            held.add("level")
    return held


def _is_given(arguments: argparse.Namespace, option: str) -> bool:
    value = getattr(arguments, _NAMES.get(option, option.replace("-", "_")))
    if option == "true-peak":
        return value != TRUE_PEAK_DB
    return value is not None and value is not False  # 0 LUFS is a target too
