"""The engine's limits as remarks: lengths, sizes, rates and how many references it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from engine.api import Capabilities
from studio.bridge.remarks import Fix, Remark, called
from studio.document.film import Film, Media, MediaKind, PictureSize, Shot, ShotReference
from studio.document.ledger import Ledger, TakeRecord
from studio.document.queries import Missing, cards_named, resolve_source, shot_words
from studio.document.shot_changes import edit_reference, edit_shot
from studio.wording import tr

_KIND_WORDS = {"image": "pictures", "video": "clips", "audio": "sounds"}


@dataclass(frozen=True, kw_only=True)
class PoolCount:
    """References of one kind that would be sent, and the most that the engine takes."""

    kind: MediaKind | Literal["all"]
    used: int
    most: int | None

    @property
    def is_over(self) -> bool:
        """Whether there are more than can be sent."""
        return self.most is not None and self.used > self.most


def pool_counts(
    film: Film, ledger: Ledger, shot: Shot, capabilities: Capabilities | None
) -> tuple[PoolCount, ...]:
    """How much of the engine's limits a shot uses, references of named cards included."""
    used = Counter(kind for _, kind in _sent(film, ledger, shot))
    can = capabilities
    counts = [
        PoolCount(kind="image", used=used["image"], most=None if can is None else can.max_images),
        PoolCount(kind="video", used=used["video"], most=None if can is None else can.max_videos),
        PoolCount(kind="audio", used=used["audio"], most=None if can is None else can.max_tracks),
    ]
    if can is not None and can.max_references is not None:
        total = PoolCount(kind="all", used=sum(used.values()), most=can.max_references)
        counts.append(total)
    return tuple(counts)


def limit_remarks(film: Film, ledger: Ledger, shot: Shot, can: Capabilities) -> Iterator[Remark]:
    """What of a shot the engine does not make, each with what it makes instead."""
    yield from _frames(shot, can)
    yield from _rate(shot, can)
    yield from _size(shot, can)
    yield from _pool(film, ledger, shot, can)


def _frames(shot: Shot, can: Capabilities) -> Iterator[Remark]:
    if shot.frames in can.frames:
        return
    near = sorted(can.frames, key=lambda n: abs(n - shot.frames))[:2]
    fixes = tuple(
        Fix(
            label=f"{float(Fraction(n) / shot.rate):.2f} s",
            name=tr("Set length"),
            change=lambda f, n=n: edit_shot(f, shot.id, frames=n),
        )
        for n in sorted(near)
    )
    sentence = tr("A shot of {frames:.2f} s cannot be made.", frames=float(shot.frames / shot.rate))
    yield Remark(subject="frames", level="refused", sentence=sentence, fixes=fixes)


def _rate(shot: Shot, can: Capabilities) -> Iterator[Remark]:
    if shot.rate in can.rates:
        return
    rate = min(can.rates, key=lambda one: abs(one - shot.rate))
    wanted = shot.frames / shot.rate * rate
    frames = min(can.frames, key=lambda n: abs(n - wanted))
    fix = Fix(
        label=tr("{rate:g} a second", rate=float(rate)),
        name=tr("Set rate"),
        change=lambda f: edit_shot(f, shot.id, rate=rate, frames=frames),
    )
    sentence = tr(
        "{name} does not make {rate:g} pictures a second.", name=can.name, rate=float(shot.rate)
    )
    yield Remark(subject="rate", level="refused", sentence=sentence, fixes=(fix,))


def _size(shot: Shot, can: Capabilities) -> Iterator[Remark]:
    if shot.size is None or any(
        (one.width, one.height) == (shot.size.width, shot.size.height) for one in can.sizes
    ):
        return
    shape = shot.size.width / shot.size.height

    def unlikeness(size: PictureSize) -> tuple[float, int]:
        ratio = size.width / size.height / shape
        area = abs(size.width * size.height - shot_area)
        return round(max(ratio, 1 / ratio), 2), area

    shot_area = shot.size.width * shot.size.height
    sizes = sorted(
        (PictureSize(width=one.width, height=one.height) for one in can.sizes), key=unlikeness
    )
    fixes = tuple(
        Fix(
            label=f"{size.width} × {size.height}",
            name=tr("Set size"),
            change=lambda f, size=size: edit_shot(f, shot.id, size=size),
        )
        for size in sizes[:2]
    )
    sentence = tr(
        "{name} does not make {width} × {height}.",
        name=can.name,
        width=shot.size.width,
        height=shot.size.height,
    )
    yield Remark(subject="size", level="refused", sentence=sentence, fixes=fixes)


def _pool(film: Film, ledger: Ledger, shot: Shot, can: Capabilities) -> Iterator[Remark]:
    kinds = {
        one.id: kind for one in shot.references if (kind := _kind_of(film, ledger, one)) is not None
    }
    for count in pool_counts(film, ledger, shot, can):
        if not count.is_over:
            continue
        words = "references" if count.kind == "all" else _KIND_WORDS[count.kind]
        own = [
            one
            for one in shot.references
            if one.weight > 0 and count.kind in ("all", kinds.get(one.id))
        ]
        # The lightest first, and of equals the one that came last.
        lightest = sorted(enumerate(own), key=lambda pair: (pair[1].weight, -pair[0]))[:3]
        fixes = tuple(_leave_out(film, ledger, shot, one) for _, one in lightest)
        yield Remark(
            subject="pool",
            level="refused",
            sentence=tr(
                "{used} {words} are more than the {most} that can be sent.",
                used=count.used,
                words=words,
                most=count.most,
            ),
            fixes=fixes,
        )


def _sent(film: Film, ledger: Ledger, shot: Shot) -> Iterator[tuple[str, MediaKind]]:
    """Ids and kinds of all that would be sent: own references, and files of named cards."""
    for one in shot.references:
        kind = _kind_of(film, ledger, one)
        if one.weight > 0 and kind is not None:
            yield one.id, kind
    own = {one.tag.casefold() for one in shot.references if one.tag}
    kinds: dict[str, MediaKind] = {media.id: media.kind for media in film.media}
    for card in cards_named(film, shot_words(film, shot)):
        if card.tag.casefold() in own:
            continue
        for media_id in (*card.media_ids, *((card.voice_id,) if card.voice_id else ())):
            if media_id in kinds:
                yield media_id, kinds[media_id]


def _kind_of(film: Film, ledger: Ledger, one: ShotReference) -> MediaKind | None:
    match resolve_source(film, ledger, one.source):
        case Media() as media:
            return media.kind
        case Missing():
            return None
        case TakeRecord():
            if one.role in ("voice", "music", "soundtrack"):
                return "audio"
            return "image" if one.role in ("first_frame", "last_frame", "keyframe") else "video"


def _leave_out(film: Film, ledger: Ledger, shot: Shot, one: ShotReference) -> Fix:
    """Leave a reference in the pool but send it no more."""
    name = called(film, ledger, one)
    return Fix(
        label=tr("Leave out {called}", called=name),
        name=tr("Leave out {called}", called=name),
        change=lambda f: edit_reference(f, shot.id, one.id, weight=0.0),
    )
