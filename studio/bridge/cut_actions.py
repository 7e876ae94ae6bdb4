"""The commands on the cut beyond its tools: what can be done to clips, tracks and timelines."""

from __future__ import annotations

from dataclasses import dataclass

from studio.bridge.situation import Need
from studio.wording import term


@dataclass(frozen=True)
class CutAction:
    """One command, as the registry takes it.

    Attributes:
        keys: parted by spaces, in Qt's portable spelling.
        focused: its keys act only while the cut or the viewer has the focus, because lists and
            fields need the same ones.
    """

    id: str
    text: str
    keys: str = ""
    need: Need = "clips"
    focused: bool = False


CLIP_ACTIONS: tuple[CutAction, ...] = (
    CutAction("edit.cut", "Cut", "Ctrl+X", focused=True),
    CutAction("edit.copy", "Copy", "Ctrl+C", "selection", focused=True),
    CutAction("edit.paste", "Paste", "Ctrl+V", "write", focused=True),
    CutAction("edit.paste_insert", "Paste and make room", "Ctrl+Alt+V", "write", focused=True),
    CutAction("edit.paste_look", "Paste gain, pan, fades, place and colour", "Alt+Shift+V"),
    CutAction("edit.duplicate", "Duplicate clips", "Ctrl+Alt+D"),
    CutAction("edit.select_all", "Select all clips", "Ctrl+A", "film", focused=True),
    CutAction("edit.select_onward", "Select all clips from playhead on", "Alt+Shift+A", "film"),
    CutAction("edit.select_none", "Select no clip", "Ctrl+Shift+A", "film", focused=True),
    CutAction("cut.ripple_start", "Ripple start to playhead", "Shift+Q", "write"),
    CutAction("cut.ripple_end", "Ripple end to playhead", "Shift+W", "write"),
    CutAction("cut.split_all", "Split every track at playhead", "Ctrl+Shift+K", "write"),
    CutAction("cut.lift_range", "Lift marked part", ";", "write"),
    CutAction("cut.extract", "Extract marked part", "'", "write"),
    CutAction("cut.close_gap", "Close gap at playhead", "Alt+Del", "write", focused=True),
    CutAction("cut.fill_gap", "Fill gap with a shot", "Alt+Shift+Del", "write", focused=True),
    CutAction("cut.nudge_back", "One frame earlier", "Alt+Left", focused=True),
    CutAction("cut.nudge", "One frame later", "Alt+Right", focused=True),
    CutAction("cut.nudge_back_far", "Five frames earlier", "Alt+Shift+Left", focused=True),
    CutAction("cut.nudge_far", "Five frames later", "Alt+Shift+Right", focused=True),
    CutAction("cut.up", "Up a track", "Alt+Up", focused=True),
    CutAction("cut.down", "Down a track", "Alt+Down", focused=True),
    CutAction("cut.swap_before", "Swap with the clip before", "Ctrl+Alt+Shift+,"),
    CutAction("cut.swap_after", "Swap with the clip after", "Ctrl+Alt+Shift+."),
    CutAction("cut.slip_back", "Slip one frame back", "Ctrl+Alt+Left", focused=True),
    CutAction("cut.slip_on", "Slip one frame on", "Ctrl+Alt+Right", focused=True),
    CutAction("cut.roll_back", "Roll cut one frame back", "Ctrl+Left", "write", focused=True),
    CutAction("cut.roll_on", "Roll cut one frame on", "Ctrl+Right", "write", focused=True),
    CutAction(
        "cut.roll_back_far", "Roll cut ten frames back", "Ctrl+Shift+Left", "write", focused=True
    ),
    CutAction(
        "cut.roll_on_far", "Roll cut ten frames on", "Ctrl+Shift+Right", "write", focused=True
    ),
    CutAction("cut.roll_to_playhead", "Roll cut to playhead", "Alt+Shift+E", "write"),
    CutAction("cut.slide_back", "Slide one frame back", "Alt+,", focused=True),
    CutAction("cut.slide_on", "Slide one frame on", "Alt+.", focused=True),
    CutAction("cut.slide_back_far", "Slide ten frames back", "Alt+Shift+,", focused=True),
    CutAction("cut.slide_on_far", "Slide ten frames on", "Alt+Shift+.", focused=True),
    CutAction("cut.dissolve", "Cross dissolve", "Ctrl+D", "write"),
    CutAction("cut.dip", "Dip to black", "Ctrl+Shift+D", "write"),
    CutAction("cut.no_dissolve", "Hard cut", "", "write"),
    CutAction("cut.fade_in", "Fade in up to playhead", "Alt+["),
    CutAction("cut.fade_out", "Fade out from playhead", "Alt+]"),
    CutAction("cut.no_fades", "No fades"),
    CutAction("cut.fade_natural", "Natural fades"),
    CutAction("cut.fade_linear", "Linear fades"),
    CutAction("cut.fade_smooth", "Smooth fades"),
    CutAction("cut.fade_sharp", "Sharp fades"),
    CutAction("cut.louder", "Louder by 1 dB", "]"),
    CutAction("cut.softer", "Softer by 1 dB", "["),
    CutAction("cut.gain_point", "Gain point at playhead", "Ctrl+Alt+G"),
    CutAction("cut.no_gain", "Gain as in the source"),
    CutAction("cut.pan_left", "Pan further left", "{"),
    CutAction("cut.pan_right", "Pan further right", "}"),
    CutAction("cut.no_pan", "Pan as in the source"),
    CutAction("cut.redo_sound", "Keep the picture, make the sound again…", "Ctrl+Alt+A"),
    CutAction("cut.redo_picture", "Keep the sound, make the picture again…"),
    CutAction("cut.slower", "Half speed"),
    CutAction("cut.faster", "Double speed"),
    CutAction("cut.normal_speed", "Normal speed"),
    CutAction("cut.hold", "Hold frame from playhead on", "Shift+R", "write"),
    CutAction("cut.insert_hold", "Insert held frame at playhead", "Alt+Shift+H", "write"),
    CutAction("cut.run_on", "Let held frame run on"),
    CutAction("cut.fit_marks", "Fit to marks", "Alt+Shift+X"),
    CutAction("cut.reverse", "Backwards"),
    CutAction("cut.enable", "Clip on or off", "Shift+E"),
    CutAction("cut.link", "Link picture and sound", "Ctrl+Alt+L"),
    CutAction("cut.group", "Group clips", "Ctrl+G"),
    CutAction("cut.ungroup", "Ungroup clips", "Ctrl+Shift+G"),
    CutAction("cut.clip_marker", "Add marker to clip", "Alt+M"),
)

LABELS = {
    "none": term("No colour label"),
    "red": term("Label red"),
    "orange": term("Label orange"),
    "yellow": term("Label yellow"),
    "green": term("Label green"),
    "teal": term("Label teal"),
    "blue": term("Label blue"),
    "violet": term("Label violet"),
    "pink": term("Label pink"),
}
LABEL_ACTIONS: tuple[CutAction, ...] = tuple(
    CutAction(
        f"cut.label_{name}",
        text,
        f"Ctrl+Alt+{number}",
        "labelled",
    )
    for number, (name, text) in enumerate(LABELS.items())
)

TIMELINE_ACTIONS: tuple[CutAction, ...] = (
    CutAction("cut.mark_clip", "Mark clip", "X", "write"),
    CutAction("cut.clear_marks", "Clear in and out", "Alt+X", "write"),
    CutAction("cut.next_marker", "Next marker", "Shift+M", "film"),
    CutAction("cut.previous_marker", "Previous marker", "Ctrl+Shift+M", "film"),
    CutAction("cut.delete_marker", "Delete marker at playhead", "Ctrl+Alt+M", "write"),
    CutAction("cut.new_title", "New title at playhead", "Ctrl+Alt+T", "write"),
    CutAction("cut.new_lower_third", "New lower third at playhead", "", "write"),
    CutAction("cut.new_credits", "New rolling credits at playhead", "", "write"),
    CutAction("cut.new_bars", "New colour bars at playhead", "", "write"),
    CutAction("cut.new_colour", "New colour at playhead", "", "write"),
    CutAction("cut.new_subtitle", "New subtitle at playhead", "Ctrl+Alt+S", "write"),
    CutAction("cut.add_video", "Add video track", "", "write"),
    CutAction("cut.add_audio", "Add audio track", "", "write"),
    CutAction("cut.track_above", "Take the track above in hand", "Alt+PgUp", "film"),
    CutAction("cut.track_below", "Take the track below in hand", "Alt+PgDown", "film"),
    CutAction("cut.remove_track", "Remove track", "", "write"),
    CutAction("cut.raise_track", "Track up", "Alt+Shift+PgUp", "write"),
    CutAction("cut.lower_track", "Track down", "Alt+Shift+PgDown", "write"),
    CutAction("cut.mute_track", "Mute track", "Alt+Shift+M", "write"),
    CutAction("cut.solo_track", "Solo track", "Alt+Shift+S", "write"),
    CutAction("cut.lock_track", "Lock or unlock track", "Alt+Shift+L", "write"),
    CutAction("cut.lock_tracks", "Lock or unlock all tracks", "", "write"),
    CutAction("cut.taller", "Taller tracks", "Ctrl+=", "write"),
    CutAction("cut.flatter", "Flatter tracks", "Ctrl+-", "write"),
    CutAction("cut.new_timeline", "New timeline", "", "write"),
    CutAction("cut.duplicate_timeline", "Duplicate timeline", "", "write"),
    CutAction("cut.remove_timeline", "Remove timeline", "", "write"),
    CutAction("cut.next_timeline", "Next timeline", "Ctrl+PgDown", "film"),
    CutAction("cut.previous_timeline", "Previous timeline", "Ctrl+PgUp", "film"),
    CutAction("cut.shape_film", "Frame as the film's", "", "write"),
    CutAction("cut.shape_wide", "Frame 16:9", "", "write"),
    CutAction("cut.shape_tall", "Frame 9:16", "", "write"),
    CutAction("cut.shape_square", "Frame 1:1", "", "write"),
    CutAction("cut.shape_scope", "Frame 2.39", "", "write"),
)

CUT_ACTIONS: tuple[CutAction, ...] = CLIP_ACTIONS + LABEL_ACTIONS + TIMELINE_ACTIONS
