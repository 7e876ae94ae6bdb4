import cv2
import numpy as np
import pytest

from studio.bridge.importing import Imported, Importer, Refused
from studio.bridge.relay import Relay


@pytest.fixture
def importing(qtbot, tmp_path):
    relay, results = Relay(), []
    folder = tmp_path / "film"
    folder.mkdir()
    importer = Importer(folder, relay, finished=results.append, progressed=lambda _p: None)
    yield importer, results, folder
    importer.close()
    relay.close()


def test_a_picture_is_copied_by_content(qtbot, importing, tmp_path):
    importer, results, folder = importing
    source = tmp_path / "a face (1).PNG"
    cv2.imwrite(str(tmp_path / "face.png"), np.zeros((20, 30, 3), np.uint8))
    (tmp_path / "face.png").rename(source)
    importer.add([source])
    qtbot.waitUntil(lambda: bool(results))
    (result,) = results
    assert isinstance(result, Imported)
    media = result.media
    assert (media.kind, media.facts.width, media.facts.height) == ("image", 30, 20)
    assert media.path.startswith("media/a-face-1-")
    assert (folder / media.path).read_bytes() == source.read_bytes()


@pytest.mark.parametrize("content", [b"", b"\x00" * 4096, b"%PDF-1.7 nothing", b"RIFF\xff\xff"])
def test_broken_files_are_refused_by_a_sentence(qtbot, importing, tmp_path, content):
    importer, results, folder = importing
    source = tmp_path / "broken.png"
    source.write_bytes(content)
    importer.add([source, tmp_path / "gone.mov"])
    qtbot.waitUntil(lambda: len(results) == 2)
    assert all(isinstance(result, Refused) for result in results)
    assert all(result.sentence.endswith(".") for result in results)
    assert not (folder / "media").exists() or not list((folder / "media").iterdir())
