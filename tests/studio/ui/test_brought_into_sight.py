"""What a deed makes is to be seen at once, whichever panel was in front before."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication, QImage

from studio.document.film import new_film
from tests.studio.ui.film_windows import film_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def window(dressed, tmp_path_factory):
    with film_window(tmp_path_factory.mktemp("sight"), new_film("Pier")) as made:
        yield made


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "pier.png"
    image = QImage(64, 36, QImage.Format.Format_RGB888)
    image.fill(len(str(path)) % 255)
    assert image.save(str(path))
    return path


def is_in_front(qtbot, window, key):
    panel = window.workspace.docks[key]
    qtbot.waitUntil(lambda: not panel.visibleRegion().isEmpty())
    return window.rect().intersects(panel.geometry())


def test_files_dropped_on_the_window_are_seen_in_the_bins(qtbot, window, hands, picture):
    window.workspace.show_panel("shots")
    hands.drop(window, hands.files(picture))
    assert is_in_front(qtbot, window, "bins")
    qtbot.waitUntil(lambda: bool(window.room.film.media))


def test_shots_of_a_pasted_script_are_seen_in_their_list(qtbot, window):
    window.workspace.show_panel("bins")
    QGuiApplication.clipboard().setText("Shot 1: A ball rolls.\n\nShot 2: A bell falls.")
    window.workspace.trigger("shot.paste")
    assert [shot.prompt for shot in window.room.film.shots] == ["A ball rolls.", "A bell falls."]
    assert is_in_front(qtbot, window, "shots")


def test_the_cut_as_a_table_is_seen_from_behind_the_storyboard(qtbot, window):
    desk = window.workspace
    desk.show_panel("storyboard")
    for shown in (desk.table, desk.timeline):
        desk.trigger("view.table")
        assert is_in_front(qtbot, window, "timeline")
        assert desk.cut_shown is shown
        assert shown.hasFocus()
        desk.show_panel("storyboard")


def test_the_page_that_stands_behind_a_film_takes_no_room_from_it(window):
    viewer, centre = window.workspace.viewer, window.centralWidget()
    least = viewer.minimumSizeHint()
    assert least.height() < window.welcome.minimumSizeHint().height()
    assert centre.minimumSizeHint() == least
