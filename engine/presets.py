"""Presets: what can be trained, by name, from drawing clips to the shipped network.

Runs that build on one another lie side by side in one folder under the names of their presets:
``clips`` (drawn scenes), ``codecs``, ``latents`` (encoded scenes), ``pretrain``, ``looks``,
``reader``, ``pairs`` (scenes drawn well and spoilt), ``reward``, ``policy``.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from engine.checkpoint import apply, load_tensors
from engine.data.clips import ClipStore, StoreSpec, fill
from engine.data.latents import TRUTHS, LatentSpec, LatentStore, encode_clips
from engine.data.tasks import TaskSpec, TaskStore, encode_tasks
from engine.devices import cores
from engine.errors import TrainingError
from engine.models.audio_vae import AudioVAE, AudioVAEConfig
from engine.models.codecs import FILES, load_codecs
from engine.models.fine import FineConfig
from engine.models.text_encoder import TextEncoder
from engine.models.transformer import TransformerConfig
from engine.models.video_vae import VideoVAEConfig
from engine.models.vocoder import VocoderConfig
from engine.training.audio_vae import AudioVAERecipe, VocoderRecipe
from engine.training.distributed import processes, train_together
from engine.training.loop import LoopConfig, Recipe, Run
from engine.training.policy_beside import policy_beside
from engine.training.pretrain import PretrainRecipe
from engine.training.reward_beside import draw_pairs, report_reward, reward_beside
from engine.training.tiny import tiny_codecs, tiny_recipe
from engine.training.video_vae import VideoVAERecipe

# Scenes of the codecs' clips begin here; those of the transformer's at 0.
CLIPS_FROM = 10_000_000
# Bodies of every level; those of the first are read back by the scores.
_CODEC_LEVELS = (1, 3)
_VIDEO = VideoVAEConfig(channels=128, details=96)
_AUDIO = AudioVAEConfig(width=192, blocks=2)
_VOCODER = VocoderConfig(width=160, blocks=5)
_CODEC_SHARES = {"video_vae": 0.84, "audio_vae": 0.06, "vocoder": 0.1}


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is asked of a preset.

    Attributes:
        run: folder of the run; what it builds on lies beside it.
        minutes: wall-clock budget, ``None`` for the preset's own.
        resume: go on from the run's saved state, if there is one.
        warm_start: weights to start from, with a fresh optimiser.
        verdicts: comparisons by the director, for the reward model.
    """

    run: Path
    device: torch.device
    minutes: float | None = None
    resume: bool = False
    warm_start: Path | None = None
    verdicts: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Preset:
    """One thing that can be trained or prepared; ``make`` returns whether it came to its end."""

    says: str
    make: Callable[[Order], bool]


def train(recipe: Recipe, order: Order) -> bool:
    """Run ``recipe`` in the order's folder; whether it came to its end.

    Raises:
        EngineError: if it cannot start from what it is told to, or does not converge.
    """
    if processes() > 1:
        return train_together(recipe, order.run, order.device, order.resume, order.warm_start)
    run = Run(recipe, order.run, order.device)
    if order.resume:
        run.resume()
    elif order.warm_start is not None:
        run.warm_start(order.warm_start)
    run.train()
    return not run.stopped


def _clips(order: Order) -> bool:
    spec = StoreSpec(clips=2400, first_seed=CLIPS_FROM, levels=_CODEC_LEVELS, width=128, height=72)
    fill(order.run, spec, workers=cores())
    return True


def _codecs(order: Order) -> bool:
    """The three codecs one after the other, their weights gathered in the run's folder."""
    minutes = order.minutes or 75.0
    for name, share in _CODEC_SHARES.items():
        part = replace(order, run=order.run / name, minutes=minutes * share, warm_start=None)
        # A part that an earlier run finished ends at once.
        if not PRESETS[name].make(part):
            return False
        shutil.copyfile(part.run / "weights.safetensors", order.run / f"{name}.safetensors")
    load_codecs(order.run)
    return True


def _store_of(folder: Path) -> ClipStore:
    """The clips beside a run, or beside the run that it is part of."""
    for place in (folder / "clips", folder.parent / "clips"):
        if (place / "spec.json").is_file():
            return ClipStore.open(place)
    raise TrainingError(f"There are no clips in {folder / 'clips'}. Draw them with: train clips.")


def _video_vae(order: Order) -> bool:
    config = LoopConfig(
        minutes=order.minutes or 60.0,
        lr=1e-3,
        warmup=50,
        evaluate_every=400,
        log_every=100,
        ema=0.998,
        cooldown=0.4,
    )
    store = _store_of(order.run.parent)
    recipe = VideoVAERecipe(store, config, model=_VIDEO, batch=8, frames=9, crop=64)
    return train(recipe, order)


def _audio_vae(order: Order) -> bool:
    config = LoopConfig(
        minutes=order.minutes or 4.0,
        lr=1e-3,
        warmup=50,
        evaluate_every=400,
        log_every=100,
        ema=0.995,
    )
    return train(AudioVAERecipe(_store_of(order.run.parent), config, model=_AUDIO), order)


def _vocoder(order: Order) -> bool:
    weights = order.run.parent / "audio_vae" / "weights.safetensors"
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
    store = _store_of(order.run.parent)
    return train(VocoderRecipe(store, config, codec, model=_VOCODER), order)


def _latents(order: Order) -> bool:
    codecs = load_codecs(order.run.parent / "codecs").to(order.device)
    clips = 65_536 if order.device.type == "cuda" else 8_192
    spec = LatentSpec(
        clips=clips,
        first_seed=0,
        level=1,
        width=128,
        height=72,
        codecs=codecs.hash,
        channels=codecs.video.config.channels,
    )
    text = TextEncoder(device=order.device)
    encode_clips(order.run, spec, codecs, text, order.device, order.minutes)
    return True


def _steps(order: Order, *, minutes: float, lr: float) -> LoopConfig:
    """How the transformer is stepped in every stage.

    On two cores small batches stay in the cache; float32 beats bf16 there (measured).
    """
    return LoopConfig(
        minutes=order.minutes or minutes,
        lr=lr,
        warmup=100,
        evaluate_every=250,
        log_every=10,
        ema=0.998,
        cooldown=0.4,
        optimiser="muon",
        save_every_s=180,
    )


def _pretrain(order: Order) -> bool:
    """Muon and compiled code; two shared cores saw 14 clips a second of this network so."""
    codecs = load_codecs(order.run.parent / "codecs").hash
    store = LatentStore.open(order.run.parent / "latents", codecs)
    cuda = order.device.type == "cuda"
    config = _steps(order, minutes=90.0, lr=2e-3)
    model = TransformerConfig(
        channels=_VIDEO.channels, details=_VIDEO.details, truths=TRUTHS, fine=FineConfig()
    )
    recipe = PretrainRecipe(
        store,
        config,
        model=model,
        batch=256 if cuda else 16,
        compiled=True,
        half=cuda,
        codecs=codecs,
    )
    return train(recipe, order)


def _tasks(order: Order) -> bool:
    codecs = load_codecs(order.run.parent / "codecs").to(order.device)
    spec = TaskSpec(
        clips=32_768 if order.device.type == "cuda" else 4_096,
        first_seed=0,
        level=3,
        width=128,
        height=72,
        codecs=codecs.hash,
        channels=codecs.video.config.channels,
    )
    text = TextEncoder(device=order.device)
    encode_tasks(order.run, spec, codecs, text, order.device, order.minutes)
    return True


def _pretrain_tasks(order: Order) -> bool:
    """Goes on from ``pretrain`` beside it, if nothing else is named and it is there."""
    from engine.training.tasks import TasksRecipe

    codecs = load_codecs(order.run.parent / "codecs").hash
    store = TaskStore.open(order.run.parent / "tasks", codecs)
    cuda = order.device.type == "cuda"
    config = _steps(order, minutes=120.0, lr=1e-3)
    model = TransformerConfig(
        channels=_VIDEO.channels,
        details=_VIDEO.details,
        truths=TRUTHS,
        pathways=True,
        fine=FineConfig(),
    )
    recipe = TasksRecipe(
        store,
        config,
        model=model,
        batch=256 if cuda else 16,
        compiled=True,
        half=cuda,
        codecs=codecs,
    )
    before = order.run.parent / "pretrain" / "best.safetensors"
    started = order.warm_start or (before if before.is_file() else None)
    return train(recipe, replace(order, warm_start=started))


def _flow_map(order: Order) -> bool:
    """Previews that arrive where the full render does, from the best of ``pretrain`` beside it."""
    from engine.diffusion.denoiser import Guidance
    from engine.pipelines.model import load_transformer
    from engine.pipelines.render import COUPLING, TEXT_GUIDANCE
    from engine.training.flow_map import FlowMapRecipe, Strides

    codecs = load_codecs(order.run.parent / "codecs").hash
    store = LatentStore.open(order.run.parent / "latents", codecs)
    taught = order.run.parent / "pretrain" / "best.safetensors"
    teacher, _ = load_transformer(order.warm_start or taught)
    cuda = order.device.type == "cuda"
    config = _steps(order, minutes=30.0, lr=5e-4)
    strides = Strides(guidance=Guidance(text=TEXT_GUIDANCE, coupling=COUPLING))
    batch = 192 if cuda else 16
    recipe = FlowMapRecipe(store, config, teacher, strides, batch=batch, half=cuda, codecs=codecs)
    return train(recipe, replace(order, warm_start=None))


def _looks(order: Order) -> bool:
    """What reads bodies and moves; half an hour on one of two shared cores was more than enough."""
    from engine.training.looks import LooksRecipe

    config = LoopConfig(
        minutes=order.minutes or 25.0,
        lr=2.5e-3,
        warmup=40,
        evaluate_every=200,
        log_every=20,
        ema=0.995,
        cooldown=0.5,
        weight_decay=0.02,
    )
    codec = load_codecs(order.run.parent / "codecs").to(order.device).video
    recipe = LooksRecipe(_store_of(order.run), config, codec, pictures=36, clips=4)
    return train(recipe, order)


def _reader(order: Order) -> bool:
    from engine.metrics.looks import load_looks
    from engine.training.reader import ReaderRecipe

    config = LoopConfig(
        minutes=order.minutes or 40.0,
        lr=3e-3,
        warmup=40,
        evaluate_every=250,
        log_every=20,
        ema=0.995,
        cooldown=0.35,
    )
    codecs = load_codecs(order.run.parent / "codecs")
    latents = LatentStore.open(order.run.parent / "latents", codecs.hash)
    looks = load_looks(order.run.parent / "looks" / "weights.safetensors")
    return train(ReaderRecipe(latents, config, codecs.video, looks), order)


def _pairs(order: Order) -> bool:
    draw_pairs(order.run, order.device)
    return True


def _reward(order: Order) -> bool:
    """The reward model, and what it is worth in ``accuracy.json``."""
    recipe = reward_beside(order.run, order.device, order.minutes, order.verdicts)
    done = train(recipe, order)
    if done:
        report_reward(order.run, recipe)
    return done


def _policy(order: Order) -> bool:
    """Updates of ``pretrain`` beside it, or of the weights that are named."""
    run = policy_beside(order.run, order.device, order.minutes, order.warm_start)
    if order.resume:
        run.resume()
    run.train()
    return not run.stopped


def _tiny(order: Order) -> bool:
    """Everything from drawing to training on 32x32 pictures, in seconds."""
    codecs = tiny_codecs(order.run / "codecs")
    return train(tiny_recipe(order.run / "latents", codecs, order.minutes), order)


PRESETS: dict[str, Preset] = {
    "clips": Preset(says="draw the scenes that codecs and reader learn from", make=_clips),
    "codecs": Preset(says="video_vae, audio_vae and vocoder one after the other", make=_codecs),
    "video_vae": Preset(says="pictures to latents and back; needs clips", make=_video_vae),
    "audio_vae": Preset(says="sound to latents and back; needs clips", make=_audio_vae),
    "vocoder": Preset(says="mel bands to sound; needs clips and audio_vae", make=_vocoder),
    "latents": Preset(
        says="draw scenes and encode them, new ones in place of old for --minutes; needs codecs",
        make=_latents,
    ),
    "pretrain": Preset(says="the transformer, from latents; two cores do", make=_pretrain),
    "tasks": Preset(says="draw tasks of the whole world and encode them", make=_tasks),
    "pretrain_tasks": Preset(
        says="the transformer on tasks: references, edits, history; needs tasks",
        make=_pretrain_tasks,
    ),
    "flow_map": Preset(
        says="previews of 4 to 8 steps that are the full render's take; needs pretrain",
        make=_flow_map,
    ),
    "looks": Preset(says="the part of the reader that sees bodies and moves", make=_looks),
    "reader": Preset(says="what reads clips to score them; needs latents and looks", make=_reader),
    "pairs": Preset(
        says="scenes drawn well and spoilt, for the reward; needs latents", make=_pairs
    ),
    "reward": Preset(
        says="judges clips on five axes; needs latents, takes pairs and --verdicts FILE",
        make=_reward,
    ),
    "policy": Preset(
        says="updates pretrain, or --warm-start FILE, by what the reward likes; needs both",
        make=_policy,
    ),
    "tiny": Preset(says="all of it at 32x32 in seconds, to see that it runs", make=_tiny),
}
assert {f"{name}.safetensors" for name in _CODEC_SHARES} == set(FILES)
