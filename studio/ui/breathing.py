"""Breath between the parts of a long deed, so that the window is never deaf for long."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Qt, Signal

Made = TypeVar("Made")


def breathe() -> None:
    """Let what waits be painted and told; keys and mouse wait until the deed is done."""
    QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)


class _Deed(QObject):
    ended = Signal()


def beside(deed: Callable[[], Made]) -> Made:
    """What ``deed`` gives, or raises, done on a thread of its own; keys and mouse wait for it."""
    made: list[Made] = []
    failed: list[BaseException] = []
    told, loop = _Deed(), QEventLoop()
    told.ended.connect(loop.quit, Qt.ConnectionType.QueuedConnection)

    def run() -> None:
        try:
            made.append(deed())
        except BaseException as error:
            failed.append(error)
        told.ended.emit()

    thread = threading.Thread(target=run, name="beside the window")
    thread.start()
    loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    thread.join()
    if failed:
        raise failed[0]
    return made[0]
