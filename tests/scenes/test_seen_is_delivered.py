"""What is painted on the screen, frame by frame, is what an export with subtitles writes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtGui import QImage

from studio.bridge.burn_in import ready_to_letter
from studio.bridge.export_sources import exporter_of
from studio.document.film import Subtitle
from studio.document.looks import Dissolve, Grade, Pose
from studio.document.project_file import create_project
from studio.document.titles import TitleSource
from studio.export.exporter import ExportFinished
from studio.export.plan import plan_export
from studio.playback.player import Paused
from tests.studio.playback.reels import Reel, noise, numbered

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
FRAMES = 48
ROOT = Path(__file__).parents[2]
SCREEN = {"DISPLAY", "QT_QPA_PLATFORM"}
WHOLE = (960, 620)


def film_of(folder: Path, width: int, height: int) -> Reel:
    """Cuts, a dissolve, a retimed and a graded clip, takes on twos, 23.976 on 25, and subtitles."""
    folder.mkdir()
    reel = Reel(folder, rate=Fraction(25), width=width, height=height)
    on_twos = reel.take(numbered(20), noise(40_000))
    other = reel.clip_file(numbered(40, first=12), rate=Fraction(24_000, 1_001))
    reel.lay("V1", on_twos, 0, 14)
    reel.lay("V1", other, 14, 12, source_in=6, dissolve=Dissolve(frames=6, before=3))
    reel.lay("V1", on_twos, 26, 10, speed=Fraction(3, 2), backwards=True)
    reel.lay("V1", other, 40, 8, grade=Grade(exposure=0.5), pose=Pose(x=0.2, scale=0.7))
    reel.lay("V2", TitleSource(text="Ava"), 4, 8)
    reel.lay("A1", on_twos, 0, 36)
    lines = (
        Subtitle(id="a", start=2, end=9, text="It <i>rains</i>."),
        Subtitle(id="b", start=9, end=20, text="Still."),
        Subtitle(id="c", start=38, end=46, text="Now\nit snows."),
    )
    reel.film = replace(reel.film, timelines=(replace(reel.film.timelines[0], subtitles=lines),))
    project = create_project(reel.folder, reel.film)
    project.store.record(*reel.ledger.takes.values())
    project.close()
    return reel


def delivery_of(reel: Reel) -> list[np.ndarray]:
    """The pictures of the export, (H, W, 3)."""
    ready_to_letter()
    plan = plan_export(reel.film, reel.film.timelines[0], reel.folder / "out.png")
    what = (reel.film, reel.ledger, reel.timeline_id, reel.folder, plan)
    with exporter_of(*what, lambda _event: None, burn_in=True) as exporter:
        assert isinstance(exporter.run(), ExportFinished)
    return [cv2.imread(str(one))[..., ::-1] for one in sorted((reel.folder / "out").iterdir())]


@pytest.fixture
def reel(qapp, tmp_path):
    return film_of(tmp_path / "film", 320, 180)


@pytest.fixture
def delivered(reel):
    return delivery_of(reel)


@pytest.fixture
def opened(window, reel):
    assert window.open_film(reel.folder)
    screen = window.workspace.viewer.picture
    # The picture's own size within the edge around it, so that nothing is scaled.
    edge = screen._edge_px
    screen.setFixedSize(320 + 2 * edge, 180 + 2 * edge)
    return window


def painted(window):
    """What the widget paints of the picture, (H, W, 3)."""
    screen = window.workspace.viewer.picture
    area = screen.picture_area()
    assert (area.width(), area.height()) == (320, 180)
    return pixels(screen.grab(area.toRect()).toImage())


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    held = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return held[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def test_every_frame_that_is_stepped_to(qtbot, opened, delivered):
    player, shown = opened.workspace.screening.player, []
    qtbot.waitUntil(lambda: player.length == len(delivered) == FRAMES)
    player.frame_shown.connect(lambda frame, _: shown.append(frame))
    for frame in (*range(1, FRAMES), *range(FRAMES - 2, -1, -1)):
        player.step(frame - player.frame)
        qtbot.waitUntil(lambda frame=frame: bool(shown) and shown[-1] == frame)
        assert np.array_equal(painted(opened), delivered[frame]), frame


@pytest.mark.parametrize("speed", [1, -1, 8, -8])
def test_every_frame_that_is_played(qtbot, opened, delivered, speed):
    player, wrong, shown = opened.workspace.screening.player, [], []
    qtbot.waitUntil(lambda: player.length == FRAMES)

    def check(frame, _picture):
        shown.append(frame)
        if not np.array_equal(painted(opened), delivered[frame]):
            wrong.append(frame)

    player.seek(0 if speed > 0 else FRAMES - 1)
    # After the viewer has taken it.
    player.frame_shown.connect(check)
    player.play(speed)
    last = FRAMES - 1 if speed > 0 else 0
    qtbot.waitUntil(lambda: player.state == Paused() and last in shown)
    assert wrong == []
    assert shown == sorted(shown, reverse=speed < 0)


@pytest.mark.timeout(300)
def test_what_a_screen_shows_of_every_frame(qapp, tmp_path):
    if not shutil.which("xvfb-run"):
        pytest.skip("there is no virtual screen here (xvfb-run)")
    reel, out = film_of(tmp_path / "film", *WHOLE), tmp_path / "seen"
    out.mkdir()
    delivered = delivery_of(reel)
    kept = {key: value for key, value in os.environ.items() if key not in SCREEN}
    screen = f"-screen 0 {WHOLE[0]}x{WHOLE[1]}x24"
    program = [sys.executable, "-m", "tests.scenes.screened", str(reel.folder), str(out)]
    subprocess.run(
        ["xvfb-run", "-a", "-s", screen, *program],
        check=True,
        cwd=ROOT,
        env={**kept, "PYTHONPATH": str(ROOT)},
    )
    seen = [pixels(QImage(str(path))) for path in sorted(out.glob("*.png"))]
    assert len(seen) == len(delivered) == FRAMES
    off = [k for k in range(FRAMES) if not np.array_equal(seen[k], delivered[k])]
    assert off == []
