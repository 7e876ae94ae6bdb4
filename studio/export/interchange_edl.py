"""Cut sheets as edit decision lists, after the CMX3600 convention with one comment of our own.

Tracks beyond the first are ``V2``, ``A2`` and so on, as Avid's lists have them. A line
``* DAILIES: ...`` after an event says what the list has no place for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any, cast

from studio.document.codec import Plain, encode
from studio.document.film import Clip, Marker, Timeline, Track
from studio.document.looks import Dissolve
from studio.document.retime import advanced, source_out
from studio.document.timebase import is_drop_frame, nominal, to_timecode
from studio.document.titles import GeneratorSource, TitleSource
from studio.export.interchange_sheet import Sheet, marked_part_losses, one_line
from studio.wording import tr

OURS = "DAILIES"
COLOURS = {
    "none": "WHITE",
    "red": "RED",
    "orange": "ORANGE",
    "yellow": "YELLOW",
    "green": "GREEN",
    "teal": "CYAN",
    "blue": "BLUE",
    "violet": "MAGENTA",
    "pink": "PINK",
}
_BLACK = "BL"
_FILE = "AX"
_DAY_H = 24


@dataclass(frozen=True)
class _Event:
    """A clip on its way into the list.

    A list's dissolve begins at its cut, ours may lie around it: ``shift`` frames of it come
    earlier, and ``tail`` frames of the clip's own end go to the dissolve that follows.
    """

    channel: str
    track: Track
    clip: Clip
    before: Clip | None
    shift: int
    tail: int

    @property
    def dissolve(self) -> Dissolve | None:
        """What the list has of the clip's dissolve."""
        dissolve = self.clip.dissolve
        return dissolve if self.before is not None and dissolve is not None else None

    @property
    def record(self) -> tuple[int, int]:
        """Where the list has the clip."""
        return self.clip.start - self.shift, self.clip.end - self.tail


def render_edl(sheet: Sheet) -> str:
    """The text of an edit decision list; times in it are those of the timeline."""
    lines = [
        f"TITLE: {one_line(sheet.timeline.name, 70) or 'Cut'}",
        "FCM: DROP FRAME" if is_drop_frame(sheet.rate) else "FCM: NON-DROP FRAME",
    ]
    for number, event in enumerate(_events(sheet), 1):
        lines += ["", *_written(sheet, event, number)]
    if sheet.timeline.markers:
        lines += ["", *(_locator(one, sheet.rate) for one in sheet.timeline.markers)]
    return "\r\n".join(lines) + "\r\n"


def _events(sheet: Sheet) -> Iterator[_Event]:
    """The enabled clips, by track; of the list's tracks the first is plain ``V`` or ``A``."""
    used = [track for track in sheet.timeline.tracks if track.clips]
    # The sound nearest to the picture is the first.
    sounds = [track.id for track in reversed(used) if track.kind == "audio"]
    pictures = [track.id for track in used if track.kind == "video"]
    for track in used:
        number = (pictures if track.kind == "video" else sounds).index(track.id)
        letter = "V" if track.kind == "video" else "A"
        channel = letter if number == 0 else f"{letter}{number + 1}"
        clips = [clip for clip in track.clips if clip.enabled]
        shifts = _shifts(clips)
        for place, clip in enumerate(clips):
            before = clips[place - 1] if place else None
            touching = before is not None and before.end == clip.start
            yield _Event(
                channel,
                track,
                clip,
                before if touching else None,
                shifts[place],
                shifts[place + 1],
            )


def _shifts(clips: Sequence[Clip]) -> list[int]:
    """How many frames earlier each clip begins in the list; one more for the end."""
    shifts = [0]
    for before, clip in pairwise(clips):
        dissolve = clip.dissolve
        if dissolve is None or dissolve.kind != "cross" or before.end != clip.start:
            shifts.append(0)
        else:
            shifts.append(min(dissolve.before, before.length + shifts[-1] - 1))
    return [*shifts, 0]


def _written(sheet: Sheet, event: _Event, number: int) -> Iterator[str]:
    clip, rate, dissolve = event.clip, sheet.rate, event.dissolve
    start, end = event.record
    # The pictures that are used, in the order of the source.
    head = 0 if clip.backwards else -event.shift
    used = replace(advanced(clip, head), length=end - start)
    if dissolve is not None and dissolve.kind == "cross" and event.before is not None:
        shown = replace(event.before, length=max(1, event.before.length - event.shift))
        out = to_timecode(source_out(shown), rate)
        at = to_timecode(start, rate)
        yield _line(number, event.before, event.channel, "C", (out, out, at, at))
        what = f"D    {min(999, dissolve.frames):03d}"
    else:
        what = "C"
    if _reel(clip) == _BLACK:
        source = to_timecode(0, rate), to_timecode(end - start, rate)
    else:
        source = to_timecode(used.source_in, rate), to_timecode(source_out(used), rate)
    times = (*source, to_timecode(start, rate), to_timecode(end, rate))
    yield _line(number, clip, event.channel, what, times)
    if clip.speed != 1 or clip.backwards:
        pace = float(nominal(rate) * clip.speed) * (-1 if clip.backwards else 1)
        yield f"M2   {_reel(clip):<8}       {pace:05.1f}                {source[0]}"
    if what == "C":
        yield f"* FROM CLIP NAME: {_name(sheet, clip)}"
    elif event.before is not None:
        yield f"* FROM CLIP NAME: {_name(sheet, event.before)}"
        yield f"* TO CLIP NAME: {_name(sheet, clip)}"
    url = sheet.url(clip, event.track)
    if url:
        yield f"* SOURCE FILE: {url}"
    for marker in clip.markers:
        yield _locator(replace(marker, frame=clip.start + marker.frame), rate)
    # With the first event, as some programs take no comment ahead of it.
    whole: dict[str, Plain] = {"rate": _ratio(sheet.rate), "film": sheet.film}
    facts = _facts(sheet, event)
    yield f"* {OURS}: {_json(whole | facts if number == 1 else facts)}"


def _line(number: int, clip: Clip, channel: str, what: str, times: Sequence[str]) -> str:
    return f"{number:03d}  {_reel(clip):<8} {channel:<5} {what:<8} {' '.join(times)}"


def _reel(clip: Clip) -> str:
    return _BLACK if isinstance(clip.source, TitleSource | GeneratorSource) else _FILE


def _name(sheet: Sheet, clip: Clip) -> str:
    return one_line(sheet.name(clip), 64) or "CLIP"


def _locator(marker: Marker, rate: Fraction) -> str:
    """A marker as Avid's lists have it."""
    words = one_line(" ".join(part for part in (marker.name, marker.note) if part))
    return f"* LOC: {to_timecode(marker.frame, rate)} {COLOURS[marker.colour]:<7} {words}".rstrip()


def _facts(sheet: Sheet, event: _Event) -> dict[str, Plain]:
    """What makes the clip of this list the clip it was."""
    clip = event.clip
    facts: dict[str, Plain] = {
        "source": encode(clip)["source"],
        "track": event.track.name,
        "label": clip.label,
    }
    if clip.speed != 1 or clip.backwards:
        facts |= {"speed": _ratio(clip.speed), "backwards": clip.backwards}
    if event.dissolve is not None:
        facts["dissolve"] = encode(event.dissolve)
    if event.shift or event.tail:
        facts |= {"shift": event.shift, "tail": event.tail}
    # Exact where a dissolve reaches beyond the source, and for cuts within a retimed frame.
    facts |= {"source_in": clip.source_in, "phase": clip.source_phase}
    take = sheet.source(clip).facts.get("take")
    if isinstance(take, dict):
        facts |= {"take": take.get("id"), "weights": take.get("weights")}
    return facts


def _ratio(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def _json(plain: dict[str, Plain]) -> str:
    return json.dumps(plain, separators=(",", ":"))


def edl_losses(sheet: Sheet) -> tuple[str, ...]:
    """What an edit decision list does not say of a cut."""
    clips = [clip for _, clip in sheet.clips()]
    titles = sum(isinstance(one.source, TitleSource | GeneratorSource) for one in clips)
    looks = sum(
        bool(one.curves) or one.pose != Clip.pose or one.grade != Clip.grade for one in clips
    )
    levels = sum(
        bool(one.gain_db or one.gain_points or one.pan or one.fade_in or one.fade_out)
        for one in clips
    )
    off = sum(not one.enabled for one in clips)
    dips = sum(one.dissolve is not None and one.dissolve.kind == "dip" for one in clips)
    video = sum(bool(track.clips) for track in sheet.timeline.tracks if track.kind == "video")
    audio = sum(bool(track.clips) for track in sheet.timeline.tracks if track.kind == "audio")
    cued = len(sheet.timeline.subtitles)
    coloured = sum(one.colour != Clip.colour for one in clips)
    noted = sum(len(one.markers) for one in clips)
    told = (
        (titles, "titles and generated pictures are black (“BL”)"),
        (looks, "places, sizes and colours of clips are dropped"),
        (levels, "levels, pans and fades of clips are dropped"),
        (off, "disabled clips are left out"),
        (dips, "dips to black are cuts"),
        (cued, "subtitles are left out; export them as .srt beside it"),
        (coloured, "label colours of clips are dropped"),
        (noted, "markers of clips become markers of the cut"),
    )
    found = [f"{number}: {words}." for number, words in told if number]
    if any(marker.note for marker in sheet.timeline.markers):
        found.append(tr("Notes of markers are joined to their names."))
    found += marked_part_losses(sheet)
    if video > 1 or audio > 4:
        found.append(
            tr(
                "{video} video and {audio} audio tracks: programs that follow CMX3600 "
                "to the letter read one and four.",
                video=video,
                audio=audio,
            )
        )
    if any(track.muted or track.solo for track in sheet.timeline.tracks):
        found.append(tr("Which tracks are muted or solo is dropped."))
    if any(track.gain_db or track.pan for track in sheet.timeline.tracks):
        found.append(tr("Gains and pans of tracks are dropped."))
    if sheet.timeline.shape != Timeline.shape:
        found.append(tr("The shape of the frame is dropped."))
    if any(one.end >= _DAY_H * 3600 * nominal(sheet.rate) for one in clips):
        found.append(tr("The cut is longer than a day; its timecode goes beyond 24 hours."))
    return (
        *found,
        tr("Each take's recipe is dropped but for its number; OpenTimelineIO keeps it."),
    )


def facts_in(line: str) -> dict[str, Any]:
    """What our own comment says; nothing of one that was changed beyond reading."""
    words = line.removeprefix("*").strip()
    if not words.startswith(f"{OURS}:") or len(words) > 100_000:
        return {}
    try:
        plain = json.loads(words.removeprefix(f"{OURS}:"))
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", plain) if isinstance(plain, dict) else {}
