"""Prepared contexts kept by content: keys and values of a request serve all its steps and takes."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import OrderedDict

import torch
from torch import Tensor

from engine.models.transformer import Context, DualTransformer, PreparedContext

_KEPT = 4


class PreparedCache:
    """The last few prepared contexts of one network.

    References attend only to themselves, so what a context becomes depends on nothing else.

    Attributes:
        made: how many were computed, not found.
    """

    def __init__(self, kept: int = _KEPT) -> None:
        self.made = 0
        self._kept = kept
        self._known: OrderedDict[str, PreparedContext] = OrderedDict()

    @torch.inference_mode()
    def of(self, model: DualTransformer, context: Context) -> PreparedContext:
        """``model.prepare(context)``, computed once for equal contents."""
        key = content_of(context)
        if key not in self._known:
            self.made += 1
            self._known[key] = model.prepare(context)
            while len(self._known) > self._kept:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return self._known[key]


def content_of(context: Context) -> str:
    """A hash of all tensors of ``context``."""
    digest = hashlib.sha256()
    _add(digest, context)
    return digest.hexdigest()


def _add(digest: hashlib._Hash, value: object) -> None:
    if isinstance(value, Tensor):
        array = value.detach().cpu().contiguous().numpy()
        digest.update(f"{array.dtype}{array.shape}".encode())
        digest.update(array.tobytes())
    elif isinstance(value, tuple):
        digest.update(f"({len(value)}".encode())
        for item in value:
            _add(digest, item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            digest.update(field.name.encode())
            _add(digest, getattr(value, field.name))
    else:
        digest.update(repr(value).encode())
