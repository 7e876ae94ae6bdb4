"""A window on a small screen: no panel is cut, and what is worked on most is in sight."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QWidget

from studio.ui.docks import PLACES
from studio.ui.look_fields import POSE_ROWS, PoseFields
from studio.ui.panel_layout import PanelScroll
from tests.scenes.test_window_story import preview, ready, write_shot

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support"),
    pytest.mark.timeout(300),
]
SIZES = [(1100, 700), (1366, 768), (1440, 900)]
HELD = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit)


@pytest.fixture
def working(qtbot, window, windows, tmp_path):
    """A film with a shot, a reference and a kept take that is picked on the timeline."""
    windows.new_film(window, tmp_path)
    room = ready(qtbot, window)
    windows.drop(window.workspace.bins, [windows.picture_file(tmp_path, "face.png", 90)])
    qtbot.waitUntil(lambda: bool(room.film.media))
    shot = write_shot(qtbot, window, 'Ava says "where were you" on the pier')
    room.library.use(shot.id, [room.film.media[0].id])
    preview(qtbot, window)
    window.actions_["shot.place"].trigger()
    window.actions_["edit.select_all"].trigger()
    return window


def cut_off(panel: QWidget) -> list[str]:
    """What of a panel's fields and buttons is not as wide as it must be, or lies outside."""
    found: list[str] = []
    for widget in panel.findChildren(QWidget):
        if not isinstance(widget, HELD) or not widget.isVisibleTo(panel):
            continue
        place = QRect(widget.mapTo(panel, QPoint(0, 0)), widget.size())
        outside = place.left() < 0 or place.right() > panel.width()
        least = min(widget.minimumSizeHint().width(), widget.maximumWidth(), 60)
        squeezed = widget.width() < least
        if outside or squeezed:
            found.append(f"{widget.accessibleName() or type(widget).__name__} {place}")
    return found


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_of_a_panel_is_cut_at_its_sides(qtbot, working, size):
    window, desk = working, working.workspace
    window.resize(*size)
    window.reset_places()
    desk.clip_desk.refresh()
    for place in PLACES:
        desk.show_panel(place.key)
        qtbot.wait(30)
        panel = desk.docks[place.key].widget()
        assert not cut_off(panel), place.key
        for scroll in panel.findChildren(PanelScroll):
            if scroll.isVisible():
                assert scroll.widget().width() <= scroll.viewport().width(), place.key


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_picture_and_its_sound_and_two_shots_are_in_sight(qtbot, working, size):
    window, desk = working, working.workspace
    for words in ("another", "a third"):
        write_shot(qtbot, window, words)
    window.resize(*size)
    window.reset_places()
    qtbot.wait(50)
    geometry = desk.timeline.geometry_now()
    tracks = {track.name: n for n, track in enumerate(desk.timeline.timeline.tracks)}
    for name in ("V1", "A1"):
        lane = geometry.lane_of(tracks[name])
        assert geometry.y(lane) >= 0, name
        assert geometry.y(lane) + lane.height <= desk.timeline.viewport().height(), name
    view = desk.shots.view
    assert view.isVisible()
    assert view.viewport().height() >= 2 * view.sizeHintForRow(0)
    assert desk.viewer.picture.height() >= 200


@pytest.mark.parametrize("size", [*SIZES, (1280, 720)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_what_a_panel_is_there_for_is_in_sight(qtbot, working, size):
    window, desk = working, working.workspace
    window.resize(*size)
    window.reset_places()
    for key, button in (
        ("shot", desk.shot.preview_button),
        ("edit", desk.edit.button),
        ("export", desk.export.button),
    ):
        desk.show_panel(key)
        qtbot.wait(30)
        assert button.visibleRegion().boundingRect() == button.rect(), key


def test_a_panel_cannot_be_pulled_narrower_than_its_fields(qtbot, working):
    window, desk = working, working.workspace
    window.resize(1440, 900)
    window.reset_places()
    for key in ("shot", "clip", "edit"):
        desk.show_panel(key)
        qtbot.wait(30)
        window.resizeDocks([desk.docks[key]], [60], Qt.Orientation.Horizontal)
        qtbot.wait(30)
        assert not cut_off(desk.docks[key].widget()), key


def test_fields_of_a_place_stand_in_one_column_where_two_do_not_fit(qtbot, qapp):
    around = QWidget()
    qtbot.addWidget(around)
    pose = PoseFields(around)
    pose.resize(330, 300)
    around.show()
    qtbot.waitUntil(lambda: pose.fields["x"].width() > 0)
    assert pose.fields["x"].y() == pose.fields["y"].y()
    pose.resize(200, 400)
    qtbot.waitUntil(lambda: pose.fields["x"].y() < pose.fields["y"].y())
    assert pose.fields["x"].x() == pose.fields["y"].x()
    places = [pose.fields[row.field].y() for row in POSE_ROWS]
    assert places == sorted(set(places))
    assert all(pose.keys[row.field].geometry().right() < 200 for row in POSE_ROWS)
