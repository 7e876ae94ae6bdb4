"""The request that an upgrade repeats, and every file that a request is made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from engine.api import Edit, Extend, FileHash, Generate, ShotRequest, Upgrade
from engine.backends.take_files import (
    LATENTS_NAME,
    hash_file,
    picture_of,
    read_recipe,
    sound_of,
)
from engine.conditioning.placing import in_shot, sent
from engine.conditioning.shots import shot_seed
from engine.errors import RequestError


def settled(request: ShotRequest) -> ShotRequest:
    """What is made for ``request``: what an upgrade repeats, without what is left out."""
    return sent(repeated(request))


def repeated(request: ShotRequest) -> ShotRequest:
    """``request``, or what an upgrade renders again: the preview's task, words and references."""
    if not isinstance(request.task, Upgrade):
        return request
    recipe = read_recipe(Path(request.task.source))
    before = repeated(recipe.again)
    if len(before.shots) > 1 and len(request.shots) == 1:
        before = replace(
            before,
            shots=(before.shots[recipe.shot],),
            seed=shot_seed(before.seed, recipe.shot),
            references=tuple(
                in_shot(one, before, recipe.shot) or replace(one, weight=0.0)
                for one in sent(before).references
            ),
        )
    own = isinstance(before.task, (Edit, Extend))
    return replace(
        request,
        task=before.task,
        quality=replace(request.quality, sampler=request.quality.sampler or before.quality.sampler),
        references=before.references,
        seed=before.seed,
        prompt=before.prompt if own or not request.prompt.strip() else request.prompt,
        negative_prompt=request.negative_prompt or before.negative_prompt,
        shots=before.shots if len(before.shots) == len(request.shots) else request.shots,
    )


def hash_sources(
    request: ShotRequest, heard: Callable[[], None] = lambda: None
) -> tuple[FileHash, ...]:
    """Every file that ``request`` is made from, by content: of a take all that is started from.

    An upgrade is made from its preview and from all that this was made from. ``heard`` is called
    while files are read and may raise.

    Raises:
        EngineError: if one cannot be read, or is not what an upgrade's preview was made from.
    """
    used = sent(request).references
    sources = [reference.source for reference in used if reference.weight != 0]
    match request.task:
        case Generate():
            hashes = _hashed(sources, heard)
        case Edit() as edit:
            mask = [edit.mask] if edit.mask else []
            hashes = _hashed([*sources, edit.source, *mask], heard)
        case Extend(source=source):
            hashes = _hashed([*sources, source], heard)
        case Upgrade(source=source):
            before = read_recipe(Path(source))
            again = hash_sources(before.request, heard)
            _check_unchanged(before.references, again)
            hashes = (*_hashed([*sources, source], heard), *again)
    return tuple(dict.fromkeys(hashes))


def _hashed(sources: list[str], heard: Callable[[], None]) -> tuple[FileHash, ...]:
    return tuple(
        FileHash(source=name, sha256=hash_file(file, heard))
        for source in sources
        for name, file in _files_of(source)
    )


def _files_of(source: str) -> Iterator[tuple[str, Path]]:
    """The files of a source, with what each is called: a take is its picture."""
    path = Path(source)
    yield source, picture_of(path)
    if path.is_dir():
        yield str(sound_of(path)), sound_of(path)
        latents = path / LATENTS_NAME
        if latents.is_file():
            yield str(latents), latents


def _latents_of(source: str) -> str:
    """What the latents of a take are called whose picture or sound is called ``source``."""
    path = Path(source)
    return str((path if path.is_dir() else path.parent) / LATENTS_NAME)


def _check_unchanged(before: tuple[FileHash, ...], now: tuple[FileHash, ...]) -> None:
    """Refuse what would be another take than the preview.

    A take whose latents are the same is the same take: its picture and sound can be decoded from
    them again, which another version of the libraries writes in other bytes.

    Raises:
        RequestError: if a file has changed since.
    """
    known = {one.source: one.sha256 for one in before}
    same = {one.source for one in now if known.get(one.source) == one.sha256}
    for one in now:
        if known.get(one.source, one.sha256) != one.sha256 and _latents_of(one.source) not in same:
            raise RequestError(
                f"{one.source} has changed since the preview was made, so the full render would "
                "show something else. Make another preview."
            )
