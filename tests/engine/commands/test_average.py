import json

import pytest
import torch

from engine.checkpoint import load_tensors, save_tensors
from engine.pipelines.model import TRANSFORMER, load_transformer
from tests.engine.tiny_model import tiny_folder


@pytest.fixture
def trained(tmp_path):
    """The tiny network, and the same trained on, in a file of its own."""
    first, second = tiny_folder() / TRANSFORMER, tmp_path / "second.safetensors"
    tensors, metadata = load_tensors(first)
    moved = {name: tensor + 1 for name, tensor in tensors.items()}
    save_tensors(second, moved, metadata | {"told": "of the second"})
    return first, second


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_every_weight_lies_between(engine, trained, tmp_path, share):
    out = tmp_path / "mean.safetensors"
    code, told = engine("average", *trained, "--share", share, "--out", out)
    assert code == 0, told
    mean, metadata = load_tensors(out)
    for name, tensor in load_tensors(trained[0])[0].items():
        assert torch.allclose(mean[name], tensor.float() + share, atol=1e-5), name
    assert metadata["told"] == "of the second"
    load_transformer(out)


def test_what_has_another_size_is_taken_from_the_second(engine, trained, tmp_path):
    tensors, metadata = load_tensors(trained[1])
    tensors["video_truth.bias"] = torch.full((3,), 7.0)
    save_tensors(trained[1], tensors, metadata)
    assert engine("average", *trained, "--out", tmp_path / "out.safetensors")[0] == 0
    mean, _ = load_tensors(tmp_path / "out.safetensors")
    assert mean["video_truth.bias"].tolist() == [7, 7, 7]


def test_what_the_first_lacks_is_taken_from_the_second(engine, trained, tmp_path):
    tensors, metadata = load_tensors(trained[1])
    save_tensors(trained[1], tensors | {"pathways.since": torch.full((3,), 7.0)}, metadata)
    assert engine("average", *trained, "--out", tmp_path / "out.safetensors")[0] == 0
    mean, _ = load_tensors(tmp_path / "out.safetensors")
    assert mean["pathways.since"].tolist() == [7, 7, 7]


def test_what_cannot_be_mixed_is_a_sentence(engine, trained, tmp_path):
    first, second = trained
    tensors, metadata = load_tensors(second)
    save_tensors(tmp_path / "codecs.safetensors", tensors, metadata | {"codecs": "another"})
    config = json.dumps(json.loads(metadata["config"]) | {"anchored": True})
    save_tensors(tmp_path / "anchored.safetensors", tensors, metadata | {"config": config})
    save_tensors(tmp_path / "lacking.safetensors", dict(list(tensors.items())[1:]), metadata)
    save_tensors(tmp_path / "torn.safetensors", tensors, metadata | {"config": "{"})
    save_tensors(tmp_path / "odd.safetensors", tensors, metadata | {"config": "[]"})
    name = next(iter(tensors))
    endless = tensors | {name: torch.full_like(tensors[name], torch.inf)}
    save_tensors(tmp_path / "endless.safetensors", endless, metadata)
    out = ("--out", tmp_path / "out.safetensors")
    for words, says in (
        ((first, tmp_path / "codecs.safetensors", *out), "codecs"),
        ((first, tmp_path / "anchored.safetensors", *out), "strides"),
        ((first, tmp_path / "lacking.safetensors", *out), "names of their tensors"),
        ((first, tmp_path / "torn.safetensors", *out), "does not say how"),
        ((tmp_path / "odd.safetensors", second, *out), "does not say how"),
        ((tmp_path / "endless.safetensors", second, *out), f"The tensor {name} of endless"),
        ((first, second, "--share", 2, *out), "between 0 and 1"),
        ((first, tmp_path / "none.safetensors", *out), "none.safetensors"),
        ((first, second, "--out", second), "there already"),
    ):
        code, told = engine("average", *words)
        assert code == 1
        assert says in told
    assert not (tmp_path / "out.safetensors").exists()
