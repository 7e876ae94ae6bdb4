import json
import shutil
from fractions import Fraction

import numpy as np
import pytest
import torch

from engine.checkpoint import content_hash, load_tensors, save_tensors
from engine.commands.own_clips import captions_of
from engine.errors import RequestError, WeightsError
from engine.media import probe, write_film, write_wav
from engine.models.lora import ADAPTER, Adapted, attach, merge
from engine.pipelines.model import TRANSFORMER, load_model, load_transformer, weights_hash
from tests.engine.tiny_model import enlarging_folder, tiny_folder


def film(path, seconds=2.2, sound=True):
    frames = round(seconds * 12)
    pictures = np.zeros((frames, 48, 64, 3), np.uint8)
    for index in range(frames):
        pictures[index, :, : index + 1] = (200, 80, 40)
    samples = round(frames / 12 * 24_000)
    tone = 0.2 * np.sin(np.arange(samples) / 9).astype(np.float32)
    heard = np.stack([tone, tone]) if sound else None
    write_film(path, pictures, Fraction(12), heard)


@pytest.fixture
def clips(tmp_path):
    """Two good clips, one of them mute, and files that cannot be learned from."""
    folder = tmp_path / "clips"
    folder.mkdir()
    film(folder / "wipe.mp4")
    (folder / "wipe.txt").write_text("an orange wipe from the left")
    film(folder / "mute.mp4", sound=False)
    (folder / "mute.txt").write_text("a mute orange wipe")
    film(folder / "short.mp4", seconds=0.5)
    (folder / "short.txt").write_text("too short")
    (folder / "broken.mp4").write_bytes(b"not a film")
    (folder / "broken.txt").write_text("broken")
    write_wav(folder / "tone.wav", np.zeros((2, 2400), np.float32), 24_000)
    (folder / "tone.txt").write_text("no picture")
    film(folder / "bare.mp4")
    return folder


@pytest.mark.timeout(300)
def test_an_adapter_learns_own_clips_and_is_generated_with(engine, clips, tmp_path):
    run, weights = tmp_path / "run", enlarging_folder()
    words = ("train", "finetune", "--run", run, "--weights", weights, "--device", "cpu")
    code, told = engine(*words, "--data", clips, "--steps", 3)
    assert code == 0, told
    for name in ("short.mp4", "broken.mp4", "tone.wav", "bare.mp4"):
        assert f"{name} is left out" in told
    listed = json.loads((run / "latents" / "clips.json").read_text())
    assert dict(zip(listed["names"], listed["heard"], strict=True)) == {
        "mute.mp4": False,
        "wipe.mp4": True,
    }
    adapter = run / "model" / ADAPTER
    tensors, metadata = load_tensors(adapter)
    assert all(name.endswith((".down", ".up")) for name in tensors)
    assert any(tensor.abs().sum() > 0 for name, tensor in tensors.items() if name.endswith("up"))
    assert metadata["base"] == content_hash(weights / TRANSFORMER)
    assert json.loads(metadata["recipe"])["clips"] == 2
    assert weights_hash(run / "model") != weights_hash(weights)
    taught = load_model(run / "model", torch.device("cpu")).transformer
    plain = load_transformer(weights / TRANSFORMER)[0]
    assert set(taught.state_dict()) == set(plain.state_dict())
    assert not torch.equal(
        taught.get_parameter("blocks.0.video.attention.qkv.weight"),
        plain.get_parameter("blocks.0.video.attention.qkv.weight"),
    )
    assert set(json.loads(metadata["words"])) == {"mute", "orange", "wipe", "left"}
    # What it learned can be asked for, in words that the weights alone do not know.
    report = tmp_path / "report.json"
    asked = ("generate", "--prompt", "a mute wipe", "--seconds", 0.75, "--device", "cpu",
             "--steps", 1, "--quality", "full", "--json", report)  # fmt: skip
    code, told = engine(*asked, "--weights", run / "model", "--out", tmp_path / "made.mp4")
    assert code == 0, told
    assert probe(tmp_path / "made.mp4").width == 256
    code, told = engine(*asked, "--weights", weights, "--out", tmp_path / "base.mp4")
    assert code == 1
    assert "knows none of the words" in told
    code, told = engine(*words, "--resume", "--steps", 4)
    assert code == 0, told

    other = tmp_path / "other"
    shutil.copytree(weights, other)
    tensors, metadata = load_tensors(weights / TRANSFORMER)
    tensors["video_out.bias"] += 1
    save_tensors(other / TRANSFORMER, tensors, metadata)
    shutil.copyfile(adapter, other / ADAPTER)
    with pytest.raises(WeightsError, match="trained on other weights"):
        load_model(other, torch.device("cpu"))
    words = ("train", "finetune", "--run", run, "--weights", other, "--device", "cpu")
    code, told = engine(*words, "--resume")
    assert code == 1
    assert "began on other weights" in told


def test_a_merged_adapter_says_what_the_adapted_network_said(tmp_path):
    model, _ = load_transformer(tiny_folder() / TRANSFORMER)
    attach(model, rank=2, scale=0.5)
    layer = model.get_submodule("blocks.0.video.feed.grow")
    assert isinstance(layer, Adapted)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            tensor.normal_()
            assert name.endswith((".down", ".up"))
    x = torch.randn(1, 3, layer.layer.in_features)
    told = layer(x)
    path = tmp_path / "adapter.safetensors"
    metadata = {"kind": "lora", "base": "these", "scale": "0.5"}
    save_tensors(path, model.state_dict(), metadata)
    fresh, _ = load_transformer(tiny_folder() / TRANSFORMER)
    merge(fresh, path, "these")
    merged = fresh.get_submodule("blocks.0.video.feed.grow")
    torch.testing.assert_close(merged(x), told, rtol=1e-4, atol=1e-4)
    tensors = dict(model.state_dict())
    tensors.pop(next(name for name in tensors if name.endswith(".up")))
    save_tensors(path, tensors, metadata)
    with pytest.raises(WeightsError, match="incomplete"):
        merge(fresh, path, "these")


@pytest.mark.parametrize(
    ("listed", "says"),
    [
        ("name,words\na.mp4,b\n", "columns file and caption"),
        ("file,caption\n../a.mp4,words\n", "outside"),
        ("file,caption\na.mp4,\n", "no captioned clips"),
        ("", "columns file and caption"),
    ],
)
def test_a_bad_list_of_captions_is_a_sentence(tmp_path, listed, says):
    (tmp_path / "captions.csv").write_text(listed)
    with pytest.raises(RequestError, match=says):
        captions_of(tmp_path)


def test_a_list_names_its_clips(tmp_path):
    (tmp_path / "captions.csv").write_text('file,caption\na.mp4,"one, two"\nb.mp4,three\n')
    assert captions_of(tmp_path) == {tmp_path / "a.mp4": "one, two", tmp_path / "b.mp4": "three"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("finetune", "--run", "{}/run"), "--data"),
        (("finetune", "--run", "{}/run", "--data", "{}/nowhere"), "no folder"),
        (("finetune", "--run", "{}/run", "--data", "{}"), "no captioned clips"),
        (("tiny", "--run", "{}/run", "--data", "{}"), "is for finetune"),
    ],
)
def test_what_cannot_be_learned_from_is_a_sentence(engine, tmp_path, words, says):
    code, told = engine("train", *(word.format(tmp_path) for word in words))
    assert code == 1
    assert says in told
    assert "Traceback" not in told
