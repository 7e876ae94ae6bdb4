"""Listening inside a pass: a render is stopped within a block of the network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from torch import nn


@contextmanager
def listening(blocks: Iterable[nn.Module], heard: Callable[[], None]) -> Iterator[None]:
    """Call ``heard``, which may raise, before each of ``blocks``."""
    hooks = [block.register_forward_pre_hook(lambda *_: heard()) for block in blocks]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
