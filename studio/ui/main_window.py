"""The main window: the welcome page or an open film, its menus, notices and status."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import (
    QFileDialog,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

from engine.api import Backend
from studio.bridge.actions import ActionRegistry
from studio.bridge.collector import hushed, look_again
from studio.bridge.drags import local_files
from studio.bridge.keymaps import keymap
from studio.bridge.notices import Notice
from studio.bridge.situation import Situation
from studio.document.backups import backed_up
from studio.document.errors import DocumentError
from studio.document.film import new_film
from studio.document.film_places import is_film
from studio.document.paths import is_there
from studio.document.project_file import Project, create_project, open_project
from studio.render.estimates import History
from studio.settings import SettingsFile, films_folder
from studio.ui import theme
from studio.ui.breathing import beside, breathe
from studio.ui.command_menu import fill_bar
from studio.ui.command_palette import CommandPalette
from studio.ui.commands import bind_commands
from studio.ui.dialogs import NewFilm, NewFilmForm
from studio.ui.field_keys import FieldKeys
from studio.ui.film_safety import FilmSafety
from studio.ui.key_sheet import KeySheet
from studio.ui.notice_bar import NoticeBar
from studio.ui.panel_focus import tab_on
from studio.ui.panel_layout import Pages
from studio.ui.welcome import Welcome
from studio.ui.widgets import SteadyLabel, small_label
from studio.ui.window_sheets import WindowSheets
from studio.wording import term, tr

if TYPE_CHECKING:
    from studio.bridge.room import Room
    from studio.ui.furnishing import Furnishing
    from studio.ui.workspace import Workspace

_LAYOUT = 1
_WORK_LETTERS, _SAVED_LETTERS = 60, 20


class MainWindow(QMainWindow):
    """One window, at most one film.

    Attributes:
        workspace: the open film's panels; ``None`` on the welcome page.
    """

    def __init__(
        self,
        settings: SettingsFile,
        build: Callable[[], Backend],
    ) -> None:
        """Make the window.

        Args:
            settings: the director's; the window keeps them up to date.
            build: makes a backend; called on working threads only.
        """
        super().__init__()
        self.settings = settings
        self._build = build
        self._history = History(settings.path.with_name("renders.json"))
        self._project: Project | None = None
        self._opening = False
        self._furnishing: Furnishing | None = None
        self.workspace: Workspace | None = None
        self.setWindowTitle(tr("Dailies"))
        self.setMinimumSize(960, 620)
        self.setDockNestingEnabled(True)
        self.setAcceptDrops(True)
        self.actions_ = ActionRegistry(self, self._keys())
        self.notices = NoticeBar(self.actions_)
        self.welcome = Welcome()
        self.new_form = NewFilmForm(films_folder())
        self._stack = Pages()
        self._stack.addWidget(self.welcome)
        self._stack.addWidget(_centred(self.new_form))
        self._build_centre()
        fill_bar(self.menuBar(), self.actions_)
        self._build_status()
        self.palette_ = CommandPalette(self.actions_, self)
        self.sheet = KeySheet(self.actions_, self)
        self.sheet.preset_chosen.connect(self._choose_keymap)
        self.sheets = WindowSheets(self)
        self.safety = FilmSafety(self, self._saved)
        self._connect()
        self.installEventFilter(FieldKeys(self))
        self._restore_places()
        self.show_welcome()

    @property
    def room(self) -> Room | None:
        """The open film's room."""
        return None if self.workspace is None else self.workspace.room

    def say(self, notice: Notice) -> None:
        """Show a notice."""
        self.notices.say(notice)

    def show_welcome(self) -> None:
        """Show the welcome page."""
        self.welcome.show_recent(self.settings.value.recent)
        self._stack.setCurrentIndex(0)
        self.setWindowTitle(tr("Dailies"))
        self._saved.clear()
        self._engine.clear()
        self._work.clear()
        self._refresh()

    def ask_new(self) -> None:
        """Show the form of a new film."""
        if self.close_film():
            self._stack.setCurrentIndex(1)
            self.new_form.begin()

    def ask_open(self) -> None:
        """Let the director choose a film's file: a folder may hold several, one restored."""
        chosen, _ = QFileDialog.getOpenFileName(
            self, tr("Open a film"), str(films_folder()), tr("Films (*.dailies)")
        )
        if chosen:
            self.open_film(Path(chosen))

    def make_film(self, wanted: NewFilm) -> bool:
        """Make a film and open it."""
        film = new_film(wanted.name, rate=wanted.rate, width=wanted.width, height=wanted.height)
        return self._take_over(lambda: create_project(wanted.folder, film))

    def open_film(self, path: Path) -> bool:
        """Open a film by its folder or file, a backup as a copy; what is in the way is a notice."""
        file = backed_up(path)
        if file is not None:
            return self.sheets.open_backup(file, path)
        return self._take_over(lambda: open_project(path))

    def read_film(self, file: Path) -> bool:
        """Open a film to be looked at only, as another window works on it."""
        return self._take_over(lambda: open_project(file, read_only=True))

    def open_demo(self) -> None:
        """Open the demo film; the first time it is made, written but not yet rendered."""
        from studio.bridge.demo_film import DEMO_NAME, make_demo

        folder = films_folder() / DEMO_NAME
        if is_there(folder / "film.dailies"):
            self.open_film(folder)
            return
        if self._take_over(lambda: make_demo(folder)) and self.room is not None:
            self.room.session.set_shot(self.room.film.shots[0].id)

    def close_film(self) -> bool:
        """Close the open film, if any.

        Returns:
            ``False`` where that would lose something and the director was not told so just now.
        """
        workspace, project = self.workspace, self._project
        if workspace is None or project is None:
            return True
        self._commit_fields()
        warning = self.safety.warning()
        if warning is not None and warning != self.notices.notice:
            # What stands on the screen is what was said: no other memory of it, which would
            # outlive the export or the changes that it was about.
            if workspace.exports.busy:
                workspace.show_panel("export")
            self.notices.interrupt(warning)
            return False
        copied = self.safety.copied
        self._save_places()
        # The room first: what its threads still have to say is shown by the panels.
        self.sheets.let_go()
        self.safety.let_go()
        self.notices.let_go()
        workspace.room.close()
        workspace.close()
        self.workspace, self._project = None, None
        try:
            project.close()
        except DocumentError as error:
            if not copied:
                self.say(Notice(sentence=str(error), level="problem"))
        workspace.room.deleteLater()
        workspace.deleteLater()
        look_again()
        self.show_welcome()
        return True

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        if self._opening or (self.workspace is not None and not self.close_film()):
            event.ignore()
            return
        self.settings.change(geometry=_text(self.saveGeometry()))
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """A film's folder or file opens; media dropped anywhere go into the bin."""
        paths = local_files(event.mimeData())
        film = next(filter(is_film, paths), None)
        if film is not None:
            self.open_film(film)
        elif self.workspace is not None and paths:
            self.workspace.room.library.import_files(paths)
            self.workspace.show_panel("bins")
        elif paths:
            sentence = tr("Open or make a film first; then drop media into it.")
            self.say(Notice(sentence=sentence))
        event.acceptProposedAction()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 (Qt's name)
        return tab_on(self, forward=forward)

    def show_keys(self) -> None:
        """Give the commands the keys that the settings say."""
        self.actions_.set_keymap(self._keys())

    def reset_places(self) -> None:
        """Put the panels where they were to begin with."""
        if self.workspace is not None:
            self.workspace.arrange()

    # --- building ---

    def _build_centre(self) -> None:
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notices)
        column.addWidget(self._stack, 1)
        self.setCentralWidget(centre)

    def _build_status(self) -> None:
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        self._engine = small_label("")
        self._engine.setContentsMargins(10, 2, 10, 2)
        self._work, self._saved = SteadyLabel(_WORK_LETTERS), SteadyLabel(_SAVED_LETTERS)
        self._saved.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._work.setStyleSheet(f"color: {theme.ACCENT};")
        bar.addWidget(self._engine)
        bar.addWidget(self._work)
        bar.addPermanentWidget(self._saved)

    def _connect(self) -> None:
        self.welcome.new_asked.connect(self.ask_new)
        self.welcome.open_asked.connect(self.ask_open)
        self.welcome.demo_asked.connect(self.open_demo)
        self.welcome.film_chosen.connect(self.open_film)
        self.welcome.film_forgotten.connect(self._forget)
        self.new_form.made.connect(self.make_film)
        self.new_form.left.connect(self.show_welcome)
        bind_commands(self)

    # --- the film ---

    def _take_over(self, opened: Callable[[], Project]) -> bool:
        if self._opening or not self.close_film():
            return False
        self._opening = True
        try:
            with hushed():
                project = beside(lambda: _with_panels(opened))
        except (DocumentError, OSError) as error:
            self.sheets.tell_unopened(error)
            return False
        except ImportError as error:
            if (error.name or "").partition(".")[0] in ("studio", "engine"):
                raise
            words = term("A library does not load: {error}. “dailies doctor” says what is lacking.")
            self.say(Notice(sentence=tr(words, error=error), level="problem"))
            return False
        finally:
            self._opening = False
        self._project = project
        self._furnish(project)
        self.settings.opened(project.place)
        if self.room is not None:
            self.sheets.take_up(project, self.room)
            self.safety.take_up(project, self.room)
        self._refresh()
        return True

    def _furnish(self, project: Project) -> None:
        """Build the room and the panels of a film, breath by breath."""
        furnishing = self._furnishing
        if furnishing is None:
            from studio.ui.furnishing import Furnishing

            furnishing = self._furnishing = Furnishing(self, self._build, self._history)
        room = furnishing.room(project)
        room.said.connect(self.say)
        room.settled.connect(self.notices.settle)
        room.engine_said.connect(self._engine.setText)
        self._opening = True
        self.setUpdatesEnabled(False)  # half a workspace is nothing to look at
        try:
            self.workspace = furnishing.panels(room)
            breathe()
        finally:
            self._opening = False
            self.setUpdatesEnabled(True)
        # The engine comes when the film is to be seen: its libraries are 400 MB, and while they are
        # brought in every page of memory that is new to the window is waited for.
        self.workspace.unveil(then=room.start)
        self._stack.addWidget(self.workspace.viewer)
        self._stack.setCurrentWidget(self.workspace.viewer)
        # Or the first field there is would have the keys, and write what is meant as a command.
        self.workspace.viewer.picture.setFocus()
        self.workspace.situation_changed.connect(self._refresh)
        self.workspace.progressed.connect(self._work.setText)
        self._restore_docks()

    def _commit_fields(self) -> None:
        """Have the field that is being written in hand over its text."""
        focused = QGuiApplication.focusObject()
        if isinstance(focused, QWidget):
            focused.clearFocus()

    def _refresh(self) -> None:
        situation = Situation() if self.workspace is None else self.workspace.situation
        self.actions_.refresh(situation)
        room = self.room
        undo, redo = self.actions_["edit.undo"], self.actions_["edit.redo"]
        undone = room.store.undo_name if room is not None else None
        redone = room.store.redo_name if room is not None else None
        undo.setText(tr("Undo {undone}", undone=undone) if undone else tr("Undo"))
        redo.setText(tr("Redo {redone}", redone=redone) if redone else tr("Redo"))

    def _forget(self, place: str) -> None:
        self.settings.forget(place)
        self.welcome.show_recent(self.settings.value.recent)

    # --- keys and places ---

    def _keys(self) -> dict[str, list[str]]:
        return keymap(self.settings.value.keymap, self.settings.value.keys)

    def _choose_keymap(self, name: str) -> None:
        self.settings.change(keymap=name)
        self.show_keys()

    def _save_places(self) -> None:
        self.settings.change(
            geometry=_text(self.saveGeometry()), state=_text(self.saveState(_LAYOUT))
        )

    def _restore_places(self) -> None:
        if not self.restoreGeometry(_bytes(self.settings.value.geometry)):
            self.resize(QSize(1440, 900).boundedTo(self.screen().availableSize()))

    def _restore_docks(self) -> None:
        if self.settings.value.state:
            self.restoreState(_bytes(self.settings.value.state), _LAYOUT)


def _with_panels(opened: Callable[[], Project]) -> Project:
    """What ``opened`` gives, when the panels have been imported too: both beside the window."""
    importlib.import_module("studio.ui.furnishing")
    return opened()


def _centred(widget: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.addStretch(2)
    column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
    column.addStretch(3)
    return page


def _text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode()


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode())
