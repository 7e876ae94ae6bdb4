import numpy as np
import pytest

from engine.data.clips import StoreSpec, fill
from engine.data.doubles import DoubleStore, fill_doubles
from engine.errors import TrainingError

SPEC = StoreSpec(clips=3, first_seed=5, levels=(1,), width=32, height=24, frames=5)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("doubles")
    fill_doubles(folder, SPEC)
    return folder


def test_every_scene_is_drawn_at_both_sizes(folder):
    store = DoubleStore.open(folder)
    assert store.ready().tolist() == [0, 1, 2]
    assert store.large.video.shape == (3, 5, 48, 64, 3)
    assert store.small.scene(1) == store.large.scene(1)
    small = store.small.video.astype(float)
    halved = store.large.video.astype(float).reshape(3, 5, 24, 2, 32, 2, 3).mean(axis=(3, 5))
    same, other = (np.abs(one - small).mean() for one in (halved, np.roll(halved, 1, axis=0)))
    assert same < 0.2 * other


def test_stores_that_cannot_be_used_are_a_sentence(folder, tmp_path):
    with pytest.raises(TrainingError, match="train doubles"):
        DoubleStore.open(tmp_path)
    for name in ("small", "large"):
        fill(tmp_path / name, SPEC)
    with pytest.raises(TrainingError, match="same scenes"):
        DoubleStore.open(tmp_path)
