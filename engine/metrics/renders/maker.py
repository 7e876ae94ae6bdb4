"""Clips that weights make by any plan, kept on the disk so that a score goes on where it was.

Shape letters: T pictures, H height, W width, S samples.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.checkpoint import load_tensors, save_tensors
from engine.diffusion.guidance import Guidance
from engine.diffusion.prepared import content_of
from engine.metrics.claims.cases import Shown
from engine.metrics.evidence import SHAPE
from engine.metrics.sampling import FAST_STEPS, FULL_STEPS, Scored
from engine.models.pathways import SLOTS
from engine.models.signals import Latents
from engine.models.transformer import Context
from engine.pipelines.model import Model
from engine.pipelines.references import StreamReference
from engine.pipelines.render import (
    GUIDANCE,
    Plan,
    plan_generation,
    preview_guidance,
    run_plan,
    usual_settings,
)
from engine.pipelines.stages import PictureReference, decode_clip, text_context
from engine.shapes import ClipShape

_KINDS = ("Image", "Video", "Audio")


def told(*given: Tensor | NDArray[np.generic]) -> str:
    """What a clip is made from, as a word for its name: other contents are another clip."""
    return content_of(*map(torch.as_tensor, given))[:16]


@dataclass(frozen=True, kw_only=True)
class Made:
    """A clip's latents, and how long the network took for them."""

    latents: Latents
    seconds: float


class Maker:
    """Makes clips one at a time, as a director's requests are made.

    Args:
        scored: the weights.
        folder: where latents are kept, by weights and name.
    """

    def __init__(self, scored: Scored, folder: Path) -> None:
        self._scored, self._folder = scored, folder / scored.name / "renders"

    @property
    def model(self) -> Model:
        """The model behind it."""
        return self._scored.model

    def learned(self, pathway: str) -> bool:
        """Whether the weights were trained on a pathway."""
        return pathway in self.model.trained

    def made(self, name: str, plan: Callable[[], Plan], clip: int = 0) -> Made:
        """What a plan comes to; ``name`` says all that it depends on beside the weights.

        ``clip`` is which of several that are made together; the time is that of all.
        """
        path = self._path(name, clip)
        if path.is_file():
            tensors, known = load_tensors(path)
            kept = Latents(video=tensors["video"].float(), audio=tensors["audio"].float())
            return Made(latents=kept, seconds=float(known["seconds"]))
        planned, began = plan(), time.monotonic()
        latents = planned.start
        for step in run_plan(self.model, planned):
            latents = step.latents
        seconds = time.monotonic() - began
        for number, part in enumerate(planned.clips):
            one = part.of(latents)
            tensors = {"video": one.video.half().cpu(), "audio": one.audio.half().cpu()}
            about = {"kind": "scored_latents", "seconds": str(seconds)}
            save_tensors(self._path(name, number), tensors, about)
        return self.made(name, plan, clip)

    def _path(self, name: str, clip: int) -> Path:
        settings = json.dumps([name, clip, FAST_STEPS, usual_settings(self.model.trained)])
        digest = hashlib.sha256(settings.encode()).hexdigest()[:20]
        return self._folder / f"{digest}.safetensors"

    def shown(self, made: Made, shape: ClipShape = SHAPE) -> Shown:
        """Its pictures and sound."""
        with torch.inference_mode():
            video, sound = decode_clip(self.model, made.latents, shape)
        return Shown(video=video, sound=sound)

    def context(
        self,
        text: str,
        pictures: Sequence[PictureReference] = (),
        streams: tuple[StreamReference, ...] = (),
    ) -> tuple[Context, Context]:
        """With all conditions, and without."""
        slots = {f"{kind}{slot + 1}": slot for kind in _KINDS for slot in range(SLOTS)}
        full = text_context(self.model, text, pictures, streams, SHAPE, slots)
        return full, text_context(self.model, "", [])

    def generation(
        self,
        contexts: tuple[Context, Context],
        seed: int,
        steps: int = FAST_STEPS,
        shape: ClipShape = SHAPE,
        *,
        edited: bool = False,
    ) -> Plan:
        """A clip from noise, as Fast makes it in few steps and Full in many, or one to edit."""
        return plan_generation(
            self.model,
            shape,
            contexts,
            seed=seed,
            steps=steps,
            guidance=self._guidance(steps, edited=edited),
        )

    def _guidance(self, steps: int, *, edited: bool) -> Guidance:
        fast = steps < FULL_STEPS
        return preview_guidance(self.model.trained, edited=edited) if fast else GUIDANCE
