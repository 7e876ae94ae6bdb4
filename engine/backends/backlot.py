"""The backlot backend: our own model behind the seam."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.api import Capabilities, Compiled, Edit, Estimate, Finding, Recipe, ShotRequest
from engine.backends.backlot_limits import capabilities_of
from engine.backends.backlot_plans import Desk, plan_request, shape_of, with_kept
from engine.backends.backlot_sources import around_arrays, around_of, from_latents, to_latents
from engine.backends.backlot_words import texts_of
from engine.backends.latent_backend import Arrays, LatentBackend, Media, Work
from engine.backends.preflight import compile_request, preflight_request, steps_of
from engine.devices import describe, give_back_memory, keep_freed_memory, pick
from engine.diffusion.prepared import PreparedCache
from engine.diffusion.samplers import Step
from engine.models.transformer import Latents
from engine.pipelines.model import Model, load_model, trained_pathways, weights_hash
from engine.pipelines.references import EncodedCache
from engine.pipelines.render import Plan, run_plan
from engine.pipelines.stages import decode_clip, step_picture
from engine.shapes import SAMPLE_RATE_HZ

SHIPPED = Path(__file__).parents[2] / "assets" / "weights"
# One pass over 380 tokens on two ordinary cores; replaced by history after the first render.
_PASS_S = 0.045
_PASSES = 3
_DECODE_S = 0.3
_LOAD_BYTES = 500_000_000


class BacklotBackend(LatentBackend):
    """Loads the weights on first use and renders one request at a time.

    Args:
        folder: of the weights.
        device: a device's name, or ``auto``.
        capabilities: limits other than the shipped model's, for models of another size.

    Raises:
        WeightsError: if the weights are missing or damaged.
    """

    sample_rate_hz = SAMPLE_RATE_HZ

    def __init__(
        self,
        folder: Path = SHIPPED,
        device: str = "auto",
        capabilities: Capabilities | None = None,
    ) -> None:
        self._folder, self._device = folder, pick(device)
        super().__init__(
            "backlot",
            capabilities or capabilities_of(weights_hash(folder), trained_pathways(folder)),
        )
        self._encoded, self._prepared = EncodedCache(), PreparedCache()
        self._model: Model | None = None

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

    def _works(self, request: ShotRequest, steps: int) -> Callable[[int], Work]:
        model = self._loaded()
        desk = Desk(model=model, words=self._capabilities.vocabulary, cache=self._encoded)

        def work(variation: int) -> Work:
            own = replace(request, seed=request.seed + variation, variations=1)
            plan = plan_request(desk, own, steps)
            return _Work(model=model, request=own, plan=plan, prepared=self._prepared)

        return work

    def _decoded(self, recipe: Recipe, arrays: Arrays) -> Media:
        model, shape = self._loaded(), shape_of(recipe.request, recipe.shot)
        media = decode_clip(model, to_latents(arrays), shape, around_of(arrays))
        return with_kept(model, recipe.request, shape, media)

    def _device_words(self) -> str:
        return describe(self._device)


@dataclass(frozen=True, kw_only=True)
class _Work:
    """One variation of a request of this model."""

    model: Model
    request: ShotRequest
    plan: Plan
    prepared: PreparedCache

    @property
    def start(self) -> Latents:
        return self.plan.start

    @property
    def passes(self) -> float:
        return self.plan.evaluations / self.plan.levels.steps

    @property
    def sampler(self) -> str:
        return self.plan.sampler

    def run(self, heard: Callable[[], None], resume: tuple[int, Latents] | None) -> Iterator[Step]:
        return run_plan(self.model, self.plan, heard, resume, self.prepared)

    def preview(self, step: Step) -> NDArray[np.uint8]:
        part = self.plan.clips[0]
        return step_picture(self.model, part.of(step.denoised), part.shape)

    def media(self, shot: int, latents: Latents) -> tuple[Media, Arrays]:
        part = self.plan.clips[shot]
        own = part.of(latents)
        media = decode_clip(self.model, own, part.shape, part.around)
        arrays = from_latents(own) | around_arrays(part.around)
        return with_kept(self.model, self.request, part.shape, media), arrays
