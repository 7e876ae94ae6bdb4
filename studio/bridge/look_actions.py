"""The commands on where pictures stand and what colour they have."""

from __future__ import annotations

from studio.bridge.command import Command

LOOK_ACTIONS: tuple[Command, ...] = (
    Command("cut.key", "Keys at playhead on or off", "clips", "Ctrl+Alt+K"),
    Command("cut.previous_key", "Previous key", "selection", "Ctrl+Alt+,"),
    Command("cut.next_key", "Next key", "selection", "Ctrl+Alt+."),
    Command("cut.key_earlier", "Keys at playhead a frame earlier", "clips", "Ctrl+Alt+Shift+Left"),
    Command("cut.key_later", "Keys at playhead a frame later", "clips", "Ctrl+Alt+Shift+Right"),
    Command("cut.key_linear", "Keys at playhead go on evenly", "clips"),
    Command("cut.key_smooth", "Keys at playhead go on softly", "clips"),
    Command("cut.key_hold", "Keys at playhead hold", "clips"),
    Command("cut.clear_keys", "No keys", "clips"),
    Command("cut.fit", "Fit the picture into the frame", "clips"),
    Command("cut.fill", "Fill the frame with the picture", "clips"),
    Command("cut.reset_colour", "Colour as in the source", "clips"),
    Command("cut.match_before", "Match colour to the clip before", "clips"),
    Command("cut.match_after", "Match colour to the clip after", "clips"),
    Command("cut.match_under", "Match colour to the clip under the playhead", "clips"),
)
