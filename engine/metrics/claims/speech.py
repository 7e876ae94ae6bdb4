"""Whether a mouth opens when a voice sounds: ``sync.mouth`` and ``stereo.voice``, ``stereo.level``.

``sync.mouth.correlation`` is Pearson's between the opening seen and the loudness heard, at the same
instant; ``sync.mouth.lag_ms`` is the shift of the sound, within 300 ms, of their best fit, the
idea of SyncNet's offset (Chung and Zisserman 2016, "Out of time"), with the two embeddings replaced
by two curves that can be looked at. ``stereo.voice.pan_error`` is the distance between where a
syllable sounds and where the head is, in picture widths; ``stereo.level.correlation`` and
``stereo.level.error_db`` hold the loudness of syllables against what their distance asks for.

Detectors: darkness of the lower face (``seeing.mouth_opening``), its place known; loudness between
150 and 3800 Hz. Rows with ``.detector.`` are their correlation with the true opening, on truth.
Clips with music are not used, as drums are loud where mouths are shut.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.metrics.claims.cases import Case, Shown
from engine.metrics.claims.hearing import at_times, level_db, pan_between, voice_envelope
from engine.metrics.claims.rows import Claim, Measured, correlation, mean, median
from engine.metrics.claims.seeing import alike, mouth_opening
from engine.world.cast_truth import PuppetTruth

# Mouths begin to open before they are heard: by so much on truth.
LEAD_S = 0.03
LAGS_S = np.arange(-0.30, 0.3001, 0.01)
_LEAST_SYLLABLES = 3
_LEAST_RADIUS_PX = 5.0


def _speaker(case: Case) -> PuppetTruth | None:
    """The one of the cast that alone speaks, and is seen well enough."""
    speaking = [one for one in case.truth.cast if len(one.syllables) >= _LEAST_SYLLABLES]
    if len(speaking) != 1:
        return None
    one = speaking[0]
    inside = ((one.head > 0.03) & (one.head < 0.97)).all()
    large = one.head_radius.min() * case.shape.height >= _LEAST_RADIUS_PX
    return one if inside and large else None


def mouth_measures(case: Case, shown: Shown) -> Measured:
    """Opening against loudness in one clip."""
    one = _speaker(case)
    if one is None or one.mouth.std() < 0.05:
        return {}
    times = case.times_s
    opening = mouth_opening(shown.video, one.head, one.head_radius, one.facing)
    loud = voice_envelope(shown.sound)
    fits = np.array([alike(opening, at_times(loud, times, lag)) for lag in LAGS_S])
    rows: dict[str, float] = {
        "sync.mouth.correlation": alike(opening, at_times(loud, times)),
        "sync.mouth.detector.seen": alike(opening, one.mouth),
        "sync.mouth.detector.heard": alike(at_times(loud, times), one.mouth),
    }
    if np.isfinite(fits).all():
        rows["sync.mouth.lag_ms"] = 1000 * abs(_best_lag_s(fits) + LEAD_S)
    return rows


def _best_lag_s(fits: NDArray[np.float64]) -> float:
    """The best lag; of equals the one nearest to none."""
    near = np.flatnonzero(fits >= fits.max() - 1e-6)
    return float(LAGS_S[near[np.abs(LAGS_S[near]).argmin()]])


MOUTH = Claim(
    name="sync.mouth",
    kind="talk",
    measure=mouth_measures,
    rows={
        "sync.mouth.correlation": mean,
        "sync.mouth.lag_ms": median,
        "sync.mouth.detector.seen": mean,
        "sync.mouth.detector.heard": mean,
    },
    shuffle="sound",
)


def place_measures(case: Case, shown: Shown) -> Measured:
    """Pan and level of the syllables of one clip against place and distance."""
    speaking = [one for one in case.truth.cast if one.syllables]
    if len(speaking) != 1:
        return {}
    one, times = speaking[0], case.times_s
    pans, levels = [], []
    for said in one.syllables:
        if said.end_s > case.shape.duration_s or said.onset_s < 0:
            continue
        middle = 0.5 * (said.onset_s + said.end_s)
        x = float(np.clip(np.interp(middle, times, one.head[:, 0]), 0.0, 1.0))
        pans.append(abs(pan_between(shown.sound, said.onset_s, said.end_s) - x))
        asked = 20 * float(np.log10(max(np.interp(middle, times, one.level) * said.peak, 1e-4)))
        levels.append((level_db(shown.sound, said.onset_s, said.end_s), asked))
    if not pans:
        return {}
    table = np.array(levels)
    return {
        "stereo.voice.pan_error": np.array(pans),
        "stereo.level.correlation": table,
        "stereo.level.error_db": table,
    }


def spread(values: NDArray[np.float64]) -> float:
    """Mean distance in dB of (P, 2) from what is asked, but for one gain common to all."""
    off = values[:, 0] - values[:, 1]
    return float(np.abs(off - np.median(off)).mean())


PLACE = Claim(
    name="stereo.voice",
    kind="talk",
    measure=place_measures,
    rows={
        "stereo.voice.pan_error": mean,
        "stereo.level.correlation": correlation,
        "stereo.level.error_db": spread,
    },
    shuffle="sound",
)
