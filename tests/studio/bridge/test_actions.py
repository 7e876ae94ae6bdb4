from dataclasses import replace

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow

from studio.bridge.actions import ACTIONS, ActionRegistry
from studio.bridge.keymaps import PRESETS, keymap
from studio.bridge.menu_bar import MENUS
from studio.bridge.situation import Situation


def conflicts(keys_of):
    """Keys that two commands claim at once: ``(key, first id, second id)``."""
    owners = {}
    found = []
    for spec in ACTIONS:
        for key in keys_of.get(spec.id, spec.keys):
            normal = QKeySequence(key).toString()
            if normal in owners:
                found.append((normal, owners[normal], spec.id))
            else:
                owners[normal] = spec.id
    return found


def test_ids_are_unique_and_every_menu_is_there():
    assert len({spec.id for spec in ACTIONS}) == len(ACTIONS)
    assert {spec.menu for spec in ACTIONS} == set(MENUS)


@pytest.mark.parametrize("preset", PRESETS)
def test_no_preset_gives_one_key_to_two_commands(qapp, preset):
    assert not conflicts(keymap(preset))


def test_the_directors_own_keys_win(qapp):
    keys = keymap("premiere", {"shot.preview": ["G"], "no.such": ["X"]})
    assert keys["shot.preview"] == ["G"]
    assert "no.such" not in keys


@pytest.mark.parametrize("preset", PRESETS)
def test_a_key_of_the_directors_own_is_taken_from_who_has_it_in_any_preset(qapp, preset):
    keys = keymap(preset, {"shot.preview": ["space"], "film.new": ["A", "S"]})
    assert keys["shot.preview"] == ["space"]
    assert "Space" not in keys["play.toggle"]
    assert not conflicts(keys)


def test_commands_are_enabled_by_the_situation(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = ActionRegistry(window)
    assert actions["film.new"].isEnabled()
    assert not actions["shot.preview"].isEnabled()
    actions.refresh(Situation(film=True, writable=True, shot=True))
    assert actions["shot.preview"].isEnabled()
    assert not actions["shot.keep"].isEnabled()
    actions.refresh(Situation(film=True, shot=True, take=True))
    assert not actions["shot.keep"].isEnabled()


def test_a_film_that_takes_no_changes_refuses_whatever_changes_it_and_nothing_else(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = ActionRegistry(window)
    full = Situation(
        film=True, writable=True, shot=True, take=True, clips=True, undo=True, judging=True
    )
    actions.refresh(full)
    before = {spec.id for spec, action in actions if action.isEnabled()}
    actions.refresh(replace(full, writable=False))
    after = {spec.id for spec, action in actions if action.isEnabled()}
    refused = {spec.id for spec, _ in actions if actions.refuses(spec.id)}
    assert before - after == refused == {s.id for s in ACTIONS if s.condition.changes} & before
    assert {"shot.keep", "shot.preview", "shot.judge", "cut.lift", "edit.undo"} <= refused
    assert {"shot.next_take", "shot.compare", "edit.copy", "film.export", "film.save_copy"} <= after
    with qtbot.assertNotEmitted(actions.refused):
        actions.trigger("help.about")
    with qtbot.waitSignal(actions.refused):
        actions.trigger("shot.keep")
    # What could not be done anyway is not the film's fault.
    actions.refresh(Situation(film=True))
    assert not actions.refuses("shot.keep")
    assert actions.refuses("shot.new")


def test_only_commands_that_wait_for_what_has_changed_are_touched(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = ActionRegistry(window)
    actions.refresh(Situation(film=True))
    actions["film.new"].setEnabled(False)
    actions.refresh(Situation(film=True))
    assert not actions["film.new"].isEnabled()
    actions.refresh(Situation(film=True, shot=True, take=True))
    assert actions["shot.next_take"].isEnabled()
    assert not actions["film.new"].isEnabled()


def test_a_bound_command_does_its_deed(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    actions, done = ActionRegistry(window), []
    actions.bind("film.new", lambda: done.append("new"))
    actions["film.new"].trigger()
    assert done == ["new"]
