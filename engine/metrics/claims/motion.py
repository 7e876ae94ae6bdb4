"""Whether what moves obeys mechanics: ``physics`` rows from bodies found and followed in pictures.

- ``physics.momentum_residual``: change of the bodies' horizontal momentum from three pictures
  before a two-body contact to three after, less what floor and walls give in that time (known of
  the case: the truth's own change, in which the bodies' blows cancel), over the momentum that was
  there. Mass is visible area times the density of the material.
- ``physics.energy_gain``: energy of motion, turning and height gained there, over what was there.
- ``physics.flight_residual``: distance of the acceleration seen in free flight from gravity, in g.
- ``physics.overlap_share``: depth to which two bodies lie in each other, over the smaller one.
- ``physics.iq.*``: Physics-IQ (Motamed et al. 2025, arXiv:2501.09038): masks of all that moves, as
  one picture (``spatial_iou``), per picture (``spatiotemporal_iou``) and weighted by how long it
  moves (``weighted_iou``), intersection over union with the truth's; and ``mse_error``, the mean
  squared error of the pixels, of a range of 1.

Detector: the finder of ``looks`` on every picture, joined by ``tracks``. Its own error is the rows'
value on truth, where all residuals are 0 by physics, and ``physics.detector.place_px``. The camera
stands still in the clips that are used. When and where to look (contacts, flights) is known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from engine.metrics.claims.cases import Case, Shown
from engine.metrics.claims.rows import Claim, Measured, mean, median
from engine.metrics.claims.seeing import luma
from engine.metrics.looks import STRIDE, Looks, to_pictures
from engine.metrics.tracks import peaks
from engine.world.matter import OUTLINES, gravity_m_s2, ground_of, half_height_m, mass_kg
from engine.world.scene import VIEW_HEIGHT_M

Locate = Callable[[Case, Shown], NDArray[np.float64]]
_LEAST = 0.25
_NEAR = 1.2
_MOVED = 0.06
# Velocities are lines through this many pictures.
_PICTURES = 3
_FLIGHT = 5
# What is no higher rolls on the floor; what is nearer to the upper edge is half outside.
_LOW_M, _INSIDE = 0.04, 0.12
# Where hardly anything was there before, any change is endless.
_MOST = 5.0


@torch.inference_mode()
def find_bodies(looks: Looks, case: Case, shown: Shown) -> NDArray[np.float64]:
    """(T, N, 2) pixels of each body of a case as found in what is shown; NaN where it is not.

    Of what is found in a picture each body takes what is nearest to where it was going, starting
    from where it is known to begin.
    """
    found = looks.finder(to_pictures(torch.from_numpy(np.ascontiguousarray(shown.video))))
    heat = found.heat.sigmoid().numpy()
    count, bodies = len(heat), len(case.scene.bodies)
    size = np.array([case.shape.width, case.shape.height])
    way = np.full((count, bodies, 2), np.nan)
    for t in range(count):
        seen = []
        for row, column, _ in peaks(heat[t], _LEAST):
            right, down = found.place[t, :2, row, column].tolist()
            seen.append(((column + 0.5 + right) * STRIDE, (row + 0.5 + down) * STRIDE))
        expected = [_expected(way[:t, n], case.truth.centres[0, n] * size) for n in range(bodies)]
        reach = [_NEAR * max(case.truth.extents[t, n] * size[1], 6.0) for n in range(bodies)]
        options = sorted(
            (float(np.hypot(*(np.subtract(place, expected[n])))), k, n)
            for k, place in enumerate(seen)
            for n in range(bodies)
        )
        taken: set[int] = set()
        for distance, k, n in options:
            if distance <= reach[n] and k not in taken and np.isnan(way[t, n, 0]):
                way[t, n] = seen[k]
                taken.add(k)
    return way


def _expected(before: NDArray[np.float64], start: NDArray[np.float64]) -> NDArray[np.float64]:
    there = np.flatnonzero(~np.isnan(before[:, 0]))
    if not len(there):
        return start
    last = before[there[-1]]
    if len(there) < 2 or there[-1] - there[-2] > 2:
        return last
    step = (last - before[there[-2]]) / (there[-1] - there[-2])
    return last + step * min(len(before) - there[-1], 2)


def known_places(case: Case, shown: Shown) -> NDArray[np.float64]:
    """(T, N, 2) where the bodies truly are, for tests of what follows from it."""
    del shown
    return case.truth.centres.astype(np.float64) * (case.shape.width, case.shape.height)


def motion_measures(case: Case, shown: Shown, locate: Locate) -> Measured:
    """Every row of one clip."""
    way = locate(case, shown)
    scale = VIEW_HEIGHT_M / case.shape.height / float(case.truth.camera[0, 2])
    off = way - known_places(case, shown)
    # Metres to the right and up from the floor: the camera stands, so that error is the same there.
    places = case.truth.positions_m + off * (scale, -scale)
    distance = np.linalg.norm(off, axis=-1)
    rows: dict[str, ArrayLike] = {"physics.detector.place_px": distance[np.isfinite(distance)]}
    momentum, energy = _contact_residuals(case, places)
    rows["physics.momentum_residual"] = momentum
    rows["physics.energy_gain"] = energy
    rows["physics.flight_residual"] = _flight_residuals(case, places)
    if len(case.scene.bodies) > 1:
        rows["physics.overlap_share"] = _overlap(case, places)
    rows |= physics_iq(case, shown)
    return rows


@dataclass(frozen=True, kw_only=True)
class _Halves:
    """(2, 2) velocities and (2,) heights above rest of a pair, about a contact."""

    before: NDArray[np.float64]
    after: NDArray[np.float64]
    height_before: NDArray[np.float64]
    height_after: NDArray[np.float64]


def _halves(case: Case, places: NDArray[np.float64], pair: list[int], after: int) -> _Halves:
    """Lines through the pictures on either side: speeds and heights in the middle of each."""
    span_s = (_PICTURES - 1) / float(case.shape.rate)
    first, second = places[after - _PICTURES : after, pair], places[after : after + _PICTURES, pair]
    rest = np.array([half_height_m(case.scene.bodies[index]) for index in pair])
    return _Halves(
        before=(first[-1] - first[0]) / span_s,
        after=(second[-1] - second[0]) / span_s,
        height_before=first[_PICTURES // 2, :, 1] - rest,
        height_after=second[_PICTURES // 2, :, 1] - rest,
    )


def _contact_residuals(case: Case, places: NDArray[np.float64]) -> tuple[list[float], list[float]]:
    """Momentum from nowhere, and energy, at each two-body contact that is alone in time."""
    momentum, energy = [], []
    rate = float(case.shape.rate)
    times = [contact.time_s for contact in case.truth.contacts if contact.other >= 0]
    for contact in case.truth.contacts:
        alone = sum(abs(t - contact.time_s) < _PICTURES / rate for t in times) == 1
        after = int(np.ceil(contact.time_s * rate - 0.5))
        inside = _PICTURES <= after <= len(places) - _PICTURES
        if contact.other < 0 or not alone or not inside or contact.speed_m_s < 0.5:
            continue
        pair = [contact.body, contact.other]
        masses = np.array([mass_kg(case.scene.bodies[index]) for index in pair])
        seen = _halves(case, places, pair, after)
        true = _halves(case, case.truth.positions_m.astype(np.float64), pair, after)
        # The pair's blows cancel; what is left of the truth's change is the push of the ground.
        pushed = masses @ (true.after - true.before)[:, 0]
        from_nowhere = masses @ (seen.after - seen.before)[:, 0] - pushed
        there = float(masses @ np.linalg.norm(true.before, axis=1))
        momentum.append(min(abs(float(from_nowhere)) / max(there, 1e-6), _MOST))
        had, has, truly = (
            _energy_j(case, pair, masses, velocity, height)
            for velocity, height in (
                (seen.before, seen.height_before),
                (seen.after, seen.height_after),
                (true.before, true.height_before),
            )
        )
        gained = max(0.0, has - had) / max(truly, 1e-6)
        energy.append(min(gained, _MOST) if np.isfinite(has - had) else np.nan)
    return momentum, energy


def _energy_j(
    case: Case,
    pair: list[int],
    masses: NDArray[np.float64],
    velocities: NDArray[np.float64],
    heights: NDArray[np.float64],
) -> float:
    """Energy of motion and height; what rolls on the floor turns as well."""
    rolls = [OUTLINES[case.scene.bodies[index].prop].rolls for index in pair]
    turning = np.where(np.array(rolls) & (heights < _LOW_M), 0.5, 0.0)
    gravity = gravity_m_s2(ground_of(case.scene))
    squares = np.square(velocities)
    moving = 0.5 * (squares.sum(axis=1) + turning * squares[:, 0])
    return float(masses @ (moving + gravity * np.maximum(heights, 0.0)))


def _flight_residuals(case: Case, places: NDArray[np.float64]) -> list[float]:
    """Of each flight, between touches and within the picture: one parabola through all of it."""
    rate, residuals = float(case.shape.rate), []
    gravity = gravity_m_s2(ground_of(case.scene))
    times = case.times_s
    for body, prop in enumerate(case.scene.bodies):
        touched = [c.time_s for c in case.truth.contacts if body in (c.body, c.other)]
        above = case.truth.positions_m[:, body, 1] - half_height_m(prop)
        free = (above >= _LOW_M) & (case.truth.centres[:, body, 1] >= _INSIDE)
        free &= np.isfinite(places[:, body, 1])
        free &= np.all([np.abs(times - t) > 0.4 / rate for t in touched], axis=0)
        between = np.searchsorted(touched, times)
        for number in np.unique(between):
            part = np.flatnonzero(free & (between == number))
            if len(part) >= _FLIGHT:
                fall = -2 * float(np.polyfit(times[part], places[part, body, 1], 2)[0])
                residuals.append(abs(fall - gravity) / gravity)
    return residuals


def _overlap(case: Case, places: NDArray[np.float64]) -> list[float]:
    """Depth of the outlines in each other, over the smaller radius, the worst pair per picture."""
    shares = np.zeros(len(places))
    bodies = case.scene.bodies
    for a in range(len(bodies)):
        for b in range(a + 1, len(bodies)):
            gap = np.abs(places[:, a] - places[:, b])
            half = [
                (OUTLINES[one.prop].half_width * one.radius_m,
                 OUTLINES[one.prop].half_height * one.radius_m)
                for one in (bodies[a], bodies[b])
            ]  # fmt: skip
            if OUTLINES[bodies[a].prop].rolls and OUTLINES[bodies[b].prop].rolls:
                depth = half[0][0] + half[1][0] - np.hypot(gap[:, 0], gap[:, 1])
            else:
                reach = np.add(half[0], half[1])
                depth = np.minimum(reach[0] - gap[:, 0], reach[1] - gap[:, 1])
            smaller = min(bodies[a].radius_m, bodies[b].radius_m)
            shares = np.fmax(shares, np.maximum(depth, 0) / smaller)
    return shares.tolist()


def physics_iq(case: Case, shown: Shown) -> dict[str, float]:
    """Physics-IQ's masks, their overlaps, and the error of the pixels."""
    true, seen = (_moving(one.video) for one in (case.answer, shown))
    weighted = [mask.mean(axis=0) for mask in (true, seen)]
    most = float(np.maximum(*weighted).sum())
    change = (shown.video.astype(np.float32) - case.answer.video) / 255
    return {
        "physics.iq.spatial_iou": _iou(np.asarray(true.any(axis=0)), np.asarray(seen.any(axis=0))),
        "physics.iq.spatiotemporal_iou": float(
            np.mean([_iou(a, b) for a, b in zip(true, seen, strict=True)])
        ),
        "physics.iq.weighted_iou": float(np.minimum(*weighted).sum()) / most if most else 1.0,
        "physics.iq.mse_error": float(np.square(change).mean()),
    }


def _moving(video: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.abs(np.diff(luma(video), axis=0)) > _MOVED


def _iou(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    either = int((first | second).sum())
    return int((first & second).sum()) / either if either else 1.0


_ROWS = {
    "physics.momentum_residual": median,
    "physics.energy_gain": mean,
    "physics.flight_residual": median,
    "physics.overlap_share": mean,
    "physics.iq.spatial_iou": mean,
    "physics.iq.spatiotemporal_iou": mean,
    "physics.iq.weighted_iou": mean,
    "physics.iq.mse_error": mean,
    "physics.detector.place_px": mean,
}


def motion_claim(looks: Looks | None) -> Claim:
    """The claim, with bodies found by ``looks``, or known to whoever tests what follows."""
    locate: Locate = known_places if looks is None else partial(find_bodies, looks)

    def measure(case: Case, shown: Shown) -> Measured:
        return motion_measures(case, shown, locate)

    return Claim(name="physics", kind="props", measure=measure, rows=_ROWS, static=True)
