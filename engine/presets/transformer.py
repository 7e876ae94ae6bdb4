"""Presets of what the transformer learns from, and of its stages up to the flow map."""

from __future__ import annotations

import math
import os
import shutil
from dataclasses import replace
from pathlib import Path

from engine.data.latents import LatentSpec, LatentStore, encode_clips
from engine.data.tasks import TaskSpec, TaskStore, encode_tasks
from engine.models.codecs import Codecs
from engine.models.pathways import FIRST_TRAINED
from engine.models.sizes import SIZES
from engine.models.text_encoder import TextEncoder
from engine.models.transformer import TransformerConfig
from engine.pipelines.model import config_in, load_transformer, trained_in
from engine.presets.orders import Order, pays_to_compile, stepped, train
from engine.shapes import ClipShape
from engine.training.codecs_beside import codecs_beside
from engine.training.fine import FineRecipe
from engine.training.pretrain import PretrainRecipe
from engine.training.recipe import LoopConfig
from engine.training.samples import FixedPrompts
from engine.training.tasks import TasksRecipe
from engine.training.tokens import TokensRecipe

_SMALL = SIZES["small"]


def latents(order: Order) -> bool:
    """The ring that ``pretrain`` reads."""
    codecs = codecs_beside(order.run).to(order.device)
    clips = 65_536 if order.device.type == "cuda" else 8_192
    spec = LatentSpec.encoded_by(codecs, _shape(order), clips=clips, level=order.level or 1)
    text = TextEncoder(device=order.device)
    encode_clips(order.run, spec, codecs, text, order.device, order.minutes)
    return True


def pretrain(order: Order) -> bool:
    """Words to clips, of the size and level that ``latents`` drew."""
    codecs, store = _encoded(order)
    # Weights that were cooled are shaken by more: from them, errors rose for 440 steps at 1.5e-3.
    config = stepped(order, minutes=90.0, lr=1.5e-3 if order.warm_start is None else 5e-4)
    order = order.following("pretrain")
    return _pretrained(order, PretrainRecipe, store, codecs, config, _SMALL.config)


def experiments(order: Order) -> bool:
    """Variants of ``pretrain`` from nothing, on the same clips."""
    from engine.training.experiments import Experiments, Setup, chosen

    variants = chosen(order.only)
    _, store = _encoded(order)
    minutes = order.minutes or 480.0
    config = stepped(order, minutes=minutes, lr=order.learning_rate or 1.5e-3)
    cuda = order.device.type == "cuda"
    # Minutes are of all cells together, not of each.
    config = replace(config, minutes=math.inf)
    base = Setup(model=_SMALL.config, config=config, batch=256 if cuda else 16, half=cuda)
    made = Experiments(order.run, store, base, variants, order.device)
    return made.conduct(order.seeds, minutes)


def tasks(order: Order) -> bool:
    """The ring that ``pretrain_tasks`` reads."""
    codecs = codecs_beside(order.run).to(order.device)
    clips = 32_768 if order.device.type == "cuda" else 4_096
    spec = TaskSpec.encoded_by(codecs, _shape(order), clips=clips, level=order.level or 3)
    text = TextEncoder(device=order.device)
    encode_tasks(order.run, spec, codecs, text, order.device, order.minutes)
    return True


def pretrain_tasks(order: Order) -> bool:
    """Goes on from the last of the stages before it, if there is one and nothing else is named."""
    codecs = codecs_beside(order.run).to(order.device)
    store = TaskStore.open(order.beside("tasks"), codecs.hash)
    # What is given changes what all of the network is asked, not the pathways alone.
    config = replace(stepped(order, minutes=120.0, lr=1e-3), settled=0.5)
    model = replace(_SMALL.config, pathways=True)
    order = order.following("pretrain_tasks")
    return _pretrained(order, TasksRecipe, store, codecs, config, model)


def tokens(order: Order) -> bool:
    """Goes on from the last of the stages before it, if nothing else is named."""
    codecs, store = _encoded(order)
    config = LoopConfig(
        minutes=order.minutes or 80.0,
        lr=8e-4,
        warmup=60,
        cooldown=0.7,
        settled=1.0,
        evaluate_every=300,
        log_every=20,
        ema=0.998,
        optimiser="muon",
    )
    order = _needing("tokens", order)
    return _pretrained(order, TokensRecipe, store, codecs, config, _SMALL.config)


def fine(order: Order) -> bool:
    """Goes on from the last of the stages before it, if nothing else is named."""
    codecs, store = _encoded(order)
    config = LoopConfig(
        minutes=order.minutes or 25.0,
        lr=2e-3,
        warmup=30,
        cooldown=0.5,
        evaluate_every=200,
        log_every=20,
        ema=0.995,
        optimiser="muon",
    )
    order = _needing("fine", order)
    return _pretrained(order, FineRecipe, store, codecs, config, _SMALL.config)


def flow_map(order: Order, *, told: bool = False, alone: bool = False) -> bool:
    """Previews that arrive where the full render does, from the last of the stages before it."""
    from engine.pipelines.render import GUIDANCE
    from engine.presets.sft import learned_from
    from engine.training.flow_map import FlowMapRecipe, FlowMapTasksRecipe, Strides

    source = teacher_of(order)
    codecs = codecs_beside(order.run).hash
    store = learned_from(source, order, codecs)
    teacher, _ = load_transformer(source)
    cuda = order.device.type == "cuda"
    # Steps are few on a processor, so what is averaged is of the last of them.
    config = replace(
        stepped(order, minutes=60.0, lr=5e-4),
        warmup=30,
        cooldown=0.5,
        ema=0.99,
        evaluate_every=150,
    )
    strides = Strides(guidance=GUIDANCE, told=told, clips=48 if cuda else 4)
    batch = 192 if cuda else 16
    recipe = (FlowMapTasksRecipe if isinstance(store, TaskStore) else FlowMapRecipe)(
        store,
        config,
        teacher,
        strides,
        learned=trained_in(source),
        batch=batch,
        # Strides and velocities are built each for itself, in ten minutes of a processor.
        compiled=cuda and pays_to_compile(config.minutes),
        alone=alone,
        half=cuda,
        codecs=codecs,
    )
    return train(recipe, replace(order, warm_start=None))


def teacher_of(order: Order) -> Path:
    """The weights that a flow map learns from, kept in its run to be gone on with."""
    kept = order.run / "teacher.safetensors"
    if not (order.resume and kept.is_file()):
        source = order.latest("flow_map")
        # Of several processes that begin at once, each writes its own.
        beside = kept.with_suffix(f".{os.getpid()}.part")
        order.run.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, beside)
        beside.replace(kept)
    return kept


def _encoded(order: Order) -> tuple[Codecs, LatentStore]:
    """The clips that ``latents`` encoded beside the run, and what it encoded them with."""
    codecs = codecs_beside(order.run).to(order.device)
    return codecs, LatentStore.open(order.beside("latents"), codecs.hash)


def _shape(order: Order) -> ClipShape:
    """Of the clips that are drawn."""
    width, height = order.size or (_SMALL.clip.width, _SMALL.clip.height)
    return replace(_SMALL.clip, width=width, height=height)


def _needing(stage: str, order: Order) -> Order:
    """Started from weights, without which a part of the network has nothing to learn beside.

    Raises:
        TrainingError: if there are none.
    """
    order = order.following(stage)
    return replace(order, warm_start=order.latest(stage))


def _pretrained(
    order: Order,
    kind: type[PretrainRecipe],
    store: LatentStore,
    codecs: Codecs,
    config: LoopConfig,
    model: TransformerConfig,
) -> bool:
    """Pretraining of ``kind`` on ``store``, with pictures of what it makes."""
    recipe = going_on(order, kind, store, config, model)
    shown = FixedPrompts(codecs, TextEncoder(device=order.device), store.spec.shape)
    return train(recipe, order, shown)


def going_on(
    order: Order,
    kind: type[PretrainRecipe],
    store: LatentStore,
    config: LoopConfig,
    model: TransformerConfig,
) -> PretrainRecipe:
    """A recipe of ``kind`` that has learned, and whose network has, what the order's weights have.

    Raises:
        WeightsError: if they are damaged or do not say what they are.
    """
    cuda, learned = order.device.type == "cuda", frozenset(FIRST_TRAINED)
    if order.warm_start is not None:
        learned = trained_in(order.warm_start)
        was = config_in(order.warm_start)
        model = replace(
            model,
            pathways=model.pathways or was.pathways,
            guided=was.guided,
            anchored=was.anchored,
        )
    return kind(
        store,
        config,
        model=model,
        batch=256 if cuda else 16,
        compiled=pays_to_compile(config.minutes),
        half=cuda,
        codecs=store.spec.codecs,
        learned=learned,
    )
