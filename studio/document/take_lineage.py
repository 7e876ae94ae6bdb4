"""The lineage of a take in words: what it was asked for, and what an edit changed and kept."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any, cast

from studio.document.film import Film, Media
from studio.document.ledger import Ledger, TakeRecord
from studio.document.queries import best_upgrade


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the request behind a take said; empty where its recipe cannot be read.

    Attributes:
        mode: the name of its task: ``Generate``, ``Edit``, ``Extend`` or ``Upgrade``.
        picture_strength, sound_strength: of an edit, 0 to 1; ``None`` where that part was kept.
        in_s: where in its source the part begins that an edit takes.
        start_frame, end_frame: the span of an edit in that part; ``None`` is its end.
        region: whether only a painted region might change.
        backward: whether an extension leads up to its source instead of going on from it.
        full: whether it was to be made in full quality.
        source: the file or take's folder that it changes or goes on from.
    """

    prompt: str = ""
    mode: str = ""
    instruction: str = ""
    picture_strength: float | None = None
    sound_strength: float | None = None
    in_s: Fraction = Fraction(0)
    start_frame: int = 0
    end_frame: int | None = None
    region: bool = False
    backward: bool = False
    # The same change may be made of another source, and better.
    full: bool = field(default=False, compare=False)
    source: str = field(default="", compare=False)


@lru_cache(maxsize=4096)
def asked(recipe: str) -> Asked:
    """What the JSON text of a record's recipe says of the request."""
    try:
        plain: Any = json.loads(recipe)
    except (ValueError, RecursionError):
        return Asked()
    if not isinstance(plain, dict):
        return Asked()
    whole = cast("dict[str, Any]", plain)
    request = _inner(whole, "request") or whole
    task = _inner(request, "task")
    mode = _text(task.get("type"))
    is_edit = mode == "Edit"
    return Asked(
        prompt=_text(request.get("prompt")) or _captions(request.get("shots")),
        mode=mode,
        instruction=_text(task.get("instruction")),
        picture_strength=_strength(task, "picture") if is_edit else None,
        sound_strength=_strength(task, "sound") if is_edit else None,
        start_frame=_whole(task.get("start_frame")) or 0,
        end_frame=_whole(task.get("end_frame")),
        region=bool(task.get("mask")),
        backward=task.get("direction") == "backward",
        in_s=_seconds(task.get("in_s")),
        source=_text(task.get("source")),
        full=_inner(request, "quality").get("mode") == "full",
    )


def change_words(made: Asked, rate: Fraction) -> str:
    """How far an edit went, such as ``picture 60% · sound kept · 1.0 to 2.5 s · a region``."""
    if made.mode == "Extend":
        return "leads up to it" if made.backward else "goes on from it"
    if made.mode != "Edit":
        return ""
    parts = [
        f"{name} kept" if strength is None else f"{name} {strength:.0%}"
        for name, strength in (
            ("picture", made.picture_strength),
            ("sound", made.sound_strength),
        )
    ]
    if made.start_frame or made.end_frame is not None:
        start = float(made.in_s + made.start_frame / rate)
        last = made.end_frame
        end = "the end" if last is None else f"{float(made.in_s + last / rate):.1f} s"
        parts.append(f"{start:.1f} to {end}")
    if made.region:
        parts.append("a region")
    return " · ".join(parts)


def chain(ledger: Ledger, take: TakeRecord) -> tuple[TakeRecord, ...]:
    """``take`` and all it was edited or extended from, the first one first."""
    found: list[TakeRecord] = []
    seen: set[str] = set()
    one: TakeRecord | None = take
    while one is not None and one.id not in seen:
        seen.add(one.id)
        if one.upgrade_of is None:
            found.append(one)
        before = one.upgrade_of or one.parent_id
        one = ledger.takes.get(before) if before else None
    return tuple(reversed(found)) or (take,)


def footage_source(take: TakeRecord) -> str:
    """The imported file that a take is a change of, as its media's path; empty where it is none."""
    made = asked(take.recipe)
    return made.source if made.mode == "Edit" and take.parent_id is None else ""


def footage_of(film: Film, take: TakeRecord) -> Media | None:
    """The imported file that a take is a change of, where the film still has it."""
    path = footage_source(take)
    return next((media for media in film.media if path and media.path == path), None)


def continued(ledger: Ledger, shot_id: str) -> tuple[TakeRecord, bool] | None:
    """The take that a shot goes on from, or leads up to (``True``); ``None`` where it is a start.

    It is the source of the shot's newest extension, in its best upgrade.
    """
    for job in reversed(ledger.jobs_by_shot.get(shot_id, ())):
        source = best_upgrade(ledger, job.source_take_id) if job.source_take_id else None
        if job.kind == "extend" and source is not None and source.shot_id != shot_id:
            return source, asked(job.request).backward
    return None


def _strength(task: dict[str, Any], part: str) -> float | None:
    if task.get(f"keep_{part}"):
        return None
    given = task.get(f"{part}_strength")
    return float(given) if isinstance(given, int | float) else None


def _captions(shots: object) -> str:
    if not isinstance(shots, list):
        return ""
    listed = cast("list[Any]", shots)
    plans = [cast("dict[str, Any]", shot) for shot in listed if isinstance(shot, dict)]
    words = (_text(shot.get("caption")) for shot in plans)
    return " / ".join(word for word in words if word)


def _inner(plain: dict[str, Any], name: str) -> dict[str, Any]:
    found: Any = plain.get(name)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _text(given: object) -> str:
    return given if isinstance(given, str) else ""


def _seconds(given: object) -> Fraction:
    try:
        return Fraction(given) if isinstance(given, str) else Fraction(0)
    except (ValueError, ZeroDivisionError):
        return Fraction(0)


def _whole(given: object) -> int | None:
    return given if isinstance(given, int) else None
