"""Cut sheets as Final Cut Pro XML, version 1.9, which Final Cut, Resolve and others open.

The lowest video track is the storyline; all else is connected to it in lanes: pictures above,
sounds below.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from studio.document.film import Clip, Marker, Track
from studio.document.looks import FadeShape, Pose
from studio.document.queries import audible_tracks, timeline_end, visible_tracks
from studio.document.retime import is_held
from studio.document.timebase import is_drop_frame
from studio.document.titles import GeneratorSource, TitleSource
from studio.export.interchange_sheet import Sheet, one_line

VERSION = "1.9"
_TITLE_EFFECT = (
    ".../Titles.localized/Bumper:Opener.localized/Basic Title.localized/Basic Title.moti"
)
_STILL = "FFVideoFormatRateUndefined"
_COLOURS = "1-1-1 (Rec. 709)"
# As the program itself writes it: number and name.
_PAN_MODE = "1 (Stereo Left/Right)"
# Of equal power is what the program itself begins with.
_FADES: dict[FadeShape, str] = {
    "natural": "easeIn",
    "linear": "linear",
    "smooth": "easeInOut",
    "sharp": "easeOut",
}
_AUDIO_RATES = {32_000: "32k", 44_100: "44.1k", 48_000: "48k", 96_000: "96k"}


def render_fcpxml(sheet: Sheet) -> str:
    """The text of an FCPXML file."""
    root = _Writer(sheet).root()
    indent(root)
    body = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{body}\n'


@dataclass(frozen=True)
class _Anchor:
    """A part of the storyline, to which others are connected.

    Attributes:
        start: its first frame on the timeline.
        local: the instant of its own time that stands there, in frames.
    """

    start: int
    local: Fraction
    element: Element


class _Writer:
    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._resources = Element("resources")
        self._assets: dict[str, str] = {}
        self._ids = 0
        self._styles = 0
        seen, heard = visible_tracks(sheet.timeline), audible_tracks(sheet.timeline)
        self._open_tracks = {track.id for track in (*seen, *heard)}
        self._formats: dict[tuple[Fraction | None, int, int], str] = {}
        self._format = self._format_of(sheet.rate, sheet.width, sheet.height)
        self._title = ""

    def root(self) -> Element:
        sheet, cut = self._sheet, self._sheet.timeline
        root = Element("fcpxml", version=VERSION)
        root.append(self._resources)
        event = SubElement(
            SubElement(root, "library"), "event", name=one_line(sheet.film) or "Film"
        )
        project = SubElement(event, "project", name=one_line(cut.name) or "Cut")
        sequence = SubElement(
            project,
            "sequence",
            format=self._format,
            duration=self._time(timeline_end(cut)),
            tcStart="0s",
            tcFormat="DF" if is_drop_frame(sheet.rate) else "NDF",
            audioLayout="stereo",
            audioRate=_AUDIO_RATES.get(sheet.sample_rate_hz, "48k"),
        )
        self._story(SubElement(sequence, "spine"))
        return root

    def _story(self, spine: Element) -> None:
        tracks = self._sheet.timeline.tracks
        main = next((one for one in tracks if one.kind == "video" and one.clips), None)
        anchors = self._spine(spine, main, timeline_end(self._sheet.timeline))
        lane = 0
        for track in tracks:
            if track.kind == "video" and track is not main and track.clips:
                lane += 1
                self._connect(anchors, track, lane)
        lane = 0
        for track in reversed(tracks):
            if track.kind == "audio" and track.clips:
                lane -= 1
                self._connect(anchors, track, lane)
        for marker in self._sheet.timeline.markers:
            anchor = _anchor_at(anchors, marker.frame)
            anchor.element.append(self._marker(marker, anchor.local + marker.frame - anchor.start))
        for anchor in anchors:
            _order(anchor.element)

    def _spine(self, spine: Element, main: Track | None, end: int) -> list[_Anchor]:
        anchors: list[_Anchor] = []
        at = 0
        for clip in main.clips if main is not None else ():
            if clip.start > at:
                anchors.append(self._gap(spine, at, clip.start - at))
            dissolve = clip.dissolve
            if dissolve is not None and clip.start == at and at:
                SubElement(
                    spine,
                    "transition",
                    name="Cross Dissolve" if dissolve.kind == "cross" else "Fade To Color",
                    offset=self._time(clip.start - dissolve.before),
                    duration=self._time(dissolve.frames),
                )
            assert main is not None
            made = self._clip(clip, main, clip.start)
            if made is None:
                anchors.append(self._gap(spine, clip.start, clip.length))
            else:
                spine.append(made)
                anchors.append(_Anchor(clip.start, _local(clip), made))
            at = clip.end
        if at < end:
            anchors.append(self._gap(spine, at, end - at))
        return anchors

    def _gap(self, spine: Element, start: int, frames: int) -> _Anchor:
        made = SubElement(
            spine,
            "gap",
            name="Gap",
            offset=self._time(start),
            start="0s",
            duration=self._time(frames),
        )
        return _Anchor(start, Fraction(0), made)

    def _connect(self, anchors: Sequence[_Anchor], track: Track, lane: int) -> None:
        for clip in track.clips:
            anchor = _anchor_at(anchors, clip.start)
            offset = anchor.local + clip.start - anchor.start
            made = self._clip(clip, track, offset)
            if made is not None:
                made.set("lane", str(lane))
                _order(made)
                anchor.element.append(made)

    def _clip(self, clip: Clip, track: Track, offset: Fraction | int) -> Element | None:
        """A clip; ``None`` where the format has nothing for it."""
        off = not clip.enabled or track.id not in self._open_tracks
        if isinstance(clip.source, TitleSource):
            return self._titled(clip, clip.source, offset, off=off)
        asset = "" if isinstance(clip.source, GeneratorSource) else self._asset(clip, track)
        if not asset:
            return None
        made = Element(
            "asset-clip",
            ref=asset,
            offset=self._time(offset),
            name=one_line(self._sheet.name(clip)),
            start=self._time(_local(clip)),
            duration=self._time(clip.length),
            srcEnable="video" if track.kind == "video" else "audio",
        )
        if off:
            made.set("enabled", "0")
        source = self._sheet.source(clip)
        if track.kind == "video" and source.rate not in (None, self._sheet.rate):
            SubElement(made, "conform-rate", scaleEnabled="0")
        if clip.speed != 1 or clip.backwards:
            made.append(self._time_map(clip))
        if track.kind == "video":
            self._placed(made, clip.pose)
        else:
            self._levelled(made, clip, track)
        for marker in clip.markers:
            made.append(self._marker(marker, _local(clip) + marker.frame))
        return made

    def _asset(self, clip: Clip, track: Track) -> str:
        """The resource of a clip's file, made once; empty where there is no file."""
        url = self._sheet.url(clip, track)
        if not url or url in self._assets:
            return self._assets.get(url, "")
        source = self._sheet.source(clip)
        video = url == source.picture
        both = url == source.sound
        duration = "0s" if source.still else self._time(source.frames or clip.length)
        facts: dict[str, str] = {}
        if video:
            rate = None if source.still else source.rate or self._sheet.rate
            wide, high = source.width or self._sheet.width, source.height or self._sheet.height
            facts = {"hasVideo": "1", "format": self._format_of(rate, wide, high)}
        if both:
            rate_hz = str(source.sample_rate_hz or self._sheet.sample_rate_hz)
            facts |= {"hasAudio": "1", "audioSources": "1"}
            facts |= {"audioChannels": str(source.channels), "audioRate": rate_hz}
        name = one_line(source.name)
        self._assets[url] = self._new("asset", name=name, start="0s", duration=duration, **facts)
        asset = self._resources[-1]
        SubElement(asset, "media-rep", kind="original-media", src=url)
        take = source.facts.get("take")
        if isinstance(take, dict):
            held = SubElement(asset, "metadata")
            for key in ("id", "weights", "seed"):
                SubElement(held, "md", key=f"org.dailies.take.{key}", value=str(take.get(key)))
        return self._assets[url]

    def _format_of(self, rate: Fraction | None, width: int, height: int) -> str:
        """The resource for pictures of this kind, made once; stills have no rate."""
        key = (rate, width, height)
        if key not in self._formats:
            # Of what has a rate only the program's own kinds have a name.
            kind = {"name": _STILL} if rate is None else {"frameDuration": _span(1 / rate)}
            size = {"width": str(width), "height": str(height)}
            self._formats[key] = self._new("format", **kind, **size, colorSpace=_COLOURS)
        return self._formats[key]

    def _titled(
        self, clip: Clip, source: TitleSource, offset: Fraction | int, *, off: bool
    ) -> Element:
        if not self._title:
            self._title = self._new("effect", name="Basic Title", uid=_TITLE_EFFECT)
        self._styles += 1
        style_id = f"ts{self._styles}"
        style = source.style
        made = Element(
            "title",
            ref=self._title,
            offset=self._time(offset),
            name=one_line(self._sheet.name(clip)),
            start="0s",
            duration=self._time(clip.length),
        )
        if off:
            made.set("enabled", "0")
        words = SubElement(SubElement(made, "text"), "text-style", ref=style_id)
        words.text = "\n".join(one_line(line, 500) for line in source.text.split("\n"))
        SubElement(
            SubElement(made, "text-style-def", id=style_id),
            "text-style",
            font="Helvetica Neue",
            fontSize=f"{style.size * self._sheet.height:.0f}",
            fontColor=_colour(style.colour),
            bold="1" if style.bold else "0",
            italic="1" if style.italic else "0",
            alignment={"left": "left", "centre": "center", "right": "right"}[style.align],
        )
        for marker in clip.markers:
            made.append(self._marker(marker, Fraction(marker.frame)))
        return made

    def _time_map(self, clip: Clip) -> Element:
        made = Element("timeMap")
        if is_held(clip):
            for at in (0, clip.length):
                SubElement(
                    made, "timept", time=self._time(at), value=self._time(clip.source_in),
                    interp="linear",
                )  # fmt: skip
            return made
        frames = self._sheet.source(clip).frames or clip.source_in + round(clip.length * clip.speed)
        first, last = (frames, 0) if clip.backwards else (0, frames)
        for at, value in ((Fraction(0), first), (frames / clip.speed, last)):
            point = SubElement(made, "timept", time=self._time(at), value=self._time(value))
            point.set("interp", "linear")
        return made

    def _placed(self, made: Element, pose: Pose) -> None:
        if (pose.x, pose.y, pose.scale, pose.rotation_deg) != (0.0, 0.0, 1.0, 0.0):
            # In hundredths of the frame's height, upwards, and turned to the left.
            wide = pose.x * 100 * self._sheet.width / max(1, self._sheet.height)
            SubElement(
                made,
                "adjust-transform",
                position=f"{wide:g} {-pose.y * 100:g}",
                scale=f"{pose.scale:g} {pose.scale:g}",
                rotation=f"{-pose.rotation_deg:g}",
            )
        if pose.opacity != 1:
            SubElement(made, "adjust-blend", amount=f"{pose.opacity:g}")

    def _levelled(self, made: Element, clip: Clip, track: Track) -> None:
        """Gain, fades and pan; the format knows no tracks, so theirs are added to the clip's."""
        gain_db = clip.gain_db + track.gain_db
        fades: tuple[tuple[str, int, FadeShape], ...] = (
            ("fadeIn", clip.fade_in, clip.fade_in_shape),
            ("fadeOut", clip.fade_out, clip.fade_out_shape),
        )
        if gain_db or clip.fade_in or clip.fade_out:
            volume = SubElement(made, "adjust-volume", amount=f"{gain_db:g}dB")
            level = SubElement(volume, "param", name="amount")
            for name, frames, shape in fades:
                if frames:
                    SubElement(level, name, type=_FADES[shape], duration=self._time(frames))
        pan = max(-1.0, min(1.0, clip.pan + track.pan))
        if pan:
            SubElement(made, "adjust-panner", mode=_PAN_MODE, amount=f"{pan * 100:g}")

    def _marker(self, marker: Marker, at: Fraction) -> Element:
        made = Element(
            "marker",
            start=self._time(at),
            duration=self._time(1),
            value=one_line(marker.name) or "Marker",
        )
        if marker.note:
            made.set("note", one_line(marker.note, 500))
        return made

    def _new(self, kind: str, **attributes: str) -> str:
        self._ids += 1
        SubElement(self._resources, kind, {"id": f"r{self._ids}", **attributes})
        return f"r{self._ids}"

    def _time(self, frames: Fraction | int) -> str:
        return _span(frames / self._sheet.rate)


_CONNECTED = {"asset-clip", "title"}


def _order(element: Element) -> None:
    """Put the parts of a clip in the order that the format asks for."""
    order = {"marker": 2} | dict.fromkeys(_CONNECTED, 1)
    element[:] = sorted(element, key=lambda part: order.get(part.tag, 0))


def _local(clip: Clip) -> Fraction:
    """The instant of a clip's own (retimed) time at which it begins, in frames."""
    if isinstance(clip.source, TitleSource) or is_held(clip):
        return Fraction(0)
    return Fraction(clip.source_in) / clip.speed


def _anchor_at(anchors: Sequence[_Anchor], frame: int) -> _Anchor:
    return anchors[max(0, bisect_right(anchors, frame, key=lambda one: one.start) - 1)]


def _span(time_s: Fraction) -> str:
    """Seconds as the format writes them."""
    if time_s.denominator == 1:
        return f"{time_s.numerator}s"
    return f"{time_s.numerator}/{time_s.denominator}s"


def _colour(text: str) -> str:
    digits = text.lstrip("#")
    try:
        parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    except ValueError:
        parts = [1.0, 1.0, 1.0]
    return " ".join(f"{part:.4g}" for part in parts) + " 1"
