"""A HEIC photo as phones write them: one picture in tiles, put together by whoever shows it.

ISO/IEC 23008-12 (HEIF), boxes of ISO/IEC 14496-12; sides of 64 pixels a tile.
"""

from __future__ import annotations

import io
import struct
from pathlib import Path

import av
import numpy as np

_TILES = 4
_GRID = struct.pack(">4B2H", 0, 0, 1, 1, 128, 128)


def write_tiled_heic(path: Path) -> None:
    """Write a picture of two by two tiles, each another grey."""
    coded = [_tile(50 * number + 20) for number in range(_TILES)]
    contents = [data for _, data in coded] + [_GRID]
    kind = _box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    start = len(kind) + len(_meta(coded[0][0], contents, 0)) + 8
    path.write_bytes(kind + _meta(coded[0][0], contents, start) + _box(b"mdat", *contents))


def _tile(grey: int) -> tuple[bytes, bytes]:
    """The decoder's configuration and the coded picture."""
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as out:
        stream = out.add_stream("libx265", rate=1, options={"x265-params": "log-level=none"})
        stream.width = stream.height = 64
        frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), grey, np.uint8), format="rgb24")
        out.mux([*stream.encode(frame), *stream.encode(None)])
    file.seek(0)
    with av.open(file, "r") as made:
        (coded,) = made.streams.video
        return coded.codec_context.extradata or b"", bytes(next(made.demux(coded)))


def _meta(configuration: bytes, contents: list[bytes], start: int) -> bytes:
    """What lies where: tiles are the items 1 to 4, their grid is 5."""
    grid = len(contents)
    kinds = [
        _full(b"infe", 2, struct.pack(">HH4sx", number, 0, b"grid" if number == grid else b"hvc1"))
        for number in range(1, grid + 1)
    ]
    places, at = b"", start
    for number, content in enumerate(contents, 1):
        places += struct.pack(">4H2I", number, 0, 0, 1, at, len(content))
        at += len(content)
    sizes = [_full(b"ispe", 0, struct.pack(">2I", side, side)) for side in (64, 128)]
    owned = [struct.pack(">H3B", number, 2, 0x81, 2) for number in range(1, grid)]
    return _full(
        b"meta",
        0,
        _full(b"hdlr", 0, bytes(4) + b"pict" + bytes(13)),
        _full(b"pitm", 0, struct.pack(">H", grid)),
        _full(b"iloc", 1, struct.pack(">2BH", 0x44, 0, grid), places),
        _full(b"iinf", 0, struct.pack(">H", grid), *kinds),
        _full(
            b"iref", 0, _box(b"dimg", struct.pack(f">{grid + 1}H", grid, grid - 1, *range(1, grid)))
        ),
        _box(
            b"iprp",
            _box(b"ipco", _box(b"hvcC", configuration), *sizes),
            _full(b"ipma", 0, struct.pack(">I", grid), *owned, struct.pack(">H2B", grid, 1, 3)),
        ),
    )


def _box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def _full(kind: bytes, version: int, *parts: bytes) -> bytes:
    return _box(kind, struct.pack(">I", version << 24), *parts)
