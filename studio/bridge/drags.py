"""Drags: what is carried between the panels and to the timeline, as kind and ids."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from PySide6.QtCore import QMimeData

MIME_TYPE = "application/x-dailies"
DragKind = Literal["shot", "take", "media", "card", "file"]


@dataclass(frozen=True)
class Cargo:
    """What a drag carries.

    Attributes:
        ids: of what lies in the film; of files from another program, their paths.
    """

    kind: DragKind
    ids: tuple[str, ...]


def packed(kind: DragKind, ids: Iterable[str]) -> QMimeData:
    """The data of a drag that carries ``ids``."""
    data = QMimeData()
    text = json.dumps({"kind": kind, "ids": list(ids)})
    data.setData(MIME_TYPE, text.encode())
    return data


def unpacked(data: QMimeData) -> Cargo | None:
    """What a drag carries, or ``None`` where it is not ours."""
    if not data.hasFormat(MIME_TYPE):
        return None
    try:
        value: Any = json.loads(bytes(data.data(MIME_TYPE).data()))
        kind, ids = value["kind"], value["ids"]
    except (ValueError, KeyError, TypeError):
        return None
    if kind not in get_args(DragKind) or not isinstance(ids, list) or not ids:
        return None
    return Cargo(kind, tuple(str(one) for one in ids))


def carried(data: QMimeData, kind: DragKind) -> tuple[str, ...]:
    """The ids of ``kind`` that a drag carries; empty where it carries something else."""
    cargo = unpacked(data)
    return cargo.ids if cargo is not None and cargo.kind == kind else ()


def local_files(data: QMimeData) -> tuple[Path, ...]:
    """The files of this machine that a drag from another program carries."""
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
