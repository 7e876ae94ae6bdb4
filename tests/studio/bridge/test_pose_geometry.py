import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.bridge.pose_geometry import box_of, cropped, filling, moved, scaled, turned
from studio.document.looks import Pose

ASPECT = 16 / 9
poses = st.builds(
    Pose,
    x=st.floats(-1, 1),
    y=st.floats(-1, 1),
    scale=st.floats(0.1, 4),
    rotation_deg=st.floats(-180, 180),
    crop_left=st.floats(0, 0.4),
    crop_top=st.floats(0, 0.4),
    crop_right=st.floats(0, 0.4),
    crop_bottom=st.floats(0, 0.4),
)


@given(poses, st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_a_point_of_the_picture_is_found_again(pose, across, down):
    box = box_of(ASPECT, (400, 300), pose)
    assert box.place(box.point(across, down)) == pytest.approx((across, down), abs=1e-6)


def test_a_fitted_picture_has_its_corners_on_the_frame():
    wide = box_of(ASPECT, (1600, 900), Pose())
    assert wide.corners()[0] == pytest.approx((-ASPECT / 2, -0.5))
    tall = box_of(ASPECT, (300, 600), Pose())
    assert tall.corners()[2] == pytest.approx((0.25, 0.5))


def test_where_the_box_lies_is_where_the_player_draws():
    """The corner of a posed white picture lies where the box says, within a pixel."""
    import numpy as np

    from studio.playback.sheet import placed

    pose = Pose(x=0.1, y=-0.05, scale=0.5, rotation_deg=30, crop_left=0.2)
    sheet = placed(np.full((90, 120, 3), 255, np.uint8), pose, 320, 180)
    assert sheet.cover is not None
    rows, columns = np.nonzero(sheet.cover > 127)
    corners = box_of(320 / 180, (120, 90), pose).corners()
    across = [160 + 180 * x for x, _ in corners]
    down = [90 + 180 * y for _, y in corners]
    assert columns.min() == pytest.approx(min(across), abs=1.5)
    assert columns.max() + 1 == pytest.approx(max(across), abs=1.5)
    assert rows.min() == pytest.approx(min(down), abs=1.5)
    assert rows.max() + 1 == pytest.approx(max(down), abs=1.5)


@given(poses)
def test_pulling_a_corner_outward_twice_as_far_doubles_the_scale(pose):
    box = box_of(ASPECT, (400, 300), pose)
    middle = box.middle
    start = middle[0] + 0.2, middle[1] + 0.1
    end = middle[0] + 0.4, middle[1] + 0.2
    assert scaled(box, start, end).scale == pytest.approx(2 * pose.scale)


def test_turning_goes_with_the_hand_and_in_steps_with_shift():
    box = box_of(ASPECT, None, Pose(rotation_deg=10))
    free = turned(box, (0, -0.4), (0.4, 0.0), in_steps=False)
    assert free.rotation_deg == pytest.approx(100)
    assert turned(box, (0, -0.4), (0.4, 0.0), in_steps=True).rotation_deg == 105


def test_a_straight_move_keeps_to_one_way():
    box = box_of(ASPECT, None, Pose())
    pose = moved(box, (0.3, 0.1), straight=True)
    assert (pose.x, pose.y) == pytest.approx((0.3 / ASPECT, 0.0))


@given(poses, st.integers(0, 3))
def test_an_edge_follows_the_hand_and_never_crosses_the_other(pose, edge):
    box = box_of(ASPECT, (400, 300), replace(pose, crop_left=0, crop_right=0))
    far = cropped(box, edge, box.point(*((0.9, 0) if edge == 0 else (-0.9, 0))))
    assert far.crop_left + far.crop_right <= 1 + 1e-9
    at = box.point(-0.3, 0)
    if edge == 0:
        assert cropped(box, 0, at).crop_left == pytest.approx(0.2)


def test_filling_covers_the_frame():
    scale = filling(ASPECT, (300, 600))
    corners = box_of(ASPECT, (300, 600), Pose(scale=scale)).corners()
    assert max(x for x, _ in corners) >= ASPECT / 2 - 1e-9
    assert math.isclose(filling(ASPECT, (1600, 900)), 1.0)
