from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import engine
from engine.metrics.claims import rounds as rounds_module
from engine.metrics.claims.cases import Case, Shown, subjects_of
from engine.metrics.claims.rounds import Tools, is_kept, rounds_of, taken
from engine.metrics.claims.rows import Claim, Measured, mean
from engine.metrics.claims.suite import all_claims, claims_with
from tests.patience import PATIENCE_S

NO_TOOLS = Tools(reader=None, codecs=None)


def _brightness(case: Case, shown: Shown) -> Measured:
    del case
    return {"brightness": float(shown.video.mean()), "nothing": float("nan")}


CLAIM = Claim(
    name="brightness",
    kind="props",
    measure=_brightness,
    rows={"brightness": mean, "nothing": mean},
    retake=False,
)


def test_rounds_are_small_and_none_is_of_one_case():
    rounds = rounds_of([CLAIM], 9, 1, each=4)
    assert [len(one.subjects) for one in rounds] == [4, 5]
    subjects = [scene for one in rounds for scene in one.subjects]
    assert subjects == subjects_of("props", 9, 1)
    assert len({one.name for one in rounds}) == 2


def test_claims_about_the_same_clips_share_a_round():
    rounds = rounds_of(all_claims(None, None), 2, None)
    together = next(one for one in rounds if "sync.mouth" in one.claims)
    assert {"sync.mouth", "stereo.voice", "references.voice"} <= set(together.claims)
    drift = next(one for one in rounds if "extension.drift" in one.claims)
    assert drift.shape.duration_s > 14
    assert not drift.retake


_TAKING = """
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from os import getpid

from engine.metrics.claims.rounds import alone

if __name__ == "__main__":
    pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=alone)
    print(pool.submit(getpid).result(), flush=True)
    pool.submit(time.sleep, 600)
    time.sleep(600)
"""


def test_no_process_outlives_a_score_that_is_killed(tmp_path: Path):
    script = tmp_path / "taking.py"
    script.write_text(_TAKING, encoding="utf-8")
    root = str(Path(engine.__file__).parents[1])
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    ) as taking:
        assert taking.stdout is not None
        assert int(taking.stdout.readline()) != taking.pid
        taking.kill()
        # The worker writes to the same pipe, which ends when nobody does any more.
        taking.communicate(timeout=PATIENCE_S)


def test_what_was_taken_is_not_taken_again(tmp_path: Path):
    asked: list[Tools] = []

    def choose(tools: Tools) -> Sequence[Claim]:
        asked.append(tools)
        return [CLAIM]

    rounds = rounds_of([CLAIM], 4, 1, each=2)
    first = {one.name: found for one, found in taken(rounds, NO_TOOLS, tmp_path, choose)}
    assert len(asked) == 2
    next(tmp_path.rglob("*.json")).write_text('{"brig')  # As a process that was killed leaves it.
    assert sorted(is_kept(one, NO_TOOLS, tmp_path) for one in rounds) == [False, True]
    assert not is_kept(rounds[0], NO_TOOLS, None)
    again = {one.name: found for one, found in taken(rounds, NO_TOOLS, tmp_path, choose)}
    assert len(asked) == 3
    for name, found in first.items():
        ways = found["brightness"]
        assert set(ways) == {"truth", "shuffled"}
        kept = again[name]["brightness"]["truth"]
        assert [one["brightness"] for one in kept] == [one["brightness"] for one in ways["truth"]]
        assert np.isnan(kept[0]["nothing"])


def test_what_rounds_are_taken_with_is_all_that_decides_what_they_find(monkeypatch):
    asked = []

    def digest(*modules):
        asked.extend(modules)
        return "one" if len(asked) == 1 else "another"

    monkeypatch.setattr(rounds_module, "source_digest", digest)
    assert NO_TOOLS.name != NO_TOOLS.name
    assert asked[0] == claims_with.__module__
    monkeypatch.setattr(rounds_module, "source_digest", lambda *_: "one")
    before = NO_TOOLS.name
    monkeypatch.setattr(rounds_module.np, "__version__", "0.1")
    assert NO_TOOLS.name != before
