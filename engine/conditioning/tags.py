"""Tags of a prompt (``@Ava``) and the numbered slots (``@Image1``) they become for a request."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.api import Dropped, Kind, PackedReference, Reference, Role
from engine.errors import RequestError

_TAG = re.compile(r"(?<![\w@])@(\w+(?:-\w+)*)")
_SLOT = re.compile(r"(image|video|audio)\d+", re.IGNORECASE)
_SLOT_NAMES: dict[Kind, str] = {"image": "Image", "video": "Video", "audio": "Audio"}


@dataclass(frozen=True, kw_only=True)
class Packing:
    """The references that are sent, numbered by kind in the order given, and those that are not.

    Attributes:
        unsent: tags of references that are known but not sent.
    """

    references: tuple[PackedReference, ...]
    dropped: tuple[Dropped, ...] = ()
    unsent: tuple[str, ...] = ()

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that a prompt may name, each once."""
        known = [reference.tag for reference in self.references if reference.tag]
        return tuple(dict.fromkeys([*known, *self.unsent]))


def pack_references(
    references: Sequence[Reference],
    roles: Collection[Role] | None = None,
    left_out: Mapping[Reference, str] | None = None,
) -> Packing:
    """Number ``references`` into slots; those of weight 0 get none.

    Args:
        references: in the order in which they are numbered.
        roles: those that the model can use; references of others are dropped as well.
        left_out: those that are dropped for another reason, each with why.

    Raises:
        RequestError: if a tag cannot be told from a slot, or has characters no prompt can name.
    """
    counts: dict[Kind, int] = {}
    packed: list[PackedReference] = []
    dropped: list[Dropped] = []
    unsent: list[str] = []
    for reference in references:
        _check_tag(reference.tag)
        why = _why_dropped(reference, roles) or (left_out or {}).get(reference, "")
        if why:
            dropped.append(Dropped(what=_name(reference), why=why))
            unsent += [reference.tag] if reference.tag else []
            continue
        counts[reference.kind] = counts.get(reference.kind, 0) + 1
        packed.append(
            PackedReference(
                slot=f"@{_SLOT_NAMES[reference.kind]}{counts[reference.kind]}",
                tag=reference.tag,
                role=reference.role,
                source=reference.source,
                weight=reference.weight,
            )
        )
    return Packing(references=tuple(packed), dropped=tuple(dropped), unsent=tuple(unsent))


def compile_tags(text: str, packing: Packing) -> str:
    """``text`` with its tags replaced by the slots that carry them.

    A tag on several references becomes all their slots; the tag of a reference that is not sent
    stays as a plain word.

    Raises:
        RequestError: if ``text`` names a tag or slot that no reference has.
    """
    slots: dict[str, list[str]] = {}
    for reference in packing.references:
        slots.setdefault(reference.slot[1:].casefold(), [reference.slot])
        if reference.tag:
            slots.setdefault(reference.tag.casefold(), []).append(reference.slot)
    words = {tag.casefold(): tag for tag in packing.unsent}

    def replace(match: re.Match[str]) -> str:
        tag = match.group(1)
        key = tag.casefold()
        if key in slots:
            return " ".join(slots[key])
        if key in words:
            return words[key]
        raise RequestError(_unknown_sentence(tag, packing.tags))

    return _TAG.sub(replace, text)


def tags_in(text: str) -> tuple[str, ...]:
    """The tags that ``text`` names, without the ``@``, each once, in the order of appearance."""
    return tuple(dict.fromkeys(match.group(1) for match in _TAG.finditer(text)))


def unused_tags(texts: Iterable[str], packing: Packing) -> tuple[str, ...]:
    """Tags of sent references that none of ``texts`` names."""
    named = {tag.casefold() for text in texts for tag in tags_in(text)}
    sent = dict.fromkeys(r.tag for r in packing.references if r.tag)
    return tuple(tag for tag in sent if tag.casefold() not in named)


def role_text(role: Role) -> str:
    """``role`` as a sentence writes it."""
    return role.replace("_", " ")


def _check_tag(tag: str) -> None:
    if not tag:
        return
    if _SLOT.fullmatch(tag):
        raise RequestError(
            f"A reference cannot be called @{tag}: that is the name of a slot. Give it another tag."
        )
    if _TAG.fullmatch(f"@{tag}") is None:
        raise RequestError(
            f"{tag!r} cannot be a tag: use letters, digits and single hyphens, without spaces."
        )


def _why_dropped(reference: Reference, roles: Collection[Role] | None) -> str:
    if reference.weight == 0:
        return "Its weight is 0."
    if roles is not None and reference.role not in roles:
        return f"The model has not learned the role “{role_text(reference.role)}”."
    return ""


def _name(reference: Reference) -> str:
    return f"@{reference.tag}" if reference.tag else reference.source


def _unknown_sentence(tag: str, known: Sequence[str]) -> str:
    if not known:
        return f"The prompt names @{tag}, but the shot has no tagged reference."
    listed = ", ".join(f"@{name}" for name in known)
    return f"The prompt names @{tag}, which no reference of the shot has; known tags: {listed}."
