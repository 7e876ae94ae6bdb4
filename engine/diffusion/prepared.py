"""Prepared contexts kept by content: keys and values of a request serve all its steps and takes."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.models.signals import PreparedContext
from engine.models.transformer import Context, DualTransformer
from engine.recent_bytes import RecentBytes

# Of such a shot as `pipelines.references` counts, keys and values take 116 MB.
_MOST_BYTES = 2**27
_HIDDEN = -1e4


class PreparedCache:
    """The last prepared contexts of one network, by content.

    References attend only to themselves, so what a context becomes depends on nothing else.

    Attributes:
        made: how many were computed, not found.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self.made = 0
        self._known = RecentBytes[PreparedContext](most_bytes, _bytes_of)

    @torch.inference_mode()
    def of(self, model: DualTransformer, context: Context) -> PreparedContext:
        """``model.prepare(context)``, computed once for equal contents."""

        def prepared() -> PreparedContext:
            self.made += 1
            return model.prepare(context)

        return self._known.get(content_of(context), prepared)


def _bytes_of(context: PreparedContext) -> int:
    pairs = (*context.video_keys, *context.audio_keys)
    return sum(part.nbytes for pair in pairs for part in pair)


def together(contexts: Sequence[PreparedContext]) -> PreparedContext | None:
    """Contexts of one sample each as one batch; ``None`` where shots see different ones.

    Shorter ones are filled up with tokens that are hidden, which changes nothing but rounding.
    """
    if any(one.shots is not None or one.pooled.ndim != 2 for one in contexts):
        return None
    blocks = range(len(contexts[0].video_keys))
    return PreparedContext(
        video_keys=tuple(_keys([one.video_keys[block] for one in contexts]) for block in blocks),
        audio_keys=tuple(_keys([one.audio_keys[block] for one in contexts]) for block in blocks),
        mask=_filled([one.mask for one in contexts], -1, _HIDDEN),
        audio_mask=_filled([one.audio_mask for one in contexts], -1, _HIDDEN),
        pooled=torch.cat([one.pooled for one in contexts]),
    )


def _keys(pairs: list[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    keys, values = zip(*pairs, strict=True)
    return _filled(keys, 2, 0.0), _filled(values, 2, 0.0)


def _filled(parts: Sequence[Tensor], axis: int, value: float) -> Tensor:
    """``parts`` in one batch, as long as the longest along ``axis``."""
    longest = max(part.shape[axis] for part in parts)
    filled = []
    for part in parts:
        spare = (0, 0) * (part.ndim - 1 - axis % part.ndim) + (0, longest - part.shape[axis])
        filled.append(F.pad(part, spare, value=value))
    return torch.cat(filled)


def content_of(*values: object) -> str:
    """A hash of all tensors of ``values``: contexts, or tensors themselves."""
    digest = hashlib.sha256()
    for value in values:
        _add(digest, value)
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
