"""What backends that compute in this process share: how renders stop and fail, and their takes.

Shape letters: T pictures, H height, W width, S samples.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.api import (
    Cancelled,
    Capabilities,
    Compiled,
    Control,
    Failed,
    Finding,
    Flag,
    MaskTrack,
    Parked,
    Rating,
    Recipe,
    RenderEvent,
    ShotRequest,
    Take,
    TrackedMask,
)
from engine.backends.checkpoints import find_checkpoint, remove_checkpoint
from engine.backends.flags import measure_flags
from engine.backends.mask_tracking import track_mask
from engine.backends.memory_remedy import remedy
from engine.backends.preflight import compile_request, preflight_request, refuse
from engine.backends.take_files import (
    load_take_arrays,
    read_latents,
    read_recipe,
    replace_media,
    write_take,
)
from engine.errors import EngineError, blame, memory_ran_out, unwritten

_MEASURED_BYTES = 2**27

Media = tuple[NDArray[np.uint8], NDArray[np.float32]]
Arrays = dict[str, NDArray[np.generic]]


class LocalBackend(ABC):
    """A backend that renders here, and decodes its takes again from their latents.

    Args:
        capabilities: of its model.
        codecs: hash that names what its latents mean, where they do not belong to its weights
            alone.
    """

    def __init__(self, capabilities: Capabilities, codecs: str = "") -> None:
        self._capabilities, self._codecs = capabilities, codecs

    @abstractmethod
    def _render(
        self, request: ShotRequest, control: Control, resume: str | None
    ) -> Iterator[RenderEvent]:
        """The events of a request that nothing is wrong with; ``heed`` may end them."""

    @abstractmethod
    def _decoded(self, recipe: Recipe, arrays: Arrays) -> Media:
        """Pictures (T, H, W, 3) and sound (2, S) of the latents of a take.

        Raises:
            EngineError: if they are damaged, or what the take was made from is missing.
        """

    def capabilities(self) -> Capabilities:
        """Limits and vocabulary of the model."""
        return self._capabilities

    def compile(self, request: ShotRequest) -> Compiled:
        """What the model will be given.

        Raises:
            RequestError: if a tag is unknown.
        """
        return compile_request(request, self._capabilities)

    def preflight(self, request: ShotRequest) -> tuple[Finding, ...]:
        """Everything that is wrong with ``request``."""
        return preflight_request(request, self._capabilities)

    def render(
        self, request: ShotRequest, control: Control, resume: str | None = None
    ) -> Iterator[RenderEvent]:
        """Make the takes of ``request``; see the protocol."""
        try:
            refuse(request, self._capabilities)
            yield from self._render(request, control, resume)
        except StoppedError as stopped:
            yield stopped.event
        except EngineError as error:
            yield _failed(str(error), error)
        except OSError as error:
            yield _failed(unwritten(control.folder, error), error)
        except (MemoryError, RuntimeError) as error:
            if not memory_ran_out(error):
                raise
            yield _failed(remedy(request, self._capabilities), error)

    def checkpoint(self, folder: Path) -> str | None:
        """The state that a killed render left in ``folder``."""
        return find_checkpoint(folder)

    def decode(self, folder: Path) -> Take:
        """Decode a take's latents again.

        Raises:
            EngineError: if they are missing, damaged or of other weights.
        """
        recipe = read_recipe(folder)
        pictures, sound = self._decoded(recipe, read_latents(folder, self._capabilities.weights))
        rate_hz = self._capabilities.sample_rate_hz
        return replace_media(folder, recipe, pictures, sound, _flags(pictures, sound), rate_hz)

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
        """The flags that can be measured; nothing was trained to like or dislike a take."""
        pictures, sound = load_take_arrays(take)
        return Rating(heads={}, flags=measure_flags(pictures, sound))

    def _keep(
        self,
        folder: Path,
        recipe: Recipe,
        media: Media,
        latents: Arrays,
        heard: Callable[[], None] = lambda: None,
    ) -> Take:
        """Write what was made as a take in ``folder``, with what decodes it again.

        ``heard`` is called before every picture and may raise.
        """
        pictures, sound = media
        return write_take(
            folder,
            pictures,
            sound,
            recipe,
            sample_rate_hz=self._capabilities.sample_rate_hz,
            latents=latents,
            codecs=self._codecs,
            flags=_flags(pictures, sound),
            heard=heard,
        )


class StoppedError(Exception):
    """The control asked for a stop; carries the event to end with."""

    def __init__(self, event: RenderEvent) -> None:
        super().__init__()
        self.event = event


def heed(control: Control, checkpoint: str) -> None:
    """Stop a render where ``control`` says so; ``checkpoint`` is what it can go on from.

    Where there is nothing yet to go on from it cannot be parked, and goes on until there is.

    Raises:
        StoppedError: if it was cancelled or parked.
    """
    if control.cancelled:
        remove_checkpoint(control.folder)
        raise StoppedError(Cancelled())
    if control.parked and checkpoint:
        raise StoppedError(Parked(checkpoint=checkpoint))


def _failed(sentence: str, error: Exception) -> Failed:
    """The end of a render; its cause is what ``sentence`` does not say already."""
    cause = error.__cause__ if str(error) == sentence else error
    return Failed(
        sentence=sentence,
        cause="" if cause is None else f"{type(cause).__name__}: {cause}",
        blame=blame(error),
    )


def _flags(pictures: NDArray[np.uint8], sound: NDArray[np.float32]) -> tuple[Flag, ...]:
    """Flags of a take; of a large one by a part of its pictures, which lie on the disk."""
    each = 1 + pictures.nbytes // _MEASURED_BYTES
    return measure_flags(pictures[::each], sound)
