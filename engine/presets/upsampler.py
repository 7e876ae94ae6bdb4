"""Presets of the upsampler and of the clips it learns from."""

from __future__ import annotations

import torch

from engine.data.clips import StoreSpec
from engine.data.doubles import DoubleStore, fill_doubles
from engine.presets.orders import Order, train
from engine.training.codecs_beside import codecs_beside
from engine.training.recipe import LoopConfig
from engine.training.upsampler import UpsamplerRecipe
from engine.world.seeds import DOUBLES_FROM


def doubles(order: Order) -> bool:
    """Scenes of the first and the last level in turn at both sizes, a thread for each at a time."""
    spec = StoreSpec(clips=512, first_seed=DOUBLES_FROM, levels=(1, 3), width=128, height=72)
    fill_doubles(order.run, spec, workers=torch.get_num_threads())
    return True


def upsampler(order: Order) -> bool:
    """Finished latents at twice the size; a few minutes on a core at rest."""
    codecs = codecs_beside(order.run).to(order.device)
    store = DoubleStore.open(order.run.parent / "doubles")
    config = LoopConfig(
        minutes=order.minutes or 40.0,
        lr=2e-3,
        warmup=20,
        evaluate_every=100,
        log_every=20,
        ema=0.99,
        cooldown=0.5,
    )
    return train(UpsamplerRecipe(store, config, codecs, clips=256), order)
