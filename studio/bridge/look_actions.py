"""The commands on where pictures stand and what colour they have."""

from __future__ import annotations

from studio.bridge.cut_actions import CutAction

LOOK_ACTIONS: tuple[CutAction, ...] = (
    CutAction("cut.key", "Keys at playhead on or off", "Ctrl+Alt+K"),
    CutAction("cut.previous_key", "Previous key", "Ctrl+Alt+,", "selection"),
    CutAction("cut.next_key", "Next key", "Ctrl+Alt+.", "selection"),
    CutAction("cut.key_earlier", "Keys at playhead a frame earlier", "Ctrl+Alt+Shift+Left"),
    CutAction("cut.key_later", "Keys at playhead a frame later", "Ctrl+Alt+Shift+Right"),
    CutAction("cut.key_linear", "Keys at playhead go on evenly"),
    CutAction("cut.key_smooth", "Keys at playhead go on softly"),
    CutAction("cut.key_hold", "Keys at playhead hold"),
    CutAction("cut.clear_keys", "No keys"),
    CutAction("cut.fit", "Fit the picture into the frame"),
    CutAction("cut.fill", "Fill the frame with the picture"),
    CutAction("cut.reset_colour", "Colour as in the source"),
    CutAction("cut.match_before", "Match colour to the clip before"),
    CutAction("cut.match_after", "Match colour to the clip after"),
    CutAction("cut.match_under", "Match colour to the clip under the playhead"),
)
