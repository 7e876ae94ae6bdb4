"""A store of rendered clips on disk: what the codecs learn from and latents are made of.

Clips are drawn once, in parallel processes, and read many times through memory maps.

Shape letters: N clips, T pictures, H height, W width, S samples.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch

from engine.data.drawn_by import note_drawing, refuse_other_drawing
from engine.errors import RequestError, TrainingError
from engine.plain import from_plain, to_plain
from engine.rooms import claimed_array
from engine.shapes import ClipShape
from engine.world.clips import make_clips
from engine.world.sampler import sample_scene
from engine.world.scene import Scene
from engine.world.truth import Contact, Truth

_BATCH = 16


@dataclass(frozen=True, kw_only=True)
class StoreSpec:
    """What a store holds: ``clips`` scenes from ``first_seed`` on, drawn at one shape.

    Attributes:
        levels: of the world, taken in turn by seed.
    """

    clips: int
    first_seed: int
    levels: tuple[int, ...]
    width: int
    height: int
    frames: int = 25

    def scene(self, index: int) -> Scene:
        """The scene of clip ``index``."""
        return sample_scene(self.first_seed + index, self.levels[index % len(self.levels)])

    @property
    def shape(self) -> ClipShape:
        """The clips' place on the lattice."""
        return ClipShape(
            width=self.width, height=self.height, frames=self.frames, rate=Fraction(12)
        )


class ClipStore:
    """Clips of one shape in a folder.

    Attributes:
        video: (N, T, H, W, 3) uint8.
        masks: (N, T, H, W) uint8, 0 background, body index + 1 elsewhere.
        audio: (N, 2, S) int16.
    """

    def __init__(self, folder: Path, spec: StoreSpec, mode: str = "r") -> None:
        self.folder, self.spec = folder, spec
        count, frames = spec.clips, spec.frames
        self.video = _map(folder / "video.u8", mode, "u1", (count, frames, *_size(spec), 3))
        self.masks = _map(folder / "masks.u8", mode, "u1", (count, frames, *_size(spec)))
        self.audio = _map(folder / "audio.i16", mode, "i2", (count, 2, spec.shape.samples))
        self._records: dict[int, dict[str, object]] = {}

    @staticmethod
    def open(folder: Path) -> ClipStore:
        """The finished store in ``folder``.

        Raises:
            TrainingError: if there is none.
        """
        try:
            plain = json.loads((folder / "spec.json").read_text(encoding="utf-8"))
            return ClipStore(folder, from_plain(StoreSpec, plain))
        except (OSError, ValueError, RequestError) as error:
            raise TrainingError(f"There is no store of clips in {folder}.") from error

    def ready(self, level: int | None = None) -> np.ndarray:
        """Indices of the clips drawn so far, of all levels or of one, ascending."""
        done = np.array(sorted(self._read()), dtype=np.int64)
        if level is None:
            return done
        levels = np.array(self.spec.levels)
        return done[levels[done % len(levels)] == level]

    def scene(self, index: int) -> Scene:
        """The scene of clip ``index``."""
        return from_plain(Scene, self._record(index)["scene"])

    def contacts(self, index: int) -> tuple[Contact, ...]:
        """The contacts of clip ``index``."""
        plain = self._record(index)["contacts"]
        assert isinstance(plain, list)
        return tuple(Contact(**item) for item in plain)

    def _record(self, index: int) -> dict[str, object]:
        if index not in self._records:
            self._records = self._read()
        return self._records[index]

    def _read(self) -> dict[int, dict[str, object]]:
        records: dict[int, dict[str, object]] = {}
        for path in sorted(self.folder.glob("records-*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    record = json.loads(line)
                except ValueError:  # A line cut off by a kill: that clip is drawn again.
                    continue
                records[record["index"]] = record
        return records

    def put(self, indices: Sequence[int]) -> list[str]:
        """Draw the clips ``indices`` and return their records as lines."""
        scenes = [self.spec.scene(index) for index in indices]
        clips = make_clips(scenes, self.spec.shape)
        lines = []
        for row, index in enumerate(indices):
            self.video[index] = clips.video[row].numpy()
            self.masks[index] = clips.masks[row].numpy()
            sound = clips.audio[row].clamp(-1, 1) * 32767
            self.audio[index] = sound.round().to(torch.int16).numpy()
            lines.append(json.dumps(_describe(index, scenes[row], clips.truths[row])))
        return lines


def _describe(index: int, scene: Scene, truth: Truth) -> dict[str, object]:
    contacts = [vars(contact) for contact in truth.contacts]
    return {"index": index, "scene": to_plain(scene), "contacts": contacts}


def _size(spec: StoreSpec) -> tuple[int, int]:
    return spec.height, spec.width


def _map(path: Path, mode: str, kind: str, shape: tuple[int, ...]) -> np.ndarray:
    if mode == "w+":
        return claimed_array(path, kind, shape)
    return np.memmap(path, dtype=kind, mode=mode, shape=shape)  # type: ignore[call-overload]


def fill(folder: Path, spec: StoreSpec, workers: int = 1) -> ClipStore:
    """Draw every clip of ``spec`` that is not yet in ``folder``; can be stopped and run again.

    Raises:
        TrainingError: if other clips lie there, other code drew them and some are missing, or a
            process that draws ended without having drawn its clips.
    """
    folder.mkdir(parents=True, exist_ok=True)
    done = _drawn(folder, spec)
    missing = [index for index in range(spec.clips) if index not in done]
    if not done:
        note_drawing(folder, __name__)
    elif missing:
        refuse_other_drawing(folder, __name__)
    (folder / "spec.json").write_text(json.dumps(to_plain(spec)), encoding="utf-8")
    chunks = [missing[start : start + _BATCH] for start in range(0, len(missing), _BATCH)]
    if workers <= 1:
        _draw(folder, spec, chunks, 0)
    else:
        context = multiprocessing.get_context("spawn")
        processes = [
            context.Process(target=_draw, args=(folder, spec, chunks[worker::workers], worker))
            for worker in range(workers)
        ]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        if any(process.exitcode for process in processes):
            raise TrainingError(f"Drawing clips into {folder} failed; run it again.")
    return ClipStore(folder, spec)


def _drawn(folder: Path, spec: StoreSpec) -> set[int]:
    """Indices of the clips of ``spec`` that lie in ``folder``, of which there may be fewer.

    Raises:
        TrainingError: if others lie there.
    """
    if not any(folder.glob("records-*.jsonl")):
        ClipStore(folder, spec, "w+")
        return set()
    there = ClipStore.open(folder).spec
    if replace(there, clips=spec.clips) != spec:
        raise TrainingError(
            f"Other clips lie in {folder}: of another size or level. Name another folder, or "
            "delete it."
        )
    return set(ClipStore(folder, spec, "w+").ready().tolist())


def _draw(folder: Path, spec: StoreSpec, chunks: list[list[int]], worker: int) -> None:
    torch.set_num_threads(1)
    store = ClipStore(folder, spec, "r+")
    began = time.monotonic()
    with (folder / f"records-{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
        if chunks and file.tell():  # A line that a kill cut off ends here.
            file.write("\n")
        for number, chunk in enumerate(chunks):
            file.write("".join(line + "\n" for line in store.put(chunk)))
            file.flush()
            if worker == 0 and number % 20 == 0:
                _report(number + 1, len(chunks), time.monotonic() - began)


def _report(done: int, of: int, seconds: float) -> None:
    left = seconds / done * (of - done) / 60
    print(f"drawing clips: {done}/{of} batches, {left:.1f} min left", file=sys.stderr, flush=True)  # noqa: T201
