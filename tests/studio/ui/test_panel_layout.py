"""What changes inside of a panel, and how far that is laid out anew."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QLabel, QMainWindow, QVBoxLayout, QWidget

from studio.ui.panel_layout import Pages, scrolling
from studio.ui.widgets import SteadyLabel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Layouts(QObject):
    """Counts how often a widget is laid out anew."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def settle(qapp):
    """Let all be laid out: from widget to widget one is asked by the other."""
    for _ in range(5):
        qapp.processEvents()


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    return made


def test_words_that_change_often_have_nothing_laid_out_anew(qtbot, qapp, window):
    steady, plain = SteadyLabel(20), QLabel()
    window.statusBar().addWidget(steady)
    window.statusBar().addWidget(plain)
    window.show()
    qtbot.waitExposed(window)
    settle(qapp)
    layouts = Layouts(window)
    for words in ("Saving…", "All saved", "Step 12 of 50 of a shot whose name is long"):
        steady.setText(words)
        settle(qapp)
    assert layouts.count == 0
    assert steady.text().endswith("…")
    assert steady.toolTip() == "Step 12 of 50 of a shot whose name is long"
    plain.setText("Engine ready")
    settle(qapp)
    assert layouts.count > 0


def test_a_panel_passes_on_only_that_it_needs_more_room(qtbot, qapp, window):
    inner = QWidget()
    column = QVBoxLayout(inner)
    narrow, wide = QLabel("a shot"), QLabel()
    column.addWidget(narrow)
    column.addWidget(wide)
    panel = scrolling(inner)
    window.setCentralWidget(panel)
    window.show()
    qtbot.waitExposed(window)
    wide.setText("as wide as it gets")
    settle(qapp)
    layouts = Layouts(window)
    narrow.setText("a take")
    settle(qapp)
    assert layouts.count == 0
    before = panel.minimumSizeHint().width()
    wide.setText("as wide as it gets, and more")
    settle(qapp)
    assert layouts.count > 0
    assert panel.minimumSizeHint().width() > before


def test_pages_need_room_for_the_one_in_sight_alone(window):
    pages = Pages()
    small, large = QLabel("a"), QLabel("as wide as it gets\nand higher")
    pages.addWidget(small)
    pages.addWidget(large)
    window.setCentralWidget(pages)
    assert pages.minimumSizeHint() == small.minimumSizeHint()
    pages.setCurrentWidget(large)
    assert pages.minimumSizeHint() == large.minimumSizeHint()
