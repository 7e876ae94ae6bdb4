"""The deeds of the commands on shots, cards and the storyboard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from studio.bridge.scripts import is_premise

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from studio.ui.workspace import Workspace


def _script(desk: Workspace) -> None:
    text = QGuiApplication.clipboard().text()
    # What is on the clipboard by chance is no script.
    meant = "\n" in text.strip() or "shot" in text.casefold() or is_premise(text)
    desk.shot_desk.write_script(text if meant else "")


def _write(desk: Workspace) -> None:
    desk.show_panel("shot")
    desk.shot.write()


def _approve(desk: Workspace) -> None:
    desk.shot_desk.batches.approve(desk.room.session.shot_id)


def _panel(key: str, keys_go_to: Callable[[Workspace], QWidget]) -> Callable[[Workspace], object]:
    """Bring a panel to the front, and let it hear the keys."""

    def run(desk: Workspace) -> None:
        desk.show_panel(key)
        keys_go_to(desk).setFocus()

    return run


def _shown(key: str) -> Callable[[Workspace], object]:
    return lambda desk: desk.show_panel(key)


SHOT_DEEDS: Mapping[str, Callable[[Workspace], object]] = {
    "shot.script": _script,
    "shot.duplicate": lambda desk: desk.shot_desk.duplicate(),
    "shot.earlier": lambda desk: desk.shot_desk.move(-1),
    "shot.later": lambda desk: desk.shot_desk.move(1),
    "shot.previous": lambda desk: desk.shot_desk.go(-1),
    "shot.next": lambda desk: desk.shot_desk.go(1),
    "shot.write": _write,
    "shot.use_frame": lambda desk: desk.shot_desk.use_frame(),
    "shot.preview_picked": lambda desk: desk.shot_desk.preview_picked(),
    "shot.sequence": lambda desk: desk.shot_desk.sequence(),
    "shot.preview_drafts": lambda desk: desk.shot_desk.batches.preview_drafts(),
    "shot.render_stale": lambda desk: desk.shot_desk.batches.render_stale(),
    "shot.stop_all": lambda desk: desk.shot_desk.batches.stop_all(),
    "shot.still": lambda desk: desk.shot_desk.make_still(),
    "shot.stills": lambda desk: desk.shot_desk.make_stills(),
    "shot.approve_still": _approve,
    "shot.withdraw_still": lambda desk: desk.shot_desk.batches.withdraw(desk.room.session.shot_id),
    "shot.seeds": lambda desk: desk.shot_desk.make_seeds(),
    "shot.new_card": lambda desk: desk.shot_desk.new_card(),
    "view.bins": _panel("bins", lambda desk: desk.bins.view),
    "view.cards": _panel("cards", lambda desk: desk.shot_desk.cards.view),
    "view.shots": _panel("shots", lambda desk: desk.shots.view),
    "view.storyboard": _panel("storyboard", lambda desk: desk.shot_desk.board.board),
    "view.timeline": _panel("timeline", lambda desk: desk.cut_shown),
    "view.takes": _panel("takes", lambda desk: desk.takes.view),
    **{f"view.{key}": _shown(key) for key in ("shot", "edit", "clip", "export")},
}
