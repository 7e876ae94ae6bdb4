"""The backlot backend: our own model behind the seam."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engine.api import Capabilities, Compiled, Edit, Estimate, Recipe, ShotRequest
from engine.backends.backlot_desk import Desk
from engine.backends.backlot_limits import capabilities_of
from engine.backends.backlot_plans import (
    apart,
    guidance_of,
    plan_request,
    scale_of,
    shape_of,
    with_kept,
)
from engine.backends.backlot_sources import (
    around_arrays,
    around_of,
    from_latents,
    to_latents,
    wanted_of,
)
from engine.backends.backlot_words import texts_of
from engine.backends.latent_backend import LatentBackend, Work
from engine.backends.local_backend import Arrays, Media
from engine.backends.own_latents import Wanted
from engine.backends.preflight import steps_of
from engine.backends.repeating import repeated, settled
from engine.checkpoint import read_metadata
from engine.data.limits import limits_in
from engine.devices import describe, free_bytes, give_back_memory, keep_freed_memory, pick
from engine.diffusion.listening import Attentive
from engine.diffusion.prepared import PreparedCache
from engine.diffusion.samplers import EVALUATIONS, USUAL_SAMPLER, Step
from engine.models.signals import Latents
from engine.models.sizes import pass_flops
from engine.models.transformer import TransformerConfig
from engine.models.video_vae import VideoVAEConfig
from engine.paces import compute_type, pace_of, raise_pace
from engine.pipelines.model import (
    TRANSFORMER,
    Model,
    full_scale,
    learned_words,
    load_model,
    trained_pathways,
    transformer_config,
    video_config,
    weights_hash,
)
from engine.pipelines.references import EncodedCache
from engine.pipelines.render import Plan, run_plan
from engine.pipelines.stages import decode_clip, in_memory_bytes, step_picture
from engine.pipelines.streaming import decode_bytes

SHIPPED = Path(__file__).parents[2] / "assets" / "weights"
# What a whole pass reaches of the pace of its products alone (`python -m engine bench`).
_REACHED = 0.5
_DECODE_S = 0.3
_LOAD_BYTES = 500_000_000
_SPARE = 0.8
# Of a clip of 25 pictures of 128x72 (a usual one), while it is sampled.
_AREA_BYTES = 100_000_000


class BacklotBackend(LatentBackend):
    """Loads the weights on first use and renders one request at a time.

    Args:
        folder: of the weights.
        device: a device's name, or ``auto``.
        capabilities: limits other than the shipped model's, for models of another size.
        dtype: of the numbers to compute in; by default what is faster on the device.

    Raises:
        WeightsError: if the weights are missing or damaged.
    """

    def __init__(
        self,
        folder: Path = SHIPPED,
        device: str = "auto",
        capabilities: Capabilities | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        self._folder, self._device = folder, pick(device)
        self._dtype = dtype
        self._config: TransformerConfig | None = None
        self._vae: VideoVAEConfig | None = None
        self._trained = trained_pathways(folder)
        super().__init__(
            "backlot",
            capabilities
            or capabilities_of(
                weights_hash(folder),
                self._trained,
                full_scale(folder),
                learned_words(folder),
                limits_in(read_metadata(folder / TRANSFORMER), TRANSFORMER),
            ),
            read_metadata(folder / TRANSFORMER).get("codecs", ""),
        )
        self._encoded, self._prepared = EncodedCache(), PreparedCache()
        self._model: Model | None = None

    def compile(self, request: ShotRequest) -> Compiled:
        """What the model will be given.

        Raises:
            RequestError: if a tag is unknown.
        """
        scale = scale_of(request, self._capabilities.full_scale)
        compiled = replace(super().compile(request), scale=scale)
        if not isinstance(repeated(request).task, Edit):
            return compiled
        # An edit tells the model the whole scene again, not the instruction alone.
        text = texts_of(settled(request), self._capabilities.vocabulary)[0]
        return replace(compiled, text=text)

    def estimate(self, request: ShotRequest) -> Estimate:
        """Counted products at the pace seen here, or else measured on a piece of network."""
        takes = max(1, request.variations)
        steps = steps_of(request, self._capabilities) * takes
        network = self._network()
        flops = sum(
            pass_flops(network, shape_of(request, shot)) for shot in range(len(request.shots))
        )
        pace = self._pace or _REACHED * pace_of(self._device).of(self._numbers())
        _, decoded = self._areas(request)
        return Estimate(
            seconds=steps * self.passes(request) * flops / pace + _DECODE_S * decoded * takes,
            memory_bytes=_LOAD_BYTES + self._working_bytes(request),
            basis="history" if self._pace else "counted work",
        )

    def _see_pace(self, pace: float | None) -> None:
        super()._see_pace(pace)
        if pace is not None:
            raise_pace(self._device, self._numbers(), pace / _REACHED)

    def passes(self, request: ShotRequest) -> int:
        """Passes of the network in every step of ``request``."""
        whole = repeated(request)  # A full render is stepped as its preview was.
        sampler = whole.quality.sampler or USUAL_SAMPLER
        return EVALUATIONS[sampler] * guidance_of(self._trained, whole).passes

    def load(self) -> None:
        """Read the weights into memory."""
        self._loaded()

    def unload(self) -> None:
        """Give the memory back."""
        self._model = None
        self._encoded, self._prepared = EncodedCache(), PreparedCache()
        gc.collect()
        give_back_memory()

    def _areas(self, request: ShotRequest) -> tuple[float, float]:
        """How many usual clips large the latents and the decoded pictures of ``request`` are."""
        area = request.width * request.height * request.frames / (128 * 72 * 25)
        return area, area * scale_of(request, self._capabilities.full_scale) ** 2

    def _working_bytes(self, request: ShotRequest) -> int:
        """The larger part of sampling and decoding, which follow one another."""
        if self._vae is None:
            self._vae = video_config(self._folder)
        scale = scale_of(request, self._capabilities.full_scale)
        shots = [shape_of(request, shot).times(scale) for shot in range(len(request.shots))]
        decoding = max(decode_bytes(self._vae, shape) + in_memory_bytes(shape) for shape in shots)
        return max(int(_AREA_BYTES * self._areas(request)[0]), decoding)

    def _wanted(self, request: ShotRequest) -> Wanted:
        whole = settled(request)
        wanted = wanted_of(self._network(), self._codecs, shape_of(whole))
        return replace(wanted, never=apart(whole))

    def _needed_bytes(self, request: ShotRequest) -> int:
        loading = _LOAD_BYTES if self._model is None else 0
        return loading + self._working_bytes(request)

    def _free_bytes(self) -> int:
        return free_bytes(self._device)

    def _loaded(self, heard: Callable[[], None] = lambda: None) -> Model:
        if self._model is None:
            keep_freed_memory()
            size = (self._folder / TRANSFORMER).stat().st_size
            away = self._device.type == "cuda"
            lean = away and size > _SPARE * free_bytes(self._device)
            numbers = self._numbers()
            with Attentive(heard):
                self._model = load_model(self._folder, self._device, dtype=numbers, lean=lean)
        return self._model

    def _network(self) -> TransformerConfig:
        if self._config is None:
            self._config = transformer_config(self._folder)
        return self._config

    def _numbers(self) -> torch.dtype:
        if self._dtype is None:
            self._dtype = compute_type(self._device)
        return self._dtype

    def _works(
        self, request: ShotRequest, steps: int, heard: Callable[[], None]
    ) -> Callable[[int], Work]:
        model, words = self._loaded(heard), self._capabilities.vocabulary
        desk = Desk(model=model, words=words, cache=self._encoded, heard=heard)

        def work(variation: int) -> Work:
            own = replace(request, seed=request.seed + variation, variations=1)
            with Attentive(heard):
                plan = plan_request(desk, own, steps)
            scale = scale_of(own, self._capabilities.full_scale)
            return _Work(model=model, request=own, plan=plan, prepared=self._prepared, scale=scale)

        return work

    def _decoded(self, recipe: Recipe, arrays: Arrays) -> Media:
        model, shape = self._loaded(), shape_of(recipe.request, recipe.shot)
        media = decode_clip(model, to_latents(arrays), shape, around_of(arrays), recipe.scale)
        return with_kept(model, recipe.request, shape, media)

    def _device_words(self) -> str:
        half = self._numbers() == torch.bfloat16
        return describe(self._device) + (", bfloat16" if half else "")


@dataclass(frozen=True, kw_only=True)
class _Work:
    """One variation of a request of this model, shown at ``scale`` times its size."""

    model: Model
    request: ShotRequest
    plan: Plan
    prepared: PreparedCache
    scale: int

    @property
    def start(self) -> Latents:
        return self.plan.start

    @property
    def passes(self) -> float:
        return self.plan.evaluations / self.plan.levels.steps

    @property
    def flops(self) -> float:
        config = self.model.transformer.config
        return sum(pass_flops(config, part.shape) for part in self.plan.clips)

    @property
    def sampler(self) -> str:
        return self.plan.sampler

    def run(self, heard: Callable[[], None], resume: Step | None) -> Iterator[Step]:
        return run_plan(self.model, self.plan, heard, resume, self.prepared)

    def preview(self, step: Step) -> NDArray[np.uint8]:
        part = self.plan.clips[0]
        return step_picture(self.model, part.of(step.denoised), part.shape)

    def media(self, shot: int, latents: Latents, heard: Callable[[], None]) -> tuple[Media, Arrays]:
        part = self.plan.clips[shot]
        own = part.of(latents)
        media = decode_clip(self.model, own, part.shape, part.around, self.scale, heard)
        arrays = from_latents(own) | around_arrays(part.around)
        kept = with_kept(self.model, self.request, part.shape, media, heard)
        return kept, arrays
