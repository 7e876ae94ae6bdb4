"""Films, timelines and rooms for everything that is drawn."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from engine.backends.scripted import CAPABILITIES, ScriptedBackend
from studio.bridge.room import Room, RoomParts
from studio.bridge.session import Session
from studio.document.store import Store
from studio.render.estimates import History
from studio.ui.tile_cache import TileCache
from studio.ui.timeline_view import TimelineView


def _beside(file_name):
    """A module beside this file, which is no package."""
    name = f"ui_{Path(file_name).stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(file_name))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def films():
    return _beside("films.py")


@pytest.fixture
def view(qtbot, dressed, films):
    film, ledger = films.believable()
    session = Session()
    session.set_zoom(2.0)
    session.set_snapping(False)
    shown = TimelineView(Store(film, ledger), session)
    qtbot.addWidget(shown)
    shown.resize(1500, 420)
    shown.show()
    return shown


@pytest.fixture(scope="session")
def hand_on():
    """What makes a hand on a timeline."""
    return _beside("hands.py").Hand


@pytest.fixture
def hand(view, hand_on):
    return hand_on(view)


@pytest.fixture
def tiles(dressed, hands):
    cache = TileCache(hands.FlatReader())
    yield cache
    cache.close()


@pytest.fixture
def room(dressed, films, tmp_path):
    """A film in work whose engine is known but does nothing by itself."""
    film, ledger = films.believable()
    films.lay_out(film, ledger, tmp_path)
    made = Room(
        RoomParts(
            store=Store(film, ledger), folder=tmp_path, build=ScriptedBackend, history=History()
        )
    )
    made._on_capable(CAPABILITIES)
    yield made
    made.close()


@pytest.fixture
def hands():
    """Gestures that are the same on every panel."""
    return _beside("gestures.py")


@pytest.fixture
def desk(qtbot, dressed, tmp_path):
    """A film of two rendered takes of one shot and one of another, in a window."""
    yield from _beside("desks.py").opened(qtbot, tmp_path)
