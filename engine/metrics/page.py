"""The page of a report: every score, then strips of pictures over their sound, failures first.

Shape letters: T pictures, H height, W width, S samples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.metrics.evidence import ClipSet, Evidence
from engine.metrics.prompt import KINDS, names_of, shares_read
from engine.metrics.report import Report, Score, write_bytes, write_text
from engine.metrics.sync import clip_matches
from engine.shapes import SAMPLE_RATE_HZ
from engine.world.caption import caption

SHOWN = 24
PICTURES = 9
WIDTH = 9 * 112
_WAVE, _SPECTRUM = 60, 72
_SEEN, _HEARD, _TRUE = (255, 176, 32), (64, 208, 255), (120, 255, 120)
_STYLE = """
body { background: #17181b; color: #d8d8d8; font: 14px/1.45 Inter, system-ui, sans-serif;
  margin: 2em auto; max-width: 1060px; }
h1, h2 { font-weight: 600; } table { border-collapse: collapse; }
td, th { padding: .15em .8em .15em 0; text-align: right; font-variant-numeric: tabular-nums; }
td:first-child, th:first-child, td[colspan] { text-align: left; }
.small { color: #8e9096; } .wrong { color: #ff8a7a; } .right { color: #8fd19e; }
img { display: block; max-width: 100%; margin: .3em 0; } section { margin: 2em 0; }
"""


def write_page(
    folder: Path,
    report: Report,
    sets: Mapping[str, ClipSet],
    seen: Mapping[str, Evidence],
    main: str,
) -> None:
    """Write ``index.html`` and its pictures into ``folder``.

    Raises:
        EngineError: if it cannot be written.
    """
    parts = [f"<h1>Scores of {escape(report.weights)}</h1>", _about(report), _table(report.scores)]
    if main in seen:
        parts.append(_legend())
        for place, index in enumerate(worst_first(seen[main])[:SHOWN]):
            parts.append(_clip(folder, place, index, sets, seen, main))
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Scores</title>'
        f"<style>{_STYLE}</style>{''.join(parts)}</html>"
    )
    write_text(folder / "index.html", page)


def worst_first(evidence: Evidence) -> list[int]:
    """Clips from the worst to the best: by what is in sync, then by what is read back."""
    matches = clip_matches(evidence)
    sums = []
    for index, scene in enumerate(evidence.scenes):
        shares = shares_read(evidence.readings[index], scene)
        sums.append((matches[index].f1 + float(np.mean(list(shares.values()))), index))
    return [index for _, index in sorted(sums)]


def strip(
    video: NDArray[np.uint8],
    sound: NDArray[np.float32],
    marks: Sequence[tuple[Sequence[float], tuple[int, int, int]]],
    width: int = WIDTH,
) -> NDArray[np.uint8]:
    """Pictures over waveform and spectrogram on one clock, with times marked: (H, W, 3) uint8."""
    pictures = _row(video, width)
    wave = np.concatenate([_wave(sound[0], width), _wave(sound[1], width)])
    spectrum = _spectrogram(sound.mean(axis=0), width)
    lower = np.concatenate([wave, spectrum])
    seconds = sound.shape[1] / SAMPLE_RATE_HZ
    for row, (times, colour) in enumerate(marks):
        for time_s in times:
            x = min(width - 1, max(0, round(time_s / seconds * width)))
            # Each kind of mark keeps to its own third of the waveforms.
            top = row * _WAVE * 2 // len(marks)
            lower[top : top + _WAVE * 2 // len(marks), max(0, x - 1) : x + 1] = colour
    return np.concatenate([pictures, lower])


def _row(video: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    count = min(PICTURES, len(video))
    chosen = np.linspace(0, len(video) - 1, count).round().astype(int)
    each = width // count
    height = round(each * video.shape[1] / video.shape[2])
    tiles = [cv2.resize(video[i], (each, height), interpolation=cv2.INTER_AREA) for i in chosen]
    row = np.concatenate(tiles, axis=1)
    return np.pad(row, ((0, 2), (0, width - row.shape[1]), (0, 0))).astype(np.uint8)


def _wave(channel: NDArray[np.float32], width: int) -> NDArray[np.uint8]:
    picture = np.full((_WAVE, width, 3), 28, dtype=np.uint8)
    edges = np.linspace(0, len(channel), width + 1).astype(int)
    middle = _WAVE // 2
    for x in range(width):
        part = channel[edges[x] : edges[x + 1]]
        reach = int(min(1.0, float(np.abs(part).max(initial=0.0))) * (middle - 2))
        picture[middle - reach : middle + reach + 1, x] = 150
    return picture


def _spectrogram(channel: NDArray[np.float32], width: int) -> NDArray[np.uint8]:
    window = 512
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(channel, window // 2), window)[::120]
    power = np.abs(np.fft.rfft(frames * np.hanning(window), axis=1)) / (window / 4)
    level = np.clip((20 * np.log10(power + 1e-6) + 90) / 80, 0, 1)
    grey = (255 * level.T[::-1]).astype(np.uint8)
    scaled = cv2.resize(grey, (width, _SPECTRUM), interpolation=cv2.INTER_AREA)
    coloured = cv2.applyColorMap(scaled, cv2.COLORMAP_MAGMA)
    return np.ascontiguousarray(coloured[..., ::-1]).astype(np.uint8)


def _clip(
    folder: Path,
    place: int,
    index: int,
    sets: Mapping[str, ClipSet],
    seen: Mapping[str, Evidence],
    main: str,
) -> str:
    evidence = seen[main]
    scene = evidence.scenes[index]
    matches = clip_matches(evidence)[index]
    pictures = []
    for name in dict.fromkeys((main, "truth")):
        marks = [
            ([one.time_s for one in seen[name].seen(index)], _SEEN),
            ([one.time_s for one in seen[name].heard[index]], _HEARD),
        ]
        if name == "truth":
            contacts = sets[name].contacts[index]
            marks.append(([one.time_s for one in contacts if one.audible], _TRUE))
        drawn = strip(sets[name].video[index], sets[name].sound[index], marks)
        file = f"clip-{place:02d}-{name}.png"
        _, encoded = cv2.imencode(".png", np.ascontiguousarray(drawn[..., ::-1]))
        write_bytes(folder / file, encoded.tobytes())
        pictures.append(f'<div class="small">{name}</div><img src="{file}" alt="{name}">')
    return (
        f"<section><h2>{escape(caption(scene, 0))}</h2>"
        f"<div>{_readings(evidence, index)} · in sync {matches.f1:.2f} "
        f'<span class="small">({matches.found} heard, {matches.wanted} seen)</span></div>'
        f"{''.join(pictures)}</section>"
    )


def _readings(evidence: Evidence, index: int) -> str:
    reading, scene = evidence.readings[index], evidence.scenes[index]
    shares = shares_read(reading, scene)
    wanted = names_of(scene)
    parts = []
    for kind in KINDS:
        said = ", ".join(reading.best(kind, len(wanted[kind])))
        kept = "right" if shares[kind] == 1 else "wrong"
        parts.append(f'{kind} <span class="{kept}">{escape(said)}</span>')
    return " · ".join(parts)


def _legend() -> str:
    marks = {"contact seen": _SEEN, "onset heard": _HEARD, "true contact": _TRUE}
    spans = [f'<span style="color: rgb{colour}">{name}</span>' for name, colour in marks.items()]
    return f"<h2>Clips, the worst first</h2><p>Marks over the waveforms: {', '.join(spans)}.</p>"


def _about(report: Report) -> str:
    facts = ", ".join(f"{key} {value}" for key, value in report.about.items() if value is not None)
    return f'<p class="small">{escape(facts)}</p>'


def _table(scores: Mapping[str, Score]) -> str:
    floors = list(dict.fromkeys(floor for score in scores.values() for floor in score.floors))
    head = "".join(f"<th>{name}</th>" for name in ("score", "value", "95% interval", *floors))
    rows = []
    for name, score in scores.items():
        value = score.value
        if score.why:
            why = f'<td colspan="{len(floors) + 2}">not measurable: {escape(score.why)}</td>'
            rows.append(f'<tr class="small"><td>{name}</td>{why}</tr>')
            continue
        cells = [name, f"{value.value:.3f}", f"{value.low:.3f} to {value.high:.3f}"]
        for floor in floors:
            one = score.floors.get(floor)
            cells.append(f"{one.value:.3f}" if one is not None else "")
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return f"<table><tr>{head}</tr>{''.join(rows)}</table>"
