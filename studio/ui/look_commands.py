"""The deeds of the commands on where pictures stand and what colour they have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.ui.workspace import Workspace

LOOK_DEEDS: Mapping[str, Callable[[Workspace], object]] = {
    "cut.key": lambda desk: desk.clip_desk.toggle_keys(),
    "cut.previous_key": lambda desk: desk.clip_desk.step_key(-1),
    "cut.next_key": lambda desk: desk.clip_desk.step_key(1),
    "cut.key_earlier": lambda desk: desk.clip_desk.shift_keys(-1),
    "cut.key_later": lambda desk: desk.clip_desk.shift_keys(1),
    "cut.key_linear": lambda desk: desk.clip_desk.ease("linear"),
    "cut.key_smooth": lambda desk: desk.clip_desk.ease("smooth"),
    "cut.key_hold": lambda desk: desk.clip_desk.ease("hold"),
    "cut.clear_keys": lambda desk: desk.clip_desk.clear_keys(),
    "cut.fit": lambda desk: desk.clip_desk.fit(),
    "cut.fill": lambda desk: desk.clip_desk.fill(),
    "cut.reset_colour": lambda desk: desk.clip_desk.reset_colour(),
    "cut.match_before": lambda desk: desk.clip_desk.match("before"),
    "cut.match_after": lambda desk: desk.clip_desk.match("after"),
    "cut.match_under": lambda desk: desk.clip_desk.match("under"),
}
