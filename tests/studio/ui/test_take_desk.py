"""What the take desk does for the take under the hand."""

import pytest

from engine.api import Upgrade
from studio.render.stored_requests import load_request
from studio.ui import command_menu

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def test_a_preview_is_rendered_in_full_from_what_it_shows(qtbot, desk):
    room = desk.room
    preview = room.take
    assert preview is not None
    assert "shot.full_from_preview" in command_menu.TAKES
    room.queue.pause()
    desk.trigger("shot.full_from_preview")

    def full_jobs():
        return [one for one in room.ledger.jobs.values() if one.kind == "full"]

    qtbot.waitUntil(lambda: bool(full_jobs()))
    (job,) = full_jobs()
    task = load_request(job.request, room.folder).task
    assert task == Upgrade(source=str(room.folder / preview.folder), from_latent=True)
    said = []
    room.said.connect(said.append)
    desk.trigger("shot.full_from_preview")
    assert "being rendered in full already" in said[-1].sentence
    room.queue.resume()
    qtbot.waitUntil(lambda: preview.id in room.ledger.upgrades)
    (full,) = room.ledger.upgrades[preview.id]
    # A full render under the hand stands for the preview that it came from.
    room.session.set_take(full.id)
    desk.trigger("shot.full_from_preview")
    qtbot.waitUntil(lambda: len(full_jobs()) == 2)
    assert [one.source_take_id for one in full_jobs()] == [preview.id] * 2


def test_what_goes_on_from_a_take_is_not_rendered_from_its_preview(qtbot, desk):
    room = desk.room
    room.shooting.extend(room.shot, room.take, backward=False)
    qtbot.waitUntil(lambda: any(t.kind == "edit" for t in room.ledger.takes.values()))
    (longer,) = [one for one in room.ledger.takes.values() if one.kind == "edit"]
    room.session.set_take(longer.id)
    said = []
    room.said.connect(said.append)
    desk.trigger("shot.full_from_preview")
    assert "goes on from another one" in said[-1].sentence
    assert not [one for one in room.ledger.jobs.values() if one.kind == "full"]
