"""Scores beside their floors, as JSON, as a table for people, and compared with another's."""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from engine.errors import RequestError
from engine.metrics.matching import Interval
from engine.whole_files import write_whole

FLOORS = ("truth", "retake", "codec", "shuffled", "independent", "cascade")
_RANKED = ("truth", "codec", "shuffled")
_SAME_CLIPS = "the same clips in another order have the same distribution and the same faults"
# Rows that chance does not rank, and why; that they fall is shown by spoilt clips alone.
UNRANKED = {
    "overlap_share": "a neighbour's clip does not show both bodies, so none lies in the other",
    "feature_distance": _SAME_CLIPS,
    "silent_share": _SAME_CLIPS,
    "clipped_share": _SAME_CLIPS,
    "dc_share": _SAME_CLIPS,
    "mono_share": _SAME_CLIPS,
}
_LOWER_IS_BETTER = (
    *("_ms", ".error", "_error", "error_db", "mono_loss_db", "log_spectral_db", "_distance"),
    *("_residual", "_gain", "_leak", "drift", "_jump", "_overlap", "_share", "_cents", "_px"),
)


# Whose codecs decoded, where they are those that the program comes with.
SHIPPED = "shipped"
# Facts of a report that its rows depend on beside the weights.
_TAKEN_WITH = (
    *("clips", "level", "manner", "sampler", "codecs", "video_vae", "audio_vae", "vocoder"),
    "reader_threshold",
)
# What they were where a report does not say. Without a level rows are taken on the lowest that
# shows them: those that level 1 shows are of the same clips as where it is named, and it has no
# others.
_UNSAID: Mapping[str, object] = {"level": 1, "sampler": "euler"}


@dataclass(frozen=True, kw_only=True)
class Score:
    """A value and what it is to be held against.

    Attributes:
        value: of what is scored.
        floors: the same measure of the truth, of chance and of the baselines.
        why: where there is no value, why it is not measurable.
    """

    value: Interval
    floors: dict[str, Interval] = field(default_factory=dict)
    why: str = ""

    @staticmethod
    def missing(why: str) -> Score:
        """A row that cannot be measured, and why."""
        nothing = float("nan")
        return Score(value=Interval(value=nothing, low=nothing, high=nothing, n=0), why=why)

    def to_json(self) -> dict[str, Any]:
        """As the report's file has it."""
        floors = {}
        for name, interval in self.floors.items():
            floors[name] = {key: _plain(value) for key, value in interval.to_json().items()}
            del floors[name]["n"]
        plain = {key: _plain(value) for key, value in self.value.to_json().items()}
        plain |= {"floors": floors}
        return plain | {"not_measurable": self.why} if self.why else plain


@dataclass(frozen=True, kw_only=True)
class Report:
    """All scores of some weights.

    Attributes:
        about: how they were taken.
    """

    weights: str
    scores: dict[str, Score]
    about: dict[str, object] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As the report's file has it."""
        scores = {name: score.to_json() for name, score in self.scores.items()}
        return {"weights": self.weights, **self.about, "scores": scores}

    def table(self) -> str:
        """How they were taken, then one line a score; last what is not measurable, by reason."""
        lines = [self._taken(), f"{'score':34} {'value':>8}  {'95% interval':>18}  floors"]
        for name, score in self.scores.items():
            value = score.value
            if score.why:
                continue
            floors = "  ".join(f"{key} {short(one.value)}" for key, one in score.floors.items())
            interval = f"{short(value.low)} to {short(value.high)}"
            lines.append(f"{name:34} {short(value.value):>8}  {interval:>18}  {floors}")
        for why, names in reasons(self.scores).items():
            lines.append(f"not measurable: {why}")
            listed = textwrap.wrap(", ".join(names), 96, break_on_hyphens=False)
            lines += [f"    {line}" for line in listed]
        return "\n".join(line for line in lines if line)

    def _taken(self) -> str:
        """On what, and by whose codecs, as a sentence; empty where nothing is known of it."""
        about = self.about
        told = [f"{about['clips']} clips"] if "clips" in about else []
        if "level" in about:
            level = about["level"]
            told.append(
                "each row on the lowest level of the world that shows it"
                if level is None
                else f"level {level} of the world"
            )
        if about.get("transformer"):
            told.append(f"rendered {about['manner']}")
        if "codecs_from" in about:
            whose = about["codecs_from"]
            known = "the shipped codecs" if whose == SHIPPED else f"the codecs in {whose}"
            told.append(f"decoded by {known} ({about['codecs']})")
        return f"Taken on {', '.join(told)}." if told else ""


def reasons(scores: Mapping[str, Score]) -> dict[str, list[str]]:
    """Why rows are not measurable, and which."""
    found: dict[str, list[str]] = {}
    for name, score in scores.items():
        if score.why:
            found.setdefault(score.why, []).append(name)
    return found


def write_json(path: Path, report: Report) -> None:
    """Write the report through a file beside it.

    Raises:
        EngineError: if it cannot be written.
    """
    write_whole(path, json.dumps(report.to_json(), indent=1))


def unranked(name: str) -> str:
    """Why chance says nothing of the row ``name``; empty where it does."""
    return next((why for end, why in UNRANKED.items() if name.endswith(end)), "")


def misplaced(scores: Mapping[str, Score]) -> dict[str, str]:
    """Rows whose floors stand in the wrong order beyond their intervals, and how they do.

    Truth is to be as good as a round trip, and a round trip better than chance; where intervals
    touch, nothing is told. What chance does not rank (``UNRANKED``) is left out.
    """
    found = {}
    for name, score in scores.items():
        if unranked(name) or score.why:
            continue
        known = [(floor, score.floors[floor]) for floor in _RANKED if floor in score.floors]
        for (better, first), (worse, second) in pairwise(known):
            verdict = verdict_on(name, second.to_json(), first.to_json())
            if verdict == "worse":
                found[name] = f"{worse} {short(second.value)} is better than {better}'s"
    return found


def read_scores(path: Path) -> dict[str, Any]:
    """The JSON of a report.

    Raises:
        RequestError: if the file is not one.
    """
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        for score in plain["scores"].values():
            for one in (score, *score.get("floors", {}).values()):
                _ = [_number(one[end]) for end in ("value", "low", "high")]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise RequestError(f"{path} is not a report of scores: {why}.") from error
    return plain


def _number(value: object) -> None:
    """Refuse what is neither a number nor nothing."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise TypeError(f"{value!r} is no number")


def compare(first: Mapping[str, Any], second: Mapping[str, Any]) -> str:
    """What became of every score from the first report to the second, one line each.

    What they were taken with comes first where it differs, as it may be what the rows tell of.
    """
    lines = []
    for fact in _TAKEN_WITH:
        one, two = (
            _UNSAID.get(fact) if report.get(fact) is None else report[fact]
            for report in (first, second)
        )
        if None not in (one, two) and one != two:
            lines.append(f"{fact}: {one} in the first, {two} in the second")
    lines.append(f"{'score':34} {'first':>8} {'second':>8}  verdict")
    before, after = first["scores"], second["scores"]
    shared = [name for name in before if name in after]
    for name in shared:
        one, two = before[name], after[name]
        values = f"{short(one['value']):>8} {short(two['value']):>8}"
        lines.append(f"{name:34} {values}  {_unmeasured(one, two) or verdict_on(name, one, two)}")
    if not shared:
        lines.append("The two reports have no score in common.")
    lines.extend(
        f"{missing:34} only in the {'first' if missing in before else 'second'}"
        for missing in sorted(set(before) ^ set(after))
    )
    return "\n".join(lines)


def _unmeasured(first: Mapping[str, Any], second: Mapping[str, Any]) -> str:
    """Where a row has no value to compare; empty where both have one."""
    without = [one for one in (first, second) if one["value"] is None]
    if not without:
        return ""
    which = "either" if len(without) == 2 else "the first" if without[0] is first else "the second"
    return f"not measurable in {which}"


def worsened(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """Scores that are worse in the second report than in the first, their intervals apart."""
    before, after = first["scores"], second["scores"]
    return [
        name
        for name in before
        if name in after and verdict_on(name, before[name], after[name]) == "worse"
    ]


def lost(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """Scores that the first report has a value of and the second has none."""
    after = second["scores"]
    return [
        name
        for name, score in first["scores"].items()
        if score["value"] is not None and after.get(name, {}).get("value") is None
    ]


def verdict_on(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """``better`` or ``worse`` if the intervals lie apart, else ``unsure``."""
    bounds = [before["low"], before["high"], after["low"], after["high"]]
    if any(bound is None or not math.isfinite(bound) for bound in bounds):
        return "unsure"
    rose, fell = after["low"] > before["high"], after["high"] < before["low"]
    if not rose and not fell:
        return "unsure"
    return "better" if rose != lower_is_better(name) else "worse"


def lower_is_better(name: str) -> bool:
    """Whether a smaller value of score ``name`` is the better one."""
    return name.endswith(_LOWER_IS_BETTER)


def _plain(value: float) -> float | None:
    """JSON has no NaN: what is undefined is null."""
    return round(float(value), 5) if math.isfinite(value) else None


def short(value: float | None) -> str:
    """A value for people."""
    if value is None or not math.isfinite(value):
        return "-"
    if abs(value) >= 100:
        return f"{value:.0f}"
    # Nothing less than nothing is told of what was rounded.
    return f"{value if abs(value) >= 5e-4 else 0.0:.3f}"
