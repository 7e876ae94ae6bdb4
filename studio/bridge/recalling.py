"""Recalling: shots made of the recipes of finished files, with what they were made with."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from engine.api import Capabilities
from engine.errors import EngineError
from engine.media import probe, read_pictures
from studio.bridge.importing import digest_of
from studio.bridge.room import Room
from studio.document.errors import DocumentError
from studio.document.film import (
    CameraPlan,
    Film,
    MediaSource,
    PictureSize,
    ReferenceSource,
    Shot,
    ShotReference,
    TakeSource,
    new_id,
)
from studio.document.ledger import Ledger
from studio.document.queries import find_shot
from studio.document.shot_changes import add_reference, add_shots
from studio.export.recall import Recalled, RecalledReference, recalled
from studio.render.requests import MAX_SEED, picture_size, unit_hz
from studio.wording import listed, term, tr

_MOST = 200
_DEVELOPED = "cache/recalled"
_FRAMES = 25
_RATE = Fraction(12)
_LEVELS = 4  # from a take's files up to its film's folder


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A reference whose file the film does not have yet.

    Attributes:
        at: its place among the references of the shot.
        near: the file whose recipe names it.
    """

    shot_id: str
    at: int
    rate: Fraction
    reference: RecalledReference
    near: Path


@dataclass(frozen=True)
class Found:
    """A file that a reference can be made of, and its content."""

    path: Path
    sha256: str


class Recalling(QObject):
    """Brings recipes back into the film of a room. Lives on the GUI thread.

    Signals:
        own: a take of this very film was among what was asked for; its id.
    """

    own = Signal(str)

    def __init__(self, room: Room, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._room = room
        self._wanted: list[Wanted] = []
        room.library.imported.connect(self._on_imported)

    def bring_back(self, paths: Iterable[Path]) -> None:
        """Make shots of what finished files were made from; takes of this film are shown."""
        room = self._room
        found: list[tuple[Recalled, Path]] = []
        for path in paths:
            try:
                found += [(one, path) for one in recalled(path)]
            except DocumentError as error:
                room.problem(str(error))
        mine = [one.take_id for one, _ in found if one.take_id in room.ledger.takes]
        if mine:
            self.own.emit(mine[0])
            room.say(tr("That was made in this film; here is the take."))
        others = [(one, path) for one, path in found if one.take_id not in mine][:_MOST]
        if others:
            self._add(others)

    def _add(self, found: list[tuple[Recalled, Path]]) -> None:
        room, shots, wanted = self._room, list[Shot](), list[Wanted]()
        for one, path in found:
            shot, lacking = recalled_shot(one, room.film, room.ledger, room.capabilities)
            shots.append(shot)
            wanted += [
                Wanted(shot_id=shot.id, at=at, rate=shot.rate, reference=reference, near=path)
                for at, reference in lacking.items()
            ]
        n = len(shots)
        name = tr("Bring back {n} shots", n=n) if n > 1 else tr("Bring back a shot")
        if not room.apply(lambda film: add_shots(film, shots), name):
            return
        room.session.set_shot(shots[0].id)
        words = (
            tr("{n} shots are back with all that they were asked for.", n=n)
            if n > 1
            else tr("A shot is back with all that it was asked for.")
        )
        if any(one.instruction for one, _ in found):
            words += " " + tr("Edits come back as shots with what they said.")
        pairs = zip(found, shots, strict=True)
        if any(_is_otherwise(one, shot, room.film, room.capabilities) for (one, _), shot in pairs):
            words += " " + tr("What this engine cannot make has its nearest length and size.")
        room.say(words)
        if wanted:
            self._wanted += wanted
            stop = threading.Event()
            room.errands.run(
                lambda: files_of(wanted, room.folder / _DEVELOPED, stop.is_set),
                lambda files: self._on_found(wanted, files),
                room.problem,
                stop=stop.set,
            )

    def _on_found(self, wanted: list[Wanted], files: Mapping[Wanted, Found]) -> None:
        """Import what lies near the recipes, and name what does not."""
        contents = {one: replace(one.reference, sha256=file.sha256) for one, file in files.items()}
        self._wanted = [
            replace(one, reference=contents.get(one, one.reference)) for one in self._wanted
        ]
        if files:
            self._room.library.import_files(dict.fromkeys(one.path for one in files.values()))
        lost = list(dict.fromkeys(one.reference.name for one in wanted if one not in files))
        if lost:
            names = listed(lost, 4)
            words = term("Not in this film: {names}. Import it, and it goes on its shot.")
            self._room.problem(tr(words, names=names))

    def _on_imported(self, media_id: str) -> None:
        film = self._room.film
        media = film.media_by_id.get(media_id)
        here = [one for one in self._wanted if media and one.reference.sha256 == media.sha256]
        for one in here:
            self._wanted.remove(one)
            if find_shot(film, one.shot_id) is None:
                continue
            source = MediaSource(media_id=media_id)
            reference = _reference(one.reference, source, film, self._room.ledger, one.rate)
            self._room.apply(
                lambda now, one=one, reference=reference: add_reference(
                    now, one.shot_id, reference, one.at
                ),
                tr("Bring back a reference"),
            )


def recalled_shot(
    one: Recalled, film: Film, ledger: Ledger, capabilities: Capabilities | None
) -> tuple[Shot, dict[int, RecalledReference]]:
    """The shot of a recipe, and by their places the references whose files the film lacks."""
    frames, rate = _length(one, capabilities)
    references: list[ShotReference] = []
    lacking: dict[int, RecalledReference] = {}
    for at, reference in enumerate(one.references):
        source = _source(reference, film, ledger)
        if source is None:
            lacking[at] = reference
        else:
            references.append(_reference(reference, source, film, ledger, rate))
    style = film.settings.style_prompt.strip()
    prompt = one.prompt.removeprefix(style).lstrip("\n") if style else one.prompt
    camera = one.camera
    shot = Shot(
        id=new_id(),
        name=one.name or tr("Brought back"),
        prompt="\n".join(words for words in (prompt, one.instruction) if words),
        negative_prompt=one.negative_prompt,
        frames=frames,
        rate=rate,
        size=_size(one, film, capabilities),
        seed=min(one.seed, MAX_SEED),
        seed_policy="lock",
        camera=CameraPlan(size=camera.size, move=camera.move, side=camera.side),
        references=tuple(references),
    )
    return shot, lacking


def files_of(
    wanted: Iterable[Wanted], developed: Path, stopped: Callable[[], bool] = lambda: False
) -> dict[Wanted, Found]:
    """The files of those that lie near the recipes that name them.

    Args:
        wanted: what is looked for.
        developed: a folder for pictures that were frames of takes.
        stopped: asked while files are read.
    """
    files: dict[Wanted, Found] = {}
    for one in wanted:
        path = None if stopped() else file_of(one.reference, one.near, stopped)
        file = None if path is None else _usable(path, one.reference, developed)
        if file is not None:
            files[one] = file
    return files


def _usable(path: Path, reference: RecalledReference, developed: Path) -> Found | None:
    """``path`` as a film can import it: a frame of a take becomes a picture of its own."""
    asked = reference.asked
    try:
        if asked.kind != "image" or probe(path).kind == "image":
            return Found(path, reference.sha256)
        start_s = max(0.0, asked.in_s) if math.isfinite(asked.in_s) else 0.0
        frame = read_pictures(path, start_s=start_s, frames=1)[0]
        height, width, _ = frame.shape
        image = QImage(frame.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
        target = developed / f"frame-{reference.sha256[:10]}-{start_s:g}.png"
        developed.mkdir(parents=True, exist_ok=True)
    except (EngineError, OSError):
        return None
    return Found(target, digest_of(target)) if image.save(str(target)) else None


def file_of(
    reference: RecalledReference, near: Path, stopped: Callable[[], bool] = lambda: False
) -> Path | None:
    """The file of a reference, where it lies as it did beside the file whose recipe names it.

    A recipe may be a stranger's: its paths are only followed down from the folders that it lies in,
    and only what has the very content that it names is taken.
    """
    parts = Path(reference.asked.source.replace("\\", "/")).parts[-_LEVELS:]
    if not reference.sha256 or ".." in parts:
        return None
    for folder in near.absolute().parents[:_LEVELS]:
        for begin in range(len(parts)):
            path = folder.joinpath(*parts[begin:])
            if (
                path.is_relative_to(folder)
                and path.is_file()
                and digest_of(path, stopped) == reference.sha256
            ):
                return path
    return None


def _source(reference: RecalledReference, film: Film, ledger: Ledger) -> ReferenceSource | None:
    """The take or file of the film that a reference was, by number or content."""
    if reference.take_id in ledger.takes:
        return TakeSource(take_id=reference.take_id)
    alike = (media.id for media in film.media if media.sha256 == reference.sha256)
    media_id = next(alike, None) if reference.sha256 else None
    return None if media_id is None else MediaSource(media_id=media_id)


def _reference(
    given: RecalledReference, source: ReferenceSource, film: Film, ledger: Ledger, rate: Fraction
) -> ShotReference:
    """A reference of a shot at ``rate``, with the part and the weight that were asked for."""
    asked, whole = given.asked, False
    match source:
        case MediaSource(media_id=media_id):
            media = film.media_by_id[media_id]
            unit, whole = unit_hz(media), media.kind == "image"
        case TakeSource(take_id=take_id):
            take = ledger.takes[take_id]
            unit = Fraction(take.sample_rate_hz) if asked.kind == "audio" else take.rate
    return ShotReference(
        id=new_id(),
        source=source,
        role=asked.role,
        tag=asked.tag,
        weight=min(2.0, max(0.0, asked.weight)) if math.isfinite(asked.weight) else 1.0,
        start=0 if whole else _at(asked.in_s, unit) or 0,
        end=None if whole else _at(asked.out_s, unit),
        at_frame=_at(asked.at_s, rate),
    )


def _at(seconds: float | None, unit: Fraction) -> int | None:
    if seconds is None or not math.isfinite(seconds):
        return None
    return max(0, round(seconds * unit))


def _length(one: Recalled, capabilities: Capabilities | None) -> tuple[int, Fraction]:
    """The length of a recipe in pictures at its rate, or the nearest that the engine makes."""
    frames, rate = one.frames or _FRAMES, one.rate or _RATE
    if capabilities is None:
        return frames, rate
    if one.rate is None or rate not in capabilities.rates:
        near = min(capabilities.rates, key=lambda known: abs(known - rate))
        frames = round(frames * near / rate) if one.rate is not None else frames
        rate = near
    return min(capabilities.frames, key=lambda count: (abs(count - frames), count)), rate


def _size(one: Recalled, film: Film, capabilities: Capabilities | None) -> PictureSize | None:
    """The size of a recipe, where it is not what the film's shots have anyway."""
    if not one.width or not one.height:
        return None
    if capabilities is None:
        return PictureSize(width=one.width, height=one.height)
    asked = (one.width, one.height)
    legal = any((size.width, size.height) == asked for size in capabilities.sizes)
    if not legal or asked == picture_size(film.width, film.height, capabilities):
        return None
    return PictureSize(width=one.width, height=one.height)


def _is_otherwise(one: Recalled, shot: Shot, film: Film, capabilities: Capabilities | None) -> bool:
    """Whether a shot has another length or size than was asked for."""
    if one.frames and (one.frames, one.rate or shot.rate) != (shot.frames, shot.rate):
        return True
    if not one.width or capabilities is None or shot.size is not None:
        return False
    return (one.width, one.height) != picture_size(film.width, film.height, capabilities)
