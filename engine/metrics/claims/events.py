"""Whether steps and beats are heard when they are seen: ``sync.steps`` and ``sync.beat``.

``sync.steps.f1`` is the F1 of onsets against footfalls, strikes and landings at least 300 ms apart,
within 60 ms, and ``sync.steps.heard`` the share of these that have an onset;
``sync.steps.offset_ms`` and ``sync.steps.offset_p90_ms`` are the median and the 90th percentile of
the distance, and ``sync.steps.lag_ms`` is the shift, within 300 ms, at which all fit best, the idea
of SyncNet's offset (Chung and Zisserman 2016). Detector: the ear (``onsets.hear``), whose own error
is the rows' value on truth; the footfalls are those of the case, so these rows are of sounds made
for a known picture.

``sync.beat.phase_ms`` is how far the beat heard lies from the dance seen: the first harmonics, over
the beat's period, of onset strength and of motion, less what lies between them where the dance is
on the beat, which differs by its steps and is known of the case. ``sync.beat.av_align`` is AV-Align
(Yariv et al. 2023, "Diverse and aligned audio-to-video generation"): peaks of motion and of onset
strength matched within one picture, intersection over union. Its weakness is known and shows in its
floors: any busy picture matches any busy sound. Detectors: change of brightness within the dancer's
true outline, and the ear; their own error is again the rows' value on truth.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.metrics.claims.cases import Case, Shown
from engine.metrics.claims.rows import Claim, Measured, mean, median, ninetieth
from engine.metrics.claims.seeing import motion_energy
from engine.metrics.evidence import spaced
from engine.metrics.matching import lag_s, match
from engine.metrics.onsets import HOP, flux_of, hear
from engine.shapes import SAMPLE_RATE_HZ
from engine.world.actions import Dance


def step_measures(case: Case, shown: Shown) -> Measured:
    """Onsets against footfalls in one clip."""
    end = case.shape.duration_s
    events = [(e.time_s, e.audible) for one in case.truth.cast for e in (*one.steps, *one.touches)]
    events += [(contact.time_s, contact.audible) for contact in case.truth.contacts]
    events = sorted((t, audible) for t, audible in events if 0.02 < t < end - 0.02)
    wanted = spaced([t for t, audible in events if audible])
    if not wanted:
        return {}
    heard = [one.time_s for one in hear(shown.sound)]
    found = match(heard, wanted, [t for t, _ in events])
    rows: dict[str, ArrayLike] = {"sync.steps.f1": found.f1, "sync.steps.heard": found.recall}
    if found.offsets_s:
        offsets_ms = 1000 * np.abs(found.offsets_s)
        rows |= {"sync.steps.offset_ms": offsets_ms, "sync.steps.offset_p90_ms": offsets_ms}
    if heard:
        rows["sync.steps.lag_ms"] = 1000 * abs(lag_s(heard, wanted))
    return rows


STEPS = Claim(
    name="sync.steps",
    kind="steps",
    measure=step_measures,
    rows={
        "sync.steps.f1": mean,
        "sync.steps.heard": mean,
        "sync.steps.offset_ms": median,
        "sync.steps.offset_p90_ms": ninetieth,
        "sync.steps.lag_ms": median,
    },
    shuffle="sound",
)


def beat_measures(case: Case, shown: Shown) -> Measured:
    """A dancer's motion against the music in one clip."""
    beats = np.array(case.truth.beats_s)
    dancers = [
        k for k, one in enumerate(case.scene.cast) if any(isinstance(a, Dance) for a in one.acts)
    ]
    if len(beats) < 2 or not dancers:
        return {}
    period = float(np.diff(beats).mean())
    region = case.masks == len(case.scene.bodies) + 1 + dancers[0]
    if region.sum() < 50 * len(region):
        return {}
    motion, true_motion = (motion_energy(it.video, region) for it in (shown, case.answer))
    at = (np.arange(len(motion), dtype=np.float64) + 1.0) / float(case.shape.rate)
    flux = flux_of(shown.sound).astype(np.float64)
    heard = np.arange(len(flux)) * HOP / SAMPLE_RATE_HZ
    sound, seen = _turn(heard, flux, period), _turn(at, motion - motion.mean(), period)
    beat = np.exp(2j * np.pi * beats[0] / period)
    danced = _turn(at, true_motion - true_motion.mean(), period)
    rows: dict[str, float] = {"sync.beat.av_align": av_align(motion, at, shown)}
    if min(abs(sound), abs(seen), abs(danced)) > 0:
        apart = np.angle((sound / beat) / (seen / danced))
        rows["sync.beat.phase_ms"] = 1000 * period * abs(apart) / (2 * np.pi)
    return rows


def _turn(times_s: NDArray[np.float64], strength: NDArray[np.float64], period: float) -> complex:
    """The first harmonic of a series over the beat's period, whole periods only."""
    whole = np.floor((times_s[-1] - times_s[0]) / period) * period
    kept = times_s <= times_s[0] + whole
    return complex((strength[kept] * np.exp(2j * np.pi * times_s[kept] / period)).sum())


def av_align(motion: NDArray[np.float64], at: NDArray[np.float64], shown: Shown) -> float:
    """Intersection over union of the peaks of motion and the onsets, within a picture."""
    inner = motion[1:-1]
    peaks = (inner > motion[:-2]) & (inner >= motion[2:]) & (inner > motion.mean())
    seen = at[1:-1][peaks]
    heard = np.array([one.time_s for one in hear(shown.sound)])
    if not len(seen) or not len(heard):
        return 0.0
    near = np.abs(seen[:, None] - heard) <= (at[1] - at[0])
    both = int(near.any(axis=1).sum())
    return both / (len(seen) + len(heard) - int(near.any(axis=0).sum()))


BEAT = Claim(
    name="sync.beat",
    kind="dance",
    measure=beat_measures,
    rows={"sync.beat.phase_ms": median, "sync.beat.av_align": mean},
    shuffle="sound",
)
