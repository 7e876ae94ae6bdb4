"""Tiles that are read while the window around them goes."""

from __future__ import annotations

import threading

import numpy as np
import shiboken6
from PySide6.QtCore import QObject

from studio.ui.tile_cache import TileCache


class SlowReader:
    """Reads no picture before it is let."""

    def __init__(self) -> None:
        self.began, self.may_end = threading.Event(), threading.Event()
        self.threads: list[threading.Thread] = []

    def picture(self, key, picture, height_px):
        self.threads.append(threading.current_thread())
        self.began.set()
        assert self.may_end.wait(20)
        return np.zeros((height_px, height_px, 3), np.uint8)

    def sound(self, key):
        return None


def test_a_cache_that_dies_with_its_window_lets_its_thread_end(qtbot):
    reader, window = SlowReader(), QObject()
    cache = TileCache(reader, window)
    assert cache.picture("a", 0) is None
    qtbot.waitUntil(reader.began.is_set)
    shiboken6.delete(window)
    reader.may_end.set()
    (thread,) = reader.threads
    thread.join(20)
    assert not thread.is_alive()
