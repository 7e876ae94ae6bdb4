import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.data.latents import LatentStore, begun, encode_clips, token_coverage, token_onsets
from engine.errors import TrainingError, WeightsError
from engine.models.text_encoder import TextEncoder
from engine.plain import to_plain
from engine.shapes import SAMPLE_RATE_HZ, SAMPLES_PER_LATENT
from engine.training.batch import TaskMix
from engine.training.pretrain import PretrainRecipe
from engine.training.recipe import LoopConfig
from engine.training.tiny import SHAPE, TRANSFORMER, tiny_codecs, tiny_recipe
from engine.world.clips import make_clips
from engine.world.curation import best_made
from engine.world.sampler import sample_scene
from engine.world.scene import COLOURS, MATERIALS, PROPS
from tests.engine.tiny_model import tiny_folder

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    return tiny_recipe(tmp_path_factory.mktemp("latents"), tiny_codecs(tiny_folder()))


def test_latents_are_what_the_codecs_give(recipe):
    store = recipe.store
    assert store.ready() == store.spec.clips
    clips = make_clips([sample_scene(3)], SHAPE)
    codecs = tiny_codecs(tiny_folder())
    found = torch.from_numpy(np.array(store.video[3])).float()
    assert torch.allclose(found, codecs.encode_video(clips.video)[0], atol=2e-2)
    assert 0 < store.lengths.min() <= store.lengths.max() <= store.text.shape[1]


def test_what_is_encoded_is_not_encoded_again(recipe):
    store = recipe.store
    before = (store.folder / "ready").stat().st_mtime_ns
    encode_clips(store.folder, store.spec, tiny_codecs(tiny_folder()), TextEncoder(), CPU)
    assert (store.folder / "ready").stat().st_mtime_ns == before


def test_new_clips_take_the_places_of_the_oldest_but_never_of_the_held_out(recipe, tmp_path):
    spec = replace(recipe.store.spec, clips=12)
    store = LatentStore(tmp_path, spec, "w+")
    assert store.held_out == 3
    places = [store.place(index) for index in range(32)]
    assert places[:12] == list(range(12))
    assert places[12:21] == list(range(3, 12))
    assert places[21:24] == [3, 4, 5]
    for written in (5, 12, 13, 21, 30, 32):
        (tmp_path / "ready").write_text(str(written))
        newest = {place: index for index, place in enumerate(places[:written])}
        for place, index in newest.items():
            assert store.index(place) == index
        assert store.ready() == min(written, 12)


def test_a_ring_goes_on_turning_while_there_is_time(recipe, tmp_path, monkeypatch):
    codecs = tiny_codecs(tiny_folder())
    spec = replace(recipe.store.spec, clips=8)
    text = TextEncoder()
    store = encode_clips(tmp_path, spec, codecs, text, CPU)
    kept, replaced = store.video[1].copy(), store.video[2].copy()
    # The clock says that three more runs fit.
    times = iter([0.0] * 6 + [1e9] * 9)
    monkeypatch.setattr("engine.data.latents.time.monotonic", lambda: next(times))
    store = encode_clips(tmp_path, spec, codecs, text, CPU, minutes=1.0)
    assert store.written() > spec.clips
    assert np.array_equal(store.video[1], kept)
    assert not np.array_equal(store.video[2], replaced)
    clips = make_clips([store.spec.scene(store.index(2))], SHAPE)
    found = torch.from_numpy(np.array(store.video[2])).float()
    assert torch.allclose(found, codecs.encode_video(clips.video)[0], atol=2e-2)


def test_other_codecs_or_no_store_are_a_sentence(recipe, tmp_path):
    with pytest.raises(WeightsError, match="other codecs"):
        LatentStore.open(recipe.store.folder, "0123")
    with pytest.raises(TrainingError, match="no store"):
        LatentStore.open(tmp_path, "0123")


def test_a_store_takes_no_clips_of_another_kind_and_keeps_its_places(recipe):
    spec = recipe.store.spec
    assert begun(recipe.store.folder, replace(spec, clips=spec.clips * 2), endless=True) == spec
    for other in (replace(spec, width=64), replace(spec, level=2), replace(spec, codecs="0")):
        with pytest.raises(TrainingError, match="Other clips lie in"):
            begun(recipe.store.folder, other, endless=False)
    assert LatentStore.open(recipe.store.folder, spec.codecs).spec == spec


def test_clips_that_other_code_drew_are_read_and_not_added_to(recipe, tmp_path):
    spec = recipe.store.spec
    assert begun(tmp_path, spec, endless=False) == spec
    (tmp_path / "ready").write_text(str(spec.clips - 1))
    assert begun(tmp_path, spec, endless=False) == spec
    (tmp_path / "drawn_by").write_text("what drew it once")
    with pytest.raises(TrainingError, match="another version of this program"):
        begun(tmp_path, spec, endless=False)
    (tmp_path / "ready").write_text(str(spec.clips))
    assert begun(tmp_path, spec, endless=False) == spec
    with pytest.raises(TrainingError, match="another version of this program"):
        begun(tmp_path, spec, endless=True)


def test_latents_of_which_colours_alone_are_known_are_a_sentence(recipe, tmp_path):
    spec = replace(recipe.store.spec, truths=9)
    (tmp_path / "spec.json").write_text(json.dumps(to_plain(spec)))
    with pytest.raises(WeightsError, match="forms and materials"):
        LatentStore.open(tmp_path, spec.codecs)


def test_coverage_names_what_is_there():
    clips = make_clips([sample_scene(seed) for seed in range(3)], SHAPE)
    coverage = token_coverage(clips)
    names = (*COLOURS, *PROPS, *MATERIALS)
    assert coverage.shape == (3, 3 * 2 * 2, len(names) + 1)
    for row, scene in enumerate(clips.scenes):
        there = {name for body in scene.bodies for name in (body.colour, body.prop, body.material)}
        seen = coverage[row, :, :-1].amax(0).nonzero().flatten().tolist()
        assert {names[index] for index in seen} <= there
    kinds = coverage[..., :-1].split([len(COLOURS), len(PROPS), len(MATERIALS)], dim=-1)
    for kind in kinds:
        assert torch.allclose(kind.sum(-1), coverage[..., -1], atol=1e-5)
    whole = (clips.masks > 0).float().mean(dim=(1, 2, 3))
    assert ((coverage[..., -1].mean(1) > 0) == (whole > 0)).all()


def test_onsets_stand_where_contacts_are_heard():
    clips = make_clips([sample_scene(seed) for seed in range(4)], SHAPE)
    onsets = token_onsets(clips, SHAPE).reshape(4, -1, 2)
    for row, truth in enumerate(clips.truths):
        wanted = {
            int(contact.time_s * SAMPLE_RATE_HZ / SAMPLES_PER_LATENT)
            for contact in truth.contacts
            if contact.audible
        }
        wanted = {latent for latent in wanted if latent < onsets.shape[1]}
        assert set(onsets[row, :, 0].nonzero()[0].tolist()) == wanted
        assert np.array_equal(onsets[row, :, 0], onsets[row, :, 1])


def test_a_batch_is_a_function_of_its_generator(recipe):
    rows = torch.arange(4)
    one, two = (recipe.draw(rows, torch.Generator().manual_seed(7), CPU) for _ in range(2))
    assert torch.equal(one.noise.video, two.noise.video)
    assert torch.equal(one.levels.audio, two.levels.audio)
    assert torch.equal(one.context.roles, two.context.roles)


def test_a_plain_batch_has_words_and_one_level(recipe):
    batch = recipe.draw(torch.arange(6), torch.Generator().manual_seed(0), CPU, 0.5)
    assert batch.levels.video.unique().tolist() == [0.5]
    assert batch.context.text_mask.any(1).all()
    assert (batch.context.roles == -1).all()
    assert batch.switch.all()


@pytest.mark.parametrize(
    ("mix", "holds"),
    [
        (TaskMix(first_frame=1), lambda batch: (batch.levels.video[:, 0] == 0).all()),
        (TaskMix(no_text=1), lambda batch: not batch.context.text_mask.any()),
        (TaskMix(subject=1, no_reference=0), lambda batch: (batch.context.roles == 0).all()),
        (TaskMix(exchange_off=1), lambda batch: not batch.switch.any()),
        (
            TaskMix(equal=1, one_clean=0, first_frame=0),
            lambda batch: torch.equal(batch.levels.video[:, 0], batch.levels.audio[:, 0]),
        ),
        (
            TaskMix(one_clean=1, first_frame=0),
            lambda batch: (
                (batch.levels.video == 0).all(1) ^ (batch.levels.audio == 0).all(1)
            ).all(),
        ),
    ],
)
def test_shares_of_tasks_are_kept(recipe, mix, holds):
    own = PretrainRecipe(recipe.store, LoopConfig(), model=TRANSFORMER, batch=4, mix=mix)
    assert holds(own.draw(torch.arange(8), torch.Generator().manual_seed(1), CPU))


def test_clean_tokens_do_not_count_in_the_loss(recipe):
    batch = recipe.draw(torch.arange(4), torch.Generator().manual_seed(0), CPU, 0.0)
    result = recipe.predict(recipe.module, recipe.noisy(batch), batch, recipe._forward)
    errors = recipe._errors(result, batch)
    assert errors.video.mean() == errors.audio.mean() == 0


def test_a_new_network_errs_by_the_velocity_itself(recipe):
    own = PretrainRecipe(recipe.store, LoopConfig(), model=TRANSFORMER, batch=4)
    figures = own.evaluate(own.module)
    assert 1 < figures["video@0.5"] < 4
    assert figures["loss"] == pytest.approx(
        sum(value for key, value in figures.items() if key.startswith(("video", "audio"))) / 6
    )


def test_of_several_scenes_the_best_made_is_kept(recipe, tmp_path):
    spec = replace(recipe.store.spec, clips=4, first_seed=40, among=3)
    store = encode_clips(tmp_path, spec, tiny_codecs(tiny_folder()), TextEncoder(), CPU)
    drawn = [sample_scene(40 + 3 * 2 + k) for k in range(3)]
    chosen = store.spec.scene(2)
    assert chosen == drawn[best_made(drawn, SHAPE)]
    clips = make_clips([chosen], SHAPE)
    found = torch.from_numpy(np.array(store.video[2])).float()
    assert torch.allclose(found, tiny_codecs(tiny_folder()).encode_video(clips.video)[0], atol=2e-2)
