from dataclasses import replace
from fractions import Fraction

import pytest

from studio.document.film import Clip, Shot, ShotSource, TakeSource, new_film
from studio.document.ledger import Ledger, TakeKind, TakeRecord
from studio.document.unfinished import Unfinished, unfinished


def take(key, kind: TakeKind = "preview", upgrade_of=None):
    return TakeRecord(
        id=key, shot_id="b", folder=f"takes/{key}", kind=kind, frames=10, rate=Fraction(24),
        width=64, height=36, seed=1, recipe="", created="2026-01-01T00:00:00+00:00",
        upgrade_of=upgrade_of,
    )  # fmt: skip


@pytest.fixture
def film():
    """A shot without a take, one that shows a preview, and its take by itself."""
    made = new_film("Ball")
    cut = made.timelines[0]
    clips = (
        Clip(id="1", source=ShotSource(shot_id="a"), start=0, length=10),
        Clip(id="2", source=ShotSource(shot_id="b"), start=10, length=10),
        Clip(id="3", source=TakeSource(take_id="t"), start=20, length=10),
        Clip(id="4", source=TakeSource(take_id="gone"), start=30, length=10, enabled=False),
    )
    at = next(k for k, track in enumerate(cut.tracks) if track.name == "V1")
    tracks = list(cut.tracks)
    tracks[at] = replace(tracks[at], clips=clips)
    shots = (Shot(id="a", name="A"), Shot(id="b", name="B", chosen_take_id="t"))
    return replace(made, timelines=(replace(cut, tracks=tuple(tracks)),), shots=shots)


@pytest.mark.parametrize(
    ("span", "found"),
    [
        ((0, 40), Unfinished(previews=1, blank=1)),
        ((0, 10), Unfinished(blank=1)),
        ((10, 11), Unfinished(previews=1)),
        ((30, 40), Unfinished()),
    ],
)
def test_previews_and_empty_clips_are_found_where_they_are_delivered(film, span, found):
    assert unfinished(film, Ledger().append(take("t")), film.timelines[0], span) == found


def test_what_was_rendered_in_full_or_is_not_seen_is_no_matter(film):
    full = Ledger().append(take("t"), take("u", kind="full", upgrade_of="t"))
    cut = film.timelines[0]
    assert unfinished(film, full, cut, (0, 40)) == Unfinished(blank=1)
    tracks = tuple(replace(track, muted=True) for track in cut.tracks)
    assert unfinished(film, full, replace(cut, tracks=tracks), (0, 40)) == Unfinished()
