"""LTX-2.x behind the seam, from a folder of weights that the user has.

Nothing is downloaded, and no code of LTX-2.x is here: diffusers' public classes are driven by the
engine's own samplers.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engine.api import Capabilities, Compiled, Edit, Estimate, Finding, Recipe, ShotRequest
from engine.backends.backlot_sources import from_latents, to_latents
from engine.backends.backlot_words import texts_of
from engine.backends.latent_backend import LatentBackend, Work
from engine.backends.local_backend import Arrays, Media
from engine.backends.ltx_folder import LtxFolder, open_folder
from engine.backends.ltx_lattice import Window, lattice_of
from engine.backends.ltx_limits import capabilities_of
from engine.backends.ltx_model import LtxModel, load_ltx
from engine.backends.ltx_plans import (
    LtxPlan,
    plan_request,
    run_plan,
    take_media,
    wanted_of,
    window_of,
)
from engine.backends.ltx_steps import guidance_of
from engine.backends.own_latents import Wanted
from engine.backends.preflight import steps_of
from engine.backends.repeating import repeated, settled
from engine.devices import describe, free_bytes, give_back_memory, pick
from engine.diffusion.listening import Attentive, listening
from engine.diffusion.samplers import EVALUATIONS, USUAL_SAMPLER, Step
from engine.models.signals import Latents

_PREVIEWS = 8
_PREVIEW_PX = 320
# Of a graphics card that is not known better: products in bfloat16, and what of them is reached.
_ASSUMED_FLOPS = 3e13
_SPARE = 0.8
# Of a picture element while it is sampled and decoded.
_PIXEL_BYTES = 60


class LtxBackend(LatentBackend):
    """Loads the weights on first use and renders one request at a time.

    Args:
        folder: as diffusers keeps a pipeline of LTX-2.x.
        device: a device's name, or ``auto``.
        capabilities: limits other than the published weights', for networks of another size.

    Raises:
        WeightsError: if the folder is not whole or not of LTX-2.x.
    """

    def __init__(
        self, folder: Path, device: str = "auto", capabilities: Capabilities | None = None
    ) -> None:
        self._folder: LtxFolder = open_folder(folder)
        self._lattice = lattice_of(self._folder.configs)
        self._device = pick(device)
        self._model: LtxModel | None = None
        super().__init__("ltx", capabilities or capabilities_of(self._folder, self._lattice))

    def compile(self, request: ShotRequest) -> Compiled:
        """What the model will be given.

        Raises:
            RequestError: if a tag is unknown.
        """
        compiled = super().compile(request)
        if isinstance(repeated(request).task, Edit):
            compiled = replace(compiled, text=texts_of(settled(request), ())[0])
        width, height = self._window(request).padded
        return replace(compiled, padded_width=width, padded_height=height)

    def preflight(self, request: ShotRequest) -> tuple[Finding, ...]:
        """Everything that is wrong with ``request``."""
        findings = super().preflight(request)
        if any(finding.level == "refused" for finding in findings):
            return findings
        return (*findings, *self._check_methods(request))

    def estimate(self, request: ShotRequest) -> Estimate:
        """Counted products at the pace seen here, or that of a usual graphics card."""
        window = self._window(request)
        steps = steps_of(request, self._capabilities) * max(1, request.variations)
        whole = repeated(request)
        passes = guidance_of(self._folder, whole).passes
        passes *= EVALUATIONS[whole.quality.sampler or USUAL_SAMPLER]
        flops = _flops(self._folder, window)
        pixels = window.frames * window.width * window.height
        return Estimate(
            seconds=steps * passes * flops / (self._pace or _ASSUMED_FLOPS) + 4e-8 * pixels,
            memory_bytes=self._folder.size_bytes + _PIXEL_BYTES * pixels,
            basis="history" if self._pace else "counted work",
        )

    def load(self) -> None:
        """Read the weights into memory."""
        self._loaded()

    def unload(self) -> None:
        """Give the memory back."""
        self._model = None
        gc.collect()
        give_back_memory()

    def _needed_bytes(self, request: ShotRequest) -> int:
        window = self._window(request)
        working = _PIXEL_BYTES * window.frames * window.width * window.height
        # On a card weights that do not fit visit it layer by layer.
        stay = self._model is None and self._device.type == "cpu"
        return working + (self._folder.size_bytes if stay else 0)

    def _free_bytes(self) -> int:
        return free_bytes(self._device)

    def _loaded(self, heard: Callable[[], None] = lambda: None) -> LtxModel:
        if self._model is None:
            # Weights and numbers alike: these are too large to be kept in float32 elsewhere.
            dtype = torch.float32 if self._device.type == "cpu" else torch.bfloat16
            room = free_bytes(self._device)
            lean = self._device.type != "cpu" and self._folder.size_bytes > _SPARE * room
            with Attentive(heard):
                self._model = load_ltx(self._folder, self._device, dtype, lean)
        return self._model

    def _window(self, request: ShotRequest) -> Window:
        return window_of(request, self._lattice)[0]

    def _wanted(self, request: ShotRequest) -> Wanted:
        return wanted_of(request, self._folder.weights, self._lattice)

    def _check_methods(self, request: ShotRequest) -> Iterator[Finding]:
        if not isinstance(request.task, Edit):
            return
        edit = request.task
        if edit.method == "instruct":
            yield Finding(
                level="fixed",
                sentence="LTX-2 is not shown the source of an edit; it starts from it.",
                remedy="Use a lower strength to keep more of it.",
            )
        whole_sound = edit.keep_sound or edit.sound_strength in (0, 1)
        hears = not edit.in_s and self.reads_latents(Path(edit.source), request)
        if not whole_sound and not hears:
            yield Finding(
                level="warning",
                sentence="LTX-2 cannot hear the source's sound, so another is made from nothing.",
                remedy="Keep the sound, or edit a take of LTX-2.",
            )

    def _works(
        self, request: ShotRequest, steps: int, heard: Callable[[], None]
    ) -> Callable[[int], Work]:
        model = self._loaded(heard)

        def work(variation: int) -> Work:
            own = replace(request, seed=request.seed + variation, variations=1)
            with Attentive(heard):
                plan = plan_request(model, own, steps, heard)
            return _Work(model=model, request=own, plan=plan)

        return work

    def _decoded(self, recipe: Recipe, arrays: Arrays) -> Media:
        return take_media(self._loaded(), recipe.request, to_latents(arrays))

    def _device_words(self) -> str:
        return describe(self._device)


def _flops(folder: LtxFolder, window: Window) -> float:
    """Of a pass: every weight meets every token once."""
    return 2.0 * folder.parameters * window.tokens


@dataclass(frozen=True, kw_only=True)
class _Work:
    """One variation of a request of this model."""

    model: LtxModel
    request: ShotRequest
    plan: LtxPlan

    @property
    def start(self) -> Latents:
        return self.plan.start

    @property
    def passes(self) -> float:
        return EVALUATIONS[self.plan.sampler] * self.plan.guidance.passes

    @property
    def flops(self) -> float:
        return _flops(self.model.folder, self.plan.window)

    @property
    def sampler(self) -> str:
        return self.plan.sampler

    def run(self, heard: Callable[[], None], resume: Step | None) -> Iterator[Step]:
        return run_plan(self.model, self.plan, heard, resume)

    def preview(self, step: Step) -> NDArray[np.uint8] | None:
        """One latent frame in the middle, decoded alone, at most a few times in a render."""
        each = -(-self.plan.levels.steps // _PREVIEWS)
        if step.index % each:
            return None
        middle = step.denoised.video.shape[2] // 2
        latents = step.denoised.video[:, :, middle : middle + 1]
        picture = self.model.decode_pictures(latents, self.plan.window)[0]
        thin = max(1, picture.shape[1] // _PREVIEW_PX)
        return np.ascontiguousarray(picture[::thin, ::thin])

    def media(self, shot: int, latents: Latents, heard: Callable[[], None]) -> tuple[Media, Arrays]:
        heard()
        with listening(self.model.decoders, heard):
            return take_media(self.model, self.request, latents, heard), from_latents(latents)
