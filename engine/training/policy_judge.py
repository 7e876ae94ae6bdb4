"""What a policy is judged by beside its reward: a measure for every head that none learns from.

Shape letters: N clips, T pictures, H height, W width, S samples.

- of visual quality ``quiet``: how little there is in the flattest quarter of the pictures, where a
  drawn clip has nothing; minus its spread in levels of 255;
- of motion quality ``steady``: how smoothly bodies go, minus the median jerk of their paths in
  radii a moment cubed: a body in flight or on a floor has none but where it touches;
- of sync ``sync_f1``: of the contacts that the pictures show and the onsets heard;
- of prompt adherence ``prompt_read``: the share of the caption's names that the reader finds;
- of aesthetics ``framed``: the share of the moments that have a body in view as a whole, and
  nothing where the sound is clipped.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from engine.metrics.evidence import ClipSet, observe
from engine.metrics.prompt import shares_read
from engine.metrics.reader import Reader, Reading
from engine.metrics.sync import clip_matches
from engine.metrics.tracks import Track
from engine.metrics.watching import MOMENTS
from engine.models.codecs import Codecs
from engine.models.signals import Latents
from engine.shapes import ClipShape
from engine.world.scene import Scene

_BLOCK_PX = 8
_LOOKED_AT = 5
_CLIPPED = 0.98
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
_JERK = np.array([-1.0, 3.0, -3.0, 1.0])


class ReaderJudge:
    """Judges decoded clips by the reader and by ear."""

    def __init__(self, codecs: Codecs, reader: Reader, shape: ClipShape) -> None:
        self._codecs, self._reader, self._shape = codecs, reader, shape

    def judge(self, clips: Latents, scenes: tuple[Scene, ...]) -> dict[str, list[float]]:
        """All measures per clip; NaN where a clip does not tell."""
        video = self._codecs.decode_video(clips.video, self._shape.width, self._shape.height)
        sound = self._codecs.decode_audio(clips.audio, self._shape.samples)
        made = ClipSet(scenes=scenes, video=video.cpu().numpy(), sound=sound.cpu().numpy())
        return judged(self._reader, made)


def judged(reader: Reader, clips: ClipSet) -> dict[str, list[float]]:
    """All measures of clips, per clip; more is better."""
    evidence = observe(reader, clips)
    matches = clip_matches(evidence)
    rows: dict[str, list[float]] = {}
    for index, scene in enumerate(clips.scenes):
        reading, match = evidence.readings[index], matches[index]
        shares = shares_read(reading, scene)
        found = {
            "quiet": quiet(clips.video[index]),
            "steady": steady(reading.tracks),
            "sync_f1": match.f1 if match.found or match.wanted else math.nan,
            "prompt_read": float(np.nanmean(list(shares.values()))),
            "framed": _framed(reading, clips.video.shape[2:4], clips.sound[index]),
        }
        for name, value in found.items():
            rows.setdefault(name, []).append(value)
    return rows


def quiet(video: NDArray[np.uint8]) -> float:
    """Minus the spread within the flattest quarter of the blocks of (T, H, W, 3)."""
    at = np.linspace(0, len(video) - 1, _LOOKED_AT).round().astype(int)
    grey = torch.from_numpy(video[at] @ _LUMA)[:, None]
    fine = grey - F.avg_pool2d(grey, 5, stride=1, padding=2, count_include_pad=False)
    blocks = F.unfold(fine, _BLOCK_PX, stride=_BLOCK_PX)
    spreads = blocks.std(dim=1).sort(dim=1).values
    return -float(spreads[:, : max(1, spreads.shape[1] // 4)].mean())


def steady(tracks: tuple[Track, ...]) -> float:
    """Minus the median jerk over all paths, where a body is seen at four moments in a row."""
    found: list[float] = []
    for track in tracks:
        run = []
        for before, now in pairwise((None, *track.sightings)):
            assert now is not None
            run = [*run, now] if before is not None and now.time == before.time + 1 else [now]
            if len(run) < len(_JERK):
                continue
            last = run[-len(_JERK) :]
            jerk = np.hypot(_JERK @ [one.x for one in last], _JERK @ [one.y for one in last])
            found.append(float(jerk) / max(1.0, float(np.mean([one.radius for one in last]))))
    return -float(np.median(found)) if found else math.nan


def _framed(reading: Reading, size: tuple[int, ...], sound: NDArray[np.float32]) -> float:
    """``size`` is (H, W)."""
    if float(np.abs(sound).max(initial=0.0)) >= _CLIPPED:
        return 0.0
    high, wide = size
    whole = {
        one.time
        for track in reading.tracks
        for one in track.sightings
        if one.radius <= one.x <= wide - one.radius and one.radius <= one.y <= high - one.radius
    }
    return len(whole) / MOMENTS
