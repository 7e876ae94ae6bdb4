"""Rows of what is read in pictures and heard in sound, beside their floors and detectors' errors.

Chance pairs each clip with its neighbour; names are chanced over all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.metrics.evidence import ClipSet, Evidence
from engine.metrics.matching import Interval
from engine.metrics.prompt import found_errors, prompt_chance, prompt_scores
from engine.metrics.report import FLOORS, Score
from engine.metrics.stereo import pan_errors, place_errors, stereo_scores
from engine.metrics.sync import heard_errors, seen_errors, sync_leads, sync_scores

Rows = dict[str, Interval]
# The same weights in ways that the exchange is to be ahead of.
_BEHIND = ("independent", "cascade")


def read_scores_of(
    main: str, seen: Mapping[str, Evidence], groups: list[str], truth: ClipSet
) -> dict[str, Score]:
    """Every row of ``groups`` for the set ``main``, and the detectors' own errors.

    Args:
        main: name of the set that is scored; the others are its floors.
        seen: evidence of every set.
        groups: of ``sync``, ``stereo`` and ``prompt``.
        truth: the world's own clips, with what is known of them.
    """
    takers: dict[str, Callable[[Evidence], Rows]] = {
        "sync": sync_scores,
        "stereo": stereo_scores,
        "prompt": prompt_scores,
    }
    chances: dict[str, Callable[[Evidence], Rows]] = {
        "sync": lambda one: sync_scores(one.with_sound_of(_next(len(one)))),
        "stereo": lambda one: stereo_scores(one, one.with_pictures_of(_next(len(one)))),
        "prompt": prompt_chance,
    }
    detectors: dict[str, Callable[[], Rows]] = {
        "sync": lambda: (
            seen_errors(seen["truth"], truth.contacts) | heard_errors(seen["truth"], truth.contacts)
        ),
        "stereo": lambda: (
            place_errors(seen["truth"], truth.contacts) | pan_errors(seen["truth"], truth.contacts)
        ),
        "prompt": lambda: {} if truth.masks is None else found_errors(seen["truth"], truth.masks),
    }
    scores: dict[str, Score] = {}
    for group in groups:
        rows = {name: takers[group](evidence) for name, evidence in seen.items()}
        rows["shuffled"] = chances[group](seen[main])
        for name, value in rows[main].items():
            floors = {floor: rows[floor][name] for floor in FLOORS if floor in rows}
            scores[name] = Score(value=value, floors=floors)
        if group == "sync":
            behind = {name: seen[name] for name in _BEHIND if name in seen}
            leads = sync_leads(seen[main], behind)
            scores |= {name: Score(value=value) for name, value in leads.items()}
        if group in detectors:
            scores |= {name: Score(value=value) for name, value in detectors[group]().items()}
    return scores


def _next(count: int) -> list[int]:
    """Everybody else's: each clip's neighbour."""
    return [(index + 1) % count for index in range(count)]
