"""OpenTimelineIO files, ours and other programs', as cut sheets.

Nothing that a file names is opened: media stay addresses, and the library's plugins are not used.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

from studio.document.codec import Body, CodecError, Plain, decode
from studio.document.film import (
    Clip,
    ClipSource,
    ColourLabel,
    FrameShape,
    Marker,
    MediaSource,
    Subtitle,
    Timeline,
    Track,
    new_id,
)
from studio.document.gain_changes import checked_gain, checked_pan
from studio.document.looks import Dissolve
from studio.document.retime import HELD
from studio.document.timebase import FILM_RATES
from studio.document.titles import GeneratorSource, TitleSource
from studio.export.interchange_limits import Notes, check_depth, film_rate_of, speed_of
from studio.export.interchange_otio import COLOURS, DIP
from studio.export.interchange_otio_layout import laid_out
from studio.export.interchange_otio_library import FAILURES, is_sane, otio, ours, seconds
from studio.export.interchange_otio_sources import described, generated, with_both
from studio.export.interchange_sheet import InterchangeError, Sheet, SheetSource, one_line
from studio.wording import tr

_LABELS: dict[str, ColourLabel] = {name: label for label, name in COLOURS.items()}


def parse_otio(text: str, fallback_rate: Fraction) -> Sheet:
    """The first timeline of a file; ``fallback_rate`` counts where the file names no rate.

    Raises:
        InterchangeError: if it holds none.
    """
    # The library's own parser ends the whole program on text that nests deeply.
    check_depth(text)
    try:
        json.loads(text)
        found = otio.core.deserialize_json_from_string(text)
    except (RecursionError, *FAILURES) as error:
        raise InterchangeError(tr("This is not an OpenTimelineIO file.")) from error
    timeline = _timeline_in(found)
    if timeline is None:
        raise InterchangeError(tr("This OpenTimelineIO file holds no timeline."))
    try:
        return _Reader(timeline, fallback_rate).sheet()
    except FAILURES as error:
        raise InterchangeError(tr("This OpenTimelineIO file is not what it should be.")) from error


def _timeline_in(found: Any) -> Any:
    match found:
        case otio.schema.Timeline():
            return found
        case otio.schema.SerializableCollection():
            return next((one for one in map(_timeline_in, found) if one is not None), None)
        case otio.schema.Stack():
            made = otio.schema.Timeline(name=found.name)
            made.tracks = found.deepcopy()
            return made
        case _:
            return None


class _Reader:
    def __init__(self, timeline: Any, fallback_rate: Fraction) -> None:
        self._timeline = timeline
        self._told = Notes()
        self._film = ours(timeline)
        self._rate = self._rate_of_cut(fallback_rate)
        self._sources: dict[ClipSource, SheetSource] = {}
        self._by_address: dict[tuple[str, str], MediaSource] = {}

    def sheet(self) -> Sheet:
        tracks = tuple(self._track(one, n) for n, one in enumerate(self._tracks()))
        if not self._film:
            # Others count both kinds from the picture outwards: sounds lie below, the first on top.
            sounds = [one for one in tracks if one.kind == "audio"]
            tracks = (*reversed(sounds), *(one for one in tracks if one.kind == "video"))
        if not any(track.clips for track in tracks):
            raise InterchangeError(tr("There are no clips on this timeline."))
        cut = Timeline(
            id=new_id(),
            name=one_line(self._timeline.name or "") or "Cut",
            tracks=tracks,
            markers=self._markers(self._timeline.tracks, Fraction(0)),
            in_frame=self._frame_in("in_frame"),
            out_frame=self._frame_in("out_frame"),
            shape=self._shape(),
            subtitles=self._subtitles(),
        )
        return Sheet(
            film=one_line(str(self._film.get("film", ""))),
            rate=self._rate,
            width=_side(self._film.get("width")),
            height=_side(self._film.get("height")),
            sample_rate_hz=_side(self._film.get("sample_rate_hz")),
            timeline=cut,
            sources=self._sources,
            notes=self._told.sentences(),
        )

    def _tracks(self) -> Iterator[Any]:
        for child in self._timeline.tracks:
            if isinstance(child, otio.schema.Track):
                yield child
            else:
                track = otio.schema.Track(name=child.name)
                track.append(child.deepcopy())
                yield track

    def _rate_of_cut(self, fallback: Fraction) -> Fraction:
        """The rate that the file is counted in: that of its start, or of its first clip."""
        times = [self._timeline.global_start_time]
        for clip in self._timeline.tracks.find_clips():
            times.append(clip.source_range.duration if clip.source_range else None)
            times.append(clip.available_range().duration if _has_range(clip) else None)
            if len(times) > 30:
                break
        rates = (film_rate_of(time.rate) for time in times if time is not None)
        return next((rate for rate in rates if rate in FILM_RATES), fallback)

    def _track(self, track: Any, number: int) -> Track:
        held = ours(track)
        kind = "audio" if track.kind == otio.schema.TrackKind.Audio else "video"
        at = Fraction(0)
        clips: list[Clip] = []
        pending: Dissolve | None = None
        fade_in: int = 0
        for item, span in laid_out(track, self._told):
            if isinstance(item, otio.schema.Transition):
                dissolve = self._dissolve(item)
                if clips and clips[-1].end == round(at * self._rate):
                    pending = dissolve
                else:
                    fade_in = dissolve.frames
                continue
            duration_s = seconds(span.duration)
            start, end = round(at * self._rate), round((at + duration_s) * self._rate)
            at += duration_s
            if isinstance(item, otio.schema.Gap) or end <= start:
                if pending is not None and clips and isinstance(item, otio.schema.Gap):
                    clips[-1] = _faded_out(clips[-1], pending)
                pending = None
                continue
            clip = self._clip(item, span, start, end - start)
            clips.append(_joined(clip, pending if pending is not None else None, fade_in))
            pending, fade_in = None, 0
        if pending is not None and clips:
            clips[-1] = _faded_out(clips[-1], pending)
        level = self._level(held)
        return Track(
            id=new_id(),
            kind=kind,
            gain_db=level.gain_db,
            pan=level.pan,
            name=one_line(track.name or "", 40) or f"{kind[0].upper()}{number + 1}",
            muted=not track.enabled or held.get("muted") is True,
            solo=held.get("solo") is True,
            locked=held.get("locked") is True,
            height_px=min(200, max(20, _side(held.get("height_px")) or 56)),
            clips=tuple(clips),
        )

    def _clip(self, item: Any, span: Any, start: int, length: int) -> Clip:
        known = self._known(item)
        source = self._source(item, known)
        begins = seconds(span.start_time)
        source_in = round((begins - _media_start(item, begins)) * self._rate)
        speed, backwards = self._speed(item, known)
        clip = known or Clip(id=new_id(), source=source, start=start, length=length)
        phase = clip.source_phase if clip.source_in == source_in and clip.speed == speed else 0
        changed = known is None or clip.length != length
        name = one_line(item.name or "")
        label = clip.label
        if name and (known is None or (label and name != label)):
            label = name
        return replace(
            clip,
            id=new_id(),
            source=source,
            start=start,
            length=length,
            source_in=max(0, source_in),
            source_phase=phase,
            speed=speed,
            backwards=backwards,
            fade_in=min(clip.fade_in, length) if changed else clip.fade_in,
            fade_out=min(clip.fade_out, length - min(clip.fade_in, length)),
            gain_db=checked_gain(clip.gain_db),
            pan=checked_pan(clip.pan),
            dissolve=None,
            label=label,
            enabled=item.enabled,
            markers=self._markers(item, begins),
        )

    def _known(self, item: Any) -> Clip | None:
        """The clip that our metadata describes; a note where they are not what they should be."""
        body = ours(item).get("clip")
        if body is None:
            return None
        try:
            return decode(Clip, cast("Plain", body))
        except CodecError:
            self._told.count("has a description of ours that cannot be read")
            return None

    def _source(self, item: Any, known: Clip | None) -> ClipSource:
        reference = item.media_reference
        told = described(reference, one_line(item.name or "") or "Clip", self._rate)
        if isinstance(reference, otio.schema.GeneratorReference):
            if known is not None and isinstance(known.source, TitleSource | GeneratorSource):
                return known.source
            return generated(reference, item.name or "")
        if known is not None:
            self._sources.setdefault(known.source, told)
            if isinstance(known.source, MediaSource | TitleSource | GeneratorSource):
                return known.source
            # Picture and sound of a take are two files of one source.
            self._sources[known.source] = with_both(self._sources[known.source], told)
            return known.source
        key = (told.picture or told.sound, "" if told.picture else told.name)
        source = self._by_address.setdefault(key, MediaSource(media_id=new_id()))
        self._sources.setdefault(source, told)
        return source

    def _speed(self, item: Any, known: Clip | None) -> tuple[Fraction, bool]:
        scalar: float = 1.0
        for effect in item.effects:
            if isinstance(effect, otio.schema.FreezeFrame):
                return HELD, False
            if isinstance(effect, otio.schema.LinearTimeWarp):
                scalar *= float(effect.time_scalar)
            else:
                self._told.count("has an effect that is not known here")
        if known is not None and math.isclose(
            scalar, float(-known.speed if known.backwards else known.speed), rel_tol=1e-9
        ):
            return known.speed, known.backwards
        speed, backwards = speed_of(scalar)
        if speed != abs(Fraction(scalar).limit_denominator(1001)):
            self._told.count("has a speed out of bounds, which was brought within them")
        return speed, backwards

    def _dissolve(self, item: Any) -> Dissolve:
        before = round(seconds(item.in_offset) * self._rate)
        after = round(seconds(item.out_offset) * self._rate)
        before, after = max(0, before), max(0, after)
        dip = item.transition_type == DIP and ours(item).get("kind") == "dip"
        if not dip and item.transition_type != otio.schema.TransitionTypes.SMPTE_Dissolve:
            self._told.count("has a transition that became a dissolve")
        return Dissolve(
            frames=max(2, before + after), before=before, kind="dip" if dip else "cross"
        )

    def _markers(self, item: Any, offset_s: Fraction) -> tuple[Marker, ...]:
        found: list[Marker] = []
        for one in item.markers[:10_000]:
            held = ours(one)
            at = round((seconds(one.marked_range.start_time) - offset_s) * self._rate)
            colour = held.get("colour")
            label = colour if colour in COLOURS else _LABELS.get(one.color, "teal")
            note = one.comment or ""
            found.append(
                Marker(
                    id=new_id(),
                    frame=max(0, at),
                    name=one_line(one.name or ""),
                    note="\n".join(one_line(line, 500) for line in note.split("\n")),
                    colour=cast("ColourLabel", label),
                )
            )
        return tuple(sorted(found, key=lambda one: one.frame))

    def _frame_in(self, name: str) -> int | None:
        value = self._film.get(name)
        return value if isinstance(value, int) and 0 <= value < 1 << 31 else None

    def _shape(self) -> FrameShape:
        try:
            return decode(Timeline, {"id": "", "name": "", "shape": self._film["shape"]}).shape
        except (CodecError, KeyError):
            return "film"

    def _level(self, held: Mapping[str, Any]) -> Track:
        """The gain and pan that our metadata says of a track, within bounds."""
        body: Body = {"id": "", "kind": "audio", "name": ""}
        body |= {name: held[name] for name in ("gain_db", "pan") if name in held}
        try:
            found = decode(Track, body)
        except CodecError:
            return Track(id="", kind="audio", name="")
        return replace(found, gain_db=checked_gain(found.gain_db), pan=checked_pan(found.pan))

    def _subtitles(self) -> tuple[Subtitle, ...]:
        held = self._film.get("subtitles")
        try:
            body: Body = {"id": "", "name": "", "subtitles": cast("Plain", held or [])}
            found = decode(Timeline, body).subtitles
        except CodecError:
            self._told.say(tr("The subtitles in it cannot be read and were left out."))
            return ()
        return tuple(replace(one, id=new_id()) for one in found if 0 <= one.start < one.end)


def _media_start(clip: Any, begins: Fraction) -> Fraction:
    """The time at which a clip's media begin, in seconds: files of cameras count from a timecode.

    Some programs count what is used from the file's beginning all the same; it then lies before.
    """
    if not _has_range(clip) or not is_sane(clip.media_reference.available_range):
        return Fraction(0)
    start = seconds(clip.media_reference.available_range.start_time)
    return start if start <= begins else Fraction(0)


def _has_range(clip: Any) -> bool:
    reference = clip.media_reference
    return reference is not None and reference.available_range is not None


def _side(value: object) -> int:
    return value if isinstance(value, int) and 0 < value < 1 << 20 else 0


def _faded_out(clip: Clip, dissolve: Dissolve) -> Clip:
    return replace(clip, fade_out=min(dissolve.frames, clip.length - clip.fade_in))


def _joined(clip: Clip, dissolve: Dissolve | None, fade_in: int) -> Clip:
    if fade_in:
        return replace(clip, fade_in=min(fade_in, clip.length - clip.fade_out))
    return replace(clip, dissolve=dissolve)
