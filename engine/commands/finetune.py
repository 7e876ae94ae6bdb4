"""Fine-tuning on somebody's own clips: an adapter, and a folder of weights that it lies in."""

from __future__ import annotations

import shutil
from pathlib import Path

from engine.checkpoint import content_hash, read_metadata
from engine.commands.own_clips import prepare
from engine.data.latents import LatentStore
from engine.devices import pick
from engine.models.codecs import FILES
from engine.models.lora import ADAPTER
from engine.models.upsampler import UPSAMPLER
from engine.pipelines.model import TRANSFORMER, load_model
from engine.presets import Order, train
from engine.training.lora import FinetuneRecipe, refuse_other_base
from engine.training.recipe import LoopConfig
from engine.training.run_weights import WEIGHTS, weights_of
from engine.training.telling import say

MODEL = "model"


def finetune(order: Order, data: Path | None, weights: Path, steps: int | None = None) -> bool:
    """Learn the clips in ``data`` beside the ``weights``; whether it came to its end.

    The run's folder gains ``model``: the weights and the adapter, ready to be generated from.

    Raises:
        EngineError: if the clips or the weights cannot be used or do not belong to the run.
    """
    base_hash = content_hash(weights / TRANSFORMER)
    begun = order.run / WEIGHTS
    if order.resume and begun.is_file():
        refuse_other_base(read_metadata(begun), base_hash)
    if data is not None:
        prepare(data, order.run, weights, order.device)
    base = load_model(weights, pick("cpu"), adapted=False)
    store = LatentStore.open(order.run / "latents", base.codecs.hash)
    config = LoopConfig(
        steps=steps or 10**9,
        minutes=order.minutes or 20.0,
        lr=5e-4,
        warmup=20,
        evaluate_every=200 if store.held_out else 10**9,
        log_every=10,
        ema=0.995,
        weight_decay=0.0,
    )
    cuda = order.device.type == "cuda"
    recipe = FinetuneRecipe(
        store,
        config,
        base.transformer,
        base_hash,
        batch=32 if cuda else 8,
        codecs=base.codecs.hash,
        half=cuda,
    )
    if not train(recipe, order):
        return False
    _gather(weights, order.run)
    return True


def _gather(weights: Path, run: Path) -> None:
    """The weights and the adapter in one folder, which can be generated from."""
    folder = run / MODEL
    folder.mkdir(exist_ok=True)
    enlarging = [UPSAMPLER] if (weights / UPSAMPLER).is_file() else []
    for name in (TRANSFORMER, *FILES, *enlarging):
        shutil.copyfile(weights / name, folder / name)
    shutil.copyfile(weights_of(run), folder / ADAPTER)
    say(f"Generate with it by: python -m engine generate --weights {folder} --prompt ...")
