"""The scripted backend: deterministic moving pictures and matching stereo at no cost.

It speaks the whole seam, so that everything around a model can be built, tested and shown without
one. Same request, same bits; Fast and Full show the same scene with softer or sharper edges.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from engine.api import (
    Capabilities,
    Control,
    Estimate,
    Finished,
    Progress,
    Recipe,
    RenderEvent,
    Role,
    ShotRequest,
    Size,
    Started,
    Take,
    take_name,
)
from engine.backends.checkpoints import (
    Origin,
    Saved,
    load_checkpoint,
    remove_checkpoint,
    save_checkpoint,
)
from engine.backends.local_backend import Arrays, LocalBackend, Media, heed
from engine.backends.preflight import steps_of
from engine.backends.repeating import hash_sources
from engine.backends.scripted_content import compose, glimpse
from engine.backends.scripted_scene import Floats, draws
from engine.backends.take_files import engine_version, write_preview
from engine.errors import EngineError, MemoryShortageError, RequestError
from engine.shapes import SAMPLE_RATE_HZ

WEIGHTS = "scripted-1"
_GRAIN = (18, 32)
_HEARD_S = 0.005

CAPABILITIES = Capabilities(
    name="Scripted",
    weights=WEIGHTS,
    sizes=tuple(
        Size(width=width * scale, height=height * scale, shape=shape)
        for shape, width, height in (
            ("16:9", 128, 72),
            ("9:16", 72, 128),
            ("1:1", 96, 96),
            ("2.39", 172, 72),
        )
        for scale in (2, 1, 4)
    ),
    rates=(Fraction(12), Fraction(24), Fraction(25), Fraction(30)),
    frames=tuple(range(1, 242, 4)),
    sample_rate_hz=SAMPLE_RATE_HZ,
    modes=("generate", "edit", "extend", "upgrade"),
    roles=get_args(Role),
    max_images=9,
    max_videos=3,
    max_tracks=3,
    max_shots=4,
    fast_steps=8,
    full_steps=50,
    quoted="babbled",
    notes=("Shows a disc that bounces through a room, whatever the prompt says.",),
)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A mishap that is played once: at ``step`` (from 0) the render fails in the given way.

    Attributes:
        kind: ``fail`` is a user's error, ``memory`` a lack of it, ``crash`` a bug of the backend.
    """

    kind: Literal["fail", "memory", "crash"]
    step: int = 0


class ScriptedBackend(LocalBackend):
    """A backend without a model.

    Attributes:
        step_s: seconds that each step takes, beside its work.
        loaded: whether ``load`` was called last.
    """

    def __init__(
        self,
        *,
        step_s: float = 0.0,
        faults: Sequence[Fault] = (),
        capabilities: Capabilities = CAPABILITIES,
    ) -> None:
        super().__init__(capabilities)
        self.step_s = step_s
        self.loaded = False
        self._faults = list(faults)

    def estimate(self, request: ShotRequest) -> Estimate:
        """Counted from steps and pixels."""
        takes = max(1, request.variations)
        pixels = request.frames * request.width * request.height * takes
        steps = steps_of(request, self._capabilities)
        return Estimate(
            seconds=steps * (self.step_s + 0.002) + pixels * 1.5e-7,
            memory_bytes=64_000_000 + 40 * pixels,
            basis="counted work",
        )

    def load(self) -> None:
        """Nothing has to be loaded."""
        self.loaded = True

    def unload(self) -> None:
        """Nothing has to be given back."""
        self.loaded = False

    def _render(
        self, request: ShotRequest, control: Control, resume: str | None
    ) -> Iterator[RenderEvent]:
        steps = steps_of(request, self._capabilities)
        sources = hash_sources(request, lambda: heed(control, resume or ""))
        origin = Origin(request=request, weights=WEIGHTS, sources=sources)
        done, grain = _begin(origin, resume)
        yield Started(steps=steps)
        checkpoint = _save(control.folder, origin, done, grain)
        began_s = time.monotonic()
        for step in range(done, steps):
            self._wait(control, checkpoint)
            self._suffer(step)
            grain = _advance(request, grain, step)
            checkpoint = _save(control.folder, origin, step + 1, grain)
            spent_s = time.monotonic() - began_s
            yield Progress(
                step=step + 1,
                of=steps,
                eta_s=spent_s / (step + 1 - done) * (steps - step - 1),
                preview=_preview(control.folder, request, grain[0], step + 1, steps),
            )
        takes: list[Take] = []
        for shot in range(len(request.shots)):
            for variation in range(request.variations):
                heed(control, checkpoint)
                folder = control.folder / take_name(shot, variation)
                own = replace(request, seed=request.seed + variation, variations=1)
                media = compose(own, shot, grain[variation])
                recipe = _recipe(replace(origin, request=own), shot, steps)
                takes.append(self._keep(folder, recipe, media, {"grain": grain[variation]}))
        remove_checkpoint(control.folder)
        yield Finished(takes=tuple(takes))

    def _decoded(self, recipe: Recipe, arrays: Arrays) -> Media:
        if "grain" not in arrays or arrays["grain"].shape != _GRAIN:
            raise EngineError("The latents of this take are damaged; render it again.")
        return compose(recipe.request, recipe.shot, arrays["grain"].astype(np.float32))

    def _wait(self, control: Control, checkpoint: str) -> None:
        """Spend the time of a step, listening."""
        end_s = time.monotonic() + self.step_s
        heed(control, checkpoint)
        while (left_s := end_s - time.monotonic()) > 0:
            time.sleep(min(_HEARD_S, left_s))
            heed(control, checkpoint)

    def _suffer(self, step: int) -> None:
        """Play the fault of ``step``, if one is left."""
        fault = next((fault for fault in self._faults if fault.step == step), None)
        if fault is None:
            return
        self._faults.remove(fault)
        match fault.kind:
            case "fail":
                raise EngineError("The scripted render failed, as it was told to. Try it again.")
            case "memory":
                raise MemoryShortageError(
                    "There is not enough memory for this picture. Try a smaller size."
                )
            case "crash":
                raise RuntimeError("a scripted bug")


def _begin(origin: Origin, resume: str | None) -> tuple[int, Floats]:
    """Finished steps, and the grain (variations, h, w) after them."""
    request = origin.request
    if resume is not None:
        saved = load_checkpoint(Path(resume), origin)
        if "grain" not in saved.arrays:
            raise RequestError(f"The saved state {resume} is damaged; start the render again.")
        return saved.step, saved.arrays["grain"].astype(np.float32)
    seeds = range(request.seed, request.seed + request.variations)
    return 0, np.stack([_noise(seed, "start") for seed in seeds])


def _advance(request: ShotRequest, grain: Floats, step: int) -> Floats:
    fresh = [_noise(request.seed + index, step) for index in range(len(grain))]
    return np.float32(0.8) * grain + np.float32(0.2) * np.stack(fresh)


def _noise(seed: int, step: int | str) -> Floats:
    return draws("grain", seed, step).standard_normal(_GRAIN, dtype=np.float32)


def _save(folder: Path, origin: Origin, step: int, grain: Floats) -> str:
    return save_checkpoint(folder, origin, Saved(step=step, arrays={"grain": grain}))


def _preview(folder: Path, request: ShotRequest, grain: Floats, step: int, steps: int) -> str:
    picture = glimpse(request, grain, 1 - step / steps)
    return write_preview(folder, step, picture)


def _recipe(origin: Origin, shot: int, steps: int) -> Recipe:
    return Recipe(
        request=origin.request,
        shot=shot,
        references=origin.sources,
        backend="scripted",
        weights=origin.weights,
        sampler="none",
        steps=steps,
        threads=1,
        device="cpu",
        engine=engine_version(),
    )
