"""A report of the world as a document: every row beside its floors, and the scores' own test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.metrics.claims.damage import Fall
from engine.metrics.report import FLOORS, Report, Score, misplaced, reasons, short, unranked

_FILES = ("video_vae", "audio_vae", "vocoder")


def sheet(report: Report, falls: Sequence[Fall], clips: int) -> str:
    """The document, in Markdown.

    Args:
        report: of the world.
        falls: what became of rows as clips were spoilt.
        clips: how many of them were, for each.
    """
    rows = {name: one for name, one in report.scores.items() if ".detector." not in name}
    detectors = {name: one for name, one in report.scores.items() if ".detector." in name}
    apart = ((f"`{name}`", *_value(one)) for name, one in detectors.items() if not one.why)
    fell = (
        (one.name, f"`{one.row}`", _steps(one), "in order" if one.right else "NOT in order")
        for one in falls
    )
    parts = [
        "# What the scores say of the world itself",
        _taken(report.about),
        "![One of the clips as the report's page shows it: pictures over sound, with the contact "
        "seen, heard and true](report.jpg)",
        _rows(rows),
        *_order(rows),
        *(f"Not measurable, as {why}: {_names(kept)}." for why, kept in reasons(rows).items()),
        "## Detectors' own errors",
        "Those of the rows above are their values on truth; these are taken apart.",
        _table(("detector", "value", "95% interval"), apart),
        "## The scores' own test",
        f"One thing spoilt in steps, from nothing on, {clips} clips each "
        "(`python -m engine score world --damage`).",
        _table(("spoilt", "row", "from nothing on", ""), fell),
    ]
    return "\n\n".join(parts) + "\n"


def _taken(about: Mapping[str, object]) -> str:
    """How the rows were taken, and what they are."""
    minutes = float(str(about.get("seconds", 0))) / 60
    level = f" --level {about['level']}" if about.get("level") else ""
    files = ", ".join(f"{name} {about[name]}" for name in _FILES if name in about)
    return (
        f"`python -m engine score world --clips {about.get('clips')}{level} --sheet SCORES.md` "
        "writes this page: every score on the world's own clips, beside the same of a retake "
        "(other clouds, same events), of the codecs' round trip and of chance. Truth is not always "
        "perfect: what is missing there is the detector's error. The codecs are those of latents "
        f"{about.get('codecs')}, whose files' hashes begin with {files}. It took {minutes:.0f} "
        f"minutes on {about.get('cores')} cores; a score that was stopped goes on."
    )


def _rows(scores: Mapping[str, Score]) -> str:
    floors = FLOORS[1:4]
    return _table(
        ("score", "truth", "95% interval", "retake", "codec", "chance", "clips"),
        (
            (f"`{name}`", *_value(one), *(_floor(one, floor) for floor in floors), str(one.value.n))
            for name, one in scores.items()
            if not one.why
        ),
    )


def _order(scores: Mapping[str, Score]) -> list[str]:
    """What stands in the wrong order, and what has none."""
    wrong = [f"`{name}` ({how})" for name, how in misplaced(scores).items()]
    said = "Truth is to be as good as the round trip, and that better than chance. "
    said += f"Out of order beyond intervals: {', '.join(wrong) or 'nothing'}."
    told: dict[str, list[str]] = {}
    for name in scores:
        if unranked(name):
            told.setdefault(unranked(name), []).append(name)
    return [
        said,
        *(f"Chance says nothing of {_names(names)}: {why}." for why, names in told.items()),
    ]


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _value(score: Score) -> tuple[str, str]:
    value = score.value
    return short(value.value), f"{short(value.low)} to {short(value.high)}"


def _floor(score: Score, name: str) -> str:
    return short(score.floors[name].value) if name in score.floors else ""


def _steps(fall: Fall) -> str:
    return ", ".join(f"{value:.3f}" for value in fall.values)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
