"""Whether sound lands when bodies do, contacts seen against onsets heard: ``sync`` rows.

- ``sync.f1``, ``sync.precision`` and ``sync.recall`` of onsets against contacts within 60 ms;
  contacts asked for are at least 300 ms apart, and one half sure explains an onset though none is
  asked of it. Chance is pictures with the next clip's sound.
- ``sync.offset_median_ms`` and ``sync.offset_p90_ms``: distance of the nearest pairs within 250 ms.
- ``sync.lead.independent`` and ``sync.lead.cascade``: by how much the F1 is above that of the same
  scenes made with the exchange off, and of their sound made for a finished picture. The scenes are
  drawn together, so that how hard they are falls out of the interval: 0 in it is no lead.
- ``sync.lag_ms``: the shift of the sound, within 300 ms, at which all onsets of a clip fit its
  contacts best, the median over clips; the idea of SyncNet's offset (Chung and Zisserman 2016, "Out
  of time"), on events in place of embeddings.

Detectors: the reader's contacts (a small network trained on truth) and the ear's onsets. Their own
errors are ``sync.detector.seen`` and ``sync.detector.heard``, the same rows of each of them alone
against the true contacts.

Shape letters: N clips.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from engine.metrics.evidence import Evidence, spaced
from engine.metrics.matching import Interval, Matches, bootstrapped, lag_s, match
from engine.world.truth import Contact

# Softer contacts are seen by nobody: the reader is not trained on them.
VISIBLE_M_S = 0.6
_EDGE_S = 0.04
# The eye's own offsets are about as wide as this.
_FIT_S = 0.03


def sync_scores(evidence: Evidence) -> dict[str, Interval]:
    """Onsets against the contacts that the pictures show."""
    lags_ms = np.array([clip_lag_ms(evidence, index) for index in range(len(evidence))])

    def lag_ms(chosen: np.ndarray) -> float:
        known = lags_ms[chosen][np.isfinite(lags_ms[chosen])]
        return float(np.median(known)) if len(known) else float("nan")

    rows = _scores("sync", clip_matches(evidence), offsets=True)
    return rows | {"sync.lag_ms": bootstrapped(len(evidence), lag_ms)}


def sync_leads(evidence: Evidence, others: Mapping[str, Evidence]) -> dict[str, Interval]:
    """How far the F1 is above that of ``others``, which show the same scenes."""
    own = clip_matches(evidence)

    def over(theirs: Sequence[Matches]) -> Callable[[np.ndarray], float]:
        def lead(chosen: np.ndarray) -> float:
            first, second = (
                Matches.joined(one[index] for index in chosen) for one in (own, theirs)
            )
            return first.f1 - second.f1

        return lead

    return {
        f"sync.lead.{name}": bootstrapped(len(own), over(clip_matches(other)))
        for name, other in others.items()
    }


def clip_lag_ms(evidence: Evidence, index: int) -> float:
    """How far a clip's sound is from its pictures as a whole; NaN where either has no event."""
    heard = [one.time_s for one in evidence.heard[index]]
    seen = [one.time_s for one in evidence.seen(index)]
    return 1000 * abs(lag_s(heard, seen, _FIT_S)) if heard and seen else float("nan")


def clip_matches(evidence: Evidence) -> list[Matches]:
    """Per clip: onsets found, of contacts seen at least 300 ms apart."""
    matches = []
    for index in range(len(evidence)):
        found = [heard.time_s for heard in evidence.heard[index]]
        wanted = spaced([seen.time_s for seen in evidence.seen(index)])
        allowed = [seen.time_s for seen in evidence.readings[index].contacts]
        matches.append(match(found, wanted, allowed))
    return matches


def seen_errors(evidence: Evidence, truth: Sequence[Sequence[Contact]]) -> dict[str, Interval]:
    """The reader's own error: contacts read from the truth's pictures against the truth."""
    matches = []
    for index, contacts in enumerate(truth):
        found = [seen.time_s for seen in evidence.seen(index)]
        visible = [c.time_s for c in contacts if c.speed_m_s >= VISIBLE_M_S]
        wanted = spaced([time_s for time_s in visible if time_s > _EDGE_S])
        matches.append(match(found, wanted, [c.time_s for c in contacts]))
    return _scores("sync.detector.seen", matches, offsets=True)


def heard_errors(evidence: Evidence, truth: Sequence[Sequence[Contact]]) -> dict[str, Interval]:
    """The ear's own error: onsets heard in the truth's sound against the truth."""
    matches = []
    for index, contacts in enumerate(truth):
        found = [heard.time_s for heard in evidence.heard[index]]
        wanted = [contact.time_s for contact in contacts if contact.audible]
        matches.append(match(found, wanted, [contact.time_s for contact in contacts]))
    return _scores("sync.detector.heard", matches, offsets=True)


def _scores(name: str, matches: Sequence[Matches], *, offsets: bool) -> dict[str, Interval]:
    rows: dict[str, Callable[[Matches], float]] = {
        f"{name}.f1": lambda joined: joined.f1,
        f"{name}.precision": lambda joined: joined.precision,
        f"{name}.recall": lambda joined: joined.recall,
    }
    if offsets:
        rows[f"{name}.offset_median_ms"] = lambda joined: _offset_ms(joined, 50)
        rows[f"{name}.offset_p90_ms"] = lambda joined: _offset_ms(joined, 90)

    def over(value: Callable[[Matches], float]) -> Callable[[np.ndarray], float]:
        return lambda chosen: value(Matches.joined(matches[index] for index in chosen))

    return {row: bootstrapped(len(matches), over(value)) for row, value in rows.items()}


def _offset_ms(matches: Matches, percentile: float) -> float:
    """Percentile of the distance between what was found and what it belongs to."""
    if not matches.offsets_s:
        return float("nan")
    return 1000 * float(np.percentile(np.abs(matches.offsets_s), percentile))
