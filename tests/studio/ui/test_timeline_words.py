"""What the timeline and its table say of clips is what the list says of their shots."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint

from studio.bridge.shot_items import ShotRows
from studio.bridge.state_words import STATE_MEANINGS, STATE_WORDS, RowState
from studio.document.film import Clip, ShotSource, TakeSource
from studio.ui import theme
from studio.ui.timeline_geometry import RULER_PX, ClipHit, Geometry, RulerHit, lanes_of
from studio.ui.timeline_hits import hit_test
from studio.ui.timeline_sources import SourceLooks
from studio.ui.timeline_table_rows import STATE, ClipRow, Known, words_of
from studio.ui.timeline_words import tip_for


@pytest.fixture
def known(dressed, films):
    """A film in work, where a shot has a take that waits for a word."""
    film, ledger = films.believable()
    shots = (replace(s, chosen_take_id=None) if s.id == "shot2" else s for s in film.shots)
    return replace(film, shots=tuple(shots)), ledger


def test_clips_are_called_what_their_shots_are(known):
    film, ledger = known
    looks, timeline = SourceLooks(film, ledger), film.timelines[0]
    told = Known(film, ledger, looks)
    lanes = {lane.number: lane for lane in lanes_of(timeline.tracks)}
    states: dict[str, RowState] = {row.id: row.state for row in ShotRows().of(film, ledger, {})}
    seen = set()
    for number, track in enumerate(timeline.tracks):
        for clip in track.clips:
            if isinstance(clip.source, ShotSource):
                state = states[clip.source.shot_id]
                seen.add(state)
                word = STATE_WORDS[state]
                assert looks.look(clip).told == word
                assert word in tip_for(ClipHit(lanes[number], clip, "body"), looks, film.rate)
                assert words_of(ClipRow(track, clip), STATE, told).split(" · ")[0] == word
    assert "undecided" in seen
    assert len(seen) > 2


def test_every_state_has_a_colour_of_its_own(dressed):
    assert set(theme.STATE_COLOURS) == set(STATE_WORDS)
    assert len(set(theme.STATE_COLOURS.values())) == len(STATE_WORDS)


def test_a_take_on_the_cut_is_called_what_the_list_calls_it(known):
    film, ledger = known
    clip = Clip(id="c", source=TakeSource(take_id="take2"), start=0, length=5)
    look = SourceLooks(film, ledger).look(clip)
    assert (look.note, look.told) == ("Preview", "")


def test_the_stripe_says_whose_state_it_shows_and_what_that_means(known):
    film, ledger = known
    looks, cut = SourceLooks(film, ledger), film.timelines[0]
    pictures = [track for track in cut.tracks if track.kind == "video"]
    clip = next(one for one in pictures[0].clips if isinstance(one.source, ShotSource))
    over = replace(clip, id="over", source=TakeSource(take_id="take2"))
    lanes = lanes_of(cut.tracks)
    # A take over it is of no state: what the stripe shows is the shot's under it.
    tracks = tuple(
        replace(track, clips=(over,)) if track is pictures[-1] else track for track in cut.tracks
    )
    geometry = Geometry(900, 300, 1.0, 0, 0, lanes)
    at = QPoint(geometry.x(clip.start) + 2, RULER_PX + 3)
    hit = hit_test(geometry, replace(cut, tracks=tracks), at)
    name, told, meaning = tip_for(hit, looks, film.rate).split("\n")
    assert (name, told) == (looks.look(clip).name, looks.look(clip).told)
    assert (looks.look(clip).state, meaning) in STATE_MEANINGS.items()
    above = hit_test(geometry, cut, QPoint(at.x(), RULER_PX - 3))
    assert tip_for(above, looks, film.rate) == ""
    assert isinstance(above, RulerHit)
    assert isinstance(hit, RulerHit)
    assert above.frame == hit.frame
    behind = hit_test(geometry, cut, QPoint(geometry.x(5000), RULER_PX + 3))
    assert tip_for(behind, looks, film.rate) == ""
