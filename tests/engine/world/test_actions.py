from __future__ import annotations

import numpy as np
import pytest

from engine.world.actions import (
    Act,
    Dance,
    Drum,
    Fall,
    Jump,
    Slide,
    Talk,
    Travel,
    Wave,
    beats_s,
)
from engine.world.actions_feet import footwork
from engine.world.actions_hands import strikes_s
from engine.world.actions_pose import perform
from engine.world.cast import Puppet
from engine.world.casting import draw_identity
from engine.world.gravity import EARTH_M_S2
from engine.world.projection import picture_times_s
from engine.world.scene import Body

FINE = np.arange(0.0, 2.2, 0.005)
IDENTITY = draw_identity(np.random.default_rng(2), held_out=False, species="fox")
DRUM = Body(
    prop="drum", material="wood", colour="red", radius_m=0.3,
    x_m=0.0, y_m=0.222, vx_m_s=0.0, vy_m_s=0.0,
)  # fmt: skip
RUN = Travel(start_s=-0.5, end_s=0.7, to_x_m=0.2, gait="run")
ACTS: dict[str, tuple[Act, ...]] = {
    "stand": (),
    "talk": (Talk(start_s=0.2, words="Hello there!"),),
    "walk": (Travel(start_s=0.0, end_s=2.0, to_x_m=1.2),),
    "run": (Travel(start_s=0.0, end_s=1.8, to_x_m=-2.4, gait="run"),),
    "jump": (Jump(at_s=0.6, height_m=0.3, to_x_m=0.4),),
    "wave": (Wave(start_s=0.2, end_s=1.8),),
    "dance": (Dance(start_s=0.0, end_s=2.2, tempo_bpm=120.0, first_beat_s=0.1),),
    "drum": (Drum(start_s=0.0, end_s=2.2, tempo_bpm=100.0, body=0),),
    "fall": (Fall(at_s=0.5, side=1),),
    "slide": (RUN, Slide(start_s=0.7, end_s=1.5, to_x_m=0.9)),
}


def puppet(name: str) -> Puppet:
    return Puppet(identity=IDENTITY, x_m=-0.2, acts=ACTS[name])


@pytest.mark.parametrize("name", ACTS)
def test_poses_are_smooth_and_whole(name: str):
    pose = perform(puppet(name), FINE, (DRUM,))
    for field in ("head", "hands", "feet", "neck"):
        values = getattr(pose, field)
        assert np.isfinite(values).all()
        assert np.abs(np.diff(values, axis=0)).max() < 0.12, field  # 24 m/s would be a jump cut
    assert ((pose.mouth[:, 0] >= 0.0) & (pose.mouth[:, 0] <= 1.0)).all()
    assert np.abs(pose.facing).max() <= 1.0


@pytest.mark.parametrize("name", sorted(set(ACTS) - {"slide"}))
def test_a_foot_on_the_floor_stays_where_it_is(name: str):
    work = footwork(puppet(name))
    feet = work.feet_m(FINE)
    down = feet[..., 1] < 1e-6
    still = down[1:] & down[:-1]
    assert np.abs(np.diff(feet[..., 0], axis=0))[still].max(initial=0.0) < 1e-9


@pytest.mark.parametrize("name", ["walk", "run", "dance", "jump"])
def test_feet_touch_the_floor_when_they_are_said_to(name: str):
    work = footwork(puppet(name))
    assert work.plants
    for plant in work.plants:
        around = np.array([plant.land_s - 0.02, plant.land_s])
        before, at = work.feet_m(around)[:, plant.foot, 1]
        assert before > 0.001
        assert abs(at) < 1e-9


def test_walking_ends_where_it_should():
    for name, end in (("walk", 1.2), ("run", -2.4)):
        work = footwork(puppet(name))
        assert float(work.root_x_m(np.array(2.2))) == pytest.approx(end)
        assert work.feet_m(np.array([2.2]))[0, :, 0].mean() == pytest.approx(end, abs=0.05)


def test_a_jump_flies_freely():
    work = footwork(puppet("jump"))
    start, end, height = work.flights[0]
    times = np.linspace(start, end, 21)[1:-1]
    y = work.root_y_m(times)
    step = times[1] - times[0]
    assert np.allclose(np.diff(y, 2) / step**2, -EARTH_M_S2, rtol=1e-3)
    assert y.max() == pytest.approx(height, rel=1e-3)


def test_a_tail_wags_by_the_clock_whatever_the_rate_and_the_cut():
    slow, fast = (picture_times_s(12 * k + 1, 12.0 * k) for k in (1, 2))
    wags = [perform(puppet("stand"), times).wag for times in (slow, fast)]
    np.testing.assert_allclose(np.interp(slow[1:-1], fast, wags[1]), wags[0][1:-1], atol=0.03)
    after_a_cut = perform(puppet("stand"), slow[5:]).wag
    np.testing.assert_array_equal(after_a_cut, wags[0][5:])
    assert np.ptp(wags[0]) > 1.5


def test_steps_of_a_dance_fall_on_the_beat():
    work = footwork(puppet("dance"))
    landed = [plant.land_s for plant in work.plants]
    assert landed == pytest.approx(beats_s(120.0, 0.1, 0.0, 2.2))


def test_sticks_meet_the_drum_on_the_beat():
    act = ACTS["drum"][0]
    assert isinstance(act, Drum)
    pose = perform(puppet("drum"), FINE, (DRUM,))
    for time, hand in strikes_s(act)[1:-1]:
        near = np.abs(FINE - time) < 0.2
        lowest = FINE[near][np.argmin(pose.hands[near, hand, 1])]
        assert abs(lowest - time) < 0.02
