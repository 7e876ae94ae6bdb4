"""The protocol every backend speaks, and how a running render is stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from engine.api.capabilities import Capabilities
from engine.api.events import RenderEvent
from engine.api.masks import MaskTrack, TrackedMask
from engine.api.reports import Compiled, Estimate, Finding, Rating
from engine.api.requests import ShotRequest
from engine.api.takes import Take


class Control:
    """How a running render is told to stop; heard within a block of the network.

    Attributes:
        folder: where the render keeps its takes, previews and checkpoints.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._cancel = threading.Event()
        self._park = threading.Event()
        self._heard: Callable[[], object] | None = None

    def cancel(self) -> None:
        """Stop and throw the work away."""
        self._cancel.set()
        self._tell()

    def park(self) -> None:
        """Stop after saving the last finished step."""
        self._park.set()
        self._tell()

    def follow(self, heard: Callable[[], object] | None) -> None:
        """Call ``heard`` whenever something is told, on the thread that tells; ``None`` nobody.

        For a render that waits for something else; it must not wait itself.
        """
        self._heard = heard

    @property
    def cancelled(self) -> bool:
        """Whether ``cancel`` was called."""
        return self._cancel.is_set()

    @property
    def parked(self) -> bool:
        """Whether ``park`` was called."""
        return self._park.is_set()

    def _tell(self) -> None:
        heard = self._heard
        if heard is not None:
            heard()


class Backend(Protocol):
    """A model behind the seam. Methods may be called from one worker thread at a time.

    In a process of its own it serves several: what needs no weights is answered beside a render.
    """

    def capabilities(self) -> Capabilities:
        """Limits and vocabulary, known without loading weights into memory."""
        ...

    def compile(self, request: ShotRequest) -> Compiled:
        """What the engine will really be given.

        Raises:
            RequestError: if the request cannot be understood at all.
        """
        ...

    def preflight(self, request: ShotRequest) -> tuple[Finding, ...]:
        """Everything that is or would be wrong with the request; reads headers of files only."""
        ...

    def estimate(self, request: ShotRequest) -> Estimate:
        """Seconds and memory the render will take here."""
        ...

    def render(
        self, request: ShotRequest, control: Control, resume: str | None = None
    ) -> Iterator[RenderEvent]:
        """Make the takes of ``request`` in ``control.folder``.

        Yields ``Started``, then ``Progress`` per step, and ends with exactly one of ``Finished``,
        ``Parked``, ``Failed`` or ``Cancelled``. ``resume`` is the checkpoint of a parked or killed
        render of the same request. Mistakes of the user and of the machine end in ``Failed``;
        errors of the program are raised.
        """
        ...

    def checkpoint(self, folder: Path) -> str | None:
        """The newest checkpoint that a killed render left in ``folder``, if any."""
        ...

    def decode(self, folder: Path) -> Take:
        """Decode the latents of the take in ``folder`` again, replacing its picture and sound.

        Raises:
            EngineError: if the latents are missing or of another model.
        """
        ...

    def track_mask(
        self,
        track: MaskTrack,
        target: Path,
        control: Control,
        told: Callable[[float], None] | None = None,
    ) -> TrackedMask | None:
        """Follow a painted region through a shot; needs no weights and may be called early.

        Args:
            track: what was painted, on which pictures of what.
            target: the clip of masks to be written, replaced only when it is whole.
            control: whose ``cancel`` stops it; its folder is not used.
            told: called with the share that is done, 0 to 1.

        Returns:
            The masks, or ``None`` if it was cancelled.

        Raises:
            EngineError: if a file cannot be read or written, or a key lies outside of the source.
        """
        ...

    def rate(self, take: Take) -> Rating:
        """Reward heads and quality flags of a take."""
        ...

    def load(self) -> None:
        """Bring the weights into memory (called early, off the main thread)."""
        ...

    def unload(self) -> None:
        """Give the memory back."""
        ...
