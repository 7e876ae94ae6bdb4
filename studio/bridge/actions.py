"""The action registry: every command once, with its text, its keys and when it can be used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from studio.bridge.cut_actions import CUT_ACTIONS, CutAction, Need
from studio.bridge.look_actions import LOOK_ACTIONS
from studio.bridge.menu_bar import menu_of
from studio.bridge.queue_actions import QUEUE_ACTIONS, QueueAction, QueueDeed
from studio.bridge.shot_actions import LIST_ACTIONS, PANEL_ACTIONS, ShotAction, ShotNeed
from studio.bridge.take_actions import (
    FILM_ACTIONS,
    HELP_ACTIONS,
    SHOT_ACTIONS,
    VIEW_ACTIONS,
    TakeAction,
    TakeNeed,
)
from studio.wording import tr

Scope = Literal["window", "timeline"]


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What the window is in the middle of, as far as commands care.

    Attributes:
        film: a film is open.
        writable: it may be changed.
        shot: a shot is selected.
        take: the selected shot has a take under the hand.
        footage: an imported clip is looked at, and would be changed instead.
        clips: clips are selected on the timeline.
        judging: two takes are being judged blind.
        rendering: a render runs for the shot under the hand, or any.
        picture: there is something to play.
        queue: what can be asked of the queue and of the job that is selected there.
    """

    film: bool = False
    writable: bool = False
    shot: bool = False
    take: bool = False
    footage: bool = False
    clips: bool = False
    rendering: bool = False
    picture: bool = False
    undo: bool = False
    redo: bool = False
    judging: bool = False
    queue: frozenset[QueueDeed] = frozenset()


Enabled = Callable[[Situation], bool]


@dataclass(frozen=True, kw_only=True)
class ActionSpec:
    """One command.

    Attributes:
        id: how menus, key presets and documentation name it.
        menu: the menu it stands in.
        keys: in Qt's portable spelling; the first is the one menus show.
        scope: timeline keys (arrows, Home, Delete) only act while the cut or viewer has the focus,
            because lists and fields need the same keys.
    """

    id: str
    text: str
    menu: str
    keys: tuple[str, ...] = ()
    enabled: Enabled = lambda _situation: True
    scope: Scope = "window"
    icon: str = ""
    checkable: bool = False

    @property
    def words(self) -> str:
        """The text in the language in use."""
        return tr(self.text)

    @property
    def plain(self) -> str:
        """The words without the dots that say that a form follows."""
        return self.words.removesuffix("…")

    @property
    def place(self) -> str:
        """The menu in the language in use."""
        return tr(self.menu)


def _film(now: Situation) -> bool:
    return now.film


def _write(now: Situation) -> bool:
    return now.film and now.writable


def _shot(now: Situation) -> bool:
    return now.shot and now.writable


def _take(now: Situation) -> bool:
    return now.take and now.writable


def _change(now: Situation) -> bool:
    return (now.take or now.footage) and now.writable


def _clips(now: Situation) -> bool:
    return now.clips and now.writable


def _plays(now: Situation) -> bool:
    return now.film


def _spec(
    action_id: str,
    text: str,
    keys: str = "",
    enabled: Enabled = _film,
    scope: Scope = "window",
    icon: str = "",
    checkable: bool = False,
) -> ActionSpec:
    """A spec in the menu that lists it; ``keys`` are parted by spaces."""
    return ActionSpec(
        id=action_id,
        text=text,
        menu=menu_of(action_id),
        keys=tuple(keys.split()),
        enabled=enabled,
        scope=scope,
        icon=icon,
        checkable=checkable,
    )


def _always(_now: Situation) -> bool:
    return True


def _cut_spec(action: CutAction) -> ActionSpec:
    needs: Mapping[Need, Enabled] = {
        "film": _film,
        "write": _write,
        "clips": _clips,
        "labelled": lambda now: _clips(now) or _shot(now),
    }
    scope: Scope = "timeline" if action.focused else "window"
    return _spec(action.id, action.text, action.keys, needs[action.need], scope)


def _shot_spec(action: ShotAction) -> ActionSpec:
    needs: Mapping[ShotNeed, Enabled] = {"film": _film, "write": _write, "shot": _shot}
    return _spec(action.id, action.text, action.keys, needs[action.need], icon=action.icon)


def _take_spec(action: TakeAction) -> ActionSpec:
    needs: Mapping[TakeNeed, Enabled] = {
        "always": _always,
        "film": _film,
        "write": _write,
        "take": _take,
        "change": _change,
        "judging": lambda now: now.judging,
    }
    return _spec(action.id, action.text, action.keys, needs[action.need], icon=action.icon)


def _queue_spec(action: QueueAction) -> ActionSpec:
    deed = action.deed
    enabled: Enabled = _film if deed is None else lambda now: deed in now.queue
    return _spec(action.id, action.text, action.keys, enabled, icon=action.icon)


ACTIONS: tuple[ActionSpec, ...] = (
    _spec("film.new", "New film…", "Ctrl+N", _always, icon="plus"),
    _spec("film.open", "Open film…", "Ctrl+O", _always, icon="folder"),
    _spec("film.demo", "Open the demo film", "", _always),
    _spec("film.close", "Close film", "Ctrl+W"),
    _spec("film.import", "Import media…", "Ctrl+I", _write, icon="import"),
    _spec("film.import_cut", "Import a cut…", "", _write),
    _spec("film.import_subtitles", "Import subtitles…", "", _write),
    _spec("film.rights", "Note rights…", "", _write),
    _spec("film.export", "Export…", "Ctrl+E", icon="export"),
    _spec("film.hand_over", "Hand the cut over…", "Ctrl+Shift+E"),
    *(_take_spec(action) for action in FILM_ACTIONS),
    _spec("film.quit", "Quit", "Ctrl+Q", _always),
    _spec("edit.undo", "Undo", "Ctrl+Z", lambda now: now.undo, icon="undo"),
    _spec("edit.redo", "Redo", "Ctrl+Shift+Z Ctrl+Y", lambda now: now.redo, icon="redo"),
    _spec("shot.new", "New shot", "Ctrl+Shift+N", _write, icon="plus"),
    _spec("shot.paste", "Paste script as shots", "Ctrl+Shift+V", _write),
    _spec("shot.preview", "Preview shot", "P", _shot, icon="preview"),
    _spec("shot.render", "Render shot in full", "Shift+P", _shot, icon="render"),
    _spec("shot.stop", "Stop", "Esc", lambda now: now.rendering, icon="stop"),
    _spec("shot.keep", "Keep take", "Return Enter", _take, icon="keep"),
    _spec("shot.reject", "Reject take", "Backspace", _take, icon="reject"),
    _spec("shot.edit", "Edit take…", "E", _change, icon="wand"),
    _spec("shot.next_take", "Next take", "T", lambda now: now.take),
    _spec("shot.place", "Put shot at the end of the cut", "Shift+Return", _shot),
    _spec("shot.lock", "Lock shot", "Ctrl+L", _shot, icon="lock"),
    _spec("shot.delete", "Delete shot", "Ctrl+Backspace", _shot, icon="trash"),
    *(_shot_spec(action) for action in LIST_ACTIONS),
    *(_take_spec(action) for action in SHOT_ACTIONS),
    *(_queue_spec(action) for action in QUEUE_ACTIONS),
    _spec("play.toggle", "Play or pause", "Space", _plays, icon="play"),
    _spec("play.back", "Shuttle back", "J", _plays),
    _spec("play.hold", "Hold", "K", _plays),
    _spec("play.forward", "Shuttle forward", "L", _plays),
    _spec("play.in_out", "Play from in to out", "Shift+Space", _plays),
    _spec("play.loop", "Loop", "Ctrl+R", _plays, icon="loop", checkable=True),
    _spec("play.step_back", "One frame back", "Left", _plays, "timeline"),
    _spec("play.step", "One frame on", "Right", _plays, "timeline"),
    _spec("play.second_back", "One second back", "Shift+Left", _plays, "timeline"),
    _spec("play.second", "One second on", "Shift+Right", _plays, "timeline"),
    _spec("play.previous_edit", "Previous edit", "Up", _plays, "timeline"),
    _spec("play.next_edit", "Next edit", "Down", _plays, "timeline"),
    _spec("play.start", "To the start", "Home", _plays, "timeline"),
    _spec("play.end", "To the end", "End", _plays, "timeline"),
    _spec("play.go_to", "Go to timecode…", "G", _plays),
    _spec("play.mark_in", "Mark in", "I", _write),
    _spec("play.mark_out", "Mark out", "O", _write),
    _spec("play.go_in", "Go to in", "Shift+I", _plays),
    _spec("play.go_out", "Go to out", "Shift+O", _plays),
    _spec("play.clear_in", "Clear in", "Alt+I", _write),
    _spec("play.clear_out", "Clear out", "Alt+O", _write),
    _spec("cut.select", "Select tool", "V", icon="select", checkable=True),
    _spec("cut.razor", "Razor tool", "B", icon="razor", checkable=True),
    _spec("cut.ripple", "Ripple tool", "R", icon="ripple", checkable=True),
    _spec("cut.roll", "Roll tool", "N", icon="roll", checkable=True),
    _spec("cut.slip", "Slip tool", "Y", icon="slip", checkable=True),
    _spec("cut.slide", "Slide tool", "U", icon="slide", checkable=True),
    _spec("cut.insert", "Insert at playhead", ",", _write),
    _spec("cut.overwrite", "Overwrite at playhead", ".", _write),
    _spec("cut.replace", "Replace clip with what is looked at", "Alt+R", _write),
    _spec("cut.trim_start", "Trim start to playhead", "Q", _write),
    _spec("cut.trim_end", "Trim end to playhead", "W", _write),
    _spec("cut.by_frames", "Move, trim or slip by frames…", "Shift+G", _clips),
    _spec("cut.split", "Split at playhead", "Ctrl+K", _write, icon="razor"),
    _spec("cut.lift", "Lift", "Del", _clips, "timeline"),
    _spec("cut.ripple_delete", "Ripple delete", "Shift+Del", _clips, "timeline"),
    _spec("cut.unlink", "Unlink picture and sound", "Ctrl+Shift+L", _clips),
    _spec("cut.marker", "Add marker", "M", _write, icon="marker"),
    _spec("cut.edit_marker", "Write on marker at playhead…", "Ctrl+Alt+Shift+M", _write),
    _spec("timeline.rename_track", "Rename track…", "Alt+Shift+R", _write),
    _spec("timeline.rename", "Rename timeline…", "Alt+Shift+N", _write),
    _spec("cut.snap", "Snap", "S", icon="snap", checkable=True),
    _spec("cut.linked", "Linked selection", "Shift+L", icon="link", checkable=True),
    _spec("cut.match", "Match frame", "F", _film),
    *(_cut_spec(action) for action in (*CUT_ACTIONS, *LOOK_ACTIONS)),
    _spec("view.zoom_in", "Zoom in", "=", icon="plus"),
    _spec("view.zoom_out", "Zoom out", "-", icon="minus"),
    _spec("view.fit", "Fit the cut", "\\", icon="fit"),
    _spec("view.full", "Full screen", "F11", _always, checkable=True),
    _spec("view.handles", "Handles on the picture", "Alt+H", icon="shape", checkable=True),
    _spec("view.subtitles", "Subtitles on the picture", "Alt+U", icon="words", checkable=True),
    _spec("view.table", "Show the cut as a table", "Ctrl+T", checkable=True),
    _spec("view.reset", "Put the panels back", "", _film),
    *(_shot_spec(action) for action in PANEL_ACTIONS),
    *(_take_spec(action) for action in VIEW_ACTIONS),
    _spec("help.palette", "Find a command…", "Ctrl+P", _always, icon="search"),
    _spec("help.keys", "Key sheet", "F1", _always),
    *(_take_spec(action) for action in HELP_ACTIONS),
    _spec("help.about", "About Dailies", "", _always),
)


class ActionRegistry(QObject):
    """The commands of one window: Qt actions made from the specs, kept enabled as they should be.

    Signals:
        failed: a command raised a domain error; carries the sentence.
    """

    failed = Signal(str)

    def __init__(self, window: QWidget, keymap: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(window)
        self._actions: dict[str, QAction] = {}
        self._situation: Situation | None = None
        self._known: dict[Enabled, bool] = {}
        self._waiting: dict[Enabled, list[QAction]] = {}
        keys = keymap or {}
        for spec in ACTIONS:
            action = self._made(spec, window, keys.get(spec.id, spec.keys))
            self._actions[spec.id] = action
            self._waiting.setdefault(spec.enabled, []).append(action)
        self.refresh(Situation())

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def __iter__(self) -> Iterator[tuple[ActionSpec, QAction]]:
        return ((spec, self._actions[spec.id]) for spec in ACTIONS)

    def bind(self, action_id: str, deed: Callable[[], object]) -> None:
        """Let ``deed`` be what the action does."""
        self._actions[action_id].triggered.connect(lambda _checked=False: deed())

    def scope_to(self, *widgets: QWidget) -> None:
        """Let the timeline's keys act while one of ``widgets`` has the focus."""
        for spec, action in self:
            if spec.scope == "timeline":
                for widget in widgets:
                    widget.addAction(action)

    def scope_edits_to(self, widget: QWidget) -> None:
        """Let the keys that edit the cut act in ``widget``, which needs arrows for itself."""
        for spec, action in self:
            if spec.scope == "timeline" and spec.menu != "Play":
                widget.addAction(action)

    def refresh(self, situation: Situation) -> None:
        """Enable what can be done in ``situation`` and nothing else."""
        if situation == self._situation:
            return  # as after most edits
        self._situation = situation
        # Many commands wait for the same thing, and most for nothing that has just changed.
        for enabled, actions in self._waiting.items():
            possible = enabled(situation)
            if self._known.get(enabled) is not possible:
                self._known[enabled] = possible
                for action in actions:
                    action.setEnabled(possible)

    def set_keymap(self, keymap: Mapping[str, Sequence[str]]) -> None:
        """Give every action its keys of another preset."""
        for spec, action in self:
            _give_keys(action, spec, keymap.get(spec.id, spec.keys))

    def _made(self, spec: ActionSpec, window: QWidget, keys: Sequence[str]) -> QAction:
        action = QAction(spec.words, window)
        action.setObjectName(spec.id)
        action.setCheckable(spec.checkable)
        if spec.scope == "window":
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            window.addAction(action)
        else:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        _give_keys(action, spec, keys)
        return action


def _give_keys(action: QAction, spec: ActionSpec, keys: Sequence[str]) -> None:
    action.setShortcuts([QKeySequence(key) for key in keys])
    shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{spec.plain}  ({shown})" if shown else spec.plain)
