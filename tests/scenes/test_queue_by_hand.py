"""The render queue worked by hand, over a restart too."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from engine.backends.scripted import Fault, ScriptedBackend
from studio.bridge.failures import Hands, failure
from studio.document.ledger import Done, Failed
from studio.document.queries import shot_state
from studio.render.stored_requests import load_request
from studio.settings import SettingsFile
from studio.ui.main_window import MainWindow
from tests.scenes.test_window_story import quiet, ready, write_shot

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support"),
    pytest.mark.timeout(300),
]
LEFT = Qt.MouseButton.LeftButton


def open_failing(qtbot, folder):
    """A window whose first render fails."""
    settings = SettingsFile(folder / "settings.json")
    settings.change(toured=True)
    faults = (Fault(kind="fail", step=1),)
    window = MainWindow(settings, lambda: ScriptedBackend(faults=faults))
    qtbot.addWidget(window)
    window.show()
    return window


def choose(desk, job_id):
    """Select a job of the queue."""
    desk.turns.settle()
    rows = [row.id for row in desk.job_items.rows()]
    desk.queue.view.setCurrentIndex(desk.job_items.index(rows.index(job_id), 0))


def listed(desk):
    desk.turns.settle()
    return [row.id for row in desk.job_items.rows()]


def test_a_first_render_says_what_it_should_take(qtbot, window, windows, tmp_path):
    windows.new_film(window, tmp_path)
    room = ready(qtbot, window)
    write_shot(qtbot, window, "a boat turns in the wind")
    window.actions_["view.queue"].trigger()
    window.actions_["shot.preview"].trigger()
    qtbot.waitUntil(lambda: any(job.estimate_s for job in room.ledger.jobs.values()))
    desk = window.workspace
    desk.turns.settle()
    (row,) = desk.job_items.rows()
    assert row.time.startswith("about ")
    # Changed to take longer, it says so.
    request = load_request(room.queue.job(row.id).request, room.folder)
    first_s = room.queue.job(row.id).estimate_s
    slow = replace(request, quality=replace(request.quality, steps=200))
    desk.queue.editor.edited.emit(row.id, slow)

    def changed_s():
        return max((job.estimate_s or 0.0 for job in room.queue.jobs() if job.is_open), default=0.0)

    qtbot.waitUntil(lambda: changed_s() > first_s)


def test_a_failure_is_tried_again_or_taken_off_the_list_after_a_restart(
    qtbot, qapp, windows, tmp_path
):
    window = open_failing(qtbot, tmp_path)
    windows.new_film(window, tmp_path)
    room = ready(qtbot, window)
    write_shot(qtbot, window, "a boat turns in the wind")
    window.actions_["shot.preview"].trigger()
    qtbot.waitUntil(lambda: any(isinstance(job.state, Failed) for job in room.ledger.jobs.values()))
    (failed,) = room.ledger.jobs.values()
    folder = room.folder
    window.close()

    again = windows.open_window(tmp_path)
    qtbot.addWidget(again)
    assert again.open_film(folder)
    room = ready(qtbot, again)
    desk = again.workspace
    desk.show_panel("queue")
    assert listed(desk) == [failed.id]
    choose(desk, failed.id)
    qtbot.mouseClick(desk.queue.retry, LEFT)
    qtbot.waitUntil(lambda: isinstance(room.ledger.jobs[failed.id].state, Done))
    # What is over is taken off the list, and is not there at the next start either.
    choose(desk, failed.id)
    qtbot.mouseClick(desk.queue.forget, LEFT)
    qtbot.waitUntil(lambda: listed(desk) == [])
    assert len(room.ledger.takes) == 1
    again.close()

    third = windows.open_window(tmp_path)
    qtbot.addWidget(third)
    assert third.open_film(folder)
    ready(qtbot, third)
    assert listed(third.workspace) == []
    third.close()


def test_the_notice_of_a_failure_names_the_render_and_tries_it_again(
    qtbot, qapp, windows, tmp_path
):
    window = open_failing(qtbot, tmp_path)
    windows.new_film(window, tmp_path)
    room = ready(qtbot, window)
    shot = write_shot(qtbot, window, "a boat turns in the wind")
    window.actions_["shot.preview"].trigger()
    qtbot.waitUntil(lambda: window.notices.notice is not None)
    notice = window.notices.notice
    assert notice.sentence.startswith(f"{shot.name} · Preview: The scripted render failed")
    (job_that_failed,) = room.ledger.jobs.values()
    window.workspace.turns.settle()
    assert window.workspace.shot.preflight.isVisibleTo(window)
    # Another problem waits behind it, and that is seen.
    room.problem("The film cannot be saved.")
    assert window.notices._more.text() == "1 more"
    (again,) = window.notices._buttons
    qtbot.mouseClick(again, LEFT)
    assert window.notices.notice.sentence == "The film cannot be saved."
    qtbot.waitUntil(lambda: bool(room.ledger.takes_by_shot.get(shot.id)))
    # Once the film is closed, no render of its can be tried again.
    hands = Hands(room.queue.retry, print)
    room.said.emit(failure(room.film, room.ledger, job_that_failed, hands))
    window.close_film()
    assert not window.notices._waiting
    assert window.notices.notice.deed is None
    window.close()


def test_the_queue_is_worked_by_commands(qtbot, window, windows, tmp_path):
    windows.new_film(window, tmp_path)
    room, actions, desk = ready(qtbot, window), window.actions_, window.workspace
    room.queue.pause()
    jobs = {}
    for words in ("a boat", "a lamp", "a drum"):
        shot = write_shot(qtbot, window, words)
        actions["shot.preview"].trigger()
        qtbot.waitUntil(lambda shot=shot: shot.id in room.ledger.jobs_by_shot)
        (jobs[words],) = (job.id for job in room.ledger.jobs_by_shot[shot.id])
    asked = {
        deed: actions[f"queue.{deed}"]
        for deed in ("release", "retry", "sooner", "later", "change", "cancel", "forget")
    }

    def possible():
        return {deed for deed, action in asked.items() if action.isEnabled()}

    def until_possible(words, wanted):
        def seen():
            choose(desk, jobs[words])
            return possible() == wanted

        qtbot.waitUntil(seen)

    def until_listed(*words):
        qtbot.waitUntil(lambda: listed(desk) == [jobs[w] for w in words])

    listed(desk)
    assert possible() == {"cancel"}
    room.session.set_shot(room.film.shots[0].id)
    until_listed("a boat", "a lamp", "a drum")
    choose(desk, jobs["a lamp"])
    assert possible() == {"sooner", "later", "change", "cancel"}
    asked["later"].trigger()
    until_listed("a boat", "a drum", "a lamp")
    choose(desk, jobs["a lamp"])
    asked["sooner"].trigger()
    until_listed("a boat", "a lamp", "a drum")
    # What is changed in the queue is not what the shot asks for, and its take shows that.
    choose(desk, jobs["a boat"])
    asked["change"].trigger()
    assert desk.queue.editor.isVisible()
    desk.queue.editor.words.setPlainText("a boat at night")
    qtbot.mouseClick(desk.queue.editor.save, LEFT)
    # It is another job now, and stays in hand.
    qtbot.waitUntil(lambda: jobs["a boat"] not in listed(desk))
    assert desk.queue.current().id == listed(desk)[0]
    choose(desk, jobs["a drum"])
    asked["cancel"].trigger()
    until_possible("a drum", {"retry", "forget"})
    asked["retry"].trigger()
    until_possible("a drum", {"cancel", "change", "sooner", "later"})
    asked["cancel"].trigger()
    until_possible("a drum", {"retry", "forget"})
    asked["forget"].trigger()
    qtbot.waitUntil(lambda: jobs["a drum"] not in listed(desk))
    room.queue.resume()
    boat = room.film.shots[0]
    qtbot.waitUntil(lambda: quiet(room))
    room.session.set_shot(boat.id)
    room.keep()
    qtbot.waitUntil(lambda: shot_state(room.film, room.ledger, room.film.shots[0]) == "stale")
