"""The page of a run: curves of its log and scores over its steps: how it goes, to be seen.

Names with an ``@`` are one quantity seen apart (``video@low``): they share a picture. Reports of
scores that lie in the run's folder as ``scores-STEP.json`` have a picture for every row, with its
interval, its floors dashed.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import RequestError
from engine.metrics.report import lower_is_better, read_scores

_WIDTH, _HEIGHT, _EDGE = 520, 220, 44
_COLOURS = ("#ffb020", "#40d0ff", "#8fd19e", "#ff8a7a", "#c39bff", "#e8e26a", "#9aa4b2", "#f58fd0")
_STYLE = """
body { background: #17181b; color: #d8d8d8; font: 14px/1.45 Inter, system-ui, sans-serif;
  margin: 2em auto; max-width: 1120px; }
main { display: grid; grid-template-columns: 1fr 1fr; gap: 1.5em; }
figure { margin: 0; } figcaption { color: #8e9096; } text { fill: #8e9096; font-size: 11px; }
img { display: block; max-width: 100%; }
"""

_LOG, _CONFIG = "log.jsonl", "config.json"
_REPORT = re.compile(r"scores-(\d+)\.json")
_SAID = ("weights", "clips", "level", "manner")
_VALUE = "value"

Points = list[tuple[float, float]]
Bars = list[tuple[float, float, float]]
"""Intervals: where, and from what to what."""
Reports = Mapping[int, Mapping[str, Any]]
"""Reports of scores, by the step of the weights."""


def redraw_run_page(folder: Path) -> bool:
    """Write the page of the run in ``folder`` anew; whether there is a run."""
    try:
        name = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))["recipe"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    write_run_page(folder, str(name))
    return True


def write_run_page(folder: Path, name: str) -> None:
    """Write ``page.html`` from ``log.jsonl`` of the run in ``folder``; rows cut off are skipped."""
    rows = _rows(folder / _LOG)
    curves = gather(rows)
    figures = "".join(_figure(title, draw(lines)) for title, lines in curves.items())
    samples = "".join(
        f'<h2>{escape(path.stem)}</h2><img src="samples/{escape(path.name)}" alt="">'
        for path in sorted((folder / "samples").glob("*.png"), reverse=True)[:8]
    )
    steps, seconds = (rows[-1]["step"], rows[-1]["seconds"]) if rows else (0, 0.0)
    spent = f"{steps} steps, {float(str(seconds)) / 60:.0f} min{_best(curves)}"
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(name)}</title>'
        f"<style>{_STYLE}</style><h1>{escape(name)}</h1><p>{spent}</p><main>{figures}</main>"
        f"{_scores(reports_in(folder))}{samples}</html>"
    )
    beside = folder / "page.html.part"
    beside.write_text(page, encoding="utf-8")
    beside.replace(folder / "page.html")


def gather(rows: Sequence[Mapping[str, object]]) -> dict[str, dict[str, Points]]:
    """Curves by picture and name: (step, value), training means and held-out figures apart."""
    curves: dict[str, dict[str, Points]] = {}
    for row in rows:
        step = row["step"]
        held = row.get("held_out")
        parts: list[tuple[str, Mapping[str, object]]] = [("training", row)]
        if isinstance(held, Mapping):
            parts.append(("held out", held))
        for part, figures in parts:
            for name, value in figures.items():
                if name in ("step", "seconds") or not isinstance(value, int | float):
                    continue
                title = f"{part}: {name.split('@')[0]}"
                line = curves.setdefault(title, {}).setdefault(name, [])
                if isinstance(step, int | float):
                    line.append((float(step), float(value)))
    return curves


def reports_in(folder: Path) -> dict[int, Mapping[str, Any]]:
    """The reports of scores in a run's folder, by step; what cannot be read is passed over."""
    found: dict[int, Mapping[str, Any]] = {}
    for path in folder.glob("scores-*.json"):
        name = _REPORT.fullmatch(path.name)
        if name is not None:
            with suppress(RequestError):
                found[int(name[1])] = read_scores(path)
    return dict(sorted(found.items()))


def score_lines(reports: Reports, row: str) -> tuple[dict[str, Points], Bars]:
    """Value and floors of a row and the intervals of the value, wherever they were measured."""
    lines: dict[str, Points] = {}
    bars: Bars = []
    for step, report in reports.items():
        score = report["scores"].get(row, {})
        values = {_VALUE: score.get(_VALUE)}
        values |= {name: one.get(_VALUE) for name, one in score.get("floors", {}).items()}
        for name, value in values.items():
            if value is not None:
                lines.setdefault(name, []).append((step, value))
        ends = score.get("low"), score.get("high")
        if values[_VALUE] is not None and None not in ends:
            bars.append((step, *ends))
    return lines, bars


def _scores(reports: Reports) -> str:
    """Every row that has a value, in the last report's order."""
    names = dict.fromkeys(
        name for one in reversed(list(reports.values())) for name in one["scores"]
    )
    figures = []
    for name in names:
        lines, bars = score_lines(reports, name)
        if _VALUE in lines and ".detector." not in name:
            better = "lower" if lower_is_better(name) else "higher"
            figures.append(_figure(f"{name} ({better} is better)", draw(lines, bars)))
    if not figures:
        return ""
    said = [
        f"step {step}: "
        + ", ".join(f"{fact} {one[fact]}" for fact in _SAID if one.get(fact) is not None)
        for step, one in reports.items()
    ]
    taken = "<br>".join(map(escape, said))
    return f"<h2>Scores</h2><p>{taken}</p><main>{''.join(figures)}</main>"


def _figure(title: str, drawn: str) -> str:
    return f"<figure><figcaption>{escape(title)}</figcaption>{drawn}</figure>"


def _best(curves: Mapping[str, Mapping[str, Points]]) -> str:
    """At which step the weights that are kept as the best stand."""
    losses = curves.get("held out: loss", {}).get("loss", [])
    return f", best at step {min(losses, key=lambda one: one[1])[0]:.0f}" if losses else ""


def draw(lines: Mapping[str, Points], bars: Bars | None = None) -> str:
    """The curves of one picture as SVG, on common axes, each with its last value.

    Where there are ``bars``, the intervals of the first, the others are its floors.
    """
    points = [point for line in lines.values() for point in line]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    heights = [y for _, y in points]
    low, high = _range(heights)
    if bars is not None:
        ends = [end for _, *both in bars for end in both]
        low, high = min(heights + ends), max(heights + ends)

    def place(x: float, y: float) -> str:
        across = (x - left) / max(right - left, 1e-9) * (_WIDTH - 2 * _EDGE) + _EDGE
        down = (high - min(max(y, low), high)) / max(high - low, 1e-12) * (_HEIGHT - 40) + 10
        return f"{across:.1f},{down:.1f}"

    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}">'
        f'<text x="2" y="16">{high:.3g}</text><text x="2" y="{_HEIGHT - 30}">{low:.3g}</text>'
    ]
    for x, *ends in bars or ():
        path = " ".join(place(x, end) for end in ends)
        parts.append(f'<polyline points="{path}" stroke="{_COLOURS[0]}" stroke-width="5"/>')
    for index, (name, line) in enumerate(lines.items()):
        colour = _COLOURS[index % len(_COLOURS)]
        drawn = line if len(line) > 1 else line * 2  # of one point alone nothing is seen
        path = " ".join(place(x, y) for x, y in drawn)
        dashed = ' stroke-dasharray="5 4"' if bars is not None and index else ""
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"{dashed} '
            'stroke-linecap="square"/>'
            f'<text x="{_EDGE + (index % 4) * 115}" y="{_HEIGHT - 14 + 12 * (index // 4)}" '
            f'style="fill:{colour}">{escape(name)} {line[-1][1]:.3g}</text>'
        )
    return "".join(parts) + "</svg>"


def _range(values: list[float]) -> tuple[float, float]:
    """Lowest value, and the one that a fiftieth lie above: the first steps must not flatten all."""
    ordered = sorted(values)
    return ordered[0], ordered[min(len(ordered) - 1, int(len(ordered) * 0.98))]


def forget_after(log: Path, step: int) -> None:
    """Leave out what was logged after ``step``: a run that goes on from there logs it again."""
    if not log.is_file():
        return
    kept = [row for row in _rows(log) if isinstance(row["step"], int) and row["step"] <= step]
    beside = log.with_name(log.name + ".part")
    beside.write_text("".join(json.dumps(row) + "\n" for row in kept), encoding="utf-8")
    beside.replace(log)


def _rows(log: Path) -> list[dict[str, object]]:
    rows = []
    for line in log.read_text(encoding="utf-8").splitlines() if log.is_file() else ():
        try:
            rows.append(json.loads(line))
        except ValueError:  # Cut off by a kill.
            continue
    return rows


def png_of(picture: NDArray[np.uint8]) -> bytes:
    """A picture (H, W, 3) as a PNG file (RFC 2083), with nothing but the standard library."""
    height, width, _ = picture.shape
    lines = np.pad(picture.reshape(height, -1), ((0, 0), (1, 0)))

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(lines.tobytes()))
        + chunk(b"IEND", b"")
    )
