from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from studio.bridge.job_items import JobItems, job_rows
from studio.document.ledger import Queued
from studio.ui.queue_panel import LINE_PX, QueuePanel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def queue(qtbot, dressed, films):
    """A running job, two that wait, and one that failed."""
    film, ledger = films.believable()
    job = ledger.jobs["job5"]
    ledger = ledger.append(replace(job, id="last", shot_id="shot6", state=Queued()))
    panel = QueuePanel(JobItems())
    qtbot.addWidget(panel)
    qtbot.addWidget(panel.header)
    panel.resize(320, 300)
    panel.show()
    panel.header.show()
    order = ("job4", "job5", "last", "job7")
    panel._items.show(job_rows(film, ledger, {}, order))
    return panel


def test_a_click_pauses_and_lets_it_go_on(qtbot, queue):
    with qtbot.waitSignal(queue.pause_asked):
        qtbot.mouseClick(queue.pause, LEFT)
    queue.show_flow(paused=True, held=0)
    with qtbot.waitSignal(queue.resume_asked):
        qtbot.mouseClick(queue.pause, LEFT)


def test_the_selected_job_is_cancelled(qtbot, queue, hands):
    hands.click_row(queue.view, 1)
    with qtbot.waitSignal(queue.cancel_asked) as asked:
        qtbot.mouseClick(queue.cancel, LEFT)
    assert asked.args == ["job5"]


def test_without_a_selection_the_running_one_is_cancelled(qtbot, queue):
    with qtbot.waitSignal(queue.cancel_asked) as asked:
        qtbot.mouseClick(queue.cancel, LEFT)
    assert asked.args == ["job4"]


def test_a_failed_job_is_tried_again_and_explained(qtbot, queue, hands):
    assert not queue.retry.isVisible()
    hands.click_row(queue.view, 3)
    assert not queue.cancel.isEnabled()
    with qtbot.waitSignal(queue.retry_asked) as asked:
        qtbot.mouseClick(queue.retry, LEFT)
    assert asked.args == ["job7"]
    with qtbot.waitSignal(queue.reason_asked) as asked:
        hands.double_click_row(queue.view, 3)
    assert asked.args == ["job7"]


@pytest.mark.parametrize(
    ("row", "button", "wanted"), [(2, "up", ["last", "job5"]), (1, "down", ["job5", ""])]
)
def test_a_waiting_job_is_moved(qtbot, queue, hands, row, button, wanted):
    hands.click_row(queue.view, row)
    with qtbot.waitSignal(queue.move_asked) as asked:
        qtbot.mouseClick(getattr(queue, button), LEFT)
    assert asked.args == wanted


def test_what_waits_from_last_time_is_let_go_by_one_click(qtbot, queue):
    queue.show_flow(paused=False, held=2)
    assert "2 renders" in queue._held_words.text()
    with qtbot.waitSignal(queue.release_asked):
        qtbot.mouseClick(queue.go, LEFT)


def test_an_empty_queue_says_what_will_wait_here(queue):
    queue._items.show(())
    assert queue._empty.isVisible()
    assert not queue.cancel.isEnabled()


def test_a_failure_is_read_whole_and_in_a_tip(qtbot, queue):
    view, items = queue.view, queue._items
    index = items.index(3)
    short = view.visualRect(index).height()
    row = items.row(3)
    sentence = "There is not enough memory for this render. Close other programs. " * 2
    items.replace_row(replace(row, words=sentence))
    qtbot.waitUntil(lambda: view.visualRect(index).height() > short + LINE_PX)
    assert index.data(Qt.ItemDataRole.ToolTipRole).startswith(sentence)
    assert not items.index(0).data(Qt.ItemDataRole.ToolTipRole)
    before = view.visualRect(index).height()
    queue.resize(200, 300)
    qtbot.waitUntil(lambda: view.visualRect(index).height() > before)
