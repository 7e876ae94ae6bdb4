"""Subtitles as files: read from and written as SubRip, WebVTT and Advanced SubStation."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from engine.media import not_written
from studio.export.presets import ExportError
from studio.export.subtitles_ass import parse_ass, render_ass
from studio.export.subtitles_srt import parse_srt, render_srt
from studio.export.subtitles_text import Caption, Parsed
from studio.export.subtitles_vtt import parse_vtt, render_vtt
from studio.wording import term, tr

MAX_BYTES = 16 << 20
MAX_CAPTIONS = 50_000
_TOLD = 20


class SubtitleError(ExportError):
    """A subtitle file that cannot be read or written; ``str`` is the sentence."""


@dataclass(frozen=True, kw_only=True)
class SubtitleKind:
    """A form that subtitles take on disk.

    Attributes:
        drops: what it cannot hold, as a sentence; empty where it holds all of it.
    """

    suffix: str
    words: str
    parse: Callable[[str], Parsed]
    render: Callable[[Sequence[Caption]], str]
    drops: str = ""


KINDS: tuple[SubtitleKind, ...] = (
    SubtitleKind(suffix=".srt", words=term("SubRip"), parse=parse_srt, render=render_srt),
    SubtitleKind(suffix=".vtt", words=term("WebVTT"), parse=parse_vtt, render=render_vtt),
    SubtitleKind(
        suffix=".ass",
        words=term("Advanced SubStation"),
        parse=parse_ass,
        render=render_ass,
        drops=term(
            "It counts hundredths of a second: times are moved by up to 5 ms, less than a frame."
        ),
    ),
)
_ALIASES = {".ssa": ".ass", ".webvtt": ".vtt"}


@dataclass(frozen=True, kw_only=True)
class Subtitles:
    """What was read.

    Attributes:
        captions: by start, then by end; they may overlap.
        notes: what was left out or mended, a sentence with its line each.
    """

    captions: tuple[Caption, ...]
    notes: tuple[str, ...] = ()


def kind_of(path: Path) -> SubtitleKind:
    """The form that a file's name asks for.

    Raises:
        SubtitleError: if it asks for none that there is.
    """
    suffix = path.suffix.lower()
    suffix = _ALIASES.get(suffix, suffix)
    for kind in KINDS:
        if kind.suffix == suffix:
            return kind
    known = ", ".join(kind.suffix for kind in KINDS)
    raise SubtitleError(
        tr(
            "“{name}” is no subtitle file; its name should end with {known}.",
            name=path.name,
            known=known,
        )
    )


def read_subtitles(path: Path) -> Subtitles:
    """The captions of a file, whatever its line ends, byte order mark and small faults.

    Raises:
        SubtitleError: if nothing in it can be used; the sentence names the first bad line.
    """
    kind = kind_of(path)
    text, notes = _decoded(path)
    parsed = kind.parse(text.replace("\r\n", "\n").replace("\r", "\n"))
    faults = [f"Line {fault.line} of {path.name}: {fault.words}" for fault in parsed.faults]
    if not parsed.captions:
        reason = (
            faults[0]
            if faults
            else tr("{name} holds no {words} subtitles.", name=path.name, words=kind.words)
        )
        raise SubtitleError(reason)
    if len(parsed.captions) > MAX_CAPTIONS:
        raise SubtitleError(
            tr(
                "{name} holds {n} subtitles; a cut takes {max_captions}.",
                name=path.name,
                n=len(parsed.captions),
                max_captions=MAX_CAPTIONS,
            )
        )
    captions = tuple(sorted(parsed.captions, key=lambda one: (one.start_ms, one.end_ms)))
    if overlaps := _overlapping(captions):
        begin = "subtitle begins" if overlaps == 1 else "subtitles begin"
        notes.append(
            tr("{overlaps} {begin} before the one before is over.", overlaps=overlaps, begin=begin)
        )
    more = len(faults) - _TOLD
    faults = faults[:_TOLD] + ([tr("… and {more} more faults.", more=more)] if more > 0 else [])
    return Subtitles(captions=captions, notes=(*notes, *faults))


def write_subtitles(path: Path, captions: Iterable[Caption]) -> None:
    """Write captions in the form that the file's name asks for, whole or not at all.

    Raises:
        SubtitleError: if there are none, or they cannot be written.
    """
    kind = kind_of(path)
    ordered = sorted(captions, key=lambda one: (one.start_ms, one.end_ms))
    if not ordered:
        raise SubtitleError(tr("This cut has no subtitles to write."))
    write_whole(path, kind.render(ordered))


def write_whole(path: Path, text: str) -> None:
    """Write ``text`` beside its place and rename it, so that a failure overwrites nothing.

    Raises:
        ExportError: if it cannot be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ExportError(not_written(path, error)) from error


def caption_at(start: int, end: int, text: str, rate: Fraction) -> Caption:
    """The caption shown from frame ``start`` until frame ``end`` of a cut at ``rate``."""
    return Caption(start_ms=_ms_of(start, rate), end_ms=_ms_of(end, rate), text=text)


def frames_of(caption: Caption, rate: Fraction) -> tuple[int, int]:
    """The nearest frames at ``rate``: the first of a caption and the one after its last."""
    start = _frame_of(caption.start_ms, rate)
    return start, max(start + 1, _frame_of(caption.end_ms, rate))


def _ms_of(frame: int, rate: Fraction) -> int:
    return round(frame * 1000 / rate)


def _frame_of(time_ms: int, rate: Fraction) -> int:
    return round(time_ms * rate / 1000)


def _overlapping(captions: Sequence[Caption]) -> int:
    latest, count = 0, 0
    for caption in captions:
        count += caption.start_ms < latest
        latest = max(latest, caption.end_ms)
    return count


def _decoded(path: Path) -> tuple[str, list[str]]:
    """The text of a file: UTF-8 or UTF-16 by its mark, Windows-1252 where it is neither."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise SubtitleError(
                tr(
                    "{name} is {size:.0f} MB long; no subtitles are larger than {max_bytes} MB.",
                    name=path.name,
                    size=size / 1e6,
                    max_bytes=MAX_BYTES >> 20,
                )
            )
        raw = path.read_bytes()
    except OSError as error:
        raise SubtitleError(
            tr("{name} could not be read: {value}.", name=path.name, value=error.strerror or error)
        ) from error
    try:
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            return raw.decode("utf-16"), []
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    if b"\x00" in raw:
        raise SubtitleError(tr("{name} is not a text file.", name=path.name))
    note = tr("{name} is not UTF-8; its letters were read as Windows-1252.", name=path.name)
    return raw.decode("cp1252", errors="replace"), [note]
