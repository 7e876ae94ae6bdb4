"""How many clips of the world all cores together draw a second, by level and size.

Each core draws in a process of its own, as training has its clips drawn; a card draws alone.
"""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

from engine.shapes import ClipShape

if TYPE_CHECKING:
    import torch

# (level, times the size): what is learned from now, and the whole world at the size and at double.
ASKED = ((1, 1), (3, 1), (3, 2))


def draw_rates(shape: ClipShape, device: torch.device, clips: int) -> dict[str, float]:
    """Clips a second, with their sound, by what was drawn.

    Args:
        shape: of a clip.
        device: where to draw.
        clips: how many each process draws of each.
    """
    from engine.devices import cores

    wanted = {
        f"level {level} at {times * shape.width}x{times * shape.height}": (
            level,
            shape.times(times),
        )
        for level, times in ASKED
    }
    if device.type != "cpu":
        return {
            name: _rate(level, size, str(device), 0, clips)
            for name, (level, size) in wanted.items()
        }
    count = cores()
    rates = {}
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context) as pool:
        for name, (level, size) in wanted.items():
            started = [
                pool.submit(_rate, level, size, "cpu", process, clips) for process in range(count)
            ]
            rates[name] = sum(one.result() for one in started)
    return rates


def _rate(level: int, shape: ClipShape, device: str, process: int, clips: int) -> float:
    """Clips a second of one process, once what scenes share is made."""
    import torch

    from engine.world.clips import make_clips
    from engine.world.sampler import sample_scene

    if device == "cpu":
        torch.set_num_threads(1)
    first = 2 * clips * process
    scenes = [sample_scene(first + index, level) for index in range(2 * clips)]
    make_clips(scenes[:clips], shape, device)
    began_s = time.perf_counter()
    make_clips(scenes[clips:], shape, device)
    return clips / (time.perf_counter() - began_s)
