"""Presets of the eye and the clock that read latents, and of the tuning that they look at."""

from __future__ import annotations

from dataclasses import replace

from engine.data.latents import LatentStore
from engine.data.tasks import TaskStore
from engine.models.latent_clock import load_latent_clock
from engine.models.latent_eye import load_latent_eye
from engine.models.text_encoder import TextEncoder
from engine.pipelines.model import config_in, trained_in
from engine.presets.orders import Order, train
from engine.presets.sft import learned_from
from engine.training.codecs_beside import codecs_beside
from engine.training.latent_clock import LatentClockRecipe
from engine.training.latent_eye import LatentEyeRecipe
from engine.training.named import NamedRecipe, NamedTasksRecipe
from engine.training.recipe import LoopConfig
from engine.training.run_weights import weights_of
from engine.training.samples import FixedPrompts


def latent_eye(order: Order) -> bool:
    """What ``named`` looks with."""
    return train(LatentEyeRecipe(_latents(order), _reader_config(order)), order)


def latent_clock(order: Order) -> bool:
    """What ``named`` tells the time by."""
    return train(LatentClockRecipe(_latents(order), _reader_config(order)), order)


def named(order: Order) -> bool:
    """Goes on from the last of the stages before it, if nothing else is named."""
    codecs = codecs_beside(order.run).to(order.device)
    source = order.following("named").latest("named")
    store = learned_from(source, order, codecs.hash)
    # Steps are few and long, and weights move far in each: what is averaged is of the last few.
    config = LoopConfig(
        minutes=order.minutes or 60.0,
        lr=3e-4,
        warmup=10,
        cooldown=0.4,
        evaluate_every=50,
        log_every=5,
        ema=0.97,
        optimiser="muon",
    )
    recipe = (NamedTasksRecipe if isinstance(store, TaskStore) else NamedRecipe)(
        store,
        config,
        load_latent_eye(weights_of(order.beside("latent_eye"))).to(order.device),
        load_latent_clock(weights_of(order.beside("latent_clock"))).to(order.device),
        model=config_in(source),
        learned=trained_in(source),
        half=order.device.type == "cuda",
        codecs=codecs.hash,
    )
    shown = FixedPrompts(codecs, TextEncoder(device=order.device), store.spec.shape)
    return train(recipe, replace(order, warm_start=source), shown)


def _latents(order: Order) -> LatentStore:
    return LatentStore.open(order.beside("latents"), codecs_beside(order.run).hash)


def _reader_config(order: Order) -> LoopConfig:
    """Ten minutes of two cores do, or twenty of one."""
    return LoopConfig(
        minutes=order.minutes or 21.0,
        lr=2e-3,
        warmup=50,
        evaluate_every=500,
        log_every=50,
        ema=0.99,
        cooldown=0.5,
    )
