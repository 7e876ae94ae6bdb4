"""The safety of the open film: how far it is saved, what closing it loses, and copies of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog, QLabel

from studio.bridge.copying import Copied, Copier, CopyEnd, NotCopied, Stopped
from studio.bridge.notices import Notice
from studio.document.errors import SaveError
from studio.document.film_copy import FilmCopy
from studio.document.project_file import Project
from studio.document.project_writer import SaveFailed
from studio.ui.copy_sheet import CopySheet
from studio.ui.reading import WHY
from studio.wording import listed, term, tr

if TYPE_CHECKING:
    from studio.bridge.room import Room
    from studio.ui.main_window import MainWindow

SAVE_COPY = "film.save_copy"
_LOOK_MS = 200
_PATIENCE_S = 5.0


class FilmSafety(QObject):
    """Watches over one window's film.

    A copy is written beside the work. Where the film itself still takes changes the window stays
    in it; where it does not, nothing that is done from then on would be kept, so that the window
    goes on in the copy.
    """

    def __init__(self, window: MainWindow, label: QLabel) -> None:
        """Look after what is open in ``window``; ``label`` says how far it is saved."""
        super().__init__(window)
        self._window = window
        self._label = label
        self._project: Project | None = None
        self._copier: Copier | None = None
        self._copy: FilmCopy | None = None
        self._copying_revision = 0
        self._copied_revision: int | None = None
        self._told: tuple[Notice, ...] = ()
        self.sheet = CopySheet(window)
        self.sheet.stopped.connect(self._stop)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        window.actions_.bind(SAVE_COPY, self.save_copy)
        window.actions_.refused.connect(self.refuse)

    def take_up(self, project: Project, room: Room) -> None:
        """Look after a film that was just opened."""
        self._project = project
        self._copier = Copier(
            room.relay, progressed=self.sheet.show_progress, ended=self._on_copy_end
        )
        if room.refusal is not None:
            self._tell(room.refusal)
        self._timer.start()

    def let_go(self) -> None:
        """The film is being closed; a copy that is not whole is given up."""
        self._timer.stop()
        if self._copier is not None:
            self._copier.close()
        self._end_sheet()
        self._project, self._copier, self._copy = None, None, None
        self._copied_revision = None
        self._withdraw()

    def look(self) -> None:
        """Say how far the film is saved, and once what keeps it from being."""
        project = self._project
        if project is None:
            return
        store, failed = project.store, _failed(project)
        if failed is not None:
            self._label.setText(tr("Not saved yet"))
            offers = (SAVE_COPY,)
            sentence, cause = failed.sentence, failed.cause
            self._tell(Notice(sentence=sentence, cause=cause, level="problem", offers=offers))
        elif store.read_only is not None:
            self._label.setText(tr("Read-only"))
            self._label.setToolTip(tr(WHY))
        elif store.revision == 0 or store.saved(store.revision):
            self._label.setText(tr("All saved"))
            self._withdraw()
        else:
            self._label.setText(tr("Saving…"))

    def refuse(self) -> None:
        """Say why the film takes no changes, over whatever else is said."""
        room = self._window.room
        if room is not None and room.refusal is not None:
            self._window.notices.interrupt(room.refusal)

    def warning(self) -> Notice | None:
        """What closing the film now would lose, and what to do; ``None`` where it loses nothing."""
        said: list[str] = []
        workspace = self._window.workspace
        if workspace is not None and workspace.exports.busy:
            said.append(tr("An export still runs. Close once more to stop it."))
        if self._copier is not None and self._copier.busy:
            said.append(tr("A copy is still being written. Close once more to stop it."))
        reason = self._unsaved()
        if not reason:
            return Notice(sentence=" ".join(said)) if said else None
        words = term(
            "{reason} Your last changes are in memory only: save a copy of the film, or close once "
            "more to lose them."
        )
        said.append(tr(words, reason=reason))
        warning = Notice(sentence=" ".join(said), level="problem", offers=(SAVE_COPY,))
        self._told = (*self._told, warning)
        return warning

    @property
    def copied(self) -> bool:
        """Whether a copy holds the film as it is now."""
        project = self._project
        return project is not None and project.store.revision == self._copied_revision

    def save_copy(self, target: Path | None = None) -> None:
        """Write the film as it is in memory, its media and its takes into a folder of its own."""
        project, copier = self._project, self._copier
        if project is None or copier is None:
            return
        if copier.busy:
            self.sheet.lay()
            return
        if target is None:
            words = tr("Save a copy of the film")
            start = str(_free_name(project.folder))
            chosen, _ = QFileDialog.getSaveFileName(self._window, words, start)
            if not chosen:
                return
            target = Path(chosen)
        self._copy = FilmCopy(project.folder, target)
        self.sheet.open(target, moves=self._moves(project))
        self._write()

    def _write(self) -> None:
        project, copier, copy = self._project, self._copier, self._copy
        if project is not None and copier is not None and copy is not None:
            self._copying_revision = project.store.revision
            copier.start(copy, project.store.film, project.store.ledger)

    def _stop(self) -> None:
        if self._copier is not None:
            self._copier.stop()

    def _on_copy_end(self, end: CopyEnd) -> None:
        project, copy = self._project, self._copy
        if project is None or copy is None:
            return
        match end:
            case Copied(missing=missing):
                if not self._moves(project):
                    self._end_sheet()
                    self._say_copied(copy.target, missing, moved=False)
                elif project.store.revision != self._copying_revision:
                    self._write()  # what was changed meanwhile is to be in it too
                else:
                    self._copied_revision = self._copying_revision
                    # By itself: opening the copy closes the room whose relay has brought this.
                    QTimer.singleShot(0, self, lambda: self._go_on_in(copy.target, missing))
            case NotCopied(sentence=sentence, cause=cause):
                self._end_sheet()
                self._window.say(Notice(sentence=sentence, cause=cause, level="problem"))
            case Stopped():
                self._end_sheet()
                words = tr("The copy was stopped; nothing is left of it.")
                self._window.say(Notice(sentence=words))
            case _:
                assert_never(end)

    def _go_on_in(self, folder: Path, missing: tuple[str, ...]) -> None:
        self._end_sheet()
        moved = self._window.open_film(folder)
        self._say_copied(folder, missing, moved=moved)

    def _say_copied(self, folder: Path, missing: tuple[str, ...], *, moved: bool) -> None:
        stays = term("The copy {name} is written. You are still in the film itself.")
        goes_on = term("You are in the copy {name} now, and everything is saved in it.")
        said = tr(goes_on if moved else stays, name=folder.name)
        if missing:
            names = listed(missing, 4)
            lacks = term("It lacks files that could not be read: {names}.")
            said = f"{said} {tr(lacks, names=names)}"
        self._window.say(
            Notice(sentence=said, cause=str(folder), level="problem" if missing else "done")
        )

    def _end_sheet(self) -> None:
        if self.sheet.isVisible():
            self.sheet.put_away()

    def _moves(self, project: Project) -> bool:
        """Whether what is done in the film itself would not be kept."""
        return project.store.read_only is not None or _failed(project) is not None

    def _unsaved(self) -> str:
        """Why changes are in memory only, as a sentence; empty where they are on a disk."""
        project = self._project
        if project is None or project.writer is None or self.copied:
            return ""
        try:
            project.store.wait_saved(timeout_s=_PATIENCE_S)
        except SaveError as error:
            failed = _failed(project)
            return str(error) if failed is None else failed.reason
        return ""

    def _tell(self, notice: Notice) -> None:
        """Say what is so until it is withdrawn, once."""
        if notice not in self._told:
            self._told = (*self._told, notice)
            self._window.say(notice)

    def _withdraw(self) -> None:
        """Take back what is no longer so."""
        for notice in self._told:
            self._window.notices.withdraw(notice)
        self._told = ()


def _failed(project: Project) -> SaveFailed | None:
    status = None if project.writer is None else project.writer.status
    return status if isinstance(status, SaveFailed) else None


def _free_name(folder: Path) -> Path:
    """A folder beside the film's that is not there yet."""
    number, name = 1, tr("{name} copy", name=folder.name)
    while (folder.parent / name).exists():
        number += 1
        name = tr("{name} copy {number}", name=folder.name, number=number)
    return folder.parent / name
