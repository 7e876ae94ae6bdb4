"""A command as the tables name it; the registry gives it its menu and its action."""

from __future__ import annotations

from dataclasses import dataclass

from studio.bridge.situation import Need


@dataclass(frozen=True)
class Command:
    """One command.

    Attributes:
        need: what it is done to.
        keys: parted by spaces, in Qt's portable spelling.
        focused: its keys act only while the cut or the viewer has the focus, because lists and
            fields need the same ones.
    """

    id: str
    text: str
    need: Need
    keys: str = ""
    icon: str = ""
    focused: bool = False
