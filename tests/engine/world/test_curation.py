from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from engine.shapes import ClipShape
from engine.world.curation import best_made, marks_of
from engine.world.foley import synthesise
from engine.world.physics import simulate
from engine.world.sampler import sample_scene
from engine.world.scene import CameraPath

SHAPE = ClipShape(width=128, height=72, frames=25, rate=Fraction(12))
# One crate that drops in the middle of the picture.
SCENE = sample_scene(0)


def clip(scene=SCENE):
    truths = simulate([scene], SHAPE)
    return truths[0], synthesise([scene], truths, SHAPE)[0]


def elsewhere(shift_m, zoom=1.0):
    path = CameraPath(x_start_m=shift_m, x_end_m=shift_m, zoom_start=zoom, zoom_end=zoom)
    return replace(SCENE, camera=path)


@pytest.fixture(scope="module")
def marks():
    return marks_of(*clip(), SHAPE)


def test_a_plain_clip_has_good_marks(marks):
    assert marks.composition > 0.6
    assert marks.contacts > 0.6
    assert marks.cuts == 1
    assert marks.sound > 0.8


def test_a_body_at_the_edge_or_too_small_is_ill_composed(marks):
    for scene in (elsewhere(2.2), elsewhere(0.0, 0.4)):
        assert marks_of(*clip(scene), SHAPE).composition < 0.8 * marks.composition


def test_bodies_that_hide_one_another_are_ill_composed():
    truth, sound = clip(next(s for s in map(sample_scene, range(50)) if len(s.bodies) == 2))
    apart = marks_of(truth, sound, SHAPE).composition
    centres = np.repeat(truth.centres[:, :1], 2, axis=1)
    assert marks_of(replace(truth, centres=centres), sound, SHAPE).composition < 0.1 < apart


def test_contacts_that_are_not_heard_to_begin_or_not_seen_are_not_sharp(marks):
    truth, sound = clip()
    level = np.sqrt(np.square(sound).mean())
    hum = np.random.default_rng(0).normal(0, 6 * level, sound.shape).astype(np.float32)
    assert marks_of(truth, sound + hum, SHAPE).contacts < 0.5 * marks.contacts
    outside = tuple(replace(one, x_pan=1.2) for one in truth.contacts)
    assert marks_of(replace(truth, contacts=outside), sound, SHAPE).contacts == 0
    silent = marks_of(replace(truth, contacts=()), sound, SHAPE).contacts
    assert 0 < silent < marks.contacts


def test_short_shots_and_touches_at_a_cut_are_not_legible():
    truth, sound = clip()
    long = replace(truth, shot_frames=(13, 12), cuts_s=(13 / 12,))
    touched = next(one.time_s for one in truth.contacts if one.audible)
    assert marks_of(replace(long, cuts_s=(1.6,)), sound, SHAPE).cuts == 1
    assert marks_of(replace(long, cuts_s=(touched,)), sound, SHAPE).cuts == 0
    short = replace(long, shot_frames=(4, 21), cuts_s=(1.6,))
    assert marks_of(short, sound, SHAPE).cuts == 0.5


def test_sound_that_is_faint_or_clipped_or_on_one_side_is_not_balanced(marks):
    truth, sound = clip()
    peak = np.abs(sound).max()
    one_sided = sound * np.array([[1.0], [0.02]], np.float32)
    for spoilt in (sound * 0, sound * 0.02 / peak, (sound * 4 / peak).clip(-1, 1), one_sided):
        assert marks_of(truth, spoilt, SHAPE).sound < 0.6 * marks.sound


def test_only_scenes_of_one_kind_are_compared():
    other = replace(SCENE, weather="rain")
    assert best_made([elsewhere(2.2), other], SHAPE) == 0
    assert best_made([elsewhere(2.2), other, SCENE], SHAPE) == 2


def test_the_best_made_is_chosen_and_the_first_of_equals():
    assert best_made([elsewhere(2.2), SCENE, SCENE], SHAPE) == 1
    assert best_made([SCENE, elsewhere(2.2)], SHAPE) == 0
    assert best_made([elsewhere(2.2)], SHAPE) == 0
