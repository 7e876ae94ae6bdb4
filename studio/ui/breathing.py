"""Breath between the parts of a long deed, so that the window is never deaf for long."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEventLoop


def breathe() -> None:
    """Let what waits be painted and told; keys and mouse wait until the deed is done."""
    QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
