"""The walk through the whole job by the scripted engine, its guide, and pictures of every panel."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from studio.document.film import ShotSource
from studio.document.project_file import open_project
from studio.document.queries import active_timeline
from studio.document.take_lineage import asked
from tests.scenes.director import save_picture
from tests.scenes.gallery import VIEWS, drawn_apart
from tests.scenes.walkthrough import MARKS, write_guide

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
ROOT = Path(__file__).parents[2]
SCREEN = {"DISPLAY", "QT_QPA_PLATFORM"}
GOLDEN = Path(__file__).parent / "golden"
# Of 255, in a picture shrunk to 240 x 150: on the average of all of it, and of any place in it that
# is as large as a button (13 at most between pictures of both scales).
MOST, MOST_HERE = 3.0, 24.0
PLACE = (10, 24)


def test_a_heavy_picture_gets_a_palette_and_keeps_its_flat_colours(tmp_path):
    noise = np.random.default_rng(1).integers(0, 256, (200, 200, 3), np.uint8)
    noise[:, :100] = (22, 23, 26)
    image = QImage(noise.data, 200, 200, 600, QImage.Format.Format_RGB888)
    path = tmp_path / "heavy.png"
    save_picture(image, path, limit=40_000)
    assert path.stat().st_size < 40_000
    kept = QImage(str(path))
    assert kept.colorCount() <= 256
    colour = kept.pixelColor(50, 100)
    assert max(abs(colour.red() - 22), abs(colour.green() - 23), abs(colour.blue() - 26)) <= 1


def test_the_guide_takes_new_seconds_between_its_marks(tmp_path):
    guide = tmp_path / "GUIDE.md"
    guide.write_text(f"before\n{MARKS[0]}\nold\n{MARKS[1]}\nafter\n", "utf-8")
    write_guide(guide, "scripted", {"A step": 1.234})
    text = guide.read_text("utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "| A step | 1.23 |" in text
    assert "old" not in text


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """The whole job done in the real window by the scripted engine: its pictures and its film."""
    if not shutil.which("xvfb-run"):
        pytest.skip("there is no virtual screen here (xvfb-run)")
    out = tmp_path_factory.mktemp("walk")
    kept = {key: value for key, value in os.environ.items() if key not in SCREEN}
    command = [sys.executable, "-m", "tests.scenes.walkthrough", "--out", str(out), "--soon"]
    subprocess.run(command, check=True, cwd=ROOT, env={**kept, "PYTHONPATH": str(ROOT)})
    return out


@pytest.mark.timeout(600)
def test_a_four_shot_scene_is_directed_by_hand(walked):
    project = open_project(walked / "Films" / "Pumpkin")
    film, ledger = project.store.film, project.store.ledger
    assert len(film.shots) == 4
    assert all(shot.chosen_take_id for shot in film.shots)
    assert len(clips_of(film)) == 4
    assert any(asked(take.recipe).region for take in ledger.takes.values())
    assert (walked / "pumpkin.mp4").stat().st_size > 10_000
    seconds = json.loads((walked / "walkthrough.json").read_text("utf-8"))["seconds"]
    assert len(seconds) > 10
    # A picture of every step, in order.
    numbers = sorted(int(path.name[:2]) for path in walked.glob("*.png"))
    assert numbers == list(range(1, len(numbers) + 1))
    project.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("look", ["dark", "light"])
def test_every_panel_looks_as_it_should(walked, tmp_path, look, scale):
    folder = walked / "Films" / "Pumpkin"
    drawn_apart(folder, tmp_path, look=look, scale=scale, backend="scripted", small=True)
    off = {}
    for view in VIEWS:
        wanted = GOLDEN / look / f"{view.name}.png"
        shown = tmp_path / f"{view.name}.png"
        if os.environ.get("DAILIES_GOLDEN") == "write" and scale == 1:
            wanted.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(shown, wanted)
        apart, here = differences(pixels(shown), pixels(wanted))
        if apart > MOST or here > MOST_HERE:
            off[view.name] = (round(apart, 1), round(here, 1))
    assert not off, "look at them; DAILIES_GOLDEN=write makes the pictures anew"


def differences(shown, wanted):
    """The mean difference of two pictures (H, W * 3), and that of the place that differs most."""
    apart = np.abs(shown - wanted)
    high, wide = PLACE[0], PLACE[1] * 3
    rows, columns = apart.shape[0] // high, apart.shape[1] // wide
    places = apart[: rows * high, : columns * wide].reshape(rows, high, columns, wide)
    return float(apart.mean()), float(places.mean(axis=(1, 3)).max())


def test_a_button_that_is_gone_is_seen_in_a_picture_that_is_alike_on_the_whole():
    wanted = np.full((150, 720), 30, np.float32)
    wanted[40:50, 240:312] = (255, 176, 32) * 24
    shown = wanted.copy()
    shown[40:50, 240:312] = 30
    apart, here = differences(shown, wanted)
    assert apart < MOST
    assert here > MOST_HERE


def clips_of(film):
    timeline = active_timeline(film)
    return [
        clip
        for track in timeline.tracks
        if track.kind == "video"
        for clip in track.clips
        if isinstance(clip.source, ShotSource)
    ]


def pixels(path):
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB888)
    assert not image.isNull(), path
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].astype(np.float32)
