"""Tab goes through the panels as one reads them, skips nothing, and stops at nothing nameless."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QVBoxLayout, QWidget

from engine.api import Finding
from studio.bridge.clerk import Report
from studio.document.film import MediaSource, ShotReference
from studio.document.shot_changes import add_reference, edit_shot
from studio.document.track_changes import add_track
from studio.ui.edit_panel import EditPanel
from studio.ui.export_panel import ExportPanel
from studio.ui.mix_panel import MixPanel
from studio.ui.shot_panel import ShotPanel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def shot_panel(qtbot, room, tiles):
    """A shot with a tag that nothing is called and two references."""
    room.session.set_shot("shot0")
    room.apply(lambda film: edit_shot(film, "shot0", prompt="@Nobody waits"), "Write")
    made = ShotPanel(room, tiles)
    for name in ("first", "second"):
        one = ShotReference(id=name, source=MediaSource(media_id="map"), role="subject")
        room.apply(lambda film, one=one: add_reference(film, "shot0", one), "Reference")
    made.refresh()
    finding = Finding(level="warning", sentence="The light is not known.")
    made.show_report(Report(shot_id="shot0", findings=(finding,)))
    return shown(qtbot, made)


def shown(qtbot, panel):
    qtbot.addWidget(panel)
    panel.resize(360, 1400)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def stops(panel):
    """Where Tab stops within ``panel``, in its order."""
    found, one = [], panel.nextInFocusChain()
    while one is not panel:
        takes_tab = bool(one.focusPolicy() & Qt.FocusPolicy.TabFocus) and one.isEnabled()
        if panel.isAncestorOf(one) and takes_tab and one.isVisible() and one.focusProxy() is None:
            found.append(one)
        one = one.nextInFocusChain()
    return found


def name_of(stop):
    return stop.accessibleName() or (stop.text() if isinstance(stop, QAbstractButton) else "")


def place_of(panel, stop):
    return QRect(stop.mapTo(panel, QPoint(0, 0)), stop.size())


def misplaced(panel, order):
    """Stops that are read before the one that Tab comes from."""
    pairs = [(place_of(panel, a), place_of(panel, b), b) for a, b in pairwise(order)]
    return [
        name_of(stop)
        for here, there, stop in pairs
        if there.bottom() < here.top()
        or (abs(there.center().y() - here.center().y()) < 6 and there.x() < here.x())
    ]


def test_a_shot_is_gone_through_from_its_name_to_its_buttons(shot_panel):
    order = stops(shot_panel)
    names = [name_of(stop) for stop in order]
    assert all(names), order
    card = ["Take Old map.png off the shot", "Role of Old map.png", "Weight of Old map.png"]
    first = names.index(card[0])
    assert names[first : first + 6] == card * 2
    # The fixes of a remark come after the prompt that they change, and before the references.
    assert names.index("Prompt") < names.index("New card") < first
    assert first + 6 == names.index("Length")
    # Beside each other, cards are gone through one after the other.
    assert misplaced(shot_panel, order[: first + 3] + order[first + 6 :]) == []


@pytest.mark.parametrize("made", [MixPanel, "edit", "export"])
def test_a_panel_is_gone_through_as_it_is_read(qtbot, room, tiles, tmp_path, made):
    room.session.set_shot("shot0")
    match made:
        case "edit":
            panel = EditPanel(room, tiles)
            panel.refresh()
        case "export":
            panel = ExportPanel(tmp_path, can_finish=True)
        case _:
            room.session.select(["v0"])
            panel = MixPanel(room)
    order = stops(shown(qtbot, panel))
    assert len(order) > 3
    assert all(name_of(stop) for stop in order), order
    assert misplaced(panel, order) == []
    assert len({name_of(stop) for stop in order}) == len(order)


def test_a_track_that_is_new_is_gone_through_where_it_stands(qtbot, room):
    panel, beside = MixPanel(room), QLineEdit()
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    column.addWidget(panel)
    column.addWidget(beside)  # what comes after it in the window
    window.show()
    cut = room.film.active_timeline_id
    room.apply(lambda film: add_track(film, cut, "audio"), "Add track")
    panel.refresh()
    qtbot.waitUntil(lambda: len(stops(window)) == 4 * len(panel.strips) + 1)
    order = stops(window)
    assert order[-1] is beside
    assert misplaced(window, order[:-1]) == []
