"""A store of encoded clips: what the transformer learns from, encoded once and used many times.

Shape letters: N clips, C latent channels, L latent frames, h w latent picture, A audio latents,
V video tokens, M text tokens.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from einops import rearrange, reduce
from torch import Tensor

from engine.errors import RequestError, TrainingError, WeightsError
from engine.models.codecs import Codecs
from engine.models.text_encoder import WIDTH, TextEncoder
from engine.plain import from_plain, to_plain
from engine.shapes import GRID, SAMPLE_RATE_HZ, SAMPLES_PER_LATENT, TIME_STRIDE, ClipShape
from engine.world.caption import caption
from engine.world.clips import Clips, make_clips, subject_picture
from engine.world.sampler import sample_scene
from engine.world.scene import COLOURS, Scene

TEXT_TOKENS = 40
REFERENCE_PX = 64
TRUTHS = len(COLOURS) + 1
_BATCH = 16


@dataclass(frozen=True, kw_only=True)
class LatentSpec:
    """What a store holds; ``codecs`` is the hash of the codecs that encoded it."""

    clips: int
    first_seed: int
    level: int
    width: int
    height: int
    codecs: str
    channels: int = 32
    audio_channels: int = 16
    frames: int = 25

    @property
    def shape(self) -> ClipShape:
        """The clips' place on the lattice."""
        return ClipShape(
            width=self.width, height=self.height, frames=self.frames, rate=Fraction(12)
        )


class LatentStore:
    """Latents, text states, a subject's picture and token truths of many clips.

    Attributes:
        video: (N, C, L, h, w) float16.
        audio: (N, 2, C, A) float16.
        text: (N, M, 384) float16, with ``lengths`` (N,) uint8 tokens in use.
        references: (N, C, 8, 8) float16, the first body alone on plain ground.
        coverage: (N, V, 9) uint8, share of each token covered by each colour and by any body.
        onsets: (N, 2A) uint8, 255 where an audible contact begins.
    """

    def __init__(self, folder: Path, spec: LatentSpec, mode: str = "r") -> None:
        self.folder, self.spec = folder, spec
        count, shape = spec.clips, spec.shape
        frames, rows, columns = shape.video_tokens
        tokens, audio = frames * rows * columns, shape.audio_latents

        def mapped(name: str, kind: str, *size: int) -> np.ndarray:
            path = folder / name
            actual = "r+" if mode == "w+" and path.is_file() else mode
            return np.memmap(path, dtype=kind, mode=actual, shape=(count, *size))  # type: ignore[call-overload]

        self.video = mapped("video.f16", "f2", spec.channels, *shape.video_latents)
        self.audio = mapped("audio.f16", "f2", 2, spec.audio_channels, audio)
        self.text = mapped("text.f16", "f2", TEXT_TOKENS, WIDTH)
        self.lengths = mapped("lengths.u8", "u1")
        self.references = mapped("references.f16", "f2", spec.channels, 8, 8)
        self.coverage = mapped("coverage.u8", "u1", tokens, TRUTHS)
        self.onsets = mapped("onsets.u8", "u1", 2 * audio)

    @staticmethod
    def open(folder: Path, codecs: str) -> LatentStore:
        """The store in ``folder``, made by the codecs of hash ``codecs``.

        Raises:
            TrainingError: if there is none; WeightsError: if other codecs made it.
        """
        try:
            plain = json.loads((folder / "spec.json").read_text(encoding="utf-8"))
            spec: LatentSpec = from_plain(LatentSpec, plain)
        except (OSError, ValueError, RequestError) as error:
            raise TrainingError(f"There is no store of latents in {folder}.") from error
        if spec.codecs != codecs:
            raise WeightsError(
                f"The latents in {folder} were made by other codecs; make them again."
            )
        return LatentStore(folder, spec)

    def ready(self) -> int:
        """How many clips, from the first, are encoded."""
        try:
            return int((self.folder / "ready").read_text())
        except (OSError, ValueError):
            return 0


def encode_clips(
    folder: Path, spec: LatentSpec, codecs: Codecs, text: TextEncoder, device: torch.device
) -> LatentStore:
    """Draw and encode what is not yet in ``folder`` of ``spec``; can be stopped and run again."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "spec.json").write_text(json.dumps(to_plain(spec)), encoding="utf-8")
    store = LatentStore(folder, spec, "w+")
    first = store.ready()
    began = time.monotonic()
    for start in range(first, spec.clips, _BATCH):
        rows = range(start, min(start + _BATCH, spec.clips))
        _encode(store, rows, codecs, text, device)
        beside = folder / "ready.part"
        beside.write_text(str(rows.stop))
        beside.replace(folder / "ready")
        if (start // _BATCH) % 20 == 0:
            left = (time.monotonic() - began) / (rows.stop - first) * (spec.clips - rows.stop)
            print(  # noqa: T201
                f"encoding clips: {rows.stop}/{spec.clips}, {left / 60:.1f} min left",
                file=sys.stderr,
                flush=True,
            )
    return store


def _encode(
    store: LatentStore, rows: range, codecs: Codecs, text: TextEncoder, device: torch.device
) -> None:
    spec = store.spec
    scenes = [sample_scene(spec.first_seed + row, spec.level) for row in rows]
    clips = make_clips(scenes, spec.shape, device=device)
    place = slice(rows.start, rows.stop)
    store.video[place] = codecs.encode_video(clips.video).cpu().half().numpy()
    store.audio[place] = codecs.encode_audio(clips.audio).cpu().half().numpy()
    words = [caption(scene, spec.first_seed + row) for row, scene in zip(rows, scenes, strict=True)]
    text.warm(words)
    states, mask = text.batch(words, TEXT_TOKENS)
    store.text[place] = states.cpu().half().numpy()
    store.lengths[place] = mask.sum(1).cpu().numpy()
    pictures = torch.stack(
        [
            torch.as_tensor(subject_picture(scene, 0, REFERENCE_PX, REFERENCE_PX, row))
            for row, scene in zip(rows, scenes, strict=True)
        ]
    )
    references = codecs.encode_video(pictures[:, None])[:, :, 0]
    store.references[place] = references.cpu().half().numpy()
    store.coverage[place] = (token_coverage(clips) * 255).round().byte().cpu().numpy()
    store.onsets[place] = token_onsets(clips, spec.shape)


def token_coverage(clips: Clips) -> Tensor:
    """(B, V, 9): the share of each video token that each colour, and any body, covers."""
    scenes: Sequence[Scene] = clips.scenes
    masks = clips.masks
    bodies = torch.stack([masks == index + 1 for index in range(3)], dim=1).float()
    height, width = masks.shape[-2:]
    bodies = F.pad(bodies, (0, -width % GRID, 0, -height % GRID))
    first = reduce(bodies[:, :, :1], "b n t (h p) (w q) -> b n t h w", "mean", p=GRID, q=GRID)
    rest = reduce(
        bodies[:, :, 1:],
        "b n (l t) (h p) (w q) -> b n l h w",
        "mean",
        t=TIME_STRIDE,
        p=GRID,
        q=GRID,
    )
    shares = rearrange(torch.cat([first, rest], dim=2), "b n l h w -> b (l h w) n")
    names = torch.zeros(len(scenes), 3, TRUTHS, device=masks.device)
    for row, scene in enumerate(scenes):
        for index, body in enumerate(scene.bodies[:3]):
            names[row, index, COLOURS.index(body.colour)] = 1
            names[row, index, -1] = 1
    return (shares @ names).clamp(0, 1)


def token_onsets(clips: Clips, shape: ClipShape) -> np.ndarray:
    """(B, 2A) uint8: 255 in both channels' latents in which an audible contact begins."""
    onsets = np.zeros((len(clips.truths), shape.audio_latents, 2), dtype=np.uint8)
    for row, truth in enumerate(clips.truths):
        for contact in truth.contacts:
            latent = int(contact.time_s * SAMPLE_RATE_HZ / SAMPLES_PER_LATENT)
            if contact.audible and 0 <= latent < shape.audio_latents:
                onsets[row, latent] = 255
    return onsets.reshape(len(onsets), -1)
