"""The preflight list: what stands in a shot's way, with the fixes that are one click away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from engine.api import Capabilities, Finding
from studio.bridge.clerk import Report
from studio.bridge.film_names import named
from studio.bridge.limit_remarks import limit_remarks
from studio.bridge.remarks import Fix, Level, Remark, Subject, called
from studio.bridge.rows import IsGone
from studio.document.card_changes import retag_prompt
from studio.document.film import (
    Card,
    Film,
    Media,
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
    find_media,
    replaced_references,
    resolve_source,
    shot_failure,
    shot_words,
)
from studio.document.shot_changes import edit_reference, remove_reference
from studio.wording import tr

TAG = re.compile(r"(?<![\w@])@(\w+(?:-\w+)*)")
_SLOT = re.compile(r"(image|video|audio)\d+", re.IGNORECASE)


def preflight_rows(
    film: Film,
    ledger: Ledger,
    shot: Shot,
    capabilities: Capabilities | None,
    is_gone: IsGone,
    report: Report | None = None,
) -> tuple[Remark, ...]:
    """What is wrong with a shot: our own remarks with fixes, then what else the engine found.

    ``is_gone`` says of the tile of a reference whether its file is not there.
    """
    own = [*_failed(film, ledger, shot), *_tags(film, shot)]
    own += [*_missing(film, ledger, shot, is_gone), *_replaced(film, ledger, shot)]
    if capabilities is not None:
        own += limit_remarks(film, ledger, shot, capabilities)
    covered = {remark.subject for remark in own}
    heard = [] if report is None else _heard(film, ledger, report)
    rest = [remark for remark in heard if remark.subject not in covered]
    if capabilities is not None:
        rest += _spoken(shot, capabilities)
    order: dict[Level, int] = {"refused": 0, "warning": 1, "fixed": 2}
    return tuple(sorted((*own, *rest), key=lambda remark: order[remark.level]))


def _heard(film: Film, ledger: Ledger, report: Report) -> list[Remark]:
    findings = list(report.findings)
    if report.sentence and all(f.sentence != report.sentence for f in findings):
        findings.insert(0, Finding(level="refused", sentence=report.sentence))
    return [
        Remark(
            subject=_subject(f),
            level=f.level,
            sentence=named(f.sentence, film, ledger),
            remedy=named(f.remedy, film, ledger),
            ahead=f.level != "refused",
        )
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
        re.compile(
            r"no longer in the bins|not in the film|cannot be (read|found)|is not (there|in .+)\.$"
        ),
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


def _failed(film: Film, ledger: Ledger, shot: Shot) -> Iterator[Remark]:
    """Why there is no take of its last render, which the button that renders tries again."""
    if (failed := shot_failure(film, ledger, shot)) is not None:
        sentence, why = tr("The last render failed."), named(failed.sentence, film, ledger)
        yield Remark(subject="failed", level="warning", sentence=sentence, remedy=why)


def has_quotes(prompt: str) -> bool:
    """Whether somebody is to speak in a prompt."""
    return '"' in prompt or "“" in prompt


def _spoken(shot: Shot, capabilities: Capabilities) -> Iterator[Remark]:
    """What becomes of lines in quotes where nobody has recorded them."""
    recorded = any(one.role == "soundtrack" for one in shot.references)
    if recorded or not has_quotes(shot.prompt) or capabilities.quoted == "spoken":
        return
    takes_it = capabilities.max_tracks > 0 and "soundtrack" in capabilities.roles
    remedy = tr("Drop a recorded line on the references as soundtrack to have it spoken.")
    babbled = tr("Quoted lines come out as babble of about their length.")
    unheard = tr("{name} has nobody who could say quoted lines.", name=capabilities.name)
    yield Remark(
        subject="other",
        level="warning",
        sentence=babbled if capabilities.quoted == "babbled" else unheard,
        remedy=remedy if takes_it else "",
        ahead=True,
    )


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


def _missing(film: Film, ledger: Ledger, shot: Shot, is_gone: IsGone) -> Iterator[Remark]:
    """References that the film does not know any more, and those whose file is gone."""
    for one in shot.references:
        name, fixes = called(film, ledger, one), (_drop(shot, one),)
        match resolve_source(film, ledger, one.source):
            case Missing():
                sentence = tr("{called} is no longer in the film.", called=name)
                yield Remark(subject="missing", level="refused", sentence=sentence, fixes=fixes)
            case Media() as media if one.weight > 0 and is_gone(f"media:{media.id}"):
                yield _file_gone(media, one.tag, fixes)
            case TakeRecord() as take if one.weight > 0 and is_gone(f"take:{take.id}"):
                yield Remark(
                    subject="missing",
                    level="refused",
                    sentence=tr("{called} is gone from the film's folder.", called=name),
                    remedy=tr("Put {folder} back, or take it off.", folder=take.folder),
                    fixes=fixes,
                )
            case _:
                pass
    own = {one.tag.casefold() for one in shot.references if one.tag}
    for card in cards_named(film, shot_words(film, shot)):
        if card.tag.casefold() not in own:
            for media_id in (*card.media_ids, *((card.voice_id,) if card.voice_id else ())):
                media = find_media(film, media_id)
                if media is not None and is_gone(f"media:{media_id}"):
                    yield _file_gone(media, card.tag, ())


def _file_gone(media: Media, tag: str, fixes: tuple[Fix, ...]) -> Remark:
    """What is said of a file that is not in the film's folder any more."""
    name = tr("{name}, of @{tag},", name=media.name, tag=tag) if tag else media.name
    return Remark(
        subject="missing",
        level="refused",
        sentence=tr("{called} is gone from the film's folder.", called=name),
        remedy=tr("“Find missing media…” in the menu Film brings it back."),
        fixes=fixes,
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


def _drop(shot: Shot, one: ShotReference) -> Fix:
    return Fix(
        label=tr("Take it off"),
        name=tr("Take reference off"),
        change=lambda f: remove_reference(f, shot.id, one.id),
    )
