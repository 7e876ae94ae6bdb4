"""A tiny model and its training, real in every part: to see in seconds that everything runs."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import nn

from engine.checkpoint import save_tensors
from engine.data.latents import TRUTHS, LatentSpec, encode_clips
from engine.models import audio_vae, video_vae
from engine.models.audio_vae import AudioVAE, AudioVAEConfig, LogMel
from engine.models.codecs import FILES, Codecs, load_codecs, to_network
from engine.models.fine import FineConfig
from engine.models.sizes import SIZES
from engine.models.text_encoder import TextEncoder
from engine.models.transformer import DualTransformer
from engine.models.video_vae import VideoVAE, VideoVAEConfig, channels_last
from engine.models.vocoder import Vocoder, VocoderConfig
from engine.shapes import SAMPLES_PER_LATENT
from engine.training.pretrain import PretrainRecipe
from engine.training.recipe import LoopConfig
from engine.world.clips import make_clips
from engine.world.sampler import sample_scene

SHAPE = SIZES["nano"].clip
TRANSFORMER = replace(
    SIZES["nano"].config, truths=TRUTHS, fine=FineConfig(width=32, before=1, after=1)
)
_FIT, _CLIPS, _STEPS = 4, 32, 30


def tiny_codecs(folder: Path) -> Codecs:
    """Codecs whose linear paths fit a few clips of the world, in ``folder``; made once."""
    if all((folder / name).is_file() for name in FILES):
        return load_codecs(folder)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        video = VideoVAE(VideoVAEConfig(channels=8, width=16, deep=32, blocks=1))
        audio = AudioVAE(AudioVAEConfig(channels=8, width=32, blocks=1))
        vocoder = Vocoder(VocoderConfig(width=32, blocks=1, refine=2))
    clips = make_clips([sample_scene(seed) for seed in range(_FIT)], SHAPE)
    pictures = to_network(clips.video)
    video_vae.set_linear_path(video, pictures)
    video_vae.set_normalisation(video, pictures)
    whole = clips.audio.shape[-1] // SAMPLES_PER_LATENT * SAMPLES_PER_LATENT
    mel = LogMel()(clips.audio[..., :whole].flatten(0, 1))
    audio_vae.set_linear_path(audio, mel)
    audio_vae.set_normalisation(audio, mel)
    for name, module in zip(FILES, (channels_last(video), audio, vocoder), strict=True):
        _write(folder / name, name.split(".")[0], module, asdict(module.config), {})
    return load_codecs(folder)


def tiny_model(folder: Path) -> None:
    """An untrained model in ``folder``, whose every output is alive, as ``load_model`` wants it."""
    codecs = tiny_codecs(folder)
    generator = torch.Generator().manual_seed(1)
    model = DualTransformer(TRANSFORMER)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.05)
    _write(
        folder / "transformer.safetensors",
        "dual_transformer",
        model,
        asdict(TRANSFORMER),
        {"codecs": codecs.hash},
    )


def tiny_recipe(folder: Path, codecs: Codecs, minutes: float | None = None) -> PretrainRecipe:
    """Thirty steps of pretraining on clips that are drawn and encoded in ``folder`` once."""
    spec = LatentSpec.encoded_by(codecs, SHAPE, clips=_CLIPS, level=1)
    store = encode_clips(folder, spec, codecs, TextEncoder(), torch.device("cpu"))
    config = LoopConfig(
        steps=_STEPS,
        minutes=minutes or 5.0,
        lr=3e-3,
        warmup=5,
        optimiser="muon",
        log_every=5,
        evaluate_every=15,
        ema=0.9,
    )
    return PretrainRecipe(store, config, model=TRANSFORMER, batch=4, codecs=codecs.hash)


def _write(
    path: Path, kind: str, module: nn.Module, config: dict[str, object], more: dict[str, str]
) -> None:
    metadata = {"kind": kind, "config": json.dumps(config)} | more
    save_tensors(path, module.state_dict(), metadata)
