"""Presets of keys: our own, and those that hands from other editing rooms already know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtGui import QKeySequence

from studio.bridge.actions import ACTIONS
from studio.wording import term

Keymap = Mapping[str, tuple[str, ...]]

# What differs from our own keys; everything else stays as it is.
_ROLL_BY_COMMA: Keymap = {
    "cut.roll_back": (",", "Ctrl+Left"),
    "cut.roll_on": (".", "Ctrl+Right"),
    "cut.roll_back_far": ("Shift+,", "Ctrl+Shift+Left"),
    "cut.roll_on_far": ("Shift+.", "Ctrl+Shift+Right"),
}
_PREMIERE: Keymap = {
    "cut.razor": ("C",),
    "shot.compare": ("Alt+C",),
    "cut.ripple": ("B",),
    "cut.split": ("Ctrl+K",),
    "film.export": ("Ctrl+M",),
    "play.clear_in": ("Ctrl+Shift+I",),
    "play.clear_out": ("Ctrl+Shift+O",),
    "cut.ripple_start": ("Shift+Q",),
    "cut.ripple_end": ("Shift+W",),
    "edit.duplicate": ("Ctrl+Shift+/",),
    "cut.link": ("Ctrl+Alt+L",),
}
_RESOLVE: Keymap = {
    "cut.select": ("A",),
    "cut.ripple": ("T",),
    "shot.next_take": ("Ctrl+Shift+T",),
    "cut.split": ("Ctrl+B",),
    "cut.snap": ("N",),
    "cut.linked": ("Ctrl+Shift+L",),
    "cut.swap_before": ("Ctrl+Shift+,",),
    "cut.swap_after": ("Ctrl+Shift+.",),
    "shot.extend_back": ("Ctrl+Alt+Shift+,",),
    "shot.extend": ("Ctrl+Alt+Shift+.",),
    "cut.unlink": ("Ctrl+Alt+Shift+L",),
    "cut.roll": ("Shift+N",),
    "cut.insert": ("F9",),
    "cut.overwrite": ("F10",),
    **_ROLL_BY_COMMA,
    "view.fit": ("Shift+Z",),
}
_AVID: Keymap = {
    "cut.split": ("H",),
    "cut.insert": ("V",),
    "cut.overwrite": ("B",),
    "cut.select": ("Shift+A",),
    "cut.razor": ("Shift+B",),
    "cut.lift": ("Z", "Del"),
    "cut.ripple_delete": ("X", "Shift+Del"),
    "play.go_in": ("Shift+Q",),
    "play.go_out": ("Shift+W",),
    "cut.ripple_start": ("Alt+Q",),
    "cut.ripple_end": ("Alt+W",),
    "cut.mark_clip": ("Shift+X",),
    "edit.select_none": (),
    **_ROLL_BY_COMMA,
}

PRESETS: Mapping[str, tuple[str, Keymap]] = {
    "dailies": ("Dailies", {}),
    "premiere": (term("Like Premiere"), _PREMIERE),
    "resolve": (term("Like Resolve"), _RESOLVE),
    "avid": (term("Like Avid"), _AVID),
}


def keymap(preset: str, own: Mapping[str, Sequence[str]] | None = None) -> dict[str, list[str]]:
    """The keys of every action: ours, then the preset's, then the director's own.

    A key of the director's own is taken from whoever has it in the preset: one that two actions
    claimed would do nothing at all.
    """
    _, changed = PRESETS.get(preset, PRESETS["dailies"])
    keys = {spec.id: list(changed.get(spec.id, spec.keys)) for spec in ACTIONS}
    chosen = {action_id: list(kept) for action_id, kept in (own or {}).items() if action_id in keys}
    taken = {_normal(key) for kept in chosen.values() for key in kept}
    left = {name: [key for key in had if _normal(key) not in taken] for name, had in keys.items()}
    return left | chosen


def _normal(key: str) -> str:
    return QKeySequence(key).toString()
