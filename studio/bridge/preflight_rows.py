"""The preflight list: what stands in a shot's way, with the fixes that are one click away."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from typing import Literal

from engine.api import Capabilities, Finding
from studio.bridge.clerk import Report
from studio.document.card_changes import retag_prompt
from studio.document.film import (
    Card,
    Film,
    Media,
    MediaKind,
    PictureSize,
    Shot,
    ShotReference,
    TakeSource,
    new_id,
)
from studio.document.ledger import Ledger, TakeRecord
from studio.document.library_changes import add_card
from studio.document.queries import (
    Missing,
    cards_named,
    replaced_references,
    resolve_source,
    shot_failure,
    shot_words,
)
from studio.document.shot_changes import edit_reference, edit_shot, remove_reference
from studio.wording import tr

Subject = Literal[
    "tag", "frames", "size", "rate", "pool", "missing", "role", "replaced", "failed", "other"
]
Level = Literal["fixed", "warning", "refused"]
TAG = re.compile(r"(?<![\w@])@(\w+(?:-\w+)*)")
_SLOT = re.compile(r"(image|video|audio)\d+", re.IGNORECASE)
_KIND_WORDS = {"image": "pictures", "video": "clips", "audio": "sounds"}


@dataclass(frozen=True, kw_only=True)
class Fix:
    """A change that would put a remark right; ``name`` is what undo calls it."""

    label: str
    name: str
    change: Callable[[Film], Film]


@dataclass(frozen=True, kw_only=True)
class Remark:
    """One line of the list."""

    subject: Subject
    level: Level
    sentence: str
    remedy: str = ""
    fixes: tuple[Fix, ...] = ()


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


def preflight_rows(
    film: Film,
    ledger: Ledger,
    shot: Shot,
    capabilities: Capabilities | None,
    report: Report | None = None,
) -> tuple[Remark, ...]:
    """What is wrong with a shot: our own remarks with fixes, then what else the engine found."""
    own = [*_failed(ledger, shot), *_tags(film, shot)]
    own += [*_missing(film, ledger, shot), *_replaced(film, ledger, shot)]
    if capabilities is not None:
        own += [
            *_frames(shot, capabilities),
            *_rate(shot, capabilities),
            *_size(shot, capabilities),
            *_pool(film, ledger, shot, capabilities),
            *_roles(shot, capabilities),
        ]
    covered = {remark.subject for remark in own}
    heard = [] if report is None else _heard(report)
    rest = [remark for remark in heard if remark.subject not in covered]
    order: dict[Level, int] = {"refused": 0, "warning": 1, "fixed": 2}
    return tuple(sorted((*own, *rest), key=lambda remark: order[remark.level]))


def _heard(report: Report) -> list[Remark]:
    findings = list(report.findings)
    if report.sentence and all(f.sentence != report.sentence for f in findings):
        findings.insert(0, Finding(level="refused", sentence=report.sentence))
    return [
        Remark(subject=_subject(f), level=f.level, sentence=f.sentence, remedy=f.remedy)
        for f in findings
    ]


_SUBJECTS: tuple[tuple[Subject, re.Pattern[str]], ...] = (
    ("tag", re.compile(r"names @")),
    ("frames", re.compile(r"cannot be \d+ pictures? long")),
    ("size", re.compile(r"cannot make pictures of \d+x\d+")),
    ("rate", re.compile(r"pictures a second\.$")),
    (
        "pool",
        re.compile(
            r"\b\d+ (pictures?|images?|clips?|videos?|tracks?|references?)\b.*(at most|most)"
        ),
    ),
    (
        "missing",
        re.compile(r"no longer in the bins|not in the film|cannot be (read|found)|is not there"),
    ),
)


def _subject(finding: Finding) -> Subject:
    """What one of the engine's findings is about, as far as our own remarks cover it."""
    if finding.level != "refused":
        return "other"
    sentence = finding.sentence
    for subject, pattern in _SUBJECTS:
        if pattern.search(sentence):
            return subject
    return "other"


def _failed(ledger: Ledger, shot: Shot) -> Iterator[Remark]:
    """Why there is no take of its last render, which the button that renders tries again."""
    if (failed := shot_failure(ledger, shot)) is not None:
        sentence = tr("The last render failed.")
        yield Remark(subject="failed", level="warning", sentence=sentence, remedy=failed.sentence)


def _tags(film: Film, shot: Shot) -> Iterator[Remark]:
    known = [card.tag for card in film.cards] + [r.tag for r in shot.references if r.tag]
    folded = {tag.casefold(): tag for tag in known}
    for tag in dict.fromkeys(TAG.findall(shot.prompt)):
        if tag.casefold() in folded or _SLOT.fullmatch(tag):
            continue
        near = get_close_matches(tag.casefold(), list(folded), n=2, cutoff=0.5)
        fixes = [
            Fix(
                label=f"@{folded[key]}",
                name=tr("Write @{folded}", folded=folded[key]),
                change=lambda f, old=tag, new=folded[key]: retag_prompt(f, shot.id, old, new),
            )
            for key in near
        ]
        fresh = Card(id=new_id(), kind="character", tag=tag)
        if tag.replace("_", "").isalnum():
            fixes.append(
                Fix(
                    label=tr("New card"),
                    name=tr("New card @{tag}", tag=tag),
                    change=lambda f, card=fresh: add_card(f, card),
                )
            )
        fixes.append(
            Fix(
                label=tr("Plain word"),
                name=tr("Write {tag}", tag=tag),
                change=lambda f, old=tag: retag_prompt(f, shot.id, old, ""),
            )
        )
        sentence = tr("Nothing is called @{tag}.", tag=tag)
        yield Remark(subject="tag", level="refused", sentence=sentence, fixes=tuple(fixes))


def _missing(film: Film, ledger: Ledger, shot: Shot) -> Iterator[Remark]:
    for one in shot.references:
        if isinstance(resolve_source(film, ledger, one.source), Missing):
            yield Remark(
                subject="missing",
                level="refused",
                sentence=tr(
                    "{called} is no longer in the film.", called=_called(film, ledger, one)
                ),
                fixes=(_drop(shot, one),),
            )


def _replaced(film: Film, ledger: Ledger, shot: Shot) -> Iterator[Remark]:
    for one, other in replaced_references(film, ledger, shot):
        chosen = other.chosen_take_id or ""

        def change(f: Film, one: ShotReference = one, chosen: str = chosen) -> Film:
            return edit_reference(f, shot.id, one.id, source=TakeSource(take_id=chosen))

        yield Remark(
            subject="replaced",
            level="warning",
            sentence=tr("{name} shows another take now than the one referred to.", name=other.name),
            fixes=(Fix(label=tr("Use the new one"), name=tr("Use the new take"), change=change),),
        )


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


def _roles(shot: Shot, can: Capabilities) -> Iterator[Remark]:
    for one in shot.references:
        if one.weight > 0 and one.role in can.untrained_roles:
            words = one.role.replace("_", " ")
            yield Remark(
                subject="role",
                level="warning",
                sentence=tr(
                    "{name} was not trained on the role “{words}”: do not count on it.",
                    name=can.name,
                    words=words,
                ),
                fixes=(),
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


def _called(film: Film, ledger: Ledger, one: ShotReference) -> str:
    if one.tag:
        return f"@{one.tag}"
    match resolve_source(film, ledger, one.source):
        case Media() as media:
            return media.name
        case Missing():
            return tr("A reference")
        case TakeRecord() as take:
            return take.label or tr("A take")


def _drop(shot: Shot, one: ShotReference) -> Fix:
    return Fix(
        label=tr("Take it off"),
        name=tr("Take reference off"),
        change=lambda f: remove_reference(f, shot.id, one.id),
    )


def _leave_out(film: Film, ledger: Ledger, shot: Shot, one: ShotReference) -> Fix:
    """Leave a reference in the pool but send it no more."""
    called = _called(film, ledger, one)
    return Fix(
        label=tr("Leave out {called}", called=called),
        name=tr("Leave out {called}", called=called),
        change=lambda f: edit_reference(f, shot.id, one.id, weight=0.0),
    )
