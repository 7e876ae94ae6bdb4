"""The commands of films: what each action of the registry does in the open one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from studio.bridge.scripts import Written, is_premise, new_shots, read_script
from studio.bridge.session import Tool
from studio.bridge.shooting import placed
from studio.document.film import Shot
from studio.document.shot_changes import add_shots, edit_shots, remove_shots
from studio.ui import source_commands
from studio.ui.field_keys import go_to
from studio.ui.handing_dialogs import HANDING_DEEDS
from studio.ui.look_commands import LOOK_DEEDS
from studio.ui.shot_commands import SHOT_DEEDS
from studio.ui.take_commands import TAKE_DEEDS
from studio.ui.timeline_deeds import CUT_DEEDS
from studio.ui.timeline_deeds import Deed as CutDeed
from studio.ui.writing_commands import WRITING_DEEDS
from studio.wording import tr

if TYPE_CHECKING:
    from studio.ui.main_window import MainWindow
    from studio.ui.workspace import Workspace

_TOOLS: tuple[Tool, ...] = ("select", "razor", "ripple", "roll", "slip", "slide")


def bind_film_commands(window: MainWindow) -> None:
    """Bind what is done to whichever film is open; once a window."""
    actions = window.actions_
    for action_id, deed in _FILM_DEEDS.items():
        actions.bind(action_id, _on_film(window, deed))
    for action_id, cut_deed in CUT_DEEDS.items():
        actions.bind(action_id, _on_film(window, _cut_deed(cut_deed)))
    for tool in _TOOLS:
        actions.bind(f"cut.{tool}", _on_film(window, _tool(tool)))


def follow_session(window: MainWindow, workspace: Workspace) -> None:
    """Let checkable commands follow the session of a film that was just opened."""
    session, actions = workspace.room.session, window.actions_

    def show_tool(chosen: str) -> None:
        for tool in _TOOLS:
            actions[f"cut.{tool}"].setChecked(tool == chosen)

    session.tool_changed.connect(show_tool)
    session.snapping_changed.connect(actions["cut.snap"].setChecked)
    session.linking_changed.connect(actions["cut.linked"].setChecked)
    session.set_output(window.settings.value.output)
    session.set_subtitled(window.settings.value.subtitles)
    session.subtitled_changed.connect(actions["view.subtitles"].setChecked)
    session.subtitled_changed.connect(lambda seen: window.settings.change(subtitles=seen))
    show_tool(session.tool)
    actions["cut.snap"].setChecked(session.snapping)
    actions["cut.linked"].setChecked(session.linking)
    actions["view.subtitles"].setChecked(session.subtitled)
    actions["play.loop"].setChecked(False)
    actions["view.table"].setChecked(False)
    actions["view.handles"].setChecked(False)


Deed = Callable[["Workspace"], object]


def _on_film(window: MainWindow, deed: Deed) -> Callable[[], None]:
    def run() -> None:
        desk = window.workspace
        if desk is not None:
            deed(desk)
            # At once: the next key may be meant for what has just become possible.
            desk.situation_changed.emit()

    return run


def _cut_deed(deed: CutDeed) -> Deed:
    return lambda desk: deed(desk.timeline.commands)


def _tool(tool: Tool) -> Deed:
    return lambda desk: desk.room.session.set_tool(tool)


def _import(desk: Workspace) -> None:
    files, _ = QFileDialog.getOpenFileNames(desk.bins, tr("Import media"))
    if files:
        desk.room.library.import_files([Path(f) for f in files], bin_id=desk.bins.bar.current)
        desk.show_panel("bins")


def _export(desk: Workspace) -> None:
    desk.show_panel("export")
    go_to(desk.export.button)


def _new_shot(desk: Workspace) -> None:
    _add(desk, new_shots(desk.room.film, (Written(prompt=""),), desk.room.capabilities))
    desk.show_panel("shot")
    desk.shot.write()


def _paste_script(desk: Workspace) -> None:
    text = QGuiApplication.clipboard().text()
    if is_premise(text):
        desk.shot_desk.plan_premise(text)
        return
    written = read_script(text, desk.room.capabilities)
    if not written:
        desk.room.say(tr("There is no text on the clipboard to make shots of."))
        return
    _add(desk, new_shots(desk.room.film, written, desk.room.capabilities))
    desk.show_panel("shots")


def _add(desk: Workspace, shots: list[Shot]) -> None:
    film = desk.room.film
    ids = [shot.id for shot in film.shots]
    current = desk.room.session.shot_id
    at = ids.index(current) + 1 if current in ids else None
    name = tr("New shot") if len(shots) == 1 else tr("Paste script")
    if desk.room.apply(lambda film: add_shots(film, shots, at), name):
        desk.room.session.set_shot(shots[0].id)


def _delete_shot(desk: Workspace) -> None:
    room = desk.room
    shot, picked = room.shot, room.session.picked
    if shot is None:
        return
    gone = picked if shot.id in picked else (shot.id,)
    places = [place for place, one in enumerate(room.film.shots) if one.id in gone]
    name = (
        tr("Delete {name}", name=shot.name)
        if len(places) == 1
        else tr("Delete {n} shots", n=len(places))
    )
    if room.apply(lambda film: remove_shots(film, gone), name):
        rest = room.film.shots
        room.session.set_shot(rest[min(places[0], len(rest) - 1)].id if rest else "")


def _place(desk: Workspace) -> None:
    shot = desk.room.shot
    if shot is not None:
        desk.room.apply(lambda film: placed(film, shot.id), tr("Place {name}", name=shot.name))


def _edit_take(desk: Workspace) -> None:
    desk.show_panel("edit")
    desk.edit.begin()


def _next_take(desk: Workspace) -> None:
    desk.take_desk.refresh()
    rows = desk.take_items.rows()
    if not rows:
        return
    ids = [row.id for row in rows]
    current = desk.room.session.take_id
    place = ids.index(current) + 1 if current in ids else 0
    desk.room.session.set_take(ids[place % len(ids)])


def _lock(desk: Workspace) -> None:
    room = desk.room
    shot, picked = room.shot, room.session.picked
    if shot is None:
        return
    ids = picked if shot.id in picked else (shot.id,)
    if len(ids) == 1:
        room.shooting.lock(shot)
    else:
        locked, n = not shot.locked, len(ids)
        name = tr("Lock {n} shots", n=n) if locked else tr("Unlock {n} shots", n=n)
        room.apply(lambda film: edit_shots(film, ids, locked=locked), name)


def _stop(desk: Workspace) -> None:
    if not desk.timeline.abandon():
        desk.room.stop()


def _loop(desk: Workspace) -> None:
    player = desk.screening.player
    player.set_loops(not player.loops)


def _step(desk: Workspace, frames: int) -> None:
    desk.screening.player.step(frames)


def _second(desk: Workspace, sign: int) -> None:
    desk.screening.player.step(sign * round(desk.room.film.rate))


def _bound(desk: Workspace, *, end: bool) -> None:
    player = desk.screening.player
    player.seek(player.length if end else 0)


_FILM_DEEDS: dict[str, Deed] = {
    **HANDING_DEEDS,
    **SHOT_DEEDS,
    **TAKE_DEEDS,
    **LOOK_DEEDS,
    **WRITING_DEEDS,
    "film.import": _import,
    "film.export": _export,
    "edit.undo": lambda desk: desk.room.undo(),
    "edit.redo": lambda desk: desk.room.redo(),
    "shot.new": _new_shot,
    "shot.paste": _paste_script,
    "shot.preview": lambda desk: desk.room.render_shot(),
    "shot.render": lambda desk: desk.room.render_shot(full=True),
    "shot.stop": _stop,
    "shot.keep": lambda desk: desk.room.keep(),
    "shot.reject": lambda desk: desk.room.reject(),
    "shot.edit": _edit_take,
    "shot.next_take": _next_take,
    "shot.place": _place,
    "shot.lock": _lock,
    "shot.delete": _delete_shot,
    "play.toggle": lambda desk: desk.screening.player.toggle(),
    "play.back": lambda desk: desk.screening.player.shuttle(-1),
    "play.hold": lambda desk: desk.screening.player.shuttle(0),
    "play.forward": lambda desk: desk.screening.player.shuttle(1),
    "play.in_out": lambda desk: desk.screening.player.play_in_out(),
    "play.loop": _loop,
    "play.step_back": lambda desk: _step(desk, -1),
    "play.step": lambda desk: _step(desk, 1),
    "play.second_back": lambda desk: _second(desk, -1),
    "play.second": lambda desk: _second(desk, 1),
    "play.previous_edit": lambda desk: desk.timeline.commands.previous_edit(),
    "play.next_edit": lambda desk: desk.timeline.commands.next_edit(),
    "play.start": lambda desk: _bound(desk, end=False),
    "play.end": lambda desk: _bound(desk, end=True),
    "play.go_to": lambda desk: desk.typed_time.begin(),
    "cut.by_frames": lambda desk: desk.typed_time.begin("+", of_cut=True),
    "play.mark_in": lambda desk: source_commands.mark(desk, end=False),
    "play.mark_out": lambda desk: source_commands.mark(desk, end=True),
    "play.go_in": lambda desk: source_commands.go(desk, end=False),
    "play.go_out": lambda desk: source_commands.go(desk, end=True),
    "play.clear_in": lambda desk: source_commands.clear(desk, end=False),
    "play.clear_out": lambda desk: source_commands.clear(desk, end=True),
    "cut.insert": lambda desk: source_commands.lay(desk, inserts=True),
    "cut.overwrite": lambda desk: source_commands.lay(desk, inserts=False),
    "cut.replace": source_commands.replace_clip,
    "cut.trim_start": lambda desk: desk.timeline.commands.trim_start(),
    "cut.trim_end": lambda desk: desk.timeline.commands.trim_end(),
    "cut.split": lambda desk: desk.timeline.commands.split(),
    "cut.lift": lambda desk: desk.timeline.commands.lift(),
    "cut.ripple_delete": lambda desk: desk.timeline.commands.ripple_delete(),
    "cut.unlink": lambda desk: desk.timeline.commands.unlink(),
    "cut.marker": lambda desk: desk.timeline.commands.add_marker(),
    "cut.snap": lambda desk: desk.room.session.set_snapping(not desk.room.session.snapping),
    "cut.linked": lambda desk: desk.room.session.set_linking(not desk.room.session.linking),
    "cut.match": source_commands.match_frame,
    "view.subtitles": lambda desk: desk.room.session.set_subtitled(not desk.room.session.subtitled),
    "view.table": lambda desk: desk.turn_cut(),
    "view.handles": lambda desk: desk.clip_desk.turn_handles(),
    "view.zoom_in": lambda desk: desk.timeline.zoom_in(),
    "view.zoom_out": lambda desk: desk.timeline.zoom_out(),
    "view.fit": lambda desk: desk.timeline.zoom_to_fit(),
}
