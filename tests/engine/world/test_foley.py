from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.shapes import SAMPLE_RATE_HZ, ClipShape
from engine.world.foley import CEILING, synthesise
from engine.world.physics import simulate
from engine.world.sampler import sample_scene
from engine.world.scene import (
    MATERIALS,
    PROPS,
    SETS,
    Body,
    CameraPath,
    MaterialName,
    Scene,
    SetName,
)
from engine.world.voices import ground_layers, prop_layers

SHAPE = ClipShape(width=96, height=64, frames=25)
BODY = Body(
    prop="ball",
    material="wood",
    colour="red",
    radius_m=0.3,
    x_m=0.0,
    y_m=1.4,
    vx_m_s=0.0,
    vy_m_s=0.0,
)


def dropped(material: MaterialName, set_name: SetName, x_m: float = 0.0) -> Scene:
    body = replace(BODY, material=material, x_m=x_m)
    return Scene(seed=3, level=1, set_name=set_name, light="day", action="drop", bodies=(body,))


def sounded(scene: Scene) -> tuple[np.ndarray, float]:
    """The scene's sound and the time of its first contact."""
    truth = simulate([scene], SHAPE)[0]
    return synthesise([scene], [truth], SHAPE)[0], truth.contacts[0].time_s


@pytest.mark.parametrize("material", MATERIALS)
@pytest.mark.parametrize("set_name", SETS)
def test_sound_begins_with_the_touch(material: MaterialName, set_name: SetName) -> None:
    sound, time_s = sounded(dropped(material, set_name))
    mono = np.abs(sound).max(axis=0)
    before = mono[: int(time_s * SAMPLE_RATE_HZ)].max()
    onset = int(np.argmax(mono > 3.0 * before))
    assert abs(onset / SAMPLE_RATE_HZ - time_s) < 0.001
    start = round(time_s * SAMPLE_RATE_HZ)
    attack = mono[start : start + int(0.003 * SAMPLE_RATE_HZ)].max()
    assert attack > 0.4 * mono.max()


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_sound_comes_from_the_side_that_it_is_seen_on(side: float) -> None:
    sound, time_s = sounded(dropped("wood", "street", x_m=1.0 * side))
    start = round(time_s * SAMPLE_RATE_HZ)
    left, right = (sound[:, start : start + 2400].astype(np.float64) ** 2).sum(axis=1)
    x_pan = 0.5 + side / 3.6
    seen = np.arctan2(np.sqrt(right), np.sqrt(left)) / (0.5 * np.pi)
    assert seen == pytest.approx(x_pan, abs=0.03)


def test_a_contact_tells_its_materials_and_how_loud_it_is_from_here() -> None:
    near = CameraPath(zoom_start=2.0, zoom_end=2.0)
    scenes = [dropped("wood", "street"), replace(dropped("wood", "street"), camera=near)]
    wide, close = simulate(scenes, SHAPE)
    assert wide.contacts[0].materials == ("wood", "street")
    assert wide.contacts[0].level == pytest.approx(1.0)
    assert close.contacts[0].level == pytest.approx(2.0**0.5)
    peaks = np.abs(synthesise(scenes, [wide, close], SHAPE)).max(axis=(1, 2))
    assert peaks[1] / peaks[0] == pytest.approx(2.0**0.5, rel=0.04)  # the air is as loud
    aside = simulate([dropped("wood", "street", x_m=1.0)], SHAPE)[0].contacts[0]
    assert aside.level == pytest.approx(1.0)
    moved = replace(dropped("wood", "stage"), floor="street")  # moves as it did in the street
    assert simulate([moved], SHAPE)[0].contacts[0].materials == ("wood", "stage")


def test_what_rolls_nearby_is_louder() -> None:
    ball = replace(dropped("rubber", "stage").bodies[0], y_m=0.3, vx_m_s=1.2, x_m=-1.0)
    far = replace(dropped("rubber", "stage"), level=2, bodies=(ball,))
    near = replace(far, camera=CameraPath(zoom_start=2.0, zoom_end=2.0))
    quiet = [replace(one, bodies=()) for one in (far, near)]
    heard = synthesise([far, near], simulate([far, near], SHAPE), SHAPE)
    heard -= synthesise(quiet, simulate(quiet, SHAPE), SHAPE)
    # Before anything is struck only the rolling is there.
    loud = heard[:, :, : SAMPLE_RATE_HZ // 3].std(axis=(1, 2))
    assert loud[1] > 1.1 * loud[0] > 0.0


@given(seed=st.integers(0, 10_000))
@settings(deadline=None, max_examples=25)
def test_sampled_scenes_are_loud_enough_and_never_clip(seed: int) -> None:
    scene = sample_scene(seed)
    truths = simulate([scene], SHAPE)
    sound = synthesise([scene], truths, SHAPE)
    assert sound.shape == (1, 2, SHAPE.samples)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    assert 0.05 < np.abs(sound).max() <= CEILING + 1e-6
    np.testing.assert_array_equal(sound, synthesise([scene], truths, SHAPE))


def test_materials_and_props_sound_different() -> None:
    spectra = {}
    for material in MATERIALS:
        for prop in PROPS:
            voice = prop_layers(prop, material, 0).sum(axis=0)
            spectrum = np.abs(np.fft.rfft(voice, 32_768))
            spectra[prop, material] = spectrum / np.linalg.norm(spectrum)
    names = list(spectra)
    for index, one in enumerate(names):
        for two in names[:index]:
            assert spectra[one] @ spectra[two] < 0.97, (one, two)


def test_metal_rings_longest_and_glass_is_brightest() -> None:
    def decay(material: str) -> float:
        power = prop_layers("ball", material, 0)[1].astype(np.float64) ** 2
        return float((power * np.arange(len(power))).sum() / power.sum())

    def brightness(material: str) -> float:
        power = np.abs(np.fft.rfft(prop_layers("ball", material, 0)[1], 32_768)) ** 2
        return float((power * np.arange(len(power))).sum() / power.sum())

    assert max(MATERIALS, key=decay) == "metal"
    assert max(MATERIALS, key=brightness) == "glass"
    assert min(MATERIALS, key=brightness) == "rubber"


def test_bigger_props_sound_lower() -> None:
    def pitch(step: int) -> int:
        return int(np.argmax(np.abs(np.fft.rfft(prop_layers("ball", "metal", step)[0], 32_768))))

    assert pitch(3) < pitch(0) < pitch(-3)


@pytest.mark.parametrize("name", [*SETS, "wall"])
def test_grounds_have_a_voice(name: str) -> None:
    layers = ground_layers(name)
    assert np.abs(layers).max(axis=1) == pytest.approx([1.0, 1.0])


def test_a_contact_at_the_very_end_is_cut_not_wrapped() -> None:
    scene = dropped("metal", "street")
    truth = simulate([scene], SHAPE)[0]
    late = replace(truth.contacts[0], time_s=SHAPE.duration_s - 0.001)
    over = replace(late, time_s=SHAPE.duration_s + 0.5)
    quiet = synthesise([scene], [replace(truth, contacts=())], SHAPE)
    sound = synthesise([scene], [replace(truth, contacts=(late, over))], SHAPE)
    np.testing.assert_array_equal(sound[..., :-26], quiet[..., :-26])
    assert np.abs(sound[..., -24:]).max() > 3.0 * np.abs(quiet[..., -24:]).max()
