"""One task of the world as files: what is wanted, and beside it everything that is given.

Shape letters: T pictures, H height, W width, S samples.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from engine.commands.console import say, workspace, write_json
from engine.media import write_film, write_wav
from engine.shapes import SAMPLE_RATE_HZ, ClipShape
from engine.whole_files import write_whole

if TYPE_CHECKING:
    from engine.world.task_clips import Given, TaskClips
    from engine.world.tasks import TaskKind

Pictures = NDArray[np.uint8]
Sound = NDArray[np.float32]
_SHEET = 8


def draw_task(args: argparse.Namespace, shape: ClipShape) -> dict[str, Any]:
    """Draw the task of a seed and write it.

    What is given lies beside the film under names such as ``film.Image1.png``, as ``--image``,
    ``--video`` and ``--audio`` of other commands take it.

    Raises:
        EngineError: if something cannot be written.
    """
    from engine.commands.world import png
    from engine.plain import to_plain
    from engine.world.task_clips import make_task
    from engine.world.tasks import sample_task

    task = sample_task(args.seed, args.level, cast("TaskKind", args.task))
    made = make_task(task, shape)
    with workspace(args.out):  # Says at once where the folder may not be written to.
        files = _given_files(args.out, made, shape)
        _film(args.out, made.video.numpy(), shape, made.audio.numpy())
        if args.truth:
            plain = {"task": to_plain(task), "rate": str(shape.rate)}
            write_json(args.truth, plain | made.truth.to_json())
        if args.sheet:
            write_whole(args.sheet, png(_sheet(made)))
    for words in (task.prompt, *task.shots):
        say(words)
    return {
        "out": str(args.out),
        "task": task.kind,
        "edit": task.edit,
        "prompt": task.prompt,
        "shots": list(task.shots),
        "given": {one.reference.tag: one.reference.role for one in made.given},
        "files": [str(path) for path in files],
    }


def _given_files(out: Path, made: TaskClips, shape: ClipShape) -> list[Path]:
    """Write what is given, and the shots of a sequence; what was written."""
    files = [_reference(out, one, shape) for one in made.given]

    def film(name: str, video: Pictures, sound: Sound | None) -> None:
        files.append(_beside(out, f"{name}.mp4"))
        _film(files[-1], video, shape, sound)

    if made.source_video is not None and made.source_audio is not None:
        film("source", made.source_video.numpy(), made.source_audio.numpy())
    if made.known is not None:
        known = made.known.numpy().nonzero()[0]
        first, last = int(known[0]), int(known[-1]) + 1
        heard = [round(at * SAMPLE_RATE_HZ / shape.rate) for at in (first, last)]
        film("known", made.video[first:last].numpy(), made.audio[:, slice(*heard)].numpy())
    for number, shot in enumerate(made.shots, start=1):
        film(f"shot{number}", shot.video.numpy(), shot.audio.numpy())
    return files


def _reference(out: Path, given: Given, shape: ClipShape) -> Path:
    from engine.commands.world import png

    tag = given.reference.tag
    if given.video is None:
        assert given.audio is not None
        path = _beside(out, f"{tag}.wav")
        write_wav(path, given.audio.numpy(), SAMPLE_RATE_HZ)
    elif len(given.video) == 1:
        path = _beside(out, f"{tag}.png")
        write_whole(path, png(given.video[0].numpy()))
    else:
        path = _beside(out, f"{tag}.mp4")
        _film(path, given.video.numpy(), shape, None)
    return path


def _beside(out: Path, name: str) -> Path:
    return out.with_name(f"{out.stem}.{name}")


def _film(path: Path, video: Pictures, shape: ClipShape, sound: Sound | None) -> None:
    write_film(path, video, shape.rate, sound, sample_rate_hz=SAMPLE_RATE_HZ)


def _sheet(made: TaskClips) -> Pictures:
    """A row for everything that is seen of what is given, and what is wanted as the last one."""
    rows = [one.video.numpy() for one in made.given if one.video is not None]
    if made.source_video is not None:
        rows.append(made.source_video.numpy())
    rows.append(made.video.numpy())
    return np.concatenate([_strip(row) for row in rows])


def _strip(video: Pictures) -> Pictures:
    """(H, 8 W, 3) of (T, H, W, 3): pictures evenly over time, a single one alone on black."""
    if len(video) == 1:
        video = np.concatenate([video, np.zeros_like(video).repeat(_SHEET - 1, axis=0)])
    chosen = np.linspace(0, len(video) - 1, _SHEET).round().astype(int)
    return np.concatenate(list(video[chosen]), axis=1)
