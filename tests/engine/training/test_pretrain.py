from dataclasses import replace

import pytest
import torch

from engine.data.limits import FIRST_LIMITS, limits_in
from engine.training.pretrain import LossWeights, PretrainRecipe, evaluate
from engine.training.recipe import LoopConfig
from tests.engine.random_latents import MODEL

CPU = torch.device("cpu")
LEVEL = 0.5


def recipe(store, weights=None, model=MODEL):
    torch.manual_seed(0)
    made = PretrainRecipe(store, LoopConfig(), model=model, batch=4, weights=weights)
    made.module.requires_grad_(False)
    return made


def errors(made, plain=False):
    generator = torch.Generator().manual_seed(1)
    batch = made.draw(torch.arange(4), generator, CPU, LEVEL)
    result = made.predict(made.module, made.noisy(batch), batch, made._forward)
    found = made._errors(result, batch, plain)
    return torch.stack([found.video.mean(), found.audio.mean()])


def test_the_weights_say_what_they_can_make(store):
    limits = limits_in(recipe(store).metadata(), "weights")
    assert [(size.width, size.height) for size in limits.sizes] == [(32, 32)]
    assert limits.frames == (9,)
    assert limits.vocabulary == FIRST_LIMITS.vocabulary


def test_the_network_learns_how_quiet_the_details_are_from_the_store(store):
    deviation = recipe(store).module.precondition.deviation
    assert torch.allclose(deviation, torch.full((5,), 0.25), rtol=0.1)


def test_details_count_in_training_and_not_in_the_measurement(store):
    with_, without = (
        recipe(store, LossWeights(body=0, onset=0, details=share)) for share in (0.5, 0.0)
    )
    assert errors(with_)[0] > errors(without)[0]
    assert torch.equal(errors(with_, plain=True), errors(without, plain=True))


def test_latents_in_which_contacts_begin_count_more(store):
    louder, plain = (
        recipe(store, LossWeights(body=0, onset=share, details=0)) for share in (50.0, 0.0)
    )
    # Where no contact begins nothing changes.
    assert not torch.equal(errors(louder)[1], errors(plain)[1])
    store_without = store
    store_without.onsets[:] = 0
    assert torch.equal(errors(louder)[1], errors(plain)[1])


def test_a_network_without_details_still_trains(store):
    made = recipe(store, model=replace(MODEL, details=0))
    made.module.requires_grad_(True)
    made.losses(made.module, 0, torch.Generator().manual_seed(0))["total"].backward()
    assert made.module.precondition is None
    assert made.module.video_out.weight.grad is not None


def test_clips_known_by_heart_are_told_from_those_held_out(store):
    made = recipe(store)
    figures = made.evaluate(made.module)
    # The clips held out are laid where those learned from begin: both are then measured alike.
    for part in (store.video, store.audio, store.text, store.lengths, store.coverage, store.onsets):
        part[made.held_out : 2 * made.held_out] = part[: made.held_out]
    same = made.evaluate(made.module)
    assert same["loss@learned"] == same["loss"] == figures["loss"]
    assert figures["loss@learned"] != figures["loss"]


def test_the_errors_where_bodies_are_stand_beside_the_others(store):
    made = recipe(store)
    figures = made.held_out_errors(made.module)
    store.coverage[: made.held_out, :, -1] = 255
    everywhere = made.held_out_errors(made.module)
    assert everywhere["bodies@0.5"] == pytest.approx(figures["video@0.5"], rel=1e-5)
    assert everywhere["bodies@0.5"] != pytest.approx(figures["bodies@0.5"], rel=1e-5)
    assert everywhere["loss"] == figures["loss"]


def test_a_compiler_takes_the_whole_network_at_once(store):
    # A break in it is no error: the rest is then compiled block by block, and some not at all.
    made = recipe(store)
    batch = made.draw(torch.arange(4), torch.Generator().manual_seed(1), CPU)
    whole = torch.compile(evaluate, dynamic=False, fullgraph=True, backend="eager")
    taken = made.predict(made.module, made.noisy(batch), batch, whole)
    plain = made.predict(made.module, made.noisy(batch), batch, evaluate)
    assert torch.equal(taken.video, plain.video)
    assert torch.equal(taken.audio, plain.audio)
