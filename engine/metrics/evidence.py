"""What is seen in pictures and heard in sound of a set of clips, on which scores are taken.

Shape letters: N clips, T pictures, H height, W width, S samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import torch
from numpy.typing import NDArray

from engine.metrics.onsets import Heard, hear
from engine.metrics.reader import Reader, Reading, Seen, read_clips
from engine.models.codecs import Codecs
from engine.shapes import ClipShape
from engine.world.clips import make_clips
from engine.world.sampler import sample_scene
from engine.world.scene import Scene
from engine.world.seeds import held_out_seed
from engine.world.truth import Contact

SHAPE = ClipShape(width=128, height=72, frames=25, rate=Fraction(12))
APART_S = 0.3
# Contacts half sure explain an onset, though none is asked of them.
HALF_SURE = 0.3
_RETAKE = 1 << 30
_BATCH = 8


@dataclass(frozen=True, kw_only=True)
class ClipSet:
    """Clips of held-out scenes from one source.

    Attributes:
        scenes: N of them, what each clip was to show.
        video: (N, T, H, W, 3) uint8.
        sound: (N, 2, S) float32.
        contacts: what truly happened, where the clips are the world's own.
        masks: (N, T, H, W) uint8, the same.
    """

    scenes: tuple[Scene, ...]
    video: NDArray[np.uint8]
    sound: NDArray[np.float32]
    contacts: tuple[tuple[Contact, ...], ...] = ()
    masks: NDArray[np.uint8] | None = None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Readings of a set of clips.

    Attributes:
        sure: surety from which a contact is asked for.
    """

    scenes: tuple[Scene, ...]
    readings: tuple[Reading, ...]
    heard: tuple[tuple[Heard, ...], ...]
    sure: float

    def __len__(self) -> int:
        return len(self.scenes)

    def with_sound_of(self, order: Sequence[int]) -> Evidence:
        """Pictures with the sounds of the clips ``order``."""
        return replace(self, heard=tuple(self.heard[index] for index in order))

    def with_pictures_of(self, order: Sequence[int]) -> Evidence:
        """Sounds with the pictures of the clips ``order``."""
        return replace(self, readings=tuple(self.readings[index] for index in order))

    def seen(self, index: int) -> list[Seen]:
        """The sure contacts of clip ``index``."""
        return [seen for seen in self.readings[index].contacts if seen.surety >= self.sure]


def held_out_scenes(count: int, level: int = 1) -> tuple[Scene, ...]:
    """The first ``count`` held-out scenes of a level."""
    return tuple(sample_scene(held_out_seed(index), level) for index in range(count))


def world_clips(scenes: Sequence[Scene], shape: ClipShape = SHAPE) -> ClipSet:
    """The world's own renders."""
    parts = [
        make_clips(scenes[start : start + _BATCH], shape) for start in range(0, len(scenes), _BATCH)
    ]
    return ClipSet(
        scenes=tuple(scenes),
        video=np.concatenate([part.video.numpy() for part in parts]),
        sound=np.concatenate([part.audio.numpy() for part in parts]),
        contacts=tuple(truth.contacts for part in parts for truth in part.truths),
        masks=np.concatenate([part.masks.numpy() for part in parts]),
    )


def retakes(scenes: Sequence[Scene], shape: ClipShape = SHAPE) -> ClipSet:
    """The same scenes again: other clouds, other breaths of air, the same events."""
    again = [replace(scene, seed=scene.seed + _RETAKE) for scene in scenes]
    return replace(world_clips(again, shape), scenes=tuple(scenes))


def through_codecs(clips: ClipSet, codecs: Codecs) -> ClipSet:
    """The clips encoded and decoded."""
    height, width = clips.video.shape[2:4]
    videos, sounds = [], []
    for start in range(0, len(clips.video), _BATCH):
        video = torch.from_numpy(clips.video[start : start + _BATCH])
        sound = torch.from_numpy(clips.sound[start : start + _BATCH])
        decoded = codecs.decode_video(codecs.encode_video(video), width, height)
        videos.append(decoded.cpu().numpy())
        again = codecs.decode_audio(codecs.encode_audio(sound), sound.shape[-1])
        sounds.append(again.cpu().numpy())
    return replace(clips, video=np.concatenate(videos), sound=np.concatenate(sounds))


def observe(reader: Reader, clips: ClipSet) -> Evidence:
    """Read the pictures and listen to the sound."""
    sure = reader.config.threshold
    readings = read_clips(reader, torch.from_numpy(clips.video), 12.0, HALF_SURE * sure)
    return Evidence(
        scenes=clips.scenes,
        readings=tuple(readings),
        heard=tuple(hear(sound) for sound in clips.sound),
        sure=sure,
    )


def spaced(times_s: Sequence[float], apart_s: float = APART_S) -> list[float]:
    """Of ascending times those at least ``apart_s`` after the last one kept."""
    kept: list[float] = []
    for time_s in times_s:
        if not kept or time_s - kept[-1] >= apart_s:
            kept.append(time_s)
    return kept
