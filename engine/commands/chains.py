"""Films of several takes: rendered one after another, gone on with after a stop, joined exactly.

The takes of ``film.mp4`` lie in ``film.takes``, a numbered folder each; a command that is run again
finds what is finished there and goes on from the last step of what is not.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands.console import Meter, output, say, workspace, write_json
from engine.errors import EngineError

if TYPE_CHECKING:
    import numpy as np

    from engine.api import Backend, ShotRequest, Take

_FILM = "film.json"


def takes_folder(film: Path) -> Path:
    """Where the takes of ``film`` lie."""
    return film.with_suffix(".takes")


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of a film: a file of pictures and one of sound, and which pictures of it.

    Attributes:
        rate: of the pictures that are counted, which need not be the film's.
    """

    picture: Path
    sound: Path
    first: int
    frames: int
    rate: Fraction


def piece_of(take: Take, first: int = 0, frames: int | None = None) -> Piece:
    """A take, or a part of its pictures."""
    count = take.frames - first if frames is None else frames
    return Piece(picture=take.picture, sound=take.sound, first=first, frames=count, rate=take.rate)


def render_into(
    backend: Backend, request: ShotRequest, folder: Path, meter: Meter
) -> tuple[Take, ...]:
    """The takes of ``request`` in ``folder``: finished ones are taken as they are.

    A saved state is gone on from. One that is refused, damaged or of another request, is told of
    and the render begins at its first step.

    Raises:
        EngineError: if it cannot be rendered.
    """
    from engine.api import Control, Failed, Finished, Progress, Started

    done = _finished(backend, folder, request)
    if done is not None:
        return done
    saved = backend.checkpoint(folder)
    for resume in (None,) if saved is None else (saved, None):
        started = False
        for event in backend.render(request, Control(folder), resume):
            match event:
                case Started():
                    started = True
                case Progress(step=step, of=of, eta_s=left_s):
                    meter.show(step, of, left_s)
                case Finished(takes=takes):
                    return takes
                case Failed(sentence=sentence) if started or resume is None:
                    raise EngineError(sentence)
                case Failed(sentence=sentence):
                    say(f"It begins at its first step, not where it was stopped: {sentence}")
                case _:
                    pass
    raise EngineError("The render ended without a take.")


def tell_flags(takes: Sequence[Take], what: str) -> list[list[str]]:
    """Say what is wrong with each take, called ``what`` and counted from 1; the flags' names."""
    for number, take in enumerate(takes, 1):
        for flag in take.flags:
            say(f"{what} {number}: {flag.sentence}")
    return [[flag.name for flag in take.flags] for take in takes]


def write_joined(pieces: list[Piece], out: Path, size: tuple[int, int], rate: Fraction) -> int:
    """Write the film that ``pieces`` are, a picture at a time; returns its pictures.

    A picture of the film is the one that its piece shows at that time, so that pieces of other
    rates than the film's keep their lengths and their sound.

    Raises:
        EngineError: if a piece cannot be read or the film cannot be written.
    """
    import numpy as np

    from engine.media import write_film
    from engine.rooms import claimed_array
    from engine.shapes import SAMPLE_RATE_HZ

    output(out, ".mp4")
    total = math.ceil(_ends_s(pieces)[-1] * rate)
    samples = round(total * SAMPLE_RATE_HZ / rate)
    with workspace(out) as folder:
        sound = claimed_array(folder / "sound.f32", np.float32, (2, max(1, samples)))
        _lay(pieces, sound)
        film = folder / out.name
        write_film(film, _pictures(pieces, size, rate), rate, sound)
        try:
            film.replace(out)
        except OSError as error:
            raise EngineError(f"{out} was not written: {error.strerror or error}.") from error
        finally:
            del sound
    return total


def keep_record(film: Path, more: dict[str, Any]) -> None:
    """Write beside the takes which film they are of."""
    from engine.checkpoint import sha256

    write_json(takes_folder(film) / _FILM, {"film": film.name, "sha256": sha256(film)} | more)


def edge_take(film: Path, *, backward: bool) -> Path | None:
    """The take at an end of a film of several, where it is still that film."""
    from engine.checkpoint import sha256

    folder = takes_folder(film)
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, IndexError):
        told = json.loads((folder / _FILM).read_text(encoding="utf-8"))
        if told["sha256"] == sha256(film):
            edge = told["takes"][0 if backward else -1]
            return folder / edge if edge else None
    return None


def _finished(backend: Backend, folder: Path, request: ShotRequest) -> tuple[Take, ...] | None:
    """The takes that lie in ``folder``, where the same weights would make the same ones now."""
    from dataclasses import replace

    from engine.api import take_name
    from engine.backends.repeating import hash_sources
    from engine.backends.take_files import read_take

    weights, sources = backend.capabilities().weights, hash_sources(request)
    takes = []
    for shot in range(len(request.shots)):
        try:
            take = read_take(folder / take_name(shot))
        except EngineError:
            return None
        made = take.recipe
        if made.request != replace(request, variations=1):
            return None
        if (made.weights, made.references) != (weights, sources):
            return None
        takes.append(take)
    return tuple(takes)


def _ends_s(pieces: Sequence[Piece]) -> list[Fraction]:
    """When every piece ends, in seconds of the film."""
    return list(itertools.accumulate(piece.frames / piece.rate for piece in pieces))


def _pictures(
    pieces: Sequence[Piece], size: tuple[int, int], rate: Fraction
) -> Iterator[np.ndarray]:
    from engine.media import iterate_pictures

    shown, start_s = 0, Fraction(0)
    for piece, end_s in zip(pieces, _ends_s(pieces), strict=True):
        stream = iterate_pictures(
            piece.picture, width=size[0], height=size[1], rate=piece.rate,
            frames=piece.first + piece.frames,
        )  # fmt: skip
        for index, picture in enumerate(stream):
            until_s = start_s + (index + 1 - piece.first) / piece.rate
            while shown / rate < min(until_s, end_s):
                yield picture
                shown += 1
        start_s = end_s


def _lay(pieces: Sequence[Piece], sound: np.ndarray) -> None:
    from engine.media import probe, read_sound
    from engine.shapes import SAMPLE_RATE_HZ

    begin = 0
    for piece, end_s in zip(pieces, _ends_s(pieces), strict=True):
        end = round(end_s * SAMPLE_RATE_HZ)
        if probe(piece.sound).has_audio:
            heard = read_sound(
                piece.sound,
                rate_hz=SAMPLE_RATE_HZ,
                start_s=float(piece.first / piece.rate),
                duration_s=(end - begin) / SAMPLE_RATE_HZ,
            )[:, : end - begin]
            room = sound[:, begin : begin + heard.shape[1]]
            room[:] = heard[:, : room.shape[1]]
        begin = end
