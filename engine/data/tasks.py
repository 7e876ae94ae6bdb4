"""A ring of encoded tasks: clips with everything that is given beside the words.

Shape letters: N tasks, R picture references, C latent channels, L latent frames, h w latent
picture, A audio latents, M text tokens, T pictures, S samples.

What the branches read beside their tokens has a fixed place by role, so that every batch has one
shape. A sequence of shots has a layout of its own and is not among these tasks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.conditioning.binding import bind_words, slot_order
from engine.data.latents import (
    REFERENCE_PX,
    LatentSpec,
    LatentStore,
    begun,
    store_truths,
    turn_ring,
)
from engine.models.codecs import Codecs
from engine.models.pathways import ROLES, SLOTS
from engine.models.text_encoder import TextEncoder
from engine.shapes import TIME_STRIDE, ClipShape, clip_size
from engine.world.clips import Clips
from engine.world.curation import best_made
from engine.world.task_clips import Given, TaskClips, make_task
from engine.world.tasks import Task, sample_task

CLIP_ROLES = ("motion", "camera", "source")
TRACK_ROLES = ("voice", "music")
PICTURE_ROLES = {"subject": "subject", "environment": "environment"}
PICTURES, WORDS = 4, 80
FREE, GIVEN, TRACED = 0, 1, 2


@dataclass(frozen=True, kw_only=True)
class TaskSpec(LatentSpec):
    """What a store of tasks holds; its seeds are those of tasks."""

    pictures: int = PICTURES
    text_tokens: int = WORDS

    @property
    def clip_latents(self) -> tuple[int, int, int]:
        """(L, h, w) of a reference clip, at half size."""
        width, height = clip_size(self.shape)
        return ClipShape(
            width=width, height=height, frames=self.frames, rate=self.shape.rate
        ).video_latents

    def task(self, index: int) -> Task:
        """The ``index``-th written task: of those of the first one's kind the best made."""
        first, *others = (task_of(seed, self.level) for seed in self.seeds(index))
        tasks = [first, *(task for task in others if task.kind == first.kind)]
        return tasks[best_made([task.scene for task in tasks], self.shape)]


class TaskStore(LatentStore):
    """Encoded tasks.

    Attributes:
        roles, slots: (N, R) int8 of the picture references; a role of -1 is an empty place.
        text_slots: (N, M) int8, the slot whose tag a token is, -1 for none.
        clips: (N, 3, C, L, h, w) float16, a place for each of ``CLIP_ROLES``.
        clip_slots: (N, 3) int8, -1 where there is none; of an edit's source 0.
        tracks: (N, 2, 2, C, A) float16, a place for each of ``TRACK_ROLES``.
        track_slots: (N, 2) int8.
        given_video: (N, L) uint8: ``FREE``, ``GIVEN`` clean, or ``TRACED``, a still whose latent
            stands in the clip under a trace of noise.
        given_audio: (N, A) uint8, ``FREE`` or ``GIVEN``.
    """

    SPEC = TaskSpec
    spec: TaskSpec

    def __init__(self, folder: Path, spec: TaskSpec, mode: str = "r") -> None:
        super().__init__(folder, spec, mode)
        shape = spec.shape
        add = partial(self._mapped, mode)
        self.roles = add("roles.i1", "i1", spec.pictures)
        self.slots = add("slots.i1", "i1", spec.pictures)
        self.text_slots = add("text_slots.i1", "i1", spec.text_tokens)
        self.clips = add("clips.f16", "f2", len(CLIP_ROLES), spec.channels, *spec.clip_latents)
        self.clip_slots = add("clip_slots.i1", "i1", len(CLIP_ROLES))
        sounds = (spec.audio_channels, shape.audio_latents)
        self.tracks = add("tracks.f16", "f2", len(TRACK_ROLES), 2, *sounds)
        self.track_slots = add("track_slots.i1", "i1", len(TRACK_ROLES))
        self.given_video = add("given_video.u1", "u1", shape.video_latents[0])
        self.given_audio = add("given_audio.u1", "u1", shape.audio_latents)


def encode_tasks(
    folder: Path,
    spec: TaskSpec,
    codecs: Codecs,
    text: TextEncoder,
    device: torch.device,
    minutes: float | None = None,
) -> TaskStore:
    """Draw and encode tasks as ``encode_clips`` does scenes; stopped, it goes on where it was."""
    spec = begun(folder, spec, endless=minutes is not None)
    store = TaskStore(folder, spec, "w+")

    def encode(rows: range) -> None:
        for index in rows:
            drawn = make_task(spec.task(index), spec.shape, device=device)
            _encode(store, store.place(index), drawn, codecs, text)

    turn_ring(store, encode, minutes)
    return store


def task_of(seed: int, level: int) -> Task:
    """The task of a seed, of those that fit one window and are one shot."""
    task = sample_task(seed, level)
    if task.kind == "sequence":
        task = sample_task(seed, level, "text")
    if task.scene.shots:
        task = sample_task(seed, level, "references")
    return task


def _encode(
    store: TaskStore, place: int, drawn: TaskClips, codecs: Codecs, text: TextEncoder
) -> None:
    spec = store.spec
    video = codecs.encode_video(drawn.video[None])[0].cpu()
    audio = codecs.encode_audio(drawn.audio[None])[0].cpu()
    _clear(store, place)
    _put_words(store, place, drawn.task, text)
    slots = slot_order(drawn.task.prompt, [one.tag for one in drawn.task.references])
    pictures = 0
    for given in drawn.given:
        slot = min(slots[given.reference.tag], SLOTS - 1)
        role = given.reference.role
        if role in PICTURE_ROLES and given.video is not None and pictures < spec.pictures:
            store.references[place, pictures] = _f16(_square(codecs, given.video))
            store.roles[place, pictures] = ROLES.index(PICTURE_ROLES[role])
            store.slots[place, pictures] = slot
            pictures += 1
        elif role in CLIP_ROLES and given.video is not None:
            index = CLIP_ROLES.index(role)
            store.clips[place, index] = _f16(_half_size(codecs, given.video, spec.shape))
            store.clip_slots[place, index] = slot
        elif role in TRACK_ROLES and given.audio is not None:
            index = TRACK_ROLES.index(role)
            store.tracks[place, index] = _f16(codecs.encode_audio(given.audio[None])[0])
            store.track_slots[place, index] = slot
        else:
            video = _stand(store, place, given, video, codecs)
    if drawn.source_video is not None:
        index = CLIP_ROLES.index("source")
        store.clips[place, index] = _f16(_half_size(codecs, drawn.source_video, spec.shape))
        store.clip_slots[place, index] = 0
    if drawn.known is not None:
        _know(store, place, drawn.known)
    store.video[place], store.audio[place] = _f16(video), _f16(audio)
    clips = Clips(
        scenes=(drawn.task.scene,),
        truths=(drawn.truth,),
        video=drawn.video[None],
        masks=drawn.masks[None],
        audio=drawn.audio[None],
    )
    store_truths(store, slice(place, place + 1), clips)


def _clear(store: TaskStore, place: int) -> None:
    for slots in (store.roles, store.slots, store.text_slots, store.clip_slots, store.track_slots):
        slots[place] = -1
    store.slots[place] = 0
    for values in (store.references, store.clips, store.tracks):
        values[place] = 0
    store.given_video[place], store.given_audio[place] = FREE, FREE


def _put_words(store: TaskStore, place: int, task: Task, text: TextEncoder) -> None:
    bound = bind_words(task.prompt)
    slots = slot_order(task.prompt, [one.tag for one in task.references])
    states, mask = text.batch([bound.text], store.spec.text_tokens)
    store.text[place] = _f16(states[0])
    store.lengths[place] = int(mask.sum())
    spans = text.token_spans(bound.text)[: store.spec.text_tokens]
    for first, end, name in bound.words:
        for index, (start, stop) in enumerate(spans):
            if stop > start and start < end and stop > first and name in slots:
                store.text_slots[place, index] = min(slots[name], SLOTS - 1)


def _stand(store: TaskStore, place: int, given: Given, video: Tensor, codecs: Codecs) -> Tensor:
    """Mark what stands in the clip itself: first and last pictures, a whole picture or sound."""
    role = given.reference.role
    if role == "picture":
        store.given_video[place] = GIVEN
    elif role == "soundtrack":
        store.given_audio[place] = GIVEN
    elif role == "first frame":
        store.given_video[place, 0] = GIVEN
    elif given.video is not None:
        frames = store.spec.frames
        picture = round(given.reference.at * (frames - 1))
        frame = 0 if picture == 0 else 1 + (picture - 1) // TIME_STRIDE
        still = codecs.encode_video(given.video[None])[0].cpu()
        video = torch.cat([video[:, :frame], still, video[:, frame + 1 :]], dim=1)
        store.given_video[place, frame] = TRACED
    return video


def _know(store: TaskStore, place: int, known: Tensor) -> None:
    """Mark the latents all of whose pictures are known, and the sound that is heard with them."""
    groups = known[1:].unflatten(0, (-1, TIME_STRIDE)).all(dim=1)
    frames = torch.cat([known[:1], groups]).numpy()
    store.given_video[place] = np.where(frames, GIVEN, FREE)
    latents = store.given_audio.shape[1]
    pictures = np.minimum((np.arange(latents) + 0.5) * len(known) / latents, len(known) - 1).astype(
        int
    )
    store.given_audio[place] = np.where(known.numpy()[pictures], GIVEN, FREE)


def _square(codecs: Codecs, pictures: Tensor) -> Tensor:
    """(C, 8, 8) of the centre of (1, H, W, 3) uint8."""
    height, width = pictures.shape[1:3]
    edge = min(height, width)
    top, left = (height - edge) // 2, (width - edge) // 2
    square = pictures[:, top : top + edge, left : left + edge]
    return codecs.encode_video(_sized(square, REFERENCE_PX, REFERENCE_PX)[None])[0, :, 0]


def _half_size(codecs: Codecs, pictures: Tensor, shape: ClipShape) -> Tensor:
    width, height = clip_size(shape)
    return codecs.encode_video(_sized(pictures, width, height)[None])[0]


def _sized(pictures: Tensor, width: int, height: int) -> Tensor:
    """(T, H, W, 3) uint8 at another size."""
    planes = pictures.movedim(-1, 1).float()
    return F.interpolate(planes, (height, width), mode="area").round().byte().movedim(1, -1)


def _f16(values: Tensor) -> np.ndarray:
    return values.cpu().half().numpy()
