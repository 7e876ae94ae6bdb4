"""The page of a report: every score, then strips of pictures over their sound, failures first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.metrics.report import Report, Score, reasons, short
from engine.metrics.strips import Colour
from engine.whole_files import write_whole

SEEN, HEARD, TRUE = (255, 176, 32), (64, 208, 255), (120, 255, 120)
_LEGEND: Mapping[str, Colour] = {"contact seen": SEEN, "onset heard": HEARD, "true contact": TRUE}
_STYLE = """
body { background: #17181b; color: #d8d8d8; font: 14px/1.45 Inter, system-ui, sans-serif;
  margin: 2em auto; max-width: 1060px; }
h1, h2 { font-weight: 600; } table { border-collapse: collapse; }
td, th { padding: .15em .8em .15em 0; text-align: right; font-variant-numeric: tabular-nums; }
td:first-child, th:first-child { text-align: left; }
.small { color: #8e9096; } .wrong { color: #ff8a7a; } .right { color: #8fd19e; }
img { display: block; max-width: 100%; margin: .3em 0; } section { margin: 2em 0; }
"""


@dataclass(frozen=True, kw_only=True)
class Section:
    """One clip on the page.

    Attributes:
        title: what it was to show.
        said: what is read and heard in it, as HTML.
        strips: (H, W, 3) uint8 of the clip and of what it is held against, by name.
    """

    title: str
    said: str
    strips: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict)


def write_page(folder: Path, report: Report, sections: Sequence[Section] = ()) -> None:
    """Write ``index.html`` and its pictures into ``folder``.

    Args:
        folder: may be missing.
        report: whose rows stand first.
        sections: clips, the worst first.

    Raises:
        EngineError: if it cannot be written.
    """
    parts = [f"<h1>Scores of {escape(report.weights)}</h1>", _about(report), _table(report.scores)]
    if sections:
        spans = [f'<span style="color: rgb{how}">{name}</span>' for name, how in _LEGEND.items()]
        marks = f"<p>Marks over the waveforms: {', '.join(spans)}.</p>"
        parts += ["<h2>Clips, the worst first</h2>", marks]
    parts += [_section(folder, place, one) for place, one in enumerate(sections)]
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Scores</title>'
        f"<style>{_STYLE}</style>{''.join(parts)}</html>"
    )
    write_whole(folder / "index.html", page)


def coloured(text: str, *, right: bool) -> str:
    """Text as HTML, by whether it is right."""
    return f'<span class="{"right" if right else "wrong"}">{escape(text)}</span>'


def _section(folder: Path, place: int, one: Section) -> str:
    pictures = []
    for name, drawn in one.strips.items():
        file = f"clip-{place:02d}-{name}.png"
        _, encoded = cv2.imencode(".png", np.ascontiguousarray(drawn[..., ::-1]))
        write_whole(folder / file, encoded.tobytes())
        pictures.append(f'<div class="small">{name}</div><img src="{file}" alt="{name}">')
    title = f"<h2>{escape(one.title)}</h2><div>{one.said}</div>"
    return f"<section>{title}{''.join(pictures)}</section>"


def _about(report: Report) -> str:
    facts = ", ".join(f"{key} {value}" for key, value in report.about.items() if value is not None)
    return f'<p class="small">{escape(facts)}</p>'


def _table(scores: Mapping[str, Score]) -> str:
    floors = list(dict.fromkeys(floor for score in scores.values() for floor in score.floors))
    names = ("score", "value", "95% interval", *floors, "clips")
    rows = ["".join(f"<th>{name}</th>" for name in names)]
    for name, score in scores.items():
        value = score.value
        if score.why:
            continue
        cells = [name, short(value.value), f"{short(value.low)} to {short(value.high)}"]
        for floor in floors:
            one = score.floors.get(floor)
            cells.append(short(one.value) if one is not None else "")
        cells.append(str(value.n))
        rows.append("".join(f"<td>{cell}</td>" for cell in cells))
    table = f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>" if rows[1:] else ""
    return table + "".join(
        f'<p class="small">not measurable: {escape(why)}<br>{", ".join(kept)}</p>'
        for why, kept in reasons(scores).items()
    )
