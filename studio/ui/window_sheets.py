"""What lies over the window, and the safety of the open film: sheets, tour, watch and relinking."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.errors import EngineError
from studio.backends import read_licence
from studio.bridge.crash_report import FOLDER, CrashBook
from studio.bridge.folder_watch import FolderWatch
from studio.bridge.notices import Deed, Notice
from studio.bridge.relinking import Relinked, Relinker, missing_media
from studio.document.backups import Backups, local_now, restored_copy
from studio.document.errors import DamagedFilmError, DocumentError, FilmInUseError
from studio.document.film_places import film_name
from studio.document.library_changes import FilmEdit, edit_film
from studio.document.project_file import Project
from studio.ui.film_sheet import FilmSheet
from studio.ui.key_editor import KeyEditor
from studio.ui.licence_sheet import LicenceSheet
from studio.ui.record_sheets import BackupSheet, CrashSheet
from studio.ui.settings_sheet import SettingsSheet
from studio.ui.tour import Tour
from studio.wording import listed, term, tr

if TYPE_CHECKING:
    from studio.bridge.room import Room
    from studio.ui.main_window import MainWindow


class WindowSheets(QObject):
    """Owns the sheets of one window and looks after the film that is open in it."""

    # A fault may be on any thread, and in the middle of painting.
    _faulted = Signal(object)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._project: Project | None = None
        self._watch: FolderWatch | None = None
        self._relinker: Relinker | None = None
        self._missing: Notice | None = None
        self.settings = SettingsSheet(window, _outputs)
        self.film = FilmSheet(window)
        self.keys = KeyEditor(window)
        self.backups = BackupSheet(window)
        self.crash = CrashSheet(window)
        self.licence = LicenceSheet(window)
        self.tour = Tour(window, self._panel)
        folder = window.settings.path.with_name(FOLDER)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.applicationStateChanged.connect(self._on_state)
        self._faulted.connect(window.say, Qt.ConnectionType.QueuedConnection)
        self.book = CrashBook(folder, self._faulted.emit, self._during)
        self.settings.changed.connect(self._change)
        self.licence.accepted.connect(self._use_weights)
        self.film.edited.connect(self._edit_film)
        self.settings.certificate_asked.connect(self.choose_certificate)
        self.settings.keys_asked.connect(self.edit_keys)
        self.settings.tour_asked.connect(self.show_round)
        self.keys.changed.connect(lambda keys: self._change("keys", keys))
        self.backups.chosen.connect(window.open_film)
        self.tour.ended.connect(lambda: window.settings.change(toured=True))
        actions = window.actions_
        actions.bind("film.settings", lambda: self.settings.open(window.settings.value))
        actions.bind("film.sheet", self.show_film_settings)
        actions.bind("film.backups", self.show_backups)
        actions.bind("film.relink", self.relink)
        actions.bind("help.tour", self.show_round)
        actions.bind("help.edit_keys", self.edit_keys)
        actions.bind("help.crash", lambda: self.crash.open(self.book.newest()))

    def take_up(self, project: Project, room: Room) -> None:
        """Look after a film that was just opened; the first one ever is shown round in."""
        self._project = project
        if self.backups.isVisible():  # of a film that could not be opened
            self.backups.put_away()
        queue = room.queue
        room.film_changed.connect(self._follow_film)
        self._follow_film()
        self._watch = FolderWatch(project.file, room.said.emit, queue.pause, queue.resume, self)
        self._watch.over.connect(self._on_over)
        self._relinker = Relinker(project.folder, room.relay, self._on_relinked)
        self._missing = _missing_words(room)
        if self._missing is not None:
            room.said.emit(self._missing)
        if not self._window.settings.value.toured:
            QTimer.singleShot(0, self.tour, lambda: self.tour.begin(room.film))

    def let_go(self) -> None:
        """The film is closed."""
        if self._watch is not None:
            self._watch.close()
            self._watch.deleteLater()
        if self._relinker is not None:
            self._relinker.close()
        self._take_back_missing()
        self.tour.let_go()
        if self.film.isVisible():
            self.film.put_away()
        self._project, self._watch, self._relinker = None, None, None

    def show_round(self) -> None:
        """Begin the tour."""
        self.settings.hide()
        room = self._window.room
        self.tour.begin(None if room is None else room.film)

    def edit_keys(self) -> None:
        """Open the editor of keys."""
        self.settings.hide()
        held = self._window.settings.value
        self.keys.open(held.keymap, held.keys)

    def show_film_settings(self) -> None:
        """Show what holds for the whole of the open film."""
        room = self._window.room
        if room is not None:
            self.film.open(room.film, writable=room.store.read_only is None)

    def show_backups(self) -> None:
        """Show the backups of the open film."""
        if self._project is not None:
            self.backups.open(Backups(self._project.file).files(), local_now())

    def tell_unopened(self, error: DocumentError | OSError) -> None:
        """Say why a film cannot be opened, and what can be done instead."""
        window, deed = self._window, None
        if isinstance(error, FilmInUseError):
            file = error.file
            deed = Deed(text=tr("Open it to be read"), do=lambda: window.read_film(file))
        cause = str(error.__cause__ or "")
        window.say(Notice(sentence=str(error), cause=cause, level="problem", deed=deed))
        if isinstance(error, DamagedFilmError):
            self.offer_backups(error.file)

    def offer_backups(self, file: Path) -> None:
        """Show the backups of a film that cannot be opened, if there are any."""
        backups = Backups(file).files()
        if backups:
            self.backups.open(backups, local_now())

    def open_backup(self, file: Path, backup: Path) -> bool:
        """Open a backup of ``file`` as a copy beside it; ``False`` where that cannot be."""
        try:
            copy = restored_copy(file, backup)
        except DocumentError as error:
            self._window.say(Notice(sentence=str(error), level="problem"))
            return False
        if not self._window.open_film(copy):
            return False
        words = tr("This is the backup, opened as a copy: {name}.", name=copy.name)
        self._window.say(Notice(sentence=words))
        return True

    def look_for_files(self) -> None:
        """See which files are gone and which are back; who comes back may have moved some."""
        workspace = self._window.workspace
        if workspace is not None:
            workspace.tiles.look_again()
            workspace.bin_desk.refresh()
            workspace.shot.refresh()
            workspace.take_desk.refresh()
            room = workspace.room
            if self._missing is not None and not missing_media(room.film.media, room.folder):
                self._take_back_missing()

    def relink(self, search: Path | None = None) -> None:
        """Look for missing media in a folder and copy what is found back into the film."""
        room, relinker = self._window.room, self._relinker
        if room is None or relinker is None:
            return
        missing = missing_media(room.film.media, room.folder)
        if not missing:
            room.say(tr("Nothing is missing: every file of the bins is there."))
            return
        if search is None:
            n = len(missing)
            words = (
                tr("Where should {n} missing files be looked for?", n=n)
                if n > 1
                else tr("Where should the missing file be looked for?")
            )
            chosen = QFileDialog.getExistingDirectory(self._window, words)
            if not chosen:
                return
            search = Path(chosen)
        if relinker.start(missing, search):
            room.say(tr("Looking through {name}…", name=search.name or search))

    def _take_back_missing(self) -> None:
        """What was said of files that are gone is so no longer."""
        notice, self._missing = self._missing, None
        if notice is not None:
            self._window.notices.withdraw(notice)

    def _on_state(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self.look_for_files()

    def _on_over(self, notice: Notice) -> None:
        """What the watch said is so no longer."""
        self._window.notices.withdraw(notice)
        self.look_for_files()

    def _follow_film(self) -> None:
        """The film may have another name, and other settings by an undo."""
        room, project = self._window.room, self._project
        if room is not None and project is not None:
            name = film_name(project.place, room.film.name)
            self._window.setWindowTitle(tr("{name} — Dailies", name=name))
            if self.film.isVisible():
                self.film.show_film(room.film)
            self.tour.follow(room.film)

    def _edit_film(self, what: str, edit: FilmEdit) -> None:
        room = self._window.room
        if room is not None:
            room.apply(lambda film: edit_film(film, **edit), what)

    def _on_relinked(self, result: Relinked) -> None:
        room, workspace = self._window.room, self._window.workspace
        if room is None or workspace is None:
            return
        if result.found:
            room.tile_reader.follow(room.film, room.ledger)
            workspace.refresh_all()
            self.look_for_files()
        if result.fault:
            room.problem(result.fault)
            return
        self._take_back_missing()  # What is said now is newer.
        if result.lost:
            names = listed(result.lost, 4)
            words = term("{found} found; not there: {names}. Try another folder.")
            if result.cut_short:
                words = term(
                    "{found} found; not among the first {n} files in there: {names}. "
                    "Choose a smaller folder that holds them."
                )
            n = f"{result.looked_at:,}"
            room.problem(tr(words, found=len(result.found), names=names, n=n))
        else:
            n = len(result.found)
            room.say(
                tr("All {n} missing files are back.", n=n)
                if n > 1
                else tr("The missing file is back.")
            )

    def choose_weights(self, folder: str = "") -> None:
        """Ask for LTX-2's folder, and show its licence before it is used."""
        window = self._window
        held = window.settings.value
        if not folder:
            words = tr("Which folder holds the weights of LTX-2?")
            folder = QFileDialog.getExistingDirectory(window, words, held.weights)
        if not folder:
            self.settings.open(held)
            return
        try:
            licence = read_licence(folder)
        except EngineError as error:
            self.settings.open(held)
            self.settings.said.setText(str(error))
            return
        if licence.sha256 in held.licences:
            self._use_weights(folder, licence.sha256)
            return
        self.settings.hide()
        self.licence.open(folder, licence)

    def _use_weights(self, folder: str, licence: str) -> None:
        window = self._window
        window.settings.accept(licence)
        window.settings.change(backend="ltx", weights=folder)
        window.say(Notice(sentence=tr("LTX-2 comes with the next start of Dailies.")))

    def choose_certificate(self, certificate: str = "", key: str = "") -> None:
        """Ask for the director's own certificate and its key, and try them before they are kept."""
        # Signing brings in half of what exports need; here alone the window needs it by itself.
        from studio.export.credentials import try_out
        from studio.export.credentials_certificate import load_identity

        held = self._window.settings.value
        kinds = tr("Certificates and keys (*.pem *.crt *.cer *.key);;All files (*)")
        for_which = tr("Which certificate are films signed with?")
        if not certificate:
            certificate = self._file(for_which, held.certificate, kinds)
        if certificate and not key:
            key = self._file(tr("Which key belongs to it?"), certificate, kinds)
        fault = ""
        if certificate and key:
            try:
                try_out(load_identity(Path(certificate), Path(key)))
            except EngineError as error:
                fault = str(error)
            else:
                self._window.settings.change(certificate=certificate, certificate_key=key)
        self.settings.open(self._window.settings.value)
        self.settings.said.setText(fault)

    def _file(self, words: str, beside: str, kinds: str) -> str:
        return QFileDialog.getOpenFileName(self._window, words, beside, kinds)[0]

    def _change(self, name: str, value: object) -> None:
        window = self._window
        if (name, value) == ("backend", "ltx"):
            self.choose_weights()
            return
        window.settings.change(**{name: value})
        if name in ("keymap", "keys"):
            window.show_keys()
        if name == "output" and window.room is not None:
            window.room.session.set_output(window.settings.value.output)

    def _panel(self, key: str) -> QWidget | None:
        workspace = self._window.workspace
        if workspace is None:
            return None
        workspace.show_panel(key)  # it may stand behind a tab
        return workspace.docks[key]

    def _during(self) -> str:
        project = self._project
        return "" if project is None else tr("the film {name}", name=project.store.film.name)


def _missing_words(room: Room) -> Notice | None:
    """What to say where files of a film are gone."""
    n = len(missing_media(room.film.media, room.folder))
    if not n:
        return None
    words = (
        tr("{n} files of this film are not in its folder any more.", n=n)
        if n > 1
        else tr("A file of this film is not in its folder any more.")
    )
    offers = () if room.store.read_only is not None else ("film.relink",)
    return Notice(sentence=words, level="problem", offers=offers)


def _outputs() -> tuple[str, ...]:
    """The names of the sound devices; asked beside the window, where the library comes in too."""
    from studio.playback.sound_devices import DEVICES

    return DEVICES.outputs()
