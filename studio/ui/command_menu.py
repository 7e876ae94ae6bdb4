"""Menus of commands: the menu bar's, and what can be done where the hand is in a panel."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractItemView, QMenu, QMenuBar, QWidget

from studio.bridge.actions import ActionRegistry
from studio.bridge.menu_bar import LABELS, MENU_BAR, Entry, Under, listed
from studio.ui import icons
from studio.wording import tr

TAKES: tuple[Entry, ...] = (
    "shot.keep", "shot.reject", "-",
    "shot.edit", "shot.region", "shot.ladder", "shot.rerun", "-",
    "shot.full_from_preview", "-",
    "shot.extend", "shot.extend_back", "-",
    "shot.compare", "shot.judge", "-",
    "shot.favourite", "shot.note", "-",
    "shot.reproduce", "shot.use_frame",
)  # fmt: skip
SHOTS: tuple[Entry, ...] = (
    "shot.preview", "shot.render", "shot.seeds", "shot.still", "-",
    "shot.preview_picked", "shot.sequence", "-",
    "shot.write", "shot.place", "shot.lock", LABELS, "-",
    "shot.new", "shot.duplicate", "shot.earlier", "shot.later", "-",
    "shot.delete",
)  # fmt: skip
NO_SHOT: tuple[Entry, ...] = (
    "shot.new", "shot.paste", "shot.script", "-", "shot.preview_drafts", "shot.render_stale",
)  # fmt: skip
BOARD: tuple[Entry, ...] = (
    "shot.approve_still", "shot.withdraw_still", "shot.still", "-",
    "shot.preview", "shot.write", "shot.place", "-", "shot.stills",
)  # fmt: skip
SHEET: tuple[Entry, ...] = (
    "shot.keep", "shot.reject", "-", "shot.compare", "shot.favourite", "-", "shot.seeds",
)  # fmt: skip
JOB: tuple[Entry, ...] = (
    "queue.sooner", "queue.later", "queue.change", "-",
    "queue.cancel", "queue.retry", "queue.forget", "-", "view.queue",
)  # fmt: skip
QUEUE: tuple[Entry, ...] = ("view.queue", "queue.release")
PICTURE: tuple[Entry, ...] = (
    "play.toggle", "play.loop", "play.mark_in", "play.mark_out", "-",
    "shot.keep", "shot.reject", "shot.edit", "shot.compare", "-",
    "shot.use_frame", "cut.match", "-",
    "view.handles", "view.subtitles", "view.picture",
)  # fmt: skip


def fill_bar(bar: QMenuBar, actions: ActionRegistry) -> None:
    """Put every command where the menu bar has it."""
    for spec, action in actions:
        if spec.icon:
            action.setIcon(icons.icon(spec.icon))
            # A menu shows a tick there.
            action.setIconVisibleInMenu(not spec.checkable)
    for title, entries in MENU_BAR.items():
        menu = bar.addMenu(tr(title))
        fill(menu, entries, actions)
        placed = set(listed(entries))
        rest = [a for spec, a in actions if spec.menu == title and spec.id not in placed]
        if rest:
            menu.addSeparator()
            menu.addActions(rest)


def fill(menu: QMenu, entries: Sequence[Entry], actions: ActionRegistry) -> None:
    """Put commands into a menu."""
    for entry in entries:
        if isinstance(entry, Under):
            fill(menu.addMenu(tr(entry.title)), entry.entries, actions)
        elif entry == "-":
            menu.addSeparator()
        else:
            menu.addAction(actions[entry])


def command_menu(parent: QWidget, entries: Sequence[Entry], actions: ActionRegistry) -> QMenu:
    """A menu that goes when it is closed."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    fill(menu, entries, actions)
    return menu


def offer(
    view: QWidget,
    actions: ActionRegistry,
    entries: Sequence[Entry],
    beside: Sequence[Entry] = (),
) -> Callable[[QPoint], QMenu | None]:
    """Open a menu on ``view`` wherever one is asked for, by the mouse or by the menu key.

    For a list, ``entries`` are what can be done with the row that was pressed, and ``beside`` what
    can be done where there is none; nothing opens there without them.

    Returns:
        What opens the menu at a place in the view.
    """

    def open_at(at: QPoint) -> QMenu | None:
        port = view
        wanted = entries
        if isinstance(view, QAbstractItemView):
            port = view.viewport()
            wanted = entries if view.indexAt(at).isValid() else beside
        if not wanted:
            return None
        menu = command_menu(view, wanted, actions)
        menu.popup(port.mapToGlobal(at))
        return menu

    view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    view.customContextMenuRequested.connect(open_at)
    return open_at
