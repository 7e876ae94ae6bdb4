import json
from dataclasses import replace

import numpy as np
import pytest

from engine.data.clips import ClipStore, StoreSpec, fill
from engine.errors import TrainingError
from engine.world.sampler import sample_scene

SPEC = StoreSpec(clips=3, first_seed=5, levels=(1,), width=32, height=32, frames=5)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    fill(folder, SPEC)
    return folder


def test_every_clip_is_drawn_with_its_scene_and_truth(folder):
    store = ClipStore.open(folder)
    assert store.spec == SPEC
    assert store.ready().tolist() == [0, 1, 2]
    assert store.video.shape == (3, 5, 32, 32, 3)
    assert store.scene(1) == sample_scene(6, 1)
    assert all(0 <= contact.time_s <= 1 for contact in store.contacts(0))
    assert store.video[2].std() > 1
    assert set(np.unique(store.masks)) <= {0, 1, 2, 3}


def test_filling_again_draws_nothing_and_a_cut_off_line_is_drawn_again(folder, tmp_path):
    spec = StoreSpec(clips=2, first_seed=0, levels=(1,), width=32, height=32, frames=5)
    fill(tmp_path, spec)
    before = sorted(path.stat().st_size for path in tmp_path.glob("records-*"))
    fill(tmp_path, spec)
    assert sorted(path.stat().st_size for path in tmp_path.glob("records-*")) == before
    (records,) = tmp_path.glob("records-*")
    text = records.read_text()
    records.write_text(text[: len(text) - 40])
    assert ClipStore.open(tmp_path).ready().tolist() == [0]
    was = np.array(ClipStore.open(tmp_path).video[1])
    fill(tmp_path, spec)
    again = ClipStore.open(tmp_path)
    assert again.ready().tolist() == [0, 1]
    assert np.array_equal(again.video[1], was)


def test_clips_of_other_code_or_another_kind_are_not_mixed_with_new_ones(tmp_path):
    few, more = replace(SPEC, clips=1), replace(SPEC, clips=2)
    fill(tmp_path, few)
    with pytest.raises(TrainingError, match="of another size or level"):
        fill(tmp_path, replace(more, width=64))
    (tmp_path / "drawn_by").write_text("what drew it once")
    assert fill(tmp_path, few).ready().tolist() == [0]
    with pytest.raises(TrainingError, match=r"another version of this program.*delete this one"):
        fill(tmp_path, more)
    assert ClipStore.open(tmp_path).spec == few


@pytest.mark.parametrize("contents", [None, "", "{", json.dumps([])])
def test_no_store_is_a_sentence(tmp_path, contents):
    if contents is not None:
        (tmp_path / "spec.json").write_text(contents)
    with pytest.raises(TrainingError, match="no store"):
        ClipStore.open(tmp_path)


def test_levels_take_turns_and_can_be_told_apart(tmp_path):
    spec = StoreSpec(clips=4, first_seed=0, levels=(1, 3), width=32, height=32, frames=5)
    store = fill(tmp_path, spec)
    assert store.ready(level=1).tolist() == [0, 2]
    assert store.ready(level=3).tolist() == [1, 3]
    assert store.scene(3) == spec.scene(3)
    assert spec.scene(3) != sample_scene(3, 1)
