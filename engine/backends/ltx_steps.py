"""How LTX-2.x is stepped: along which levels of noise, and under which guidance."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api import ShotRequest
from engine.backends.ltx_folder import LtxFolder
from engine.backends.ltx_model import FAST, LtxModel
from engine.diffusion.guidance import Guidance, Scales

_COUPLING = 3.0
# The sound follows the words more closely than the picture: the makers' advice, 7 against 3.
_SOUND_OVER_PICTURE = 7 / 3


def guidance_of(folder: LtxFolder, request: ShotRequest) -> Guidance:
    """How strongly words and coupling are followed; distilled steps need no help."""
    few = folder.distilled or is_adapted(folder, request)
    if few and request.guidance is None:
        return Guidance()
    text = 3.0 if request.guidance is None else request.guidance
    coupling = 1.0 if request.quality.mode == "fast" else _COUPLING
    sound = Scales(text=text * _SOUND_OVER_PICTURE if text != 1 else 1.0, coupling=coupling)
    return Guidance(text=text, coupling=coupling, sound=sound)


def is_adapted(folder: LtxFolder, request: ShotRequest) -> bool:
    """Whether ``request`` takes the steps of the distilled adapter."""
    return request.quality.mode == "fast" and folder.fast_adapter is not None


def levels_of(model: LtxModel, tokens: int, steps: int, adapter: str | None) -> Tensor:
    """(steps + 1,) levels of a whole render, falling to 0, for so many ``tokens``."""
    if model.folder.distilled or adapter == FAST:
        from diffusers.pipelines.ltx2.utils import DISTILLED_SIGMA_VALUES

        return resampled(np.array([*DISTILLED_SIGMA_VALUES, 0.0]), steps)
    scheduler = model.pipeline.scheduler
    config = scheduler.config
    longest, shortest = config.max_image_seq_len, config.base_image_seq_len
    share = (tokens - shortest) / (longest - shortest)
    shift = config.base_shift + share * (config.max_shift - config.base_shift)
    even = np.linspace(1.0, 1 / steps, steps)
    scheduler.set_timesteps(sigmas=even, mu=shift if config.use_dynamic_shifting else None)
    return scheduler.sigmas.float().cpu()


def resampled(curve: NDArray[np.float64], steps: int, top: float | None = None) -> Tensor:
    """``steps`` even strides along a falling ``curve``, from where it is at ``top``."""
    places = np.arange(len(curve), dtype=np.float64)
    first = 0.0 if top is None else float(np.interp(-top, -curve, places))
    found = np.interp(np.linspace(first, len(curve) - 1, steps + 1), places, curve)
    return torch.from_numpy(found).float()
