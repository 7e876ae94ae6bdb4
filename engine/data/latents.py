"""A ring of encoded clips: what the transformer learns from, encoded once and used several times.

Shape letters: N clips, C latent channels, L latent frames, h w latent picture, A audio latents,
V video tokens, M text tokens.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import ClassVar, Self, TypeVar

import numpy as np
import torch
import torch.nn.functional as F
from einops import rearrange, reduce
from torch import Tensor

from engine.data.drawn_by import note_drawing, refuse_other_drawing
from engine.errors import RequestError, TrainingError, WeightsError
from engine.models.codecs import Codecs
from engine.models.text_encoder import WIDTH, TextEncoder
from engine.plain import from_plain, to_plain
from engine.rooms import claimed_array
from engine.shapes import GRID, SAMPLE_RATE_HZ, SAMPLES_PER_LATENT, TIME_STRIDE, ClipShape
from engine.world.caption import caption
from engine.world.clips import Clips, make_clips, subject_picture
from engine.world.curation import best_made
from engine.world.sampler import sample_scene
from engine.world.scene import COLOURS, MATERIALS, PROPS, Body, Scene

HELD_OUT = 192
TEXT_TOKENS = 40
REFERENCE_PX = 64
_KINDS: dict[str, tuple[str, ...]] = {"colour": COLOURS, "prop": PROPS, "material": MATERIALS}
_NAMES = tuple(name for names in _KINDS.values() for name in names)
TRUTHS = len(_NAMES) + 1
_BATCH = 16
_BODIES = 3


@dataclass(frozen=True, kw_only=True)
class LatentSpec:
    """What a store holds.

    Attributes:
        codecs: the hash of the codecs that encoded it.
        pictures: places for picture references.
        text_tokens: longest caption; what is longer loses its end.
        truths: what is known of every video token; colours alone were at first.
        among: scenes drawn for every clip, of which the best made is kept.
    """

    clips: int
    first_seed: int
    level: int
    width: int
    height: int
    codecs: str
    channels: int = 32
    audio_channels: int = 16
    frames: int = 25
    pictures: int = 1
    text_tokens: int = TEXT_TOKENS
    truths: int = 9
    among: int = 1

    @classmethod
    def encoded_by(
        cls,
        codecs: Codecs,
        shape: ClipShape,
        *,
        clips: int,
        level: int,
        first_seed: int = 0,
        among: int = 1,
    ) -> Self:
        """A store of clips of ``shape`` as ``codecs`` encode them."""
        return cls(
            clips=clips,
            first_seed=first_seed,
            level=level,
            width=shape.width,
            height=shape.height,
            frames=shape.frames,
            codecs=codecs.hash,
            channels=codecs.video.config.channels,
            audio_channels=codecs.audio.config.channels,
            truths=TRUTHS,
            among=among,
        )

    @property
    def shape(self) -> ClipShape:
        """The clips' place on the lattice."""
        return ClipShape(
            width=self.width, height=self.height, frames=self.frames, rate=Fraction(12)
        )

    def scene(self, index: int) -> Scene:
        """What the ``index``-th written clip shows."""
        scenes = [sample_scene(seed, self.level) for seed in self.seeds(index)]
        return scenes[best_made(scenes, self.shape)]

    def seeds(self, index: int) -> range:
        """The seeds that the ``index``-th written clip is chosen from."""
        first = self.first_seed + index * self.among
        return range(first, first + self.among)


Spec = TypeVar("Spec", bound=LatentSpec)


class LatentStore:
    """Latents, text states, a subject's picture and token truths of many clips.

    Once all places are taken, new clips replace the oldest, except for the first ``held_out``,
    which nothing replaces.

    Attributes:
        video: (N, C, L, h, w) float16.
        audio: (N, 2, C, A) float16.
        text: (N, M, 384) float16, with ``lengths`` (N,) uint8 tokens in use.
        references: (N, R, C, 8, 8) float16, the first body alone on plain ground.
        coverage: (N, V, 22) uint8, share of each token that is covered by what has each colour,
            form of prop and material, and by any body.
        onsets: (N, 2A) uint8, 255 where an audible contact begins.
    """

    SPEC: ClassVar[type[LatentSpec]] = LatentSpec

    def __init__(self, folder: Path, spec: LatentSpec, mode: str = "r") -> None:
        self.folder, self.spec = folder, spec
        shape = spec.shape
        frames, rows, columns = shape.video_tokens
        tokens, audio = frames * rows * columns, shape.audio_latents

        mapped = partial(self._mapped, mode)
        self.video = mapped("video.f16", "f2", spec.channels, *shape.video_latents)
        self.audio = mapped("audio.f16", "f2", 2, spec.audio_channels, audio)
        self.text = mapped("text.f16", "f2", spec.text_tokens, WIDTH)
        self.lengths = mapped("lengths.u8", "u1")
        self.references = mapped("references.f16", "f2", spec.pictures, spec.channels, 8, 8)
        self.coverage = mapped("coverage.u8", "u1", tokens, spec.truths)
        self.onsets = mapped("onsets.u8", "u1", 2 * audio)

    def _mapped(self, mode: str, name: str, kind: str, *size: int) -> np.ndarray:
        path, shape = self.folder / name, (self.spec.clips, *size)
        if mode == "w+":
            return claimed_array(path, kind, shape)
        return np.memmap(path, dtype=kind, mode=mode, shape=shape)  # type: ignore[call-overload]

    @classmethod
    def open(cls, folder: Path, codecs: str) -> Self:
        """The store in ``folder``, made by the codecs of hash ``codecs``.

        Raises:
            TrainingError: if there is none; WeightsError: if other codecs made it.
        """
        try:
            plain = json.loads((folder / "spec.json").read_text(encoding="utf-8"))
            spec = from_plain(cls.SPEC, plain)
        except (OSError, ValueError, RequestError) as error:
            raise TrainingError(
                f"There is no store of latents in {folder}. Fill one with: "
                f"python -m engine train {folder.name} --run {folder}"
            ) from error
        if spec.codecs != codecs:
            raise WeightsError(
                f"The latents in {folder} were made by other codecs; make them again."
            )
        if spec.truths != TRUTHS:
            raise WeightsError(
                f"The latents in {folder} were made before forms and materials were kept; "
                "make them again."
            )
        return cls(folder, spec)

    @property
    def held_out(self) -> int:
        """How many clips, the first, are for measurement: a quarter at most."""
        return min(HELD_OUT, self.spec.clips // 4)

    def written(self) -> int:
        """How many clips were ever encoded, those that others replaced among them."""
        try:
            return int((self.folder / "ready").read_text())
        except (OSError, ValueError):
            return 0

    def ready(self) -> int:
        """How many places, from the first, hold a clip."""
        return min(self.written(), self.spec.clips)

    def place(self, index: int) -> int:
        """Where the ``index``-th written clip lies, or lay."""
        if index < self.spec.clips:
            return index
        return self.held_out + (index - self.spec.clips) % self._turning

    def index(self, place: int) -> int:
        """Which clip lies at ``place`` now, counted as they were written."""
        newest, index = self.written() - 1, place
        if newest >= self.spec.clips and place >= self.held_out:
            first = self.spec.clips + place - self.held_out
            if first <= newest:
                index = first + (newest - first) // self._turning * self._turning
        return index

    @property
    def _turning(self) -> int:
        return self.spec.clips - self.held_out


def encode_clips(
    folder: Path,
    spec: LatentSpec,
    codecs: Codecs,
    text: TextEncoder,
    device: torch.device,
    minutes: float | None = None,
) -> LatentStore:
    """Draw and encode what is not yet in ``folder`` of ``spec``; can be stopped and run again.

    With ``minutes`` it goes on so long, replacing the oldest clips by new ones. A clip that is
    read in the instant in which it is replaced may be of two halves: rare, and harmless to learn
    from.
    """
    store = LatentStore(folder, begun(folder, spec, endless=minutes is not None), "w+")
    turn_ring(store, lambda rows: _encode(store, rows, codecs, text, device), minutes)
    return store


def begun(folder: Path, spec: Spec, *, endless: bool) -> Spec:
    """``spec``, kept in ``folder``, or that of the store of its like that lies there already.

    A ring keeps its number of places, whatever another device would have.

    Raises:
        TrainingError: if other clips lie there, or other code drew them and more are to be drawn,
            as where it is ``endless``.
    """
    module = type(spec).__module__
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "spec.json"
    if path.is_file() and (folder / "ready").is_file():
        try:
            there = from_plain(type(spec), json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, RequestError):
            there = None
        if there is None or replace(there, clips=spec.clips) != spec:
            raise TrainingError(
                f"Other clips lie in {folder}: of another size or level, or made by other codecs. "
                "Name another folder, or delete it."
            )
        if endless or int((folder / "ready").read_text() or 0) < there.clips:
            refuse_other_drawing(folder, module)
        return there
    note_drawing(folder, module)
    path.write_text(json.dumps(to_plain(spec)), encoding="utf-8")
    return spec


def turn_ring(store: LatentStore, encode: Callable[[range], None], minutes: float | None) -> None:
    """Fill the store by runs of new clips and go on replacing for ``minutes``, with progress."""
    began, first = time.monotonic(), store.written()
    for number, rows in enumerate(_runs(store, first, endless=minutes is not None)):
        spent_s = time.monotonic() - began
        if minutes is not None and spent_s > minutes * 60:
            break
        encode(rows)
        beside = store.folder / "ready.part"
        beside.write_text(str(rows.stop))
        beside.replace(store.folder / "ready")
        if number % 20 == 0:
            rate = (rows.stop - first) / max(time.monotonic() - began, 1e-9)
            _report(rows.stop, store.spec.clips, rate)


def _runs(store: LatentStore, first: int, endless: bool) -> Iterator[range]:
    """Runs of clips, from ``first``, whose places lie side by side."""
    start = first
    while endless or start < store.spec.clips:
        left = store.spec.clips - store.place(start)
        yield range(start, start + min(_BATCH, left))
        start += min(_BATCH, left)


def _report(written: int, clips: int, rate: float) -> None:
    left = f"{max(0, clips - written) / rate / 60:.1f} min left"
    turns = f"turn {written / clips:.2f} of the ring"
    print(  # noqa: T201
        f"encoding clips: {written:,}, {rate:.1f} clips/s, {left if written < clips else turns}",
        file=sys.stderr,
        flush=True,
    )


def _encode(
    store: LatentStore, rows: range, codecs: Codecs, text: TextEncoder, device: torch.device
) -> None:
    spec = store.spec
    scenes = [spec.scene(row) for row in rows]
    clips = make_clips(scenes, spec.shape, device=device)
    first = store.place(rows.start)
    place = slice(first, first + len(rows))
    store.video[place] = codecs.encode_video(clips.video).cpu().half().numpy()
    store.audio[place] = codecs.encode_audio(clips.audio).cpu().half().numpy()
    words = [caption(scene, scene.seed) for scene in scenes]
    text.warm(words)
    states, mask = text.batch(words, spec.text_tokens)
    store.text[place] = states.cpu().half().numpy()
    store.lengths[place] = mask.sum(1).cpu().numpy()
    pictures = torch.stack(
        [
            torch.as_tensor(subject_picture(scene, 0, REFERENCE_PX, REFERENCE_PX, row))
            for row, scene in zip(rows, scenes, strict=True)
        ]
    )
    references = codecs.encode_video(pictures[:, None])[:, :, 0]
    store.references[place, 0] = references.cpu().half().numpy()
    store_truths(store, place, clips)


def kinds_of_names() -> dict[str, slice]:
    """Where each kind of name stands among a token's truths."""
    kinds, start = {}, 0
    for kind, names in _KINDS.items():
        kinds[kind] = slice(start, start + len(names))
        start += len(names)
    return kinds


def store_truths(store: LatentStore, place: slice, clips: Clips) -> None:
    """Keep what the truth heads learn of ``clips``."""
    store.coverage[place] = (token_coverage(clips) * 255).round().byte().cpu().numpy()
    store.onsets[place] = token_onsets(clips, store.spec.shape)


def token_coverage(clips: Clips) -> Tensor:
    """(B, V, 22): the share of each video token that each name of a prop, and anybody, covers."""
    scenes: Sequence[Scene] = clips.scenes
    masks = clips.masks
    there = [*(masks == index + 1 for index in range(_BODIES)), masks > 0]
    bodies = torch.stack(there, dim=1).float()
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
    names = torch.zeros(len(scenes), _BODIES + 1, TRUTHS, device=masks.device)
    names[:, -1, -1] = 1
    for row, scene in enumerate(scenes):
        for index, body in enumerate(scene.bodies[:_BODIES]):
            names[row, index, _named(body)] = 1
    return (shares @ names).clamp(0, 1)


def _named(body: Body) -> list[int]:
    return [_NAMES.index(name) for name in (body.colour, body.prop, body.material)]


def token_onsets(clips: Clips, shape: ClipShape) -> np.ndarray:
    """(B, 2A) uint8: 255 in both channels' latents in which an audible contact begins."""
    onsets = np.zeros((len(clips.truths), shape.audio_latents, 2), dtype=np.uint8)
    for row, truth in enumerate(clips.truths):
        for contact in truth.contacts:
            latent = int(contact.time_s * SAMPLE_RATE_HZ / SAMPLES_PER_LATENT)
            if contact.audible and 0 <= latent < shape.audio_latents:
                onsets[row, latent] = 255
    return onsets.reshape(len(onsets), -1)
