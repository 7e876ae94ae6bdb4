"""The action registry: every command once, with its text, its keys and when it can be used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from studio.bridge.command import Command
from studio.bridge.cut_actions import CUT_ACTIONS
from studio.bridge.look_actions import LOOK_ACTIONS
from studio.bridge.menu_bar import menu_of
from studio.bridge.queue_actions import QUEUE_ACTIONS, QueueAction
from studio.bridge.shot_actions import LIST_ACTIONS, PANEL_ACTIONS
from studio.bridge.situation import CONDITIONS, Condition, Need, Situation, of_queue
from studio.bridge.take_actions import FILM_ACTIONS, HELP_ACTIONS, SHOT_ACTIONS, VIEW_ACTIONS
from studio.wording import tr

Scope = Literal["window", "timeline"]


@dataclass(frozen=True, kw_only=True)
class ActionSpec:
    """One command.

    Attributes:
        id: how menus, key presets and documentation name it.
        menu: the menu it stands in.
        keys: in Qt's portable spelling; the first is the one menus show.
        condition: when it can be used, and whether it changes the film.
        scope: timeline keys (arrows, Home, Delete) only act while the cut or viewer has the focus,
            because lists and fields need the same keys.
    """

    id: str
    text: str
    menu: str
    keys: tuple[str, ...] = ()
    condition: Condition = CONDITIONS["always"]
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


def _spec(
    action_id: str,
    text: str,
    keys: str = "",
    need: Need = "film",
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
        condition=CONDITIONS[need],
        scope=scope,
        icon=icon,
        checkable=checkable,
    )


def _listed(command: Command) -> ActionSpec:
    scope: Scope = "timeline" if command.focused else "window"
    return _spec(command.id, command.text, command.keys, command.need, scope, command.icon)


def _queue_spec(action: QueueAction) -> ActionSpec:
    spec = _spec(action.id, action.text, action.keys, icon=action.icon)
    return spec if action.deed is None else replace(spec, condition=of_queue(action.deed))


ACTIONS: tuple[ActionSpec, ...] = (
    _spec("film.new", "New film…", "Ctrl+N", "always", icon="plus"),
    _spec("film.open", "Open film…", "Ctrl+O", "always", icon="folder"),
    _spec("film.demo", "Open the demo film", "", "always"),
    _spec("film.close", "Close film", "Ctrl+W"),
    _spec("film.import", "Import media…", "Ctrl+I", "write", icon="import"),
    _spec("film.import_cut", "Import a cut…", "", "write"),
    _spec("film.import_subtitles", "Import subtitles…", "", "write"),
    _spec("film.rights", "Note rights…", "", "write"),
    _spec("film.export", "Export…", "Ctrl+E", icon="export"),
    _spec("film.hand_over", "Hand the cut over…", "Ctrl+Shift+E"),
    *(_listed(action) for action in FILM_ACTIONS),
    _spec("film.quit", "Quit", "Ctrl+Q", "always"),
    _spec("edit.undo", "Undo", "Ctrl+Z", "undo", icon="undo"),
    _spec("edit.redo", "Redo", "Ctrl+Shift+Z Ctrl+Y", "redo", icon="redo"),
    _spec("shot.new", "New shot", "Ctrl+Shift+N", "write", icon="plus"),
    _spec("shot.paste", "Paste script or premise as shots", "Ctrl+Shift+V", "write"),
    _spec("shot.preview", "Preview shot", "P", "shot", icon="preview"),
    _spec("shot.render", "Render shot in full", "Shift+P", "shot", icon="render"),
    _spec("shot.stop", "Stop", "Esc", "rendering", icon="stop"),
    _spec("shot.keep", "Keep take", "Return Enter", "take", icon="keep"),
    _spec("shot.reject", "Reject take", "Backspace", "take", icon="reject"),
    _spec("shot.edit", "Edit take…", "E", "change", icon="wand"),
    _spec("shot.next_take", "Next take", "T", "takes"),
    _spec("shot.place", "Put shot at the end of the cut", "Shift+Return", "shot"),
    _spec("shot.lock", "Lock shot", "Ctrl+L", "shot", icon="lock"),
    _spec("shot.delete", "Delete shot", "Ctrl+Backspace", "shot", icon="trash"),
    *(_listed(action) for action in LIST_ACTIONS),
    *(_listed(action) for action in SHOT_ACTIONS),
    *(_queue_spec(action) for action in QUEUE_ACTIONS),
    _spec("play.toggle", "Play or pause", "Space", icon="play"),
    _spec("play.back", "Shuttle back", "J"),
    _spec("play.hold", "Hold", "K"),
    _spec("play.forward", "Shuttle forward", "L"),
    _spec("play.in_out", "Play from in to out", "Shift+Space"),
    _spec("play.loop", "Loop", "Ctrl+R", icon="loop", checkable=True),
    _spec("play.step_back", "One frame back", "Left", "film", "timeline"),
    _spec("play.step", "One frame on", "Right", "film", "timeline"),
    _spec("play.second_back", "One second back", "Shift+Left", "film", "timeline"),
    _spec("play.second", "One second on", "Shift+Right", "film", "timeline"),
    _spec("play.previous_edit", "Previous edit", "Up", "film", "timeline"),
    _spec("play.next_edit", "Next edit", "Down", "film", "timeline"),
    _spec("play.start", "To the start", "Home", "film", "timeline"),
    _spec("play.end", "To the end", "End", "film", "timeline"),
    _spec("play.go_to", "Go to timecode…", "G"),
    _spec("play.mark_in", "Mark in", "I", "write"),
    _spec("play.mark_out", "Mark out", "O", "write"),
    _spec("play.go_in", "Go to in", "Shift+I"),
    _spec("play.go_out", "Go to out", "Shift+O"),
    _spec("play.clear_in", "Clear in", "Alt+I", "write"),
    _spec("play.clear_out", "Clear out", "Alt+O", "write"),
    _spec("cut.select", "Select tool", "V", icon="select", checkable=True),
    _spec("cut.razor", "Razor tool", "B", icon="razor", checkable=True),
    _spec("cut.ripple", "Ripple tool", "R", icon="ripple", checkable=True),
    _spec("cut.roll", "Roll tool", "N", icon="roll", checkable=True),
    _spec("cut.slip", "Slip tool", "Y", icon="slip", checkable=True),
    _spec("cut.slide", "Slide tool", "U", icon="slide", checkable=True),
    _spec("cut.insert", "Insert at playhead", ",", "write"),
    _spec("cut.overwrite", "Overwrite at playhead", ".", "write"),
    _spec("cut.replace", "Replace clip with what is looked at", "Alt+R", "write"),
    _spec("cut.trim_start", "Trim start to playhead", "Q", "write"),
    _spec("cut.trim_end", "Trim end to playhead", "W", "write"),
    _spec("cut.by_frames", "Move, trim or slip by frames…", "Shift+G", "clips"),
    _spec("cut.split", "Split at playhead", "Ctrl+K", "write", icon="razor"),
    _spec("cut.lift", "Lift", "Del", "clips", "timeline"),
    _spec("cut.ripple_delete", "Ripple delete", "Shift+Del", "clips", "timeline"),
    _spec("cut.unlink", "Unlink picture and sound", "Ctrl+Shift+L", "clips"),
    _spec("cut.marker", "Add marker", "M", "write", icon="marker"),
    _spec("cut.edit_marker", "Write on marker at playhead…", "Ctrl+Alt+Shift+M", "write"),
    _spec("timeline.rename_track", "Rename track…", "Alt+Shift+R", "write"),
    _spec("timeline.rename", "Rename timeline…", "Alt+Shift+N", "write"),
    _spec("cut.snap", "Snap", "S", icon="snap", checkable=True),
    _spec("cut.linked", "Linked selection", "Shift+L", icon="link", checkable=True),
    _spec("cut.match", "Match frame", "F"),
    *(_listed(action) for action in (*CUT_ACTIONS, *LOOK_ACTIONS)),
    _spec("view.zoom_in", "Zoom in", "=", icon="plus"),
    _spec("view.zoom_out", "Zoom out", "-", icon="minus"),
    _spec("view.fit", "Fit the cut", "\\", icon="fit"),
    _spec("view.full", "Full screen", "F11", "always", checkable=True),
    _spec("view.handles", "Handles on the picture", "Alt+H", icon="shape", checkable=True),
    _spec("view.subtitles", "Subtitles on the picture", "Alt+U", icon="words", checkable=True),
    _spec("view.table", "Show the cut as a table", "Ctrl+T", checkable=True),
    _spec("view.reset", "Put the panels back"),
    *(_listed(action) for action in PANEL_ACTIONS),
    *(_listed(action) for action in VIEW_ACTIONS),
    _spec("help.palette", "Find a command…", "Ctrl+P", "always", icon="search"),
    _spec("help.keys", "Key sheet", "F1", "always"),
    *(_listed(action) for action in HELP_ACTIONS),
    _spec("help.about", "About Dailies", "", "always"),
)


class ActionRegistry(QObject):
    """The commands of one window: Qt actions made from the specs, kept enabled as they should be.

    Signals:
        refused: a command was asked for that the film, which takes no changes, stands in the way
            of.
    """

    refused = Signal()

    def __init__(self, window: QWidget, keymap: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(window)
        self._actions: dict[str, QAction] = {}
        self._specs = {spec.id: spec for spec in ACTIONS}
        self._situation: Situation | None = None
        self._known: dict[Condition, bool] = {}
        self._waiting: dict[Condition, list[QAction]] = {}
        keys = keymap or {}
        for spec in ACTIONS:
            action = self._made(spec, window, keys.get(spec.id, spec.keys))
            self._actions[spec.id] = action
            self._waiting.setdefault(spec.condition, []).append(action)
        self.refresh(Situation())

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def __iter__(self) -> Iterator[tuple[ActionSpec, QAction]]:
        return ((spec, self._actions[spec.id]) for spec in ACTIONS)

    def bind(self, action_id: str, deed: Callable[[], object]) -> None:
        """Let ``deed`` be what the action does."""
        self._actions[action_id].triggered.connect(lambda _checked=False: deed())

    def trigger(self, action_id: str) -> None:
        """Do a command, if it can be done; one that the film refuses is answered."""
        if self.refuses(action_id):
            self.refused.emit()
        else:
            self._actions[action_id].trigger()

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
        for condition, actions in self._waiting.items():
            possible = condition.is_met(situation)
            if self._known.get(condition) is not possible:
                self._known[condition] = possible
                for action in actions:
                    action.setEnabled(possible)

    def refuses(self, action_id: str) -> bool:
        """Whether a command could be used if the film took changes."""
        now = self._situation
        return now is not None and self._specs[action_id].condition.is_refused(now)

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
