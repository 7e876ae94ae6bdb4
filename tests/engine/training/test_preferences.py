import json
import re
from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.checkpoint import save_tensors
from engine.data.latents import LatentStore
from engine.errors import RequestError, TrainingError, WeightsError
from engine.models.reward_model import HEADS
from engine.models.text_encoder import TextEncoder
from engine.training.preferences import Mixture, batched, shuffled, turned
from engine.training.preferences_clips import fill_pairs, open_pairs, scene_of
from engine.training.preferences_latents import LatentPairs, said, shared, shifted_sound
from engine.training.preferences_spoiling import (
    astray,
    clipped,
    desynchronised,
    shifted,
    ugly,
    unphysical,
)
from engine.training.preferences_verdicts import read_verdicts
from engine.training.tiny import SHAPE, tiny_codecs
from engine.world.physics import simulate
from engine.world.sampler import sample_scene
from tests.engine import random_latents

SPEC = replace(random_latents.SPEC, clips=16)
SIZE = SPEC.shape.video_latents


@pytest.fixture(scope="module")
def text():
    return TextEncoder()


@pytest.fixture
def store(tmp_path):
    folder = tmp_path / "latents"
    store = random_latents.random_store(folder, SPEC)
    store.lengths[:] = 6
    store.onsets[:, 8:12] = 255
    return LatentStore.open(folder, "none")


def draws(seed=0):
    return torch.Generator().manual_seed(seed)


def test_stored_clips_make_pairs_on_four_axes_with_ties(store):
    source = LatentPairs(store)
    pairs = source.draw(200, draws(), held_out=False)
    assert {pair.head for pair in pairs} == set(HEADS) - {"aesthetics"}
    for head in {pair.head for pair in pairs}:
        assert {"first", "tie"} <= {pair.outcome for pair in pairs if pair.head == head}
    for pair in pairs:
        assert pair.first.video.shape == pair.second.video.shape == (8, *SIZE)
        assert pair.first.video.isfinite().all()
        assert pair.second.audio.isfinite().all()
        assert (pair.strength > 0) == (pair.outcome != "tie") or pair.head == "prompt_adherence"
        assert 0 <= pair.strength <= 1


def test_a_loser_differs_only_in_what_it_lost_by(store):
    for pair in LatentPairs(store).draw(100, draws(), held_out=False):
        if pair.head in ("visual_quality", "motion_quality") and pair.reason != "both intact":
            assert torch.equal(pair.first.audio, pair.second.audio)
        if pair.head == "audio_visual_sync":
            assert torch.equal(pair.first.video, pair.second.video)


def test_held_out_pairs_share_no_clip_with_the_others(store):
    source = LatentPairs(store)
    aside = {tuple(store.text[row, 0, :4].tolist()) for row in range(store.held_out)}
    for held_out in (True, False):
        for pair in source.draw(60, draws(), held_out=held_out):
            assert (tuple(pair.text[0, :4].tolist()) in aside) == held_out


@pytest.mark.parametrize("by", [3, -3])
def test_a_shifted_sound_and_its_winner_lose_the_same_edge(by):
    sound = torch.arange(20.0).expand(2, 4, 20)
    kept, late = shifted_sound(sound, by)
    edge = slice(0, 3) if by > 0 else slice(17, 20)
    assert torch.equal(kept[..., edge], late[..., edge])
    inner = slice(3, 17)
    assert torch.equal(kept[..., inner], sound[..., inner])
    assert torch.equal(late[..., inner], sound[..., inner] - by)


def test_names_that_captions_share():
    one = sample_scene(3)
    assert shared(said(one), said(one)) == 1
    assert shared(said(one), said(sample_scene(4))) < 1


def test_batches_keep_their_pairs_and_turn_whole(store):
    pairs = LatentPairs(store).draw(6, draws(), held_out=False)
    batch = batched(pairs)
    assert batch.first.video.shape == (6, 8, *SIZE)
    assert batch.words.mask.sum() == 36
    back = batched([turned(pair) for pair in pairs])
    assert torch.equal(back.first.video, batch.second.video)
    assert torch.equal(back.outcomes, 2 - batch.outcomes)
    mixed = shuffled(pairs * 20, draws())
    assert {"first", "second"} <= {pair.outcome for pair in mixed}


def test_a_mixture_draws_from_all(store):
    source = LatentPairs(store)
    assert len(Mixture(sources=((source, 1.0), (source, 3.0))).draw(9, draws(), held_out=True)) == 9


def test_too_few_clips_are_a_sentence(store):
    (store.folder / "ready").write_text("3")
    with pytest.raises(TrainingError, match="pairs need more"):
        LatentPairs(store)


def test_drawn_pairs_are_made_once_and_kept(tmp_path, text):
    codecs = tiny_codecs(tmp_path / "codecs")
    spec = replace(SPEC, codecs=codecs.hash, audio_channels=8)
    folder = tmp_path / "pairs"
    assert open_pairs(folder, codecs.hash) is None
    fill_pairs(folder, 6, spec, codecs, text)
    made = {path: path.stat().st_mtime_ns for path in folder.glob("*.safetensors")}
    fill_pairs(folder, 6, spec, codecs, text)
    assert made == {path: path.stat().st_mtime_ns for path in folder.glob("*.safetensors")}
    pairs = open_pairs(folder, codecs.hash)
    assert (len(pairs.pairs), len(pairs.held_out)) == (20, 10)
    assert {pair.head for pair in pairs.pairs} == set(HEADS)
    for pair in pairs.pairs:
        same = torch.equal(pair.first.video, pair.second.video)
        if pair.head == "visual_quality":
            assert not same
            assert torch.equal(pair.first.audio, pair.second.audio)
        if pair.head == "audio_visual_sync":
            assert same
    assert len(pairs.draw(99, draws(), held_out=True)) == 10
    assert batched(pairs.draw(4, draws(), held_out=False)).first.video.shape == (4, 8, *SIZE)
    with pytest.raises(WeightsError, match="other codecs"):
        open_pairs(folder, "others")
    with pytest.raises(TrainingError, match="another folder"):
        fill_pairs(folder, 6, replace(spec, frames=5), codecs, text)
    with pytest.raises(TrainingError, match="too few"):
        fill_pairs(tmp_path / "few", 2, spec, codecs, text)


def test_bodies_move_as_bodies_do_not():
    reasons = set()
    for seed in range(24):
        scene = sample_scene(seed)
        truth = simulate([scene], SHAPE)[0]
        spoilt = unphysical(truth, SHAPE, np.random.default_rng(seed))
        reasons.add(spoilt.reason)
        moved = np.abs(spoilt.truth.positions_m - truth.positions_m).max()
        assert (spoilt.strength > 0) == (moved >= 0.05)
        assert spoilt.truth.contacts == truth.contacts
    assert len(reasons) == 5


def test_contacts_sound_elsewhere_by_what_is_said():
    truth = simulate([sample_scene(1)], replace_frames(25))[0]
    late = shifted(truth, 0.2)
    assert [c.time_s for c in late.truth.contacts] == [c.time_s + 0.2 for c in truth.contacts]
    assert late.strength == pytest.approx(0.4)
    assert desynchronised(truth, np.random.default_rng(0), tie=True).strength == 0


def replace_frames(frames):
    return replace(SHAPE, frames=frames)


def test_what_is_wrong_is_wrong_and_what_is_ugly_is_still_right():
    scene = sample_scene(5)
    kinds, ways = set(), set()
    for seed in range(30):
        wrong = astray(scene, np.random.default_rng(seed))
        kinds.add(wrong.reason)
        assert wrong.scene is not None
        assert said(wrong.scene) != said(scene)
        spoilt = ugly(scene, np.random.default_rng(seed))
        ways.add(spoilt.reason)
        assert spoilt.scene is None or said(spoilt.scene) == said(scene)
    assert kinds == {"colour", "subject", "light", "set"}
    assert ways == {"framing", "palette", "light", "headroom"}
    assert clipped(torch.tensor([0.5, -0.1]), 4).tolist() == pytest.approx([0.98, -0.4])


def test_drawn_pairs_hold_out_seeds_that_nothing_is_trained_on():
    assert scene_of(5).seed >= 1 << 40
    assert scene_of(6).seed < 1 << 40


def take(folder, name, recipe=None, channels=8, frames=SIZE[0]):
    tensors = {
        "video": torch.randn(1, channels, frames, *SIZE[1:]),
        "audio": torch.randn(1, 2, 4, SPEC.shape.audio_latents),
    }
    save_tensors(folder / name / "latents.safetensors", tensors, {})
    if recipe is not None:
        (folder / name / "recipe.json").write_text(json.dumps(recipe))


def line(**changes):
    plain = {"version": 1, "axis": "motion_quality", "verdict": "a", "prompt": "A ball drops."}
    return json.dumps(plain | {"a": "one", "b": "two"} | changes) + "\n"


def test_verdicts_become_pairs(tmp_path, text):
    recipe = {"request": {"prompt": "", "shots": [{"caption": "A red ball."}]}, "shot": 0}
    take(tmp_path, "one", recipe)
    take(tmp_path, "two")
    path = tmp_path / "verdicts.jsonl"
    lines = [line(), line(verdict="tie"), line(verdict="b", axis=HEADS[2], prompt=None), "\n"]
    lines.append(line(a="two/latents.safetensors", b="one", note="other keys are allowed"))
    path.write_text("".join(lines))
    found = read_verdicts(path, text, (8, 4), SIZE)
    pairs = [*found.pairs, *found.held_out]
    assert sorted(pair.outcome for pair in pairs) == ["first", "first", "second", "tie"]
    assert batched(pairs).first.video.shape == (4, 8, *SIZE)
    assert found.pairs
    assert len(found.draw(3, draws(), held_out=False)) == 3


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("{", "not a line of JSON"),
        ("[1]", "an object"),
        (line(version=2), "version is 2"),
        (line(axis="taste"), "'taste' is not an axis"),
        (line(verdict="c"), "'c' is not a verdict"),
        (line(verdict=["a"]), "is not a verdict"),
        (line(a=3), "'a' must name"),
        (line(a="two"), "with itself"),
        (line(prompt=""), "no recipe"),
    ],
)
def test_a_bad_line_is_named_and_said(tmp_path, text, bad, says):
    take(tmp_path, "one")
    take(tmp_path, "two")
    path = tmp_path / "verdicts.jsonl"
    path.write_text(line() + bad)
    with pytest.raises(RequestError, match=f"line 2: .*{says}"):
        read_verdicts(path, text, (8, 4), SIZE)


@pytest.mark.parametrize(
    ("other", "says"),
    [("three", "no latents at"), ("other", "of other codecs"), ("long", "latents long, high and")],
)
def test_takes_that_cannot_be_learned_from_are_left_out_and_said(
    tmp_path, text, capsys, other, says
):
    for name in ("one", "two"):
        take(tmp_path, name)
    take(tmp_path, "other", channels=6)
    take(tmp_path, "long", frames=SIZE[0] + 1)
    path = tmp_path / "verdicts.jsonl"
    path.write_text(line(b=other) + line() + line(b=other))
    found = read_verdicts(path, text, (8, 4), SIZE)
    assert len(found.pairs) + len(found.held_out) == 1
    assert re.search(f"1 to learn from; 2 left out.*line 1: .*{says}", capsys.readouterr().err)
    path.write_text(line(b=other))
    with pytest.raises(RequestError, match=f"None of the 1 .*line 1: .*{says}"):
        read_verdicts(path, text, (8, 4), SIZE)


def test_an_empty_file_or_none_is_a_sentence(tmp_path, text):
    with pytest.raises(RequestError, match="cannot be read"):
        read_verdicts(tmp_path / "none", text, (8, 4), SIZE)
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(RequestError, match="holds no verdicts"):
        read_verdicts(tmp_path / "empty", text, (8, 4), SIZE)
