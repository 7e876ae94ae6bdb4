"""The dozen sets in every light and weather, and how level 2 draws them."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest
import torch

from engine.shapes import ClipShape
from engine.world.ambience import AIR_RMS, LOOP_SAMPLES, add_ambience
from engine.world.clips import make_clips
from engine.world.places import ALWAYS_CLEAR
from engine.world.sampler import sample_scene
from engine.world.scene import (
    FIRST_MOVES,
    FIRST_SETS,
    LIGHTS,
    MOVES,
    SETS,
    SIZES,
    WEATHERS,
    Body,
    LightName,
    LinkName,
    Scene,
    SetName,
    WeatherName,
)
from engine.world.weather import INDOORS, window_panes

STILL = ClipShape(width=128, height=72, frames=1)
SHORT = ClipShape(width=64, height=36, frames=5)
BALL = Body(
    prop="ball", material="rubber", colour="red", radius_m=0.3,
    x_m=-0.4, y_m=0.3, vx_m_s=0.0, vy_m_s=0.0,
)  # fmt: skip
MANY = [sample_scene(seed, 3) for seed in range(300)]


def scene(set_name: SetName, light: LightName = "day", weather: WeatherName = "clear") -> Scene:
    return Scene(
        seed=3, level=2, set_name=set_name, light=light, action="drop", bodies=(BALL,),
        weather=weather,
    )  # fmt: skip


def blocks(*scenes: Scene) -> torch.Tensor:
    """(B, 3, 9, 16) mean colours: what is left at a glance."""
    video = make_clips(scenes, STILL).video[:, 0].movedim(-1, 1).float()
    return torch.nn.functional.adaptive_avg_pool2d(video, (9, 16))


def least_distance(seen: torch.Tensor) -> float:
    apart = (seen[:, None] - seen[None]).abs().mean(dim=(2, 3, 4))
    return float(apart[~torch.eye(len(seen), dtype=torch.bool)].min())


@pytest.mark.parametrize("set_name", SETS)
def test_weather_is_told_apart_outdoors(set_name: SetName) -> None:
    seen = blocks(*(scene(set_name, "overcast", weather) for weather in WEATHERS))
    if set_name in INDOORS:
        assert torch.equal(seen[0, :, 5:], seen[1, :, 5:])
        assert not torch.equal(seen[0, :, :5], seen[1, :, :5])
    else:
        assert least_distance(seen) > 8


@pytest.mark.parametrize("light", LIGHTS)
def test_sets_are_told_apart_in_rain(light: LightName) -> None:
    assert least_distance(blocks(*(scene(name, light, "rain") for name in SETS))) > 5


def test_a_rooms_weather_is_behind_its_panes() -> None:
    for set_name in sorted(INDOORS):
        panes = window_panes(scene(set_name))
        assert all(left < right and low < high for left, right, low, high in panes)
        dry, snowy = make_clips([scene(set_name), scene(set_name, weather="snow")], STILL).video
        changed = (dry != snowy).any(dim=-1)[0]
        assert 0.005 < float(changed.float().mean()) < 0.2


def test_what_falls_moves_and_equal_scenes_fall_alike() -> None:
    for weather in ("rain", "snow", "fog"):
        one = scene("park", weather=weather)
        first, second = make_clips([one], SHORT), make_clips([one], SHORT)
        assert torch.equal(first.video, second.video)
        assert (first.video[0, 0] != first.video[0, 1]).any()


def test_bodies_are_seen_through_every_weather() -> None:
    for weather in WEATHERS:
        clips = make_clips([scene("street", weather=weather)], STILL)
        red = clips.video[0, 0][clips.masks[0, 0] == 1].float().mean(dim=0)
        assert red[0] > 1.25 * red[1]


def test_level_three_draws_everything() -> None:
    def share(drawn: list[str], words: tuple[str, ...]) -> None:
        counts = Counter(drawn)
        assert set(counts) == set(words)

    share([one.set_name for one in MANY], SETS)
    share([one.weather for one in MANY], WEATHERS)
    paths = [one.camera for one in MANY if not one.shots]
    paths += [shot.camera for one in MANY for shot in one.shots]
    share([path.move for path in paths], MOVES)
    share([path.size for path in paths], SIZES)
    assert {shot.link for one in MANY for shot in one.shots} == set(get_args(LinkName))
    assert all(one.weather == "clear" for one in MANY if one.set_name in ALWAYS_CLEAR)
    assert 60 < sum(one.music is not None for one in MANY) < 240


def test_first_draws_are_of_the_first_sets_alone() -> None:
    for seed in range(60):
        one = sample_scene(seed)
        assert one.set_name in FIRST_SETS
        assert one.camera.move in FIRST_MOVES
        assert (one.weather, one.music, one.shots) == ("clear", None, ())


def test_ambience_is_quiet_wide_and_without_a_seam() -> None:
    import numpy as np

    for set_name in SETS:
        for light in ("day", "night"):
            out = np.zeros((2, LOOP_SAMPLES + 500), dtype=np.float32)
            add_ambience(scene(set_name, light), np.random.default_rng(1), out)
            assert 0.2 * AIR_RMS < float(out.std()) < 3.0 * AIR_RMS
            assert abs(float(np.asarray(np.corrcoef(out)).reshape(2, 2)[0, 1])) < 0.3
            np.testing.assert_array_equal(out[:, :500], out[:, LOOP_SAMPLES:])


def test_rain_is_heard_and_fainter_indoors() -> None:
    import numpy as np

    def loudness(set_name: SetName, weather: WeatherName) -> float:
        out = np.zeros((2, 48_000), dtype=np.float32)
        add_ambience(scene(set_name, weather=weather), np.random.default_rng(1), out)
        return float(out.std())

    assert loudness("park", "rain") > 2.0 * loudness("park", "clear")
    assert loudness("park", "rain") > 1.5 * loudness("classroom", "rain")
