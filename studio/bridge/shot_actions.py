"""The commands on shots beyond the first few: scripts, stills, seeds, batches and cards."""

from __future__ import annotations

from dataclasses import dataclass

from studio.bridge.situation import Need


@dataclass(frozen=True)
class ShotAction:
    """One command, as the registry takes it; ``keys`` are parted by spaces."""

    id: str
    text: str
    keys: str = ""
    need: Need = "shot"
    icon: str = ""


LIST_ACTIONS: tuple[ShotAction, ...] = (
    ShotAction("shot.script", "Write a script or premise…", "Ctrl+Alt+N", "write", "list"),
    ShotAction("shot.duplicate", "Duplicate shot", "Ctrl+Shift+J"),
    ShotAction("shot.earlier", "Shot earlier in the list", "Ctrl+Alt+Up"),
    ShotAction("shot.later", "Shot later in the list", "Ctrl+Alt+Down"),
    ShotAction("shot.previous", "Previous shot", "PgUp", "film"),
    ShotAction("shot.next", "Next shot", "PgDown", "film"),
    ShotAction("shot.write", "Write the prompt", "Ctrl+Alt+W", "shot", "edit"),
    ShotAction("shot.use_frame", "Use this frame as a reference", "Alt+F", "shot", "picture"),
    ShotAction("shot.preview_picked", "Preview the picked shots", "Alt+P", "shot", "preview"),
    ShotAction("shot.sequence", "Preview the picked shots as one", "Ctrl+Alt+Shift+P"),
    ShotAction("shot.preview_drafts", "Preview all drafts", "Ctrl+Alt+P", "write", "preview"),
    ShotAction("shot.render_stale", "Render what has changed", "Ctrl+Alt+R", "write", "render"),
    ShotAction("shot.stop_all", "Stop all previews", "Shift+Esc", "film", "stop"),
    ShotAction("shot.still", "Make a still", "Alt+S", "shot", "picture"),
    ShotAction("shot.stills", "Make all missing stills", "Ctrl+Alt+I", "write", "grid"),
    ShotAction("shot.approve_still", "Approve the still", "Alt+Return", "shot", "keep"),
    ShotAction("shot.withdraw_still", "Take the approved still off", "Alt+Backspace"),
    ShotAction("shot.seeds", "Contact sheet of four seeds", "Alt+D", "shot", "seed"),
    ShotAction("shot.new_card", "New card", "Ctrl+Alt+C", "write", "character"),
)
PANEL_ACTIONS: tuple[ShotAction, ...] = (
    ShotAction("view.bins", "Bins", "", "film", "bin"),
    ShotAction("view.cards", "Cards", "Alt+A", "film", "character"),
    ShotAction("view.shots", "Shots", "", "film", "list"),
    ShotAction("view.storyboard", "Storyboard", "Alt+B", "film", "grid"),
    ShotAction("view.timeline", "Timeline", "", "film", "film"),
    ShotAction("view.shot", "Shot", "", "film", "edit"),
    ShotAction("view.takes", "Takes", "", "film", "tree"),
    ShotAction("view.edit", "Edit", "", "film", "wand"),
    ShotAction("view.clip", "Clip", "Alt+L", "film", "shape"),
    ShotAction("view.export", "Export", "", "film", "export"),
)
