"""Dissolves, poses, grades, transparency, titles and speed, picture by picture."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest

from studio.document.looks import Curve, Dissolve, Grade, Key, Pose
from studio.document.titles import GeneratorSource, TitleSource, TitleStyle
from studio.playback.frame_source import FrameSource
from tests.studio.playback.reels import Reel, number_of, numbered


@pytest.fixture
def reel(tmp_path):
    return Reel(tmp_path)


def grey(level: int) -> np.ndarray:
    return np.full((48, 64, 3), level, np.uint8)


def levels(reel: Reel, frames, at=(24, 32)) -> list[int]:
    source = FrameSource(reel.cut)
    return [int(source.picture(frame)[at][0]) for frame in frames]


def test_a_cross_dissolve_shows_both_sources_beyond_their_cut(reel):
    one, two = reel.take(numbered(12), rate=24), reel.take(numbered(12, first=40), rate=24)
    reel.lay("V1", one, 0, 6)
    reel.lay("V1", two, 6, 6, source_in=4, dissolve=Dissolve(frames=4, before=2))
    seen = levels(reel, range(12))
    assert seen[:4] == [4, 8, 12, 16]
    assert seen[8:] == [4 * (44 + k) for k in range(2, 6)]
    for k, frame in enumerate(range(4, 8)):
        share = (2 * k + 1) / 8
        outgoing, incoming = 4 * (1 + frame), 4 * (40 + 4 + frame - 6)
        assert abs(seen[frame] - (outgoing * (1 - share) + incoming * share)) <= 1


def test_a_dissolve_without_handles_holds_what_there_is(reel):
    reel.lay("V1", reel.take(numbered(6), rate=24), 0, 6)
    reel.lay("V1", reel.take(numbered(6, first=40), rate=24), 6, 6,
             dissolve=Dissolve(frames=4, before=2))  # fmt: skip
    seen = levels(reel, range(4, 8))
    shares = np.array([0.125, 0.375, 0.625, 0.875])
    wanted = [20, 24, 24, 24] * (1 - shares) + [160, 160, 160, 164] * shares
    assert seen == pytest.approx(wanted, abs=1)


def test_a_dip_goes_through_black(reel):
    reel.lay("V1", reel.image(grey(200)), 0, 6)
    reel.lay("V1", reel.image(grey(100)), 6, 6, dissolve=Dissolve(frames=4, before=2, kind="dip"))
    assert levels(reel, range(3, 9)) == [200, 150, 50, 25, 75, 100]


def test_speed_and_direction_choose_the_source_frame(reel):
    take = reel.take(numbered(24), rate=24)
    reel.lay("V1", take, 0, 6, speed=Fraction(2), source_in=2)
    reel.lay("V1", take, 6, 6, speed=Fraction(1, 3))
    reel.lay("V1", take, 12, 6, backwards=True, source_in=4)
    source = FrameSource(reel.cut)
    seen = [number_of(source.picture(frame)) for frame in range(18)]
    assert seen[:6] == [3, 5, 7, 9, 11, 13]
    assert seen[6:12] == [1, 1, 1, 2, 2, 2]
    assert seen[12:] == [10, 9, 8, 7, 6, 5]


def test_a_long_film_runs_backwards_without_decoding_everything_anew(reel):
    reel.lay("V1", reel.clip_file(numbered(60)), 0, 60, backwards=True)
    source = FrameSource(reel.cut, cache_bytes=0)
    assert [number_of(source.picture(frame)) for frame in range(60)] == list(range(60, 0, -1))


def test_opacity_and_position_follow_their_keys(reel):
    curves = (
        Curve(field="opacity", keys=(Key(frame=0, value=0.0), Key(frame=4, value=1.0))),
        Curve(field="x", keys=(Key(frame=4, value=0.0), Key(frame=8, value=0.5))),
    )
    reel.lay("V1", reel.image(grey(200)), 0, 9, curves=curves)
    assert levels(reel, range(5)) == [0, 50, 100, 150, 200]
    source = FrameSource(reel.cut)
    moved = source.picture(8)
    assert moved[:, :31].max() == 0
    assert moved[:, 33:].min() == 200
    assert number_of(source.picture(6)[:, 17:]) == 50


def test_scale_turn_and_crop_act_about_the_middle(reel):
    halves = np.zeros((48, 64, 3), np.uint8)
    halves[:24] = 240
    reel.lay("V1", reel.image(halves), 0, 2, pose=Pose(scale=0.5))
    reel.lay("V1", reel.image(halves), 2, 2, pose=Pose(rotation_deg=180))
    reel.lay("V1", reel.image(halves), 4, 2, pose=Pose(crop_left=0.5))
    source = FrameSource(reel.cut)
    small = source.picture(0)
    assert small[13:23, 18:46].min() == 240
    assert small[:11].max() == small[:, :15].max() == small[25:].max() == 0
    turned = source.picture(2)
    assert turned[25:, 1:-1].min() >= 238
    assert turned[:23].max() == 0
    cropped = source.picture(4)
    assert cropped[:, :31].max() == 0
    assert cropped[:23, 33:].min() == 240


def test_a_posed_picture_leaves_the_rest_to_the_track_below(reel):
    reel.lay("V1", reel.image(grey(80)), 0, 2)
    reel.lay("V2", reel.image(grey(240)), 0, 2, pose=Pose(scale=0.5, opacity=0.5))
    assert levels(reel, [0]) == [160]
    assert levels(reel, [0], at=(2, 2)) == [80]


def test_bars_of_another_shape_show_what_lies_below(reel):
    reel.lay("V1", reel.image(grey(80)), 0, 2)
    reel.lay("V2", reel.image(np.full((48, 24, 3), 200, np.uint8)), 0, 2)
    assert levels(reel, [0], at=(24, 2)) == [80]
    assert levels(reel, [0]) == [200]


def test_transparent_parts_show_what_lies_below(reel):
    picture = np.zeros((48, 64, 4), np.uint8)
    picture[..., 2] = 250
    picture[:24, :, 3] = 255
    picture[24:, :, 3] = 51
    source = reel.image(np.zeros((48, 64, 3), np.uint8))
    file = reel.folder / reel.film.media[-1].path
    cv2.imwrite(str(file), picture)
    reel.lay("V1", reel.image(grey(100)), 0, 2)
    reel.lay("V2", source, 0, 2)
    seen = FrameSource(reel.cut).picture(0)
    assert tuple(seen[4, 4]) == (250, 0, 0)
    assert np.abs(seen[40, 4].astype(int) - (130, 80, 80)).max() <= 1


def test_a_grade_acts_on_light(reel):
    still = reel.image(np.tile(np.array([160, 100, 60], np.uint8), (48, 64, 1)))
    grades = [
        Grade(),
        Grade(exposure=1.0),
        Grade(contrast=0.0),
        Grade(saturation=0.0),
        Grade(temperature=1.0),
    ]
    for number, grade in enumerate(grades):
        reel.lay("V1", still, number, 1, grade=grade)
    source = FrameSource(reel.cut)
    plain, bright, flat, dull, warm = (source.picture(n)[24, 32].astype(int) for n in range(5))
    assert tuple(plain) == (160, 100, 60)
    assert np.abs(bright - plain * 2 ** (1 / 2.4)).max() <= 1
    assert np.ptp(flat) == 0
    assert flat[0] == pytest.approx(255 * 0.18 ** (1 / 2.4), abs=1)
    assert np.ptp(dull) <= 1
    assert warm[0] > plain[0]
    assert warm[2] < plain[2]


def test_a_title_stands_over_the_picture_and_rolls(reel):
    reel.lay("V1", reel.image(grey(60)), 0, 24)
    style = TitleStyle(size=0.3, shadow=False)
    reel.lay("V2", TitleSource(text="Red\nBall", style=style), 0, 4)
    reel.lay("V2", TitleSource(text="Roll", style=TitleStyle(size=0.3, motion="roll")), 4, 20)
    source = FrameSource(reel.cut)
    still = source.picture(1)
    rows, columns = np.nonzero(still[..., 0] > 200)
    assert 20 < len(rows) < 1_200
    assert abs(columns.mean() - 32) < 4
    assert abs(rows.mean() - 24) < 6
    assert int(np.median(still)) == 60
    places = []
    for frame in range(8, 22, 4):
        rows, _ = np.nonzero(source.picture(frame)[..., 0] > 200)
        places.append(rows.mean())
    assert places == sorted(places, reverse=True)


def test_a_plate_and_generators_fill_what_they_should(reel):
    reel.lay("V1", GeneratorSource(colour="#204060"), 0, 2)
    reel.lay("V1", GeneratorSource(kind="bars"), 2, 2)
    style = TitleStyle(size=0.2, backing=1.0, shade="#ff0000", place="lower third")
    reel.lay("V2", TitleSource(text="Ava", style=style), 0, 2)
    source = FrameSource(reel.cut)
    picture = source.picture(0)
    assert tuple(picture[2, 2]) == (0x20, 0x40, 0x60)
    assert (np.abs(picture.astype(int) - (255, 0, 0)).sum(axis=2) < 6).sum() > 100
    assert [int(source.picture(2)[24, x, 0]) for x in (2, 20, 60)] == [191, 0, 0]


def test_a_frame_of_another_shape_has_its_own_size(reel):
    reel.lay("V1", reel.image(grey(200)), 0, 2)
    timeline = replace(reel.film.timelines[0], shape="9:16")
    reel.film = replace(reel.film, timelines=(timeline,))
    picture = FrameSource(reel.cut).picture(0)
    assert picture.shape == (64, 36, 3)
    assert picture[32].min() == 200
    assert picture[:10].max() == 0
