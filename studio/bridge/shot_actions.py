"""The commands on shots beyond the first few: scripts, stills, seeds, batches and cards."""

from __future__ import annotations

from studio.bridge.command import Command

LIST_ACTIONS: tuple[Command, ...] = (
    Command("shot.script", "Write a script or premise…", "write", "Ctrl+Alt+N", "list"),
    Command("shot.duplicate", "Duplicate shot", "shot", "Ctrl+Shift+J"),
    Command("shot.earlier", "Shot earlier in the list", "shot", "Ctrl+Alt+Up"),
    Command("shot.later", "Shot later in the list", "shot", "Ctrl+Alt+Down"),
    Command("shot.previous", "Previous shot", "film", "PgUp"),
    Command("shot.next", "Next shot", "film", "PgDown"),
    Command("shot.write", "Write the prompt", "shot", "Ctrl+Alt+W", "edit"),
    Command("shot.use_frame", "Use this frame as a reference", "shot", "Alt+F", "picture"),
    Command("shot.preview_picked", "Preview the picked shots", "shot", "Alt+P", "preview"),
    Command("shot.sequence", "Preview the picked shots as one", "shot", "Ctrl+Alt+Shift+P"),
    Command("shot.preview_drafts", "Preview all drafts", "write", "Ctrl+Alt+P", "preview"),
    Command("shot.render_stale", "Render what has changed", "write", "Ctrl+Alt+R", "render"),
    Command("shot.stop_all", "Stop all previews", "film", "Shift+Esc", "stop"),
    Command("shot.still", "Make a still", "shot", "Alt+S", "picture"),
    Command("shot.stills", "Make all missing stills", "write", "Ctrl+Alt+I", "grid"),
    Command("shot.approve_still", "Approve the still", "shot", "Alt+Return", "keep"),
    Command("shot.withdraw_still", "Take the approved still off", "shot", "Alt+Backspace"),
    Command("shot.seeds", "Contact sheet of four seeds", "shot", "Alt+D", "seed"),
    Command("shot.new_card", "New card", "write", "Ctrl+Alt+C", "character"),
)
PANEL_ACTIONS: tuple[Command, ...] = (
    Command("view.bins", "Bins", "film", "", "bin"),
    Command("view.cards", "Cards", "film", "Alt+A", "character"),
    Command("view.shots", "Shots", "film", "", "list"),
    Command("view.storyboard", "Storyboard", "film", "Alt+B", "grid"),
    Command("view.timeline", "Timeline", "film", "", "film"),
    Command("view.shot", "Shot", "film", "", "edit"),
    Command("view.takes", "Takes", "film", "", "tree"),
    Command("view.edit", "Edit", "film", "", "wand"),
    Command("view.clip", "Clip", "film", "Alt+L", "shape"),
    Command("view.export", "Export", "film", "", "export"),
)
