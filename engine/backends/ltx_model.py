"""LTX-2.x loaded through diffusers: words, pictures and latents in and out of its networks.

Shape letters: C channels, L latent frames, h w latent picture, M latent mels, A audio latents,
T pictures, H height, W width, S samples, K words.

Only the public classes of diffusers and transformers are used, each named here: a folder's own
list of classes is never followed, so that a stranger's folder cannot choose what is run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from torch import Tensor, nn

from engine.backends.ltx_folder import LtxFolder
from engine.backends.ltx_lattice import Lattice, Window, lattice_of
from engine.errors import WeightsError
from engine.models.offload import Offload
from engine.models.signals import Latents
from engine.recent import Recent

_EXTRA = (
    "Open weights need libraries that are not installed. "
    "Install them with: packaging/dailies open-weights."
)
_ENCODERS = {
    "gemma3": "Gemma3ForConditionalGeneration",
    "gemma4_unified": "Gemma4UnifiedForConditionalGeneration",
}
_WORDS = 1024
# Texts that stay encoded, of megabytes each where the networks are.
_TEXTS = 16
FAST, CONTROL = "fast", "control"


@dataclass(frozen=True, kw_only=True)
class Words:
    """A text as both branches read it: (1, K, D) each, and (1, K) which of it counts."""

    video: Tensor
    audio: Tensor
    mask: Tensor


@dataclass(kw_only=True)
class LtxModel:
    """Everything that turns words and noise into a clip.

    Attributes:
        pipeline: diffusers' own, for its text encoding; its loop is not used.
        lean: networks come to the device when their turn is, the transformer layer by layer.
    """

    pipeline: Any
    folder: LtxFolder
    lattice: Lattice
    device: torch.device
    dtype: torch.dtype
    lean: bool
    words: Recent[Words] = field(default_factory=lambda: Recent(_TEXTS))
    offload: Offload | None = None

    @property
    def transformer(self) -> nn.Module:
        """The network that denoises."""
        return self.pipeline.transformer

    @property
    def blocks(self) -> nn.Module:
        """The transformer's blocks, one after another."""
        return self.pipeline.transformer.transformer_blocks

    @property
    def decoders(self) -> tuple[nn.Module, ...]:
        """What makes pictures and sound of latents, part by part."""
        pipe = self.pipeline
        return (*pipe.vae.decoder.up_blocks, *pipe.audio_vae.decoder.children(), pipe.vocoder)

    @contextmanager
    def adapted(self, adapter: str | None) -> Iterator[None]:
        """The transformer with one of its adapters, or none."""
        if self.folder.fast_adapter is None and self.folder.control_adapter is None:
            yield
            return
        if adapter is None:
            self.pipeline.disable_lora()
        else:
            self.pipeline.enable_lora()
            self.pipeline.set_adapters(adapter)
        yield

    @torch.inference_mode()
    def encode_text(self, text: str) -> Words:
        """``text`` through the language encoder, once for as long as it is among the last few."""
        return self.words.get(text, lambda: self._encoded(text))

    def _encoded(self, text: str) -> Words:
        pipe = self.pipeline
        with self._here(pipe.text_encoder), self._here(pipe.connectors):
            states, mask, _, _ = pipe.encode_prompt(
                text,
                do_classifier_free_guidance=False,
                max_sequence_length=min(_WORDS, pipe.tokenizer_max_length),
                device=self.device,
            )
            video, audio, mask = pipe.connectors(
                states.to(self.dtype), mask, padding_side=pipe.tokenizer_padding_side
            )
        return Words(video=video, audio=audio, mask=mask)

    @torch.inference_mode()
    def encode_pictures(self, pictures: NDArray[np.uint8], window: Window) -> Tensor:
        """(T, H, W, 3), T of the form 1 + sk, to latents (1, C, L, h, w) on the processor."""
        width, height = window.padded
        spare = ((0, 0), (0, height - pictures.shape[1]), (0, width - pictures.shape[2]), (0, 0))
        whole = np.pad(pictures, spare, mode="edge")
        vae = self.pipeline.vae
        pixels = torch.from_numpy(whole).permute(3, 0, 1, 2)[None]
        with self._here(vae):
            pixels = pixels.to(self.device, vae.dtype) / 127.5 - 1.0
            latents = vae.encode(pixels).latent_dist.mode().float()
            mean, deviation = _statistics(vae, latents, 5)
        return ((latents - mean) * vae.config.scaling_factor / deviation).cpu()

    def encode_still(self, picture: NDArray[np.uint8], window: Window) -> Tensor:
        """One picture (H, W, 3) to its latent, recompressed as those that the weights learned."""
        from diffusers.pipelines.ltx2.utils import (
            apply_image_conditioning_crf,
            resolve_default_image_crf,
        )

        quality = resolve_default_image_crf(self.pipeline.text_encoder)
        # A build of the codecs without H.264 leaves the clean picture, which serves nearly as well.
        with suppress(OSError, ValueError):
            picture = apply_image_conditioning_crf(np.ascontiguousarray(picture), quality)
        return self.encode_pictures(picture[None], window)

    @torch.inference_mode()
    def decode_pictures(self, latents: Tensor, window: Window) -> NDArray[np.uint8]:
        """(1, C, L, h, w) to pictures (T, H, W, 3)."""
        vae = self.pipeline.vae
        with self._here(vae):
            latents = latents.to(self.device)
            mean, deviation = _statistics(vae, latents, 5)
            plain = (latents * deviation / vae.config.scaling_factor + mean).to(vae.dtype)
            level = None
            if vae.config.timestep_conditioning:
                level = torch.zeros(1, device=self.device, dtype=vae.dtype)
            pixels = vae.decode(plain, level, return_dict=False)[0][0].float()
        levels = ((pixels + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
        shown = levels.permute(1, 2, 3, 0)[:, : window.height, : window.width]
        return np.ascontiguousarray(shown.cpu().numpy())

    @torch.inference_mode()
    def decode_sound(self, latents: Tensor, window: Window) -> NDArray[np.float32]:
        """(1, C, M, A) to sound (2, S), exactly as long as the pictures."""
        pipe = self.pipeline
        with self._here(pipe.audio_vae), self._here(pipe.vocoder):
            packed = latents.to(self.device).permute(0, 3, 1, 2)
            shape = packed.shape[2:]
            mean, deviation = _statistics(pipe.audio_vae, packed, 0)
            packed = packed.flatten(2) * deviation + mean
            plain = packed.unflatten(2, shape).transpose(1, 2).to(pipe.audio_vae.dtype)
            mels = pipe.audio_vae.decode(plain, return_dict=False)[0]
            heard = pipe.vocoder(mels)[0].float().clamp(-1, 1).cpu().numpy()
        sound = np.zeros((2, window.samples), dtype=np.float32)
        heard = heard[:, : window.samples]
        sound[:, : heard.shape[1]] = heard
        return sound

    def decode(self, latents: Latents, window: Window) -> tuple[NDArray[Any], NDArray[Any]]:
        """Pictures (T, H, W, 3) and sound (2, S) of the whole window."""
        return self.decode_pictures(latents.video, window), self.decode_sound(latents.audio, window)

    @contextmanager
    def _here(self, network: nn.Module) -> Iterator[None]:
        """``network`` on the device for as long as it is needed."""
        if self.lean:
            network.to(self.device)
        yield
        if self.lean:
            network.to("cpu")


def load_ltx(folder: LtxFolder, device: torch.device, dtype: torch.dtype, lean: bool) -> LtxModel:
    """The networks in ``folder``, on ``device`` or, if ``lean``, beside it.

    Raises:
        WeightsError: if diffusers is missing or a component cannot be read.
    """
    # No component may look for anything outside the folder.
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    try:
        import diffusers
        import transformers
        from diffusers.pipelines import ltx2
    except ImportError as error:
        raise WeightsError(_EXTRA) from error
    diffusers.utils.logging.disable_progress_bar()
    transformers.utils.logging.disable_progress_bar()
    vocoder = "LTX2VocoderWithBWE" if _has_bandwidth(folder) else "LTX2Vocoder"
    classes: dict[str, Any] = {
        "transformer": diffusers.LTX2VideoTransformer3DModel,
        "vae": diffusers.AutoencoderKLLTX2Video,
        "audio_vae": diffusers.AutoencoderKLLTX2Audio,
        "connectors": ltx2.LTX2TextConnectors,
        "vocoder": getattr(ltx2, vocoder),
        "text_encoder": getattr(transformers, _encoder(folder)),
    }
    parts: dict[str, Any] = {
        name: _network(kind, folder.path / name, dtype) for name, kind in classes.items()
    }
    parts["tokenizer"] = _read(transformers.GemmaTokenizer, folder.path / "tokenizer")
    parts["scheduler"] = _read(diffusers.FlowMatchEulerDiscreteScheduler, folder.path / "scheduler")
    pipeline: Any = diffusers.LTX2ConditionPipeline(**parts)
    for name, file in ((FAST, folder.fast_adapter), (CONTROL, folder.control_adapter)):
        if file is not None:
            _adapter(pipeline, name, file)
    pipeline.vae.enable_tiling()
    model = LtxModel(
        pipeline=pipeline,
        folder=folder,
        lattice=lattice_of(folder.configs),
        device=device,
        dtype=dtype,
        lean=lean,
    )
    if lean:
        model.offload = Offload(pipeline.transformer, model.blocks, device)
    else:
        pipeline.to(device)
    return model


def _encoder(folder: LtxFolder) -> str:
    kind = str(folder.configs["text_encoder"].get("model_type", ""))
    if kind not in _ENCODERS:
        raise WeightsError(
            f"The language encoder in {folder.path} is of a kind that is not known here "
            f"({kind or 'none'}). Use weights of LTX-2.0 to 2.5."
        )
    return _ENCODERS[kind]


def _has_bandwidth(folder: LtxFolder) -> bool:
    return "BWE" in str(folder.configs["vocoder"].get("_class_name", ""))


def _network(kind: Any, path: Path, dtype: torch.dtype) -> nn.Module:
    library = "torch_dtype" if kind.__module__.startswith("diffusers") else "dtype"
    network: nn.Module = _read(kind, path, use_safetensors=True, **{library: dtype})
    return network.eval().requires_grad_(False)


def _read(kind: Any, path: Path, **options: Any) -> Any:
    try:
        return kind.from_pretrained(path, local_files_only=True, **options)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise WeightsError(
            f"{path} cannot be read as a part of LTX-2. Get this folder again. "
            f"({str(error).strip().splitlines()[0][:200] if str(error).strip() else error!r}.)"
        ) from error


def _adapter(pipeline: Any, name: str, file: Path) -> None:
    try:
        pipeline.load_lora_weights(
            str(file.parent),
            weight_name=file.name,
            adapter_name=name,
            local_files_only=True,
            use_safetensors=True,
        )
    except ImportError as error:
        raise WeightsError(_EXTRA) from error
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise WeightsError(f"{file} is not an adapter for these weights. Take it away.") from error


def _statistics(vae: Any, like: Tensor, axes: int) -> tuple[Tensor, Tensor]:
    """Mean and deviation of the latents, spread over ``axes`` where channels stand second."""
    mean, deviation = (part.to(like.device, torch.float32) for part in
                       (vae.latents_mean, vae.latents_std))  # fmt: skip
    if axes == 5:
        return mean.view(1, -1, 1, 1, 1), deviation.view(1, -1, 1, 1, 1)
    return mean, deviation
