"""The sound shelf: the whole sound of every source, decoded and resampled once."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import MediaError
from engine.media import read_sound
from studio.playback.kept_sounds import mark_used, part_of, prune
from studio.playback.long_sounds import decode_to, is_long, opened
from studio.playback.stamps import Stamp, stamp_of

Sound = NDArray[np.float32]

_BUDGET_BYTES = 512 * 2**20
_LONG_BYTES = 32 * 2**20


class SoundShelf:
    """Sounds as float32 (2, S) at one rate; any thread may ask.

    Args:
        rate_hz: to which sounds are resampled.
        folder: where long ones are kept between sittings, and read from the disk as they are
            needed; it may be deleted at any time. ``None`` keeps all in memory.
        stopped: asked while a sound is decoded; once it says yes, that one is not heard.
    """

    def __init__(
        self,
        rate_hz: int,
        folder: Path | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self.rate_hz = rate_hz
        self._folder = folder
        self._stopped = stopped
        self._lock = threading.Lock()
        self._sounds: OrderedDict[Path, Sound] = OrderedDict()
        self._faults: dict[Path, tuple[Stamp | None, str]] = {}
        self._loading: dict[Path, threading.Lock] = {}

    def get(self, path: Path) -> Sound:
        """The sound of ``path``; empty where it cannot be read, which ``faults`` tells.

        One that could not be read is tried again once the file is another.
        """
        with self._lock:
            known = self._known(path)
            if known is not None:
                self._sounds.move_to_end(path)
                return known
            loading = self._loading.setdefault(path, threading.Lock())
        with loading:  # others are served meanwhile
            known = self._known(path)
            if known is None:
                known = self._load(path)
                with self._lock:
                    self._sounds[path] = known
                    self._shrink()
            return known

    @property
    def faults(self) -> tuple[str, ...]:
        """Why sounds are not heard, a sentence each."""
        return tuple(sentence for _, sentence in self._faults.values())

    def _known(self, path: Path) -> Sound | None:
        fault = self._faults.get(path)
        if fault is not None and fault[0] != stamp_of(path):
            return None
        return self._sounds.get(path)

    def _load(self, path: Path) -> Sound:
        stamp = stamp_of(path)
        try:
            sound = self._loaded(path)
        except MediaError as error:
            self._faults[path] = (stamp, str(error))
            return np.zeros((2, 0), np.float32)
        self._faults.pop(path, None)
        return sound

    def _loaded(self, path: Path) -> Sound:
        kept: Path | None = None
        try:
            kept = self._kept_file(path)
            if kept is not None and kept.is_file():
                mark_used(kept)
                return np.load(kept, mmap_mode="r")
            if kept is not None and is_long(path):
                raw = kept.with_suffix(".f32")
                if raw.is_file():
                    mark_used(raw)
                    return opened(raw)
                sound = decode_to(raw, path, self.rate_hz, self._stopped)
                prune(raw.parent)
                return sound
        except (OSError, ValueError):
            kept = None  # what was kept is damaged or gone: the source itself is read
        sound = read_sound(path, rate_hz=self.rate_hz, cancelled=self._stopped)
        if kept is not None and sound.nbytes > _LONG_BYTES:
            return _keep(kept, sound)
        sound.setflags(write=False)
        return sound

    def _kept_file(self, path: Path) -> Path | None:
        if self._folder is None:
            return None
        facts = path.stat()
        name = f"{path}\x1f{facts.st_size}\x1f{facts.st_mtime_ns}\x1f{self.rate_hz}"
        return self._folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.npy"

    def _shrink(self) -> None:
        """Forget the sounds that were not asked for the longest, but for the last one."""
        held = sum(_memory(sound) for sound in self._sounds.values())
        for path in list(self._sounds)[:-1]:
            if held <= _BUDGET_BYTES:
                return
            held -= _memory(self._sounds.pop(path))


def _memory(sound: Sound) -> int:
    return 0 if isinstance(sound, np.memmap) else sound.nbytes


def _keep(file: Path, sound: Sound) -> Sound:
    """``sound`` from the disk, or as it is where it cannot be written."""
    part = part_of(file)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as out:
            np.save(out, sound)
        part.replace(file)
        prune(file.parent)
        return np.load(file, mmap_mode="r")
    except OSError:
        part.unlink(missing_ok=True)
        return sound
