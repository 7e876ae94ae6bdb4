"""Training of the sound autoencoder, and of the vocoder on true and on decoded mels.

Shape letters: B batch, S samples, M mel frames, F mel bands.
"""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import torch
from torch import Tensor, nn

from engine.data.clips import ClipStore
from engine.models.audio_vae import (
    AudioVAE,
    AudioVAEConfig,
    LogMel,
    set_linear_path,
    set_normalisation,
)
from engine.models.codecs import encodes
from engine.models.vocoder import Vocoder, VocoderConfig
from engine.shapes import SAMPLES_PER_LATENT
from engine.training.recipe import LoopConfig

_HELD_OUT = 48
_NOISE = 0.03
_WINDOWS = (64, 128, 256, 512, 1024, 2048)


class SoundBatches:
    """Random stretches of stereo sound from a store, with random gain."""

    def __init__(self, store: ClipStore, batch: int, latents: int) -> None:
        self.store, self.batch = store, batch
        self.samples = latents * SAMPLES_PER_LATENT
        ready = store.ready()
        self.train_clips, self.held_out = ready[:-_HELD_OUT], ready[-_HELD_OUT:]

    def draw(self, generator: torch.Generator) -> Tensor:
        """(B, 2, S) in -1..1."""
        chosen = torch.randint(len(self.train_clips), (self.batch,), generator=generator)
        sounds = []
        for clip in self.train_clips[chosen.numpy()]:
            room = self.store.audio.shape[-1] - self.samples + 1
            start = int(torch.randint(room, (), generator=generator))
            sounds.append(np.array(self.store.audio[clip][:, start : start + self.samples]))
        sound = torch.from_numpy(np.stack(sounds)).float() / 32767
        gain = torch.rand(self.batch, 1, 1, generator=generator) * 1.2 + 0.2
        return (sound * gain).clamp(-1, 1)

    def whole(self, indices: np.ndarray) -> Tensor:
        """(N, 2, S) of whole clips, cut to whole latents."""
        sound = torch.from_numpy(np.array(self.store.audio[indices])).float() / 32767
        return sound[..., : sound.shape[-1] // SAMPLES_PER_LATENT * SAMPLES_PER_LATENT]


class AudioVAERecipe:
    """L1 on log-mel and on its changes, with more weight where the level changes.

    Args:
        store: of the clips whose sound is learned from.
        config: how it is stepped.
        model: sizes.
        batch: stretches a step.
        latents: of a stretch.
        frozen: what encodes stays as a warm start brings it, and with it what latents mean; the
            decoder alone learns.
    """

    name = "audio_vae"
    tokens = 0

    def __init__(
        self,
        store: ClipStore,
        config: LoopConfig,
        *,
        model: AudioVAEConfig | None = None,
        batch: int = 24,
        latents: int = 25,
        frozen: bool = False,
    ) -> None:
        self.config, self.batch, self.frozen = config, batch, frozen
        self.batches = SoundBatches(store, batch, latents)
        self.module = AudioVAE(model or AudioVAEConfig())
        self.mel = LogMel()
        set_linear_path(self.module, self._mels(self.batches.train_clips[:256]))
        if frozen:
            for name, parameter in self.module.named_parameters():
                parameter.requires_grad_(not encodes(self.name, name))

    def losses(self, module: nn.Module, step: int, generator: torch.Generator) -> dict[str, Tensor]:
        """One batch of stretches, both channels."""
        del step
        assert isinstance(module, AudioVAE)
        device = next(module.parameters()).device
        mel = self.mel.to(device)(self.batches.draw(generator).flatten(0, 1).to(device))
        latents = module._encode_raw(mel)  # noqa: SLF001
        noise = torch.randn(latents.shape, generator=generator).to(device)
        noisy = latents + _NOISE * latents.detach().std() * noise
        result = module._decode_raw(noisy)  # noqa: SLF001
        weight = 1 + 4 * mel.diff(dim=-1, prepend=mel[..., :1]).mean(1, keepdim=True).abs()
        error = (weight * (result - mel).abs()).mean()
        slope = (result.diff(dim=-1) - mel.diff(dim=-1)).abs().mean()
        total = error + 0.5 * slope + (latents.mean(dim=(0, 2)) ** 2).mean() * 1e-3
        return {"total": total, "l1": error, "slope": slope}

    @torch.no_grad()
    def evaluate(self, module: nn.Module) -> dict[str, float]:
        """Mean log-spectral distance in decibels on held-out clips."""
        assert isinstance(module, AudioVAE)
        mel = self._mels(self.batches.held_out).to(next(module.parameters()).device)
        result = module.decode(module.encode(mel))
        # One unit of the network's scale is four nepers.
        distance = (result - mel).abs().mean().item() * 4 * 8.686
        return {"loss": distance, "lsd_db": distance}

    def metadata(self) -> dict[str, str]:
        """Kind and sizes of the network."""
        return {"kind": self.name, "config": json.dumps(asdict(self.module.config))}

    def finish(self, module: nn.Module) -> None:
        """Fix the latent's shift and scale, where they are not fixed already."""
        assert isinstance(module, AudioVAE)
        if self.frozen:
            return
        device = next(module.parameters()).device
        set_normalisation(module, self._mels(self.batches.train_clips[:256]).to(device))

    @torch.no_grad()
    def _mels(self, indices: np.ndarray) -> Tensor:
        return self.mel.cpu()(self.batches.whole(indices).flatten(0, 1))


class VocoderRecipe:
    """Multi-resolution spectral loss, on true mels and on the autoencoder's own."""

    name = "vocoder"
    tokens = 0

    def __init__(
        self,
        store: ClipStore,
        config: LoopConfig,
        codec: AudioVAE,
        *,
        model: VocoderConfig | None = None,
        batch: int = 12,
        latents: int = 13,
    ) -> None:
        self.config, self.batch = config, batch
        self.batches = SoundBatches(store, batch, latents)
        self.module = Vocoder(model or VocoderConfig())
        self.codec = codec.eval().requires_grad_(False)
        self.mel = LogMel()

    def losses(self, module: nn.Module, step: int, generator: torch.Generator) -> dict[str, Tensor]:
        """One batch; half of it goes through the autoencoder first."""
        del step
        device = next(module.parameters()).device
        sound = self.batches.draw(generator).to(device)
        mel = self._heard(sound, through=len(sound) // 2)
        result = module(mel)
        total = spectral_loss(result.flatten(0, 1), sound.flatten(0, 1))
        return {"total": total}

    @torch.no_grad()
    def evaluate(self, module: nn.Module) -> dict[str, float]:
        """The spectral loss on held-out clips, all through the autoencoder."""
        device = next(module.parameters()).device
        sound = self.batches.whole(self.batches.held_out[:24]).to(device)
        result = module(self._heard(sound, through=len(sound)))
        return {"loss": spectral_loss(result.flatten(0, 1), sound.flatten(0, 1)).item()}

    def metadata(self) -> dict[str, str]:
        """Kind and sizes of the network."""
        return {"kind": self.name, "config": json.dumps(asdict(self.module.config))}

    def finish(self, module: nn.Module) -> None:
        """Nothing follows from the weights."""

    @torch.no_grad()
    def _heard(self, sound: Tensor, through: int) -> Tensor:
        """Log-mel (B, 2, F, M); the first ``through`` of the batch as the autoencoder gives it."""
        mel = self.mel.to(sound.device)(sound.flatten(0, 1)).unflatten(0, sound.shape[:2])
        codec = self.codec.to(sound.device)
        if through:
            decoded = codec.decode(codec.encode(mel[:through].flatten(0, 1)))
            mel[:through] = decoded.unflatten(0, (through, 2))
        return mel


def spectral_loss(result: Tensor, target: Tensor) -> Tensor:
    """Log-magnitude and convergence terms over six windows (Yamamoto et al. 2020, 1910.11480).

    Short windows hold onsets in place, long ones hold pitch. Both are (B, S).
    """
    total = torch.zeros((), device=result.device)
    for size in _WINDOWS:
        window = torch.hann_window(size, device=result.device)
        a, b = (
            torch.stft(x, size, size // 4, window=window, return_complex=True).abs() / size**0.5
            for x in (result, target)
        )
        convergence = (a - b).square().sum().sqrt() / b.square().sum().sqrt().clamp_min(1e-6)
        log = ((a + 1e-4).log() - (b + 1e-4).log()).abs().mean()
        total = total + convergence + 0.5 * log
    return total / len(_WINDOWS)
