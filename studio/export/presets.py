"""The presets of an export: what kinds of files a film is delivered as."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.errors import EngineError

PresetKind = Literal["film", "sound", "pictures"]


class ExportError(EngineError):
    """A film that cannot be exported as asked; ``str`` is the sentence."""


@dataclass(frozen=True, kw_only=True)
class Preset:
    """One kind of delivery.

    Attributes:
        suffix: of the file, with its dot; for pictures, of each of them.
        words: what it is, for the screen.
    """

    name: str
    kind: PresetKind
    suffix: str
    words: str


MP4 = Preset(name="mp4", kind="film", suffix=".mp4", words="MP4 film (H.264 and AAC)")
WAV = Preset(name="wav", kind="sound", suffix=".wav", words="WAV mix (24 bits)")
PNG = Preset(name="png", kind="pictures", suffix=".png", words="PNG pictures, one for each frame")
PRESETS: dict[str, Preset] = {preset.name: preset for preset in (MP4, WAV, PNG)}


def preset_for(path: Path) -> Preset:
    """The preset that a file's name asks for.

    Raises:
        ExportError: if it asks for none that there is.
    """
    for preset in PRESETS.values():
        if path.suffix.lower() == preset.suffix:
            return preset
    known = ", ".join(preset.suffix for preset in PRESETS.values())
    raise ExportError(f"“{path.name}” does not say what to export; end it with one of {known}.")
