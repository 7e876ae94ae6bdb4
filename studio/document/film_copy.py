"""A copy of a film in a folder of its own: media, takes, and the film as it is in memory."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from studio.document.errors import ProjectError
from studio.document.film import Film
from studio.document.ledger import Ledger
from studio.document.paths import inside
from studio.document.project_making import FILM_FILE, FOLDERS, write_project
from studio.document.project_writer import file_fault

BLOCK_BYTES = 1 << 20
COPIED = ("media", "takes")
_SPARE_BYTES = 8 << 20
_HALF = ".part"
Told = Callable[[int, int], None]


class CopyStopped(Exception):  # noqa: N818 (it is no error)
    """The director stopped the copy; nothing is left of it."""


class FilmCopy:
    """Writes a copy of a film whose own file may be full, damaged or gone.

    ``write`` can be called again for a later moment of the film: only what came since is copied.

    Attributes:
        target: the copy's folder.
    """

    def __init__(self, source: Path, target: Path) -> None:
        """Copy from the film's folder ``source``; nothing is done yet."""
        self.target = target
        self._source = source
        self._brought: set[str] = set()
        self._begun = False
        self._whole = False

    def write(
        self,
        film: Film,
        ledger: Ledger,
        told: Told = lambda _done, _of: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> tuple[str, ...]:
        """Copy the files, then write the film.

        Args:
            film: as it should be in the copy.
            ledger: the same moment's.
            told: hears how many bytes of how many are copied.
            stopped: asked between blocks.

        Returns:
            How many takes, and the names of the media, whose files are not in the copy because
            they were not in the film or could not be read.

        Raises:
            ProjectError: if it cannot be written; nothing is left of it.
            CopyStopped: if it was stopped.
        """
        self._begin()
        try:
            self._bring(told, stopped)
            write_project(self.target, film, ledger)
        except BaseException as error:
            if not self._whole:
                self._take_back()
            if isinstance(error, OSError):
                sentence = f"The copy in {self.target.name} was not written: {file_fault(error)}"
                raise ProjectError(sentence) from error
            raise
        self._whole = True
        return self._missing(film, ledger)

    def _begin(self) -> None:
        """See that the place is free, once; from then on it is ours."""
        if self._begun:
            return
        try:
            if self.target.resolve().is_relative_to(self._source.resolve()):
                raise ProjectError("A copy lies outside the film's own folder. Choose another one.")
            if self.target.exists() and any(self.target.iterdir()):
                name = self.target.name
                raise ProjectError(f"There is something in {name} already. Choose another name.")
            self.target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            sentence = f"No copy can be made in {self.target.name}: {file_fault(error)}"
            raise ProjectError(sentence) from error
        self._begun = True

    def _bring(self, told: Told, stopped: Callable[[], bool]) -> None:
        left = {name: size for name, size in _files(self._source) if name not in self._brought}
        of = sum(left.values())
        self._require_room(of)
        done = 0
        for name, size in left.items():
            before = done
            for count in _copied(self._source / name, self.target / name):
                if stopped():
                    raise CopyStopped
                told(min(of, before + count), of)
            done = before + size
            self._brought.add(name)

    def _require_room(self, needed_bytes: int) -> None:
        free_bytes = shutil.disk_usage(self.target).free
        if needed_bytes + _SPARE_BYTES > free_bytes:
            raise ProjectError(
                f"The copy needs {_words(needed_bytes + _SPARE_BYTES)}, and there are "
                f"{_words(free_bytes)} free on the disk of {self.target.name}. Choose another disk."
            )

    def _missing(self, film: Film, ledger: Ledger) -> tuple[str, ...]:
        media = [one.name for one in film.media if not inside(self.target, one.path).is_file()]
        takes = sum(
            not inside(self.target, f"{one.folder}/picture.mkv").is_file()
            for one in ledger.takes.values()
        )
        words = "one take" if takes == 1 else f"{takes} takes"
        return (words, *media) if takes else tuple(media)

    def _take_back(self) -> None:
        for name in FOLDERS:
            shutil.rmtree(self.target / name, ignore_errors=True)
        try:
            for name in (FILM_FILE, f"{FILM_FILE}.part"):
                (self.target / name).unlink(missing_ok=True)
            self.target.rmdir()
        except OSError:
            pass
        self._begun = False
        self._brought.clear()


def _files(folder: Path) -> Iterator[tuple[str, int]]:
    """The names of the files to be copied, with forward slashes, and their sizes in bytes.

    Links are left out, as they may lead anywhere; so is what is only half written.
    """
    for top in COPIED:
        if (folder / top).is_symlink():
            continue
        for base, folders, names in os.walk(folder / top):
            folders[:] = sorted(name for name in folders if not name.endswith(_HALF))
            for name in sorted(names):
                path = Path(base) / name
                try:
                    held = path.lstat()
                except OSError:
                    continue
                if stat.S_ISREG(held.st_mode) and path.suffix != _HALF:
                    yield path.relative_to(folder).as_posix(), held.st_size


def _copied(source: Path, target: Path) -> Iterator[int]:
    """Copy a file block by block; the bytes so far.

    A file that cannot be read is left out whole: the rest of the film is worth having.

    Raises:
        OSError: if the copy cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        count = 0
        for block in _blocks(source):
            if block is None:
                break
            out.write(block)
            count += len(block)
            yield count
        else:
            out.flush()
            os.fsync(out.fileno())
            return
    target.unlink()


def _blocks(source: Path) -> Iterator[bytes | None]:
    """What a file holds; ``None`` where it cannot be read any further."""
    try:
        with source.open("rb") as stream:
            while block := stream.read(BLOCK_BYTES):
                yield block
    except OSError:
        yield None


def _words(count: int) -> str:
    """Bytes, for people."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:,.0f} MB"
