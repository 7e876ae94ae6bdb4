"""The stages of every render: words and pictures in; latents, pictures and sound out.

Shape letters: B batch, T pictures, H height, W width, S samples, C latent channels, M text tokens,
R references.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.models.codecs import from_network
from engine.models.transformer import ROLES, SLOTS, Context, Latents
from engine.pipelines.model import Model
from engine.shapes import ClipShape

REFERENCE_PX = 64


@dataclass(frozen=True, kw_only=True)
class PictureReference:
    """A picture that conditions a render: (H, W, 3) uint8, its role and its slot from 0."""

    picture: NDArray[np.uint8]
    role: str
    slot: int


def text_context(model: Model, text: str, references: Sequence[PictureReference]) -> Context:
    """What the transformer is conditioned on; empty text is no text at all."""
    states, mask = model.text.batch([text], max(1, model.text.token_count(text)))
    if not text.strip():
        mask = torch.zeros_like(mask)
    shown = [_reference(model, reference) for reference in references]
    blank = torch.zeros(1, model.transformer.config.channels, 8, 8, device=model.device)
    pictures = torch.cat(shown)[None] if shown else blank[None]
    roles = [ROLES.index(reference.role) for reference in references] or [-1]
    slots = [min(reference.slot, SLOTS - 1) for reference in references] or [0]
    return Context(
        text=states.clone(),
        text_mask=mask,
        references=pictures,
        roles=torch.tensor([roles], device=model.device),
        slots=torch.tensor([slots], device=model.device),
    )


def _reference(model: Model, reference: PictureReference) -> Tensor:
    """(1, C, 8, 8) latent of the picture's centre square."""
    square = centre_square(reference.picture, REFERENCE_PX)
    return model.codecs.encode_video(torch.from_numpy(square)[None, None])[:, :, 0]


def centre_square(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The largest centred square of (H, W, 3), at ``side`` pixels."""
    height, width = picture.shape[:2]
    edge = min(height, width)
    top, left = (height - edge) // 2, (width - edge) // 2
    square = np.ascontiguousarray(picture[top : top + edge, left : left + edge])
    return cv2.resize(square, (side, side), interpolation=cv2.INTER_AREA).astype(np.uint8)


def fill_frame(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """(H, W, 3) scaled to cover ``width`` x ``height`` and cropped about its centre."""
    scale = max(width / picture.shape[1], height / picture.shape[0])
    size = (
        max(width, round(picture.shape[1] * scale)),
        max(height, round(picture.shape[0] * scale)),
    )
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = cv2.resize(picture, size, interpolation=method).astype(np.uint8)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.ascontiguousarray(scaled[top : top + height, left : left + width])


def encode_clip(
    model: Model, video: NDArray[np.uint8], sound: NDArray[np.float32], shape: ClipShape
) -> Latents:
    """Pictures (T, H, W, 3) and sound (2, S) of a clip of ``shape`` to latents."""
    pictures = model.codecs.encode_video(torch.from_numpy(video)[None])
    heard = np.zeros((2, shape.samples), dtype=np.float32)
    length = min(sound.shape[1], shape.samples)
    heard[:, :length] = sound[:, :length]
    return Latents(
        video=pictures.clone(), audio=model.codecs.encode_audio(torch.from_numpy(heard)[None])
    )


def decode_clip(
    model: Model, latents: Latents, shape: ClipShape
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Latents of one sample to pictures (T, H, W, 3) and sound (2, S)."""
    video = model.codecs.decode_video(latents.video.to(model.device), shape.width, shape.height)
    sound = model.codecs.decode_audio(latents.audio.to(model.device), shape.samples)
    return video[0].cpu().numpy(), sound[0].cpu().numpy()


def step_picture(model: Model, latents: Latents, shape: ClipShape) -> NDArray[np.uint8]:
    """The middle of the clip by the decoder's linear path alone: free, and nearly right."""
    middle = latents.video.shape[2] // 2
    frame = latents.video[:, :, middle : middle + 1].to(model.device)
    with torch.inference_mode():
        pictures = model.codecs.video.decode_linear(frame)
    return from_network(pictures)[0, 0, : shape.height, : shape.width].cpu().numpy()
