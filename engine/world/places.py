"""The place of a scene from level 2 on, drawn at random: its weather and its music."""

from __future__ import annotations

import random
from dataclasses import replace

from engine.world.music import TEMPOS_BPM
from engine.world.scene import Music, Scene, WeatherName

WEATHER_SHARES: dict[WeatherName, float] = {"clear": 0.46, "rain": 0.2, "snow": 0.17, "fog": 0.17}
# On the moon there is no air for weather; the other sets see all of it, rooms through a window.
ALWAYS_CLEAR = frozenset({"moon"})
MUSIC_SHARE = 0.4


def with_place(scene: Scene) -> Scene:
    """A scene with its weather and, in some, music; equal seeds give equal ones."""
    choose = random.Random(f"{scene.seed}/place")
    weather = choose.choices(tuple(WEATHER_SHARES), tuple(WEATHER_SHARES.values()))[0]
    if scene.set_name in ALWAYS_CLEAR:
        weather = "clear"
    music = sample_music(choose) if choose.random() < MUSIC_SHARE else None
    return replace(scene, weather=weather, music=music)


def sample_music(choose: random.Random) -> Music:
    """A piece: tempo, key, mode, and two instruments or more."""
    tempo = choose.randint(*TEMPOS_BPM)
    without = choose.choice(("", "", "drums", "bass", "pad"))
    return Music(
        seed=choose.getrandbits(31),
        tempo_bpm=tempo,
        key=choose.randrange(12),
        minor=choose.random() < 0.45,
        drums=without != "drums",
        bass=without != "bass",
        pad=without != "pad",
        lead=choose.random() < 0.4,
        first_beat_s=round(choose.uniform(0.0, 60.0 / tempo), 3),
        level_db=round(choose.uniform(-6.0, 1.0), 1),
    )
