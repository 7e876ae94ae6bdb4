"""Random latents in a store, and a network that is small enough to learn from them at once."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from engine.data.latents import TRUTHS, LatentSpec, LatentStore
from engine.models.transformer import TransformerConfig
from engine.plain import to_plain

SPEC = LatentSpec(
    clips=8,
    first_seed=0,
    level=1,
    width=32,
    height=32,
    frames=9,
    codecs="none",
    channels=8,
    audio_channels=4,
    truths=TRUTHS,
)
MODEL = TransformerConfig(
    channels=8,
    details=5,
    audio_channels=4,
    width=32,
    audio_width=32,
    exchange_width=32,
    depth=1,
    ratio=2.0,
    head=32,
    truth_block=0,
    truths=TRUTHS,
)


def random_store(folder: Path, spec: LatentSpec = SPEC) -> LatentStore:
    """A whole store in ``folder``, to be written on; nothing is covered, nothing sounds."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "spec.json").write_text(json.dumps(to_plain(spec)))
    store = LatentStore(folder, spec, "w+")
    random = np.random.default_rng(0)
    for array in (store.video, store.audio, store.text, store.references):
        array[:] = random.normal(size=array.shape)
    store.lengths[:] = 5
    (folder / "ready").write_text(str(spec.clips))
    return store
