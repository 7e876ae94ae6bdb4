"""Takes on disk: written whole or not at all, and read back.

A take's folder holds ``picture.mkv`` (FFV1), ``sound.wav``, ``recipe.json``, ``take.json`` (its
measures) and, where the backend has latents, ``latents.safetensors``. Shape letters: T pictures,
H height, W width, S samples.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from engine.api import (
    Flag,
    Recipe,
    Take,
    import_recipe,
)
from engine.errors import EngineError, RequestError, unwritten
from engine.media import read_pictures, read_sound, write_film, write_wav
from engine.plain import from_plain, to_plain
from engine.shapes import SAMPLE_RATE_HZ
from engine.whole_files import write_whole

LATENTS_NAME = "latents.safetensors"
_CHUNK_BYTES = 1 << 20


def hash_file(path: Path, heard: Callable[[], None] = lambda: None) -> str:
    """The SHA-256 of a file's content; ``heard`` is called every few of its bytes and may raise.

    Raises:
        EngineError: if it cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                heard()
                digest.update(chunk)
    except OSError as error:
        raise EngineError(f"{path} cannot be read: {error.strerror or error}.") from error
    return digest.hexdigest()


def picture_of(source: Path) -> Path:
    """The picture file of ``source``: itself, or that of the take whose folder it is."""
    return source / "picture.mkv" if source.is_dir() else source


def sound_of(source: Path) -> Path:
    """The sound file of ``source``: itself, or that of the take whose folder it is."""
    return source / "sound.wav" if source.is_dir() else source


def engine_version() -> str:
    """The installed version of the program."""
    try:
        return importlib.metadata.version("dailies")
    except importlib.metadata.PackageNotFoundError:
        return "development"


def write_take(
    folder: Path,
    pictures: NDArray[np.uint8],
    sound: NDArray[np.float32],
    recipe: Recipe,
    *,
    sample_rate_hz: int = SAMPLE_RATE_HZ,
    latents: Mapping[str, NDArray[np.generic]] | None = None,
    codecs: str = "",
    flags: tuple[Flag, ...] = (),
    heard: Callable[[], None] = lambda: None,
) -> Take:
    """Write a take, beside its folder at first; a take that is there already is replaced.

    Args:
        folder: of the take; its parent is made where it is missing.
        pictures: (T, H, W, 3), RGB.
        sound: (2, S).
        recipe: how it was made.
        sample_rate_hz: of the sound.
        latents: what ``decode`` starts from, with arrays that numpy knows.
        codecs: hash of the codecs that made them, where they do not belong to the weights alone.
        flags: measured in it.
        heard: called before every picture is written; what it raises leaves nothing behind.

    Raises:
        EngineError: if it cannot be written.
    """
    part = folder.with_name(folder.name + ".part")
    recipe = replace(recipe, folder=str(folder.absolute()))
    take = _measured(folder, pictures, sound, recipe, sample_rate_hz, flags)
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
    except OSError as error:
        raise EngineError(unwritten(part, error)) from error
    try:
        _write_media(part, take, _heeded(pictures, heard), sound)
        if latents is not None:
            contents = {name: np.ascontiguousarray(array) for name, array in latents.items()}
            metadata = {"weights": recipe.weights} | ({"codecs": codecs} if codecs else {})
            write_whole(part / LATENTS_NAME, save(contents, metadata=metadata))
        write_whole(part / "recipe.json", _json(recipe))
        write_whole(part / "take.json", _json(replace(take, folder="")))
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    _swap(part, folder)
    return take


def read_take(folder: Path) -> Take:
    """The finished take in ``folder``.

    Raises:
        EngineError: if it is not whole.
    """
    recipe = read_recipe(folder)
    try:
        plain = json.loads((folder / "take.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RequestError(f"The take in {folder} cannot be read: {error}.") from error
    take: Take = from_plain(Take, plain)
    for path in (folder / "picture.mkv", folder / "sound.wav"):
        if not path.is_file():
            raise EngineError(f"{path} is missing; decode the take again.")
    return replace(take, folder=str(folder), recipe=recipe)


def read_recipe(folder: Path) -> Recipe:
    """How the take in ``folder`` was made, its files named where they lie now.

    Raises:
        RequestError: if there is no recipe, or none that can be read.
    """
    recipe = import_recipe(folder)
    if recipe is None:
        raise RequestError(f"There is no take in {folder}.")
    if not 0 <= recipe.shot < len(recipe.request.shots):
        raise RequestError(f"The recipe in {folder} is of a shot that it does not have.")
    return _moved(recipe, str(folder.absolute()))


def _moved(recipe: Recipe, folder: str) -> Recipe:
    """``recipe``, which lies in ``folder`` now, with the files that moved along with it."""
    if recipe.folder in ("", folder):
        return recipe

    def found(path: str) -> str:
        try:
            beside = os.path.normpath(Path(folder, os.path.relpath(path, recipe.folder)))
        except ValueError:  # It lies on another drive.
            return path
        return beside if Path(beside).exists() else path

    hashes = (replace(one, source=found(one.source)) for one in recipe.references)
    request = recipe.request.with_files(found)
    return replace(recipe, request=request, references=tuple(hashes), folder=folder)


def read_latents(folder: Path, weights: str | None = None) -> dict[str, NDArray[np.generic]]:
    """The latents of the take in ``folder``.

    Args:
        folder: of the take.
        weights: those that the take was made by; any where there is none.

    Raises:
        EngineError: if they are missing, damaged, or of other weights.
    """
    path = folder / LATENTS_NAME
    if not path.is_file():
        raise EngineError(f"The take in {folder} has no latents; render it again.")
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = dict(file.metadata() or {})
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, ValueError) as error:
        raise EngineError(f"{path} is damaged; render the take again.") from error
    if weights is not None and metadata.get("weights") != weights:
        raise RequestError(f"The latents in {folder} were made by other weights.")
    return arrays


@dataclass(frozen=True, kw_only=True)
class LatentsHeader:
    """What a take's latents say of themselves.

    Attributes:
        weights: that made them.
        codecs: hash of those that made them; empty where they do not name them.
        shapes: of the arrays, by name.
    """

    weights: str
    codecs: str
    shapes: dict[str, tuple[int, ...]]


def latents_header(folder: Path) -> LatentsHeader | None:
    """The header of the latents of the take in ``folder``; ``None`` where none can be read."""
    try:
        with safe_open(folder / LATENTS_NAME, framework="numpy") as file:
            said = dict(file.metadata() or {})
            names = file.keys()
            shapes = {name: tuple(file.get_slice(name).get_shape()) for name in names}
    except (OSError, SafetensorError, ValueError):
        return None
    return LatentsHeader(
        weights=said.get("weights", ""), codecs=said.get("codecs", ""), shapes=shapes
    )


def replace_media(
    folder: Path,
    recipe: Recipe,
    pictures: NDArray[np.uint8],
    sound: NDArray[np.float32],
    flags: tuple[Flag, ...],
    sample_rate_hz: int = SAMPLE_RATE_HZ,
) -> Take:
    """Put a newly decoded picture and sound in the place of the old ones of ``recipe``'s take.

    Raises:
        EngineError: if they cannot be written.
    """
    take = _measured(folder, pictures, sound, recipe, sample_rate_hz, flags)
    _write_media(folder, take, pictures, sound)
    write_whole(folder / "take.json", _json(replace(take, folder="")))
    return take


def load_take_arrays(take: Take) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Pictures (T, H, W, 3) and sound (2, S) of a take.

    Raises:
        MediaError: if a file is missing or damaged.
    """
    sound = read_sound(take.sound, rate_hz=take.sample_rate_hz)
    return read_pictures(take.picture), sound


def write_preview(folder: Path, step: int, picture: NDArray[np.uint8]) -> str:
    """Write a small step picture (H, W, 3) as a PNG file under ``folder``; returns its path.

    Raises:
        EngineError: if it cannot be written.
    """
    path = folder / "previews" / f"step-{step:04d}.png"
    _, encoded = cv2.imencode(".png", np.ascontiguousarray(picture[..., ::-1]))
    write_whole(path, encoded.tobytes(), lasting=False)
    return str(path)


def _measured(
    folder: Path,
    pictures: NDArray[np.uint8],
    sound: NDArray[np.float32],
    recipe: Recipe,
    sample_rate_hz: int,
    flags: tuple[Flag, ...],
) -> Take:
    return Take(
        folder=str(folder),
        width=pictures.shape[2],
        height=pictures.shape[1],
        frames=pictures.shape[0],
        rate=recipe.request.rate,
        samples=sound.shape[1],
        sample_rate_hz=sample_rate_hz,
        recipe=recipe,
        flags=flags,
    )


def _heeded(pictures: NDArray[np.uint8], heard: Callable[[], None]) -> Iterator[NDArray[np.uint8]]:
    for picture in pictures:
        heard()
        yield picture


def _write_media(
    folder: Path,
    take: Take,
    pictures: Iterable[NDArray[np.uint8]],
    sound: NDArray[np.float32],
) -> None:
    write_film(folder / "picture.mkv", pictures, take.rate, preset="take")
    write_wav(folder / "sound.wav", sound, take.sample_rate_hz)


def _json(value: Recipe | Take) -> bytes:
    return json.dumps(to_plain(value), indent=1, ensure_ascii=False).encode()


def _swap(part: Path, folder: Path) -> None:
    """Give ``part`` the name ``folder``; what had it before is removed."""
    old = folder.with_name(folder.name + ".old")
    try:
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.replace(old)
        part.replace(folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise EngineError(unwritten(folder, error)) from error
