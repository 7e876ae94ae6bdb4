"""Where an export goes: what may be written, under which name, and what would be lost there."""

from __future__ import annotations

import os
from collections.abc import Collection
from itertools import count
from pathlib import Path

from engine.media import not_written
from studio.document.project_making import FILM_FILE, FOLDERS
from studio.export.presets import PRESETS, ExportError, Preset
from studio.wording import tr

_ENDINGS = frozenset(preset.suffix for preset in PRESETS.values())


def target_of(path: Path, preset: Preset) -> Path:
    """What is there once ``preset`` is written as ``path``: that file, or a folder of that name."""
    return path.with_suffix("") if preset.is_folder and path.name else path


def with_ending(path: Path, preset: Preset) -> Path:
    """``path`` with the ending of ``preset``, instead of that of another one."""
    bare = path.with_suffix("") if path.suffix.lower() in _ENDINGS else path
    return bare.with_name(bare.name + preset.suffix)


def free_path(path: Path, preset: Preset, taken: Collection[Path] = ()) -> Path:
    """``path``, or the first of the names after it under which nothing is lost.

    Args:
        path: a name that is wanted.
        preset: what will be written; the name gets its ending.
        taken: targets that are spoken for.
    """
    wanted = with_ending(path, preset)
    bare = wanted.with_suffix("")
    numbered = (bare.with_name(f"{bare.name} {number}{preset.suffix}") for number in count(2))
    while is_there(wanted, preset) or target_of(wanted, preset) in taken:
        wanted = next(numbered)
    return wanted


def is_there(path: Path, preset: Preset) -> bool:
    """Whether something of this name is there already."""
    try:
        return target_of(path, preset).exists()
    except OSError:  # a name that the disk does not take: ``check_target`` says so
        return False


def would_replace(path: Path, preset: Preset) -> bool:
    """Whether a file is there that goes, once it is said that it may."""
    return not preset.is_folder and is_there(path, preset) and not path.is_dir()


def check_preset_target(
    path: Path, preset: Preset, film_folder: Path | None, *, replace: bool
) -> Path:
    """``path``, if ``preset`` can be written there.

    Args:
        path: of a file; pictures and stems are a folder of its name without the ending.
        preset: what will be written.
        film_folder: of the film that is exported.
        replace: a file that is there may be.

    Raises:
        ExportError: if the name does not suit the preset, or as ``check_target`` does.
    """
    if path.suffix.lower() != preset.suffix:
        raise ExportError(
            tr(
                "“{name}” is no name for what is asked for, {words}: end it with {suffix}.",
                name=path.name,
                words=tr(preset.words),
                suffix=preset.suffix,
            )
        )
    check_target(path, film_folder)
    target = target_of(path, preset)
    if preset.is_folder and target.exists():
        raise ExportError(tr("{target} exists already; name another place.", target=target))
    if target.exists() and not replace:
        raise ExportError(
            tr("{target} exists already; name another file, or say that it goes.", target=target)
        )
    return path


def check_target(path: Path, film_folder: Path | None = None) -> Path:
    """``path``, if a file can be there that takes nothing from the film.

    Raises:
        ExportError: if its folder does not exist or may not be written to, if it is a folder
            itself, or if the film in ``film_folder`` keeps its own things there.
    """
    place = path.parent
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        pass  # nothing is there, which is as it should be
    except OSError as error:  # a name that is too long, or a folder that nobody may look into
        raise ExportError(not_written(path, error)) from error
    if not place.is_dir():
        raise ExportError(
            tr("The folder {place} does not exist; choose another, or make it first.", place=place)
        )
    if not os.access(place, os.W_OK):
        raise ExportError(
            tr("The folder {place} may not be written to; choose another.", place=place)
        )
    if path.is_dir():
        raise ExportError(tr("{path} is a folder; name a file in it.", path=path))
    if film_folder is not None:
        home, inner = film_folder.resolve(), path.resolve()
        if inner == home / FILM_FILE:
            raise ExportError(tr("{path} is the film itself; name another file.", path=path))
        for folder in FOLDERS:
            if inner.is_relative_to(home / folder):
                raise ExportError(
                    tr(
                        "{place} is where the film keeps its {folder}; choose another folder.",
                        place=place,
                        folder=folder,
                    )
                )
    return path
