"""Pictures of puppets alone: on plain ground for a reference, and in rows to be looked over.

Shape letters: T pictures, H height, W width.
"""

from __future__ import annotations

import numpy as np
import torch

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
from engine.world.actions_pose import perform
from engine.world.cast import SPECIES, Identity, Puppet
from engine.world.cast_render import lay_puppet, lay_shadow
from engine.world.casting import draw_identity
from engine.world.light import LIGHT_TABLE
from engine.world.scene import Body

GROUND_TOP = (0.88, 0.89, 0.90)
GROUND_FOOT = (0.74, 0.75, 0.76)
SHOWN_ACTS = (
    *("stand", "talk", "wave", "walk", "run", "jump"),
    *("slide", "fall", "dance", "drum", "throw", "catch"),
)
_STRIP_S, _STRIP = 2.0, 8


def puppet_picture(identity: Identity, width: int, height: int, seed: int) -> np.ndarray:
    """A puppet alone on plain ground, in a pose of its own.

    Args:
        identity: who.
        width: of the picture in pixels.
        height: the same.
        seed: draws the pose, the way it looks, its size and place.

    Returns:
        (H, W, 3) uint8.
    """
    random = np.random.default_rng((seed, 3))
    acts: tuple[tuple[Act, ...], ...] = (
        (),
        (Wave(start_s=0.0, end_s=2.0, hand=int(random.integers(2))),),
        (Talk(start_s=0.3, words="Look over here!", seed=seed),),
        (Travel(start_s=-0.4, end_s=2.5, to_x_m=float(random.choice([-1.5, 1.5]))),),
        (Dance(start_s=0.0, end_s=2.0, tempo_bpm=110.0, style=int(random.integers(3))),),
    )
    puppet = Puppet(
        identity=identity,
        x_m=0.0,
        facing=float(random.uniform(-0.6, 0.6)),
        acts=acts[int(random.integers(len(acts)))],
        seed=seed,
    )
    time_s = float(random.uniform(0.5, 0.9))
    scale = float(random.uniform(0.88, 1.0)) * height / (1.42 * identity.height_m + 0.1)
    scale = min(scale, width / (1.15 * identity.height_m))
    place = np.array([[0.5 * width + scale * float(random.uniform(-0.06, 0.06)), 0.93 * height]])
    return _alone(puppet, np.array([time_s]), width, height, scale, place)[0]


def _alone(
    puppet: Puppet,
    times_s: np.ndarray,
    width: int,
    height: int,
    scale: float,
    place: np.ndarray,
    bodies: tuple[Body, ...] = (),
) -> np.ndarray:
    share = torch.linspace(0.0, 1.0, height)[:, None, None]
    ground = torch.tensor(GROUND_TOP).lerp(torch.tensor(GROUND_FOOT), share)
    pixels = (ground * 255.0 + 0.5).to(torch.uint8).expand(height, width, 3)
    video = pixels.repeat(len(times_s), 1, 1, 1)
    pose = perform(puppet, times_s, bodies)
    light, scales = LIGHT_TABLE["day"], np.full(len(times_s), scale)
    with torch.inference_mode():
        lay_shadow(video, pose, light, 0.24 * puppet.identity.height_m, place, scales)
        lay_puppet(video, None, 1, puppet.identity, pose, light, place, scales)
    return video.numpy()


def cast_sheet(seed: int, cell: int, columns: int = 6, rows: int = 2) -> np.ndarray:
    """(H, W, 3) uint8: puppets of every species side by side, ``cell`` pixels each."""
    random = np.random.default_rng((seed, 5))
    cells = []
    for index in range(columns * rows):
        species = SPECIES[index % len(SPECIES)]
        identity = draw_identity(random, held_out=False, species=species)
        cells.append(puppet_picture(identity, cell, cell, seed + index))
    grid = [np.concatenate(cells[row * columns :][:columns], axis=1) for row in range(rows)]
    return np.concatenate(grid)


def shown_act(name: str, height_m: float) -> tuple[tuple[Act, ...], tuple[Body, ...], float]:
    """Acts that show one action in two seconds, the props they need and the way to look."""
    prop = Body(
        prop="drum", material="wood", colour="red", radius_m=0.3,
        x_m=0.0, y_m=0.74 * 0.3, vx_m_s=0.0, vy_m_s=0.0,
    )  # fmt: skip
    run = Travel(start_s=-0.8, end_s=0.6, to_x_m=0.9, gait="run")
    table: dict[str, tuple[tuple[Act, ...], float]] = {
        "talk": ((Talk(start_s=0.1, words="Good morning, everybody!"),), 0.3),
        "wave": ((Wave(start_s=0.2, end_s=1.8),), 0.1),
        "walk": ((Travel(start_s=0.0, end_s=2.0, to_x_m=1.1 * height_m),), 0.0),
        "run": ((Travel(start_s=-0.2, end_s=2.1, to_x_m=2.4 * height_m, gait="run"),), 0.0),
        "jump": ((Jump(at_s=0.8, height_m=0.38, to_x_m=0.3),), 0.2),
        "slide": ((run, Slide(start_s=0.6, end_s=1.6, to_x_m=1.7)), 0.0),
        "fall": ((Fall(at_s=0.6, side=-1),), -0.2),
        "dance": ((Dance(start_s=0.0, end_s=2.0, tempo_bpm=120.0),), 0.0),
        "drum": ((Drum(start_s=0.0, end_s=2.0, tempo_bpm=120.0, body=0),), 0.0),
        "throw": ((Throw(at_s=0.9, body=0),), 0.7),
        "catch": ((Catch(at_s=0.9, body=0),), 0.7),
    }
    acts, facing = table.get(name, ((), 0.0))
    return acts, (prop,), facing


def action_sheet(name: str, seed: int, cell: int) -> np.ndarray:
    """(H, W, 3) uint8: one action as a strip of eight pictures for each of three puppets."""
    random = np.random.default_rng((seed, 7))
    times = (np.arange(_STRIP) + 0.5) * _STRIP_S / _STRIP
    strips = []
    for index in range(3):
        identity = draw_identity(random, held_out=False)
        acts, bodies, facing = shown_act(name, identity.height_m)
        puppet = Puppet(identity=identity, x_m=0.0, facing=facing, acts=acts, seed=index)
        scale = cell / 2.1
        place = np.tile(np.array([[0.5 * cell, 0.86 * cell]]), (_STRIP, 1))
        pictures = _alone(puppet, times, cell, cell, scale, place, bodies)
        strips.append(np.concatenate(list(pictures), axis=1))
    return np.concatenate(strips)
