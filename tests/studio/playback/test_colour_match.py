from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest

from studio.document.film import Clip, Media, MediaFacts, MediaSource, Timeline, Track, new_film
from studio.document.ledger import Ledger
from studio.document.looks import UNGRADED, Grade, Pose
from studio.playback.colour_match import matched, measured, pixels_of
from studio.playback.cut import Cut
from studio.playback.grading import graded


def street(seed=3):
    """Pixels (N, 1, 3) with lights, darks and colours."""
    chance = np.random.default_rng(seed)
    tones = chance.normal((120, 105, 90), (45, 38, 40), (4000, 3))
    return np.clip(tones, 4, 250).astype(np.uint8).reshape(-1, 1, 3)


@pytest.mark.parametrize(
    "grade",
    [
        Grade(exposure=0.6),
        Grade(exposure=-0.8, contrast=1.2),
        Grade(saturation=0.5, temperature=-0.4),
        Grade(exposure=0.3, contrast=0.8, saturation=1.3, temperature=0.3),
    ],
)
def test_a_grade_is_found_again_from_what_it_did(grade):
    source = street()
    found = matched(source, graded(source, grade))
    for name in ("exposure", "contrast", "saturation", "temperature"):
        assert getattr(found, name) == pytest.approx(getattr(grade, name), abs=0.08), name


def test_what_looks_alike_is_left_alone():
    found = matched(street(1), street(2))
    assert found.exposure == pytest.approx(0, abs=0.05)
    assert found.contrast == pytest.approx(1, abs=0.03)


def test_a_flat_grey_is_made_lighter_and_nothing_else():
    dark, light = np.full((500, 1, 3), 60, np.uint8), np.full((500, 1, 3), 120, np.uint8)
    found = matched(dark, light)
    assert found.exposure > 1
    assert replace(found, exposure=0.0) == UNGRADED


@pytest.fixture
def cut(tmp_path):
    pixels = street().reshape(50, 80, 3)
    for name, picture in (("a", pixels), ("b", graded(pixels, Grade(exposure=-1)))):
        cv2.imwrite(str(tmp_path / f"{name}.png"), picture[..., ::-1])
    media = tuple(
        Media(
            id=name, kind="image", name=name, path=f"{name}.png", sha256=name,
            facts=MediaFacts(width=80, height=50, frames=1),
        )
        for name in "ab"
    )  # fmt: skip
    clips = (
        Clip(id="a", source=MediaSource(media_id="a"), start=0, length=24, fade_in=20),
        Clip(
            id="b", source=MediaSource(media_id="b"), start=24, length=24, pose=Pose(scale=0.1),
            grade=Grade(temperature=0.5),
        ),
    )  # fmt: skip
    track = Track(id="v", kind="video", name="V1", clips=clips)
    film = replace(
        new_film("F", rate=Fraction(24)),
        media=media,
        timelines=(Timeline(id="t", name="T", tracks=(track,)),),
        active_timeline_id="t",
    )
    return Cut(film, Ledger(), "t", tmp_path), clips


def test_a_clips_pixels_are_its_pictures_own_and_not_the_frames(cut):
    made, (first, second) = cut
    bright = measured(pixels_of(made, first, as_seen=True))
    dark = measured(pixels_of(made, second, as_seen=False))
    # One stop apart, whatever the fade and the black round a small picture.
    assert bright.light - dark.light == pytest.approx(1.0, abs=0.1)
    warm = measured(pixels_of(made, second, as_seen=True))
    assert warm.warmth > dark.warmth + 0.3


def test_one_clip_is_brought_to_another(cut):
    made, (first, second) = cut
    wanted = pixels_of(made, first, as_seen=True)
    found = matched(pixels_of(made, second, as_seen=False), wanted)
    assert found.exposure == pytest.approx(1.0, abs=0.1)
