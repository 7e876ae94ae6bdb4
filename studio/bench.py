"""The bench: the window's budgets, each measured and printed as a ratio to what it may cost."""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from studio.backends import BACKENDS
from studio.bench_film import crowd, with_reel
from studio.document.project_file import create_project, open_project
from studio.document.store import Store
from studio.document.timeline_changes import move_clips, ripple_delete
from studio.document.trim_changes import trim_clip

SIZES = (1_000, 10_000)
VIEW_PX = (1600, 900)

PAINT_MS = 16.0
HIT_MS = 1.0
EDIT_MS = 16.0
OPEN_MS = 2_000.0
SAVED_MS = 100.0
START_MS = 2_000.0
STALL_MS = 50.0
LATE_MS = 20.0
SEEK_MS = 250.0
DRAG_MS = 100.0
_STARTS = 3
_EXPORTS = 3
_AS_FAST = 1.1
_NO_FFMPEG = (
    "There is no ffmpeg on this machine to compare the export with (on Debian: apt-get install "
    "ffmpeg); it is compared with the film's own length instead."
)


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One thing that was measured.

    Attributes:
        p50_ms, p99_ms: median, and what one in a hundred exceeds.
        cpu_p99_ms: the same of the time that this thread computed, which a machine that is busy
            with other things does not lengthen; 0 where it was not measured.
        budget_ms: what ``p99_ms`` may be.
    """

    name: str
    runs: int
    p50_ms: float
    p99_ms: float
    budget_ms: float
    cpu_p99_ms: float = 0.0

    @property
    def ratio(self) -> float:
        """How much of the budget it takes; above 1 is too much."""
        return self.p99_ms / self.budget_ms

    def line(self) -> str:
        """The measure as a line of the report."""
        verdict = "" if self.ratio <= 1 else "  over"
        computed = f"{self.cpu_p99_ms:8.2f} ms" if self.cpu_p99_ms else f"{'-':>11}"
        return (
            f"{self.name:<37} p50 {self.p50_ms:8.2f} ms  p99 {self.p99_ms:8.2f} ms  "
            f"of it computing {computed}  budget {self.budget_ms:5.0f} ms  "
            f"ratio {self.ratio:6.3f}{verdict}"
        )


class ExportProbe(Protocol):
    """Exports a film, and lets ``ffmpeg`` do the same."""

    def export_s(self) -> float:
        """Seconds that it takes."""
        ...

    def ffmpeg_s(self) -> float | None:
        """Seconds that ``ffmpeg`` takes; ``None`` where there is none."""
        ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the measures to FILE")
    parser.add_argument(
        "--clips",
        type=_clips,
        nargs="*",
        default=list(SIZES),
        help="how many clips to measure with; none leaves out the cut at rest",
    )
    parser.add_argument("--no-window", action="store_true", help="leave the window out")
    parser.add_argument(
        "--backend",
        choices=list(BACKENDS),
        help="the engine of the window's measures (default: scripted, and backlot where its "
        "weights are)",
    )
    parser.add_argument("--no-playback", action="store_true", help="leave playback out")
    parser.add_argument("--window-child", type=float, help=argparse.SUPPRESS)


def _clips(word: str) -> int:
    """A number of clips that there is something to edit in."""
    if not word.isdecimal() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number of clips of at least one")
    return int(word)


def run(arguments: argparse.Namespace) -> int:
    """Measure, print, and write the file; 0 where every budget is kept."""
    if arguments.window_child is not None:
        clips = max(arguments.clips or SIZES)
        return _window_child(arguments.window_child, arguments.backend or "scripted", clips)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    measures: list[Measure] = []
    for measure in _all_measures(arguments):
        print(measure.line(), flush=True)  # noqa: T201 (a report to a person)
        measures.append(measure)
    if arguments.json is not None:
        rows = [{**vars(measure), "ratio": measure.ratio} for measure in measures]
        arguments.json.write_text(json.dumps({"measures": rows}, indent=1), encoding="utf-8")
    return 0 if all(measure.ratio <= 1 for measure in measures) else 1


def _all_measures(arguments: argparse.Namespace) -> Iterator[Measure]:
    for clips in arguments.clips:
        yield from timeline_measures(clips)
        yield from project_measures(clips)
    if not arguments.no_window:
        for backend in [arguments.backend] if arguments.backend else _engines():
            yield from window_measures(backend, max(arguments.clips or SIZES))
    if not arguments.no_playback:
        yield from playback_measures()


def _engines() -> Iterator[str]:
    """The engines to measure the window with: no model, and ours where its weights are."""
    yield "scripted"
    if (Path(__file__).parents[1] / "assets" / "weights" / "manifest.json").is_file():
        yield "backlot"


def timeline_measures(clips: int) -> Iterator[Measure]:
    """Paint, hit test, edit and undo of a timeline of ``clips`` clips."""
    from studio.ui.timeline_probe import TimelineProbe, lone_view

    store, chance, label = Store(crowd(clips)), random.Random(1), f"{clips:,} clips: "
    with lone_view(store, VIEW_PX) as view:
        probe = TimelineProbe(view, chance)
        yield _measure(label + "paint", probe.paint, 240, PAINT_MS)
        yield _measure(label + "hit test", probe.hit, 2000, HIT_MS)
        yield _measure(label + "edit", _edits(store, chance), 200, EDIT_MS)
        yield _measure(label + "undo", store.undo, 199, EDIT_MS)


def _edits(store: Store, chance: random.Random) -> Callable[[], object]:
    """Moves, trims and ripple deletes of clips anywhere in the film, with all who listen."""

    def edit() -> object:
        tracks = store.film.timelines[0].tracks
        clip = chance.choice(chance.choice(tracks).clips)
        kind = chance.randrange(3)
        if kind == 0:
            by = chance.randint(-200, 200)
            return store.apply(lambda film: move_clips(film, "cut", [clip.id], frames=by), "Move")
        if kind == 1:
            end = clip.end - chance.randint(1, 6)
            return store.apply(lambda film: trim_clip(film, "cut", clip.id, "tail", end), "Trim")
        return store.apply(lambda film: ripple_delete(film, "cut", [clip.id]), "Ripple delete")

    return edit


def project_measures(clips: int) -> Iterator[Measure]:
    """Opening a film of ``clips`` clips, and the time until an edit is safe on disk."""
    label = f"{clips:,} clips: "
    with tempfile.TemporaryDirectory(prefix="dailies-bench-") as temporary:
        folder = Path(temporary) / "film"
        create_project(folder, crowd(clips)).close()
        yield _measure(label + "open", lambda: open_project(folder).close(), 5, OPEN_MS)
        project = open_project(folder)
        chance = random.Random(3)
        edit = _edits(project.store, chance)

        def saved() -> None:
            edit()
            project.store.wait_saved()

        yield _measure(label + "saved after an edit", saved, 60, SAVED_MS)
        project.close()


def window_measures(backend: str, clips: int) -> Iterator[Measure]:
    """The window with a film of ``clips`` clips, in fresh processes.

    Its start, its longest stalls through a render, and the work on the cut while a full one runs.
    """
    words = [sys.executable, "-m", "studio", "bench", "--backend", backend]
    words += ["--clips", str(clips), "--window-child"]
    starts: list[dict[str, list[float]]] = []
    for _ in range(_STARTS):
        done = subprocess.run(  # noqa: S603 (this very program)
            [*words, repr(time.time())], capture_output=True, text=True, timeout=600, check=False
        )
        lines = done.stdout.strip().splitlines()
        if done.returncode or not lines:
            sentence = f"The window could not be measured: {done.stderr.strip()[-400:]}"
            print(sentence, file=sys.stderr)  # noqa: T201 (a report to a person)
            yield _measured(f"window, {backend}: not measured", [], START_MS)
            return
        starts.append(json.loads(lines[-1]))
    for key, name, budget in (
        ("start", "up", START_MS),
        ("open_stall", "stall, opening", STALL_MS),
        ("load_stall", "stall, engine loads", STALL_MS),
        ("preview_stall", "stall, preview", STALL_MS),
        ("full_stall", "stall, full render", STALL_MS),
        ("landing_stall", "stall, take lands", STALL_MS),
        ("paint", "paint, rendering", PAINT_MS),
        ("hit", "hit test, rendering", HIT_MS),
        ("edit", "edit, rendering", EDIT_MS),
        ("undo", "undo, rendering", EDIT_MS),
    ):
        times = [one for start in starts for one in start[key]]
        yield _measured(f"window, {backend}: {name}", times, budget)


def playback_measures() -> Iterator[Measure]:
    """Picture against sound, seeking, and an export against ``ffmpeg``, of a film of 720 lines."""
    from studio import app as composition
    from studio.ui.play_probe import EXPORT_S, RATE, SECONDS, PlayProbe

    composition.application()
    with tempfile.TemporaryDirectory(prefix="dailies-bench-") as temporary:
        probe = PlayProbe(Path(temporary))
        late, dropped = probe.lateness_ms()
        name = f"playback: late, {dropped} of {RATE * SECONDS} dropped"
        yield _measured(name, late, LATE_MS)
        yield _measured("playback: seek to picture", list(probe.seeks(40)), SEEK_MS)
        yield _measured("playback: drag to picture", list(probe.seeks(40, drags=True)), DRAG_MS)
        yield _export_measure(probe, EXPORT_S * 1000)
        probe.close()


def _export_measure(probe: ExportProbe, length_ms: float) -> Measure:
    """Exports in turn with ``ffmpeg`` encoding the same frames, each by its median.

    As fast is within a tenth of its time: it is handed the frames that an export has to make.
    Where there is none, exports are measured against real time.
    """
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(_EXPORTS):
        ours.append(probe.export_s() * 1000)
        taken_s = probe.ffmpeg_s()
        if taken_s is None:
            print(_NO_FFMPEG, file=sys.stderr)  # noqa: T201 (a report to a person)
            return _measured("export: H.264 against real time", ours, length_ms)
        theirs.append(taken_s * 1000)
    middle = [sorted(ours)[_EXPORTS // 2]]
    allowed = _AS_FAST * sorted(theirs)[_EXPORTS // 2]
    return _measured("export: H.264 against ffmpeg", middle, allowed)


def _measured(name: str, times: list[float], budget_ms: float) -> Measure:
    """A measure of times that were taken elsewhere."""
    times = sorted(times) or [float("inf")]
    last = min(len(times) - 1, int(len(times) * 0.99))
    return Measure(
        name=name,
        runs=len(times),
        p50_ms=times[len(times) // 2],
        p99_ms=times[last],
        budget_ms=budget_ms,
    )


def _window_child(began: float, backend: str, clips: int) -> int:
    """Open the window, render a shot, and print what it took."""
    from studio import app as composition
    from studio.settings import SettingsFile
    from studio.ui.probes import open_window, render_in

    with tempfile.TemporaryDirectory(prefix="dailies-bench-") as temporary:
        folder = Path(temporary)
        app = composition.application()
        settings = SettingsFile(folder / "settings.json")
        window = open_window(settings, composition.builder(backend, settings=settings))
        collector = composition.settle(app)
        found = {"start": [(time.time() - began) * 1000]}
        create_project(folder / "film", with_reel(crowd(clips), folder / "film")).close()
        found |= render_in(window, folder / "film", _worked)
        collector.end()
    print(json.dumps(found))  # noqa: T201 (read by the program that started this one)
    return 0


def _worked(store: Store) -> dict[str, Callable[[], object]]:
    """What is done to the cut while a render runs."""
    return {"undo": store.undo, "edit": _edits(store, random.Random(4))}


def _measure(name: str, deed: Callable[[], object], runs: int, budget_ms: float) -> Measure:
    """Time ``runs`` of ``deed``, after a few that warm the caches."""
    for _ in range(min(5, runs // 20)):
        deed()
    times: list[float] = []
    computing: list[float] = []
    gc.collect()
    for _ in range(runs):
        began, began_computing = time.perf_counter(), time.thread_time()
        deed()
        computing.append((time.thread_time() - began_computing) * 1000)
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    computing.sort()
    last = min(runs - 1, int(runs * 0.99))
    return Measure(
        name=name,
        runs=runs,
        p50_ms=times[runs // 2],
        p99_ms=times[last],
        budget_ms=budget_ms,
        cpu_p99_ms=computing[last],
    )
