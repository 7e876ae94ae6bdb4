"""The commands on takes, on the queue and on the film as a whole that stand beside shooting."""

from __future__ import annotations

from dataclasses import dataclass

from studio.bridge.situation import Need


@dataclass(frozen=True)
class TakeAction:
    """One command, as the registry takes it; ``keys`` in Qt's spelling, parted by spaces."""

    id: str
    text: str
    keys: str = ""
    need: Need = "take"
    icon: str = ""


FILM_ACTIONS: tuple[TakeAction, ...] = (
    TakeAction("film.sheet", "Film settings…", "Ctrl+Alt+F", "film", "film"),
    TakeAction("film.save_copy", "Save a copy…", "Ctrl+Shift+S", "film"),
    TakeAction("film.relink", "Find missing media…", "", "write", "search"),
    TakeAction("film.backups", "Backups…", "", "film", "clock"),
    TakeAction("film.verdicts", "Export verdicts…", "", "film"),
    TakeAction("film.settings", "Settings…", "Ctrl+,", "always", "gear"),
)

SHOT_ACTIONS: tuple[TakeAction, ...] = (
    TakeAction("shot.compare", "Compare takes", "C", "film", "compare"),
    TakeAction("shot.judge", "Judge two takes blind", "Shift+C", "write", "eye-off"),
    TakeAction("shot.verdict_a", "A is better", "1", "judging"),
    TakeAction("shot.verdict_b", "B is better", "2", "judging"),
    TakeAction("shot.verdict_tie", "Neither is better", "0", "judging"),
    TakeAction("shot.favourite", "Favourite take", "Shift+F", "take", "star"),
    TakeAction("shot.note", "Note on the take…", "Shift+T", "take"),
    TakeAction("shot.find_take", "Find a take…", "Ctrl+Shift+F", "film", "search"),
    TakeAction("shot.reproduce", "Make the take again and compare", "", "take"),
    TakeAction("shot.full_from_preview", "Full from this preview", "", "take", "render"),
    TakeAction("shot.rerun", "Render again from the new source", "Ctrl+Alt+E", "take", "render"),
    TakeAction("shot.extend", "Go on from the take", "Ctrl+Shift+.", "extend", "chevron-right"),
    TakeAction("shot.extend_back", "Lead up to the take", "Ctrl+Shift+,", "extend", "chevron-left"),
    TakeAction("shot.recall", "Bring back a file's recipe…", "", "write"),
    TakeAction("shot.ladder", "Try three strengths of the edit", "Alt+E", "change"),
    TakeAction("shot.region", "Paint the region of the edit", "", "change"),
)

VIEW_ACTIONS: tuple[TakeAction, ...] = (
    TakeAction("view.mix", "Mix", "Alt+G", "film", "speaker"),
    TakeAction("view.picture", "Picture over the whole screen", "Shift+F11", "film", "full-screen"),
    TakeAction("view.queue", "Pause the queue or let it go on", "Ctrl+Shift+P", "write", "queue"),
)

HELP_ACTIONS: tuple[TakeAction, ...] = (
    TakeAction("help.edit_keys", "Change keys…", "", "always"),
    TakeAction("help.tour", "Show me round", "", "always"),
    TakeAction("help.crash", "The last crash report", "", "always"),
)
