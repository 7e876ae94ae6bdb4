"""Every camera move, and the cuts between shots."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.shapes import ClipShape, is_legal_frames
from engine.world.camera import View, is_plain, layer_views
from engine.world.clips import make_clips
from engine.world.cuts import sequence_lengths, shot_lengths
from engine.world.physics import simulate
from engine.world.projection import FLOOR_SHARE
from engine.world.sampler import sample_scene
from engine.world.scene import VIEW_HEIGHT_M, Body, CameraPath, Scene, Shot
from engine.world.sequences import make_sequence

SHAPE = ClipShape(width=128, height=72, frames=25)
SMALL = ClipShape(width=64, height=36, frames=25)
ROLLING = Body(
    prop="ball", material="wood", colour="red", radius_m=0.3,
    x_m=-1.0, y_m=0.3, vx_m_s=1.4, vy_m_s=0.0, spin_rad_s=-4.6,
)  # fmt: skip
BASE = Scene(seed=5, level=2, set_name="street", light="day", action="roll", bodies=(ROLLING,))
STANDING = VIEW_HEIGHT_M * (0.5 - FLOOR_SHARE)


def path_of(camera: CameraPath) -> np.ndarray:
    return simulate([replace(BASE, camera=camera)], SHAPE)[0].camera


def test_a_tilt_raises_the_view_and_turns() -> None:
    seen = path_of(CameraPath(move="tilt up", lift_end_m=0.3, turns=True))
    assert seen[0, 1] == pytest.approx(STANDING, abs=0.01)
    assert seen[-1, 1] == pytest.approx(STANDING + 0.3, abs=0.01)
    assert (np.diff(seen[:, 1]) >= 0.0).all()


def test_who_travels_sees_parallax_and_who_turns_does_not() -> None:
    def ways(camera: CameraPath) -> tuple[float, float]:
        seen = path_of(camera)
        far, near = (layer_views(seen, camera, nearness, 16 / 9) for nearness in (0.1, 1.0))
        return (
            float((far[-1, 0] - far[0, 0]) / far[0, 2]),
            float((near[-1, 0] - near[0, 0]) / near[0, 2]),
        )

    far, near = ways(CameraPath(move="truck right", x_start_m=-0.4, x_end_m=0.4))
    assert far == pytest.approx(0.1 * near, rel=0.01)
    far, near = ways(CameraPath(move="pan right", x_start_m=-0.4, x_end_m=0.4, turns=True))
    assert far == pytest.approx(near, rel=0.01)


def test_a_follow_keeps_its_subject_in_the_middle() -> None:
    camera = CameraPath(move="follow", zoom_start=1.6, zoom_end=1.6, follows=0)
    truth = simulate([replace(BASE, camera=camera)], SHAPE)[0]
    assert np.abs(truth.centres[:, 0, 0] - 0.5).max() < 0.12
    assert np.ptp(truth.camera[:, 0]) > 1.0


def test_a_close_follow_rises_with_what_is_thrown() -> None:
    high = replace(ROLLING, y_m=1.5, vx_m_s=0.2, vy_m_s=1.0)
    camera = CameraPath(move="follow", zoom_start=2.0, zoom_end=2.0, follows=0)
    truth = simulate([replace(BASE, bodies=(high,), camera=camera)], SHAPE)[0]
    assert ((truth.centres[:, 0, 1] > 0.05) & (truth.centres[:, 0, 1] < 0.95)).all()


def test_a_hand_is_never_still_and_never_far() -> None:
    seen = path_of(CameraPath(move="handheld", shake_m=0.1, turns=True))
    assert np.abs(seen[:, 0]).max() <= 0.1
    assert np.abs(np.diff(seen[:, 0])).min() > 0.0


@pytest.mark.parametrize("seed", range(12))
def test_bodies_stand_on_the_set_under_every_camera(seed: int) -> None:
    one = sample_scene(seed, 2)
    truth = simulate([one], SMALL)[0]
    floor = 0.5 + truth.camera[:, 1] * truth.camera[:, 2] / VIEW_HEIGHT_M
    if is_plain(one.camera):
        np.testing.assert_allclose(floor, 1.0 - FLOOR_SHARE, atol=1e-5)
    view = layer_views(truth.camera, one.camera, 1.0, 16 / 9)
    np.testing.assert_allclose(view[:, 1] / view[:, 2], floor, atol=1e-4)


def cut(*weights: float) -> Scene:
    close = CameraPath(move="follow", zoom_start=1.8, zoom_end=1.8, follows=0, size="close-up")
    shots = [Shot(camera=CameraPath(), weight=weights[0])]
    shots += [
        Shot(camera=close if number % 2 else CameraPath(), weight=weight, link="wide to close")
        for number, weight in enumerate(weights[1:], start=1)
    ]
    return replace(BASE, level=3, shots=tuple(shots))


@given(
    weights=st.lists(st.floats(0.2, 3.0), min_size=1, max_size=5),
    latents=st.integers(5, 40),
)
@settings(deadline=None, max_examples=60)
def test_cuts_fall_between_latents(weights: list[float], latents: int) -> None:
    frames = 1 + 4 * latents
    lengths = shot_lengths(cut(*weights).shots, frames)
    assert sum(lengths) == frames
    assert len(lengths) == len(weights)
    assert is_legal_frames(lengths[0])
    assert all(length % 4 == 0 and length > 0 for length in lengths[1:])
    assert all(map(is_legal_frames, sequence_lengths(cut(*weights), frames)))


def test_the_truth_tells_where_the_cuts_are() -> None:
    scene = cut(1.0, 1.0, 1.0)
    clips = make_clips([scene], SMALL)
    truth = clips.truths[0]
    assert truth.shot_frames == (9, 8, 8)
    assert truth.cuts_s == pytest.approx((9 / 12, 17 / 12))
    zooms = truth.camera[:, 2]
    assert zooms[:9] == pytest.approx(1.0)
    assert zooms[9:17] == pytest.approx(1.8)
    jumps = (clips.video[0, 1:].float() - clips.video[0, :-1].float()).abs().mean((1, 2, 3))
    assert sorted(torch.topk(jumps, 2).indices.tolist()) == [8, 16]


def test_action_goes_on_through_a_cut() -> None:
    whole, parted = simulate([BASE, cut(1.0, 1.0)], SHAPE)
    np.testing.assert_array_equal(whole.positions_m, parted.positions_m)
    assert [one.time_s for one in whole.contacts] == [one.time_s for one in parted.contacts]


def test_a_sequence_is_shots_on_the_lattice_with_one_sound() -> None:
    shots = make_sequence(cut(1.0, 1.0), SMALL, lengths=(9, 13))
    assert [len(shot.video) for shot in shots] == [9, 13]
    assert [shot.audio.shape[1] for shot in shots] == [18_000, 26_000]
    assert shots[1].start_s == pytest.approx(0.75)
    assert shots[1].truth.camera[:, 2] == pytest.approx(1.8)
    together = simulate([BASE], SHAPE)[0]
    seen = np.concatenate([shot.truth.positions_m for shot in shots])
    np.testing.assert_allclose(seen, together.positions_m[:22], atol=1e-6)


def test_a_view_of_one_instant_and_of_many_agree() -> None:
    scene = cut(1.0, 1.0)
    track = np.zeros((25, 1, 2), dtype=np.float32)
    view = View(scene, SHAPE, track)
    times = np.array([0.1, 0.9, 1.5, 2.0])
    alone = np.concatenate([view.at(times[index : index + 1]) for index in range(4)])
    np.testing.assert_allclose(view.at(times), alone)


def test_a_shot_across_the_axis_exchanges_left_and_right() -> None:
    scene = cut(1.0, 1.0)
    over = replace(scene, shots=(scene.shots[0], replace(scene.shots[1], side=-1)))
    kept, crossed = make_clips([scene], SMALL), make_clips([over], SMALL)
    assert torch.equal(kept.video[:, :13], crossed.video[:, :13])
    assert torch.equal(kept.video[:, 13:].flip(3), crossed.video[:, 13:])
    assert torch.equal(kept.audio[0, :, 26_000:].flip(0), crossed.audio[0, :, 26_000:])
    one, two = kept.truths[0], crossed.truths[0]
    np.testing.assert_allclose(one.centres[13:, :, 0], 1.0 - two.centres[13:, :, 0], atol=1e-6)
    np.testing.assert_array_equal(one.positions_m, two.positions_m)


def test_cuts_fall_as_near_to_beats_as_latents_let_them() -> None:
    shape = ClipShape(width=32, height=18, frames=25)
    cut = [one for seed in range(160) if (one := sample_scene(seed, 3)).shots and one.music]
    truths = simulate(cut, shape)
    off = [min(abs(c - beat) for beat in one.beats_s) for one in truths for c in one.cuts_s]
    # A quarter of the beat's period, 140 ms, is what chance would give.
    assert np.mean(off) < 0.08
