"""Cuts as other programs write them come in on the right frames, and what they lose is said."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime, TimeRange

from studio.document.looks import Curve, GainPoint, Key
from studio.document.retime import source_frame
from studio.document.titles import GeneratorSource
from studio.export.interchange_bring import bring_in
from studio.export.interchange_edl_reading import parse_edl
from studio.export.interchange_otio import render_otio
from studio.export.interchange_otio_reading import parse_otio
from studio.export.interchange_sheet import Sheet, sheet_of
from tests.studio.export import cuts

schema: Any = otio.schema
HOUR = 3600


def span(start: float, frames: float, rate: float = 24) -> TimeRange:
    return TimeRange(RationalTime(start, rate), RationalTime(frames, rate))


def clip(name: str, start: int, frames: int, *, rate: float = 24, media=HOUR * 24, **more) -> Any:
    """A clip of a camera's file, whose own timecode begins at one o'clock."""
    reference = schema.ExternalReference(
        target_url=f"file:///Volumes/CARD/{name}.mov", available_range=span(media, 2400, rate)
    )
    return schema.Clip(
        name=name,
        media_reference=reference,
        source_range=span(media + start, frames, rate),
        metadata={"fcp_xml": {"uuid": "7"}, "Resolve_OTIO": {"Link Group ID": 3}},
        **more,
    )


def dissolve(before: int, after: int, kind: str = "SMPTE_Dissolve") -> Any:
    return schema.Transition(
        transition_type=kind,
        in_offset=RationalTime(before, 24),
        out_offset=RationalTime(after, 24),
    )


def track(*parts, kind: str = "Video", name: str = "") -> Any:
    made = schema.Track(name=name, kind=kind)
    made.extend(parts)
    return made


def read(*tracks, rate=Fraction(24), **more) -> Sheet:
    timeline = schema.Timeline(name="Reel 1", **more)
    timeline.tracks.extend(tracks)
    return parse_otio(otio.adapters.write_to_string(timeline, "otio_json"), rate)


def lane(sheet: Sheet, number: int = 0) -> list[tuple[str, int, int, int]]:
    """Of every clip of a track: its name, where it lies, and where in the source it begins."""
    clips = sheet.timeline.tracks[number].clips
    return [(one.label, one.start, one.length, one.source_in) for one in clips]


def test_the_timecode_of_a_file_is_not_a_place_in_it():
    early = schema.Clip(
        name="early",
        media_reference=schema.ExternalReference(available_range=span(HOUR * 24, 100)),
        source_range=span(5, 10),
    )
    sheet = read(
        track(clip("a", 10, 48), clip("b", 0, 24), early),
        global_start_time=RationalTime(HOUR * 24, 24),
    )
    assert lane(sheet) == [("a", 0, 48, 10), ("b", 48, 24, 0), ("early", 72, 10, 5)]
    assert sheet.source(sheet.timeline.tracks[0].clips[0]).frames == 2400
    assert sheet.notes == ()


def test_a_marker_of_a_clip_is_counted_from_its_first_frame():
    marked = clip("a", 10, 48)
    marked.markers.append(schema.Marker(name="hit", marked_range=span(HOUR * 24 + 13, 1)))
    (found,) = read(track(marked)).timeline.tracks[0].clips[0].markers
    assert (found.frame, found.name) == (3, "hit")


def test_sounds_lie_below_the_pictures_with_the_first_on_top():
    sheet = read(
        *(track(clip(name, 0, 24), name=name) for name in ("V1", "V2")),
        *(track(clip(name, 0, 24), name=name, kind="Audio") for name in ("A1", "A2", "A3")),
    )
    assert [one.name for one in sheet.timeline.tracks] == ["A3", "A2", "A1", "V1", "V2"]


def nested(*, transition: bool = False, upper: int = 0) -> Any:
    """A cut within the cut: two clips, one over them for its last frames, and their sound."""
    lower = [clip("one", 0, 24), *([dissolve(3, 3)] if transition else []), clip("two", 5, 24)]
    over = track(schema.Gap(source_range=span(0, 12)), clip("over", 0, upper)) if upper else None
    stack = schema.Stack(name="Compound")
    stack.extend([one for one in (track(*lower), over) if one is not None])
    stack.append(track(clip("sound", 0, 48), kind="Audio"))
    return stack


def test_a_cut_within_the_cut_is_laid_open_by_kind():
    sheet = read(
        track(clip("a", 0, 10), nested(upper=12), clip("z", 0, 10)),
        track(schema.Gap(source_range=span(0, 10)), nested(), clip("z", 0, 10), kind="Audio"),
    )
    assert lane(sheet, 1) == [
        ("a", 0, 10, 0), ("one", 10, 12, 0), ("over", 22, 12, 0), ("two", 34, 24, 5),
        ("z", 58, 10, 0),
    ]  # fmt: skip
    assert lane(sheet, 0) == [("sound", 10, 48, 0), ("z", 58, 10, 0)]
    assert sheet.notes == ("Of 2 clips each is a cut within the cut, which was laid open.",)


def test_dissolves_in_a_cut_within_the_cut_stay_where_they_can():
    whole = read(track(nested(transition=True)))
    (_, second) = whole.timeline.tracks[0].clips
    assert second.dissolve is not None
    assert (second.dissolve.before, second.dissolve.frames) == (3, 6)
    inside = nested(transition=True)
    inside.source_range = span(0, 25)  # ends in the middle of the dissolve
    sheet = read(track(inside, clip("z", 0, 10)))
    assert lane(sheet) == [("one", 0, 24, 0), ("two", 24, 1, 5), ("z", 25, 10, 0)]
    assert "One clip is a cut within the cut whose dissolves became cuts." in sheet.notes


def test_a_cut_within_the_cut_that_is_shorter_than_its_place_leaves_a_gap():
    inside = nested()
    inside.source_range = span(24, 100)
    sheet = read(track(inside, clip("z", 0, 10)), track(clip("a", 0, 5)))
    assert lane(sheet) == [("two", 0, 24, 5), ("z", 100, 10, 0)]


def test_a_cut_within_the_cut_that_is_switched_off_is_a_gap():
    off, fast = nested(), nested()
    off.enabled = False
    fast.effects.append(schema.LinearTimeWarp(time_scalar=2.0))
    sheet = read(track(off, fast))
    assert lane(sheet) == [("one", 48, 24, 0), ("two", 72, 24, 5)]
    assert sheet.notes == (
        "One clip is a cut within the cut that is switched off, and became a gap.",
        "One clip is a cut within the cut, which was laid open.",
        "One clip is a cut within the cut with an effect, which was left out.",
    )


def test_speeds_and_frozen_frames():
    fast, back, slow = clip("fast", 0, 24), clip("back", 48, 24), clip("slow", 0, 24)
    for one, scalar in ((fast, 2.0), (back, -1.0), (slow, 0.5)):
        one.effects.append(schema.LinearTimeWarp(time_scalar=scalar))
    frozen, blurred = clip("frozen", 7, 24), clip("blurred", 0, 24)
    frozen.effects.append(schema.FreezeFrame())
    blurred.effects.append(schema.Effect(effect_name="Gaussian Blur"))
    sheet = read(track(fast, back, slow, frozen, blurred))
    clips = sheet.timeline.tracks[0].clips
    assert [(one.speed, one.backwards) for one in clips] == [
        (2, False), (1, True), (Fraction(1, 2), False), (0, False), (1, False)
    ]  # fmt: skip
    assert [one.source_in for one in clips] == [0, 48, 0, 7, 0]
    assert source_frame(clips[3], 23) == 7
    assert sheet.notes == ("One clip has an effect that is not known here.",)


def test_transitions_of_others_become_dissolves_and_fades():
    sheet = read(
        track(
            dissolve(0, 12), clip("a", 20, 48), dissolve(4, 8, "Custom_Transition"),
            clip("b", 20, 48), dissolve(10, 0), schema.Gap(source_range=span(0, 24)),
        )
    )  # fmt: skip
    first, second = sheet.timeline.tracks[0].clips
    assert (first.fade_in, first.dissolve) == (12, None)
    assert second.dissolve is not None
    assert (second.dissolve.before, second.dissolve.frames, second.fade_out) == (4, 12, 10)
    assert sheet.notes == ("One clip has a transition that became a dissolve.",)


def test_media_that_are_missing_drawn_or_a_sequence(tmp_path):
    lost = schema.Clip(
        name="A001_C002", media_reference=schema.MissingReference(), source_range=span(0, 24)
    )
    none = schema.Clip(name="none", source_range=span(0, 24))
    bars = schema.Clip(
        name="bars",
        media_reference=schema.GeneratorReference(generator_kind="SMPTEBars"),
        source_range=span(0, 24),
    )
    frames = schema.Clip(
        name="vfx",
        media_reference=schema.ImageSequenceReference(
            target_url_base="file:///shots/", name_prefix="vfx_", name_suffix=".exr",
            start_frame=1001, frame_zero_padding=4, rate=24, available_range=span(1001, 48),
        ),
        source_range=span(1011, 24),
    )  # fmt: skip
    sheet = read(track(lost, none, bars, frames))
    assert [one[3] for one in lane(sheet)] == [0, 0, 0, 10]
    brought = bring_in(cuts.film(), cuts.ledger(), sheet, tmp_path)
    assert brought.missing[:2] == ("A001_C002", "none")
    assert len(brought.missing) == 3
    assert isinstance(brought.timeline.tracks[0].clips[2].source, GeneratorSource)


@pytest.mark.parametrize(
    ("written", "rate"),
    [(23.976, Fraction(24000, 1001)), (23.98, Fraction(24000, 1001)),
     (24000 / 1001, Fraction(24000, 1001)), (29.97, Fraction(30000, 1001)),
     (30000 / 1001, Fraction(30000, 1001)), (59.94, Fraction(60000, 1001)), (25, Fraction(25))],
)  # fmt: skip
def test_an_hour_at_the_rates_of_others_ends_on_its_frame(written, rate):
    start = otio.opentime.from_timecode("01:00:00;00", 30000 / 1001)
    media = int(start.value) if rate == Fraction(30000, 1001) else 0
    parts = [clip(f"c{n}", n, 1799, rate=written, media=media) for n in range(60)]
    sheet = read(track(*parts), rate=Fraction(24))
    assert sheet.rate == rate
    assert [one[1:] for one in lane(sheet)] == [(1799 * n, 1799, n) for n in range(60)]


def test_a_source_of_another_rate_is_counted_in_frames_of_the_cut():
    sheet = read(track(clip("a", 25, 50, rate=25)), global_start_time=RationalTime(0, 24))
    assert lane(sheet) == [("a", 0, 48, 24)]


def test_curves_and_envelopes_go_to_the_rate_of_the_film(tmp_path):
    film = cuts.film(Fraction(25))
    keys = (Key(frame=0, value=0.0), Key(frame=24, value=0.5), Key(frame=25, value=1.0))
    moved = cuts.Clip(
        id="c", source=cuts.MediaSource(media_id="m1"), start=25, length=50,
        curves=(Curve(field="x", keys=keys),),
        gain_points=(GainPoint(frame=0, gain_db=0.0), GainPoint(frame=50, gain_db=-60.0)),
    )  # fmt: skip
    cut = film.timelines[0]
    cut = replace(cut, tracks=(*cut.tracks[:2], replace(cut.tracks[2], clips=(moved,))))
    sheet = parse_otio(render_otio(sheet_of(film, cuts.ledger(), cut, tmp_path)), film.rate)
    brought = bring_in(cuts.film(Fraction(12)), cuts.ledger(), sheet, tmp_path)
    (found,) = brought.timeline.tracks[2].clips
    assert [(one.frame, one.gain_db) for one in found.gain_points] == [(0, 0.0), (24, -60.0)]
    # Two keys came to lie on one frame, of which the later counts.
    assert [(one.frame, one.value) for one in found.curves[0].keys] == [(0, 0.0), (12, 1.0)]


def listed(text: str, rate: Fraction = Fraction(24)) -> Sheet:
    return parse_edl(text, rate)


def tracks(sheet: Sheet) -> dict[str, list[tuple[int, int, int]]]:
    return {
        one.name: [(part.start, part.length, part.source_in) for part in one.clips]
        for one in sheet.timeline.tracks
    }


CMX = """TITLE:   REEL 1 V4
FCM: NON-DROP FRAME

001  TAPE01   V     C        01:00:10:00 01:00:12:00 01:00:00:00 01:00:02:00
* FROM CLIP NAME:  STREET.MOV
* COMMENT: slate 12, take 3
FINAL CUT PRO REEL: TAPE01 REPLACED BY: TAPE01
002  TAPE01   V     C        01:00:12:00 01:00:12:00 01:00:02:00 01:00:02:00
002  TAPE02   V     W001 024 02:10:00:00 02:10:04:00 01:00:02:00 01:00:06:00
M2   TAPE02          012.0                02:10:00:00
* EFFECT NAME: EDGE WIPE
* FROM CLIP NAME:  STREET.MOV
* TO CLIP NAME:  RAIN.MOV
003  BL       V     C        00:00:00:00 00:00:01:00 01:00:06:00 01:00:07:00
004  BL       V     C        00:00:00:00 00:00:00:00 01:00:07:00 01:00:07:00
004  TAPE01   V     D    012 01:00:20:00 01:00:22:00 01:00:07:00 01:00:09:00
M2   TAPE01         -024.0                01:00:22:00
005  TAPE03   AA    C        01:00:00:00 01:00:09:00 01:00:00:00 01:00:09:00
AUD  3    4
SPLIT:    AUDIO DELAY=  00:00:00:10
006  TAPE01   V     K B      01:00:30:00 01:00:31:00 01:00:09:00 01:00:10:00
"""


def test_a_frozen_frame_of_a_list_stands():
    sheet = listed(
        "TITLE: A\nFCM: NON-DROP FRAME\n"
        "001  TAPE01   V     C        01:00:10:05 01:00:10:06 01:00:00:00 01:00:02:00\n"
        "M2   TAPE01         000.0                01:00:10:05\n"
    )
    (held,) = sheet.timeline.tracks[0].clips
    assert (held.length, held.speed) == (48, 0)
    assert {source_frame(held, at) for at in (0, 47)} == {245}
    assert sheet.notes[-1].startswith("The list begins at 01:00:00:00")


def test_a_cmx_list_with_wipes_speeds_black_and_more_sound():
    sheet = listed(CMX)
    found = tracks(sheet)
    # Tape 1 is first used at ten seconds, tape 2 at ten minutes after their hours.
    assert found["V1"] == [
        (0, 48, 240), (48, 96, 14_400), (144, 24, 0), (168, 48, 480), (216, 24, 720)
    ]  # fmt: skip
    assert found["A1"] == found["A2"] == found["A3"] == found["A4"] == [(0, 216, 0)]
    street, rain, black, back, key = next(
        one for one in sheet.timeline.tracks if one.name == "V1"
    ).clips
    assert (street.label, rain.label) == ("STREET.MOV", "RAIN.MOV")
    assert rain.dissolve is not None
    assert (rain.dissolve.frames, rain.speed) == (24, Fraction(1, 2))
    assert isinstance(black.source, GeneratorSource)
    assert (back.backwards, back.speed) == (True, 1)
    assert back.dissolve is not None
    assert key.dissolve is None
    assert sheet.notes == (
        "Sources are counted from the whole hour before their first use, as the list does not say "
        "where in a file its times lie: see whether clips begin right.",
        "The list begins at 01:00:00:00; the cut at its start.",
        "One clip begins its sound before or after its picture, which was left out.",
        "One clip has a wipe that became a dissolve.",
        "One clip is a key, which became a cut.",
    )


def event(first: str, last: str, fcm: str = "") -> str:
    return f"{fcm}\n001  T1  V  C  {first} {last} {first} {last}\n"


@pytest.mark.parametrize(
    ("fcm", "first", "last", "expected", "rate", "start", "length"),
    [
        # A minute of dropped numbers lacks two; the hour at which it begins is one by the clock.
        ("FCM: DROP FRAME", "01:00:00:00", "01:01:00:02", "30000/1001", "30000/1001", 0, 1_800),
        ("FCM: DROP FRAME", "01:00:00;00", "01:01:00;02", "24", "30000/1001", 0, 1_800),
        ("", "01:00:00;00", "01:01:00;02", "24", "30000/1001", 0, 1_800),
        ("FCM: NON-DROP FRAME", "01:00:00:00", "01:01:00:00", "30000/1001", "30000/1001", 0, 1_800),
        ("FCM: NON-DROP FRAME", "01:00:00:00", "01:01:00:00", "24000/1001", "24000/1001", 0, 1_440),
        ("FCM: NON-DROP FRAME", "01:00:01:24", "01:00:02:24", "24", "25", 49, 25),
        ("", "00:00:01:49", "00:00:02:49", "24", "50", 99, 50),
        (
            "002 T1 V C 99:99:99:99 00:00:00:00 00:00:00:00 00:00:00:00",
            "00:00:01:00",
            "00:00:02:00",
            "24",
            "24",
            24,
            24,
        ),
    ],
)
def test_a_list_is_counted_as_it_says(fcm, first, last, expected, rate, start, length):
    sheet = listed(event(first, last, fcm), Fraction(expected))
    assert sheet.rate == Fraction(rate)
    (found,) = sheet.timeline.tracks[0].clips
    assert (found.start, found.length, found.source_in) == (start, length, start)
    said = any("is taken to be at" in one for one in sheet.notes)
    assert said == (Fraction(rate) != Fraction(expected))


def test_files_of_others_begin_where_they_do(tmp_path):
    sheet = listed(
        "001  AX  V  C  00:00:05:00 00:00:06:00 00:00:00:00 00:00:01:00\n"
        "* FROM CLIP NAME: ONE.MOV\n"
        "002  AX  B  C  10:02:00:00 10:02:01:00 00:00:01:00 00:00:02:00\n"
        "* FROM CLIP NAME: TWO.MOV\n"
    )
    assert tracks(sheet)["V1"] == [(0, 24, 120), (24, 24, 2_880)]
    assert tracks(sheet)["A1"] == [(24, 24, 2_880)]
    brought = bring_in(cuts.film(), cuts.ledger(), sheet, tmp_path)
    assert set(brought.missing) == {"ONE.MOV", "TWO.MOV"}
