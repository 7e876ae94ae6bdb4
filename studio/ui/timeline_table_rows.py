"""The rows of the cut as a table: itself, its tracks, and in time what lies on it, in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from studio.bridge.state_words import KIND_WORDS
from studio.document.cut_changes import rename_timeline
from studio.document.errors import ChangeError
from studio.document.film import (
    Clip,
    Film,
    Marker,
    Media,
    Subtitle,
    Timeline,
    Track,
)
from studio.document.gain_changes import set_gain, set_pan
from studio.document.ledger import Ledger, TakeRecord
from studio.document.queries import Drawn, Missing, active_timeline, resolve_clip, timeline_end
from studio.document.retime import is_held
from studio.document.speed_changes import set_speed
from studio.document.subtitle_changes import edit_subtitle
from studio.document.timebase import to_timecode
from studio.document.timeline_changes import move_clip_to, move_clips
from studio.document.titles import TitleSource
from studio.document.track_changes import edit_marker, edit_track
from studio.document.trim_changes import edit_clips, trim_clip
from studio.document.typed_time import read_time
from studio.ui.level_words import gain_of, gain_words, pan_of, pan_words
from studio.ui.timeline_sources import SourceLooks
from studio.ui.timeline_words import colour_of, colour_words
from studio.wording import term, tr

COLUMNS = (
    term("Track"),
    term("Clip"),
    term("Start"),
    term("Length"),
    term("Speed"),
    term("Gain"),
    term("Pan"),
    term("Take"),
    term("State"),
)
TRACK, CLIP, START, LENGTH, SPEED, GAIN, PAN, TAKE, STATE = range(9)
_NEXT_LINE = " / "
_SPEED = re.compile(r"(\d{1,4}(?:[.,]\d{1,2})?)\s*%?(?:\s*backwards)?", re.IGNORECASE)

Change = Callable[[Film], Film]


@dataclass(frozen=True)
class CutRow:
    """The timeline itself."""

    timeline: Timeline


@dataclass(frozen=True)
class TrackRow:
    """A track, whether anything lies on it or not."""

    track: Track


@dataclass(frozen=True)
class ClipRow:
    """A clip and the track that it is on."""

    track: Track
    clip: Clip


@dataclass(frozen=True)
class MarkerRow:
    """A marker of the timeline."""

    marker: Marker


@dataclass(frozen=True)
class SubtitleRow:
    """A line of the subtitles."""

    line: Subtitle


TimedRow = ClipRow | MarkerRow | SubtitleRow
Row = CutRow | TrackRow | TimedRow

# What a column holds where that is not what stands above it, for those who do not see the row.
_HEADINGS: Mapping[type[Row], Mapping[int, str]] = {
    CutRow: {TRACK: term("Kind"), CLIP: term("Name"), STATE: term("Frame")},
    TrackRow: {TRACK: term("Name of the track"), CLIP: term("Kind")},
    ClipRow: {},
    MarkerRow: {TRACK: term("Kind"), CLIP: term("Name"), TAKE: term("Note"), STATE: term("Colour")},
    SubtitleRow: {TRACK: term("Kind"), CLIP: term("Words")},
}


@dataclass(frozen=True)
class Known:
    """What rows are told in words by.

    Attributes:
        linked: whether what is written of a clip is so of its partners, too.
    """

    film: Film
    ledger: Ledger
    looks: SourceLooks
    linked: bool = True


def rows_of(timeline: Timeline) -> list[Row]:
    """The timeline and its tracks from the top; then markers, clips and subtitles, in time."""
    timed: list[TimedRow] = [
        *map(MarkerRow, timeline.markers),
        *(ClipRow(track, clip) for track in reversed(timeline.tracks) for clip in track.clips),
        *map(SubtitleRow, timeline.subtitles),
    ]
    timed.sort(key=frame_of)
    return [CutRow(timeline), *map(TrackRow, reversed(timeline.tracks)), *timed]


def id_of(row: Row) -> str:
    """The id of what stands in a row."""
    match row:
        case CutRow(timeline=one) | TrackRow(track=one) | MarkerRow(marker=one):
            return one.id
        case ClipRow(clip=one) | SubtitleRow(line=one):
            return one.id


def frame_of(row: TimedRow) -> int:
    """Where in time a row is."""
    match row:
        case MarkerRow(marker=marker):
            return marker.frame
        case ClipRow(clip=one) | SubtitleRow(line=one):
            return one.start


def heading(row: Row, column: int) -> str:
    """What a column holds in a row."""
    return tr(_HEADINGS[type(row)].get(column, COLUMNS[column]))


def written(row: Row) -> set[int]:
    """The columns that can be written."""
    return set() if isinstance(row, ClipRow) and row.track.locked else writable(row)


def writable(row: Row) -> set[int]:
    """The columns that can be written where no lock holds the row."""
    match row:
        case CutRow():
            return {CLIP}
        case TrackRow(track=track):
            return {TRACK, GAIN, PAN} if track.kind == "audio" else {TRACK}
        case ClipRow(track=track):
            heard = {GAIN, PAN} if track.kind == "audio" else set[int]()
            return {TRACK, CLIP, START, LENGTH, SPEED} | heard
        case MarkerRow():
            return {CLIP, START, TAKE, STATE}
        case SubtitleRow():
            return {CLIP, START, LENGTH}


def words_of(row: Row, column: int, known: Known) -> str:
    """What stands in a cell."""
    match row:
        case CutRow(timeline=timeline):
            return _words_of_cut(timeline, known.film.rate).get(column, "")
        case TrackRow(track=track):
            return _words_of_track(track).get(column, "")
        case ClipRow():
            return _words_of_clip(row, known)[column]()
        case MarkerRow(marker=marker):
            return _words_of_marker(marker, known.film.rate).get(column, "")
        case SubtitleRow(line=line):
            return _words_of_subtitle(line, known.film.rate).get(column, "")


def change_of(row: Row, column: int, text: str, known: Known) -> tuple[Change, str]:
    """What writing ``text`` into a cell does, and what undo calls it.

    Raises:
        ChangeError: if the text does not say what the column needs.
    """
    cut, text = active_timeline(known.film).id, text.strip()
    match row:
        case CutRow():
            _needed(text)
            return lambda film: rename_timeline(film, cut, text), tr("Rename timeline")
        case TrackRow(track=track):
            return _change_of_track(track, column, text, cut)
        case ClipRow(clip=clip):
            return _change_of_clip(clip, column, text, known)
        case MarkerRow(marker=marker):
            return _change_of_marker(marker, column, text, known)
        case SubtitleRow(line=line):
            return _change_of_subtitle(line, column, text, known)


# --- words ---


def _words_of_cut(timeline: Timeline, rate: Fraction) -> Mapping[int, str]:
    return {
        TRACK: tr("Timeline"),
        CLIP: timeline.name,
        LENGTH: to_timecode(timeline_end(timeline), rate),
        STATE: tr("as the film") if timeline.shape == "film" else timeline.shape,
    }


def _words_of_track(track: Track) -> Mapping[int, str]:
    count, sounds = len(track.clips), track.kind == "audio"
    clips = {0: tr("empty"), 1: tr("1 clip")}.get(count, tr("{n} clips", n=count))
    states = (
        (tr("muted"), track.muted),
        (tr("solo"), track.solo),
        (tr("locked"), track.locked),
    )
    kind = tr("Sound track") if sounds else tr("Picture track")
    return {
        TRACK: track.name,
        CLIP: f"{kind}, {clips}",
        GAIN: gain_words(track.gain_db) if sounds else "",
        PAN: pan_words(track.pan) if sounds else "",
        STATE: " · ".join(name for name, on in states if on),
    }


def _words_of_clip(row: ClipRow, known: Known) -> Mapping[int, Callable[[], str]]:
    clip, rate, sounds = row.clip, known.film.rate, row.track.kind == "audio"
    look = known.looks.look(clip)
    return {
        TRACK: lambda: row.track.name,
        CLIP: lambda: clip.label or look.name,
        START: lambda: to_timecode(clip.start, rate),
        LENGTH: lambda: to_timecode(clip.length, rate),
        SPEED: lambda: _speed_words(clip),
        GAIN: lambda: gain_words(clip.gain_db) if sounds else "",
        PAN: lambda: pan_words(clip.pan) if sounds else "",
        TAKE: lambda: _shown(clip, known),
        STATE: lambda: " · ".join(part for part in (look.told, *look.flags) if part),
    }


def _words_of_marker(marker: Marker, rate: Fraction) -> Mapping[int, str]:
    return {
        TRACK: tr("Marker"),
        CLIP: marker.name,
        START: to_timecode(marker.frame, rate),
        TAKE: marker.note,
        STATE: colour_words(marker.colour),
    }


def _words_of_subtitle(line: Subtitle, rate: Fraction) -> Mapping[int, str]:
    return {
        TRACK: tr("Subtitle"),
        CLIP: line.text.replace("\n", _NEXT_LINE),
        START: to_timecode(line.start, rate),
        LENGTH: to_timecode(line.end - line.start, rate),
    }


def _speed_words(clip: Clip) -> str:
    if is_held(clip):
        return tr("held")
    share = f"{float(clip.speed * 100):.2f}".rstrip("0").rstrip(".")
    return f"{share} %{' backwards' if clip.backwards else ''}"


def _shown(clip: Clip, known: Known) -> str:
    """What a clip shows, in a word or two."""
    match resolve_clip(known.film, known.ledger, clip):
        case TakeRecord() as take:
            kind = tr(KIND_WORDS[take.kind])
            return take.label or tr("{kind}, seed {seed}", kind=kind, seed=take.seed)
        case Media(name=name):
            return name
        case Drawn(source=TitleSource()):
            return tr("Title")
        case Drawn():
            return tr("Generated")
        case Missing():
            return ""


# --- what is written ---


def _needed(text: str) -> None:
    if not text:
        raise ChangeError(tr("A name needs at least one letter."))


def _change_of_track(track: Track, column: int, text: str, cut: str) -> tuple[Change, str]:
    if column == GAIN:
        gain_db = gain_of(text)
        return lambda film: edit_track(film, cut, track.id, gain_db=gain_db), tr(
            "Gain of the track"
        )
    if column == PAN:
        pan = pan_of(text)
        return lambda film: edit_track(film, cut, track.id, pan=pan), tr("Pan of the track")
    _needed(text)
    return lambda film: edit_track(film, cut, track.id, name=text), tr("Rename track")


def _change_of_clip(clip: Clip, column: int, text: str, known: Known) -> tuple[Change, str]:
    timeline = active_timeline(known.film)
    cut, name = timeline.id, clip.id
    if column in (START, LENGTH):
        return _change_in_time(clip, column, text, known)
    if column == CLIP:
        return lambda film: edit_clips(film, cut, [name], label=text), tr("Label")
    if column == TRACK:
        found = [one.id for one in timeline.tracks if one.name.casefold() == text.casefold()]
        if not found:
            raise ChangeError(tr("There is no track called {value}.", value=text))
        carried = partial(move_clip_to, linked=known.linked)
        return (
            lambda film: carried(film, cut, name, track_id=found[0], start=clip.start),
            tr("Move"),
        )
    if column == SPEED:
        speed = _speed_of(text)
        return lambda film: set_speed(film, cut, [name], speed), tr("Speed")
    if column == GAIN:
        gain_db = gain_of(text)
        return lambda film: set_gain(film, cut, [name], gain_db), tr("Gain")
    pan = pan_of(text)
    return lambda film: set_pan(film, cut, [name], pan), tr("Pan")


def _change_in_time(clip: Clip, column: int, text: str, known: Known) -> tuple[Change, str]:
    cut, name, typed = active_timeline(known.film).id, clip.id, read_time(text, known.film.rate)
    if column == START:
        by = typed.of(clip.start) - clip.start
        moved = partial(move_clips, frames=by, linked=known.linked)
        return lambda film: moved(film, cut, [name]), tr("Move")
    end = clip.start + typed.of(clip.length)
    trimmed = partial(trim_clip, linked=known.linked, ledger=known.ledger)
    return lambda film: trimmed(film, cut, name, "tail", end), tr("Trim")


def _change_of_marker(marker: Marker, column: int, text: str, known: Known) -> tuple[Change, str]:
    cut, name = active_timeline(known.film).id, marker.id
    if column == START:
        frame = read_time(text, known.film.rate).of(marker.frame)
        return lambda film: edit_marker(film, cut, name, frame=frame), tr("Move marker")
    if column == STATE:
        colour = colour_of(text)
        return lambda film: edit_marker(film, cut, name, colour=colour), tr("Colour marker")
    if column == TAKE:
        return lambda film: edit_marker(film, cut, name, note=text), tr("Write marker")
    return lambda film: edit_marker(film, cut, name, name=text), tr("Write marker")


def _change_of_subtitle(line: Subtitle, column: int, text: str, known: Known) -> tuple[Change, str]:
    cut, name = active_timeline(known.film).id, line.id
    if column == CLIP:
        words = text.replace(_NEXT_LINE, "\n")
        return lambda film: edit_subtitle(film, cut, name, text=words), tr("Write subtitle")
    typed, length = read_time(text, known.film.rate), line.end - line.start
    if column == LENGTH:
        end = line.start + typed.of(length)
        return lambda film: edit_subtitle(film, cut, name, end=end), tr("Trim subtitle")
    start = typed.of(line.start)
    end = start + length
    return lambda film: edit_subtitle(film, cut, name, start=start, end=end), tr("Move subtitle")


def _speed_of(text: str) -> Fraction:
    """The speed that a text says, in per cent.

    Raises:
        ChangeError: if it says none.
    """
    found = _SPEED.fullmatch(text)
    if found is None:
        raise ChangeError(tr("A speed is a number of per cent, such as 75."))
    return Fraction(found[1].replace(",", ".")) / 100
