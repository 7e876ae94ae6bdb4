"""A whole workspace over rendered takes, for the tests that work on them by hand."""

from dataclasses import replace

from PySide6.QtWidgets import QMainWindow

from engine.api import Size
from engine.backends.scripted import CAPABILITIES, ScriptedBackend
from studio.bridge.actions import ActionRegistry
from studio.bridge.room import Room, RoomParts
from studio.document.film import Shot, new_film
from studio.document.ledger import Done
from studio.document.shot_changes import add_shot
from studio.document.store import Store
from studio.render.estimates import History
from studio.ui.take_commands import TAKE_DEEDS
from studio.ui.workspace import Workspace

SMALL = replace(CAPABILITIES, sizes=(Size(width=96, height=64, shape="3:2"),), fast_steps=2)


def small():
    return ScriptedBackend(capabilities=SMALL)


def opened(qtbot, folder):
    """A film of two rendered takes of one shot and one of another, in a window, until it closes."""
    store = Store(replace(new_film("Pier"), width=96, height=64))
    for number, words in enumerate(("a red ball on the pier", "a gull over the water")):
        shot = Shot(id=f"s{number}", name=f"Shot {number + 1}", prompt=words, frames=9)
        store.apply(lambda film, shot=shot: add_shot(film, shot), "New")
    room = Room(RoomParts(store=store, folder=folder, build=small, history=History()))
    room._on_capable(SMALL)
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(1500, 950)
    actions = ActionRegistry(window)
    made = Workspace(window, room, actions)
    for action_id, deed in TAKE_DEEDS.items():
        actions.bind(action_id, lambda deed=deed: deed(made))
    made.situation_changed.connect(lambda: actions.refresh(made.situation))
    window.setCentralWidget(made.viewer)
    window.show()
    room.start()
    for shot_id in ("s1", "s0", "s0"):
        room.session.set_shot(shot_id)
        job = room.render_shot()
        qtbot.waitUntil(lambda job=job: isinstance(state_of(room, job), Done))
    # A new take is looked at after its job is known to be done.
    room.relay.flush()
    made.turns.settle()
    yield made
    room.close()
    made.close()


def state_of(room, job):
    known = room.ledger.jobs.get(job.id)
    return None if known is None else known.state
