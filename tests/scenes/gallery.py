"""Pictures of every panel and of a busy film, in either look and at any scale.

Run it as ``python -m tests.scenes.gallery FILM --out DIR`` on a film that the walk through the
whole job left (``python -m tests.scenes.walkthrough``). ``--look`` and ``--scale`` say how it is
drawn; ``--small`` writes pictures shrunk for comparison. It draws off the screen.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SIZE_PX = (1440, 900)
SMALL_PX = (240, 150)
PICTURE_BYTES = 1_200_000
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class View:
    """One picture: its name, what is brought to the front, and what is done before it is taken.

    Attributes:
        part: of the window that is taken where it is not the panel: ``window`` is all of it.
    """

    name: str
    panel: str = ""
    prepare: str = ""
    part: str = ""


VIEWS = (
    View("busy-film", prepare="busy", part="window"),
    View("shot", "shot"),
    View("takes", "takes"),
    View("edit", "edit", prepare="region"),
    View("clip", "clip", prepare="clip"),
    View("mix", "mix"),
    View("export", "export", prepare="export"),
    View("queue", "queue"),
    View("bins", "bins"),
    View("cards", "cards"),
    View("shots", "shots"),
    View("timeline", "timeline", prepare="clip"),
    View("table", "timeline", prepare="table"),
    View("storyboard", "storyboard", prepare="stills"),
    View("compare", prepare="compare", part="compare"),
    View("film", prepare="film", part="film"),
    View("settings", prepare="settings", part="settings"),
    View("keys", prepare="keys", part="keys"),
    View("palette", prepare="palette", part="palette"),
)


def draw(film: Path, out: Path, backend: str, *, small: bool, only: str = "") -> list[Path]:
    """Open a copy of ``film`` and take every picture of ``VIEWS``, or one only, into ``out``."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage

    from tests.scenes.director import Director, save_picture
    from tests.scenes.gallery_views import PREPARE, settle, taken
    from tests.scenes.walkthrough import SOON_S, open_window

    random.seed(7)  # the seeds of stills
    scratch = Path(tempfile.mkdtemp(prefix="dailies-gallery-"))
    copy = scratch / film.name
    shutil.copytree(film, copy)
    window = open_window(scratch, backend, SOON_S)
    window.resize(*SIZE_PX)
    director = Director(window, out)
    out.mkdir(parents=True, exist_ok=True)
    assert window.open_film(copy)
    desk = window.workspace
    assert desk is not None
    director.wait(lambda: desk.room.capabilities is not None, "the engine answers")
    settle(director)
    written: list[Path] = []
    for view in [one for one in VIEWS if only in ("", one.name)]:
        put_away: Callable[[], object] | None = None
        for panel in (view.panel,) if view.panel else ("bins", "shot", "takes", "timeline"):
            desk.show_panel(panel)
        if view.prepare:
            put_away = PREPARE[view.prepare](director)
        settle(director)
        image = taken(director, view.part or view.panel).toImage()
        path = out / f"{view.name}.png"
        if small:
            image = image.convertToFormat(QImage.Format.Format_RGB888).scaled(
                *SMALL_PX,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        save_picture(image, path, PICTURE_BYTES)
        written.append(path)
        if put_away is not None:
            put_away()
    window.close_film()
    window.close()
    shutil.rmtree(scratch, ignore_errors=True)
    return written


def drawn_apart(
    film: Path, out: Path, *, look: str, scale: int, backend: str, small: bool, only: str = ""
) -> None:
    """``draw`` in a process of its own: look and scale are chosen when the program starts."""
    environment = {
        **os.environ,
        "DAILIES_LOOK": look,
        "QT_SCALE_FACTOR": str(scale),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
    }
    words = [str(film), "--out", str(out), "--backend", backend, "--here", "--only", only]
    command = [sys.executable, "-m", "tests.scenes.gallery", *words]
    subprocess.run([*command, *(["--small"] if small else [])], check=True, env=environment)


def main() -> int:
    """Draw the gallery of a film."""
    parser = argparse.ArgumentParser(prog="python -m tests.scenes.gallery")
    parser.add_argument("film", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--look", choices=("dark", "light"), default="dark")
    parser.add_argument("--scale", type=int, default=1)
    parser.add_argument("--backend", default="scripted")
    parser.add_argument("--small", action="store_true", help="shrunk, to be compared")
    parser.add_argument("--only", default="", help="one picture, by its name")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        draw(
            given.film.resolve(), given.out.resolve(), given.backend, small=given.small,
            only=given.only,
        )  # fmt: skip
    else:
        drawn_apart(
            given.film.resolve(), given.out.resolve(), look=given.look, scale=given.scale,
            backend=given.backend, small=given.small, only=given.only,
        )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
