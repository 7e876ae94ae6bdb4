"""The commands of the window, with a film in it or without; those of films are beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio import VERSION
from studio.bridge.notices import Notice
from studio.wording import term, tr

if TYPE_CHECKING:
    from studio.ui.main_window import MainWindow

_ABOUT = term(
    "Dailies {version} makes picture and sound together, shot by shot, on your own machine."
)


def bind_commands(window: MainWindow) -> None:
    """Bind what can be done whether a film is open or not."""
    actions = window.actions_
    actions.bind("film.new", window.ask_new)
    actions.bind("film.open", window.ask_open)
    actions.bind("film.demo", window.open_demo)
    actions.bind("film.close", window.close_film)
    actions.bind("film.quit", window.close)
    actions.bind("help.palette", window.palette_.open)
    actions.bind("help.keys", lambda: window.sheet.toggle(window.settings.value.keymap))
    actions.bind("help.about", lambda: window.say(Notice(sentence=tr(_ABOUT, version=VERSION))))
    actions.bind("view.reset", window.reset_places)
    actions.bind("view.full", lambda: _full_screen(window))


def _full_screen(window: MainWindow) -> None:
    if window.isFullScreen():
        window.showNormal()
    else:
        window.showFullScreen()
