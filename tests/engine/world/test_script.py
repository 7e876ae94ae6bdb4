"""Captions of level 2 and 3, and the words of edits."""

from __future__ import annotations

import random

import pytest

from engine.world import phrases
from engine.world.caption import caption
from engine.world.instructions import light_ways, set_ways, weather_ways
from engine.world.phrases import LEAST, music_phrases, slug_line
from engine.world.sampler import sample_scene
from engine.world.scene import LIGHTS, MOVES, SETS, SIZES, WEATHERS, Music
from engine.world.script import common_caption, shot_caption

TABLES = {
    "set": (phrases.SET_PHRASES, SETS),
    "light": (phrases.LIGHT_PHRASES, LIGHTS),
    "weather": (phrases.WEATHER_PHRASES, WEATHERS),
    "move": (phrases.MOVE_PHRASES, MOVES),
    "size": (phrases.SIZE_PHRASES, SIZES),
}


@pytest.mark.parametrize("table", TABLES)
def test_everything_is_said_in_twenty_ways(table: str) -> None:
    ways, names = TABLES[table]
    assert set(ways) == set(names)
    for said in ways.values():
        assert len(set(said)) == len(said) >= LEAST
        assert all(text == " ".join(text.split()) for text in said)


def test_no_two_names_share_a_phrase() -> None:
    for ways, _ in TABLES.values():
        said = [text for texts in ways.values() for text in texts]
        assert len(said) == len(set(said))


def test_edits_and_music_are_asked_for_in_twenty_ways() -> None:
    assert all(len(set(light_ways(name))) >= LEAST for name in LIGHTS)
    assert all(len(set(weather_ways(name))) >= LEAST for name in WEATHERS)
    assert all(len(set(set_ways(name))) >= LEAST for name in SETS)
    for tempo in (90, 110, 140):
        assert len(set(music_phrases(Music(seed=1, tempo_bpm=tempo)))) >= LEAST


def test_captions_name_what_there_is() -> None:
    for seed in range(30):
        scene = sample_scene(seed, 2)
        text = caption(scene, 0)
        assert text == caption(scene, 0)
        said = (*phrases.SET_PHRASES[scene.set_name], slug_line(scene.set_name, scene.light))
        assert any(way.lower() in text.lower() for way in said), text
        assert any(way.lower() in text.lower() for way in phrases.MOVE_PHRASES[scene.camera.move])
        assert len({caption(scene, variant) for variant in range(40)}) > 30
        assert "  " not in text
        assert "{" not in text


def test_every_shot_has_its_words_beside_the_common_ones() -> None:
    cut = [scene for scene in (sample_scene(seed, 3) for seed in range(40)) if scene.shots]
    assert len(cut) > 8
    for scene in cut:
        words = common_caption(scene, 1)
        assert any(way.lower() in words.lower() for way in phrases.SET_PHRASES[scene.set_name])
        for index, shot in enumerate(scene.shots):
            text = shot_caption(scene, index, 1)
            ways = phrases.SIZE_PHRASES[shot.camera.size]
            assert any(way in text for way in ways), text


def test_a_choice_is_repeatable() -> None:
    from engine.world.instructions import light_instruction

    first = [light_instruction("night", random.Random(seed)) for seed in range(30)]
    assert first == [light_instruction("night", random.Random(seed)) for seed in range(30)]
    assert len(set(first)) > 15
