"""Sheets of sets, plays and cuts to be looked over: many small pictures of the world side by side.

Shape letters: T pictures, H height, W width.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from engine.shapes import ClipShape
from engine.world.clips import make_clips
from engine.world.places import ALWAYS_CLEAR
from engine.world.sampler import sample_scene
from engine.world.scene import LIGHTS, LINKS, SETS, WEATHERS, CameraPath, Scene
from engine.world.troupe import PLANS, play

# (width, height) of one picture, in shares of the height that is asked for.
_WIDE = 16 / 9
_STRIP, _FRAMES = 8, 25
_SEARCH = 4000


def set_sheet(seed: int, height: int) -> np.ndarray:
    """(H, W, 3) uint8: a row for each set, its lights by day's order, then its weathers.

    Somebody is there in each, walking, so that sizes can be judged.
    """
    scenes: list[Scene] = []
    for number, name in enumerate(SETS):
        base = replace(sample_scene(seed + number, 2), set_name=name, weather="clear", music=None)
        shown = play(replace(base, light="day"), "wave", held_out=False)
        shown = replace(shown, camera=CameraPath())
        scenes += [replace(shown, light=light) for light in LIGHTS]
        clear = name in ALWAYS_CLEAR
        scenes += [
            replace(shown, light="overcast", weather="clear" if clear else weather)
            for weather in WEATHERS[1:]
        ]
    return _grid([_pictures(one, height, 1)[0] for one in scenes], len(LIGHTS) + len(WEATHERS) - 1)


def cut_sheet(seed: int, height: int) -> np.ndarray:
    """(H, W, 3) uint8: scenes with a cast as strips of eight pictures, two of each kind of cut."""
    found: dict[str, list[Scene]] = {link: [] for link in LINKS[1:]}
    for number in range(_SEARCH):
        scene = sample_scene(seed + number, 3)
        links = {shot.link for shot in scene.shots[1:]}
        for link, kept in found.items():
            if scene.cast and link in links and len(kept) < 2:
                kept.append(scene)
                break
        if all(len(kept) == 2 for kept in found.values()):
            break
    rows = [one for kept in found.values() for one in kept]
    return _grid([cell for one in rows for cell in _pictures(one, height, _STRIP)], _STRIP)


def plan_sheet(seed: int, height: int) -> np.ndarray:
    """(H, W, 3) uint8: everything that the cast plays, as strips of eight pictures."""
    rows = []
    for number, name in enumerate(PLANS):
        base = replace(sample_scene(seed + number, 2), set_name=SETS[number % len(SETS)])
        base = replace(base, light="day", weather="clear", level=2)
        scene = play(base, name, held_out=False)
        rows.append(replace(scene, camera=CameraPath(zoom_start=1.2, zoom_end=1.2)))
    return _grid([cell for one in rows for cell in _pictures(one, height, _STRIP)], _STRIP)


def _pictures(scene: Scene, height: int, count: int) -> list[np.ndarray]:
    """So many pictures of a clip, evenly over its time; one is of its middle."""
    width = 2 * round(height * _WIDE / 2)
    shape = ClipShape(width=width, height=height, frames=_FRAMES)
    video = make_clips([scene], shape).video[0].numpy()
    times = (np.arange(count) + 0.5) * len(video) / count
    return [video[int(time)] for time in times]


def _grid(cells: Sequence[np.ndarray], columns: int) -> np.ndarray:
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    return np.concatenate([np.concatenate(row, axis=1) for row in rows])


SHEETS: dict[str, Callable[[int, int], np.ndarray]] = {
    "sets": set_sheet,
    "plays": plan_sheet,
    "cuts": cut_sheet,
}
