"""What a WAVE file promises in its header, which a copy that was cut short does not keep.

The decoder believes the file's size instead, so that half a file looks like a whole short one.
Layout: Multimedia Programming Interface and Data Specifications 1.0 (IBM and Microsoft, 1991).
"""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

_MOST_CHUNKS = 64
# A recorder that cannot go back to its header leaves a size there that stands for "to the end".
_UNKNOWN_BYTES = 0x7FF00000


def promised_s(path: Path) -> Fraction | None:
    """How long the sound of the WAVE file ``path`` is by its header, in seconds.

    Returns:
        ``None`` for other files, and where the header does not know.
    """
    try:
        with path.open("rb") as file:
            if file.read(4) != b"RIFF" or len(file.read(4)) < 4 or file.read(4) != b"WAVE":
                return None
            bytes_a_second = 0
            for _ in range(_MOST_CHUNKS):
                head = file.read(8)
                if len(head) < 8:
                    return None
                name, size = head[:4], struct.unpack("<I", head[4:])[0]
                if name == b"data":
                    known = 0 < size < _UNKNOWN_BYTES and bytes_a_second > 0
                    return Fraction(size, bytes_a_second) if known else None
                at = file.tell()
                if name == b"fmt ":
                    shape = file.read(12)
                    bytes_a_second = struct.unpack("<I", shape[8:])[0] if len(shape) == 12 else 0
                file.seek(at + size + size % 2)  # chunks begin at even places
    except OSError:
        return None
    return None
