"""Cut sheets as OpenTimelineIO: each clip's own description, and every take's recipe, inside.

What the format has a place for is written there, so that other programs show it; all of it is also
written into metadata under ``dailies``. Reading takes the edit from the format's own fields, which
others may have changed, and the rest from the metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.document.codec import Plain, encode
from studio.document.film import Clip, ColourLabel, Marker, Track
from studio.document.looks import Dissolve
from studio.document.retime import is_held
from studio.document.titles import GeneratorSource, TitleSource
from studio.export.interchange_otio_library import NAMESPACE, otio
from studio.export.interchange_sheet import Sheet
from studio.wording import term, tr

SCHEMA = 1
DIP = "Custom_Transition"

COLOURS: Mapping[ColourLabel, str] = {
    "none": otio.schema.MarkerColor.WHITE,
    "red": otio.schema.MarkerColor.RED,
    "orange": otio.schema.MarkerColor.ORANGE,
    "yellow": otio.schema.MarkerColor.YELLOW,
    "green": otio.schema.MarkerColor.GREEN,
    "teal": otio.schema.MarkerColor.CYAN,
    "blue": otio.schema.MarkerColor.BLUE,
    "violet": otio.schema.MarkerColor.PURPLE,
    "pink": otio.schema.MarkerColor.PINK,
}


def render_otio(sheet: Sheet) -> str:
    """The text of an OpenTimelineIO file."""
    return _Writer(sheet).timeline().to_json_string(indent=2)


class _Writer:
    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._rate = float(sheet.rate)

    def timeline(self) -> Any:
        cut = self._sheet.timeline
        timeline = otio.schema.Timeline(
            name=cut.name, global_start_time=self._time(0), metadata={NAMESPACE: self._film()}
        )
        for track in cut.tracks:
            timeline.tracks.append(self._track(track))
        timeline.tracks.markers.extend([self._marker(one, 0) for one in cut.markers])
        return timeline

    def _film(self) -> dict[str, Plain]:
        sheet, cut = self._sheet, self._sheet.timeline
        return {
            "schema": SCHEMA,
            "film": sheet.film,
            "rate": f"{sheet.rate.numerator}/{sheet.rate.denominator}",
            "width": sheet.width,
            "height": sheet.height,
            "sample_rate_hz": sheet.sample_rate_hz,
            "in_frame": cut.in_frame,
            "out_frame": cut.out_frame,
            "shape": cut.shape,
            "subtitles": [encode(one) for one in cut.subtitles],
        }

    def _track(self, track: Track) -> Any:
        video = track.kind == "video"
        made = otio.schema.Track(
            name=track.name,
            kind=otio.schema.TrackKind.Video if video else otio.schema.TrackKind.Audio,
            metadata={
                NAMESPACE: {
                    "muted": track.muted,
                    "solo": track.solo,
                    "locked": track.locked,
                    "height_px": track.height_px,
                    "gain_db": track.gain_db,
                    "pan": track.pan,
                }
            },
        )
        made.enabled = not track.muted
        at = 0
        for clip in track.clips:
            if clip.start > at:
                gap = otio.schema.Gap(source_range=self._range(0, clip.start - at))
                made.append(gap)
            if clip.dissolve is not None and clip.start == at and at:
                made.append(self._transition(clip.dissolve))
            made.append(self._clip(clip, track))
            at = clip.end
        return made

    def _transition(self, dissolve: Dissolve) -> Any:
        cross = dissolve.kind == "cross"
        return otio.schema.Transition(
            name="Cross dissolve" if cross else "Dip to black",
            transition_type=otio.schema.TransitionTypes.SMPTE_Dissolve if cross else DIP,
            in_offset=self._time(dissolve.before),
            out_offset=self._time(dissolve.after),
            metadata={NAMESPACE: {"kind": dissolve.kind}},
        )

    def _clip(self, clip: Clip, track: Track) -> Any:
        made = otio.schema.Clip(
            name=self._sheet.name(clip),
            source_range=self._range(clip.source_in, clip.length),
            media_reference=self._reference(clip, track),
            metadata={NAMESPACE: {"clip": encode(clip)}},
        )
        made.enabled = clip.enabled
        if is_held(clip):
            made.effects.append(otio.schema.FreezeFrame(name="Held frame"))
        elif clip.speed != 1 or clip.backwards:
            scalar = float(-clip.speed if clip.backwards else clip.speed)
            made.effects.append(otio.schema.LinearTimeWarp(name="Speed", time_scalar=scalar))
        made.markers.extend([self._marker(one, clip.source_in) for one in clip.markers])
        return made

    def _reference(self, clip: Clip, track: Track) -> Any:
        source, url = self._sheet.source(clip), self._sheet.url(clip, track)
        # The description of the clip is in its own metadata; here stands what the file is.
        metadata = {NAMESPACE: dict(source.facts)} if source.facts else {}
        available = None if source.frames is None else self._range(0, source.frames)
        match clip.source:
            case TitleSource(text=text):
                return _drawn("title", {"text": text, "style": encode(clip.source.style)})
            case GeneratorSource(kind=kind, colour=colour):
                return _drawn("SMPTEBars" if kind == "bars" else "colour", {"colour": colour})
            case _ if url:
                return otio.schema.ExternalReference(
                    target_url=url, available_range=available, metadata=metadata
                )
            case _:
                return otio.schema.MissingReference(
                    name=source.name, available_range=available, metadata=metadata
                )

    def _marker(self, marker: Marker, offset: int) -> Any:
        return otio.schema.Marker(
            name=marker.name,
            comment=marker.note,
            color=COLOURS[marker.colour],
            marked_range=self._range(offset + marker.frame, 1),
            metadata={NAMESPACE: {"id": marker.id, "colour": marker.colour}},
        )

    def _time(self, frames: int) -> Any:
        return otio.opentime.RationalTime(frames, self._rate)

    def _range(self, start: int, frames: int) -> Any:
        return otio.opentime.TimeRange(self._time(start), self._time(frames))


def _drawn(kind: str, parameters: Mapping[str, Any]) -> Any:
    return otio.schema.GeneratorReference(
        name=kind.title(), generator_kind=kind, parameters=dict(parameters)
    )


def otio_losses(sheet: Sheet) -> tuple[str, ...]:
    """What other programs will not show of a cut, though it is all in the file."""
    clips = [clip for _, clip in sheet.clips()]
    looks = sum(
        bool(one.curves) or one.pose != Clip.pose or one.grade != Clip.grade for one in clips
    )
    levels = sum(
        bool(one.gain_db or one.gain_points or one.pan or one.fade_in or one.fade_out)
        for one in clips
    )
    drawn = sum(isinstance(one.source, TitleSource | GeneratorSource) for one in clips)
    counted = (
        (
            looks,
            term("1 clip has a place or colour that only Dailies reads back."),
            term("{n} clips have a place or colour that only Dailies reads back."),
        ),
        (
            levels,
            term("1 clip has a level, pan or fades that only Dailies reads back."),
            term("{n} clips have levels, pans or fades that only Dailies reads back."),
        ),
        (
            drawn,
            term("1 clip is a title or generated that only Dailies reads back."),
            term("{n} clips are titles or generated that only Dailies reads back."),
        ),
        (
            len(sheet.timeline.subtitles),
            term("1 subtitle stands that only Dailies reads back."),
            term("{n} subtitles stand that only Dailies reads back."),
        ),
    )
    return tuple(tr(one if n == 1 else many, n=n) for n, one, many in counted if n)
