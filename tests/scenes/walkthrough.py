"""A walk through the whole job in the real window, from a dropped picture to an exported film.

Run it as ``python -m tests.scenes.walkthrough --backend scripted --out DIR``: every step leaves a
picture in DIR. Without a screen it starts a virtual one. ``--screenshots`` and ``--guide`` refresh
what the documents show.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from engine.api import Backend
from engine.backends.scripted import ScriptedBackend
from studio import app as composition
from studio.backends import BACKENDS
from studio.document.queries import active_timeline, timeline_end
from studio.settings import SettingsFile
from studio.ui.main_window import MainWindow
from studio.ui.workspace import Workspace
from tests.scenes.director import Director, WalkError
from tests.scenes.steps import desk_of, half_way, leave_field, quiet, room_of, walk

SIZE_PX = (1440, 900)
STEP_S = 0.12  # the scripted engine takes its time, so that a render can be looked at
SOON_S = 0.02  # and this where nobody looks
MARKS = ("<!-- measured -->", "<!-- end of measured -->")


def open_window(folder: Path, backend: str, step_s: float = STEP_S) -> MainWindow:
    """The studio as ``studio.app`` opens it, with settings of its own."""
    composition.application()
    settings = SettingsFile(folder / "settings.json")
    settings.change(toured=True)
    window = MainWindow(settings, _builder(backend, step_s))
    window.resize(*SIZE_PX)
    window.show()
    window.activateWindow()
    return window


def stills(director: Director, folder: Path, target: Path, suffix: str) -> None:
    """The four pictures of the documents: in work, rendering, empty, welcome."""
    window = director.window
    assert window.open_film(folder)
    desk, room = desk_of(director), room_of(director)
    director.wait(lambda: room.capabilities is not None, "the engine answers")
    window.reset_places()
    room.session.set_shot(room.film.shots[0].id)
    room.session.set_take("")
    room.session.set_playhead(timeline_end(active_timeline(room.film)) * 9 // 10)
    director.wait(lambda: bool(desk.shot.request.text.strip()), "the compiled request")
    desk.timeline.setFocus()
    director.press("\\")
    for _ in range(10):  # thumbnails and waveforms are wished for by being painted
        director.pause(250)
        window.grab()
        director.wait(lambda: _has_tiles(desk), "the thumbnails")
    leave_field(director)
    director.read_notices()
    director.picture(target / f"film-in-work{suffix}.png")
    room.session.set_shot(room.film.shots[1].id)
    for _ in range(3):
        leave_field(director)
        director.press("P")
        director.wait(lambda: half_way(desk), "a step picture")
        director.picture(target / f"render-in-progress{suffix}.png")
        if desk.viewer.picture.words:  # else the render ended while the picture was taken
            break
    for job in room.queue.jobs():
        if job.is_open:
            room.queue.cancel(job.id)
    director.wait(lambda: quiet(room), "the render stops")
    empty = folder.parent / "Harbour"
    if empty.exists():
        window.open_film(empty)
    else:
        window.ask_new()
        director.write_over(window.new_form.place, str(empty.parent))
        director.write_over(window.new_form.name, empty.name)
        director.press("Return")
    director.wait(lambda: room_of(director).capabilities is not None, "the engine answers")
    window.reset_places()
    window.notices.hide()
    leave_field(director)
    director.pause(600)
    director.picture(target / f"empty-film{suffix}.png")
    window.close_film()
    window.notices.hide()
    director.picture(target / f"welcome{suffix}.png")


def _has_tiles(desk: Workspace) -> bool:
    tiles = desk.tiles
    return not (tiles._waiting or tiles._arriving or tiles._reading)


def _builder(backend: str, step_s: float) -> Callable[[], Backend]:
    if backend == "scripted":
        return lambda: ScriptedBackend(step_s=step_s)
    return composition.builder(backend)


# --- the command ---


def write_guide(path: Path, backend: str, seconds: dict[str, float]) -> None:
    """Put the measured seconds into the guide, between its marks."""
    rows = "\n".join(f"| {what} | {value:.2f} |" for what, value in seconds.items())
    engine = BACKENDS[backend]
    table = f"With {engine} ({backend}):\n\n| what | seconds |\n| --- | ---: |\n{rows}"
    begin, end = MARKS
    text = path.read_text("utf-8")
    head, _, rest = text.partition(begin)
    tail = rest.partition(end)[2]
    path.write_text(f"{head}{begin}\n\n{table}\n\n{end}{tail}", "utf-8")


def main() -> int:
    """Walk, and refresh what is asked to be."""
    parser = argparse.ArgumentParser(prog="python -m tests.scenes.walkthrough")
    parser.add_argument("--backend", choices=tuple(BACKENDS), default="scripted")
    parser.add_argument("--out", type=Path, help="where pictures of the steps go")
    parser.add_argument("--screenshots", type=Path, help="refresh the documents' pictures here")
    parser.add_argument("--guide", type=Path, help="refresh the seconds in this document")
    parser.add_argument("--soon", action="store_true", help="hurry: nobody looks")
    parser.add_argument("--stills-of", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not os.environ.get("DISPLAY") and "QT_QPA_PLATFORM" not in os.environ:
        return _on_screen(sys.argv[1:], SIZE_PX)
    out = (arguments.out or Path(tempfile.mkdtemp(prefix="dailies-walk-"))).resolve()
    out.mkdir(parents=True, exist_ok=True)
    os.environ["HOME"] = str(out)  # films are shown by their place in it
    if arguments.stills_of is not None:
        window = open_window(out / "at 2x", arguments.backend)
        stills(Director(window, out), arguments.stills_of, arguments.screenshots, "@2x")
        window.close()
        return 0
    _walk_all(arguments, out)
    return 0


def _walk_all(arguments: argparse.Namespace, out: Path) -> None:
    random.seed(7)  # the seeds of takes: two walks make the same film
    films = out / "Films"
    shutil.rmtree(films, ignore_errors=True)
    began_s = time.perf_counter()
    window = open_window(out, arguments.backend, SOON_S if arguments.soon else STEP_S)
    director = Director(window, out)
    director.pause(0)
    director.seconds["The window is up"] = time.perf_counter() - began_s
    folder = walk(director, films)
    director.seconds["All of it, with the pictures"] = time.perf_counter() - began_s
    report = {"backend": arguments.backend, "seconds": director.seconds}
    (out / "walkthrough.json").write_text(json.dumps(report, indent=1), "utf-8")
    if arguments.guide is not None:
        write_guide(arguments.guide, arguments.backend, director.seconds)
    if arguments.screenshots is not None:
        target = arguments.screenshots.resolve()
        stills(director, folder, target, "")
        words = ["--backend", arguments.backend, "--out", str(out)]
        words += ["--screenshots", str(target), "--stills-of", str(folder)]
        os.environ["QT_SCALE_FACTOR"] = "2"
        if _on_screen(words, (SIZE_PX[0] * 2, SIZE_PX[1] * 2)):
            raise WalkError("The pictures at 2x could not be made.")
    window.close()


def _on_screen(words: list[str], size_px: tuple[int, int]) -> int:
    """Run this program with a virtual screen of its own, where one can be had."""
    program = [sys.executable, "-m", "tests.scenes.walkthrough", *words]
    if shutil.which("xvfb-run"):
        screen = f"-screen 0 {size_px[0]}x{size_px[1]}x24"
        program = ["xvfb-run", "-a", "-s", screen, *program]
    else:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    return subprocess.run(program, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
