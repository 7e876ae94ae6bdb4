"""What goes out of and comes into an open film besides media: cuts, subtitles and rights notes."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from studio.bridge.notices import Notice
from studio.bridge.room import Room
from studio.document.film import Film
from studio.document.library_changes import edit_media
from studio.document.queries import active_timeline
from studio.document.timeline_access import with_timeline
from studio.export.interchange import INTERCHANGES, read_interchange
from studio.export.interchange_bring import bring_in
from studio.export.interchange_handing import hand_over, subtitles_of
from studio.export.presets import ExportError
from studio.export.subtitles import KINDS, read_subtitles
from studio.wording import tr


def out_filters() -> str:
    """The forms that a cut is handed over in, as a file dialog lists them."""
    forms = [f"{tr(form.words)} (*{form.suffix})" for form in INTERCHANGES]
    return ";;".join(
        (
            *forms,
            *_filters_with_takes(),
            *(
                tr("{words} subtitles (*{suffix})", words=tr(kind.words), suffix=kind.suffix)
                for kind in KINDS
            ),
        )
    )


def takes_too(chosen: str) -> bool:
    """Whether a line of the file dialog stands for a cut with its takes beside it."""
    return chosen in _filters_with_takes()


def _filters_with_takes() -> list[str]:
    return [
        tr(
            "{words}, with its takes as ProRes (*{suffix})",
            words=tr(form.words),
            suffix=form.suffix,
        )
        for form in INTERCHANGES
    ]


def cut_filters() -> str:
    """The forms that a cut is taken from."""
    suffixes = " ".join(f"*{form.suffix}" for form in INTERCHANGES if form.parse is not None)
    return tr("Cuts ({suffixes})", suffixes=suffixes)


def subtitle_filters() -> str:
    """The forms that subtitles are taken from."""
    return tr("Subtitles ({join})", join=" ".join(f"*{kind.suffix}" for kind in KINDS))


def write_cut(room: Room, path: Path, *, with_takes: bool = False) -> None:
    """Write the open timeline, or its subtitles, and say what the form drops.

    With its takes it is written aside, as those take as long as an export.
    """
    film, ledger, folder = room.film, room.ledger, room.folder
    stop = threading.Event()

    def write() -> tuple[str, ...]:
        return hand_over(
            film,
            ledger,
            active_timeline(film),
            folder,
            path,
            with_takes=with_takes,
            stopped=stop.is_set,
        )

    def say(dropped: tuple[str, ...]) -> None:
        told = tr("{name} is written.", name=path.name)
        room.said.emit(Notice(sentence=" ".join((told, *dropped)), level="done"))

    if with_takes:
        room.say(tr("The takes of {name} are written first, as ProRes.", name=path.name))
        room.errands.run(write, say, room.problem, stop=stop.set)
        return
    try:
        say(write())
    except ExportError as error:
        room.problem(str(error))


def take_cut(room: Room, path: Path) -> None:
    """Make another program's cut a timeline more, and open it; one step of undo."""
    try:
        sheet = read_interchange(path, room.film.rate)
        brought = bring_in(room.film, room.ledger, sheet, room.folder)
    except ExportError as error:
        room.problem(str(error))
        return
    if room.apply(brought.change, tr("Import {name}", name=path.name)):
        room.say(" ".join((tr("{name} is open.", name=brought.timeline.name), *brought.sentences)))


def take_subtitles(room: Room, path: Path) -> None:
    """Give the open timeline the subtitles of a file, in the place of its own."""
    try:
        found, notes = subtitles_of(read_subtitles(path), room.film.rate)
    except ExportError as error:
        room.problem(str(error))
        return

    def change(film: Film) -> Film:
        return with_timeline(film, replace(active_timeline(film), subtitles=found))

    if room.apply(change, tr("Import {name}", name=path.name)):
        room.say(" ".join((tr("{n} subtitles are on the timeline.", n=len(found)), *notes)))


def unnoted(film: Film) -> tuple[str, ...]:
    """The ids of the files with no rights note."""
    return tuple(one.id for one in film.media if not one.rights.strip())


def note_rights(room: Room, media_ids: Iterable[str], words: str) -> None:
    """Note whose files are and what they may be used for."""
    ids = tuple(media_ids)

    def change(film: Film) -> Film:
        for media_id in ids:
            film = edit_media(film, media_id, rights=words.strip())
        return film

    if ids:
        room.apply(change, tr("Note rights"))
