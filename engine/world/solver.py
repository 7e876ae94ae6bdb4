"""A small batched rigid-body solver: discs that roll and boxes that slide, in one vertical plane.

Shape letters: B scenes, N bodies (padded), P pairs of bodies.

Time advances in fixed substeps. Each touch is traced back to the instant at which it began, and
the body continues from there at its new speed; so free flight and bounces follow the closed form
whatever the substep. Bodies that hardly bounce any more stand on the floor until they are struck.
Body-body contacts are frictionless; at the floor, friction couples sliding and rolling.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engine.world.truth import FLOOR, WALL

# Slower touches do not bounce: they end in standing or leaning.
REST_SPEED_M_S = 0.22
# Slower touches are not worth a record.
RECORD_SPEED_M_S = 0.12
# A pair that touched this recently is still the same contact.
REFRACTORY_S = 0.05
DISC_INERTIA = 0.5
SLIP_M_S = 0.02
FIRST = np.array([0, 0, 1])
SECOND = np.array([1, 2, 2])


@dataclass(kw_only=True)
class Bodies:
    """The state and the constants of all bodies; every array is (B, N) but ``grip`` pairs.

    Attributes:
        x, y, vx, vy, angle, spin: the state, in metres, radians and seconds.
        box_x, box_y, corner: outline: half extents of the box inside the rounded corners.
        mass: kilograms; padding bodies have 1.
        rolls, alive: whether it is a disc; whether it is there at all.
        floor_bounce, floor_grip, floor_loss: against this scene's floor.
        wall_bounce: against this scene's walls.
        bounce: own restitution, for body-body contacts.
        grounded: whether it stands on the floor.
        gravity_m_s2: (B, 1) what pulls down in each scene.
    """

    x: np.ndarray
    y: np.ndarray
    vx: np.ndarray
    vy: np.ndarray
    angle: np.ndarray
    spin: np.ndarray
    box_x: np.ndarray
    box_y: np.ndarray
    corner: np.ndarray
    mass: np.ndarray
    rolls: np.ndarray
    alive: np.ndarray
    floor_bounce: np.ndarray
    floor_grip: np.ndarray
    floor_loss: np.ndarray
    wall_bounce: np.ndarray
    bounce: np.ndarray
    grounded: np.ndarray
    gravity_m_s2: np.ndarray
    wall_x_m: float
    base: np.ndarray = field(init=False)
    reach: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.base = self.box_y + self.corner
        self.reach = self.wall_x_m - self.box_x - self.corner


@dataclass(frozen=True, kw_only=True)
class Touch:
    """One recorded contact: indices, instant and what it exchanged."""

    scene: int
    body: int
    other: int
    time_s: float
    x_m: float
    speed_m_s: float
    impulse_n_s: float
    energy_j: float


class Solver:
    """Advances ``Bodies`` in place and keeps a record of their contacts."""

    def __init__(self, bodies: Bodies, dt_s: float) -> None:
        self.bodies = bodies
        self.dt_s = dt_s
        self.steps = 0
        self.touches: list[Touch] = []
        shape = bodies.x.shape
        self._last_floor = np.full(shape, -1.0)
        self._last_wall = np.full(shape, -1.0)
        self._last_pair = np.full((shape[0], len(FIRST)), -1.0)
        self._pair_alive = bodies.alive[:, FIRST] & bodies.alive[:, SECOND]
        self._pair_bounce = np.sqrt(bodies.bounce[:, FIRST] * bodies.bounce[:, SECOND])
        self._pair_box_x = bodies.box_x[:, FIRST] + bodies.box_x[:, SECOND]
        self._pair_box_y = bodies.box_y[:, FIRST] + bodies.box_y[:, SECOND]
        self._pair_corner = bodies.corner[:, FIRST] + bodies.corner[:, SECOND]

    def step(self) -> None:
        """One substep."""
        self.steps += 1
        self._fly()
        self._grip()
        self._meet()
        self._hit_floor()
        self._hit_walls()

    @property
    def time_s(self) -> float:
        """Time reached."""
        return self.steps * self.dt_s

    def _fly(self) -> None:
        b, dt = self.bodies, self.dt_s
        fall = np.where(b.grounded, 0.0, b.gravity_m_s2 * dt)
        b.x += b.vx * dt
        b.y += (b.vy - 0.5 * fall) * dt
        b.vy -= fall
        b.angle += b.spin * dt

    def _grip(self) -> None:
        """Friction of what stands on the floor: slipping slows or spins up, rolling dies away."""
        b = self.bodies
        if not b.grounded.any():
            return
        limit = np.where(b.grounded, b.floor_grip * b.gravity_m_s2 * self.dt_s, 0.0)
        slip = b.vx + np.where(b.rolls, b.spin * b.base, 0.0)
        to_stick = np.where(b.rolls, slip * DISC_INERTIA / (1.0 + DISC_INERTIA), slip)
        change = -np.clip(to_stick, -limit, limit)
        b.vx += change
        b.spin += np.where(b.rolls, change / (DISC_INERTIA * b.base), 0.0)
        rolling = b.grounded & b.rolls & (np.abs(slip) < SLIP_M_S)
        loss = b.floor_loss * b.gravity_m_s2 * self.dt_s / np.maximum(np.abs(b.vx), 1e-6)
        keep = np.where(rolling, np.maximum(1.0 - loss, 0.0), 1.0)
        b.vx *= keep
        b.spin *= keep

    def _hit_floor(self) -> None:
        b = self.bodies
        low = b.y < b.base
        if not low.any():
            return
        # Pushed into the floor by another body: the floor pushes back at once.
        pressed = low & b.grounded
        b.y[pressed] = b.base[pressed]
        b.vy[pressed] = np.maximum(b.vy[pressed], 0.0)
        hit = low & ~b.grounded & (b.vy < 0.0)
        if hit.any():
            self._bounce_on_floor(np.nonzero(hit))

    def _bounce_on_floor(self, at: tuple[np.ndarray, ...]) -> None:
        b = self.bodies
        depth, fall = b.base[at] - b.y[at], -b.vy[at]
        gravity = b.gravity_m_s2[at[0], 0]
        closing = np.sqrt(np.maximum(fall**2 - 2.0 * gravity * depth, 0.0))
        since = np.minimum(depth / np.maximum(0.5 * (fall + closing), 1e-9), self.dt_s)
        bounces = closing > REST_SPEED_M_S
        leaving = np.where(bounces, b.floor_bounce[at] * closing, 0.0)
        before = self._energy(at, closing)
        self._scrub(at, (closing + leaving) * b.mass[at])
        lost = before - self._energy(at, leaving)
        rise = leaving * since - 0.5 * gravity * since**2
        b.y[at] = b.base[at] + np.where(bounces, rise, 0.0)
        b.vy[at] = np.where(bounces, leaving - gravity * since, 0.0)
        b.grounded[at] = ~bounces
        impulse = (closing + leaving) * b.mass[at]
        fresh = self._fresh(self._last_floor, at) & (closing > RECORD_SPEED_M_S)
        self._record(at, FLOOR, since, closing, impulse, lost, fresh)

    def _energy(self, at: tuple[np.ndarray, ...], vertical: np.ndarray) -> np.ndarray:
        b = self.bodies
        turning = np.where(b.rolls[at], DISC_INERTIA * (b.spin[at] * b.base[at]) ** 2, 0.0)
        return 0.5 * b.mass[at] * (b.vx[at] ** 2 + vertical**2 + turning)

    def _scrub(self, at: tuple[np.ndarray, ...], impulse: np.ndarray) -> None:
        """Friction of a bounce: the impulse along the floor, at most grip times that across it."""
        b = self.bodies
        limit = b.floor_grip[at] * impulse / b.mass[at]
        rolls, base = b.rolls[at], b.base[at]
        slip = b.vx[at] + np.where(rolls, b.spin[at] * base, 0.0)
        to_stick = np.where(rolls, slip * DISC_INERTIA / (1.0 + DISC_INERTIA), slip)
        change = -np.clip(to_stick, -limit, limit)
        b.vx[at] += change
        b.spin[at] += np.where(rolls, change / (DISC_INERTIA * base), 0.0)

    def _hit_walls(self) -> None:
        b = self.bodies
        hit = b.alive & (np.abs(b.x) > b.reach) & (b.x * b.vx > 0.0)
        if not hit.any():
            return
        at = np.nonzero(hit)
        side, closing = np.sign(b.x[at]), np.abs(b.vx[at])
        since = np.minimum((np.abs(b.x[at]) - b.reach[at]) / closing, self.dt_s)
        leaving = np.where(closing > REST_SPEED_M_S, b.wall_bounce[at] * closing, 0.0)
        b.x[at] = side * (b.reach[at] - leaving * since)
        b.vx[at] = -side * leaving
        lost = 0.5 * b.mass[at] * (closing**2 - leaving**2)
        impulse = b.mass[at] * (closing + leaving)
        fresh = self._fresh(self._last_wall, at) & (closing > RECORD_SPEED_M_S)
        self._record(at, WALL, since, closing, impulse, lost, fresh)

    def _meet(self) -> None:
        """Contacts between bodies, each with the impulse along the line between outlines."""
        b = self.bodies
        dx = b.x[:, SECOND] - b.x[:, FIRST]
        dy = b.y[:, SECOND] - b.y[:, FIRST]
        out_x, out_y = np.abs(dx) - self._pair_box_x, np.abs(dy) - self._pair_box_y
        near = self._pair_alive & (np.maximum(out_x, out_y) < self._pair_corner)
        if not near.any():
            return
        # One pair index at a time, so that a body in two pairs is moved by both in turn.
        for pair in range(len(FIRST)):
            scenes = np.nonzero(near[:, pair])[0]
            if len(scenes):
                self._collide(scenes, pair)

    def _collide(self, scenes: np.ndarray, pair: int) -> None:
        b = self.bodies
        one = (scenes, np.full_like(scenes, FIRST[pair]))
        two = (scenes, np.full_like(scenes, SECOND[pair]))
        nx, ny, depth = self._normal(one, two, pair)
        closing = (b.vx[one] - b.vx[two]) * nx + (b.vy[one] - b.vy[two]) * ny
        touching = depth > 0.0
        if not touching.any():
            return
        light_1, light_2 = self._lightness(one, -ny), self._lightness(two, ny)
        total = np.maximum(light_1 + light_2, 1e-9)
        hit = touching & (closing > 0.0)
        since = np.where(hit, np.minimum(depth / np.maximum(closing, 1e-9), self.dt_s), 0.0)
        bounce = np.where(closing > REST_SPEED_M_S, self._pair_bounce[scenes, pair], 0.0)
        impulse = np.where(hit, (1.0 + bounce) * closing / total, 0.0)
        lost = 0.5 * (1.0 - bounce**2) * closing**2 / total
        apart = np.where(touching, depth + bounce * closing * since * hit, 0.0) / total
        for at, light, sign in ((one, light_1, -1.0), (two, light_2, 1.0)):
            b.vx[at] += sign * impulse * light * nx
            b.vy[at] += sign * impulse * light * ny
            b.x[at] += sign * apart * light * nx
            b.y[at] += sign * apart * light * ny
            self._settle(at, touching)
        fresh = self._fresh(self._last_pair, (scenes, np.full_like(scenes, pair)), touching)
        fresh &= hit & (closing > RECORD_SPEED_M_S)
        self._record(one, two[1], since, closing, impulse, lost, fresh)

    def _normal(
        self, one: tuple[np.ndarray, ...], two: tuple[np.ndarray, ...], pair: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The direction from one outline to the other, and how far they overlap."""
        b, scenes = self.bodies, one[0]
        dx, dy = b.x[two] - b.x[one], b.y[two] - b.y[one]
        out_x = np.abs(dx) - self._pair_box_x[scenes, pair]
        out_y = np.abs(dy) - self._pair_box_y[scenes, pair]
        far_x, far_y = np.maximum(out_x, 0.0), np.maximum(out_y, 0.0)
        distance = np.hypot(far_x, far_y)
        inside = distance <= 1e-9
        across = out_x >= out_y
        nx = np.where(inside, across, far_x / np.maximum(distance, 1e-9)) * np.sign(dx + 1e-12)
        ny = np.where(inside, ~across, far_y / np.maximum(distance, 1e-9)) * np.sign(dy + 1e-12)
        gap = np.where(inside, np.maximum(out_x, out_y), distance)
        # Two props on the floor push each other along it.
        level = b.grounded[one] & b.grounded[two]
        nx, ny = np.where(level, np.sign(dx + 1e-12), nx), np.where(level, 0.0, ny)
        return nx, ny, self._pair_corner[scenes, pair] - gap

    def _lightness(self, at: tuple[np.ndarray, ...], push_y: np.ndarray) -> np.ndarray:
        """Inverse mass; none for what is pushed down against the floor that it stands on."""
        b = self.bodies
        return np.where(b.grounded[at] & (push_y < -0.7), 0.0, 1.0 / b.mass[at])

    def _settle(self, at: tuple[np.ndarray, ...], touching: np.ndarray) -> None:
        """A standing body leaves the floor only when it is thrown up."""
        b = self.bodies
        stays = touching & b.grounded[at] & (b.vy[at] < REST_SPEED_M_S)
        b.vy[at] = np.where(stays, 0.0, b.vy[at])
        b.y[at] = np.where(stays, b.base[at], b.y[at])
        b.grounded[at] &= stays | ~touching

    def _fresh(
        self, last: np.ndarray, at: tuple[np.ndarray, ...], touching: np.ndarray | bool = True
    ) -> np.ndarray:
        """Whether a contact begins, rather than lasts; remembers that it touched now."""
        fresh = self.time_s - last[at] > REFRACTORY_S
        last[at] = np.where(touching, self.time_s, last[at])
        return fresh

    def _record(
        self,
        at: tuple[np.ndarray, ...],
        other: np.ndarray | int,
        since: np.ndarray,
        speed: np.ndarray,
        impulse: np.ndarray,
        lost: np.ndarray,
        fresh: np.ndarray,
    ) -> None:
        others = np.broadcast_to(other, speed.shape)
        scenes, bodies = at
        for k in np.nonzero(fresh)[0]:
            own_x = self.bodies.x[scenes[k], bodies[k]]
            if others[k] >= 0:
                x_m = 0.5 * (own_x + self.bodies.x[scenes[k], others[k]])
            elif others[k] == WALL:
                x_m = np.sign(own_x) * self.bodies.wall_x_m
            else:
                x_m = own_x
            self.touches.append(
                Touch(
                    scene=int(scenes[k]),
                    body=int(bodies[k]),
                    other=int(others[k]),
                    time_s=float(max(self.time_s - since[k], 0.0)),
                    x_m=float(x_m),
                    speed_m_s=float(speed[k]),
                    impulse_n_s=float(impulse[k]),
                    energy_j=float(max(lost[k], 0.0)),
                )
            )
