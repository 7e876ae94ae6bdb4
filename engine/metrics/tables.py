"""``python -m engine score tables``: what reports of scores say, as the tables of a release.

``score tables [NAME=]FILE.json ... [--into FILE.md]`` takes a report for every stage of the
weights, in order. The tables are of the last one, and of all where stages are compared; reports in
Fast's steps and in Full's are kept apart. With ``--into`` they take the place of what stands
between two lines of a file, ``<!-- scores -->`` and ``<!-- end of scores -->``.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from engine.arguments import Parser
from engine.errors import RequestError
from engine.metrics.goals import HIGH, MODEST, Goal, Plain, Scores
from engine.metrics.report import read_scores, verdict_on
from engine.whole_files import write_whole

BEGIN, END = "<!-- scores -->", "<!-- end of scores -->"
Reports = Mapping[str, Mapping[str, Any]]
_TOLD = {"better": "ahead", "worse": "behind", "unsure": "not told apart"}
_AGAINST = {"independent": "over apart", "cascade": "over in turn"}
_NOTHING = "-"


def run(argv: Sequence[str]) -> None:
    """Write the tables to a file or the output.

    Raises:
        EngineError: if a report cannot be read or the file not be written.
    """
    parser = Parser(
        prog="python -m engine score tables", description="The tables of a release, from reports."
    )
    parser.add_argument(
        "reports", nargs="+", metavar="[NAME=]FILE.json", help="one a stage, in order, and its name"
    )
    parser.add_argument(
        "--into", type=Path, metavar="FILE.md", help=f"a page that has the lines {BEGIN} and {END}"
    )
    asked = parser.parse_args(argv)
    text = tables(_read(asked.reports))
    if asked.into is None:
        sys.stdout.write(text)
        return
    write_whole(asked.into, between(_text(asked.into), text, asked.into.name))


def between(page: str, text: str, name: str) -> str:
    """``page`` with ``text`` in the place of what stood between its two lines.

    Raises:
        RequestError: if it has not both lines once, in order.
    """
    before, first, rest = page.partition(BEGIN)
    _, second, after = rest.partition(END)
    if not first or not second or BEGIN in rest or END in after:
        raise RequestError(
            f"{name} does not say where tables belong: give it the two lines {BEGIN} and {END}."
        )
    return f"{before}{BEGIN}\n{text}{END}{after}"


def tables(reports: Reports) -> str:
    """All tables that the reports have rows for, as Markdown."""
    last = list(reports.values())[-1]["scores"]
    parts = [
        ("Together, apart, and sound for a finished picture", _together(last)),
        ("By the number of references", _counts(last)),
        ("What references are kept", _references(last)),
        ("Changes by strength", _ladder(last)),
        ("Over length", _lengths(last)),
        ("Fast beside Full", _fast(last)),
        *_stages(reports),
        ("Goals", _goals(MODEST, last)),
        ("Goals of a large accelerator", _goals(HIGH, last)),
        ("Not measurable", _missing(last)),
    ]
    return "".join(f"\n### {title}\n\n{table}\n" for title, table in parts if table)


def _together(scores: Scores) -> str:
    rows = []
    for name, score in scores.items():
        floors = score.get("floors", {})
        if "independent" not in floors or not _there(score):
            continue
        rows.append(
            [
                name,
                cell(score),
                *(cell(floors.get(floor)) for floor in ("independent", "cascade")),
                *(_TOLD[verdict_on(name, floors[floor], score)] if floor in floors else _NOTHING
                  for floor in ("independent", "cascade")),
                *(_short(floors.get(floor, {}).get("value")) for floor in ("shuffled", "truth")),
            ]
        )  # fmt: skip
    heads = (
        *("score", "together", "apart", "in turn", "beside apart", "beside in turn"),
        *("chance", "truth"),
    )
    leads = {name: scores.get(f"sync.lead.{name}") for name in ("independent", "cascade")}
    told = [f"{_AGAINST[name]} {cell(lead)}" for name, lead in leads.items() if _there(lead)]
    line = f"\nLead of the F1, scene by scene: {', '.join(told)}.\n" if told else ""
    return _table(heads, rows) + line


def _counts(scores: Scores) -> str:
    """Rows that end in ``.nK``, a column for every K."""
    found: dict[str, dict[int, Plain]] = {}
    for name, score in scores.items():
        match = re.fullmatch(r"(references\..+)\.n(\d+)", name)
        if match and _there(score):
            found.setdefault(match[1], {})[int(match[2])] = score
    counts = sorted({count for row in found.values() for count in row})
    rows = [[name, *(cell(row.get(count)) for count in counts)] for name, row in found.items()]
    return _table(("score", *map(str, counts)), rows)


def _references(scores: Scores) -> str:
    chosen = [
        name for name in scores if name.startswith("references.") and ".detector." not in name
    ]
    return _beside(scores, chosen, ("without", "shuffled", "codec", "truth"))


def _lengths(scores: Scores) -> str:
    chosen = [name for name in scores if name.endswith(("drift", "_jump")) or ".drift" in name]
    return _beside(scores, chosen, ("shuffled", "codec", "truth"))


def _ladder(scores: Scores) -> str:
    found: dict[str, dict[str, Plain]] = {}
    for name, score in scores.items():
        match = re.fullmatch(r"v2v\.(?:s(\d+)|(instruct))\.(\w+)", name)
        if match and _there(score):
            step = f"{int(match[1]) / 100:.2f}" if match[1] else "by instruction"
            found.setdefault(step, {})[match[3]] = score
    measures = list(dict.fromkeys(measure for row in found.values() for measure in row))
    rows = [
        [step, *(cell(row.get(measure)) for measure in measures)] for step, row in found.items()
    ]
    table = _table(("strength", *measures), rows)
    even = scores.get("v2v.evenness")
    return table + (f"\nEvenness of the slider: {cell(even)}.\n" if table and _there(even) else "")


def _fast(scores: Scores) -> str:
    rows = []
    for name, score in scores.items():
        match = re.fullmatch(r"fast\.s(\d+)\.(\w+)", name)
        if not match or not _there(score):
            continue
        floors = score.get("floors", {})
        full = floors.get("full") or floors.get("seeds")
        share = _NOTHING
        if "full" in floors and floors["full"]["value"]:
            share = f"{score['value'] / floors['full']['value'] - 1:+.1%}"
        rows.append([match[1], match[2], cell(score), cell(full), share])
    return _table(("steps", "score", "Fast", "Full, or Full from another seed", "from Full"), rows)


def _stages(reports: Reports) -> Iterable[tuple[str, str]]:
    """Every stage's scores side by side, those in Fast's steps apart from those in Full's."""
    for manner in ("fast", "full"):
        chosen = {k: one for k, one in reports.items() if one.get("manner", "fast") == manner}
        if len(chosen) < 2:
            continue
        names = dict.fromkeys(name for one in chosen.values() for name in one["scores"])
        rows = [row for name in names if (row := _stage_row(name, list(chosen.values())))]
        yield f"Stage by stage, in {manner.title()}'s steps", _table(("score", *chosen), rows)


def _stage_row(name: str, reports: Sequence[Mapping[str, Any]]) -> list[str] | None:
    taken = [one["scores"].get(name) for one in reports]
    if sum(map(_there, taken)) < 2 or ".detector." in name:
        return None
    cells = [cell(taken[0])]
    for before, after in pairwise(taken):
        verdict = verdict_on(name, before, after) if before and after else "unsure"
        cells.append(cell(after) + ("" if verdict == "unsure" else f" **{verdict}**"))
    return [name, *cells]


def _goals(goals: Sequence[Goal], scores: Scores) -> str:
    rows = []
    for goal in goals:
        by = goal.reached(scores)
        if by is None:
            continue
        score = scores[goal.row]
        wanted = f"{'at most' if goal.lower else 'at least'} {_short(goal.wanted(score, scores))}"
        said = "reached" if by >= 0 else f"missed by {_short(-by)}"
        rows.append([goal.says, goal.row, cell(score), wanted, said])
    return _table(("goal", "score", "value", "wanted", ""), rows)


def _missing(scores: Scores) -> str:
    why: dict[str, list[str]] = {}
    for name, score in scores.items():
        if score.get("not_measurable"):
            why.setdefault(score["not_measurable"], []).append(name)
    return "".join(f"- {', '.join(names)}: {reason}.\n" for reason, names in why.items())


def _beside(scores: Scores, names: Iterable[str], floors: Sequence[str]) -> str:
    rows = [
        [name, cell(scores[name]), *(cell(scores[name].get("floors", {}).get(k)) for k in floors)]
        for name in names
        if _there(scores[name])
    ]
    return _table(("score", "value", *floors), rows)


def cell(score: Plain | None) -> str:
    """A value and its interval."""
    if not _there(score):
        return _NOTHING
    assert score is not None
    return f"{_short(score['value'])} ({_short(score.get('low'))} to {_short(score.get('high'))})"


def _there(score: Plain | None) -> bool:
    return score is not None and score.get("value") is not None


def _short(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return _NOTHING
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""

    def line(cells: Iterable[str]) -> str:
        return f"| {' | '.join(cells)} |\n"

    return line(heads) + line("---" for _ in heads) + "".join(map(line, rows))


def _read(named: Sequence[str]) -> dict[str, Any]:
    reports: dict[str, Any] = {}
    for one in named:
        name, _, path = one.rpartition("=")
        reports[name or Path(path).stem] = read_scores(Path(path))
    if len(reports) < len(named):
        raise RequestError("Two reports have one name; give each its own by NAME=FILE.json.")
    return reports


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise RequestError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise RequestError(f"{path} cannot be read: it is no text.") from error
