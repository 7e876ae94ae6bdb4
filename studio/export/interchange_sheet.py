"""The cut sheet: a timeline with all that other programs must be told of what its clips show."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Literal, assert_never

from studio.document.codec import Plain
from studio.document.errors import UnsafePathError
from studio.document.film import (
    Clip,
    ClipSource,
    Film,
    Media,
    MediaSource,
    ShotSource,
    TakeSource,
    Timeline,
    Track,
)
from studio.document.framing import frame_size
from studio.document.ledger import Ledger, TakeRecord
from studio.document.paths import inside
from studio.document.queries import Missing, find_shot, is_marked, resolve_clip, source_length
from studio.document.titles import GeneratorSource, TitleSource
from studio.export.presets import ExportError
from studio.wording import tr

SourceKind = Literal["take", "file", "drawn", "missing"]


class InterchangeError(ExportError):
    """A cut that cannot be read from or written for another program; ``str`` is the sentence."""


@dataclass(frozen=True, kw_only=True)
class SheetSource:
    """What lies behind clips, as other programs are told.

    Attributes:
        name: as written on clips that have no label.
        picture, sound: addresses of the files, mostly ``file:`` URLs; empty where there is none.
        frames: how long it is at the cut's rate; ``None`` is without end or not known.
        still: it is one picture that lasts.
        rate: its own pictures a second; ``None`` where it has none or that is not known.
        sample_rate_hz: of its sound; 0 where it has none or that is not known.
        channels: of its sound, where it has one.
        sha256: of an imported file; empty where it is not known.
        facts: what is told of how it was made, for the metadata of formats that have it.
    """

    name: str
    kind: SourceKind = "missing"
    picture: str = ""
    sound: str = ""
    frames: int | None = None
    still: bool = False
    rate: Fraction | None = None
    width: int = 0
    height: int = 0
    sample_rate_hz: int = 0
    channels: int = 2
    sha256: str = ""
    facts: Mapping[str, Plain] = field(default_factory=dict[str, Plain])


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A cut on its way to or from another program.

    Attributes:
        film: name of the film.
        rate: of the timeline's frames.
        sources: by the source of the clips. Of a cut that was read, clips with no source in this
            film are ``MediaSource`` with made-up ids, and the files are looked up here.
        notes: what was left out or mended while reading, as sentences.
    """

    film: str
    rate: Fraction
    width: int
    height: int
    sample_rate_hz: int
    timeline: Timeline
    sources: Mapping[ClipSource, SheetSource] = field(default_factory=dict[ClipSource, SheetSource])
    notes: tuple[str, ...] = ()

    def source(self, clip: Clip) -> SheetSource:
        """What lies behind ``clip``."""
        return self.sources.get(clip.source) or SheetSource(name=clip.label or "Clip")

    def name(self, clip: Clip) -> str:
        """What is written on ``clip``."""
        return clip.label or self.source(clip).name

    def url(self, clip: Clip, track: Track) -> str:
        """The address of the file that ``clip`` shows or sounds; empty where there is none."""
        source = self.source(clip)
        return source.picture if track.kind == "video" else source.sound or source.picture

    def clips(self) -> Iterator[tuple[Track, Clip]]:
        """Every clip with its track, from the lowest track on."""
        for track in self.timeline.tracks:
            for clip in track.clips:
                yield track, clip


def sheet_of(film: Film, ledger: Ledger, timeline: Timeline, folder: Path) -> Sheet:
    """The sheet of one timeline of ``film``, whose files lie in ``folder``.

    Raises:
        InterchangeError: if there is nothing on it.
    """
    sources: dict[ClipSource, SheetSource] = {}
    for track in timeline.tracks:
        for clip in track.clips:
            if clip.source not in sources:
                sources[clip.source] = _source(film, ledger, clip, folder.resolve())
    if not sources:
        raise InterchangeError(tr("There is nothing on the timeline to hand to another program."))
    size = frame_size(film, timeline)
    return Sheet(
        film=film.name,
        rate=film.rate,
        width=size.width,
        height=size.height,
        sample_rate_hz=film.sample_rate_hz,
        timeline=timeline,
        sources=sources,
    )


def _source(film: Film, ledger: Ledger, clip: Clip, folder: Path) -> SheetSource:
    match clip.source:
        case TitleSource(text=text):
            return SheetSource(name=one_line(text) or "Title", kind="drawn")
        case GeneratorSource(kind=kind):
            return SheetSource(name="Bars" if kind == "bars" else "Colour", kind="drawn")
        case ShotSource() | TakeSource() | MediaSource():
            pass
        case _:
            assert_never(clip.source)
    found = resolve_clip(film, ledger, clip)
    match found:
        case TakeRecord():
            return _take(film, clip, found, folder)
        case Media():
            return _media(film, found, folder)
        case Missing(sentence=sentence):
            name = clip.label or _shot_name(film, clip) or "Nothing yet"
            return SheetSource(name=name, facts={"missing": sentence})
        case _:
            return SheetSource(name=clip.label or "Clip", kind="drawn")


def _take(film: Film, clip: Clip, take: TakeRecord, folder: Path) -> SheetSource:
    return SheetSource(
        name=_shot_name(film, clip) or take.label or f"Take {take.id[:6]}",
        kind="take",
        picture=_url(folder, f"{take.folder}/picture.mkv"),
        sound=_url(folder, f"{take.folder}/sound.wav") if take.samples else "",
        frames=source_length(film, take, "video"),
        rate=take.rate,
        width=take.width,
        height=take.height,
        sample_rate_hz=take.sample_rate_hz if take.samples else 0,
        facts={"take": take_facts(take)},
    )


def take_facts(take: TakeRecord) -> dict[str, Plain]:
    """How a take was made: its recipe whole, and where it stands among the others."""
    return {
        "id": take.id,
        "kind": take.kind,
        "shot": take.shot_id,
        "parent": take.parent_id,
        "upgrade_of": take.upgrade_of,
        "label": take.label,
        "seed": take.seed,
        "weights": take.weights,
        "created": take.created,
        "recipe": recipe_of(take),
    }


def recipe_of(take: TakeRecord) -> Plain:
    """The recipe of a take as a plain value; ``None`` where it holds none that can be read."""
    try:
        return json.loads(take.recipe)
    except (ValueError, RecursionError):
        return None


def _media(film: Film, media: Media, folder: Path) -> SheetSource:
    url, facts = _url(folder, media.path), media.facts
    kind = "audio" if media.kind == "audio" else "video"
    return SheetSource(
        name=media.name,
        kind="file",
        picture="" if media.kind == "audio" else url,
        sound=url if facts.samples else "",
        frames=source_length(film, media, kind),
        still=media.kind == "image",
        rate=facts.rate,
        width=facts.width,
        height=facts.height,
        sample_rate_hz=facts.sample_rate_hz,
        channels=facts.channels or 2,
        sha256=media.sha256,
        facts={"media": {"id": media.id, "sha256": media.sha256, "rights": media.rights}},
    )


def _shot_name(film: Film, clip: Clip) -> str:
    if not isinstance(clip.source, ShotSource):
        return ""
    shot = find_shot(film, clip.source.shot_id)
    return "" if shot is None else shot.name


def _url(folder: Path, relative: str) -> str:
    """The address of a file of the film; empty if its path leads out of it."""
    try:
        return inside(folder, relative).as_uri()
    except UnsafePathError:
        return ""


def one_line(text: str, letters: int = 120) -> str:
    """``text`` on one line without control characters, shortened."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return flat if len(flat) <= letters else flat[: letters - 1].rstrip() + "…"


def marked_part_losses(sheet: Sheet) -> list[str]:
    """What is said of forms that know no marked part."""
    if not is_marked(sheet.timeline):
        return []
    return [tr("Which part is marked from in to out is dropped.")]
