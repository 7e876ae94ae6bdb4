"""The commands that ask where a cut or subtitles go to or come from, and whose files are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QInputDialog

from studio.bridge import handing
from studio.document.queries import active_timeline, find_media
from studio.export.interchange_handing import is_subtitles
from studio.wording import listed, tr

if TYPE_CHECKING:
    from studio.ui.workspace import Workspace


def ask_cut_out(desk: Workspace) -> None:
    """Ask for a file, and write the cut or its subtitles into it."""
    room = desk.room
    name = active_timeline(room.film).name or tr("Cut")
    start = str(room.folder.parent / f"{name}.otio")
    chosen, kind = QFileDialog.getSaveFileName(
        desk.bins, tr("Hand the cut over"), start, handing.out_filters()
    )
    if chosen:
        path = Path(chosen)
        path = path if path.suffix else path.with_suffix(_suffix(kind))
        with_takes = handing.takes_too(kind) and not is_subtitles(path)
        handing.write_cut(room, path, with_takes=with_takes)


def ask_cut_in(desk: Workspace) -> None:
    """Ask for another program's cut, and open it as a timeline."""
    chosen, _ = QFileDialog.getOpenFileName(
        desk.bins, tr("Import a cut"), "", handing.cut_filters()
    )
    if chosen:
        handing.take_cut(desk.room, Path(chosen))


def ask_subtitles_in(desk: Workspace) -> None:
    """Ask for subtitles for the open timeline."""
    chosen, _ = QFileDialog.getOpenFileName(
        desk.bins, tr("Import subtitles"), "", handing.subtitle_filters()
    )
    if chosen:
        handing.take_subtitles(desk.room, Path(chosen))


def ask_rights(desk: Workspace) -> None:
    """Ask whose the files are that have no rights note yet."""
    room = desk.room
    ids = handing.unnoted(room.film)
    if not ids:
        room.say(tr("Every file of this film has its rights noted."))
        return
    media = [found for one in ids if (found := find_media(room.film, one)) is not None]
    names = listed([one.name for one in media], 6)
    words, sure = QInputDialog.getMultiLineText(
        desk.bins,
        tr("Note rights"),
        tr("Whose are {names}, and what may they be used for?", names=names),
    )
    if sure and words.strip():
        handing.note_rights(room, ids, words)


def _suffix(kind: str) -> str:
    """The ending that a line of the file dialog stands for."""
    return "." + kind.rpartition("*.")[2].rstrip(")") if "*." in kind else ".otio"


HANDING_DEEDS: dict[str, Callable[[Workspace], None]] = {
    "film.hand_over": ask_cut_out,
    "film.import_cut": ask_cut_in,
    "film.import_subtitles": ask_subtitles_in,
    "film.rights": ask_rights,
}
