"""The commands on takes, on the queue and on the film as a whole that stand beside shooting."""

from __future__ import annotations

from studio.bridge.command import Command

FILM_ACTIONS: tuple[Command, ...] = (
    Command("film.sheet", "Film settings…", "film", "Ctrl+Alt+F", "film"),
    Command("film.save_copy", "Save a copy…", "film", "Ctrl+Shift+S"),
    Command("film.relink", "Find missing media…", "write", "", "search"),
    Command("film.backups", "Backups…", "film", "", "clock"),
    Command("film.verdicts", "Export verdicts…", "film"),
    Command("film.settings", "Settings…", "always", "Ctrl+,", "gear"),
)

SHOT_ACTIONS: tuple[Command, ...] = (
    Command("shot.compare", "Compare takes", "film", "C", "compare"),
    Command("shot.judge", "Judge two takes blind", "write", "Shift+C", "eye-off"),
    Command("shot.verdict_a", "A is better", "judging", "1"),
    Command("shot.verdict_b", "B is better", "judging", "2"),
    Command("shot.verdict_tie", "Neither is better", "judging", "0"),
    Command("shot.favourite", "Favourite take", "take", "Shift+F", "star"),
    Command("shot.note", "Note on the take…", "take", "Shift+T"),
    Command("shot.find_take", "Find a take…", "film", "Ctrl+Shift+F", "search"),
    Command("shot.reproduce", "Make the take again and compare", "take"),
    Command("shot.full_from_preview", "Full from this preview", "take", "", "render"),
    Command("shot.rerun", "Render again from the new source", "take", "Ctrl+Alt+E", "render"),
    Command("shot.extend", "Go on from the take", "extend", "Ctrl+Shift+.", "chevron-right"),
    Command("shot.extend_back", "Lead up to the take", "extend", "Ctrl+Shift+,", "chevron-left"),
    Command("shot.recall", "Bring back a file's recipe…", "write"),
    Command("shot.ladder", "Try three strengths of the edit", "change", "Alt+E"),
    Command("shot.region", "Paint the region of the edit", "change"),
)

VIEW_ACTIONS: tuple[Command, ...] = (
    Command("view.mix", "Mix", "film", "Alt+G", "speaker"),
    Command("view.picture", "Picture over the whole screen", "film", "Shift+F11", "full-screen"),
    Command("view.queue", "Pause the queue or let it go on", "write", "Ctrl+Shift+P", "queue"),
)

HELP_ACTIONS: tuple[Command, ...] = (
    Command("help.edit_keys", "Change keys…", "always"),
    Command("help.tour", "Show me round", "always"),
    Command("help.crash", "The last crash report", "always"),
)
