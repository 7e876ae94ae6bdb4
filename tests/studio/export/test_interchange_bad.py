"""Foreign, broken and hostile cuts: a sentence each, and nothing outside is touched."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.export.interchange import FCPXML, read_interchange
from studio.export.interchange_bring import bring_in
from studio.export.interchange_otio import render_otio
from studio.export.interchange_sheet import InterchangeError, sheet_of
from tests.studio.export import cuts

EVENT = "001  AX       V     C        00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00\n"
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><fcpxml>&b;</fcpxml>'


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.otio", b"", "not an OpenTimelineIO file"),
        ("a.otio", b"[" * 300_000, "nests too deeply"),
        ("a.otio", b'{"OTIO_SCHEMA": "Clip.2", "name": "x"}', "not an OpenTimelineIO"),
        ("a.otio", b'{"OTIO_SCHEMA": "Timeline.1", "tracks": 7}', "OpenTimelineIO"),
        ("a.otio", b'{"OTIO_SCHEMA": "Stack.1", "children": []}', "no clips"),
        ("a.otio", b"\x00\x01\x02", "not a text file"),
        ("a.edl", b"", "no event in it"),
        ("a.edl", b"001 AX V C 99:99:99:99 00:00:00:00 00:00:00:00 00:00:00:00", "no event"),
        ("a.edl", b"\xff\xfe", "no event in it"),
        ("a.edl", b"1 A V C 999:59:59:23 999:59:59:23 999:59:59:23 999:59:59:23", "None of its"),
        ("a.fcpxml", BOMB.encode(), "only written here"),
        ("a.xml", b"", "end it with"),
        ("none.edl", None, "cannot be opened"),
    ],
)
def test_bad_files_are_refused_by_a_sentence(tmp_path, name, content, words):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InterchangeError, match=words):
        read_interchange(tmp_path / name)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "a.otio"
    with path.open("wb") as file:
        file.truncate(100 << 20)
    with pytest.raises(InterchangeError, match="105 MB"):
        read_interchange(path)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "../../../../etc/passwd",
        "file:///proc/self/mem",
        "http://example.invalid/a.mov",
        "\\\\server\\share\\a.mov",
        "C:\\films\\..\\a.mov",
        "x/..",
        "%2e%2e%2f%2e%2e%2fa.mov",
        "file://%",
    ],
)
def test_media_stay_references_that_lead_nowhere_outside(tmp_path, url):
    path = tmp_path / "a.edl"
    path.write_text(EVENT + f"* FROM CLIP NAME: a\n* SOURCE FILE: {url}\n")
    film = cuts.film()
    brought = bring_in(film, cuts.ledger(), read_interchange(path), tmp_path / "film")
    after = brought.change(film)
    added = after.media[-1]
    assert added.path.startswith("media/")
    assert ".." not in added.path.split("/")
    assert added.path.count("/") == 1
    assert not (tmp_path / "film").exists()
    assert len(brought.missing) == 1


def test_hostile_descriptions_of_ours_are_put_aside(tmp_path):
    film = cuts.film()
    clip = cuts.Clip(id="c", source=cuts.MediaSource(media_id="m1"), start=0, length=24)
    cut = film.timelines[0]
    cut = replace(cut, tracks=(*cut.tracks[:2], replace(cut.tracks[2], clips=(clip,))))
    text = render_otio(sheet_of(film, cuts.ledger(), cut, tmp_path))
    plain = json.loads(text)
    held = plain["tracks"]["children"][2]["children"][0]["metadata"]["dailies"]["clip"]
    held |= {"speed": "0/1", "gain_db": 1e400, "fade_in": -7}
    path = tmp_path / "a.otio"
    path.write_text(json.dumps(plain))
    sheet = read_interchange(path)
    assert any("cannot be read" in note for note in sheet.notes)
    assert sheet.timeline.tracks[2].clips[0].length == 24


def test_lists_of_other_programs_are_read(tmp_path):
    path = tmp_path / "a.edl"
    path.write_text(
        "TITLE: REEL 1\nFCM: NON-DROP FRAME\n\n"
        "001  TAPE1    V     C        01:00:00:00 01:00:02:00 01:00:00:00 01:00:02:00 \n"
        "* FROM CLIP NAME:  BALL.MOV\n"
        "002  TAPE1    AA/V  C        01:00:02:00 01:00:02:00 01:00:02:00 01:00:02:00\n"
        "002  TAPE2    AA/V  W001 010 01:00:00:00 01:00:03:00 01:00:02:00 01:00:05:00\n"
        "M2   TAPE2          048.0                01:00:00:00\n"
        "* LOC: 01:00:04:00 RED     look here\n"
        "003  BL       V     C        00:00:00:00 00:00:01:00 01:00:05:00 01:00:06:00\n"
        "004  bad line\n"
        "005  X  V  C  00:00:00:00 00:00:01:00 01:00:09:00 01:00:08:00\n"
    )
    sheet = read_interchange(path, Fraction(24))
    lanes = {
        track.name: [(clip.start, clip.length) for clip in track.clips]
        for track in sheet.timeline.tracks
    }
    assert lanes["V1"] == [(0, 48), (48, 72), (120, 24)]
    assert lanes["A1"] == lanes["A2"] == [(48, 72)]
    pictures = next(track for track in sheet.timeline.tracks if track.name == "V1").clips
    assert pictures[1].speed == 2
    assert pictures[1].dissolve is not None
    assert pictures[1].dissolve.frames == 10
    assert pictures[0].label == "BALL.MOV"
    assert [(one.frame, one.name, one.colour) for one in sheet.timeline.markers] == [
        (96, "look here", "red")
    ]
    told = "\n".join(sheet.notes)
    assert "Line 12: the event ends before it begins" in told
    assert "01:00:00:00" in told


@given(raw=st.binary(max_size=300), suffix=st.sampled_from([".otio", ".edl"]))
@settings(deadline=None)
def test_no_bytes_break_a_reader(tmp_path_factory, raw, suffix):
    path = tmp_path_factory.mktemp("bytes") / f"a{suffix}"
    path.write_bytes((EVENT.encode() if suffix == ".edl" else b"") + raw)
    try:
        sheet = read_interchange(path)
    except InterchangeError:
        return
    bring_in(cuts.film(), cuts.ledger(), sheet, path.parent)


@given(film=cuts.films())
@settings(max_examples=25, deadline=None)
def test_fcpxml_is_well_formed_and_every_clip_lies_where_it_should(tmp_path_factory, film):
    cut = film.timelines[0]
    sheet = sheet_of(film, cuts.ledger(), cut, tmp_path_factory.mktemp("film"))
    root = ElementTree.fromstring(FCPXML.render(sheet))
    assert root.attrib["version"] == "1.9"
    known = {one.attrib["id"] for one in root.iter() if "id" in one.attrib}
    assert {one.attrib["ref"] for one in root.iter("asset-clip")} <= known
    spine = next(root.iter("spine"))
    at = Fraction(0)
    placed = []
    for part in spine:
        if part.tag == "transition":
            continue
        assert seconds(part.attrib["offset"]) == at
        at += seconds(part.attrib["duration"])
        if part.tag in {"asset-clip", "title"}:
            placed.append(seconds(part.attrib["offset"]))
        for child in part:
            if "lane" in child.attrib:
                inside = seconds(child.attrib["offset"]) - seconds(part.attrib["start"])
                placed.append(seconds(part.attrib["offset"]) + inside)
    wanted = [
        clip.start / film.rate
        for track in cut.tracks
        for clip in track.clips
        if not isinstance(clip.source, cuts.GeneratorSource)
    ]
    assert sorted(placed) == sorted(wanted)


def seconds(text: str) -> Fraction:
    return Fraction(text.removesuffix("s"))
