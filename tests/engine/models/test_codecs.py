import dataclasses
import json
import shutil

import pytest
import torch

from engine.checkpoint import load_tensors, save_tensors
from engine.errors import WeightsError
from engine.models.codecs import encodes, from_network, latent_hash, load_codecs, to_network
from engine.training.tiny import SHAPE
from tests.engine.tiny_model import tiny_folder


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(tiny_folder(), tmp_path / "codecs")
    return tmp_path / "codecs"


def changed(path, name):
    tensors, metadata = load_tensors(path)
    tensors[name] = tensors[name] + 0.25
    save_tensors(path, tensors, metadata)


def test_pictures_and_sound_come_back_in_shape(folder):
    codecs = load_codecs(folder)
    video = torch.randint(0, 255, (1, 9, 32, 32, 3), dtype=torch.uint8)
    latents = codecs.encode_video(video)
    assert latents.shape[2:] == SHAPE.video_latents
    assert codecs.decode_video(latents, 32, 32).shape == video.shape
    sound = torch.randn(1, 2, SHAPE.samples) * 0.1
    encoded = codecs.encode_audio(sound)
    assert encoded.shape == (1, 2, 8, SHAPE.audio_latents)
    decoded = codecs.decode_audio(encoded, SHAPE.samples)
    assert decoded.shape == sound.shape
    assert decoded.abs().max() <= 1


def test_better_decoders_leave_the_hash_alone(folder):
    before = load_codecs(folder).hash
    for file, name in (
        ("video_vae", "decoder_in.weight"),
        ("video_vae", "expand.weight"),
        ("audio_vae", "decoder_out.weight"),
        ("vocoder", "enter.weight"),
    ):
        changed(folder / f"{file}.safetensors", name)
        assert load_codecs(folder).hash == before


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("video_vae", "project.weight"),
        ("video_vae", "shift"),
        ("audio_vae", "encoder_in.weight"),
        ("audio_vae", "scale"),
    ],
)
def test_other_encoders_have_another_hash(folder, file, name):
    before = load_codecs(folder).hash
    changed(folder / f"{file}.safetensors", name)
    assert load_codecs(folder).hash != before


def test_what_encodes_is_known_by_name(folder):
    codecs = load_codecs(folder)
    assert encodes("video_vae", "project.bias")
    assert not encodes("video_vae", "decoder_in.weight")
    assert encodes("audio_vae", "encoder.0.norm.weight")
    assert not encodes("vocoder", "scale")
    assert latent_hash(codecs.video, codecs.audio) == codecs.hash


def test_weights_of_another_kind_or_size_are_refused(folder):
    path = folder / "vocoder.safetensors"
    tensors, metadata = load_tensors(path)
    config = json.dumps(json.loads(metadata["config"]) | {"width": 48})
    save_tensors(path, tensors, metadata | {"config": config})
    with pytest.raises(WeightsError, match="belong to another model"):
        load_codecs(folder)
    save_tensors(path, tensors, metadata | {"config": "{"})
    with pytest.raises(WeightsError, match="how its network is built"):
        load_codecs(folder)
    shutil.copyfile(folder / "audio_vae.safetensors", path)
    with pytest.raises(WeightsError, match="not a vocoder"):
        load_codecs(folder)


def test_pictures_are_padded_to_the_grid_and_cropped_back():
    video = torch.randint(0, 255, (1, 1, 18, 20, 3), dtype=torch.uint8)
    padded = to_network(video)
    assert padded.shape == (1, 3, 1, 32, 32)
    assert torch.equal(from_network(padded[..., :18, :20]), video)
    assert torch.equal(padded[..., 18, :20], padded[..., 17, :20])


def test_codecs_are_frozen(folder):
    codecs = load_codecs(folder)
    with pytest.raises(dataclasses.FrozenInstanceError):
        codecs.hash = "other"  # type: ignore[misc]
    assert not any(parameter.requires_grad for parameter in codecs.video.parameters())
