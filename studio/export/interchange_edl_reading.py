"""Edit decision lists (CMX3600 and what programs made of it) as cut sheets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, cast

from studio.document.codec import CodecError, Plain, decode
from studio.document.errors import TimecodeError
from studio.document.film import (
    Clip,
    ClipSource,
    ColourLabel,
    Marker,
    MediaSource,
    Timeline,
    Track,
    TrackKind,
    new_id,
)
from studio.document.looks import Dissolve
from studio.document.retime import HELD
from studio.document.timebase import nominal
from studio.document.titles import GeneratorSource
from studio.export.interchange_edl import COLOURS, facts_in
from studio.export.interchange_edl_counting import TIMECODE, Counting, fraction_of
from studio.export.interchange_limits import MAX_CLIPS, Notes, speed_of
from studio.export.interchange_sheet import InterchangeError, Sheet, SheetSource, one_line
from studio.wording import tr

_EVENT = re.compile(
    r"(\d{1,6})[A-Za-z]?\s+(\S+)\s+(\S+)\s+(K\s+[BO]|[A-Za-z]\d*[A-Za-z]*)(?:\s+(\d{1,4}))?"
    rf"\s+{TIMECODE}\s+{TIMECODE}\s+{TIMECODE}\s+{TIMECODE}\s*$"
)
_CHANNEL = re.compile(r"(?:(V)(\d*)|(A)(\d*)|(AA)|(B)|(NONE))")
_MOTION = re.compile(rf"M2\s+(\S+)\s+(-?\d+(?:\.\d+)?)(?:\s+{TIMECODE})?")
_LOC = re.compile(rf"LOC:\s*{TIMECODE}\s+(\w+)\s*(.*)", re.IGNORECASE)
_LABELS: dict[str, ColourLabel] = {word: cast("ColourLabel", c) for c, word in COLOURS.items()}
_MORE_SOUND = re.compile(r"AUD((?:\s+\d{1,2})+)\s*$")
_NO_REEL = {"BL", "BLACK", "BARS"}
_TOLD = 12


@dataclass
class _Event:
    """What the list says of one clip."""

    line: int
    reel: str
    channels: str
    kind: str
    duration: int
    source: tuple[int, int]
    record: tuple[int, int]
    pace: float | None = None
    name: str = ""
    to_name: str = ""
    file: str = ""
    facts: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def shown(self) -> tuple[str, ...]:
        """What tells its source from others: the file, or the reel and the name on it."""
        return (self.file,) if self.file else (self.reel, self.to_name or self.name)


def parse_edl(text: str, fallback_rate: Fraction) -> Sheet:
    """The cut of a list.

    Args:
        text: of the list.
        fallback_rate: what it counts in, unless it says so: lists do not name their rate.

    Raises:
        InterchangeError: if there is no event in it that can be read.
    """
    return _Reader(text, fallback_rate).sheet()


class _Reader:
    def __init__(self, text: str, fallback_rate: Fraction) -> None:
        self._lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._told = Notes()
        self._title = ""
        self._count = Counting(self._lines, fallback_rate, self._told)
        self._events: list[_Event] = []
        self._markers: list[Marker] = []
        self._bad = 0
        self._sources: dict[ClipSource, SheetSource] = {}
        self._by_name: dict[tuple[str, ...], MediaSource] = {}

    def sheet(self) -> Sheet:
        for number, line in enumerate(self._lines, 1):
            self._read(number, line.strip())
            if len(self._events) > MAX_CLIPS:
                raise InterchangeError(
                    tr("It lists more than {max_clips} events.", max_clips=MAX_CLIPS)
                )
        if not self._events:
            raise InterchangeError(
                tr("There is no event in it, such as “001 AX V C 00:00:00:00 …”.")
            )
        self._count_from_hours()
        origin = self._origin()
        tracks = tuple(self._tracks(origin))
        if not any(track.clips for track in tracks):
            raise InterchangeError(tr("None of its events lasts for a frame."))
        cut = Timeline(
            id=new_id(),
            name=self._title,
            tracks=tracks,
            markers=tuple(
                replace(one, frame=max(0, one.frame - origin))
                for one in sorted(self._markers, key=lambda one: one.frame)
            ),
        )
        return Sheet(
            film=self._count.film,
            rate=self._count.rate,
            width=0,
            height=0,
            sample_rate_hz=0,
            timeline=cut,
            sources=self._sources,
            notes=self._told.sentences(),
        )

    def _read(self, number: int, line: str) -> None:
        if line.upper().startswith("TITLE:"):
            self._title = one_line(line[6:])
        elif self._count.switched(line):
            return
        elif line.startswith("*"):
            self._comment(line[1:].strip())
        elif line.startswith("M2"):
            self._motion(line)
        elif match := _MORE_SOUND.match(line):
            if self._events:
                self._events[-1].channels += "".join(f"/A{one}" for one in match[1].split())
        elif line.upper().startswith("SPLIT:"):
            self._told.count("begins its sound before or after its picture, which was left out")
        elif match := _EVENT.match(line):
            self._event(number, match)
        elif re.match(r"\d{3,6}\s+\S+\s+\S+\s", line):
            self._fault(number, tr("this event cannot be read and was left out."))

    def _fault(self, number: int, words: str) -> None:
        self._bad += 1
        if self._bad <= _TOLD:
            self._told.say(f"Line {number}: {words}")

    def _event(self, number: int, match: re.Match[str]) -> None:
        try:
            times = [self._count.frame(match[group]) for group in (6, 7, 8, 9)]
        except TimecodeError as error:
            self._fault(number, tr("{error} The event was left out.", error=error))
            return
        event = _Event(
            line=number,
            reel=match[2],
            channels=match[3].upper(),
            kind=match[4].upper(),
            duration=int(match[5] or 0),
            source=(times[0], times[1]),
            record=(times[2], times[3]),
        )
        if event.record[1] < event.record[0]:
            self._fault(number, tr("the event ends before it begins and was left out."))
            return
        self._events.append(event)

    def _motion(self, line: str) -> None:
        match = _MOTION.match(line)
        if match is None or not self._events:
            return
        # The line names its reel: in a dissolve it may mean either of two events.
        for event in reversed(self._events[-2:]):
            if event.reel == match[1]:
                event.pace = float(match[2])
                return

    def _comment(self, words: str) -> None:
        if match := _LOC.match(words):
            self._locator(match)
            return
        if not self._events:
            return
        last = self._events[-1]
        key, _, value = words.partition(":")
        value = value.strip()
        match key.strip().upper():
            case "FROM CLIP NAME" | "CLIP NAME":
                last.name = one_line(value)
            case "TO CLIP NAME":
                last.to_name = one_line(value)
            case "SOURCE FILE" | "FROM FILE" | "FROM CLIP" | "MEDIA FILE":
                last.file = value[:2000]
            case _:
                last.facts |= facts_in("* " + words)

    def _locator(self, match: re.Match[str]) -> None:
        try:
            at = self._count.frame(match[1])
        except TimecodeError:
            return
        colour = _LABELS.get(match[2].upper(), "teal")
        self._markers.append(Marker(id=new_id(), frame=at, name=one_line(match[3]), colour=colour))

    def _count_from_hours(self) -> None:
        """Take off the whole hours at which tapes and files of others begin, by use.

        A list names times of a tape; where in a file these lie is not in it.
        """
        by_source: dict[tuple[str, ...], list[_Event]] = {}
        for event in self._events:
            if "source" not in event.facts and event.reel.upper() not in _NO_REEL:
                by_source.setdefault(event.shown, []).append(event)
        for events in by_source.values():
            _, start = self._count.hour_before(min(min(event.source) for event in events))
            for event in events:
                event.source = event.source[0] - start, event.source[1] - start
            if start:
                self._told.say(
                    tr(
                        "Sources are counted from the whole hour before their first use, as the "
                        "list does not say where in a file its times lie: see whether clips "
                        "begin right."
                    )
                )

    def _origin(self) -> int:
        """The frame of the list at which the cut begins: the whole hours before its first."""
        hour, start = self._count.hour_before(min(event.record[0] for event in self._events))
        if start:
            self._told.say(
                tr("The list begins at {hour:02d}:00:00:00; the cut at its start.", hour=hour)
            )
        return start

    def _tracks(self, origin: int) -> Iterator[Track]:
        lanes: dict[tuple[TrackKind, int], list[tuple[_Event, bool]]] = {}
        for place, event in enumerate(self._events):
            zero = event.record[0] == event.record[1]
            if zero:
                continue
            before = self._events[place - 1] if place else None
            from_black = (
                before is not None
                and before.record[0] == before.record[1]
                and before.reel.upper() in {"BL", "BLACK"}
            )
            for lane in _lanes(event.channels):
                lanes.setdefault(lane, []).append((event, from_black))
        video = sorted(lane for lane in lanes if lane[0] == "video")
        audio = sorted((lane for lane in lanes if lane[0] == "audio"), reverse=True)
        for kind, number in (*audio, *video):
            clips = self._lane(lanes[kind, number], origin, kind)
            named = lanes[kind, number][0][0].facts.get("track")
            name = one_line(str(named), 40) if isinstance(named, str) else ""
            yield Track(
                id=new_id(), kind=kind, name=name or f"{kind[0].upper()}{number}", clips=clips
            )

    def _lane(
        self, events: Sequence[tuple[_Event, bool]], origin: int, kind: TrackKind
    ) -> tuple[Clip, ...]:
        clips: list[Clip] = []
        for event, from_black in sorted(events, key=lambda one: one[0].record):
            clip = self._clip(event, origin, kind)
            if clip is None:
                continue
            shift = clip.start - (event.record[0] - origin)
            if clips and shift:
                clips[-1] = replace(clips[-1], length=clips[-1].length + shift)
            if clips and clips[-1].end > clip.start:
                self._told.count("lies over another of its track and was left out")
                continue
            touching = bool(clips) and clips[-1].end == clip.start
            if clip.dissolve is not None and not touching:
                fades = clip.dissolve.frames if from_black else 0
                clip = replace(clip, dissolve=None, fade_in=min(fades, clip.length))
            clips.append(clip)
        return tuple(clips)

    def _clip(self, event: _Event, origin: int, kind: TrackKind) -> Clip | None:
        facts = event.facts
        start, end = (frame - origin for frame in event.record)
        shift = facts.get("shift", 0)
        shift = shift if isinstance(shift, int) and 0 <= shift < end - start else 0
        speed, backwards = self._speed(event)
        source_in = min(event.source)  # some write what runs backwards from its end
        known_in, phase = facts.get("source_in"), facts.get("phase")
        # Ours, as long as nobody moved the event in its source.
        ours = isinstance(known_in, int) and abs(known_in - source_in) <= shift * speed + 1
        source = self._source(event)
        drawn = isinstance(source, GeneratorSource) and "source" not in facts
        label = facts.get("label")
        name = event.to_name or event.name
        return Clip(
            id=new_id(),
            source=source,
            start=start + shift,
            length=end - start - shift,
            source_in=max(0, cast("int", known_in) if ours else 0 if drawn else source_in),
            source_phase=phase
            if ours and isinstance(phase, int) and 0 <= phase < speed.denominator
            else 0,
            speed=speed,
            backwards=backwards,
            dissolve=self._dissolve(event),
            label=one_line(label) if isinstance(label, str) else name,
        )

    def _speed(self, event: _Event) -> tuple[Fraction, bool]:
        exact = fraction_of(event.facts.get("speed"))
        if exact is not None and event.pace is not None:
            speed, _ = speed_of(float(exact))
            return speed, event.facts.get("backwards") is True
        if event.pace is None:
            return Fraction(1), False
        if event.pace == 0:
            return HELD, False
        return speed_of(event.pace / nominal(self._count.rate))

    def _dissolve(self, event: _Event) -> Dissolve | None:
        try:
            return decode(Dissolve, cast("Plain", event.facts["dissolve"]))
        except (KeyError, CodecError):
            pass
        if event.kind.startswith("K"):
            self._told.count("is a key, which became a cut")
        if event.kind == "C" or event.duration < 2 or event.kind.startswith("K"):
            return None
        if event.kind != "D":
            self._told.count("has a wipe that became a dissolve")
        return Dissolve(frames=event.duration, before=0)

    def _source(self, event: _Event) -> ClipSource:
        body = event.facts.get("source")
        if body is not None:
            try:
                clip: Plain = {"id": "", "source": cast("Plain", body), "start": 0, "length": 1}
                source = decode(Clip, clip).source
            except CodecError:
                self._told.count("has a description of ours that cannot be read")
            else:
                self._sources.setdefault(source, self._described(event))
                return source
        if event.reel.upper() in {"BL", "BLACK"}:
            return GeneratorSource(kind="colour")
        if event.reel.upper() == "BARS":
            return GeneratorSource(kind="bars")
        described = self._described(event)
        source = self._by_name.setdefault(event.shown, MediaSource(media_id=new_id()))
        self._sources.setdefault(source, described)
        return source

    def _described(self, event: _Event) -> SheetSource:
        name = event.to_name or event.name or event.reel
        kind = "file" if event.file else "missing"
        return SheetSource(name=name, kind=kind, picture=event.file)


def _lanes(channels: str) -> Iterator[tuple[TrackKind, int]]:
    """The tracks that a list means: ``V``, ``A2``, ``AA/V``, ``B`` and their like."""
    for part in channels.split("/"):
        match = _CHANNEL.fullmatch(part)
        if match is None:
            yield "video", 1
        elif match[1]:
            yield "video", min(99, int(match[2] or 1))
        elif match[3]:
            yield "audio", min(99, int(match[4] or 1))
        elif match[5]:
            yield "audio", 1
            yield "audio", 2
        elif match[6]:
            yield "video", 1
            yield "audio", 1
