import numpy as np
from PySide6.QtGui import QImage

from tests.scenes.director import save_picture
from tests.scenes.walkthrough import MARKS, write_guide


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
