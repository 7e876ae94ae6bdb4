"""Notices: sentences for the director, with the technical cause for those who ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["info", "done", "problem"]


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something to tell the director.

    Attributes:
        cause: the technical detail, shown when asked for.
        level: problems stay until they are put away, others go by themselves.
        offers: ids of commands that help, shown as buttons.
    """

    sentence: str
    cause: str = ""
    level: Level = "info"
    offers: tuple[str, ...] = ()
