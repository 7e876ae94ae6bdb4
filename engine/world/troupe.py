"""Scenes with a cast, drawn at random from level 2 on: who plays, what they do and how it is shot.

Acts are planned within two seconds, the length of a clip, and so that all of it stays in view.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from engine.world.actions import (
    Act,
    Catch,
    Dance,
    Drum,
    Fall,
    Jump,
    Slide,
    Talk,
    Throw,
    Travel,
    Wave,
)
from engine.world.cast import Identity, Puppet
from engine.world.cast_frame import frame
from engine.world.casting import draw_identity
from engine.world.matter import gravity_m_s2, ground_of, half_height_m
from engine.world.places import sample_music
from engine.world.scene import (
    COLOURS,
    MATERIALS,
    VIEW_HEIGHT_M,
    Body,
    CameraPath,
    ColourName,
    MaterialName,
    Music,
    PropName,
    Scene,
)
from engine.world.shooting import following, size_of

CAST_SHARE = 0.75
LINES = (
    "Hello there!", "Good morning, everyone!", "Where are you going?", "Look at that!",
    "What a lovely day!", "I can not believe it!", "Come over here!", "This is my best hat.",
    "Are you ready?", "Let us begin.", "Once more from the top!", "Did you hear that?",
    "I have an idea.", "Nobody told me.", "It is only a puppet show.", "Wait for me!",
    "That was wonderful!", "Who left this here?", "My name is Pip.", "Over the hills we go.",
    "No, no, NO!", "Maybe tomorrow.", "I am so hungry.", "Tell me a story.",
    "The show must go on!", "Can you see me?", "Never mind.", "It is snowing again.",
    "Everybody dance!", "Quiet on the set!", "What a remarkable coincidence.",
    "Thank you, thank you.",
)  # fmt: skip
SHORT_LINES = tuple(line for line in LINES if len(line) < 17)


@dataclass(frozen=True, kw_only=True)
class _Play:
    """What a plan draws from."""

    choose: random.Random
    random: np.random.Generator
    held_out: bool
    music: Music | None
    gravity_m_s2: float

    def who(self) -> Identity:
        return draw_identity(self.random, held_out=self.held_out)

    def between(self, low: float, high: float) -> float:
        return round(self.choose.uniform(low, high), 3)

    def side(self) -> int:
        return self.choose.choice((-1, 1))

    def puppet(self, x_m: float, facing: float, *acts: Act) -> Puppet:
        return Puppet(
            identity=self.who(),
            x_m=round(x_m, 3),
            facing=round(facing, 2),
            acts=acts,
            seed=self.choose.getrandbits(30),
        )

    def jump(self, at_s: float, height_m: float, to_x_m: float) -> Jump:
        """A jump that is halfway when one on Earth would be, and so begins earlier elsewhere."""
        earthly = Jump(at_s=at_s, height_m=height_m, to_x_m=round(to_x_m, 3))
        here = replace(earthly, gravity_m_s2=self.gravity_m_s2)
        return replace(here, at_s=round(at_s - 0.5 * (here.flight_s - earthly.flight_s), 3))

    def line(self, start_s: float, lines: tuple[str, ...] = LINES) -> Talk:
        return Talk(
            start_s=start_s, words=self.choose.choice(lines), seed=self.choose.getrandbits(30)
        )

    def prop(self, names: tuple[PropName, ...], radius_m: float, x_m: float) -> Body:
        colour: ColourName = self.choose.choice(COLOURS)  # type: ignore[assignment]
        material: MaterialName = self.choose.choice(MATERIALS)  # type: ignore[assignment]
        body = Body(
            prop=self.choose.choice(names),
            material=material,
            colour=colour,
            radius_m=round(radius_m, 3),
            x_m=x_m,
            y_m=0.0,
            vx_m_s=0.0,
            vy_m_s=0.0,
        )
        return replace(body, y_m=half_height_m(body))


_Plan = tuple[tuple[Puppet, ...], tuple[Body, ...]]


def with_cast(scene: Scene, *, held_out: bool) -> Scene:
    """A scene with puppets in place of its props, or, in some, the scene as it was.

    Args:
        scene: of level 2 or above, with its place.
        held_out: whether its puppets are of those that training never shows.
    """
    choose = random.Random(f"{scene.seed}/cast")
    if choose.random() >= CAST_SHARE:
        return scene
    name = choose.choices(tuple(PLAN_SHARES), tuple(PLAN_SHARES.values()))[0]
    return play(scene, name, held_out=held_out)


def play(scene: Scene, name: str, *, held_out: bool) -> Scene:
    """A scene in which the cast plays one of ``PLAN_SHARES``; equal arguments give equal ones."""
    choose = random.Random(f"{scene.seed}/{name}")
    music = scene.music
    if music is None and name in ("dance", "dance together", "drum"):
        music = sample_music(choose)
    random_ = np.random.Generator(np.random.PCG64((scene.seed, 0xCA57)))
    acting = _Play(
        choose=choose,
        random=random_,
        held_out=held_out,
        music=music,
        gravity_m_s2=gravity_m_s2(ground_of(scene)),
    )
    cast, bodies = PLANS[name](acting)
    played = replace(scene, action="perform", bodies=bodies, cast=cast, music=music)
    return replace(played, camera=_camera(played, choose))


def _talk(play_: _Play) -> _Plan:
    facing = play_.between(-0.6, 0.6)
    return (play_.puppet(play_.between(-0.5, 0.5), facing, play_.line(0.15)),), ()


def _conversation(play_: _Play) -> _Plan:
    first, reply = play_.line(0.1, SHORT_LINES), play_.line(1.15, SHORT_LINES)
    apart = play_.between(0.42, 0.75)
    return (
        play_.puppet(-apart, play_.between(0.4, 0.7), first),
        play_.puppet(apart, -play_.between(0.4, 0.7), reply),
    ), ()


def _walk(play_: _Play) -> _Plan:
    side, way = play_.side(), play_.between(0.9, 1.5)
    start = -side * 0.5 * way + play_.between(-0.25, 0.25)
    end_s = play_.between(1.7, 2.2)
    travel = Travel(
        start_s=play_.between(-0.3, 0.1), end_s=end_s, to_x_m=round(start + side * way, 3)
    )
    talks = (play_.line(0.3, SHORT_LINES),) if play_.choose.random() < 0.25 else ()
    return (play_.puppet(start, 0.3 * side, travel, *talks),), ()


def _run(play_: _Play) -> _Plan:
    side, way = play_.side(), play_.between(2.2, 3.0)
    start = -side * 0.5 * way
    end_s = play_.between(1.6, 2.1)
    travel = Travel(start_s=-0.1, end_s=end_s, to_x_m=round(start + side * way, 3), gait="run")
    return (play_.puppet(start, 0.3 * side, travel),), ()


def _jump(play_: _Play) -> _Plan:
    side, start = play_.side(), play_.between(-0.4, 0.4)
    height, first = play_.between(0.18, 0.42), play_.between(0.4, 0.7)
    way = side * play_.between(0.0, 0.5)
    jump = play_.jump(first, height, start + way)
    return (play_.puppet(start, 0.25 * side, jump),), ()


def _jump_together(play_: _Play) -> _Plan:
    height, first = play_.between(0.18, 0.38), play_.between(0.4, 0.8)
    apart = play_.between(0.45, 0.7)
    return tuple(
        play_.puppet(x, -0.3 * np.sign(x), play_.jump(first, height, x)) for x in (-apart, apart)
    ), ()


def _wave(play_: _Play) -> _Plan:
    wave = Wave(start_s=0.15, end_s=play_.between(1.5, 1.9), hand=play_.choose.choice((0, 1)))
    talks = (play_.line(0.5, SHORT_LINES),) if play_.choose.random() < 0.4 else ()
    return (play_.puppet(play_.between(-0.6, 0.6), play_.between(-0.2, 0.2), wave, *talks),), ()


def _throw(play_: _Play) -> _Plan:
    side, apart = play_.side(), play_.between(0.6, 0.9)
    thrown = play_.between(0.55, 0.75)
    caught = round(thrown + play_.between(0.5, 0.7), 3)
    ball = play_.prop(("ball", "star", "pumpkin", "wheel"), play_.between(0.13, 0.16), 0.0)
    one = play_.puppet(-side * apart, 0.7 * side, Throw(at_s=thrown, body=0))
    two = play_.puppet(side * apart, -0.7 * side, Catch(at_s=caught, body=0))
    return (one, two), (ball,)


def _hand_over(play_: _Play) -> _Plan:
    """From hand to hand: the taker reaches out as the giver does."""
    side, apart = play_.side(), play_.between(0.33, 0.38)
    given = play_.between(0.6, 1.1)
    prop = play_.prop(("ball", "star", "pumpkin", "bell", "bottle"), play_.between(0.12, 0.15), 0.0)
    give = Throw(at_s=given, body=0, handed=True)
    one = play_.puppet(-side * apart, 0.75 * side, give)
    two = play_.puppet(side * apart, -0.75 * side, Catch(at_s=round(given + 0.1, 3), body=0))
    return (one, two), (prop,)


def _toss(play_: _Play) -> _Plan:
    thrown = play_.between(0.5, 0.7)
    caught = round(thrown + play_.between(0.5, 0.64), 3)
    ball = play_.prop(("ball", "star", "pumpkin", "wheel"), play_.between(0.12, 0.15), 0.0)
    one = play_.puppet(
        *(play_.between(-0.5, 0.5), 0.55 * play_.side()),
        *(Throw(at_s=thrown, body=0), Catch(at_s=caught, body=0)),
    )
    return (one,), (ball,)


def _dance(play_: _Play) -> _Plan:
    return (play_.puppet(play_.between(-0.4, 0.4), 0.0, _steps(play_)),), ()


def _dance_together(play_: _Play) -> _Plan:
    apart, steps = play_.between(0.5, 0.75), _steps(play_)
    return tuple(play_.puppet(x, 0.0, steps) for x in (-apart, apart)), ()


def _steps(play_: _Play) -> Dance:
    assert play_.music is not None
    return Dance(
        start_s=-0.5,
        end_s=30.0,
        tempo_bpm=float(play_.music.tempo_bpm),
        first_beat_s=play_.music.first_beat_s,
        style=play_.choose.randrange(6),
    )


def _drum(play_: _Play) -> _Plan:
    assert play_.music is not None
    x_m = play_.between(-0.5, 0.5)
    drum = play_.prop(("drum", "drum", "crate", "pumpkin"), play_.between(0.28, 0.33), x_m)
    act = Drum(
        start_s=-0.5,
        end_s=30.0,
        tempo_bpm=float(play_.music.tempo_bpm),
        body=0,
        first_beat_s=play_.music.first_beat_s,
        strikes_a_beat=1 if play_.music.tempo_bpm > 95 else play_.choose.choice((1, 2)),
    )
    return (play_.puppet(x_m, 0.0, act),), (drum,)


def _fall(play_: _Play) -> _Plan:
    side = play_.side()
    fall = Fall(at_s=play_.between(0.4, 0.9), side=side)
    return (play_.puppet(-side * play_.between(0.2, 0.6), 0.3 * side, fall),), ()


def _slide(play_: _Play) -> _Plan:
    side = play_.side()
    stop, way = play_.between(0.7, 1.0), play_.between(0.5, 0.8)
    middle = -side * play_.between(0.0, 0.3)
    run = Travel(start_s=-0.5, end_s=0.7, to_x_m=middle, gait="run")
    slide = Slide(start_s=0.7, end_s=round(0.7 + stop, 3), to_x_m=round(middle + side * way, 3))
    return (play_.puppet(middle - side * 1.5, 0.3 * side, run, slide),), ()


PLANS: dict[str, Callable[[_Play], _Plan]] = {
    "talk": _talk,
    "conversation": _conversation,
    "walk": _walk,
    "run": _run,
    "jump": _jump,
    "jump together": _jump_together,
    "wave": _wave,
    "throw": _throw,
    "toss": _toss,
    "dance": _dance,
    "dance together": _dance_together,
    "drum": _drum,
    "fall": _fall,
    "slide": _slide,
    "hand over": _hand_over,
}
PLAN_SHARES = dict(zip(PLANS, (15, 12, 12, 8, 6, 5, 6, 6, 4, 6, 5, 6, 3, 4, 3), strict=True))


def _camera(scene: Scene, choose: random.Random) -> CameraPath:
    """A camera that keeps heads, feet and the way in view, or comes close to who speaks."""
    acts = [act for puppet in scene.cast for act in puppet.acts]
    moving = any(isinstance(act, Travel | Slide) for act in acts)
    first = scene.cast[0]
    if moving:
        if choose.random() < 0.35 and any(isinstance(act, Travel) for act in first.acts):
            return following(choose.uniform(1.1, 1.25), len(scene.bodies))
        return CameraPath(size="wide")
    alone = len(scene.cast) == 1
    x_m = round(sum(puppet.x_m for puppet in scene.cast) / len(scene.cast), 3)
    talks = any(isinstance(act, Talk) for act in acts)
    if any(isinstance(act, Fall) for act in acts) or choose.random() < 0.2:
        return CameraPath(size="wide")
    zoom = _full_zoom(scene, jumps=any(isinstance(act, Jump | Throw) for act in acts), alone=alone)
    if talks and alone and choose.random() < 0.5:
        close = round(choose.uniform(1.9, 2.6), 2)
        height = VIEW_HEIGHT_M / close
        lift = round(frame(first.identity).head - 0.44 * height, 3)
        return CameraPath(
            x_start_m=x_m,
            x_end_m=x_m,
            zoom_start=close,
            zoom_end=close,
            lift_start_m=lift,
            lift_end_m=lift,
            size="close-up" if close > 2.2 else "medium",
        )
    if choose.random() < 0.35 and zoom > 1.12:
        return CameraPath(
            move="push in", x_start_m=x_m, x_end_m=x_m, zoom_end=zoom, size=size_of(zoom)
        )
    return CameraPath(
        x_start_m=x_m, x_end_m=x_m, zoom_start=zoom, zoom_end=zoom, size=size_of(zoom)
    )


def _full_zoom(scene: Scene, *, jumps: bool, alone: bool) -> float:
    """The zoom that just holds the tallest puppet with its ears and hat."""
    tall = max(puppet.identity.height_m for puppet in scene.cast) * 1.3 + 0.4 * jumps
    by_height = 0.86 * VIEW_HEIGHT_M / tall
    apart = max(abs(puppet.x_m) for puppet in scene.cast)
    by_width = 1.6 if alone else 1.75 / (apart + 0.55)
    return round(float(np.clip(min(by_height, by_width), 1.0, 1.5)), 3)
