"""The notice bar by hand: one thing at a time, and what belongs together in one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QPushButton

from studio.bridge.actions import ActionRegistry
from studio.bridge.failures import Hands, failure
from studio.bridge.notices import Notice
from studio.document.film import Shot, new_film
from studio.document.ledger import Failed, JobRecord, Ledger, now
from studio.document.shot_changes import add_shot
from studio.ui import notice_bar
from studio.ui.notice_bar import NoticeBar

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def bar(qtbot, dressed):
    window = QMainWindow()
    qtbot.addWidget(window)
    made = NoticeBar(ActionRegistry(window))
    window.setCentralWidget(made)
    window.show()
    yield made
    window.close()


def failed(shot: str, tried: list[str]) -> Notice:
    film = add_shot(new_film("Tide"), Shot(id=shot, name=shot))
    job = JobRecord(
        id=f"job of {shot}", kind="preview", shot_id=shot, created=now(),
        state=Failed(sentence="The disk is full."),
    )  # fmt: skip
    notice = failure(film, Ledger(), job, Hands(lambda one: tried.append(one.id), print))
    assert notice is not None
    return notice


def test_the_same_is_said_once(bar):
    trouble = Notice(sentence="The disk is full.", level="problem")
    bar.say(trouble)
    bar.say(trouble)
    bar.say(Notice(sentence="The film is saved."))
    bar.say(Notice(sentence="The film is saved."))
    bar.dismiss()
    assert bar.notice.sentence == "The film is saved."
    bar.dismiss()
    assert bar.notice is None


def test_renders_that_fail_alike_are_one_notice_with_one_button_for_all(qtbot, bar):
    tried = []
    for shot in ("Harbour", "Chase"):
        bar.say(failed(shot, tried))
    assert "2 renders failed: Harbour" in bar.notice.sentence
    assert "Chase" in bar.notice.sentence
    (button,) = [one for one in bar.findChildren(QPushButton) if one.text() == "Try all again"]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert tried == ["job of Harbour", "job of Chase"]
    assert bar.notice is None


def test_one_that_waits_is_joined_where_it_waits(bar):
    trouble = Notice(sentence="The folder is gone.", level="problem")
    bar.say(trouble)
    for shot in ("Harbour", "Chase", "Alley"):
        bar.say(failed(shot, []))
    assert bar.notice == trouble
    bar.dismiss()
    assert bar.notice.sentence.startswith("3 renders failed")
    bar.dismiss()
    assert bar.notice is None


def test_what_is_tried_again_elsewhere_is_told_of_no_more(bar):
    trouble = Notice(sentence="The folder is gone.", level="problem")
    bar.say(trouble)
    for shot in ("Harbour", "Chase", "Alley"):
        bar.say(failed(shot, []))
    bar.settle("job of Harbour")
    bar.dismiss()
    assert bar.notice.sentence.startswith("2 renders failed: Chase")
    bar.settle("job of Alley")
    assert bar.notice.sentence.startswith("Chase")
    bar.settle("job of somebody")
    assert bar.notice is not None
    bar.settle("job of Chase")
    assert bar.notice is None


def test_what_happens_is_said_to_screen_readers(bar, monkeypatch):
    heard = []
    monkeypatch.setattr(
        notice_bar, "announce", lambda _bar, words, at_once: heard.append((words, at_once))
    )
    bar.say(Notice(sentence="The film is saved."))
    bar.say(Notice(sentence="The disk is full.", level="problem"))
    assert heard == [("The film is saved.", False), ("The disk is full.", True)]
