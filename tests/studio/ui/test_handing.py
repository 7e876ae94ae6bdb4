"""A cut and subtitles go out of and come into an open film, and rights are noted."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.media import write_film
from studio.bridge import handing
from studio.document.film import Media
from studio.document.library_changes import add_media
from studio.document.queries import active_timeline
from tests.studio.playback.reels import numbered

SRT = "1\n00:00:01,000 --> 00:00:02,000\nIt rains.\n"


@pytest.fixture
def said(room):
    heard = []
    room.said.connect(heard.append)
    return heard


@pytest.mark.parametrize("suffix", [".otio", ".edl"])
def test_a_cut_goes_out_and_comes_back_as_one_more_timeline(room, said, tmp_path, suffix):
    path = tmp_path / f"cut{suffix}"
    before = active_timeline(room.film)
    handing.write_cut(room, path)
    assert said[-1].sentence.startswith(f"cut{suffix} is written.")
    handing.take_cut(room, path)
    after = active_timeline(room.film)
    assert len(room.film.timelines) == 2
    assert after.id != before.id
    spans = [
        [[(clip.start, clip.length) for clip in track.clips] for track in cut.tracks if track.clips]
        for cut in (before, after)
    ]
    assert spans[0] == spans[1]
    room.undo()
    assert len(room.film.timelines) == 1


def test_a_cut_goes_out_with_its_takes_beside_the_window(room, said, tmp_path, qtbot):
    (chosen,) = (
        one for one in handing.out_filters().split(";;") if "takes as ProRes (*.edl" in one
    )
    assert handing.takes_too(chosen)
    assert not handing.takes_too(handing.out_filters().split(";;")[0])
    for file in room.folder.glob("takes/*/picture.mkv"):
        write_film(file, numbered(2), Fraction(12), preset="take")
    handing.write_cut(room, tmp_path / "cut.edl", with_takes=True)
    qtbot.waitUntil(lambda: said[-1].level == "done")
    assert (tmp_path / "cut.edl").is_file()
    assert list((tmp_path / "cut takes").glob("*.mov"))


def test_subtitles_come_in_and_go_out(room, said, tmp_path):
    (tmp_path / "a.srt").write_text(SRT)
    handing.take_subtitles(room, tmp_path / "a.srt")
    rate = room.film.rate
    (cue,) = active_timeline(room.film).subtitles
    assert (cue.start, cue.end, cue.text) == (round(rate), round(2 * rate), "It rains.")
    handing.write_cut(room, tmp_path / "b.vtt")
    assert "It rains." in (tmp_path / "b.vtt").read_text()


def test_what_cannot_be_read_changes_nothing_and_is_said(room, said, tmp_path):
    before = room.film
    (tmp_path / "a.otio").write_text("[" * 9_000)
    handing.take_cut(room, tmp_path / "a.otio")
    (tmp_path / "a.srt").write_text("words")
    handing.take_subtitles(room, tmp_path / "a.srt")
    assert room.film is before
    assert [one.level for one in said] == ["problem", "problem"]


def test_rights_are_noted_where_there_are_none(room):
    media = Media(id="x", kind="image", name="Ava", path="media/x.png", sha256="0")
    room.apply(lambda film: add_media(film, (media,)), "Add")
    ids = handing.unnoted(room.film)
    assert "x" in ids
    handing.note_rights(room, ids, "Mine. ")
    assert handing.unnoted(room.film) == ()
    assert room.film.media[-1].rights == "Mine."
