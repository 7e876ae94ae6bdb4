"""The region of an edit: what was painted on which pictures, and where it goes through the shot."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from engine.api import Control, MaskKey, MaskTrack, TrackedMask
from engine.media import read_pictures
from studio.bridge.editing import MASKS, save_mask
from studio.bridge.room import Room
from studio.render.footage import Part
from studio.wording import term, tr

Masks = NDArray[np.uint8]
_NOT_MADE = term("{why} The change was not made; ask for it again.")


@dataclass(frozen=True)
class RegionSource:
    """What is painted on: a file or a take's folder, and the part that an edit takes of it."""

    path: str
    width: int
    height: int
    part: Part


@dataclass(frozen=True)
class Unpainted:
    """Everything may change."""


@dataclass(frozen=True)
class Still:
    """The region stands where it was painted."""


@dataclass(frozen=True)
class Following:
    """It is being followed; ``share`` of it, 0 to 1, is done."""

    share: float = 0.0


@dataclass(frozen=True)
class Followed:
    """It was followed through the shot.

    Attributes:
        file: the masks, as an edit takes them.
        masks: (T, H, W) uint8, the same to be looked at.
        lost: pictures on which it was not found.
    """

    file: str
    masks: Masks = field(repr=False)
    lost: tuple[int, ...]


@dataclass(frozen=True)
class NotFollowed:
    """It could not be followed, and why; it stands still."""

    sentence: str


RegionState = Unpainted | Still | Following | Followed | NotFollowed


class Region(QObject):
    """A painted region of one source; following is done aside, the newest painting only.

    Signals:
        changed: what was painted or where it goes is something else.
    """

    changed = Signal()

    def __init__(self, room: Room, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._room = room
        self._source: RegionSource | None = None
        self._keys: dict[int, QImage] = {}
        self._follows = True
        self._state: RegionState = Unpainted()
        self._control: Control | None = None
        self._waiting: list[Callable[[str | None], None]] = []
        # Regions that are no longer painted here, followed on for those who wait for them.
        self._left: dict[Control, list[Callable[[str | None], None]]] = {}

    @property
    def state(self) -> RegionState:
        """Whether something is painted, and where it goes."""
        return self._state

    @property
    def source(self) -> RegionSource | None:
        """What is painted on."""
        return self._source

    @property
    def follows(self) -> bool:
        """Whether it goes with what was painted, or stands still."""
        return self._follows

    def set_follows(self, follows: bool) -> None:
        """Let it go with what was painted, or stand still."""
        self._follows = follows
        self._begin()

    def set_source(self, source: RegionSource) -> None:
        """Paint on this; what was painted on another source is forgotten."""
        if source != self._source:
            self._source = source
            self.clear()

    def clear(self) -> None:
        """Let everything change again."""
        self._keys.clear()
        self._begin()

    def paint(self, picture: int, mask: QImage) -> None:
        """What was painted on a picture of the source; an empty mask takes it off there."""
        if not any(mask.constBits()):
            self._keys.pop(picture, None)
        else:
            self._keys[picture] = mask.copy()
        self._begin()

    def at(self, picture: int) -> QImage:
        """The region on a picture, in the size of the source; null where nothing is painted."""
        source = self._source
        if source is None or not self._keys:
            return QImage()
        if picture in self._keys:
            return self._keys[picture]
        if isinstance(self._state, Followed) and picture < len(self._state.masks):
            mask = np.ascontiguousarray(self._state.masks[picture])
            high, wide = mask.shape
            grey = QImage(mask.data, wide, high, wide, QImage.Format.Format_Grayscale8)
            # A copy: the picture only borrows the array's memory.
            return grey.copy().scaled(source.width, source.height)
        return self._keys[min(self._keys, key=lambda key: abs(key - picture))]

    def when_ready(self, take: Callable[[str | None], None]) -> None:
        """Hand over the file of masks, or ``None`` for everywhere, as soon as it is there.

        Raises:
            OSError: if the region cannot be written.
        """
        if isinstance(self._state, Following):
            self._waiting.append(take)
        else:
            take(self._file())

    def _file(self) -> str | None:
        match self._state:
            case Followed(file=file):
                return file
            case Unpainted():
                return None
            case _:
                last = self._keys[max(self._keys)]
                return str(save_mask(last, self._room.folder))

    def _begin(self) -> None:
        """Follow what is painted now, and give up what was being followed and none waits for."""
        if self._control is not None:
            if self._waiting and not self._keys:
                self._left[self._control], self._waiting = self._waiting, []
            else:
                self._control.cancel()
            self._control = None
        source = self._source
        if source is None or not self._keys:
            self._set(Unpainted())
        elif not self._follows or source.part.frames < 2:
            self._set(Still())
            self._hand_over()
        else:
            self._follow(source)

    def _follow(self, source: RegionSource) -> None:
        room = self._room
        try:
            keys = tuple(
                MaskKey(frame=frame, mask=str(save_mask(mask, room.folder)))
                for frame, mask in sorted(self._keys.items())
            )
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            self._failed(tr("The region could not be written: {why}.", why=why))
            return
        part = source.part
        track = MaskTrack(
            source=source.path, keys=keys, frames=part.frames, rate=part.rate, in_s=part.in_s
        )
        target = (
            room.folder / MASKS / f"{hashlib.sha256(repr(track).encode()).hexdigest()[:24]}.mkv"
        )
        control = self._control = Control(target.parent)

        def told(share: float) -> None:
            room.relay.latest("region", lambda: self._heard(control, share))

        def work() -> tuple[TrackedMask, Masks] | None:
            found = room.aside.track_mask(track, target, control, told)
            return None if found is None else (found, read_pictures(target)[..., 0])

        self._set(Following())
        room.errands.run(
            work,
            lambda found: self._done(control, found),
            lambda sentence: self._gave_up(control, sentence),
            stop=control.cancel,
        )

    def _heard(self, control: Control, share: float) -> None:
        if control is self._control and isinstance(self._state, Following):
            self._set(Following(share))

    def _done(self, control: Control, found: tuple[TrackedMask, Masks] | None) -> None:
        waiting = self._left.pop(control, [])
        if found is None:
            return
        for take in waiting:
            take(found[0].path)
        if control is self._control:
            self._control = None
            self._set(Followed(file=found[0].path, masks=found[1], lost=found[0].lost))
            self._hand_over()

    def _gave_up(self, control: Control, sentence: str) -> None:
        if self._left.pop(control, []):
            self._room.problem(tr(_NOT_MADE, why=sentence))
        elif control is self._control:
            self._control = None
            self._failed(sentence)

    def _failed(self, sentence: str) -> None:
        if self._waiting:  # an edit of a region that was never followed is not what was asked
            self._room.problem(tr(_NOT_MADE, why=sentence))
        self._waiting.clear()
        self._set(NotFollowed(sentence))

    def _hand_over(self) -> None:
        waiting, self._waiting = self._waiting, []
        for take in waiting:
            take(self._file())

    def _set(self, state: RegionState) -> None:
        self._state = state
        self.changed.emit()
