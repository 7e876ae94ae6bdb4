"""Presets of the curated scenes and of the fine-tuning on them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.data.latents import LatentStore, encode_clips
from engine.data.tasks import TaskSpec, TaskStore, encode_tasks
from engine.models.text_encoder import TextEncoder
from engine.pipelines.model import config_in, trained_in
from engine.presets.orders import Order, pays_to_compile, stepped, train
from engine.training.codecs_beside import codecs_beside
from engine.training.samples import FixedPrompts
from engine.training.sft import SftRecipe, SftTasksRecipe
from engine.world.seeds import CURATED_FROM

# Few of them are of one kind.
_AMONG = 24
# Of what pretraining learned from, so many times fewer are enough.
_FEWER = 4


def curated(order: Order) -> bool:
    """The best made of many scenes, as clips or as tasks, whichever the weights learned."""
    codecs = codecs_beside(order.run).to(order.device)
    usual = learned_from(order.latest("sft"), order, codecs.hash).spec
    spec = replace(
        usual, clips=max(8, usual.clips // _FEWER), first_seed=CURATED_FROM, among=_AMONG
    )
    text = TextEncoder(device=order.device)
    if isinstance(spec, TaskSpec):
        encode_tasks(order.run, spec, codecs, text, order.device, order.minutes)
    else:
        encode_clips(order.run, spec, codecs, text, order.device, order.minutes)
    return True


def sft(order: Order) -> bool:
    """Goes on from the last of the stages before it, if nothing else is named."""
    codecs = codecs_beside(order.run).to(order.device)
    source = order.following("sft").latest("sft")
    usual = learned_from(source, order, codecs.hash)
    tasks = isinstance(usual, TaskStore)
    store = type(usual).open(order.beside("curated"), codecs.hash)
    cuda = order.device.type == "cuda"
    config = replace(stepped(order, minutes=30.0, lr=2e-4), warmup=50, evaluate_every=200)
    recipe = (SftTasksRecipe if tasks else SftRecipe)(
        store,
        config,
        model=config_in(source),
        learned=trained_in(source),
        usual=usual,
        batch=256 if cuda else 16,
        compiled=pays_to_compile(config.minutes),
        half=cuda,
        codecs=codecs.hash,
    )
    shown = FixedPrompts(codecs, TextEncoder(device=order.device), store.spec.shape)
    return train(recipe, replace(order, warm_start=source), shown)


def learned_from(source: Path, order: Order, codecs: str) -> LatentStore:
    """What the weights of ``source`` learned from: tasks, where they bind tags to slots."""
    if "tags" in trained_in(source):
        return TaskStore.open(order.beside("tasks"), codecs)
    return LatentStore.open(order.beside("latents"), codecs)
