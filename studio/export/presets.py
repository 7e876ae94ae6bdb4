"""The presets of an export: what kinds of files a film is delivered as, and which can be here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.errors import EngineError
from engine.media import PRESETS as ENCODINGS
from engine.media import FilmPreset, can_encode, lacking
from studio.wording import term, tr

PresetKind = Literal["film", "sound", "stems", "pictures", "gif"]


class ExportError(EngineError):
    """A film that cannot be exported as asked; ``str`` is the sentence."""


@dataclass(frozen=True, kw_only=True)
class Preset:
    """One kind of delivery.

    Attributes:
        suffix: of the file, with its dot; for pictures, of each of them; of stems, of each sound.
        words: what it is, for the screen.
        encoding: name of a film's encoding in ``engine.media.PRESETS``.
        mbit_s: about how much a film of 1920 x 1080 at 24 pictures a second takes, in megabits.
    """

    name: str
    kind: PresetKind
    suffix: str
    words: str
    encoding: str = ""
    mbit_s: float = 0.0

    @property
    def how(self) -> FilmPreset | None:
        """How its film is encoded."""
        return ENCODINGS[self.encoding] if self.encoding else None

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder of files."""
        return self.kind in ("pictures", "stems")

    @property
    def holds_tags(self) -> bool:
        """Whether its files say of themselves how they were made."""
        return self.kind != "pictures"

    @property
    def has_pictures(self) -> bool:
        """Whether the picture tracks are in it."""
        return self.kind in ("film", "gif", "pictures")

    @property
    def has_sound(self) -> bool:
        """Whether the sound tracks are in it."""
        return self.kind in ("film", "sound", "stems")

    @property
    def missing(self) -> tuple[str, ...]:
        """The encoders that this installation lacks for it, by name."""
        if self.how is not None:
            return lacking(self.how)
        return ("GIF",) if self.kind == "gif" and not can_encode("gif") else ()


def _film(name: str, suffix: str, words: str, mbit_s: float) -> Preset:
    return Preset(name=name, kind="film", suffix=suffix, words=words, encoding=name, mbit_s=mbit_s)


MP4 = _film("mp4", ".mp4", term("MP4 film (H.264 and AAC)"), 20)
MOV = _film("prores", ".mov", term("MOV for editing (ProRes 422 and PCM)"), 120)
WEBM = _film("webm", ".webm", term("WebM (VP9 and Opus)"), 10)
GIF = Preset(
    name="gif", kind="gif", suffix=".gif", words=term("GIF (a short loop, silent)"), mbit_s=60
)
WAV = Preset(name="wav", kind="sound", suffix=".wav", words=term("WAV mix (24 bits)"))
STEMS = Preset(
    name="stems",
    kind="stems",
    suffix=".wav",
    words=term("WAV stems, one for each track, and the mix"),
)
PNG = Preset(
    name="png",
    kind="pictures",
    suffix=".png",
    words=term("PNG pictures, one for each frame"),
    mbit_s=700,
)
PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        MP4,
        _film("h264-opus", ".mp4", term("MP4 film (H.264 and Opus)"), 20),
        _film("hevc", ".mp4", term("MP4 film, smaller (HEVC and AAC)"), 12),
        _film("hevc-opus", ".mp4", term("MP4 film, smaller (HEVC and Opus)"), 12),
        _film("av1", ".mp4", term("MP4 film, smallest (AV1 and AAC)"), 8),
        _film("av1-opus", ".mp4", term("MP4 film, smallest (AV1 and Opus)"), 8),
        MOV,
        _film("dnxhr", ".mov", term("MOV for editing (DNxHR HQ and PCM)"), 180),
        WEBM,
        _film("webm-av1", ".webm", term("WebM, smaller (AV1 and Opus)"), 8),
        GIF,
        PNG,
        WAV,
        STEMS,
    )
}
"""The first of a suffix is what a file's name alone asks for."""


def preset_for(path: Path) -> Preset:
    """The preset that a file's name asks for.

    Raises:
        ExportError: if it asks for none that there is.
    """
    for preset in PRESETS.values():
        if path.suffix.lower() == preset.suffix:
            return preset
    known = ", ".join(dict.fromkeys(preset.suffix for preset in PRESETS.values()))
    raise ExportError(
        tr(
            "“{name}” does not say what to export; end it with one of {known}.",
            name=path.name,
            known=known,
        )
    )


def preset_named(name: str) -> Preset:
    """The preset of this name.

    Raises:
        ExportError: if there is none.
    """
    if name not in PRESETS:
        raise ExportError(
            tr("There is no preset “{name}”; there are {join}.", name=name, join=", ".join(PRESETS))
        )
    return PRESETS[name]


def check_preset(preset: Preset) -> Preset:
    """``preset``, if this installation can write it.

    Raises:
        ExportError: naming what is missing.
    """
    if preset.missing:
        names = " and ".join(preset.missing)
        raise ExportError(
            tr(
                "This installation cannot encode {names}, so “{words}” cannot be "
                "written. Choose another format.",
                names=names,
                words=tr(preset.words),
            )
        )
    return preset
