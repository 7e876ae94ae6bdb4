"""LTX-2.x behind the seam: diffusers' own numbers, and nothing but what the folder has."""

import dataclasses
import shutil
import socket
from fractions import Fraction

import numpy as np
import pytest
import torch
from einops import rearrange

from engine import api
from engine.backends.ltx import LtxBackend
from engine.backends.ltx_denoising import LtxDenoiser, Shown
from engine.backends.ltx_folder import open_folder
from engine.backends.ltx_lattice import Window
from engine.backends.ltx_model import load_ltx
from engine.backends.ltx_steps import levels_of
from engine.diffusion.guidance import Guidance, Scales
from engine.diffusion.latent_state import Given
from engine.diffusion.samplers import Schedule, euler
from engine.errors import WeightsError
from engine.media import read_pictures, write_film
from engine.models.offload import Offload
from engine.models.signals import Latents
from tests.engine.backends.contract import picture_file, render, small_request
from tests.engine.tiny_ltx import LICENCE, ltx_backend, ltx_capabilities, ltx_folder

pytestmark = pytest.mark.xdist_group("ltx")
CPU = torch.device("cpu")
STEPS = 3


@pytest.fixture(scope="module")
def model():
    return load_ltx(open_folder(ltx_folder()), CPU, torch.float32, lean=False)


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(ltx_folder(), tmp_path / "ltx")


def window_of(model) -> Window:
    return Window(lattice=model.lattice, width=64, height=64, frames=9, rate=Fraction(24))


def theirs(model, conditions=(), guided=True):
    """Latents as diffusers' own pipeline makes them."""
    pipeline = model.pipeline
    latents, sound = pipeline(
        conditions=list(conditions),
        prompt="a red ball",
        width=64,
        height=64,
        num_frames=9,
        frame_rate=24.0,
        num_inference_steps=STEPS,
        guidance_scale=3.0 if guided else 1.0,
        audio_guidance_scale=7.0 if guided else 1.0,
        modality_scale=3.0 if guided else 1.0,
        audio_modality_scale=3.0 if guided else 1.0,
        stg_scale=0.0,
        generator=torch.Generator().manual_seed(5),
        use_cross_timestep=False,
        max_sequence_length=64,
        output_type="latent",
        return_dict=False,
    )
    return latents, sound


def ours(model, clean=None, shown=(), guided=True):
    """The same by the engine's sampler, from the same noise drawn in the same order."""
    window = window_of(model)
    frames, height, width = window.video_latents
    lattice = model.lattice
    tokens = frames * height * width
    more = sum(one.latents[0, 0].numel() for one in shown)
    generator = torch.Generator().manual_seed(5)
    video = torch.randn(1, tokens + more, lattice.channels, generator=generator)[:, :tokens]
    sound = torch.randn(
        1,
        window.audio_latents,
        lattice.audio_channels * lattice.audio_mels,
        generator=generator,
    )
    start = Latents(
        video=rearrange(video, "b (l h w) c -> b c l h w", l=frames, h=height),
        audio=rearrange(sound, "b a (c m) -> b c m a", m=lattice.audio_mels),
    )
    given = Given.nothing(start)
    if clean is not None:
        values = start.video.clone()
        values[:, :, :1] = clean
        given = dataclasses.replace(
            given,
            clean=dataclasses.replace(start, video=values),
            video=torch.arange(frames) < 1,
        )
    levels = levels_of(model, tokens + more, STEPS, None)
    words = model.encode_text("a red ball"), model.encode_text("")
    sound = Scales(text=7.0, coupling=3.0)
    guidance = Guidance(text=3.0, coupling=3.0, sound=sound) if guided else Guidance()
    denoiser = LtxDenoiser(model, window, words, guidance, shown)
    both = Schedule(video=levels, audio=levels)
    *_, last = euler(denoiser, given.put(start), both, given)
    return last.latents


def assert_alike(mine: Latents, those) -> None:
    latents, sound = those
    assert torch.allclose(mine.video, latents, atol=2e-4), (mine.video - latents).abs().max()
    assert torch.allclose(rearrange(mine.audio, "b c m a -> b c a m"), sound, atol=2e-4)


def test_the_engines_sampler_makes_what_diffusers_own_loop_makes(model):
    assert_alike(ours(model), theirs(model))


def test_first_pictures_and_keyframes_are_shown_as_diffusers_shows_them(model):
    from diffusers.pipelines.ltx2 import LTX2VideoCondition

    picture = np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    condition = LTX2VideoCondition(frames=picture[None], index=0, crf=0)
    latent = model.encode_pictures(picture[None], window_of(model))
    assert_alike(ours(model, clean=latent), theirs(model, [condition]))
    later = dataclasses.replace(condition, index=2)
    shown = Shown(latents=latent, picture=1 + model.lattice.time_stride)
    mine = ours(model, shown=(shown,), guided=False)
    assert_alike(mine, theirs(model, [later], guided=False))


def test_a_clip_that_steers_is_shown_as_diffusers_shows_it(model):
    from diffusers.pipelines.ltx2 import LTX2InContextPipeline, LTX2ReferenceCondition

    clip = np.random.default_rng(2).integers(0, 255, (9, 64, 64, 3), dtype=np.uint8)
    parts = dict(model.pipeline.components)
    parts.pop("duration_head")
    pipeline = LTX2InContextPipeline(**parts)
    small = clip[:, ::2, ::2]
    for scale, frames in ((1, clip), (2, small)):
        reference = LTX2ReferenceCondition(frames=list(frames.astype(np.float32) / 255))
        those = pipeline(
            reference_conditions=[reference],
            reference_downscale_factor=scale,
            prompt="a red ball",
            width=64,
            height=64,
            num_frames=9,
            frame_rate=24.0,
            num_inference_steps=STEPS,
            guidance_scale=1.0,
            audio_guidance_scale=1.0,
            modality_scale=1.0,
            audio_modality_scale=1.0,
            stg_scale=0.0,
            generator=torch.Generator().manual_seed(5),
            use_cross_timestep=False,
            max_sequence_length=64,
            output_type="latent",
            return_dict=False,
        )
        side = 64 // scale
        window = dataclasses.replace(window_of(model), width=side, height=side)
        shown = Shown(latents=model.encode_pictures(frames, window), picture=None, scale=scale)
        assert_alike(ours(model, shown=(shown,), guided=False), those)


def test_stills_change_the_film_where_they_stand(tmp_path):
    backend = ltx_backend()
    plain = small_request(backend)
    path = str(picture_file(tmp_path))
    (before,) = render(backend, plain, tmp_path / "plain")
    pictures = read_pictures(before.picture)
    stills: list[tuple[api.Role, float | None]] = [
        ("first_frame", None),
        ("keyframe", 0.2),
        ("last_frame", None),
    ]
    for role, at_s in stills:
        one = api.Reference(kind="image", role=role, source=path, at_s=at_s)
        request = dataclasses.replace(plain, references=(one,))
        (after,) = render(backend, request, tmp_path / role)
        assert not np.array_equal(read_pictures(after.picture), pictures)


def test_the_licence_of_the_folder_is_told(copy):
    licence = LtxBackend(copy, "cpu").capabilities().licence
    assert licence.text == LICENCE
    (copy / "LICENSE").unlink()
    other = LtxBackend(copy, "cpu").capabilities().licence
    assert "terms of their own" in other.text
    assert other.sha256 != licence.sha256


def test_nothing_is_fetched(monkeypatch):
    def connect(*_):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", connect)
    backend = LtxBackend(ltx_folder(), "cpu", ltx_capabilities(ltx_folder()))
    backend.load()
    backend.unload()


def without(name):
    return lambda folder: shutil.rmtree(folder / name)


def cut(folder):
    file = folder / "vae" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(file.read_bytes()[:100])


def renamed(folder):
    file = folder / "transformer" / "diffusion_pytorch_model.safetensors"
    file.rename(file.with_suffix(".bin"))


def other_model(folder):
    index = folder / "model_index.json"
    index.write_text(index.read_text().replace("LTX2Pipeline", "WanPipeline"))


WRONG = {
    "a missing part": (without("vocoder"), "lacks vocoder"),
    "a file cut off": (cut, "damaged or cut off"),
    "weights that can run programs": (renamed, "safetensors"),
    "another model": (other_model, "WanPipeline"),
    "no index": (lambda folder: (folder / "model_index.json").unlink(), "model_index.json"),
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_wrong_folder_is_a_sentence(copy, name):
    spoil, said = WRONG[name]
    spoil(copy)
    with pytest.raises(WeightsError, match=said):
        LtxBackend(copy, "cpu")


def test_damaged_values_are_a_sentence_when_they_are_loaded(copy):
    file = copy / "vae" / "config.json"
    file.write_text(file.read_text().replace('"latent_channels": 8', '"latent_channels": 16'))
    with pytest.raises(WeightsError, match="vae cannot be read"):
        LtxBackend(copy, "cpu").load()


def test_distilled_weights_take_one_pass_along_their_own_levels(copy, tmp_path):
    from diffusers.pipelines.ltx2.utils import DISTILLED_SIGMA_VALUES

    folder = copy.rename(tmp_path / "ltx-distilled")
    model = load_ltx(open_folder(folder), CPU, torch.float32, lean=False)
    levels = levels_of(model, 48, 8, None)
    assert levels.tolist() == pytest.approx([*DISTILLED_SIGMA_VALUES, 0.0])
    rough = LtxBackend(ltx_folder(), "cpu", ltx_capabilities(ltx_folder()))
    quick = LtxBackend(folder, "cpu", ltx_capabilities(folder))
    request = small_request(quick)
    assert quick.estimate(request).seconds < rough.estimate(request).seconds
    assert any("rough" in note for note in rough.capabilities().notes)
    assert not any("rough" in note for note in quick.capabilities().notes)


def test_an_adapter_makes_fast_another_model_and_leaves_full_alone(copy, tmp_path):
    with_adapter(copy)
    plain = ltx_backend()
    backend = LtxBackend(copy, "cpu", ltx_capabilities(copy))
    fast = small_request(backend)
    full = dataclasses.replace(fast, quality=api.Quality(mode="full", steps=2))
    takes = {}
    for name, one in (("plain", plain), ("adapted", backend)):
        for quality, request in (("fast", fast), ("full", full)):
            (take,) = render(one, request, tmp_path / name / quality)
            takes[name, quality] = read_pictures(take.picture)
    assert np.array_equal(takes["plain", "full"], takes["adapted", "full"])
    assert not np.array_equal(takes["plain", "fast"], takes["adapted", "fast"])


def test_a_clip_steers_where_there_is_an_adapter_for_it(copy, tmp_path):
    with_adapter(copy, "tiny-ic-lora.safetensors")
    backend = LtxBackend(copy, "cpu", ltx_capabilities(copy))
    assert "motion" in backend.capabilities().roles
    request = small_request(backend)
    frames = np.random.default_rng(3).integers(0, 255, (9, 44, 60, 3), dtype=np.uint8)
    write_film(tmp_path / "walk.mkv", frames, request.rate, preset="take")
    one = api.Reference(kind="video", role="motion", source=str(tmp_path / "walk.mkv"))
    (plain,) = render(backend, request, tmp_path / "plain")
    steered = dataclasses.replace(request, references=(one,))
    (after,) = render(backend, steered, tmp_path / "steered")
    assert not np.array_equal(read_pictures(plain.picture), read_pictures(after.picture))


def with_adapter(folder, name="tiny-distilled-lora.safetensors"):
    from diffusers import LTX2Pipeline, LTX2VideoTransformer3DModel
    from peft import LoraConfig, get_peft_model_state_dict

    network = LTX2VideoTransformer3DModel.from_pretrained(folder / "transformer")
    network.add_adapter(LoraConfig(r=2, target_modules=["to_q", "to_v"], init_lora_weights=False))
    LTX2Pipeline.save_lora_weights(
        folder,
        transformer_lora_layers=dict(get_peft_model_state_dict(network)),
        weight_name=name,
    )


def test_layers_that_visit_one_by_one_make_the_same_bits(tmp_path):
    folder = ltx_folder()
    resident = ltx_backend()
    request = small_request(resident)
    (whole,) = render(resident, request, tmp_path / "whole")
    lean = LtxBackend(folder, "cpu", ltx_capabilities(folder))
    lean._model = load_ltx(open_folder(folder), CPU, torch.float32, lean=True)
    lean._model.offload.end()
    network = lean._model.transformer
    offload = Offload(network, network.get_submodule("transformer_blocks"), CPU, small_bytes=0)
    (visited,) = render(lean, request, tmp_path / "visited")
    assert np.array_equal(read_pictures(whole.picture), read_pictures(visited.picture))
    assert offload.visits > 4 * 3
    assert offload.here_bytes == 0
    assert offload.most_bytes < offload.home_bytes / 10
