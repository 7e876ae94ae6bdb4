"""What backends that denoise latents share: the course of a render, its saved state, its takes.

Shape letters: T pictures, H height, W width, S samples.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from engine.api import (
    SAMPLERS,
    Capabilities,
    Compiled,
    Control,
    Finding,
    Finished,
    Progress,
    Recipe,
    RenderEvent,
    ShotRequest,
    Started,
    Take,
    take_name,
)
from engine.backends.backlot_sources import from_latents, to_latents
from engine.backends.checkpoints import (
    Origin,
    Saved,
    load_checkpoint,
    remove_checkpoint,
    save_checkpoint,
)
from engine.backends.local_backend import Arrays, LocalBackend, Media, heed
from engine.backends.memory_remedy import check_memory
from engine.backends.own_latents import Wanted, check_latents, starts_from
from engine.backends.preflight import steps_of
from engine.backends.repeating import hash_sources, repeated
from engine.backends.take_files import engine_version, read_take, write_preview
from engine.diffusion.samplers import Step
from engine.errors import RequestError
from engine.models.signals import Latents

# What a saved state calls the guess that its last step was made with.
_GUESS = "denoised_"


class Work(Protocol):
    """One variation of a request, ready to be denoised.

    Attributes:
        passes: of the network in a step.
        flops: of a pass, two for a multiply and add.
    """

    @property
    def start(self) -> Latents: ...

    @property
    def passes(self) -> float: ...

    @property
    def flops(self) -> float: ...

    @property
    def sampler(self) -> str: ...

    def run(self, heard: Callable[[], None], resume: Step | None) -> Iterator[Step]:
        """Every step; ``resume`` is the last finished one."""
        ...

    def preview(self, step: Step) -> NDArray[np.uint8] | None:
        """The picture (H, W, 3) that the network expects now; ``None`` where it costs too much."""
        ...

    def media(self, shot: int, latents: Latents, heard: Callable[[], None]) -> tuple[Media, Arrays]:
        """Pictures (T, H, W, 3) and sound (2, S) of a shot, and what decodes them again."""
        ...


class LatentBackend(LocalBackend):
    """A backend whose renders are steps over latents.

    Args:
        name: of the backend, as recipes say it.
        capabilities: of its model.
        codecs: hash that names what its latents mean, where they do not belong to its weights
            alone.
    """

    def __init__(self, name: str, capabilities: Capabilities, codecs: str = "") -> None:
        super().__init__(capabilities, codecs)
        self._name = name
        # Products a second of the last render, its steps' other work included.
        self._pace: float | None = None

    @abstractmethod
    def _works(
        self, request: ShotRequest, steps: int, heard: Callable[[], None]
    ) -> Callable[[int], Work]:
        """What makes the work of each variation; the model is loaded now.

        ``heard`` is called then, and while sources are read, several times a second; it may raise.
        """

    @abstractmethod
    def _wanted(self, request: ShotRequest) -> Wanted:
        """What latents of a take have to be for ``request`` to start from them."""

    @abstractmethod
    def _needed_bytes(self, request: ShotRequest) -> int:
        """Memory that a render takes beside what is loaded already."""

    @abstractmethod
    def _free_bytes(self) -> int:
        """Memory that is free where the model computes."""

    def compile(self, request: ShotRequest) -> Compiled:
        """What the model will be given; for an upgrade, what its preview was given.

        Raises:
            EngineError: if a tag is unknown, or the preview cannot be read.
        """
        return super().compile(repeated(request))

    def preflight(self, request: ShotRequest) -> tuple[Finding, ...]:
        """Everything that is wrong with ``request``, latents not used and want of memory too."""
        findings = super().preflight(request)
        if any(finding.level == "refused" for finding in findings):
            return findings
        short = check_memory(
            request, self._capabilities, needed=self._needed_bytes, free=self._free_bytes()
        )
        latents = check_latents(request, self._wanted(request), self._capabilities.weights)
        return (*findings, *latents, *short)

    def reads_latents(self, take: Path, request: ShotRequest) -> bool:
        """Whether ``request`` starts from the latents of ``take``, or encodes its media anew."""
        return starts_from(take, self._wanted(request))

    @abstractmethod
    def _device_words(self) -> str:
        """Where and in which numbers the model computes."""

    def _render(
        self, request: ShotRequest, control: Control, resume: str | None
    ) -> Iterator[RenderEvent]:
        job = _Job(control=control, saved=resume or "")
        sources = hash_sources(request, job.listen)
        origin = Origin(request=request, weights=self._capabilities.weights, sources=sources)
        state = _resumed(resume, origin)
        # Refused before it has started, a saved state is not gone on from, and all is made anew.
        finished = [
            read_take(control.folder / take_name(shot, variation))
            for variation in range(state.variation)
            for shot in range(len(request.shots))
        ]
        steps = steps_of(request, self._capabilities)
        job.saved = job.saved or _save(control.folder, origin, state.variation)
        works = self._works(_stepped_by(state.sampler, request), steps, job.listen)
        job.steps, job.total = steps, steps * request.variations
        yield Started(steps=job.total)
        done = 0 if state.step is None else state.step.index
        job.began_s, job.done_before = time.monotonic(), state.variation * steps + done
        for variation in range(state.variation, request.variations):
            work = works(variation)
            before = state.step if variation == state.variation else None
            end = work.start if before is None else before.latents
            for step in work.run(job.listen, before):
                end = step.latents
                job.saved = _save(control.folder, origin, variation, step, work.sampler)
                yield _advance(work, job, variation, step)
            own = replace(request, seed=request.seed + variation, variations=1)
            for shot in range(len(request.shots)):
                recipe = self._recipe(replace(origin, request=own), shot, steps, work)
                folder = control.folder / take_name(shot, variation)
                finished.append(self._finish(work, recipe, end, folder, job.listen))
            self._see_pace(job.pace(work, (variation + 1) * steps))
        remove_checkpoint(control.folder)
        yield Finished(takes=_by_shots(finished, len(request.shots)))

    def _see_pace(self, pace: float | None) -> None:
        """Products a second that a render came to, if any were computed."""
        self._pace = pace

    def _recipe(self, origin: Origin, shot: int, steps: int, work: Work) -> Recipe:
        return Recipe(
            request=origin.request,
            shot=shot,
            references=origin.sources,
            backend=self._name,
            weights=origin.weights,
            sampler=work.sampler,
            steps=steps,
            threads=torch.get_num_threads(),
            device=self._device_words(),
            engine=engine_version(),
        )

    def _finish(
        self, work: Work, recipe: Recipe, latents: Latents, folder: Path, heard: Callable[[], None]
    ) -> Take:
        media, arrays = work.media(recipe.shot, latents, heard)
        scale = media[0].shape[2] // recipe.request.width
        return self._keep(folder, replace(recipe, scale=scale), media, arrays, heard)


@dataclass(kw_only=True)
class _Job:
    """What is shared over the steps of one render."""

    control: Control
    saved: str
    steps: int = 0
    total: int = 0
    began_s: float = 0.0
    done_before: int = 0

    def listen(self) -> None:
        """Stop the render where the control says so."""
        heed(self.control, self.saved)

    def pace(self, work: Work, done: int) -> float | None:
        """Products a second over ``done`` steps in all; ``None`` where nothing was computed."""
        spent = time.monotonic() - self.began_s
        flops = work.flops * work.passes * (done - self.done_before)
        return flops / spent if flops > 0 and spent > 0 else None


@dataclass(frozen=True, kw_only=True)
class _State:
    """Where a render goes on.

    Attributes:
        variation: that is denoised.
        step: its last finished one, if there is one.
        sampler: name of what made the steps; empty where none is made, or none was named yet.
    """

    variation: int = 0
    step: Step | None = None
    sampler: str = ""


def _resumed(resume: str | None, origin: Origin) -> _State:
    if resume is None:
        return _State()
    saved = load_checkpoint(Path(resume), origin)
    arrays = saved.arrays
    variation = arrays["variation"].item() if "variation" in arrays else 0
    if "video" not in arrays:
        return _State(variation=variation)
    if saved.sampler not in ("", *SAMPLERS):
        raise RequestError(
            f"The saved state was stepped by {saved.sampler}, which there is none of any more; "
            "start the render again."
        )
    latents, denoised = to_latents(arrays), to_latents(arrays, _GUESS)
    step = Step(index=saved.step, latents=latents, denoised=denoised)
    return _State(variation=variation, step=step, sampler=saved.sampler)


def _stepped_by(sampler: str, request: ShotRequest) -> ShotRequest:
    """``request``, which goes on by the sampler that it began by, whatever is usual by now."""
    named = next((one for one in SAMPLERS if one == sampler), None)
    if named is None:
        return request
    return replace(request, quality=replace(request.quality, sampler=named))


def _save(
    folder: Path, origin: Origin, variation: int, step: Step | None = None, sampler: str = ""
) -> str:
    arrays: dict[str, NDArray[Any]] = {"variation": np.array([variation])}
    if step is None:
        saved = Saved(step=0, arrays=arrays)
    else:
        arrays |= from_latents(step.latents) | from_latents(step.denoised, _GUESS)
        saved = Saved(step=step.index, arrays=arrays, sampler=sampler)
    return save_checkpoint(folder, origin, saved)


def _advance(work: Work, job: _Job, variation: int, step: Step) -> Progress:
    done = variation * job.steps + step.index
    spent = time.monotonic() - job.began_s
    eta = spent / max(1, done - job.done_before) * (job.total - done)
    picture = work.preview(step)
    preview = None if picture is None else write_preview(job.control.folder, done, picture)
    return Progress(step=done, of=job.total, eta_s=eta, preview=preview)


def _by_shots(takes: list[Take], shots: int) -> tuple[Take, ...]:
    """Takes made variation by variation, in the order of shots, then variations."""
    return tuple(take for shot in range(shots) for take in takes[shot::shots])
