"""The stages of every render: words and pictures in; latents, pictures and sound out.

Shape letters: B batch, T pictures, H height, W width, S samples, C latent channels, M text tokens,
R references.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.conditioning.binding import BoundText, bind_words
from engine.models.codecs import from_network
from engine.models.signals import Latents
from engine.models.transformer import ROLES, SLOTS, Context
from engine.pipelines.enlarging import at_scale
from engine.pipelines.model import Model
from engine.pipelines.references import StreamReference, reference_tokens
from engine.pipelines.streaming import decode_pictures, encode_pictures
from engine.rooms import claim
from engine.shapes import SAMPLES_PER_LATENT, ClipShape

REFERENCE_PX = 64
_IN_MEMORY_BYTES = 2**28

Media = tuple[NDArray[np.uint8], NDArray[np.float32]]
"""Pictures (T, H, W, 3) and sound (2, S)."""


@dataclass(frozen=True, kw_only=True)
class PictureReference:
    """A picture that conditions a render: (H, W, 3) uint8, its role, slot from 0 and weight.

    ``latent`` (1, C, 8, 8) is what it is encoded to, where that is known.
    """

    picture: NDArray[np.uint8]
    role: str
    slot: int
    weight: float = 1.0
    latent: Tensor | None = None


def text_context(
    model: Model,
    text: str,
    references: Sequence[PictureReference],
    streams: tuple[StreamReference, ...] = (),
    shape: ClipShape | None = None,
    slots: Mapping[str, int] | None = None,
) -> Context:
    """What the transformer is conditioned on; empty text is no text at all.

    Args:
        model: its transformer and language encoder.
        text: words; slots such as ``@Image1`` are taken out and bound to words.
        references: pictures.
        streams: clips and tracks, for a clip of ``shape``.
        shape: needed where there are streams.
        slots: a number for every slot that ``text`` may name.
    """
    bound = bind_words(text)
    text = bound.text
    states, mask = model.text.batch([text], max(1, model.text.token_count(text)))
    if not text.strip():
        mask = torch.zeros_like(mask)
    bind = "tags" in model.trained
    shown = [reference.latent for reference in references]
    shown = [
        _reference(model, reference) if latent is None else latent.to(model.device)
        for reference, latent in zip(references, shown, strict=True)
    ]
    none = torch.zeros(0, model.transformer.config.channels, 8, 8, device=model.device)
    roles = [_role_row(model, reference.role) for reference in references]
    # Rows of slots that were never trained are noise: all pictures take the first.
    places = [min(one.slot, SLOTS - 1) if bind else 0 for one in references]
    weighted = any(reference.weight != 1 for reference in references)
    clips, tracks = reference_tokens(model, streams, shape) if shape and streams else ((), ())
    return Context(
        text=states.clone(),
        text_mask=mask,
        references=torch.cat([none, *shown])[None],
        roles=torch.tensor([roles], dtype=torch.long, device=model.device),
        slots=torch.tensor([places], dtype=torch.long, device=model.device),
        weights=torch.tensor([[one.weight for one in references]], device=model.device)
        if weighted
        else None,
        text_slots=_tagged(model, bound, slots or {}) if bind else None,
        clips=clips,
        tracks=tracks,
    )


def words_context(model: Model, texts: Sequence[str]) -> Context:
    """The context of several clips, each with words alone; empty text is no text at all."""
    states, mask = model.text.batch(
        list(texts), max(1, *(model.text.token_count(text) for text in texts))
    )
    spoken = torch.tensor([bool(text.strip()) for text in texts], device=mask.device)
    channels = model.transformer.config.channels
    return Context.of_words(states.clone(), mask & spoken[:, None], channels)


def _role_row(model: Model, role: str) -> int:
    """The role's row; weights that did not learn it are shown a subject, the nearest they know."""
    known = role in model.trained or "subject" not in model.trained
    return ROLES.index(role if known else "subject")


def _tagged(model: Model, bound: BoundText, slots: Mapping[str, int]) -> Tensor:
    """(1, M) the slot of every token."""
    spans = model.text.token_spans(bound.text)
    rows = [-1] * len(spans)
    for first, end, slot in bound.words:
        for index, (start, stop) in enumerate(spans):
            if stop > start and start < end and stop > first:
                rows[index] = min(slots.get(slot, -1), SLOTS - 1)
    return torch.tensor([rows], device=model.device)


def _reference(model: Model, reference: PictureReference) -> Tensor:
    """(1, C, 8, 8) latent of the picture's centre square."""
    square = centre_square(reference.picture, REFERENCE_PX)
    return model.codecs.encode_video(torch.from_numpy(square)[None, None])[:, :, 0]


def centre_square(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The largest centred square of (H, W, 3), at ``side`` pixels."""
    import cv2  # Training, which gets no pictures from outside, runs without it.

    height, width = picture.shape[:2]
    edge = min(height, width)
    top, left = (height - edge) // 2, (width - edge) // 2
    square = np.ascontiguousarray(picture[top : top + edge, left : left + edge])
    return cv2.resize(square, (side, side), interpolation=cv2.INTER_AREA).astype(np.uint8)


def fill_frame(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """(H, W, 3) scaled to cover ``width`` x ``height`` and cropped about its centre."""
    import cv2

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
    model: Model,
    video: Iterable[NDArray[np.uint8]],
    sound: NDArray[np.float32],
    shape: ClipShape,
) -> Latents:
    """Pictures (H, W, 3), one by one, and sound (2, S) of a clip of ``shape`` to latents."""
    pictures = encode_pictures(model, video)
    heard = np.zeros((2, shape.samples), dtype=np.float32)
    length = min(sound.shape[1], shape.samples)
    heard[:, :length] = sound[:, :length]
    return Latents(video=pictures, audio=model.codecs.encode_audio(torch.from_numpy(heard)[None]))


def decode_clip(
    model: Model,
    latents: Latents,
    shape: ClipShape,
    around: Around | None = None,
    scale: int = 1,
    heard: Callable[[], None] = lambda: None,
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Latents of one sample to pictures (T, H, W, 3) and sound (2, S).

    Pictures are decoded a few at a time. ``around`` is sound that is heard next to this one, so
    that both meet without a click; ``scale`` is how many times the shape's size the pictures have.
    ``heard`` is called every few pictures and may raise.
    """
    large = shape.times(scale)
    video = _room_for(large)
    first = 0
    enlarged = at_scale(model, latents.video, shape, scale, heard)
    for part in decode_pictures(model, enlarged, large, heard=heard):
        video[first : first + len(part)] = part.numpy()
        first += len(part)
    return video, _decode_sound(model, latents.audio, shape, around or Around())


def in_memory_bytes(shape: ClipShape) -> int:
    """What the pictures of a clip take in memory; nothing where they are many and on the disk."""
    size_bytes = shape.frames * shape.height * shape.width * 3
    return size_bytes if size_bytes <= _IN_MEMORY_BYTES else 0


def _room_for(shape: ClipShape) -> NDArray[np.uint8]:
    """Room for the pictures of a clip: in memory, or on the disk where they are many."""
    size = (shape.frames, shape.height, shape.width, 3)
    if in_memory_bytes(shape):
        return np.empty(size, dtype=np.uint8)
    with tempfile.TemporaryFile() as file:
        claim(file, math.prod(size))
        return np.memmap(file, np.uint8, "r+", shape=size)


@dataclass(frozen=True, kw_only=True)
class Around:
    """Audio latents (1, 2, C, A) before and after a clip's own."""

    before: Tensor | None = None
    after: Tensor | None = None


def _decode_sound(
    model: Model, audio: Tensor, shape: ClipShape, around: Around
) -> NDArray[np.float32]:
    parts = [around.before, audio, around.after]
    whole = torch.cat([part.cpu() for part in parts if part is not None], dim=-1)
    skip = 0 if around.before is None else around.before.shape[-1] * SAMPLES_PER_LATENT
    sound = model.codecs.decode_audio(whole.to(model.device), skip + shape.samples)
    return sound[0, :, skip:].cpu().numpy()


def step_picture(model: Model, latents: Latents, shape: ClipShape) -> NDArray[np.uint8]:
    """The middle picture (H, W, 3) by the decoder's linear path alone: free, and nearly right."""
    middle = latents.video.shape[2] // 2
    frame = latents.video[:, :, middle : middle + 1].to(model.device)
    with torch.inference_mode():
        pictures = model.codecs.video.decode_linear(frame)
    return from_network(pictures)[0, 0, : shape.height, : shape.width].cpu().numpy()
