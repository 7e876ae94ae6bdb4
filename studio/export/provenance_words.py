"""The manifest of a film in words, a line each."""

from __future__ import annotations

from collections.abc import Iterator

from studio.document.codec import Body, Plain
from studio.export.provenance import origin_words


def manifest_lines(body: Body) -> list[str]:
    """All that a manifest says, for a person to read."""
    return [
        origin_words(body.get("origin")),
        f"{body.get('film')}, {body.get('timeline')}: {body.get('from')} to {body.get('until')}, "
        f"exported {body.get('exported')} by {body.get('made_by')}",
        *_takes(_bodies(body.get("takes"))),
        *_files(_bodies(body.get("files"))),
        *_edits(body.get("edits")),
    ]


def _bodies(held: Plain) -> list[Body]:
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def _use(one: Body) -> str:
    """What a take or file is to the film."""
    return str(one.get("used_as") or ("film" if one.get("in_the_film") else "reference"))


def _takes(takes: list[Body]) -> Iterator[str]:
    if not takes:
        return
    yield f"{len(takes)} generated {'take' if len(takes) == 1 else 'takes'}:"
    for take in takes:
        name = take.get("shot") or take.get("id")
        role = {"film": "", "source": " (an earlier version)"}.get(_use(take), " (a reference)")
        weights = take.get("weights") or "weights that are not known"
        yield f"  {name}{role}: {take.get('kind')}, by {weights}, seed {take.get('seed')}"
        yield from _making(take)
        if take.get("prompt"):
            yield f"    Prompt: {take['prompt']}"
        if take.get("instruction"):
            yield f"    Edit: {take['instruction']}"
        for one in _bodies(take.get("references")):
            known = f"take {one['take']}" if one.get("take") else str(one.get("sha256"))[:12]
            yield f"    Reference: {one.get('source')} ({known or 'not hashed'})"


def _making(take: Body) -> Iterator[str]:
    """By what program a take was made, where its recipe was read."""
    if not take.get("backend"):
        return
    told = f"    Made by {take['backend']}, engine {take.get('engine') or 'not known'}"
    if take.get("sampler"):
        told += f", {take.get('steps')} steps of {take['sampler']}"
    yield told


def _files(files: list[Body]) -> Iterator[str]:
    if not files:
        return
    yield f"{len(files)} imported {'file' if len(files) == 1 else 'files'}:"
    for one in files:
        role = {"film": "in the film", "source": "edited"}.get(_use(one), "a reference")
        rights = one.get("rights") or "no rights noted"
        digest = str(one.get("sha256"))[:12]
        yield f"  {one.get('name')} ({one.get('kind')}, {role}, {digest}): {rights}"


def _edits(edits: Plain) -> Iterator[str]:
    if isinstance(edits, dict):
        counted = [f"{number} {name}" for name, number in edits.items() if number]
        yield f"Edited: {', '.join(counted) or 'nothing'}"
