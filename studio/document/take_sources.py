"""What takes were made from, and whether that still is what stands there.

An edit is *behind* when the take that it changed no longer stands for its shot (another preview was
kept in its place), or when that take was itself made again from a newer source. A full render of
the same take replaces nothing: it is the same take, better.
"""

from __future__ import annotations

from studio.document.film import Film
from studio.document.ledger import Ledger, TakeRecord
from studio.document.queries import best_upgrade, find_shot
from studio.document.take_lineage import Asked, asked, chain


def base_take(ledger: Ledger, take_id: str) -> str:
    """The take that a chain of upgrades began with."""
    take = ledger.takes.get(take_id)
    while take is not None and take.upgrade_of is not None and take.upgrade_of in ledger.takes:
        take = ledger.takes[take.upgrade_of]
    return take.id if take is not None else take_id


def is_behind(film: Film, ledger: Ledger, take: TakeRecord) -> bool:
    """Whether ``take`` was made from a take that another one has replaced since."""
    return bool(behind(film, ledger, take))


def behind(film: Film, ledger: Ledger, take: TakeRecord) -> tuple[TakeRecord, ...]:
    """The takes that must be made again, one after the other, until ``take`` is up to date."""
    line = chain(ledger, take)
    if len(line) < 2:
        return ()
    newest = _standing_root(film, ledger, line[0])
    for place, one in enumerate(line[1:], start=1):
        made_again = _made_again(ledger, newest, one)
        if made_again is None:
            return line[place:]
        newest = made_again
    return ()


def new_source(film: Film, ledger: Ledger, take: TakeRecord) -> TakeRecord | None:
    """What the first of the takes that are behind in ``take``'s chain is to be made from now."""
    line = chain(ledger, take)
    waiting = behind(film, ledger, take)
    if not waiting:
        return None
    source = _standing_root(film, ledger, line[0])
    for one in line[1 : len(line) - len(waiting)]:
        source = _made_again(ledger, source, one) or source
    return best_upgrade(ledger, source.id) or source


def _standing_root(film: Film, ledger: Ledger, root: TakeRecord) -> TakeRecord:
    """The take made from nothing that stands for the shot of ``root`` now."""
    shot = find_shot(film, root.shot_id or "")
    chosen = ledger.takes.get(shot.chosen_take_id or "") if shot is not None else None
    if chosen is None:
        return root
    other = chain(ledger, chosen)[0]
    return other if other.parent_id is None and other.shot_id == root.shot_id else root


def _made_again(ledger: Ledger, source: TakeRecord, one: TakeRecord) -> TakeRecord | None:
    """The take that was made from ``source`` as ``one`` was from its own; ``one`` itself, if so."""
    if base_take(ledger, one.parent_id or "") == base_take(ledger, source.id):
        return one
    wanted = _change(one)
    versions = {source.id, *(other.id for other in ledger.upgrades.get(source.id, ()))}
    found = [
        child
        for version in versions
        for child in ledger.children.get(version, ())
        if child.upgrade_of is None
        and _change(child) == wanted
        and ledger.decision(child.id) != "rejected"
    ]
    return found[-1] if found else None


def _change(take: TakeRecord) -> tuple[Asked, int]:
    """What an edit did, whatever it was done to."""
    return asked(take.recipe), take.seed
