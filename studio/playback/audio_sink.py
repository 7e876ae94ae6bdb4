"""Audio sinks: where mixed blocks go, and how much of them was heard.

Blocks are float32 (2, S), left and right. A stream is fed from a thread of its own by writes that
wait until the device has room, so no Python runs inside an audio callback.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Block = NDArray[np.float32]


class SinkError(Exception):
    """There is no sound device, or it is gone; ``str`` is a sentence."""


class AudioStream(Protocol):
    """One run of sound; the thread that opened it writes to it and closes it."""

    def write(self, block: Block) -> None:
        """Hand over a block, waiting until there is room for it.

        Raises:
            SinkError: if the device is gone.
        """
        ...

    def heard(self) -> int:
        """Samples of this run that have left the loudspeaker. Any thread may ask."""
        ...

    def interrupt(self) -> None:
        """Let a waiting ``write`` return soon, for good: the run is over.

        May be called from any thread, and does not wait for the device.
        """
        ...

    def close(self) -> None:
        """End the run; what was not heard yet is thrown away."""
        ...


class AudioSink(Protocol):
    """Where the mix is heard."""

    def open(self, sample_rate_hz: int) -> AudioStream:
        """Begin a run.

        Raises:
            SinkError: if there is nothing to hear it with.
        """
        ...
