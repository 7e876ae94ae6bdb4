"""Reference rows: what a shot is made with, and the role that a dropped file most likely has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from engine.api import ROLES_BY_KIND, Capabilities
from studio.bridge.bin_items import facts_in_words
from studio.bridge.rows import IsGone
from studio.document.film import (
    Film,
    Media,
    MediaKind,
    MediaSource,
    ReferenceRole,
    Shot,
    ShotReference,
    TakeSource,
    new_id,
)
from studio.document.ledger import Ledger, TakeRecord
from studio.document.queries import Missing, find_shot, resolve_source
from studio.wording import term, tr

ROLE_WORDS: Mapping[ReferenceRole, str] = {
    "subject": term("Subject"),
    "environment": term("Place"),
    "style": term("Style"),
    "motion": term("Motion"),
    "camera": term("Camera move"),
    "voice": term("Voice"),
    "music": term("Music"),
    "soundtrack": term("Soundtrack"),
    "first_frame": term("First frame"),
    "last_frame": term("Last frame"),
    "keyframe": term("Keyframe"),
}

_KINDS: tuple[MediaKind, ...] = ("image", "video", "audio")
_IMAGE_ROLES = ("first_frame", "last_frame", "keyframe")
_SOUND_ROLES = ("voice", "music", "soundtrack")


@dataclass(frozen=True, kw_only=True)
class ReferenceRow:
    """One reference as its card shows it; ``tile`` names its picture to the tile cache.

    Attributes:
        start_s, end_s: the part of a clip or sound that is used; the end is its own by default.
        length_s: how long the file is; 0 where it has no length.
        at_s: where a keyframe stands in the shot; ``None`` where it is none.
        unit_hz: units of the document a second, by which a part is set.
    """

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
    start_s: float = 0.0
    end_s: float = 0.0
    length_s: float = 0.0
    at_s: float | None = None
    unit_hz: Fraction = Fraction(1)


def reference_rows(
    film: Film, ledger: Ledger, shot: Shot, is_gone: IsGone, capabilities: Capabilities | None
) -> tuple[ReferenceRow, ...]:
    """The references of a shot, in their order; ``is_gone`` knows which files are not there."""
    return tuple(
        _row(film, ledger, shot, reference, is_gone, capabilities) for reference in shot.references
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


def taken_reference(take: TakeRecord, capabilities: Capabilities | None) -> ShotReference:
    """The reference that dropping a take on a shot makes: a still is a first frame."""
    roles = offered_roles("image" if take.kind == "still" else "video", capabilities)
    first = "first_frame" if take.kind == "still" and "first_frame" in roles else roles[0]
    return ShotReference(id=new_id(), source=TakeSource(take_id=take.id), role=first)


def _row(
    film: Film,
    ledger: Ledger,
    shot: Shot,
    reference: ShotReference,
    is_gone: IsGone,
    capabilities: Capabilities | None,
) -> ReferenceRow:
    source = resolve_source(film, ledger, reference.source)
    match source:
        case Media() as media:
            name, kind, tile = media.name, media.kind, f"media:{media.id}"
            facts = facts_in_words(media)
            missing = is_gone(tile)
            unit_hz, length = _length(media)
        case TakeRecord() as take:
            kind = "image" if reference.role in _IMAGE_ROLES else "video"
            kind = "audio" if reference.role in _SOUND_ROLES else kind
            name, tile = take_name(film, take), f"take:{take.id}"
            facts = f"{take.width} × {take.height}"
            missing = is_gone(tile)
            unit_hz, length = take.rate, take.frames
            if kind == "audio":
                unit_hz, length = Fraction(take.sample_rate_hz), take.samples
        case Missing(sentence=sentence):
            name, kind, tile, facts, missing = tr("Missing"), "image", "", sentence, True
            unit_hz, length = Fraction(1), 0
    roles = offered_roles(kind, capabilities)
    if isinstance(source, TakeRecord):
        every: list[ReferenceRole] = [r for k in _KINDS for r in offered_roles(k, capabilities)]
        roles = tuple(dict.fromkeys(every))
    if kind == "image":
        length = 0
    end = length if reference.end is None else reference.end
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
        start_s=float(reference.start / unit_hz),
        end_s=float(end / unit_hz),
        length_s=float(length / unit_hz),
        at_s=_at_s(reference, shot),
        unit_hz=unit_hz,
    )


def _length(media: Media) -> tuple[Fraction, int]:
    """Units a second of a file, and how many of them it has."""
    facts = media.facts
    if media.kind == "audio":
        return Fraction(facts.sample_rate_hz or 1), facts.samples
    return facts.rate or Fraction(1), facts.frames


def _at_s(reference: ShotReference, shot: Shot) -> float | None:
    if reference.role != "keyframe":
        return None
    return float((reference.at_frame or 0) / shot.rate)


def take_name(film: Film, take: TakeRecord) -> str:
    """What a take is called beside files: its words, and its shot's name."""
    shot = find_shot(film, take.shot_id or "")
    what = tr("Still") if take.kind == "still" else take.label or tr("Take")
    return tr("{what} of {name}", what=what, name=shot.name) if shot is not None else what
