"""Drags: what is carried between the panels and the timeline, as kind and ids."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Literal

from PySide6.QtCore import QMimeData

# The timeline reads the same format (studio.ui.timeline_placing).
MIME_TYPE = "application/x-dailies"
DragKind = Literal["shot", "take", "media", "card"]


def packed(kind: DragKind, ids: Iterable[str]) -> QMimeData:
    """The data of a drag that carries ``ids``."""
    data = QMimeData()
    text = json.dumps({"kind": kind, "ids": list(ids)})
    data.setData(MIME_TYPE, text.encode())
    return data


def carried(data: QMimeData, kind: DragKind) -> tuple[str, ...]:
    """The ids of ``kind`` that a drag carries; empty where it carries something else."""
    if not data.hasFormat(MIME_TYPE):
        return ()
    try:
        value: Any = json.loads(bytes(data.data(MIME_TYPE).data()))
        if value["kind"] != kind:
            return ()
        return tuple(str(one) for one in value["ids"])
    except (ValueError, KeyError, TypeError):
        return ()
