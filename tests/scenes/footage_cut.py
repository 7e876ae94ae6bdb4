"""A cut of files with sound, whose every picture tells by its shade which one it is."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np

from engine.media import write_film
from studio.document.film import Clip, MediaSource
from studio.document.queries import active_timeline
from studio.document.timeline_changes import Placement, overwrite_clips
from studio.ui.main_window import MainWindow

NAMES = ("red", "green", "blue")
FRAMES, USED, FROM = 48, 24, 10
STEP = 5


@functools.cache
def _footage(channel: int) -> bytes:
    """A file in one colour, encoded once in a process."""
    tone = np.sin(np.arange(FRAMES * 1000) / 20).astype(np.float32)
    pictures = np.full((FRAMES, 180, 320, 3), 12, np.uint8)
    pictures[..., channel] = (np.arange(FRAMES) * STEP).astype(np.uint8)[:, None, None]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "footage.mov"
        sound = 0.2 * np.stack([tone, tone])
        write_film(path, list(pictures), Fraction(24), sound, preset="prores")
        return path.read_bytes()


def cut_of_footage(window: MainWindow, folder: Path, wait: Callable[[Callable[[], bool]], object]):
    """Lay 24 frames of red and of green one after the other; blue stays in the bin.

    Picture ``n`` of a file has the shade ``5 n`` in its own colour. Each clip has ten frames
    before what it uses and more behind.

    Returns:
        The ids of the files, by their colours.
    """
    desk = window.workspace
    assert desk is not None
    files = [folder / f"{name}.mov" for name in NAMES]
    for channel, path in enumerate(files):
        path.write_bytes(_footage(channel))
    desk.room.library.import_files(files)
    wait(lambda: len(desk.room.film.media) == len(files))
    media = {Path(one.name).stem: one.id for one in desk.room.film.media}
    timeline = active_timeline(desk.room.film)
    tracks = {track.kind: track.id for track in reversed(timeline.tracks)}
    tracks["audio"] = next(t.id for t in timeline.tracks[::-1] if t.kind == "audio")
    laid = [
        Placement(
            track_id=tracks[kind],
            clip=Clip(
                id=f"{name} {kind}",
                source=MediaSource(media_id=media[name]),
                start=at * USED,
                length=USED,
                source_in=FROM,
                link_id=name,
            ),
        )
        for at, name in enumerate(NAMES[:2])
        for kind in ("video", "audio")
    ]
    assert desk.room.apply(lambda film: overwrite_clips(film, timeline.id, laid), "Lay")
    return media
