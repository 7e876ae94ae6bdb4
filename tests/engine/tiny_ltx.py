"""A folder as LTX-2 comes in, tiny, with random weights, made of diffusers' own classes."""

from __future__ import annotations

import atexit
import dataclasses
import functools
import os
import shutil
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch

from engine import api
from engine.backends.ltx import LtxBackend
from engine.backends.ltx_folder import open_folder
from engine.backends.ltx_lattice import lattice_of
from engine.backends.ltx_limits import capabilities_of

LICENCE = "A licence of its own.\n\nYou may look at these random numbers."


@functools.cache
def ltx_folder() -> Path:
    """The folder; the same weights in every process."""
    folder = Path(tempfile.mkdtemp(prefix="dailies-ltx-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_ltx(folder)
    return folder


def write_ltx(folder: Path) -> None:
    """Write every component into ``folder``, as the pipeline saves them."""
    from diffusers import (
        AutoencoderKLLTX2Audio,
        AutoencoderKLLTX2Video,
        FlowMatchEulerDiscreteScheduler,
        LTX2Pipeline,
        LTX2VideoTransformer3DModel,
    )
    from diffusers.pipelines.ltx2 import LTX2TextConnectors, LTX2Vocoder

    with torch.random.fork_rng():
        torch.manual_seed(0)
        encoder = _text_encoder()
        words = encoder.config.get_text_config()
        width, layers = words.hidden_size, words.num_hidden_layers
        parts = {
            "text_encoder": encoder,
            "tokenizer": _tokenizer(),
            "scheduler": FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
            "connectors": LTX2TextConnectors(
                caption_channels=width,
                text_proj_in_factor=layers + 1,
                video_connector_num_attention_heads=2,
                video_connector_attention_head_dim=width // 2,
                video_connector_num_layers=1,
                video_connector_num_learnable_registers=None,
                audio_connector_num_attention_heads=2,
                audio_connector_attention_head_dim=width // 2,
                audio_connector_num_layers=1,
                audio_connector_num_learnable_registers=None,
                connector_rope_base_seq_len=32,
                rope_double_precision=False,
                rope_type="split",
            ),
            "transformer": LTX2VideoTransformer3DModel(
                in_channels=8,
                out_channels=8,
                num_attention_heads=2,
                attention_head_dim=16,
                cross_attention_dim=32,
                vae_scale_factors=(4, 16, 16),
                audio_in_channels=8,
                audio_out_channels=8,
                audio_num_attention_heads=2,
                audio_attention_head_dim=8,
                audio_cross_attention_dim=16,
                num_layers=3,
                caption_channels=width,
                rope_double_precision=False,
                rope_type="split",
            ),
            "vae": AutoencoderKLLTX2Video(
                latent_channels=8,
                block_out_channels=(8, 16),
                down_block_types=("LTX2VideoDownBlock3D",) * 2,
                decoder_block_out_channels=(8, 16),
                layers_per_block=(1, 1, 1),
                decoder_layers_per_block=(1, 1, 1),
                spatio_temporal_scaling=(True, True),
                decoder_spatio_temporal_scaling=(True, True),
                decoder_inject_noise=(False, False, False),
                downsample_type=("spatiotemporal", "spatiotemporal"),
                upsample_type=("spatiotemporal", "spatiotemporal"),
                upsample_residual=(True, True),
                upsample_factor=(2, 2),
                decoder_causal=False,
            ),
            "audio_vae": AutoencoderKLLTX2Audio(
                base_channels=8,
                ch_mult=(1, 1, 1),
                num_res_blocks=1,
                resolution=32,
                latent_channels=2,
                mel_bins=16,
            ),
            "vocoder": LTX2Vocoder(
                in_channels=32,
                hidden_channels=16,
                upsample_kernel_sizes=[10, 8, 8],
                upsample_factors=[10, 4, 4],
                resnet_kernel_sizes=[3],
                resnet_dilations=[[1, 3]],
                output_sampling_rate=16000,
            ),
        }
    LTX2Pipeline(**parts).save_pretrained(folder)
    (folder / "LICENSE").write_text(LICENCE, encoding="utf-8")


def _text_encoder():
    from transformers import Gemma3Config, Gemma3ForConditionalGeneration

    config = Gemma3Config(
        text_config={
            "hidden_size": 16,
            "intermediate_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "head_dim": 8,
            "vocab_size": 64,
            "max_position_embeddings": 64,
        },
        vision_config={
            "hidden_size": 8,
            "intermediate_size": 16,
            "num_hidden_layers": 1,
            "num_attention_heads": 1,
            "image_size": 16,
            "patch_size": 8,
        },
        mm_tokens_per_image=4,
    )
    return Gemma3ForConditionalGeneration(config)


def _tokenizer():
    from transformers import GemmaTokenizer

    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    letters = ["▁", *map(chr, range(ord("a"), ord("z") + 1))]
    vocabulary = {word: index for index, word in enumerate([*special, *letters])}
    return GemmaTokenizer(vocab=vocabulary, merges=[], model_max_length=64)


def ltx_capabilities(folder: Path) -> api.Capabilities:
    """The published weights' limits at the tiny ones' size."""
    opened = open_folder(folder)
    return dataclasses.replace(
        capabilities_of(opened, lattice_of(opened.configs)),
        sizes=(api.Size(width=60, height=44, shape="4:3"),),
        frames=(5, 9, 13),
    )


class KeptLtx(LtxBackend):
    """Keeps its weights in memory from test to test."""

    def unload(self) -> None:
        """Keep everything."""


@functools.cache
def ltx_backend() -> LtxBackend:
    """One backend for all tests of a process."""
    torch.set_num_threads(1)
    return KeptLtx(ltx_folder(), "cpu", ltx_capabilities(ltx_folder()))
