"""A cut of another program taken into a film: a timeline more, and files to be found again.

Nothing that a file names is opened or copied. What this film has already - by our own numbers, by
content, by its place in the film's folder - is used; the rest is listed as missing, so that the
director can show where it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TypeVar, assert_never
from urllib.parse import unquote, urlsplit

from studio.document.errors import UnsafePathError
from studio.document.film import (
    Clip,
    ClipSource,
    Film,
    Media,
    MediaFacts,
    MediaKind,
    MediaSource,
    ShotSource,
    TakeSource,
    Timeline,
    Track,
    new_id,
)
from studio.document.lane import fades_fitted, faults
from studio.document.ledger import Ledger
from studio.document.library_changes import shelve_media
from studio.document.looks import GainPoint, Key
from studio.document.paths import relative_to
from studio.document.queries import find_media, find_shot
from studio.document.timebase import samples_at
from studio.document.titles import GeneratorSource, TitleSource
from studio.export.interchange_limits import MAX_FRAME
from studio.export.interchange_sheet import InterchangeError, Sheet, SheetSource, one_line
from studio.wording import listed, tr

_Point = TypeVar("_Point", GainPoint, Key)
_SOUNDS = {".wav", ".aif", ".aiff", ".mp3", ".m4a", ".aac", ".flac", ".ogg", ".opus"}
_STILLS = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".gif", ".exr", ".dpx"}


@dataclass(frozen=True, kw_only=True)
class Brought:
    """What a cut becomes in a film.

    Attributes:
        change: adds the timeline and opens it.
        missing: names of the files that are to be found again.
        notes: what was left out or mended, as sentences.
    """

    change: Callable[[Film], Film]
    timeline: Timeline
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that the director should know."""
        if not self.missing:
            return self.notes
        shown = listed(self.missing, 6)
        files = "file is" if len(self.missing) == 1 else "files are"
        return (
            *self.notes,
            tr(
                "{n} {files} not in this film yet: {shown}.",
                n=len(self.missing),
                files=files,
                shown=shown,
            ),
        )


def bring_in(film: Film, ledger: Ledger, sheet: Sheet, folder: Path) -> Brought:
    """What ``sheet`` becomes in ``film``, whose files lie in ``folder``.

    Raises:
        InterchangeError: if it cannot be a timeline of it.
    """
    notes = list(sheet.notes)
    timeline = sheet.timeline
    if sheet.rate != film.rate:
        timeline = _at_rate(timeline, sheet.rate, film.rate)
        notes.append(
            tr(
                "The cut counts {rate:.6g} frames a second, the film {rate2:.6g}: each "
                "edit was moved to the nearest frame.",
                rate=float(sheet.rate),
                rate2=float(film.rate),
            )
        )
    finder = _Finder(film, ledger, sheet, folder)
    tracks = tuple(finder.track(one) for one in timeline.tracks)
    timeline = replace(timeline, id=new_id(), tracks=tracks)
    _check(timeline)
    media = tuple(finder.added.values())

    def change(before: Film) -> Film:
        after = before
        if media:
            after = shelve_media(after, media)
        timelines = (*after.timelines, timeline)
        return replace(after, timelines=timelines, active_timeline_id=timeline.id)

    missing = tuple(dict.fromkeys(one.name for one in media))
    return Brought(change=change, timeline=timeline, missing=missing, notes=tuple(notes))


def _check(timeline: Timeline) -> None:
    for track in timeline.tracks:
        if track.clips and track.clips[-1].end > MAX_FRAME:
            raise InterchangeError(tr("It is longer than a film can be."))
        wrong = faults(track.clips)
        if wrong:
            raise InterchangeError(
                tr(
                    "Its track {name} cannot be a track here. {wrong}",
                    name=track.name,
                    wrong=wrong[0],
                )
            )


class _Finder:
    """Finds what clips show in the film, and makes media of what it does not have."""

    def __init__(self, film: Film, ledger: Ledger, sheet: Sheet, folder: Path) -> None:
        self._film, self._ledger, self._sheet, self._folder = film, ledger, sheet, folder
        self._by_hash = {one.sha256: one.id for one in film.media if one.sha256}
        self._by_path = {one.path: one.id for one in film.media}
        self._takes = {take.folder: take.id for take in ledger.takes.values()}
        self._known: dict[tuple[ClipSource, str], ClipSource] = {}
        self.added: dict[str, Media] = {}

    def track(self, track: Track) -> Track:
        """A track of the film like ``track``, with fresh ids."""
        return replace(
            track, id=new_id(), clips=tuple(self._clip(one, track) for one in track.clips)
        )

    def _clip(self, clip: Clip, track: Track) -> Clip:
        return fades_fitted(replace(clip, id=new_id(), source=self._source(clip, track)))

    def _source(self, clip: Clip, track: Track) -> ClipSource:
        key = (clip.source, track.kind)
        if key not in self._known:
            self._known[key] = self._found(clip, track)
        return self._known[key]

    def _found(self, clip: Clip, track: Track) -> ClipSource:
        source, told = clip.source, self._sheet.source(clip)
        match source:
            case TitleSource() | GeneratorSource():
                return source
            case ShotSource(shot_id=shot_id):
                there = find_shot(self._film, shot_id) is not None
            case TakeSource(take_id=take_id):
                there = take_id in self._ledger.takes
            case MediaSource(media_id=media_id):
                there = find_media(self._film, media_id) is not None
            case _:
                assert_never(source)
        if there:
            return source
        url = self._sheet.url(clip, track)
        return self._by_content(told) or self._by_place(url) or self._made(clip, track, told, url)

    def _by_content(self, told: SheetSource) -> ClipSource | None:
        known = self._by_hash.get(told.sha256) if told.sha256 else None
        return None if known is None else MediaSource(media_id=known)

    def _by_place(self, url: str) -> ClipSource | None:
        """What lies in the film's own folder where ``url`` points; the file is not looked at."""
        path = _local_path(url)
        if path is None or not path.is_absolute():
            return None
        try:
            relative = relative_to(self._folder, path)
        except (UnsafePathError, OSError, ValueError, RuntimeError):
            return None
        take = self._takes.get(relative.rsplit("/", 1)[0])
        if take is not None:
            return TakeSource(take_id=take)
        known = self._by_path.get(relative)
        return None if known is None else MediaSource(media_id=known)

    def _made(self, clip: Clip, track: Track, told: SheetSource, url: str) -> MediaSource:
        """A file that is to be found again, under a name that is free."""
        file = _file_name(url) or f"{_safe(told.name)}{'.wav' if track.kind == 'audio' else '.mov'}"
        taken = {*self._by_path, *(one.path for one in self.added.values())}
        stem, dot, suffix = file.rpartition(".")
        path, number = f"media/{file}", 1
        while path in taken:
            number += 1
            path = f"media/{stem or file}-{number}{dot}{suffix if stem else ''}"
        media = Media(
            id=new_id(),
            kind=_kind(file, track),
            name=one_line(told.name) or stem or file,
            path=path,
            sha256=told.sha256,
            facts=self._facts(clip, track, told),
        )
        self.added[media.id] = media
        return MediaSource(media_id=media.id)

    def _facts(self, clip: Clip, track: Track, told: SheetSource) -> MediaFacts:
        """What is known of a file that nobody has looked at: how long it is at the least."""
        frames = told.frames or clip.source_in + clip.length
        film = self._film
        if track.kind == "audio":
            samples = samples_at(frames, film.rate, film.sample_rate_hz)
            return MediaFacts(samples=samples, sample_rate_hz=film.sample_rate_hz, channels=2)
        return MediaFacts(
            width=told.width or film.width,
            height=told.height or film.height,
            frames=frames,
            rate=film.rate,
        )


def _kind(file: str, track: Track) -> MediaKind:
    suffix = Path(file).suffix.lower()
    if track.kind == "audio" or suffix in _SOUNDS:
        return "audio" if suffix in _SOUNDS or not suffix else "video"
    return "image" if suffix in _STILLS else "video"


def _local_path(url: str) -> Path | None:
    """The path that an address means on this machine; ``None`` for addresses elsewhere."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"", "file"} or parts.netloc not in {"", "localhost"}:
        return None
    text = unquote(parts.path)
    return Path(text) if text and "\x00" not in text else None


def _file_name(url: str) -> str:
    """The last part of an address, as a name that a file of the film can have."""
    last = unquote(url.replace("\\", "/").split("?")[0].rstrip("/")).replace("\\", "/")
    return _safe(last.rsplit("/", 1)[-1]) if last else ""


def _safe(name: str) -> str:
    cleaned = re.sub(r'[/\\:*?"<>|]+', "-", one_line(name, 100)).strip(" .-")
    return cleaned or "clip"


def _apart(points: Iterable[_Point]) -> tuple[_Point, ...]:
    """Points of a curve with one on each frame: the last of those that came to lie together."""
    return tuple({point.frame: point for point in points}.values())


def _at_rate(timeline: Timeline, source: Fraction, rate: Fraction) -> Timeline:
    """The timeline with each edit on the nearest frame at another rate; none is lost."""

    def at(frame: int) -> int:
        return round(frame * rate / source)

    def clip(one: Clip, floor: int) -> Clip:
        start = max(floor, at(one.start))
        return fades_fitted(
            replace(
                one,
                start=start,
                length=max(1, at(one.end) - start),
                source_in=at(one.source_in),
                source_phase=0,
                fade_in=at(one.fade_in),
                fade_out=at(one.fade_out),
                dissolve=None
                if one.dissolve is None
                else replace(
                    one.dissolve,
                    frames=max(2, at(one.dissolve.frames)),
                    before=min(max(2, at(one.dissolve.frames)), at(one.dissolve.before)),
                ),
                markers=tuple(replace(mark, frame=at(mark.frame)) for mark in one.markers),
                gain_points=_apart(
                    replace(point, frame=at(point.frame)) for point in one.gain_points
                ),
                curves=tuple(
                    replace(
                        curve, keys=_apart(replace(key, frame=at(key.frame)) for key in curve.keys)
                    )
                    for curve in one.curves
                ),
            )
        )

    def lane(track: Track) -> Track:
        made: list[Clip] = []
        for one in track.clips:
            made.append(clip(one, made[-1].end if made else 0))
        return replace(track, clips=tuple(made))

    return replace(
        timeline,
        tracks=tuple(lane(track) for track in timeline.tracks),
        markers=tuple(replace(mark, frame=at(mark.frame)) for mark in timeline.markers),
        in_frame=None if timeline.in_frame is None else at(timeline.in_frame),
        out_frame=None if timeline.out_frame is None else at(timeline.out_frame),
        subtitles=tuple(
            replace(one, start=at(one.start), end=max(at(one.start) + 1, at(one.end)))
            for one in timeline.subtitles
        ),
    )
