"""The words of a request as a model of captions reads them, and the request an upgrade repeats."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from engine.api import Edit, Extend, Reference, ShotRequest, WordGroup
from engine.backends.take_files import read_recipe
from engine.conditioning.edits import edited_prompt
from engine.conditioning.shots import shot_text, unwanted_text, whole_text
from engine.conditioning.tags import Packing, compile_tags, pack_references, tags_in

Words = tuple[WordGroup, ...]


def texts_of(request: ShotRequest, words: Words) -> tuple[str, ...]:
    """What every shot shows, tags compiled to slots."""
    packing = pack_references(request.references)
    match request.task:
        case Edit() as edit:
            told = edited_prompt(source_prompt(edit.source, words), edit.instruction, words)
            return (_without_tags(told, packing),)
        case Extend(source=source) if not whole_text(request).strip():
            return (_without_tags(source_prompt(source, words), packing),)
        case _:
            pass
    if len(request.shots) == 1:
        return (compile_tags(whole_text(request), packing),)
    return tuple(
        compile_tags(_together(request.prompt, shot_text(request, index)), packing)
        for index in range(len(request.shots))
    )


def unwanted_of(request: ShotRequest, shot: int) -> str:
    """What one shot is to be without, tags compiled to slots."""
    return compile_tags(unwanted_text(request, shot), pack_references(request.references))


def source_prompt(source: str, words: Words) -> str:
    """What the take at ``source`` shows, in words; empty for a file without a recipe."""
    folder = Path(source)
    if not (folder / "recipe.json").is_file():
        return ""
    recipe = read_recipe(folder)
    request = recipe.request
    if isinstance(request.task, (Edit, Extend)):
        own = whole_text(replace(request, task=Extend(source=source)))
        if isinstance(request.task, Extend) and own.strip():
            return own
        before = source_prompt(request.task.source, words)
        if isinstance(request.task, Extend):
            return before
        return edited_prompt(before, request.task.instruction, words)
    if len(request.shots) > 1:
        return _together(request.prompt, shot_text(request, recipe.shot))
    return whole_text(request)


def used(references: tuple[Reference, ...]) -> tuple[tuple[Reference, str], ...]:
    """References that are sent, each with the name of its slot, such as ``Image1``."""
    sent = [one for one in references if one.weight != 0]
    packed = pack_references(references).references
    return tuple((one, slot.slot[1:]) for one, slot in zip(sent, packed, strict=True))


def _together(common: str, own: str) -> str:
    parts = [part.strip().rstrip(".") for part in (own, common) if part.strip()]
    return ", ".join(parts)


def _without_tags(text: str, packing: Packing) -> str:
    """``text`` of a source, whose tags are not this request's: unknown ones are left out."""
    known = {tag.casefold() for tag in packing.tags}
    for tag in tags_in(text):
        if tag.casefold() not in known:
            text = re.sub(rf"\s*@{re.escape(tag)}(?![\w-])", "", text)
    return compile_tags(text, packing)
