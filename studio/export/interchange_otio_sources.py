"""What the media references of an OpenTimelineIO file say, without a look at any media."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

from studio.document.film import ClipSource
from studio.document.titles import GeneratorSource, TitleSource
from studio.export.interchange_limits import film_rate_of
from studio.export.interchange_otio_library import is_sane, otio, ours, seconds
from studio.export.interchange_sheet import SheetSource, one_line


def described(reference: Any, name: str, rate: Fraction) -> SheetSource:
    """What a media reference says, without looking at what it refers to."""
    if reference is None:
        return SheetSource(name=name)
    url, frames, own_rate = "", None, None
    available = reference.available_range
    if available is not None and is_sane(available):
        frames = round(seconds(available.duration) * rate) or None
        own_rate = film_rate_of(available.duration.rate)
    if _is(reference, otio.schema.ExternalReference):
        url = reference.target_url or ""
    elif _is(reference, otio.schema.ImageSequenceReference):
        url = f"{reference.target_url_base}{reference.name_prefix}"
    file = url.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    held = ours(reference)
    media: Any = held.get("media")
    return SheetSource(
        name=one_line(file.rsplit(".", 1)[0]) or name,
        kind="file" if url else "missing",
        picture=url,
        frames=frames,
        rate=own_rate,
        sha256=str(cast("dict[str, Any]", media).get("sha256", ""))
        if isinstance(media, dict)
        else "",
        facts=held,
    )


def _is(reference: Any, kind: Any) -> bool:
    return isinstance(reference, kind)


def with_both(known: SheetSource, other: SheetSource) -> SheetSource:
    """A take of which a clip of its picture and one of its sound name different files."""
    if other.picture == known.picture or known.sound:
        return known
    picture, sound = known.picture, other.picture
    if picture.endswith(".wav"):
        picture, sound = sound, picture
    return replace(known, picture=picture, sound=sound)


def generated(reference: Any, name: str) -> ClipSource:
    """What stands for another program's generator: bars, a title of its text, or black."""
    kind = (reference.generator_kind or "").casefold()
    text = reference.parameters.get("text") if reference.parameters else None
    if isinstance(text, str) and text.strip():
        return TitleSource(text=text[:2000])
    if "bars" in kind:
        return GeneratorSource(kind="bars")
    if "title" in kind or "text" in kind:
        return TitleSource(text=one_line(name) or "Title")
    return GeneratorSource(kind="colour")
