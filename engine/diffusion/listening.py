"""Listening inside long work: a render is stopped within a block of the network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn
from torch.overrides import TorchFunctionMode


@contextmanager
def listening(blocks: Iterable[nn.Module], heard: Callable[[], None]) -> Iterator[None]:
    """Call ``heard``, which may raise, before each of ``blocks``."""
    hooks = [block.register_forward_pre_hook(lambda *_: heard()) for block in blocks]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


class Attentive(TorchFunctionMode):
    """Calls ``heard``, which may raise, before whatever torch does on this thread.

    For work without blocks, such as reading weights, be it by a library's own code.
    """

    def __init__(self, heard: Callable[[], None]) -> None:
        super().__init__()
        self._heard = heard

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Hear, then do it."""
        self._heard()
        return func(*args, **(kwargs or {}))
