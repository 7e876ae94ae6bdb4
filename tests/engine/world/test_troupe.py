"""Whole scenes with a cast: pictures, truth, sound and words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.plain import from_plain, to_plain
from engine.shapes import SAMPLE_RATE_HZ, ClipShape
from engine.world.actions import Catch, Jump, Talk, Throw, Travel
from engine.world.caption import caption
from engine.world.cast import is_held_out
from engine.world.cast_sheet import SHOWN_ACTS, action_sheet, cast_sheet
from engine.world.cast_sound import add_cast
from engine.world.cast_words import PHRASES, subject
from engine.world.clips import make_clips, subject_picture
from engine.world.grammar import expand
from engine.world.gravity import EARTH_M_S2
from engine.world.physics import simulate
from engine.world.sampler import sample_scene
from engine.world.scene import Scene
from engine.world.seeds import held_out_seed
from engine.world.sheets import cut_sheet
from engine.world.troupe import PLANS, play

SHAPE = ClipShape(width=96, height=64, frames=25)


def played(name: str, seed: int = 3) -> Scene:
    return play(replace(sample_scene(seed), level=2), name, held_out=False)


SCENES = {name: played(name) for name in PLANS}


@pytest.fixture(scope="module")
def clips():
    return make_clips(list(SCENES.values()), SHAPE)


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_gives_a_whole_scene(name: str):
    scene = SCENES[name]
    assert scene == played(name)
    assert from_plain(Scene, to_plain(scene)) == scene
    assert 1 <= len(scene.cast) <= 2
    assert not any(is_held_out(puppet.identity) for puppet in scene.cast)


def test_held_out_scenes_have_a_cast_of_their_own():
    cast = [one for i in range(12) for one in sample_scene(held_out_seed(i), 2).cast]
    assert cast
    assert all(is_held_out(puppet.identity) for puppet in cast)


def test_the_cast_is_seen_and_in_the_masks(clips):
    for index, (name, scene) in enumerate(SCENES.items()):
        for who, known in enumerate(clips.truths[index].cast):
            number = len(scene.bodies) + 1 + who
            share = (clips.masks[index] == number).float().mean(dim=(1, 2))
            assert float(share.mean()) > 0.015, name
            inside = ((known.head > 0.0) & (known.head < 1.0)).all(axis=1)
            assert inside.mean() > 0.6, name


def test_a_clip_is_the_same_alone_and_in_a_batch(clips):
    index = list(SCENES).index("throw")
    alone = make_clips([SCENES["throw"]], SHAPE)
    assert torch.equal(alone.video[0], clips.video[index])
    assert torch.equal(alone.audio[0], clips.audio[index])


@pytest.mark.parametrize("name", ["throw", "toss"])
def test_a_thrown_prop_flies_freely_from_hand_to_hand(name: str):
    shape = ClipShape(width=96, height=64, frames=97, rate=SHAPE.rate * 4)
    scene = SCENES[name]
    truth = simulate([scene], shape)[0]
    times = (np.arange(97) + 0.5) / 48
    thrown = min(a.at_s for p in scene.cast for a in p.acts if isinstance(a, Throw))
    caught = max(a.at_s for p in scene.cast for a in p.acts if isinstance(a, Catch))
    y = truth.positions_m[:, 0, 1].astype(float)
    bent = np.diff(y, 2) * 48**2
    flying = (times[1:-1] > thrown + 1 / 48) & (times[1:-1] < caught - 1 / 48)
    assert np.allclose(bent[flying], -EARTH_M_S2, atol=0.1)
    assert np.abs(np.diff(truth.positions_m[:, 0], axis=0)).max() < 0.12
    assert [touch.kind for p in truth.cast for touch in p.touches] == ["catch"]


@pytest.mark.parametrize("set_name", ["street", "stage", "snowfield", "kitchen"])
def test_footsteps_are_heard_when_feet_touch_the_floor(set_name):
    scene = replace(SCENES["walk"], set_name=set_name)
    puppet = scene.cast[0]
    quiet = tuple(act for act in puppet.acts if isinstance(act, Travel))
    scene = replace(scene, cast=(replace(puppet, acts=quiet),))
    truth = simulate([scene], SHAPE)[0]
    out = np.zeros((2, SHAPE.samples), dtype=np.float32)
    add_cast(scene, truth, SHAPE, out)
    loud = np.abs(out).max(axis=0)
    steps = [one for one in truth.cast[0].steps if one.time_s < 2.0]
    assert len(steps) >= 3
    for step in steps:
        first = round(step.time_s * SAMPLE_RATE_HZ)
        before = loud[max(first - 240, 0) : first].max(initial=0.0)
        risen = np.flatnonzero(loud[first : first + 240] > before + 0.25 * loud.max())
        assert len(risen), "no onset within 10 ms"
        assert risen[0] <= 0.005 * SAMPLE_RATE_HZ


def test_a_voice_comes_from_where_its_puppet_stands():
    scene = SCENES["conversation"]
    truth = simulate([scene], SHAPE)[0]
    out = np.zeros((2, SHAPE.samples), dtype=np.float32)
    add_cast(scene, truth, SHAPE, out)
    power = (out.astype(float) ** 2).reshape(2, -1)
    for known in truth.cast:
        spoken = known.syllables
        part = slice(round(spoken[0].start_s * 24_000), round(spoken[0].end_s * 24_000))
        left, right = power[:, part].sum(axis=1)
        heard = 2.0 / np.pi * np.arctan2(np.sqrt(right), np.sqrt(left))
        assert heard == pytest.approx(float(known.pan.mean()), abs=0.05)


def test_steps_and_touches_tell_where_and_how_loud_they_are(clips):
    events = [
        (one, truth.camera)
        for truth in clips.truths
        for known in truth.cast
        for one in (*known.steps, *known.touches)
        if one.time_s < SHAPE.duration_s
    ]
    assert len(events) > 40
    for one, camera in events:
        zoom = camera[min(int(one.time_s * float(SHAPE.rate)), len(camera) - 1), 2]
        outside = max(abs(one.x_pan - 0.5) - 0.5, 0.0)
        told = np.sqrt(min(zoom, 2.0)) / (1.0 + 2.0 * outside)
        assert one.level == pytest.approx(told, rel=0.03)


def test_truth_is_plain(clips):
    for truth in clips.truths:
        cast = truth.to_json()["cast"]
        assert isinstance(cast, list)
        assert {"syllables", "steps", "touches", "mouth", "identity", "pan"} <= set(cast[0])


def test_a_puppet_stands_alone_for_a_reference():
    scene = SCENES["talk"]
    first, other = (subject_picture(scene, 0, 64, 64, seed=seed) for seed in (1, 2))
    assert first.shape == (64, 64, 3)
    assert np.abs(first.astype(float) - first[:1, :1]).max() > 60
    assert np.abs(first.astype(float) - other).mean() > 2


@pytest.mark.parametrize("name", sorted(PHRASES))
def test_every_action_is_said_in_twenty_ways(name: str):
    ways = expand(PHRASES[name])
    assert len(set(ways)) >= 20
    assert not any("|" in way for way in ways)


def test_captions_name_who_plays_and_what_is_said():
    for name, scene in SCENES.items():
        texts = {caption(scene, variant) for variant in range(6)}
        assert len(texts) == 6, name
        assert not any("{" in text for text in texts), name
    line = SCENES["talk"].cast[0].acts[0]
    assert isinstance(line, Talk)
    assert line.words in caption(SCENES["talk"], 0)


def test_a_subject_is_told_by_looks():
    import random

    identity = SCENES["dance"].cast[0].identity
    told = {subject(identity, random.Random(seed)) for seed in range(20)}
    assert len(told) > 5
    assert all(text.startswith(("a ", "an ")) for text in told)


def test_sheets_are_drawn():
    assert cut_sheet(0, 18).shape == (6 * 18, 8 * 32, 3)
    assert cast_sheet(1, 32).shape == (64, 192, 3)
    assert action_sheet("walk", 1, 32).shape == (96, 256, 3)
    assert len(SHOWN_ACTS) == 12


def test_what_is_handed_over_goes_from_hand_to_hand():
    scene = SCENES["hand over"]
    shape = ClipShape(width=96, height=64, frames=97, rate=SHAPE.rate * 4)
    truth = simulate([scene], shape)[0]
    place, hands = truth.centres[:, 0], [one.hands.mean(axis=1) for one in truth.cast]
    giver = next(k for k, one in enumerate(scene.cast) if isinstance(one.acts[0], Throw))
    near = [np.linalg.norm(place - hand, axis=1) for hand in hands]
    assert near[giver][0] < 0.05
    assert near[1 - giver][-1] < 0.05
    # It is never far from both.
    assert np.minimum(*near).max() < 0.12
    told = caption(scene, 0)
    assert any(word in told for word in ("hands", "gives", "passes", "offers", "presents"))


def test_jumps_are_slower_on_the_moon():
    base = replace(sample_scene(3), level=2)
    here, there = (
        play(replace(base, set_name=name), "jump", held_out=False) for name in ("park", "moon")
    )
    acts = [one.cast[0].acts[0] for one in (here, there)]
    flights = [act for act in acts if isinstance(act, Jump)]
    assert len(flights) == 2
    assert flights[1].flight_s == pytest.approx(2.46 * flights[0].flight_s, rel=0.01)
    for act in flights:
        assert 0 < act.at_s < act.at_s + act.flight_s < 2.05
    high = [one.cast[0].positions_m[:, 1] for one in simulate([here, there], SHAPE)]
    assert (high[1] > 0.02).sum() > (high[0] > 0.02).sum()
