"""Rounds: a few cases of one kind, drawn once and measured by every claim that looks at them.

A round is small, so memory does not grow with the number of clips; it is taken apart from all
others, so that several run side by side; and what it found is kept on the disk, so that a score
that was stopped goes on. Chance and neighbours are of the same round.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from engine.devices import cores, keep_freed_memory
from engine.metrics.claims.cases import (
    Case,
    CaseKind,
    Shown,
    cases_of,
    retaken,
    round_trips,
    subjects_of,
)
from engine.metrics.claims.rows import Claim, Found, found_in, shuffled
from engine.metrics.looks import Looks
from engine.metrics.reader import load_reader
from engine.models.codecs import Codecs, load_codecs
from engine.plain import to_plain
from engine.shapes import ClipShape
from engine.source_digest import source_digest
from engine.whole_files import write_whole
from engine.world.scene import Scene

CASES = 32
LEAST = 2
_DIGITS = 7
# What chooses the claims; it and all that it imports decide what a round finds.
_TAKERS = "engine.metrics.claims.suite"


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What rounds are taken with: the finder of bodies, and codecs, where there are any."""

    reader: Path | None
    codecs: Path | None

    @property
    def name(self) -> str:
        """Changes with the tools, with all code that draws and measures, and its libraries."""
        digest = hashlib.sha256(source_digest(_TAKERS).encode())
        digest.update(" ".join(one.__version__ for one in (torch, np, cv2)).encode())
        files = [path for path in (self.reader,) if path is not None]
        files += sorted(self.codecs.glob("*vae.safetensors")) if self.codecs else []
        files += [self.codecs / "vocoder.safetensors"] if self.codecs else []
        for file in files:
            digest.update(file.read_bytes() if file.is_file() else b"")
        return digest.hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Round:
    """Some cases of one kind.

    Attributes:
        claims: names of those that look at them.
        subjects: what the cases are about.
        retake: whether retakes are shown.
    """

    claims: tuple[str, ...]
    kind: CaseKind
    shape: ClipShape
    subjects: tuple[Scene, ...]
    retake: bool

    @property
    def name(self) -> str:
        """Of the file that it is kept in."""
        plain = [self.claims, self.kind, to_plain(self.shape), to_plain(list(self.subjects))]
        digest = hashlib.sha256(json.dumps(plain, default=str).encode()).hexdigest()[:16]
        return f"{self.kind}-{digest}.json"


Taken = dict[str, dict[str, list[Found]]]
"""What was found, by claim and by what was shown, case by case."""


def rounds_of(
    claims: Sequence[Claim], count: int, level: int | None, each: int = CASES
) -> list[Round]:
    """The rounds that all claims together need; none for what has too few cases."""
    groups: dict[tuple[object, ...], list[Claim]] = {}
    for claim in claims:
        key = (claim.kind, claim.static, claim.stage, claim.shape, claim.retake, claim.most)
        groups.setdefault(key, []).append(claim)
    rounds: list[Round] = []
    for group in groups.values():
        first = group[0]
        wanted = min(count, first.most or count)
        subjects = subjects_of(first.kind, wanted, level, static=first.static)
        if first.stage is not None:
            subjects = [first.stage(scene) for scene in subjects]
        if len(subjects) < LEAST:
            continue
        rounds += [
            Round(
                claims=tuple(claim.name for claim in group),
                kind=first.kind,
                shape=first.shape,
                subjects=tuple(subjects[part]),
                retake=first.retake,
            )
            for part in _parts(len(subjects), each)
        ]
    return rounds


def _parts(count: int, each: int) -> list[slice]:
    """Slices of about ``each``, none of them of a single one."""
    starts = list(range(0, count, each))
    if len(starts) > 1 and count - starts[-1] < LEAST:
        starts.pop()
    return [slice(a, b) for a, b in zip(starts, [*starts[1:], count], strict=True)]


def taken(
    rounds: Sequence[Round],
    tools: Tools,
    folder: Path | None,
    choose: Callable[[Tools], Sequence[Claim]],
) -> Iterator[tuple[Round, Taken]]:
    """What every round finds, as it is done; those that lie in ``folder`` are not taken again.

    Args:
        rounds: in order of the time that they need, the longest first.
        tools: what they are taken with.
        folder: where they are kept; ``None`` keeps nothing.
        choose: the claims, a function that another process can import.
    """
    left = []
    for one in rounds:
        kept = None if folder is None else _kept(folder / tools.name / one.name)
        if kept is None:
            left.append(one)
        else:
            yield one, kept
    for one, found in _side_by_side(left, tools, choose):
        if folder is not None:
            write_whole(folder / tools.name / one.name, json.dumps(found))
        yield one, found


def is_kept(one: Round, tools: Tools, folder: Path | None) -> bool:
    """Whether a round lies in ``folder`` from before."""
    return folder is not None and _kept(folder / tools.name / one.name) is not None


def _side_by_side(
    rounds: Sequence[Round], tools: Tools, choose: Callable[[Tools], Sequence[Claim]]
) -> Iterator[tuple[Round, Taken]]:
    """In as many processes as there are cores; a single round, or core, needs none."""
    workers = min(cores(), len(rounds))
    if workers < 2 or sum(len(one.subjects) for one in rounds) < CASES:
        for one in rounds:
            yield one, take_round(one, tools, choose)
        return
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=alone)
    try:
        waiting = {pool.submit(take_round, one, tools, choose): one for one in rounds}
        for done in as_completed(waiting):
            yield waiting[done], done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def alone() -> None:
    """What each of several processes begins with: one thread, and an end with who started it."""
    torch.set_num_threads(1)
    keep_freed_memory()
    threading.Thread(target=_end_with, args=(parent_process(),), daemon=True).start()


def _end_with(parent: BaseProcess | None) -> None:
    """End this process as soon as ``parent`` is no more; a killed one cannot say so itself."""
    if parent is not None:
        parent.join()
        os._exit(1)


def take_round(one: Round, tools: Tools, choose: Callable[[Tools], Sequence[Claim]]) -> Taken:
    """Draw the cases of a round and measure everything that is shown in their place."""
    by_name = {claim.name: claim for claim in choose(tools)}
    cases = cases_of(one.kind, one.subjects, one.shape)
    sets = shown_for(cases, codecs_of(tools.codecs), retake=one.retake)
    found: Taken = {}
    for name in one.claims:
        claim = by_name[name]
        chance = {"shuffled": shuffled(claim, sets["truth"], cases)}
        found[name] = {
            shown: [_rounded(part) for part in parts]
            for shown, parts in found_in(claim, cases, {**sets, **chance}).items()
        }
    return found


def shown_for(
    cases: Sequence[Case], codecs: Codecs | None, *, retake: bool
) -> dict[str, Sequence[Shown]]:
    """What is shown in place of the cases, by floor, but for chance."""
    truth = [case.answer for case in cases]
    sets: dict[str, Sequence[Shown]] = {"truth": truth}
    if retake:
        sets["retake"] = retaken(cases)
    if codecs is not None:
        sets["codec"] = round_trips(truth, codecs)
    return sets


@lru_cache(maxsize=2)
def codecs_of(folder: Path | None) -> Codecs | None:
    """The codecs of a folder, loaded once."""
    return None if folder is None else load_codecs(folder)


@lru_cache(maxsize=2)
def looks_of_reader(path: Path | None) -> Looks | None:
    """The finder and namer of a reader's file, loaded once."""
    return None if path is None else load_reader(path).looks


def _rounded(found: Found) -> Found:
    """Plain numbers, short enough for a file."""

    def short(values: Any) -> Any:
        if isinstance(values, list):
            return [short(value) for value in values]
        return float(f"{values:.{_DIGITS}g}")

    return {
        key: value if isinstance(value, str) else short(np.asarray(value, np.float64).tolist())
        for key, value in found.items()
    }


def _kept(path: Path) -> Taken | None:
    """What a file holds; nothing where it is missing or was not finished."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
