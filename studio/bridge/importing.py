"""Imports: files copied into the film by content, measured, on a thread of their own."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import EngineError
from studio.bridge.relay import Relay
from studio.document.film import Media, MediaFacts, MediaKind, new_id
from studio.wording import tr

if TYPE_CHECKING:
    from engine.media import MediaInfo

MEDIA_FOLDER = "media"
BLOCK_BYTES = 1 << 20
_MOST_FILES = 2000
_END_S = 1.0
_HALF = re.compile(r"\.[0-9a-f]{16}\.part")
_USUAL_ENDING = re.compile(r"\.[a-z0-9]{1,10}")
_JOINERS = "\u200c\u200d"  # of Persian letters, and of pictographs


@dataclass(frozen=True, kw_only=True)
class Imported:
    """A file that is in the film now, and where it came from."""

    media: Media
    origin: Path


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A file that could not be brought in, and why, in a sentence."""

    origin: Path
    sentence: str
    cause: str = ""


@dataclass(frozen=True, kw_only=True)
class ImportProgress:
    """How far the imports are, in bytes; ``name`` is the file under way."""

    name: str
    done_bytes: int
    of_bytes: int
    left: int


Result = Imported | Refused


class ImportStopped(Exception):  # noqa: N818 (it is no error)
    """The director stopped the import."""


class Importer:
    """Brings files into a film's ``media`` folder, one after the other.

    A file is hashed while it is copied under another name and renamed when it is whole: a killed
    import leaves no half file behind that anybody could mistake for a whole one. Those of an
    earlier sitting go before the first is brought in: at once, where files were under way.
    """

    def __init__(
        self,
        folder: Path,
        relay: Relay,
        *,
        finished: Callable[[Result], None],
        progressed: Callable[[ImportProgress | None], None],
    ) -> None:
        """Make an importer for the film in ``folder``; both listeners hear on the GUI thread."""
        self._folder = folder
        self._relay = relay
        self._finished = finished
        self._progressed = progressed
        self._condition = threading.Condition()
        self._waiting: deque[Path] = deque()
        self._stop = threading.Event()
        self._closed = False
        self._busy = False
        self._thread: threading.Thread | None = None

    def add(self, paths: Iterable[Path]) -> None:
        """Bring in ``paths``, which are files."""
        with self._condition:
            if self._closed:
                return
            self._stop.clear()
            self._waiting.extend(paths)
            self._condition.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="import", daemon=True)
            self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether files are still to be brought in."""
        with self._condition:
            return self._busy or bool(self._waiting)

    def stop(self) -> None:
        """Leave out what is not in yet."""
        with self._condition:
            self._waiting.clear()
        self._stop.set()

    def close(self) -> None:
        """Stop and wait for the thread."""
        with self._condition:
            self._closed = True
            self._condition.notify()
        self.stop()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        _without_halves(self._folder / MEDIA_FOLDER)
        while (path := self._next()) is not None:
            result = self._bring_in(path)
            with self._condition:
                self._busy = False
                more = bool(self._waiting)
            if result is not None:
                self._relay.send(lambda result=result: self._finished(result))
            if not more:
                self._relay.latest("import", lambda: self._progressed(None))

    def _next(self) -> Path | None:
        with self._condition:
            self._condition.wait_for(lambda: self._closed or bool(self._waiting))
            if self._closed:
                return None
            self._busy = True
            return self._waiting.popleft()

    def _bring_in(self, path: Path) -> Result | None:
        try:
            return Imported(media=self._media(path), origin=path)
        except ImportStopped:
            return None
        except EngineError as error:
            return Refused(origin=path, sentence=str(error), cause=_cause(error))
        except OSError as error:
            return Refused(origin=path, sentence=_refusal(path, error), cause=_cause(error))
        except Exception as error:
            sentence = tr("{name} could not be read as a picture, clip or sound.", name=path.name)
            return Refused(origin=path, sentence=sentence, cause=_cause(error))

    def _media(self, path: Path) -> Media:
        return bring_in(
            self._folder,
            path,
            told=lambda done, of: self._tell(path.name, done, of),
            stopped=self._stop.is_set,
        )

    def _tell(self, name: str, done: int, total: int) -> None:
        with self._condition:
            left = len(self._waiting)
        progress = ImportProgress(name=name, done_bytes=done, of_bytes=total, left=left)
        self._relay.latest("import", lambda: self._progressed(progress))


def bring_in(
    folder: Path,
    path: Path,
    *,
    told: Callable[[int, int], None] = lambda _done, _of: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Media:
    """Copy ``path`` into the media of the film in ``folder``, and measure it.

    What lies there already, under whatever name it came, is not copied a second time.

    Args:
        folder: the film's.
        path: the file.
        told: hears how many bytes of how many are copied.
        stopped: asked between blocks.

    Raises:
        EngineError: if it is no readable media file.
        OSError: if it cannot be copied.
        ImportStopped: if it was stopped.
    """
    facts, kind = measured(path)
    target_folder = folder / MEDIA_FOLDER
    target_folder.mkdir(parents=True, exist_ok=True)
    part = target_folder / f".{new_id()}.part"
    try:
        digest = _copy(path, part, told, stopped)
        name_end = f"-{digest[:10]}"
        target = _there(target_folder, name_end, part, digest)
        if target is None:
            target = target_folder / f"{_safe(path.stem)}{name_end}{_ending(path)}"
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return Media(
        id=new_id(),
        kind=kind,
        name=_shown(path.stem),
        path=target.relative_to(folder).as_posix(),
        sha256=digest,
        facts=facts,
    )


def _refusal(path: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return tr(
            "{name} could not be brought in: the disk of the film is full. Make room on it, and "
            "bring it in again.",
            name=path.name,
        )
    reason = error.strerror or str(error)
    return tr("{name} could not be brought in: {reason}.", name=path.name, reason=reason)


def _without_halves(media_folder: Path) -> None:
    """Remove what a killed import left half copied. The film's lock is ours: nobody writes it."""
    for half in media_folder.glob(".*.part"):
        if _HALF.fullmatch(half.name):
            with suppress(OSError):
                half.unlink()


def _copy(
    path: Path, part: Path, told: Callable[[int, int], None], stopped: Callable[[], bool]
) -> str:
    """Copy ``path`` to ``part``; the hash of what was copied."""
    digest = hashlib.sha256()
    done, total = 0, path.stat().st_size
    with path.open("rb") as source, part.open("wb") as target:
        while block := source.read(BLOCK_BYTES):
            if stopped():
                raise ImportStopped
            digest.update(block)
            target.write(block)
            done += len(block)
            told(done, total)
        target.flush()
        os.fsync(target.fileno())
    return digest.hexdigest()


def digest_of(path: Path, stopped: Callable[[], bool] = lambda: False) -> str:
    """The content's hash; empty where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while block := stream.read(BLOCK_BYTES):
                if stopped():
                    return ""
                digest.update(block)
    except OSError:
        return ""
    return digest.hexdigest()


def _there(folder: Path, name_end: str, whole: Path, digest: str) -> Path | None:
    """The file in ``folder`` whose content is that of ``whole``, if there is one by its name."""
    size = whole.stat().st_size
    named = (path for path in sorted(folder.iterdir()) if path.stem.endswith(name_end))
    alike = (path for path in named if path.is_file() and path.stat().st_size == size)
    return next((path for path in alike if digest_of(path) == digest), None)


def measured(path: Path) -> tuple[MediaFacts, MediaKind]:
    """What ``path`` holds, and its kind.

    Raises:
        MediaError: if it is no readable media file, or breaks off before its end.
    """
    from engine.media import probe

    info = probe(path)
    _read_end(path, info)
    return _facts(info), info.kind


def glanced(path: Path) -> Media | None:
    """What ``path`` would be in the film by its beginning, without an id; ``None`` if unreadable.

    Why it cannot be read is told once it is brought in.
    """
    from engine.media import probe

    try:
        info = probe(path)
    except Exception:
        return None
    return Media(
        id="", kind=info.kind, name=_shown(path.stem), path="", sha256="", facts=_facts(info)
    )


def _facts(info: MediaInfo) -> MediaFacts:
    samples = round(info.duration_s * info.sample_rate_hz) if info.has_audio else 0
    return MediaFacts(
        width=info.width,
        height=info.height,
        frames=info.frames,
        rate=info.rate or None,
        samples=samples,
        sample_rate_hz=info.sample_rate_hz,
        channels=info.channels,
    )


def _read_end(path: Path, info: MediaInfo) -> None:
    """Read the last second: files that were cut short look whole from their beginning."""
    from engine.media import read_image, read_pictures, read_sound

    start_s = max(0.0, info.duration_s - _END_S)
    match info.kind:
        case "image":
            read_image(path)
        case "video":
            read_pictures(path, width=64, height=64, start_s=start_s)
        case "audio":
            read_sound(path, start_s=start_s)


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """``paths``, with folders replaced by the files directly within them; the first 2,000."""
    for count, path in enumerate(_flat(paths)):
        if count >= _MOST_FILES:
            return
        yield path


def _flat(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from _inside(path)


def _inside(path: Path) -> list[Path]:
    """The files directly in a folder; whatever holds none is left to be refused by name."""
    try:
        found = sorted(path.iterdir()) if path.is_dir() else []
        return [p for p in found if p.is_file() and not p.name.startswith(".")] or [path]
    except OSError:
        return [path]


def _safe(name: str) -> str:
    """``name`` as it can stand in a file name anywhere."""
    return re.sub(r"[^\w\-]+", "-", name).strip("-")[:48] or "media"


def _ending(path: Path) -> str:
    """The ending as it can stand in a file name anywhere; none where it is no usual one."""
    ending = path.suffix.lower()
    return ending if _USUAL_ENDING.fullmatch(ending) else ""


def _shown(name: str) -> str:
    """``name`` as it can be shown and written: on one line, in letters that there are."""
    kept = "".join(one if one.isprintable() or one in _JOINERS else " " for one in name)
    return " ".join(kept.split()) or "media"


def _cause(error: BaseException) -> str:
    parts = [f"{type(error).__name__}: {error}"]
    if error.__cause__ is not None:
        parts.append(f"{type(error.__cause__).__name__}: {error.__cause__}")
    return "\n".join(parts)
