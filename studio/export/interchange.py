"""Cuts handed to other programs and taken from them: OpenTimelineIO, CMX3600 lists and FCPXML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from studio.document.timebase import FILM_RATES
from studio.export.interchange_edl import edl_losses, render_edl
from studio.export.interchange_edl_reading import parse_edl
from studio.export.interchange_fcpxml import render_fcpxml
from studio.export.interchange_fcpxml_losses import fcpxml_losses
from studio.export.interchange_limits import MAX_BYTES, MAX_CLIPS
from studio.export.interchange_otio import otio_losses, render_otio
from studio.export.interchange_otio_reading import parse_otio
from studio.export.interchange_sheet import InterchangeError, Sheet
from studio.export.subtitles import write_whole
from studio.wording import term, tr


@dataclass(frozen=True, kw_only=True)
class Interchange:
    """A form that a cut takes on its way to another program.

    Attributes:
        parse: reads a text, counting at a rate where the text names none; ``None`` where the
            form is only written.
        losses: what the form drops of a cut, as sentences.
    """

    suffix: str
    words: str
    render: Callable[[Sheet], str]
    losses: Callable[[Sheet], tuple[str, ...]]
    parse: Callable[[str, Fraction], Sheet] | None = None


OTIO = Interchange(
    suffix=".otio",
    words=term("OpenTimelineIO (everything, with every take's recipe)"),
    render=render_otio,
    losses=otio_losses,
    parse=parse_otio,
)
EDL = Interchange(
    suffix=".edl",
    words=term("Edit decision list (CMX3600)"),
    render=render_edl,
    losses=edl_losses,
    parse=parse_edl,
)
FCPXML = Interchange(
    suffix=".fcpxml",
    words=term("Final Cut Pro XML (FCPXML 1.9)"),
    render=render_fcpxml,
    losses=fcpxml_losses,
)
INTERCHANGES: tuple[Interchange, ...] = (OTIO, EDL, FCPXML)


def interchange_for(path: Path) -> Interchange:
    """The form that a file's name asks for.

    Raises:
        InterchangeError: if it asks for none that there is.
    """
    for form in INTERCHANGES:
        if path.suffix.lower() == form.suffix:
            return form
    known = ", ".join(form.suffix for form in INTERCHANGES)
    raise InterchangeError(
        tr(
            "“{name}” is no cut for another program; end it with {known}.",
            name=path.name,
            known=known,
        )
    )


def write_interchange(path: Path, sheet: Sheet) -> tuple[str, ...]:
    """Write a cut, whole or not at all.

    Returns:
        What the form drops of it, as sentences.

    Raises:
        ExportError: if it cannot be written.
    """
    form = interchange_for(path)
    write_whole(path, form.render(sheet))
    return form.losses(sheet)


def read_interchange(path: Path, rate: Fraction = FILM_RATES[1]) -> Sheet:
    """The cut that another program has written; none of its media are opened.

    Args:
        path: whose name says what it is.
        rate: at which it counts where it does not say so itself.

    Raises:
        InterchangeError: with a sentence, if it cannot be used.
    """
    form = interchange_for(path)
    if form.parse is None:
        others = " or ".join(one.suffix for one in INTERCHANGES if one.parse is not None)
        raise InterchangeError(
            tr(
                "{name}: {suffix} is only written here; export the cut as {others} instead.",
                name=path.name,
                suffix=form.suffix,
                others=others,
            )
        )
    try:
        sheet = form.parse(_text(path), rate)
    except InterchangeError as error:
        raise InterchangeError(
            tr("{name} was not read. {error}", name=path.name, error=error)
        ) from error
    clips = sum(len(track.clips) for track in sheet.timeline.tracks)
    if clips > MAX_CLIPS:
        raise InterchangeError(
            tr(
                "{name} holds {clips} clips; a cut takes {max_clips}.",
                name=path.name,
                clips=clips,
                max_clips=MAX_CLIPS,
            )
        )
    if not sheet.timeline.name:
        return replace(sheet, timeline=replace(sheet.timeline, name=path.stem))
    return sheet


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InterchangeError(
                tr(
                    "It is {size:.0f} MB long; cuts are read up to {max_bytes} MB.",
                    size=size / 1e6,
                    max_bytes=MAX_BYTES >> 20,
                )
            )
        raw = path.read_bytes()
    except OSError as error:
        raise InterchangeError(
            tr("It cannot be opened: {value}.", value=error.strerror or error)
        ) from error
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    text = raw.decode("utf-8-sig", errors="replace")
    if "\x00" in text:
        raise InterchangeError(tr("It is not a text file."))
    return text
