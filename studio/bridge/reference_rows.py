"""Reference rows: what a shot is made with, and the role that a dropped file most likely has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.api import ROLES_BY_KIND, Capabilities
from studio.bridge.bin_items import facts_in_words
from studio.document.film import (
    Film,
    Media,
    MediaKind,
    MediaSource,
    ReferenceRole,
    Shot,
    ShotReference,
    new_id,
)
from studio.document.ledger import Ledger, TakeRecord
from studio.document.queries import Missing, resolve_source

ROLE_WORDS: Mapping[ReferenceRole, str] = {
    "subject": "Subject",
    "environment": "Place",
    "style": "Style",
    "motion": "Motion",
    "camera": "Camera move",
    "voice": "Voice",
    "music": "Music",
    "soundtrack": "Soundtrack",
    "first_frame": "First frame",
    "last_frame": "Last frame",
    "keyframe": "Keyframe",
}


@dataclass(frozen=True, kw_only=True)
class ReferenceRow:
    """One reference as its card shows it; ``tile`` names its picture to the tile cache."""

    id: str
    name: str
    kind: MediaKind
    tag: str
    role: ReferenceRole
    roles: tuple[ReferenceRole, ...]
    weight: float
    tile: str
    facts: str = ""
    missing: bool = False


def reference_rows(
    film: Film, ledger: Ledger, shot: Shot, folder: Path, capabilities: Capabilities | None
) -> tuple[ReferenceRow, ...]:
    """The references of a shot, in their order."""
    return tuple(
        _row(film, ledger, reference, folder, capabilities) for reference in shot.references
    )


def offered_roles(kind: MediaKind, capabilities: Capabilities | None) -> tuple[ReferenceRole, ...]:
    """The roles that a file of ``kind`` can have with this engine."""
    roles: tuple[ReferenceRole, ...] = ROLES_BY_KIND[kind]
    if capabilities is None:
        return roles
    known: tuple[ReferenceRole, ...] = tuple(r for r in roles if r in capabilities.roles)
    return known or roles


def new_reference(film: Film, media: Media, capabilities: Capabilities | None) -> ShotReference:
    """The reference that dropping ``media`` on a shot makes, with the tag of its card."""
    roles = offered_roles(media.kind, capabilities)
    card = next((c for c in film.cards if media.id in c.media_ids or c.voice_id == media.id), None)
    role = roles[0]
    if media.kind == "image" and card is not None and card.kind == "place":
        role = "environment" if "environment" in roles else role
    return ShotReference(
        id=new_id(),
        source=MediaSource(media_id=media.id),
        role=role,
        tag=card.tag if card is not None else "",
    )


def _row(
    film: Film,
    ledger: Ledger,
    reference: ShotReference,
    folder: Path,
    capabilities: Capabilities | None,
) -> ReferenceRow:
    source = resolve_source(film, ledger, reference.source)
    match source:
        case Media() as media:
            name, kind, tile = media.name, media.kind, f"media:{media.id}"
            facts = facts_in_words(media)
            missing = not (folder / media.path).is_file()
        case TakeRecord() as take:
            name, kind, tile = take.label or "Take", "video", f"take:{take.id}"
            facts, missing = f"{take.width} × {take.height}", False
        case Missing(sentence=sentence):
            name, kind, tile, facts, missing = "Missing", "image", "", sentence, True
    roles = offered_roles(kind, capabilities)
    if reference.role not in roles:
        roles = (*roles, reference.role)
    return ReferenceRow(
        id=reference.id,
        name=name,
        kind=kind,
        tag=reference.tag,
        role=reference.role,
        roles=roles,
        weight=reference.weight,
        tile=tile,
        facts=facts,
        missing=missing,
    )
