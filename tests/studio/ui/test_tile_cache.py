"""Tiles that are read while the window around them goes."""

from __future__ import annotations

import threading

import numpy as np
import shiboken6
from PySide6.QtCore import QObject

from engine.errors import RequestError
from studio.ui.tile_cache import TileCache
from tests.patience import PATIENCE_S


class SlowReader:
    """Reads no picture before it is let."""

    def __init__(self) -> None:
        self.began, self.may_end = threading.Event(), threading.Event()
        self.threads: list[threading.Thread] = []

    def picture(self, key, picture, height_px):
        self.threads.append(threading.current_thread())
        self.began.set()
        assert self.may_end.wait(PATIENCE_S)
        return np.zeros((height_px, height_px, 3), np.uint8)

    def sound(self, key):
        return None

    def is_there(self, key):
        return True


def test_a_cache_that_dies_with_its_window_lets_its_thread_end(qtbot):
    reader, window = SlowReader(), QObject()
    cache = TileCache(reader, window)
    assert cache.picture("a", 0) is None
    qtbot.waitUntil(reader.began.is_set)
    shiboken6.delete(window)
    reader.may_end.set()
    (thread,) = reader.threads
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


class Away:
    """Has a file and a picture once it is ``back``."""

    def __init__(self):
        self.back, self.asked = False, 0
        self.threads: set[str] = set()
        self.looked: list[str] = []

    def picture(self, key, picture, height_px):
        self.asked += 1
        if not self.back:
            raise OSError(2, "gone")
        return np.zeros((height_px, height_px, 3), np.uint8)

    def sound(self, key):
        return None

    def is_there(self, key):
        self.threads.add(threading.current_thread().name)
        self.looked.append(key)
        if key == "take:stranger":
            raise RequestError("It leads out of the film.")
        return self.back or key == "take:y"


def test_files_are_looked_for_beside_the_window_and_news_of_them_are_told(qtbot, dressed):
    reader = Away()
    tiles = TileCache(reader)
    wanted = ("take:x", "take:y", "take:stranger")
    try:
        with qtbot.waitSignal(tiles.turned):
            # Nobody waits: until they were looked for, all are there.
            assert [tiles.is_gone(key) for key in wanted] == [False] * 3
        assert [tiles.is_gone(key) for key in wanted] == [True, False, True]
        assert sorted(reader.looked) == sorted(wanted)  # once, whoever asks
        assert reader.threads == {"tiles"}
        reader.back = True
        tiles.look_again()
        with qtbot.waitSignal(tiles.turned):
            assert tiles.is_gone("take:x")
        assert not tiles.is_gone("take:x")
        with qtbot.assertNotEmitted(tiles.turned, wait=100):
            tiles.look_again()
            assert not tiles.is_gone("take:y")
            qtbot.waitUntil(lambda: reader.looked.count("take:y") >= 2)
    finally:
        tiles.close()


def test_what_came_since_it_was_wished_for_is_not_read_again(qtbot, dressed):
    reader = Away()
    reader.back = True
    tiles = TileCache(reader)
    try:
        tiles.picture("take:x", 3)
        (wish,) = tiles._wished
        qtbot.waitUntil(lambda: wish in tiles._pictures)
        tiles._ask(wish)  # as of a paint just before it came
        tiles._hand_over()
        tiles.picture("take:x", 4)
        qtbot.waitUntil(lambda: tiles.picture("take:x", 4) is not None)
        assert reader.asked == 2
    finally:
        tiles.close()


def test_what_could_not_be_read_is_read_once_more_when_it_is_looked_for(qtbot, dressed):
    reader = Away()
    tiles = TileCache(reader)
    try:
        with qtbot.waitSignal(tiles.ready):
            assert tiles.picture("take:x", 3) is None
            qtbot.waitUntil(lambda: reader.asked == 1)
        reader.back = True
        assert tiles.picture("take:x", 3) is None
        with qtbot.waitSignal(tiles.ready):
            tiles.look_again()
        qtbot.waitUntil(lambda: tiles.picture("take:x", 3) is not None)
        assert reader.asked == 2
    finally:
        tiles.close()
