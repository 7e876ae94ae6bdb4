"""Cuts go to other programs and come back on the same frames."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import opentimelineio as otio
import pytest
from hypothesis import given, settings

from studio.export.interchange import read_interchange, write_interchange
from studio.export.interchange_bring import bring_in
from studio.export.interchange_edl import render_edl
from studio.export.interchange_edl_reading import parse_edl
from studio.export.interchange_otio import render_otio
from studio.export.interchange_otio_reading import parse_otio
from studio.export.interchange_sheet import InterchangeError, sheet_of
from tests.studio.export import cuts

FALLBACK = Fraction(24)


def returned(film, folder, text, parse, *, to=None):
    """The timeline that a film has after its cut went out and came back, and the notes."""
    sheet = parse(text, film.rate)
    target = film if to is None else to
    brought = bring_in(target, cuts.ledger(), sheet, folder)
    after = brought.change(target)
    return after.timelines[-1], brought


def placed(timeline, *fields, only_enabled=False):
    """Of every clip the fields named, track by track; empty tracks are left out."""
    lanes = [
        [
            tuple(getattr(clip, field) for field in fields)
            for clip in track.clips
            if clip.enabled or not only_enabled
        ]
        for track in timeline.tracks
    ]
    return [lane for lane in lanes if lane]


EDIT = ("start", "length", "source", "source_in", "source_phase", "speed", "backwards", "label")


@given(film=cuts.films())
@settings(max_examples=60, deadline=None)
def test_otio_brings_everything_back(tmp_path_factory, film):
    folder = tmp_path_factory.mktemp("film")
    cut = film.timelines[0]
    text = render_otio(sheet_of(film, cuts.ledger(), cut, folder))
    back, brought = returned(film, folder, text, parse_otio)
    assert placed(back, *EDIT, "enabled", "dissolve", "pose", "grade", "gain_points") == placed(
        cut, *EDIT, "enabled", "dissolve", "pose", "grade", "gain_points"
    )
    assert placed(back, "gain_db", "pan", "fade_in") == placed(cut, "gain_db", "pan", "fade_in")
    levels = [(track.gain_db, track.pan) for track in cut.tracks]
    assert [(track.gain_db, track.pan) for track in back.tracks] == levels
    assert [track.name for track in back.tracks] == [track.name for track in cut.tracks]
    assert [track.muted for track in back.tracks] == [track.muted for track in cut.tracks]
    marks = [(one.frame, one.name, one.note, one.colour) for one in back.markers]
    assert marks == [(one.frame, one.name, one.note, one.colour) for one in cut.markers]
    assert [one.text for one in back.subtitles] == ["It rains."]
    hits = [[m.frame for m in c.markers] for t in back.tracks for c in t.clips]
    assert hits == [[m.frame for m in c.markers] for t in cut.tracks for c in t.clips]
    assert brought.missing == ()
    assert back.name == cut.name


@given(film=cuts.films())
@settings(max_examples=60, deadline=None)
def test_edl_brings_the_edit_back(tmp_path_factory, film):
    folder = tmp_path_factory.mktemp("film")
    cut = film.timelines[0]
    if not any(clip.enabled for track in cut.tracks for clip in track.clips):
        return
    text = render_edl(sheet_of(film, cuts.ledger(), cut, folder))
    sheet = parse_edl(text, film.rate)
    assert sheet.rate == film.rate
    if any("begins at" in note for note in sheet.notes):
        return  # the first clip lies an hour in: lists call that the start
    back, brought = returned(film, folder, text, parse_edl)
    assert placed(back, *EDIT) == placed(cut, *EDIT, only_enabled=True)
    assert brought.missing == ()
    touching = placed(cut, "dissolve", only_enabled=True)
    gone = sum(
        one != other
        for lane, like in zip(touching, placed(back, "dissolve"), strict=True)
        for one, other in zip(lane, like, strict=True)
    )
    assert gone <= sum(not clip.enabled for track in cut.tracks for clip in track.clips)


@pytest.mark.parametrize("suffix", [".otio", ".edl"])
@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001)])
def test_an_hour_in_every_frame_is_the_same(tmp_path, suffix, rate):
    film = cuts.film(rate)
    cut = film.timelines[0]
    clips = [
        cuts.Clip(id=f"c{n}", source=cuts.MediaSource(media_id="m1"), start=n * 1799, length=1799)
        for n in range(70)
    ]
    lanes = (*cut.tracks[:2], replace(cut.tracks[2], clips=tuple(clips)), cut.tracks[3])
    cut = replace(cut, tracks=lanes)
    path = tmp_path / f"cut{suffix}"
    write_interchange(path, sheet_of(film, cuts.ledger(), cut, tmp_path))
    back = read_interchange(path, rate).timeline
    assert placed(back, "start", "length") == placed(cut, "start", "length")


def test_every_take_has_its_recipe_in_otio(tmp_path):
    film = cuts.film()
    clip = cuts.Clip(id="c", source=cuts.ShotSource(shot_id="shot1"), start=0, length=24)
    cut = film.timelines[0]
    cut = replace(cut, tracks=(*cut.tracks[:2], replace(cut.tracks[2], clips=(clip,))))
    sheet = sheet_of(film, cuts.ledger(), cut, tmp_path)
    timeline = otio.adapters.read_from_string(render_otio(sheet), "otio_json")
    (found,) = timeline.find_clips()
    take = found.media_reference.metadata["dailies"]["take"]
    assert take["recipe"]["request"]["prompt"] == "a ball falls"
    assert take["weights"] == "backlot-1 abcdef"
    assert found.media_reference.target_url.endswith("/takes/take1/picture.mkv")


def test_a_file_of_another_film_becomes_missing_media(tmp_path):
    film = cuts.film()
    clip = cuts.Clip(id="c", source=cuts.MediaSource(media_id="m1"), start=0, length=24)
    cut = film.timelines[0]
    cut = replace(cut, tracks=(*cut.tracks[:2], replace(cut.tracks[2], clips=(clip,))))
    text = render_otio(sheet_of(film, cuts.ledger(), cut, tmp_path / "there"))
    other = replace(film, media=(), shots=())
    back, brought = returned(film, tmp_path / "here", text, parse_otio, to=other)
    assert brought.missing == ("street",)
    after = brought.change(other)
    assert after.media[0].path == "media/street.mp4"
    assert after.media[0].sha256 == "1" * 64
    assert back.tracks[2].clips[0].source == cuts.MediaSource(media_id=after.media[0].id)
    assert not (tmp_path / "here").exists()


def test_another_rate_moves_each_edit_to_the_nearest_frame(tmp_path):
    film = cuts.film(Fraction(25))
    clip = cuts.Clip(id="c", source=cuts.MediaSource(media_id="m1"), start=25, length=50)
    cut = film.timelines[0]
    cut = replace(cut, tracks=(*cut.tracks[:2], replace(cut.tracks[2], clips=(clip,))))
    text = render_otio(sheet_of(film, cuts.ledger(), cut, tmp_path))
    back, brought = returned(film, tmp_path, text, parse_otio, to=cuts.film(Fraction(24)))
    assert placed(back, "start", "length") == [[(24, 48)]]
    assert "nearest frame" in brought.sentences[0]


def test_nothing_is_written_of_nothing(tmp_path):
    film = cuts.film()
    with pytest.raises(InterchangeError, match="nothing on the timeline"):
        sheet_of(film, cuts.ledger(), film.timelines[0], tmp_path)
