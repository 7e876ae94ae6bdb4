"""Players that are closed whatever happens."""

from __future__ import annotations

import pytest

from tests.studio.playback.desks import Desk


@pytest.fixture
def desks(qtbot):
    made: list[Desk] = []

    def make(*args) -> Desk:
        desk = Desk(qtbot, *args)
        desk.player._timer.timeout.disconnect()  # ticks come from the test alone
        made.append(desk)
        return desk

    yield make
    for desk in made:
        desk.close()
