"""Where a scene is cut: the pictures of its shots, and left and right exchanged over the axis.

Shape letters: B clips, T pictures, H height, W width, N bodies, S samples.

A sequence's shots are clips of their own on the lattice, 1 + 4k pictures each. Where a whole scene
is one clip on the lattice, the first shot has 1 + 4k pictures and every later one 4k, so that a cut
never falls within a latent.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from engine.shapes import TIME_STRIDE
from engine.world.scene import CameraPath, Scene, Shot


def shot_lengths(shots: Sequence[Shot], frames: int) -> tuple[int, ...]:
    """Pictures of each of a scene's shots in a clip of ``frames`` pictures.

    They are as the shots fix them, the last one taking what is left, or follow their weights.
    Shots that find no room of ``TIME_STRIDE`` pictures are left out, the last ones first.
    """
    if not shots:
        return (frames,)
    if all(shot.frames for shot in shots):
        fixed = [shot.frames for shot in shots]
        return (*fixed[:-1], frames - sum(fixed[:-1]))
    count = min(len(shots), max(1, (frames - 1) // TIME_STRIDE))
    weights = [shot.weight for shot in shots[:count]]
    room = (frames - 1) // TIME_STRIDE
    ends = [0]
    for number, reached in enumerate(accumulate(weights), start=1):
        latest = room - (count - number)
        ends.append(min(max(round(room * reached / sum(weights)), ends[-1] + 1), latest))
    ends[-1] = room
    lengths = [TIME_STRIDE * (end - start) for start, end in pairwise(ends)]
    lengths[0] += frames - sum(lengths)
    return tuple(lengths)


def sequence_lengths(scene: Scene, frames: int) -> tuple[int, ...]:
    """Pictures of each shot as a clip of its own, 1 + 4k each, of some ``frames`` together."""
    lengths = shot_lengths(scene.shots, frames)
    return (lengths[0] - (lengths[0] - 1) % TIME_STRIDE, *(length + 1 for length in lengths[1:]))


def spans(lengths: tuple[int, ...]) -> list[slice]:
    """The pictures of each shot."""
    ends = [0, *accumulate(lengths)]
    return [slice(start, end) for start, end in pairwise(ends)]


def cut_times_s(lengths: tuple[int, ...], rate: float) -> tuple[float, ...]:
    """When each shot but the first begins."""
    return tuple(end / rate for end in list(accumulate(lengths))[:-1])


def cameras(scene: Scene) -> tuple[CameraPath, ...]:
    """The camera of each shot."""
    return tuple(shot.camera for shot in scene.shots) or (scene.camera,)
