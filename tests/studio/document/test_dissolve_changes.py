"""Dissolves of an exact length, at an exact place, at one cut or several."""

from dataclasses import replace

import pytest

from studio.document.dissolve_changes import alignment_of, set_dissolves
from studio.document.errors import ChangeError
from studio.document.film import Clip, Film, MediaSource, ShotSource, Track
from studio.document.ledger import Ledger
from studio.document.looks import Dissolve
from tests.studio.document.edits import film_of_clips


def three_clips(handle: int = 12) -> Film:
    """Two pictures that meet, and a shot after them with so many frames before its beginning."""
    clips = (
        Clip(id="a", source=MediaSource(media_id="m0"), start=0, length=40),
        Clip(id="b", source=MediaSource(media_id="m0"), start=40, length=40),
        Clip(
            id="c", source=ShotSource(shot_id="s0"), start=80, length=40, source_in=handle
        ),
    )  # fmt: skip
    film = film_of_clips(1)
    track = Track(id="only", kind="video", name="V1", clips=clips)
    timeline = replace(film.timelines[0], tracks=(track,))
    return replace(film, timelines=(timeline,))


def dissolves(film: Film) -> list[Dissolve | None]:
    return [clip.dissolve for clip in film.timelines[0].tracks[0].clips]


def dissolved(film: Film, ids: list[str], frames: int, **rest) -> Film:
    return set_dissolves(film, Ledger(), film.timelines[0].id, ids, frames, **rest)


def test_every_cut_gets_the_length_and_keeps_its_place_and_kind():
    film = dissolved(three_clips(), ["b"], 10, kind="dip", alignment="end")
    film = dissolved(film, ["b", "c"], 16)
    assert dissolves(film) == [
        None,
        Dissolve(frames=16, before=16, kind="dip"),
        Dissolve(frames=16, before=8, kind="cross"),
    ]
    assert [alignment_of(one) for one in dissolves(film)] == ["centre", "end", "centre"]
    film = dissolved(film, ["b", "c"], 11, alignment="start")
    assert [one.before for one in dissolves(film)[1:] if one] == [0, 0]
    assert dissolves(dissolved(film, ["b", "c"], 0)) == [None, None, None]


def test_one_cut_without_frames_holds_no_other_back():
    film = dissolved(three_clips(handle=0), ["b", "c"], 10, alignment="end")
    assert [one and one.frames for one in dissolves(film)] == [None, 10, None]
    with pytest.raises(ChangeError, match="no frames beyond the cut"):
        dissolved(film, ["c"], 10, alignment="end")
