"""Captions of level 2 and 3, and the words of edits."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from engine.world import instructions, phrases
from engine.world.actions import Talk
from engine.world.caption import caption
from engine.world.cast_words import PHRASES
from engine.world.grammar import expand
from engine.world.phrases import music_phrases, slug_line
from engine.world.prop_words import props_action
from engine.world.roles import MENTIONS, RoleName, mention
from engine.world.sampler import sample_scene
from engine.world.scene import (
    ACTIONS,
    LIGHTS,
    MOVES,
    SETS,
    SIZES,
    WEATHERS,
    ActionName,
    Body,
    Music,
    Scene,
    SetName,
)
from engine.world.script import common_caption, scene_caption, shot_caption
from engine.world.troupe import PLANS, play
from engine.world.weather import INDOORS

LEAST = 20
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


@pytest.mark.parametrize("tempo", [90, 110, 140])
def test_music_is_told_in_twenty_ways(tempo: int) -> None:
    assert len(set(music_phrases(Music(seed=1, tempo_bpm=tempo)))) >= LEAST


BALL = Body(
    prop="ball", material="rubber", colour="red", radius_m=0.3,
    x_m=0.0, y_m=0.3, vx_m_s=0.0, vy_m_s=0.0,
)  # fmt: skip
CRATE = replace(BALL, prop="crate", colour="blue")
BELL = replace(BALL, prop="bell", colour="green")
ASKED: dict[str, Callable[[random.Random], str]] = {
    **{name: partial(instructions.light_instruction, name) for name in LIGHTS},
    **{name: partial(instructions.weather_instruction, name) for name in WEATHERS},
    **{name: partial(instructions.set_instruction, name) for name in SETS},
    "turn": partial(instructions.turn_instruction, BALL, "metal"),
    "swap": partial(instructions.swap_instruction, BALL, CRATE),
    "remove": partial(instructions.remove_instruction, BALL),
    "add": partial(instructions.add_instruction, BALL),
    "wear": partial(instructions.wear_instruction, ["the fox"], "a red hat"),
    "music": partial(instructions.music_instruction, ["slow music", "a slow tune", "a fast beat"]),
    **{
        ask: partial(instructions.perception_instruction, ask, "@Image1")
        for ask in ("depth", "motion", "outline")
    },
}


@pytest.mark.parametrize("name", ASKED)
def test_every_edit_is_asked_for_in_twenty_ways(name: str) -> None:
    said = [ASKED[name](random.Random(seed)) for seed in range(800)]
    # "Please" makes no other way of it.
    bare = {re.sub(r"^(Please|Now|And) ", "", text).rstrip(".").lower() for text in said}
    assert len(bare) >= LEAST
    assert not any("{" in text or "lease now" in text or "Now now" in text for text in said)


def test_who_shall_wear_something_is_told_in_its_case() -> None:
    said = {
        instructions.wear_instruction(["her"], "a red hat", random.Random(seed))
        for seed in range(300)
    }
    assert any(text.lower().startswith("she ") for text in said)
    assert not any(text.lower().startswith("her ") for text in said)
    assert any("give her a red hat" in text.lower() for text in said)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("bodies", [(BALL,), (CRATE,), (BALL, CRATE), (CRATE, BALL)])
def test_what_props_do_is_told_in_twenty_ways(action: ActionName, bodies: tuple[Body, ...]) -> None:
    if action == "collide" and len(bodies) == 1:
        return
    scene = Scene(seed=1, level=2, set_name="park", light="day", action=action, bodies=bodies)
    unsaid = frozenset({"colour", "material"})
    said = {props_action(scene, random.Random(seed), unsaid) for seed in range(800)}
    assert len(said) >= LEAST
    assert all("{" not in text for text in said)
    assert all(body.prop in text for text in said for body in bodies)
    assert any("rolls" in text for text in said) == (action == "roll" and bodies[0] == BALL)


def test_a_third_prop_is_told_in_twenty_ways() -> None:
    bodies = (BALL, CRATE, BELL)
    scene = Scene(seed=1, level=2, set_name="park", light="day", action="roll", bodies=bodies)
    unsaid = frozenset({"colour", "material"})
    said = {props_action(scene, random.Random(seed), unsaid) for seed in range(900)}
    assert len({text.split(", ", 1)[1] for text in said}) >= LEAST


@pytest.mark.parametrize("role", MENTIONS)
def test_every_role_is_named_in_twenty_ways(role: RoleName) -> None:
    assert len(set(expand(MENTIONS[role]))) >= LEAST
    said = mention(role, "Image2", random.Random(3))
    assert said.count("@Image2") == 1
    assert said.endswith(".")


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


@pytest.mark.parametrize("plan", PLANS)
def test_a_sequence_is_told_what_happens_in_it(plan: str) -> None:
    scene = play(replace(sample_scene(5, 2), shots=()), plan, held_out=False)
    told = {common_caption(scene, variant) for variant in range(12)}
    lines = [a.words for one in scene.cast for a in one.acts if isinstance(a, Talk)]
    assert all(line in text for line in lines for text in told)
    verbs = {
        way.split("{")[0].split()[0].removesuffix("s").removesuffix("e")
        for name in (plan.removesuffix(" together"), "talk", "reply", "hand over")
        for way in expand(PHRASES.get(name, "")) if way and not way.startswith("{")
    }  # fmt: skip
    assert all(any(verb in text for verb in verbs) for text in told)


def test_a_spoken_line_ends_its_sentence_once() -> None:
    for seed in range(60):
        for variant in range(4):
            text = scene_caption(sample_scene(seed, 3), variant)
            assert not re.search(r"[.!?]\"\.", text), text
            assert not re.search(r"\.\.|,\.", text), text


@pytest.mark.parametrize("set_name", SETS)
def test_it_only_rains_in_exteriors(set_name: SetName) -> None:
    line = slug_line(set_name, "day")
    assert line.startswith("INT." if set_name in INDOORS else "EXT.")


def test_a_choice_is_repeatable() -> None:
    said = instructions.light_instruction
    first = [said("night", random.Random(seed)) for seed in range(30)]
    assert first == [said("night", random.Random(seed)) for seed in range(30)]
    assert len(set(first)) > 15
