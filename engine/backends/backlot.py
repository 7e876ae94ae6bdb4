"""The backlot backend: our own model behind the seam."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engine.api import (
    Cancelled,
    Capabilities,
    Compiled,
    Control,
    Edit,
    Estimate,
    Failed,
    FileHash,
    Finding,
    Finished,
    Flag,
    MaskTrack,
    Parked,
    Progress,
    Rating,
    Recipe,
    RenderEvent,
    ShotRequest,
    Started,
    Take,
    TrackedMask,
)
from engine.backends.backlot_limits import capabilities_of
from engine.backends.backlot_plans import Desk, plan_request, shape_of, with_kept
from engine.backends.backlot_sources import (
    around_arrays,
    around_of,
    from_latents,
    to_latents,
)
from engine.backends.backlot_words import texts_of
from engine.backends.checkpoints import (
    find_checkpoint,
    load_checkpoint,
    remove_checkpoint,
    save_checkpoint,
)
from engine.backends.flags import measure_flags
from engine.backends.mask_tracking import track_mask
from engine.backends.memory_remedy import remedy
from engine.backends.preflight import compile_request, preflight_request, refuse, steps_of
from engine.backends.take_files import (
    engine_version,
    hash_sources,
    load_take_arrays,
    read_latents,
    read_recipe,
    read_take,
    replace_media,
    write_preview,
    write_take,
)
from engine.devices import describe, give_back_memory, keep_freed_memory, pick
from engine.diffusion.prepared import PreparedCache
from engine.diffusion.samplers import Step
from engine.errors import EngineError
from engine.models.transformer import Latents
from engine.pipelines.model import Model, load_model, trained_pathways, weights_hash
from engine.pipelines.references import EncodedCache
from engine.pipelines.render import Part, Plan, run_plan
from engine.pipelines.stages import decode_clip, step_picture

SHIPPED = Path(__file__).parents[2] / "assets" / "weights"
# One pass over 380 tokens on two ordinary cores; replaced by history after the first render.
_PASS_S = 0.045
_PASSES = 3
_DECODE_S = 0.3
_LOAD_BYTES = 500_000_000
_MEASURED_BYTES = 2**27


class BacklotBackend:
    """Loads the weights on first use and renders one request at a time.

    Args:
        folder: of the weights.
        device: a device's name, or ``auto``.
        capabilities: limits other than the shipped model's, for models of another size.

    Raises:
        WeightsError: if the weights are missing or damaged.
    """

    def __init__(
        self,
        folder: Path = SHIPPED,
        device: str = "auto",
        capabilities: Capabilities | None = None,
    ) -> None:
        self._folder, self._device = folder, pick(device)
        self._capabilities = capabilities or capabilities_of(
            weights_hash(folder), trained_pathways(folder)
        )
        self._encoded, self._prepared = EncodedCache(), PreparedCache()
        self._model: Model | None = None
        self._pass_s: float | None = None

    def capabilities(self) -> Capabilities:
        """Limits and vocabulary of the model."""
        return self._capabilities

    def compile(self, request: ShotRequest) -> Compiled:
        """What the model will be given.

        Raises:
            RequestError: if a tag is unknown.
        """
        compiled = compile_request(request, self._capabilities)
        if not isinstance(request.task, Edit):
            return compiled
        # An edit tells the model the whole scene again, not the instruction alone.
        return replace(compiled, text=texts_of(request, self._capabilities.vocabulary)[0])

    def preflight(self, request: ShotRequest) -> tuple[Finding, ...]:
        """Everything that is wrong with ``request``."""
        return preflight_request(request, self._capabilities)

    def estimate(self, request: ShotRequest) -> Estimate:
        """Counted passes of the network at the pace seen here."""
        steps = steps_of(request, self._capabilities) * max(1, request.variations)
        area = request.width * request.height * request.frames / (128 * 72 * 25)
        seconds = steps * _PASSES * (self._pass_s or _PASS_S) * area + _DECODE_S * area
        return Estimate(
            seconds=seconds,
            memory_bytes=_LOAD_BYTES + int(150_000_000 * area) * max(1, len(request.shots)),
            basis="history" if self._pass_s else "counted work",
        )

    def render(
        self, request: ShotRequest, control: Control, resume: str | None = None
    ) -> Iterator[RenderEvent]:
        """Make the takes of ``request``; see the protocol."""
        try:
            refuse(request, self._capabilities)
            yield from self._render(request, control, resume)
        except _StoppedError as stopped:
            yield stopped.event
        except EngineError as error:
            yield Failed(sentence=str(error), cause=f"{type(error).__name__}: {error}")
        except (torch.OutOfMemoryError, MemoryError) as error:
            sentence = remedy(request, self._capabilities)
            yield Failed(sentence=sentence, cause=f"{type(error).__name__}: {error}")
        except OSError as error:
            sentence = f"{control.folder} could not be written: {error.strerror or error}."
            yield Failed(sentence=sentence, cause=f"{type(error).__name__}: {error}")

    def checkpoint(self, folder: Path) -> str | None:
        """The state that a killed render left in ``folder``."""
        return find_checkpoint(folder)

    def decode(self, folder: Path) -> Take:
        """Decode a take's latents again.

        Raises:
            EngineError: if they are missing, damaged or of other weights.
        """
        recipe = read_recipe(folder)
        arrays = read_latents(folder, self._capabilities.weights)
        latents, model = to_latents(arrays), self._loaded()
        shape = shape_of(recipe.request, recipe.shot)
        media = decode_clip(model, latents, shape, around_of(arrays))
        pictures, sound = with_kept(model, recipe.request, shape, media)
        return replace_media(folder, pictures, sound, _flags(pictures, sound))

    def track_mask(
        self,
        track: MaskTrack,
        target: Path,
        control: Control,
        told: Callable[[float], None] | None = None,
    ) -> TrackedMask | None:
        """Follow a painted region by its looks and by optical flow.

        Raises:
            EngineError: as the protocol says.
        """
        return track_mask(track, target, control, told)

    def rate(self, take: Take) -> Rating:
        """Measured flags; no reward model was trained yet."""
        pictures, sound = load_take_arrays(take)
        return Rating(heads={}, flags=measure_flags(pictures, sound))

    def load(self) -> None:
        """Read the weights into memory."""
        self._loaded()

    def unload(self) -> None:
        """Give the memory back."""
        self._model = None
        self._encoded, self._prepared = EncodedCache(), PreparedCache()
        gc.collect()
        give_back_memory()

    def _loaded(self) -> Model:
        if self._model is None:
            keep_freed_memory()
            self._model = load_model(self._folder, self._device)
        return self._model

    def _render(
        self, request: ShotRequest, control: Control, resume: str | None
    ) -> Iterator[RenderEvent]:
        weights = self._capabilities.weights
        state = _resumed(resume, request, weights)
        hashes = hash_sources(request)
        model = self._loaded()
        steps = steps_of(request, self._capabilities)
        total = steps * request.variations
        yield Started(steps=total)
        finished = [
            read_take(_folder(control, shot, variation))
            for variation in range(state.variation)
            for shot in range(len(request.shots))
        ]
        job = _Job(control=control, request=request, weights=weights, total=total)
        job.began_s, job.done_before = time.monotonic(), state.variation * steps + state.step
        job.saved = resume or _save(job, state.variation, state.step, None)
        desk = Desk(model=model, words=self._capabilities.vocabulary, cache=self._encoded)
        for variation in range(state.variation, request.variations):
            own = replace(request, seed=request.seed + variation, variations=1)
            plan = plan_request(desk, own, steps)
            latents = None
            if state.latents is not None and variation == state.variation:
                latents = (state.step, state.latents)
            end = plan.start if latents is None else latents[1]
            for step in run_plan(model, plan, job.listen, latents, self._prepared):
                end = step.latents
                yield self._advance(model, job, variation, plan, step)
            for shot, part in enumerate(plan.clips):
                recipe = self._recipe(own, shot, steps, plan, hashes)
                folder = _folder(control, shot, variation)
                finished.append(_finish(model, part, recipe, part.of(end), folder))
            self._pass_s = job.pace_s(plan)
        remove_checkpoint(control.folder)
        yield Finished(takes=_by_shots(finished, len(request.shots)))

    def _advance(self, model: Model, job: _Job, variation: int, plan: Plan, step: Step) -> Progress:
        job.saved = _save(job, variation, step.index, step.latents)
        done = variation * plan.levels.steps + step.index
        spent = time.monotonic() - job.began_s
        eta = spent / max(1, done - job.done_before) * (job.total - done)
        part = plan.clips[0]
        picture = step_picture(model, part.of(step.denoised), part.shape)
        preview = write_preview(job.control.folder, done, picture)
        return Progress(step=done, of=job.total, eta_s=eta, preview=preview)

    def _recipe(
        self,
        request: ShotRequest,
        shot: int,
        steps: int,
        plan: Plan,
        hashes: tuple[FileHash, ...],
    ) -> Recipe:
        return Recipe(
            request=request,
            shot=shot,
            references=hashes,
            backend="backlot",
            weights=self._capabilities.weights,
            sampler=plan.sampler,
            steps=steps,
            threads=torch.get_num_threads(),
            device=describe(self._device),
            engine=engine_version(),
        )


class _StoppedError(Exception):
    """The control asked for a stop; carries the event to end with."""

    def __init__(self, event: RenderEvent) -> None:
        super().__init__()
        self.event = event


@dataclass(kw_only=True)
class _Job:
    """What is shared over the steps of one render."""

    control: Control
    request: ShotRequest
    weights: str
    total: int
    saved: str = ""
    began_s: float = 0.0
    done_before: int = 0

    def listen(self) -> None:
        """Stop the render where the control says so."""
        if self.control.cancelled:
            remove_checkpoint(self.control.folder)
            raise _StoppedError(Cancelled())
        if self.control.parked:
            raise _StoppedError(Parked(checkpoint=self.saved))

    def pace_s(self, plan: Plan) -> float:
        """Seconds a pass of the network took."""
        spent = time.monotonic() - self.began_s
        passes = plan.evaluations / plan.levels.steps
        return spent / max(1.0, passes * (self.total - self.done_before))


@dataclass(frozen=True, kw_only=True)
class _State:
    """Where a render goes on: the variation, its finished steps and the state after them."""

    variation: int
    step: int
    latents: Latents | None


def _resumed(resume: str | None, request: ShotRequest, weights: str) -> _State:
    if resume is None:
        return _State(variation=0, step=0, latents=None)
    step, arrays = load_checkpoint(Path(resume), request, weights)
    variation = arrays["variation"].item() if "variation" in arrays else 0
    latents = to_latents(arrays) if "video" in arrays else None
    return _State(variation=variation, step=step, latents=latents)


def _save(job: _Job, variation: int, step: int, latents: Latents | None) -> str:
    arrays: dict[str, NDArray[np.generic]] = {"variation": np.array([variation])}
    if latents is not None:
        arrays |= from_latents(latents)
    return save_checkpoint(job.control.folder, job.request, job.weights, step, arrays)


def _folder(control: Control, shot: int, variation: int) -> Path:
    return control.folder / f"take-{shot + 1:02d}-{variation + 1:02d}"


def _by_shots(takes: list[Take], shots: int) -> tuple[Take, ...]:
    """Takes made variation by variation, in the order of shots, then variations."""
    return tuple(take for shot in range(shots) for take in takes[shot::shots])


def _finish(model: Model, part: Part, recipe: Recipe, latents: Latents, folder: Path) -> Take:
    media = decode_clip(model, latents, part.shape, part.around)
    pictures, sound = with_kept(model, recipe.request, part.shape, media)
    flags = _flags(pictures, sound)
    arrays = from_latents(latents) | around_arrays(part.around)
    return write_take(folder, pictures, sound, recipe, latents=arrays, flags=flags)


def _flags(pictures: NDArray[np.uint8], sound: NDArray[np.float32]) -> tuple[Flag, ...]:
    """Flags of a take; of a large one by a part of its pictures, which lie on the disk."""
    each = 1 + pictures.nbytes // _MEASURED_BYTES
    return measure_flags(pictures[::each], sound)
