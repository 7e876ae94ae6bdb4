"""Two pictures at once: each side of a cut by itself."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from studio.document.dissolve_changes import set_dissolve
from studio.document.film import Clip, GeneratorSource, new_film
from studio.document.ledger import Ledger
from studio.document.timeline_changes import Placement, overwrite_clips
from studio.ui.two_up import TwoUp, across

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def test_inside_a_dissolve_each_side_shows_its_own_picture(qtbot, dressed, tmp_path):
    film = replace(new_film("Tide", width=64, height=36), rate=Fraction(24))
    cut = film.timelines[0]
    track = next(track for track in cut.tracks if track.kind == "video")
    shades = {"red": (255, 0, 0), "blue": (0, 0, 255)}
    laid = [
        Placement(
            track_id=track.id,
            clip=Clip(
                id=name,
                source=GeneratorSource(kind="colour", colour=f"#{bytes(shade).hex()}"),
                start=at * 20,
                length=20,
            ),
        )
        for at, (name, shade) in enumerate(shades.items())
    ]
    film = overwrite_clips(film, cut.id, laid)
    film = set_dissolve(film, cut.id, "blue", 12)
    two = TwoUp(tmp_path)
    try:
        with qtbot.waitSignal(two.made) as made:
            two.show(film, Ledger(), cut.id, across(19, 20, film.rate))
        left, right, _ = made.args
        assert tuple(left[18, 32]) == shades["red"]
        assert tuple(right[18, 32]) == shades["blue"]
    finally:
        two.close()
