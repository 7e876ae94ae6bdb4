"""What has moved between two moments of a film and its ledger: the shots to look at again."""

from __future__ import annotations

from dataclasses import replace

from studio.document.film import Film, Shot, TakeSource
from studio.document.ledger import Ledger


def shots_moved(
    before: tuple[Film, Ledger], after: tuple[Film, Ledger]
) -> frozenset[str | None] | None:
    """The shots that may look or be otherwise than before: ids of shots, also of those gone.

    Returns:
        ``None`` where all of them may, because something that they share is another;
        ``None`` among the ids stands for takes of no shot.
    """
    (known_film, known_ledger), (film, ledger) = before, after
    if not _share_all(known_film, film):
        return None
    moved = _recorded(known_ledger, ledger) | _changed(known_film, film)
    if not moved:
        return frozenset()
    # A shot whose references are takes of other shots is stale when those choose others.
    moved.update(shot.id for shot in film.shots if _leans_on_takes(shot))
    return frozenset(moved)


def is_cut_alone(before: Film, after: Film) -> bool:
    """Whether nothing but the timelines is another: no shot and nothing that shots are made of."""
    cut = replace(after, timelines=before.timelines, active_timeline_id=before.active_timeline_id)
    return cut == before


def _share_all(known: Film, film: Film) -> bool:
    return (
        film.media is known.media
        and film.cards is known.cards
        and film.settings is known.settings
        and (film.rate, film.width, film.height) == (known.rate, known.width, known.height)
    )


def _recorded(known: Ledger, ledger: Ledger) -> set[str | None]:
    """The shots of which a take, a job or a decision was recorded."""
    moved: set[str | None] = set()
    if ledger.jobs is not known.jobs:
        for job in ledger.jobs.values():
            if known.jobs.get(job.id) is not job:
                moved.update(job.shots)
    if ledger.takes is not known.takes:
        moved.update(t.shot_id for t in ledger.takes.values() if t.id not in known.takes)
    if ledger.keeps is not known.keeps:
        for keep in ledger.keeps.values():
            if known.keeps.get(keep.take_id) is not keep and keep.take_id in ledger.takes:
                moved.add(ledger.takes[keep.take_id].shot_id)
    return moved


def _changed(known: Film, film: Film) -> set[str | None]:
    """The shots that were written, added or removed."""
    if film.shots is known.shots:
        return set()
    now, then = film.shots_by_id, known.shots_by_id
    changed: set[str | None] = {key for key, shot in now.items() if then.get(key) is not shot}
    changed.update(then.keys() - now.keys())
    return changed


def _leans_on_takes(shot: Shot) -> bool:
    return any(isinstance(one.source, TakeSource) for one in shot.references)
