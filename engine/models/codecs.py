"""The three codecs together: pictures and sound to latents and back.

Shape letters: B batch, T pictures, H height, W width, C latent channels, L latent frames,
A audio latents, S samples.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.checkpoint import load_network
from engine.models.audio_vae import AudioVAE, AudioVAEConfig, LogMel
from engine.models.video_vae import VideoVAE, VideoVAEConfig, channels_last
from engine.models.vocoder import Vocoder, VocoderConfig
from engine.shapes import GRID, SAMPLES_PER_LATENT

FILES = ("video_vae.safetensors", "audio_vae.safetensors", "vocoder.safetensors")
_ENCODER = {
    "video_vae": ("project", "shift", "scale"),
    "audio_vae": ("project", "encoder", "shift", "scale"),
}


@dataclass(frozen=True, kw_only=True)
class Codecs:
    """The codecs and the hash that names them to transformers."""

    video: VideoVAE
    audio: AudioVAE
    vocoder: Vocoder
    mel: LogMel
    hash: str

    @torch.inference_mode()
    def encode_video(self, video: Tensor) -> Tensor:
        """uint8 (B, T, H, W, 3) to (B, C, L, h, w)."""
        return self.video.encode(to_network(video.to(self.device)))

    @torch.inference_mode()
    def encode_audio(self, sound: Tensor) -> Tensor:
        """(B, 2, S) in -1..1 to (B, 2, C, A), padded with silence to whole latents."""
        sound = F.pad(sound.to(self.device), (0, -sound.shape[-1] % SAMPLES_PER_LATENT))
        mel = self.mel(sound.flatten(0, 1))
        return self.audio.encode(mel).unflatten(0, (-1, 2))

    @torch.inference_mode()
    def decode_video(self, latents: Tensor, width: int, height: int) -> Tensor:
        """(B, C, L, h, w) to uint8 (B, T, height, width, 3)."""
        pictures = self.video.decode(latents)[..., :height, :width]
        return from_network(pictures)

    @torch.inference_mode()
    def decode_audio(self, latents: Tensor, samples: int) -> Tensor:
        """(B, 2, C, A) to float32 (B, 2, samples), limited to -1..1."""
        mel = self.audio.decode(latents.flatten(0, 1)).unflatten(0, (-1, 2))
        return self.vocoder(mel)[..., :samples].clamp(-1, 1)

    def to(self, device: torch.device) -> Codecs:
        """The same codecs on ``device``."""
        for module in (self.video, self.audio, self.vocoder, self.mel):
            module.to(device)
        return self

    @property
    def device(self) -> torch.device:
        """Where they are."""
        return self.video.project.weight.device


def load_codecs(folder: Path) -> Codecs:
    """The codecs whose weights lie in ``folder``.

    Raises:
        WeightsError: if one is missing, damaged or of another kind.
    """
    video, _ = load_network(
        folder / FILES[0], "video_vae", lambda c: VideoVAE(VideoVAEConfig(**c)), "a video_vae"
    )
    audio, _ = load_network(
        folder / FILES[1], "audio_vae", lambda c: AudioVAE(AudioVAEConfig(**c)), "an audio_vae"
    )
    vocoder, _ = load_network(
        folder / FILES[2], "vocoder", lambda c: Vocoder(VocoderConfig(**c)), "a vocoder"
    )
    return Codecs(
        video=channels_last(video),
        audio=audio,
        vocoder=vocoder,
        mel=LogMel(),
        hash=latent_hash(video, audio),
    )


def latent_hash(video: VideoVAE, audio: AudioVAE) -> str:
    """Names what latents mean: a hash of all that encodes. Better decoders leave it as it is."""
    digest = hashlib.sha256()
    modules: tuple[tuple[str, torch.nn.Module], ...] = (("video_vae", video), ("audio_vae", audio))
    for kind, module in modules:
        for name, tensor in sorted(module.state_dict().items()):
            if encodes(kind, name):
                digest.update(name.encode())
                digest.update(tensor.float().cpu().numpy().tobytes())
    return digest.hexdigest()[:16]


def encodes(kind: str, name: str) -> bool:
    """Whether the tensor ``name`` of a codec decides what latents mean."""
    return name.startswith(_ENCODER.get(kind, ()))


def to_network(video: Tensor) -> Tensor:
    """uint8 (B, T, H, W, 3) to (B, 3, T, H', W') in -1..1, edges repeated to the token grid."""
    pictures = video.permute(0, 4, 1, 2, 3).float() / 127.5 - 1
    height, width = pictures.shape[-2:]
    pad = (0, -width % GRID, 0, -height % GRID, 0, 0)
    return F.pad(pictures, pad, mode="replicate") if any(pad) else pictures


def from_network(pictures: Tensor) -> Tensor:
    """(B, 3, T, H, W) in about -1..1 to uint8 (B, T, H, W, 3)."""
    levels = ((pictures.float() + 1) * 127.5).round().clamp(0, 255)
    return levels.to(torch.uint8).permute(0, 2, 3, 4, 1).contiguous()
