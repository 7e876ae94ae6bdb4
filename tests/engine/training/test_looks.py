"""The networks that see bodies and moves learn from drawn clips, spoiled."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.data.clips import ClipStore, StoreSpec, fill
from engine.metrics.looks import LooksConfig, load_looks, to_pictures
from engine.models.video_vae import VideoVAE, VideoVAEConfig
from engine.training.looks import LooksRecipe
from engine.training.loop import Run
from engine.training.recipe import LoopConfig
from engine.training.spoiling import Spoiling, decoded, spoiled

SPEC = StoreSpec(clips=6, first_seed=5, levels=(1,), width=64, height=48, frames=9)
TINY = LooksConfig(finder=8, namer=(8, 8, 8), moves=8)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> ClipStore:
    return fill(tmp_path_factory.mktemp("clips"), SPEC)


@pytest.fixture(scope="module")
def codec() -> VideoVAE:
    torch.manual_seed(0)
    return VideoVAE(VideoVAEConfig(channels=8, width=8, deep=8, blocks=1)).eval()


def _recipe(store: ClipStore, codec: VideoVAE) -> LooksRecipe:
    torch.manual_seed(0)
    config = LoopConfig(steps=2, log_every=2, evaluate_every=2)
    return LooksRecipe(store, config, codec, model=TINY, pictures=6, clips=2, held_out=2)


def test_a_run_learns_evaluates_and_its_weights_come_back(
    store: ClipStore, codec: VideoVAE, tmp_path: Path
):
    recipe = _recipe(store, codec)
    Run(recipe, tmp_path, torch.device("cpu")).train()
    looks = load_looks(tmp_path / "weights.safetensors")
    assert looks.config == TINY
    figures = recipe.evaluate(looks)
    assert {"prop", "colour", "material", "camera", "action", "found"} <= set(figures)
    assert all(0 <= figures[kind] <= 1 for kind in ("prop", "found"))


def test_bodies_lie_where_their_masks_are(store: ClipStore, codec: VideoVAE):
    recipe = _recipe(store, codec)
    bodies, covers = recipe.bodies([0, 1, 2, 3], [4, 4, 4, 4])
    whole = bodies.of(bodies.shown > 0.9)
    assert len(whole.which) > 1
    assert covers.shape == (4, 12, 16)
    for which, (x, y, radius) in zip(whole.which.tolist(), whole.places.tolist(), strict=True):
        rows, columns = (torch.from_numpy(store.masks[which][4].copy()) > 0).nonzero().unbind(1)
        away = torch.hypot(columns + 0.5 - x, rows + 0.5 - y)
        assert away.min() < radius
        assert covers[which, int(y / 4), int(x / 4)] > 0


def test_spoiling_is_mild_and_from_the_generator(store: ClipStore):
    pictures = to_pictures(torch.from_numpy(store.video[0].copy()))
    first, again = (
        spoiled(pictures, Spoiling(), torch.Generator().manual_seed(3)) for _ in range(2)
    )
    assert torch.equal(first, again)
    assert 0 < (first - pictures).abs().mean() < 0.15
    assert first.abs().max() <= 1


def test_a_decoded_clip_keeps_its_shape(store: ClipStore, codec: VideoVAE):
    video = torch.from_numpy(store.video[0].copy())
    again = decoded(video, codec)
    assert again.shape == video.shape
    assert again.dtype == torch.uint8
