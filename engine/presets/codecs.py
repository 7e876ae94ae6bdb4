"""Presets of the clips that codecs and reader learn from, and of the codecs."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import torch

from engine.checkpoint import apply, load_tensors
from engine.data.clips import ClipStore, StoreSpec, fill
from engine.errors import TrainingError
from engine.models.audio_vae import AudioVAE, AudioVAEConfig
from engine.models.codecs import load_codecs
from engine.models.video_vae import VideoVAEConfig
from engine.models.vocoder import VocoderConfig
from engine.presets.orders import Order, train
from engine.training.audio_vae import AudioVAERecipe, VocoderRecipe
from engine.training.recipe import LoopConfig
from engine.training.run_weights import weights_of
from engine.training.video_vae import VideoVAERecipe
from engine.world.seeds import CODECS_FROM

# Bodies of every level; those of the first are read back by the scores.
_LEVELS = (1, 3)
PARTS = ("video_vae", "audio_vae", "vocoder")
_VIDEO = VideoVAEConfig(channels=128, details=96)
_AUDIO = AudioVAEConfig(width=192, blocks=2)
_VOCODER = VocoderConfig(width=160, blocks=5)


def clips(order: Order) -> bool:
    """Scenes of the first and the last level in turn, a thread for each at a time."""
    spec = StoreSpec(clips=2400, first_seed=CODECS_FROM, levels=_LEVELS, width=128, height=72)
    fill(order.run, spec, workers=torch.get_num_threads())
    return True


def codecs(order: Order) -> bool:
    """The three codecs one after the other, their weights gathered in the run's folder."""
    minutes = order.minutes or 75.0
    makers = (video_vae, audio_vae, vocoder)
    for name, make, share in zip(PARTS, makers, (0.84, 0.06, 0.1), strict=True):
        part = replace(order, run=order.run / name, minutes=minutes * share)
        # A part that an earlier run finished ends at once.
        if not make(part):
            return False
        shutil.copyfile(weights_of(part.run), order.run / f"{name}.safetensors")
    load_codecs(order.run)
    return True


def store_beside(folder: Path) -> ClipStore:
    """The clips beside a run, or beside the run that it is part of.

    Raises:
        TrainingError: if none were drawn.
    """
    for place in (folder / "clips", folder.parent / "clips"):
        if (place / "spec.json").is_file():
            return ClipStore.open(place)
    raise TrainingError(f"There are no clips in {folder / 'clips'}. Draw them with: train clips.")


def video_vae(order: Order) -> bool:
    """The picture's decoder; its encoder is set from data, or kept from a warm start."""
    config = LoopConfig(
        minutes=order.minutes or 60.0,
        lr=1e-3,
        warmup=50,
        evaluate_every=400,
        log_every=100,
        ema=0.998,
        cooldown=0.4,
    )
    store = store_beside(order.run.parent)
    recipe = VideoVAERecipe(store, config, model=_VIDEO, batch=8, frames=9, crop=64)
    return train(recipe, order)


def audio_vae(order: Order) -> bool:
    """Mel bands to latents and back; from a warm start on, latents mean what they meant."""
    config = LoopConfig(
        minutes=order.minutes or 4.0,
        lr=1e-3,
        warmup=50,
        evaluate_every=400,
        log_every=100,
        ema=0.995,
    )
    store = store_beside(order.run.parent)
    recipe = AudioVAERecipe(store, config, model=_AUDIO, frozen=order.from_weights)
    return train(recipe, order)


def vocoder(order: Order) -> bool:
    """Decoded mel bands to sound."""
    weights = weights_of(order.run.parent / "audio_vae")
    codec = AudioVAE(_AUDIO)
    apply(codec, load_tensors(weights)[0], str(weights))
    config = LoopConfig(
        minutes=order.minutes or 7.0,
        lr=8e-4,
        warmup=50,
        evaluate_every=100,
        log_every=20,
        ema=0.995,
    )
    store = store_beside(order.run.parent)
    return train(VocoderRecipe(store, config, codec, model=_VOCODER), order)
