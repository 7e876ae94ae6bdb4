"""Subtitle files: what is written comes back, and bad ones are refused by a sentence."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.document.timebase import FILM_RATES
from studio.export.presets import ExportError
from studio.export.subtitles import (
    KINDS,
    SubtitleError,
    caption_at,
    frames_of,
    read_subtitles,
    write_subtitles,
)
from studio.export.subtitles_text import MAX_LETTERS, Caption, Run, plain_text, runs_of

SRT = """1
00:00:01,000 --> 00:00:02,500
The ball <i>leaves</i> the shelf.

2
00:00:03,000 --> 00:00:04,000
It does not
come back.
"""

VTT = """WEBVTT - a title

STYLE
::cue { color: red }

NOTE
00:00:09.000 --> 00:00:10.000
this is no cue

first
00:01.000 --> 00:02.500 line:0 align:start
The ball <i.loud>leaves</i> the <v Ava>shelf</v> &amp; falls.

00:00:03.000 --> 00:00:04.000
It does not
come back.
"""

ASS = """[Script Info]
Title: x

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,not seen
Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\an8}The ball {\\i1}leaves{\\i0}, the shelf.
Dialogue: 0,0:00:03.00,0:00:04.00,Default,Ava,0,0,0,,It does not\\Ncome back.
"""


def put(folder, name, text, encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(("name", "text"), [("a.srt", SRT), ("a.vtt", VTT), ("a.ass", ASS)])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_every_form_is_read_whatever_its_letters_and_line_ends(
    tmp_path, name, text, encoding, ends
):
    found = read_subtitles(put(tmp_path, name, text.replace("\n", ends), encoding))
    assert [(one.start_ms, one.end_ms) for one in found.captions] == [(1000, 2500), (3000, 4000)]
    assert "ball <i>leaves</i>" in found.captions[0].text
    assert found.captions[1].text == "It does not\ncome back."
    assert found.notes == ()


def test_other_marks_of_webvtt_leave_their_words(tmp_path):
    found = read_subtitles(put(tmp_path, "a.vtt", VTT))
    assert found.captions[0].text == "The ball <i>leaves</i> the shelf & falls."


def test_old_letters_are_read_and_told(tmp_path):
    text = SRT.replace("ball", "garçon")
    found = read_subtitles(put(tmp_path, "a.srt", text, "cp1252"))
    assert "garçon" in found.captions[0].text
    assert "Windows-1252" in found.notes[0]


def test_faults_are_told_with_their_line_and_the_rest_is_kept(tmp_path):
    text = (
        "1\n00:00:05,000 --> 00:00:04,000\nbackwards\n\n"
        "2\n00:00:0x,000 --> 00:00:04,000\nno time\n\n"
        "3\n00:00:06,000 --> 00:00:07,000\n\n\n"
        "4\n00:00:06,000 --> 00:00:09,000\nkept\n"
        "5\n00:00:08,000 --> 00:00:10,000\nover it\n\n"
        "6\n999:00:08,000 --> 999:00:10,000\nfar off\n"
    )
    found = read_subtitles(put(tmp_path, "a.srt", text))
    assert [one.text for one in found.captions] == ["kept", "over it"]
    assert found.notes[0] == "1 subtitle begins before the one before is over."
    told = "\n".join(found.notes[1:])
    assert "Line 2 of a.srt: it ends before it begins" in told
    assert "Line 6 of a.srt: the time cannot be read" in told
    assert "Line 10 of a.srt: there are no words" in told
    assert "beyond 100 hours" in told


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.srt", b"", "holds no SubRip subtitles"),
        ("a.srt", b"only words", "Line 1 of a.srt: there is no line of times"),
        ("a.srt", b"1\n00:00:05,000 --> 00:00:04,000\nx\n", "Line 2 of a.srt: it ends before"),
        ("a.vtt", b"1\n00:00:01.000 --> 00:00:04.000\nx\n", "begins with"),
        ("a.ass", b"[Events]\nDialogue: 1,2", "Line 2 of a.ass: it has too few parts"),
        ("a.srt", b"\x80\x00\x01\xff", "not a text file"),
        ("a.doc", b"", "no subtitle file"),
        ("none.srt", None, "could not be read"),
    ],
)
def test_what_holds_nothing_is_refused_by_a_sentence(tmp_path, name, content, words):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SubtitleError, match=words):
        read_subtitles(tmp_path / name)


def test_too_much_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "a.srt"
    with path.open("wb") as file:
        file.truncate(17 << 20)
    with pytest.raises(SubtitleError, match="18 MB"):
        read_subtitles(path)


def test_a_failure_overwrites_nothing(tmp_path):
    path = put(tmp_path, "a.srt", SRT)
    with pytest.raises(SubtitleError, match="no subtitles to write"):
        write_subtitles(path, [])
    assert path.read_text() == SRT
    (tmp_path / "b.srt").mkdir()
    with pytest.raises(ExportError, match=r"b\.srt was not written: Is a directory"):
        write_subtitles(tmp_path / "b.srt", [Caption(start_ms=0, end_ms=9, text="x")])
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.srt", "b.srt"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_a_sentence_that_says_what_to_do(tmp_path):
    (tmp_path / "a.srt.part").symlink_to("/dev/full")
    with pytest.raises(ExportError, match=r"the disk is full\. Free some space"):
        write_subtitles(tmp_path / "a.srt", [Caption(start_ms=0, end_ms=9, text="x")])
    assert list(tmp_path.iterdir()) == []


letters = st.characters(
    codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="<>{}\\\u2028"
)
lines = st.text(letters | st.just(" "), min_size=1, max_size=20).map(
    lambda text: " ".join(text.split())
)
words = (
    st.lists(lines.filter(lambda line: line and not line.isdigit()), min_size=1, max_size=3)
    .map("\n".join)
    .filter(lambda text: "-->" not in text)
)
marked = st.sampled_from(["{}", "<i>{}</i>", "<b>{}</b>"])


@st.composite
def cues(draw):
    at, made = 0, []
    for _ in range(draw(st.integers(1, 6))):
        start = at + draw(st.integers(0, 5000))
        end = start + draw(st.integers(1, 5000))
        # A mark stays within a line, as every program writes it.
        text = "\n".join(draw(marked).format(line) for line in draw(words).split("\n"))
        made.append((start, end, text))
        at = end
    return made


@settings(max_examples=40, deadline=None)
@given(made=cues(), rate=st.sampled_from(FILM_RATES), kind=st.sampled_from(KINDS))
def test_what_is_written_comes_back_on_the_same_frames(tmp_path_factory, made, rate, kind):
    path = tmp_path_factory.mktemp("cues") / f"film{kind.suffix}"
    write_subtitles(path, [caption_at(start, end, text, rate) for start, end, text in made])
    back = read_subtitles(path)
    assert [(*frames_of(one, rate), one.text) for one in back.captions] == made


@settings(deadline=None)
@given(raw=st.binary(max_size=400), kind=st.sampled_from(KINDS))
def test_no_bytes_break_a_reader(tmp_path_factory, raw, kind):
    heads = {".srt": b"1\n00:00:01,000 --> 00:00:02,000\n", ".vtt": b"WEBVTT\n\n", ".ass": b""}
    path = tmp_path_factory.mktemp("bytes") / f"film{kind.suffix}"
    path.write_bytes(heads[kind.suffix] + raw)
    try:
        captions = read_subtitles(path).captions
    except SubtitleError:
        return
    assert all(0 <= one.start_ms < one.end_ms for one in captions)
    assert all(0 < len(one.text) <= MAX_LETTERS for one in captions)


def test_marks_become_runs():
    assert list(runs_of("a <i>b <b>c</b></i> d")) == [
        Run(text="a "),
        Run(text="b ", italic=True),
        Run(text="c", italic=True, bold=True),
        Run(text=" d"),
    ]
    assert plain_text("<i>a</i> < b") == "a < b"


def test_a_caption_lasts_a_frame_at_least():
    caption = Caption(start_ms=1000, end_ms=1001, text="x")
    assert frames_of(caption, Fraction(24)) == (24, 25)
