"""Missing media found again by their content, wherever they were moved to and under any name."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.bridge.importing import digest_of
from studio.bridge.relay import Relay
from studio.document.film import Media
from studio.render.film_paths import inside
from studio.wording import tr

MOST_FILES = 50_000


@dataclass(frozen=True, kw_only=True)
class Relinked:
    """What a search came to.

    Attributes:
        found: names of the media that are back.
        lost: names of those that were not there.
        looked_at: files that were read.
        fault: why one that was found could not be brought back; empty where nothing went wrong.
        cut_short: whether there were more files than one search reads.
    """

    found: tuple[str, ...]
    lost: tuple[str, ...]
    looked_at: int
    fault: str = ""
    cut_short: bool = False


def missing_media(media: Iterable[Media], folder: Path) -> tuple[Media, ...]:
    """Those whose files are not in the film's folder."""
    return tuple(one for one in media if not inside(folder, one.path).is_file())


def relink(
    missing: Iterable[Media],
    folder: Path,
    search: Path,
    stopped: Callable[[], bool] = lambda: False,
    most: int = MOST_FILES,
) -> Relinked:
    """Look for ``missing`` in and under ``search``, and copy what is found back into ``folder``.

    Only files with the ending of a missing one are read; a file counts as found when its content
    is the same to the last byte. No more than ``most`` are read.
    """
    wanted: dict[str, list[Media]] = {}
    for one in missing:
        wanted.setdefault(one.sha256, []).append(one)
    endings = {Path(one.path).suffix.lower() for held in wanted.values() for one in held}
    found: list[str] = []
    looked_at, fault, cut_short = 0, "", False
    for path in _files(search, endings):
        if not wanted or stopped():
            break
        if looked_at == most:
            cut_short = True
            break
        looked_at += 1
        digest = digest_of(path, stopped)
        for one in wanted.pop(digest, []):
            try:
                _bring(path, inside(folder, one.path))
            except OSError as error:
                fault = tr(
                    "{name} was found but not copied: {value}.",
                    name=one.name,
                    value=error.strerror or error,
                )
                wanted.setdefault(digest, []).append(one)
            else:
                found.append(one.name)
    lost = tuple(one.name for held in wanted.values() for one in held)
    return Relinked(
        found=tuple(found), lost=lost, looked_at=looked_at, fault=fault, cut_short=cut_short
    )


class Relinker:
    """Searches on a thread of its own, one search at a time."""

    def __init__(self, folder: Path, relay: Relay, done: Callable[[Relinked], None]) -> None:
        """Make one for the film in ``folder``; ``done`` is told on the GUI thread."""
        self._folder = folder
        self._relay = relay
        self._done = done
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        """Whether a search is under way."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, missing: tuple[Media, ...], search: Path) -> bool:
        """Begin a search; ``False`` while another one is under way."""
        if self.busy:
            return False
        self._stop.clear()
        self._thread = threading.Thread(
            target=self._run, args=(missing, search), name="relink", daemon=True
        )
        self._thread.start()
        return True

    def close(self) -> None:
        """Stop and wait."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, missing: tuple[Media, ...], search: Path) -> None:
        result = relink(missing, self._folder, search, self._stop.is_set)
        self._relay.send(lambda: self._done(result))


def _files(search: Path, endings: set[str]) -> Iterator[Path]:
    for base, folders, names in os.walk(search):
        folders.sort()
        for name in sorted(names):
            if Path(name).suffix.lower() in endings:
                yield Path(base) / name


def _bring(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    try:
        shutil.copyfile(source, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
