from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.shapes import ClipShape
from engine.world.gravity import EARTH_M_S2, MOON_M_S2
from engine.world.matter import FLOORS, MATERIALS, half_height_m, half_width_m, mass_kg
from engine.world.physics import AUDIBLE_GAP_S, AUDIBLE_SPEED_M_S, WALL_X_M, simulate
from engine.world.projection import picture_times_s
from engine.world.sampler import sample_scene
from engine.world.scene import MATERIALS as MATERIAL_NAMES
from engine.world.scene import PROPS, Body, MaterialName, PropName, Scene, SetName
from engine.world.truth import FLOOR, WALL, Truth

SHAPE = ClipShape(width=96, height=64, frames=25)
FINE = ClipShape(width=96, height=64, frames=97, rate=Fraction(48))
BALL = Body(
    prop="ball",
    material="rubber",
    colour="red",
    radius_m=0.25,
    x_m=0.0,
    y_m=1.5,
    vx_m_s=0.0,
    vy_m_s=0.0,
)


def scene_of(*bodies: Body, set_name: SetName = "street") -> Scene:
    return Scene(seed=1, level=1, set_name=set_name, light="day", action="drop", bodies=bodies)


def energies_j(scene: Scene, truth: Truth) -> np.ndarray:
    """(T,) kinetic energy along the way and potential energy."""
    speed2 = (truth.velocities_m_s.astype(np.float64) ** 2).sum(axis=-1)
    height = truth.positions_m[..., 1].astype(np.float64)
    return (truth.masses_kg * (0.5 * speed2 + EARTH_M_S2 * height)).sum(axis=-1)


@given(vx=st.floats(-1.5, 1.5), vy=st.floats(-1.0, 1.5), y_m=st.floats(1.2, 1.8))
@settings(deadline=None, max_examples=20)
def test_free_flight_follows_the_parabola(vx: float, vy: float, y_m: float) -> None:
    body = replace(BALL, vx_m_s=vx, vy_m_s=vy, y_m=y_m)
    truth = simulate([scene_of(body)], SHAPE)[0]
    times = picture_times_s(SHAPE.frames, 12.0)
    flying = times < truth.contacts[0].time_s
    height = y_m + vy * times - 0.5 * EARTH_M_S2 * times**2
    np.testing.assert_allclose(truth.positions_m[flying, 0, 0], (vx * times)[flying], atol=1e-5)
    np.testing.assert_allclose(truth.positions_m[flying, 0, 1], height[flying], atol=1e-5)


@given(vy=st.floats(-1.0, 1.5), y_m=st.floats(0.8, 1.8))
@settings(deadline=None, max_examples=20)
def test_the_first_touch_is_timed_exactly(vy: float, y_m: float) -> None:
    truth = simulate([scene_of(replace(BALL, vy_m_s=vy, y_m=y_m))], SHAPE)[0]
    speed = np.sqrt(vy**2 + 2 * EARTH_M_S2 * (y_m - BALL.radius_m))
    first = truth.contacts[0]
    assert first.other == FLOOR
    assert first.time_s == pytest.approx((vy + speed) / EARTH_M_S2, abs=1e-6)
    assert first.speed_m_s == pytest.approx(speed, abs=1e-6)


@pytest.mark.parametrize("material", MATERIAL_NAMES)
@pytest.mark.parametrize("set_name", ["street", "snowfield"])
def test_a_bounce_keeps_the_restitution(material: MaterialName, set_name: SetName) -> None:
    body = replace(BALL, material=material)
    truth = simulate([scene_of(body, set_name=set_name)], SHAPE)[0]
    first, second = truth.contacts[:2]
    kept = MATERIALS[material].restitution * FLOORS[set_name].restitution
    assert second.speed_m_s / first.speed_m_s == pytest.approx(kept, rel=1e-5)
    assert second.time_s - first.time_s == pytest.approx(
        2 * kept * first.speed_m_s / EARTH_M_S2, abs=1e-5
    )


@given(
    fast=st.floats(0.6, 2.0),
    slow=st.floats(-0.8, 0.4),
    radius=st.floats(0.22, 0.34),
    material=st.sampled_from(MATERIAL_NAMES),
)
@settings(deadline=None, max_examples=25)
def test_momentum_survives_a_meeting_in_the_air(
    fast: float, slow: float, radius: float, material: MaterialName
) -> None:
    one = replace(BALL, x_m=-0.4, vx_m_s=fast, y_m=1.7, vy_m_s=0.5)
    two = replace(one, material=material, radius_m=radius, x_m=0.25, vx_m_s=slow)
    truth = simulate([scene_of(one, two)], FINE)[0]
    meetings = [contact for contact in truth.contacts if contact.other >= 0]
    floor_s = min((c.time_s for c in truth.contacts if c.other < 0), default=9.0)
    if not meetings or meetings[0].time_s + 0.05 > floor_s:
        return
    times = picture_times_s(FINE.frames, 48.0)
    free = times < floor_s
    momentum = (truth.velocities_m_s[free] * truth.masses_kg[:, None]).sum(axis=1)
    fall = EARTH_M_S2 * truth.masses_kg.sum() * times[free]
    np.testing.assert_allclose(momentum[:, 0], momentum[0, 0], atol=1e-3)
    np.testing.assert_allclose(momentum[:, 1] + fall, momentum[0, 1] + fall[0], atol=1e-2)


def test_equal_discs_that_meet_head_on_share_their_energy_as_restitution_says() -> None:
    one = replace(BALL, material="metal", x_m=-0.6, y_m=0.25, vx_m_s=1.5, spin_rad_s=-6.0)
    two = replace(one, x_m=0.6, vx_m_s=-1.5, spin_rad_s=6.0)
    contact = simulate([scene_of(one, two)], SHAPE)[0].contacts[0]
    mass, kept = mass_kg(one), MATERIALS["metal"].restitution
    assert contact.speed_m_s == pytest.approx(3.0, abs=0.1)
    assert contact.impulse_n_s == pytest.approx((1 + kept) * contact.speed_m_s * mass / 2, rel=1e-6)
    assert contact.energy_j == pytest.approx(
        (1 - kept**2) * mass * contact.speed_m_s**2 / 4, rel=1e-6
    )


@given(seed=st.integers(0, 10_000))
@settings(deadline=None, max_examples=30)
def test_energy_never_grows_where_nothing_spins_up(seed: int) -> None:
    scene = sample_scene(seed)
    # Boxes have no spin to hide energy in, so theirs can be read off the truth.
    scene = replace(scene, bodies=tuple(replace(b, prop="crate") for b in scene.bodies))
    energy = energies_j(scene, simulate([scene], SHAPE)[0])
    assert np.all(np.diff(energy) < 0.02 * energy[0] + 0.02)


@given(seed=st.integers(0, 10_000))
@settings(deadline=None, max_examples=30)
def test_sampled_scenes_stay_on_the_floor_and_within_the_walls(seed: int) -> None:
    scene = sample_scene(seed)
    truth = simulate([scene], SHAPE)[0]
    for index, body in enumerate(scene.bodies):
        assert truth.positions_m[:, index, 1].min() > half_height_m(body) - 0.03
        reach = np.abs(truth.positions_m[:, index, 0]).max() + half_width_m(body)
        assert reach < WALL_X_M + 0.03
    times = [contact.time_s for contact in truth.contacts]
    assert times == sorted(times)
    assert all(contact.energy_j >= 0.0 for contact in truth.contacts)
    heard = [contact for contact in truth.contacts if contact.audible]
    assert all(contact.speed_m_s >= AUDIBLE_SPEED_M_S for contact in heard)
    gaps = np.diff([contact.time_s for contact in heard])
    assert np.all(gaps >= AUDIBLE_GAP_S - 1e-9)


@pytest.mark.parametrize("prop", PROPS)
def test_what_is_dropped_comes_to_rest(prop: PropName) -> None:
    body = replace(BALL, prop=prop, material="stone", y_m=0.8)
    shape = ClipShape(width=96, height=64, frames=49)
    truth = simulate([scene_of(body, set_name="beach")], shape)[0]
    assert np.abs(truth.velocities_m_s[-1]).max() == 0.0
    assert truth.positions_m[-1, 0, 1] == pytest.approx(half_height_m(body))
    assert len(truth.contacts) < 8


def test_a_rolling_disc_turns_as_it_goes_and_strikes_the_wall() -> None:
    body = replace(BALL, x_m=0.5, y_m=0.25, vx_m_s=2.0, spin_rad_s=-8.0)
    truth = simulate([scene_of(body)], SHAPE)[0]
    wall = truth.contacts[0]
    assert wall.other == WALL
    assert wall.x_pan > 0.9
    before = picture_times_s(25, 12.0) < wall.time_s
    way = truth.positions_m[before, 0, 0] - 0.5
    np.testing.assert_allclose(truth.angles_rad[before, 0], -way / 0.25, atol=0.02)


def test_a_batch_gives_what_each_scene_gives_alone() -> None:
    scenes = [sample_scene(seed) for seed in range(6)]
    for scene, together in zip(scenes, simulate(scenes, SHAPE), strict=True):
        alone = simulate([scene], SHAPE)[0]
        np.testing.assert_array_equal(alone.positions_m, together.positions_m)
        assert alone.contacts == together.contacts


def test_the_picture_rate_hardly_changes_what_happens() -> None:
    scene = scene_of(replace(BALL, vx_m_s=0.8))
    for rate in (24, 25, 30):
        shape = ClipShape(width=96, height=64, frames=73, rate=Fraction(rate))
        other = simulate([scene], shape)[0].contacts
        first = simulate([scene], SHAPE)[0].contacts
        for one, two in zip(first[:3], other[:3], strict=True):
            assert one.time_s == pytest.approx(two.time_s, abs=1e-4)


def test_a_scene_has_at_most_three_bodies() -> None:
    with pytest.raises(ValueError, match="at most 3"):
        simulate([scene_of(BALL, BALL, BALL, BALL)], SHAPE)


def test_things_fall_on_the_moon_as_the_moon_pulls() -> None:
    truth = simulate([scene_of(replace(BALL, y_m=1.2, vy_m_s=0.0), set_name="moon")], SHAPE)[0]
    first = truth.contacts[0]
    fall_m = 1.2 - BALL.radius_m
    assert first.time_s == pytest.approx(np.sqrt(2 * fall_m / MOON_M_S2), abs=1e-6)


def test_an_edit_of_the_place_keeps_the_gravity() -> None:
    scene = scene_of(replace(BALL, y_m=1.2, vy_m_s=0.0))
    moved = replace(scene, set_name="moon", floor=scene.set_name)
    before, after = simulate([scene, moved], SHAPE)
    np.testing.assert_array_equal(before.positions_m, after.positions_m)
