"""Whether what moves obeys mechanics: ``physics`` rows from bodies found and followed in pictures.

- ``physics.momentum_residual``: change of the bodies' horizontal momentum from three pictures
  before a two-body contact to three after, over the momentum that was there. Mass is visible area
  times the density of the material that is read.
- ``physics.energy_gain``: kinetic energy gained there, over what was there; 0 for any true contact.
- ``physics.flight_residual``: distance of the acceleration seen in free flight from gravity, in g.
- ``physics.overlap_share``: depth to which two bodies lie in each other, over the smaller one.
- ``physics.iq.*``: Physics-IQ (Motamed et al. 2025, arXiv:2501.09038): masks of all that moves, as
  one picture (spatial), per picture (spatiotemporal) and weighted by how long it moves (weighted
  spatial), intersection over union with the truth's; and the mean squared error of the pixels.

Detector: the finder of ``looks`` on every picture, joined by ``tracks``. Its own error is the rows'
value on truth, where all residuals are 0 by physics, and ``physics.detector.place_px``. The camera
stands still in the clips that are used. When and where to look (contacts, flights) is known.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from engine.metrics.claims.cases import Case, Shown
from engine.metrics.claims.rows import Claim, Measured, mean, median
from engine.metrics.claims.seeing import luma
from engine.metrics.looks import STRIDE, Looks, to_pictures
from engine.metrics.tracks import peaks
from engine.world.matter import (
    FLOORS,
    MATERIALS,
    OUTLINES,
    gravity_m_s2,
    ground_of,
    mass_kg,
)
from engine.world.scene import VIEW_HEIGHT_M

Locate = Callable[[Case, Shown], NDArray[np.float64]]
_LEAST = 0.25
_NEAR = 1.2
_MOVED = 0.06
# Velocities are lines through this many pictures.
_PICTURES = 3
_FLIGHT = 5
# Less is not told from rest.
_STILL_M = 0.012
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
    metres = way * scale
    off = np.linalg.norm(way - known_places(case, shown), axis=-1)
    rows: dict[str, ArrayLike] = {"physics.detector.place_px": off[np.isfinite(off)]}
    momentum, energy = _contact_residuals(case, metres)
    rows["physics.momentum_residual"] = momentum
    rows["physics.energy_gain"] = energy
    rows["physics.flight_residual"] = _flight_residuals(case, metres)
    if len(case.scene.bodies) > 1:
        rows["physics.overlap_share"] = _overlap(case, metres)
    rows |= physics_iq(case, shown)
    return rows


def _contact_residuals(case: Case, metres: NDArray[np.float64]) -> tuple[list[float], list[float]]:
    momentum, energy = [], []
    rate = float(case.shape.rate)
    times = [contact.time_s for contact in case.truth.contacts if contact.other >= 0]
    for contact in case.truth.contacts:
        pair = [contact.body, contact.other]
        alone = sum(abs(t - contact.time_s) < _PICTURES / rate for t in times) == 1
        struck = [
            c.time_s
            for c in case.truth.contacts
            if c is not contact and {c.body, c.other} & set(pair) and c.other == -2
        ]
        if contact.other < 0 or not alone or contact.speed_m_s < 0.5:
            continue
        if any(abs(t - contact.time_s) < (_PICTURES + 1) / rate for t in struck):
            continue
        after = int(np.ceil(contact.time_s * rate - 0.5))
        if after < _PICTURES or after + _PICTURES > len(metres):
            continue
        slowing = np.array([slowing_m_s2(case, index) for index in pair])
        late_s = (after + 0.5) / rate - contact.time_s
        early_s = 1 / rate - late_s
        # Backwards in time, what slows down gains speed.
        before = -_speeds_at(metres[after - _PICTURES : after, pair][::-1], -slowing, rate, early_s)
        later = _speeds_at(metres[after : after + _PICTURES, pair], slowing, rate, late_s)
        masses = np.array([mass_kg(case.scene.bodies[index]) for index in pair])
        there = float((masses * np.abs(before)).sum())
        residual = abs(float((masses * (later - before)).sum())) / max(there, 1e-6)
        momentum.append(min(residual, _MOST) if np.isfinite(residual) else np.nan)
        kinetic = [float((masses * v**2).sum()) for v in (before, later)]
        gained = max(0.0, kinetic[1] - kinetic[0]) / max(kinetic[0], 1e-6)
        energy.append(min(gained, _MOST) if np.isfinite(gained) else np.nan)
    return momentum, energy


def slowing_m_s2(case: Case, index: int) -> float:
    """What friction, or rolling, takes from a body's speed each second."""
    body = case.scene.bodies[index]
    ground = ground_of(case.scene)
    own, floor, gravity = MATERIALS[body.material], FLOORS[ground], gravity_m_s2(ground)
    if OUTLINES[body.prop].rolls:
        return (own.rolling_loss + floor.rolling_loss) * gravity
    return float(np.sqrt(own.grip * floor.grip)) * gravity


def _speeds_at(
    places: NDArray[np.float64], slowing: NDArray[np.float64], rate: float, away_s: float
) -> NDArray[np.float64]:
    """(2,) horizontal metres a second at ``away_s`` before the first of (3, 2, 2) places.

    From the way over all of them, by even slowing, or until the body came to rest.
    """
    way = places[-1, :, 0] - places[0, :, 0]
    span = (len(places) - 1) / rate
    first = np.abs(way) / span + 0.5 * slowing * span
    stopped = (slowing > 0) & (first < slowing * span)
    first = np.where(stopped, np.sqrt(2 * np.maximum(slowing, 0) * np.abs(way)), first)
    moving = np.abs(way) > _STILL_M
    return np.where(moving, np.sign(way) * np.maximum(first + slowing * away_s, 0), 0.0)


def _flight_residuals(case: Case, metres: NDArray[np.float64]) -> list[float]:
    rate, residuals = float(case.shape.rate), []
    gravity = gravity_m_s2(ground_of(case.scene))
    curve = np.array([2.0, -1.0, -2.0, -1.0, 2.0]) / 14
    for body, prop in enumerate(case.scene.bodies):
        touched = [c.time_s for c in case.truth.contacts if body in (c.body, c.other)]
        above = case.truth.positions_m[:, body, 1] - OUTLINES[prop.prop].half_height * prop.radius_m
        for first in range(0, len(metres) - _FLIGHT + 1, 2):
            part = slice(first, first + _FLIGHT)
            span = (first + 0.4) / rate, (first + _FLIGHT - 0.4) / rate
            if above[part].min() < 0.02 or any(span[0] <= t <= span[1] for t in touched):
                continue
            if case.truth.centres[part, body, 1].min() < 0.12:
                continue
            fall = 2 * float(curve @ metres[part, body, 1]) * rate**2
            residuals.append(abs(fall - gravity) / gravity)
    return residuals


def _overlap(case: Case, metres: NDArray[np.float64]) -> list[float]:
    """Depth of the outlines in each other, over the smaller radius, the worst pair per picture."""
    shares = np.zeros(len(metres))
    bodies = case.scene.bodies
    for a in range(len(bodies)):
        for b in range(a + 1, len(bodies)):
            gap = np.abs(metres[:, a] - metres[:, b])
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
