"""What to ask for where memory ran out, or would: the nearest request that takes less."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from engine.api import Capabilities, Finding, ShotRequest


def check_memory(
    request: ShotRequest,
    capabilities: Capabilities,
    *,
    needed: Callable[[ShotRequest], int],
    free: int,
) -> Iterator[Finding]:
    """A warning where ``request`` wants more memory than is free, with what would fit.

    Args:
        request: what is asked for.
        capabilities: of the backend that is asked.
        needed: the bytes that a request takes.
        free: bytes. Those of other programs may come free until then, so nothing is refused.
    """
    wanted = needed(request)
    if wanted <= free:
        return
    offer = _offer(request, capabilities, lambda less: needed(less) <= free)
    yield Finding(
        level="warning",
        sentence=f"This render wants about {wanted / 1e9:.1f} GB of memory; {free / 1e9:.1f} GB "
        "is free.",
        remedy=f"Close other programs.{offer}",
    )


def remedy(request: ShotRequest, capabilities: Capabilities) -> str:
    """A sentence on what would take less memory than ``request``, by what this backend makes.

    The next smaller size of the same shape and the next shorter length are named.
    """
    offer = _offer(request, capabilities, lambda _: True)
    return f"There is not enough memory for this render. Close other programs.{offer}"


def _offer(
    request: ShotRequest, capabilities: Capabilities, fits: Callable[[ShotRequest], bool]
) -> str:
    """The largest smaller size and the longest shorter length that fit, as a sentence."""
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
        if size.width * size.height < area
        and size.shape == (shape or size.shape)
        and fits(replace(request, width=size.width, height=size.height))
    ]
    plan = request.shots[0]
    shorter = [
        frames
        for frames in capabilities.lengths
        if frames < request.frames and fits(replace(request, shots=(replace(plan, frames=frames),)))
    ]
    asks = []
    if smaller:
        best = max(smaller, key=lambda size: size.width * size.height)
        asks.append(f"{best.width}x{best.height} instead of {request.width}x{request.height}")
    if shorter and len(request.shots) == 1:
        seconds = float(max(shorter) / request.rate)
        asks.append(f"{seconds:.1f} s instead of {float(request.frames / request.rate):.1f}")
    if len(request.shots) > 1:
        asks.append("fewer shots at a time")
    return f" Or ask for {', or '.join(asks)}." if asks else ""
