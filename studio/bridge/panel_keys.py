"""Keys that mean something of their own while a panel has the focus.

Commands have their keys in the action registry, wherever the focus is. What stands here is heard by
one panel alone: it asks `deed_of` what a key means to it, and the key sheet lists the same table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from studio.wording import term

PanelName = Literal[
    "cut",
    "compare",
    "region",
    "shots",
    "takes",
    "board",
    "bins",
    "cards",
    "queue",
    "table",
    "prompt",
    "script",
    "recent",
]


@dataclass(frozen=True)
class WidgetKey:
    """What some keys do in a panel.

    Attributes:
        deed: how the panel knows it.
        keys: in Qt's portable spelling, parted by spaces.
    """

    deed: str
    text: str
    keys: str


@dataclass(frozen=True)
class PanelKeys:
    """The keys of one panel, under its name on the key sheet."""

    title: str
    keys: tuple[WidgetKey, ...]


PANELS: Mapping[PanelName, PanelKeys] = {
    "cut": PanelKeys(
        term("The cut and the viewer"),
        (WidgetKey("type", "Type a time, or frames to move by", "0 1 2 3 4 5 6 7 8 9 +"),),
    ),
    "compare": PanelKeys(
        term("Comparing takes"),
        (
            WidgetKey("close", "Back to the viewer", "Esc"),
            WidgetKey("play", "Play or pause", "Space"),
            WidgetKey("back", "One frame back", "Left"),
            WidgetKey("on", "One frame on", "Right"),
            WidgetKey("wipe_left", "Wipe further left", "Shift+Left"),
            WidgetKey("wipe_right", "Wipe further right", "Shift+Right"),
            WidgetKey("hear_a", "Hear A", "A"),
            WidgetKey("hear_b", "Hear B", "B"),
            WidgetKey("wipe", "Wipe", "W"),
            WidgetKey("side", "Side by side", "S"),
            WidgetKey("difference", "Difference", "D"),
        ),
    ),
    "region": PanelKeys(
        term("Painting a region"),
        (
            WidgetKey("done", "The region is painted", "Return Enter Esc"),
            WidgetKey("smaller", "Smaller brush", "["),
            WidgetKey("larger", "Larger brush", "]"),
            WidgetKey("clear", "Paint it anew", "Del Backspace"),
        ),
    ),
    "shots": PanelKeys(
        term("Shot list"),
        (
            WidgetKey("cell_back", "Length, size, move, seed: back", "Left"),
            WidgetKey("cell_on", "Length, size, move, seed: on", "Right"),
            WidgetKey("write", "Write there, or the prompt", "F2"),
            WidgetKey("remove", "Delete the picked shots", "Del"),
        ),
    ),
    "takes": PanelKeys(
        term("Takes"),
        (WidgetKey("reject", "Reject the take", "Del"),),
    ),
    "board": PanelKeys(
        term("Storyboard and seeds"),
        (
            WidgetKey("yes", "Approve the still, or keep the seed", "Return Enter"),
            WidgetKey("no", "Refuse the still, or reject the seed", "Del Backspace"),
        ),
    ),
    "bins": PanelKeys(
        term("Bins"),
        (
            WidgetKey("name", "Name it for prompts; in the tabs, rename the bin", "F2"),
            WidgetKey("remove", "Take it out", "Del Backspace"),
        ),
    ),
    "cards": PanelKeys(
        term("Cards"),
        (WidgetKey("remove", "Remove the card", "Del Backspace"),),
    ),
    "queue": PanelKeys(
        term("Queue"),
        (WidgetKey("drop", "Cancel the render, or take it off the list", "Del"),),
    ),
    "table": PanelKeys(
        term("The cut as a table"),
        (
            WidgetKey("go", "Playhead to the clip", "Return Enter"),
            WidgetKey("lift", "Lift, or delete", "Del"),
            WidgetKey("close_up", "Ripple delete", "Shift+Del"),
        ),
    ),
    "prompt": PanelKeys(
        term("Prompts"),
        (
            WidgetKey(
                "commit", "Done: preview what is written, make the change", "Ctrl+Return Ctrl+Enter"
            ),
            WidgetKey("offer", "Words that the weights know", "Ctrl+Space"),
        ),
    ),
    "script": PanelKeys(
        term("Script"),
        (WidgetKey("add", "Add the shots", "Ctrl+Return Ctrl+Enter"),),
    ),
    "recent": PanelKeys(
        term("Films of late"),
        (
            WidgetKey("open", "Open the film", "Return Enter"),
            WidgetKey("forget", "Take it off the list", "Del"),
        ),
    ),
}


def _table(panel: PanelKeys) -> dict[str, str]:
    return {
        QKeySequence(key).toString(): entry.deed
        for entry in panel.keys
        for key in entry.keys.split()
    }


_DEEDS = {name: _table(panel) for name, panel in PANELS.items()}


def deed_of(panel: PanelName, event: QKeyEvent) -> str:
    """What a key means to a panel; empty where it means nothing there."""
    plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    pressed = QKeySequence(QKeyCombination(plain, Qt.Key(event.key())))
    return _DEEDS[panel].get(pressed.toString(), "")
