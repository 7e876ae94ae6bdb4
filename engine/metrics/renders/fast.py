"""Whether Fast is the same take as Full, sooner: ``fast`` rows.

``fast.sN.*`` are of Fast in N steps, beside Full in 50 from the same noise:
``picture_distance`` is 1 less the structural similarity of their pictures, ``event_distance`` 1
less the F1 of their onsets within 60 ms; both have as their floor ``seeds``, Full beside Full from
another noise. ``prompt`` is the mean share of the caption's names read back, ``sync`` the F1 of
onsets against the contacts seen, both with Full's own as a floor. ``speed_ratio`` is Full's time in
the network over Fast's, one clip at a time, the median over clips.

Detectors: the reader, whose errors stand in ``prompt.detector`` and ``sync.detector``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.metrics.claims.cases import Shown
from engine.metrics.claims.quality import ssim
from engine.metrics.claims.rows import Found, Statistic, mean, median, scores_of
from engine.metrics.claims.seeing import luma
from engine.metrics.evidence import ClipSet, held_out_scenes, observe, world_clips
from engine.metrics.matching import match
from engine.metrics.onsets import hear
from engine.metrics.prompt import KINDS, shares_read
from engine.metrics.reader import Reader
from engine.metrics.renders.maker import Made, Maker
from engine.metrics.report import Score
from engine.metrics.sampling import FULL_STEPS
from engine.metrics.sync import clip_matches
from engine.world.caption import caption
from engine.world.scene import Scene

STEPS = (4, 8)
_OTHER_SEED = 1
_DISTANCES: dict[str, Statistic] = {"picture_distance": mean, "event_distance": mean}
_NAMES: dict[str, Statistic] = {"prompt": mean, "sync": mean}


def fast_rows(
    maker: Maker, reader: Reader, count: int, level: int, full_steps: int = FULL_STEPS
) -> dict[str, Score]:
    """Every row."""
    scenes = held_out_scenes(count, level)
    full = [_made(maker, scene, full_steps) for scene in scenes]
    other = [_made(maker, scene, full_steps, _OTHER_SEED) for scene in scenes]
    shown_full = [maker.shown(one) for one in full]
    seeds = _apart(shown_full, [maker.shown(one) for one in other])
    read_full = _read(reader, scenes, shown_full)
    world = world_clips(scenes)
    truth = [Shown(video=v, sound=s) for v, s in zip(world.video, world.sound, strict=True)]
    read_truth = _read(reader, scenes, truth)
    rows: dict[str, Score] = {}
    for steps in STEPS:
        fast = [_made(maker, scene, steps) for scene in scenes]
        shown = [maker.shown(one) for one in fast]
        ratios: list[Found] = [
            {"speed_ratio": slow.seconds / max(quick.seconds, 1e-6)}
            for slow, quick in zip(full, fast, strict=True)
        ]
        taken = scores_of(_DISTANCES, {"fast": _apart(shown_full, shown), "seeds": seeds}, "fast")
        read = {"fast": _read(reader, scenes, shown), "full": read_full, "truth": read_truth}
        taken |= scores_of(_NAMES, read, "fast")
        taken |= scores_of({"speed_ratio": median}, {"fast": ratios}, "fast")
        rows |= {f"fast.s{steps}.{row}": score for row, score in taken.items()}
    return rows


def _made(maker: Maker, scene: Scene, steps: int, further: int = 0) -> Made:
    words = caption(scene, 0)
    return maker.made(
        f"text {scene.seed + further} {steps} {words}",
        lambda: maker.generation(maker.context(words), scene.seed + further, steps),
    )


def _apart(first: Sequence[Shown], second: Sequence[Shown]) -> list[Found]:
    """How unlike two sets of clips are, pair by pair."""
    found: list[Found] = []
    for one, two in zip(first, second, strict=True):
        alike = [
            ssim(a, b) for a, b in zip(luma(one.video[::4]), luma(two.video[::4]), strict=True)
        ]
        times = [[onset.time_s for onset in hear(it.sound)] for it in (one, two)]
        same = match(times[1], times[0]).f1 if any(times) else 1.0
        found.append({"picture_distance": 1 - float(np.mean(alike)), "event_distance": 1 - same})
    return found


def _read(reader: Reader, scenes: Sequence[Scene], shown: Sequence[Shown]) -> list[Found]:
    """What the reader reads in clips of scenes."""
    clips = ClipSet(
        scenes=tuple(scenes),
        video=np.stack([one.video for one in shown]),
        sound=np.stack([one.sound for one in shown]),
    )
    seen = observe(reader, clips)
    matches = clip_matches(seen)
    found: list[Found] = []
    for index, scene in enumerate(scenes):
        shares = shares_read(seen.readings[index], scene)
        found.append(
            {
                "prompt": float(np.nanmean([shares[kind] for kind in KINDS])),
                "sync": matches[index].f1,
            }
        )
    return found
