"""What stands on the screen, frame by frame, is what the export writes."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import pytest

from studio.document.looks import Dissolve, Grade, Pose
from studio.document.project_file import create_project
from studio.document.titles import TitleSource
from studio.export.exporter import Exporter, ExportFinished
from studio.export.plan import plan_export
from studio.playback.frame_source import FrameSource
from studio.playback.mixer import Mixer
from studio.playback.player import Paused
from tests.studio.playback.reels import Reel, noise, numbered

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LONG_MS = 30_000


@pytest.fixture
def reel(tmp_path):
    """Cuts, a dissolve, a retimed and a graded clip, takes on twos and 23.976 on 25."""
    reel = Reel(tmp_path / "film", rate=Fraction(25), width=64, height=48)
    reel.folder.mkdir()
    on_twos = reel.take(numbered(20), noise(40_000))
    other = reel.clip_file(numbered(40, first=12), rate=Fraction(24_000, 1_001))
    reel.lay("V1", on_twos, 0, 14)
    reel.lay("V1", other, 14, 12, source_in=6, dissolve=Dissolve(frames=6, before=3))
    reel.lay("V1", on_twos, 26, 10, speed=Fraction(3, 2), backwards=True)
    reel.lay("V1", other, 40, 8, grade=Grade(exposure=0.5), pose=Pose(x=0.2, scale=0.7))
    reel.lay("V2", TitleSource(text="Ava"), 4, 8)
    reel.lay("A1", on_twos, 0, 36)
    return reel


@pytest.fixture
def delivered(reel):
    """The pictures of the export, (H, W, 3)."""
    path = reel.folder / "out.png"
    plan = plan_export(reel.film, reel.film.timelines[0], path)
    assert isinstance(Exporter(plan, FrameSource(reel.cut), Mixer(reel.cut)).run(), ExportFinished)
    return [cv2.imread(str(one))[..., ::-1] for one in sorted((reel.folder / "out").iterdir())]


@pytest.fixture
def opened(window, reel, qtbot):
    project = create_project(reel.folder, reel.film)
    project.store.record(*reel.ledger.takes.values())
    project.close()
    assert window.open_film(reel.folder)
    return window


def on_screen(window):
    image = window.workspace.viewer.picture.shown
    held = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return held[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def test_every_frame_that_is_stepped_to(qtbot, opened, delivered):
    player, shown = opened.workspace.screening.player, []
    qtbot.waitUntil(lambda: player.length == len(delivered) == 48, timeout=LONG_MS)
    player.frame_shown.connect(lambda frame, _: shown.append(frame))
    for frame in (*range(1, 48), *range(46, -1, -1)):
        player.step(frame - player.frame)
        qtbot.waitUntil(lambda frame=frame: bool(shown) and shown[-1] == frame, timeout=LONG_MS)
        assert np.array_equal(on_screen(opened), delivered[frame]), frame


@pytest.mark.parametrize("speed", [1, -1, 8, -8])
def test_every_frame_that_is_played(qtbot, opened, delivered, speed):
    player, wrong, shown = opened.workspace.screening.player, [], []
    qtbot.waitUntil(lambda: player.length == 48, timeout=LONG_MS)

    def check(frame, _picture):
        shown.append(frame)
        if not np.array_equal(on_screen(opened), delivered[frame]):
            wrong.append(frame)

    player.seek(0 if speed > 0 else 47)
    # After the viewer has taken it.
    player.frame_shown.connect(check)
    player.play(speed)
    last = 47 if speed > 0 else 0
    qtbot.waitUntil(lambda: player.state == Paused() and last in shown, timeout=LONG_MS)
    assert wrong == []
    assert shown == sorted(shown, reverse=speed < 0)
