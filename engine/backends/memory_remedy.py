"""What to ask for where memory ran out: the nearest request that takes less."""

from __future__ import annotations

from engine.api import Capabilities, ShotRequest


def remedy(request: ShotRequest, capabilities: Capabilities) -> str:
    """A sentence on what would take less memory than ``request``, by what this backend makes.

    The next smaller size of the same shape and the next shorter length are named.
    """
    area = request.width * request.height
    shape = next(
        (
            size.shape
            for size in capabilities.sizes
            if (size.width, size.height) == (request.width, request.height)
        ),
        None,
    )
    smaller = [
        size
        for size in capabilities.sizes
        if size.width * size.height < area and size.shape == (shape or size.shape)
    ]
    shorter = [frames for frames in capabilities.frames if frames < request.frames]
    asks = []
    if smaller:
        best = max(smaller, key=lambda size: size.width * size.height)
        asks.append(f"{best.width}x{best.height} instead of {request.width}x{request.height}")
    if shorter and len(request.shots) == 1:
        seconds = float(max(shorter) / request.rate)
        asks.append(f"{seconds:.1f} s instead of {float(request.frames / request.rate):.1f}")
    if len(request.shots) > 1:
        asks.append("fewer shots at a time")
    offer = f" Or ask for {', or '.join(asks)}." if asks else ""
    return f"There is not enough memory for this render. Close other programs.{offer}"
