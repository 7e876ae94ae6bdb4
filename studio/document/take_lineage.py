"""The lineage of a take in words: what it was asked for, and what an edit changed and kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, cast

from studio.document.ledger import Ledger, TakeRecord
from studio.document.queries import best_upgrade


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the request behind a take said; empty where its recipe cannot be read.

    Attributes:
        mode: the name of its task: ``Generate``, ``Edit``, ``Extend`` or ``Upgrade``.
        picture_strength, sound_strength: of an edit, 0 to 1; ``None`` where that part was kept.
        start_frame, end_frame: the span of an edit; ``None`` is the source's end.
        region: whether only a painted region might change.
        backward: whether an extension leads up to its source instead of going on from it.
        full: whether it was to be made in full quality.
    """

    prompt: str = ""
    mode: str = ""
    instruction: str = ""
    picture_strength: float | None = None
    sound_strength: float | None = None
    start_frame: int = 0
    end_frame: int | None = None
    region: bool = False
    backward: bool = False
    full: bool = False


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
        start = float(made.start_frame / rate)
        end = "the end" if made.end_frame is None else f"{float(made.end_frame / rate):.1f} s"
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


def _whole(given: object) -> int | None:
    return given if isinstance(given, int) else None
