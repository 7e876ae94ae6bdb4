"""What each command of the cut does: the ids of the registry and the deeds behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from studio.document.film import ColourLabel, FrameShape
from studio.document.looks import FadeShape
from studio.ui.timeline_commands import TimelineCommands

Deed = Callable[[TimelineCommands], object]
FAR = 10


def _label(colour: ColourLabel) -> Deed:
    return lambda cut: cut.clips.label(colour)


def _fade_shape(shape: FadeShape) -> Deed:
    return lambda cut: cut.clips.shape_fades(shape)


def _frame(shape: FrameShape) -> Deed:
    return lambda cut: cut.whole.shape(shape)


_CLIP_DEEDS: Mapping[str, Deed] = {
    "edit.cut": lambda cut: cut.clips.cut(),
    "edit.copy": lambda cut: cut.clips.copy(),
    "edit.paste": lambda cut: cut.clips.paste(),
    "edit.paste_insert": lambda cut: cut.clips.paste_insert(),
    "edit.paste_look": lambda cut: cut.clips.paste_look(),
    "edit.duplicate": lambda cut: cut.clips.duplicate(),
    "edit.select_all": lambda cut: cut.select_all(),
    "edit.select_onward": lambda cut: cut.select_onward(),
    "edit.select_none": lambda cut: cut.select_none(),
    "cut.nudge_back": lambda cut: cut.clips.nudge(-1),
    "cut.nudge": lambda cut: cut.clips.nudge(1),
    "cut.nudge_back_far": lambda cut: cut.clips.nudge(-5),
    "cut.nudge_far": lambda cut: cut.clips.nudge(5),
    "cut.up": lambda cut: cut.clips.climb(1),
    "cut.down": lambda cut: cut.clips.climb(-1),
    "cut.swap_before": lambda cut: cut.clips.swap(-1),
    "cut.swap_after": lambda cut: cut.clips.swap(1),
    "cut.slip_back": lambda cut: cut.trims.slip(-1),
    "cut.slip_on": lambda cut: cut.trims.slip(1),
    "cut.roll_back": lambda cut: cut.trims.roll(-1),
    "cut.roll_on": lambda cut: cut.trims.roll(1),
    "cut.roll_back_far": lambda cut: cut.trims.roll(-FAR),
    "cut.roll_on_far": lambda cut: cut.trims.roll(FAR),
    "cut.roll_to_playhead": lambda cut: cut.trims.roll_to_playhead(),
    "cut.slide_back": lambda cut: cut.trims.slide(-1),
    "cut.slide_on": lambda cut: cut.trims.slide(1),
    "cut.slide_back_far": lambda cut: cut.trims.slide(-FAR),
    "cut.slide_on_far": lambda cut: cut.trims.slide(FAR),
    "cut.dissolve": lambda cut: cut.clips.dissolve("cross"),
    "cut.dip": lambda cut: cut.clips.dissolve("dip"),
    "cut.no_dissolve": lambda cut: cut.clips.hard_cut(),
    "cut.fade_in": lambda cut: cut.clips.fade("in"),
    "cut.fade_out": lambda cut: cut.clips.fade("out"),
    "cut.no_fades": lambda cut: cut.clips.no_fades(),
    "cut.fade_natural": _fade_shape("natural"),
    "cut.fade_linear": _fade_shape("linear"),
    "cut.fade_smooth": _fade_shape("smooth"),
    "cut.fade_sharp": _fade_shape("sharp"),
    "cut.louder": lambda cut: cut.clips.louder(1.0),
    "cut.softer": lambda cut: cut.clips.louder(-1.0),
    "cut.gain_point": lambda cut: cut.clips.gain_point(),
    "cut.no_gain": lambda cut: cut.clips.no_gain(),
    "cut.pan_left": lambda cut: cut.clips.pan(-0.1),
    "cut.pan_right": lambda cut: cut.clips.pan(0.1),
    "cut.no_pan": lambda cut: cut.clips.no_pan(),
    "cut.slower": lambda cut: cut.clips.speed(Fraction(1, 2)),
    "cut.faster": lambda cut: cut.clips.speed(Fraction(2)),
    "cut.normal_speed": lambda cut: cut.clips.speed(None),
    "cut.hold": lambda cut: cut.trims.hold(),
    "cut.insert_hold": lambda cut: cut.trims.insert_hold(),
    "cut.run_on": lambda cut: cut.trims.run_on(),
    "cut.fit_marks": lambda cut: cut.clips.fit_marks(),
    "cut.reverse": lambda cut: cut.clips.reverse(),
    "cut.enable": lambda cut: cut.clips.enable(),
    "cut.link": lambda cut: cut.clips.link(),
    "cut.group": lambda cut: cut.clips.group(),
    "cut.ungroup": lambda cut: cut.clips.ungroup(),
    "cut.clip_marker": lambda cut: cut.clips.add_marker(),
    "cut.label_none": _label("none"),
    "cut.label_red": _label("red"),
    "cut.label_orange": _label("orange"),
    "cut.label_yellow": _label("yellow"),
    "cut.label_green": _label("green"),
    "cut.label_teal": _label("teal"),
    "cut.label_blue": _label("blue"),
    "cut.label_violet": _label("violet"),
    "cut.label_pink": _label("pink"),
}

_TIMELINE_DEEDS: Mapping[str, Deed] = {
    "cut.ripple_start": lambda cut: cut.whole.ripple_to_playhead("head"),
    "cut.ripple_end": lambda cut: cut.whole.ripple_to_playhead("tail"),
    "cut.split_all": lambda cut: cut.whole.split_all(),
    "cut.lift_range": lambda cut: cut.whole.lift_range(),
    "cut.extract": lambda cut: cut.whole.extract(),
    "cut.close_gap": lambda cut: cut.whole.close_gap(),
    "cut.mark_clip": lambda cut: cut.whole.mark_clip(),
    "cut.clear_marks": lambda cut: cut.whole.clear_marks(),
    "cut.next_marker": lambda cut: cut.whole.next_marker(),
    "cut.previous_marker": lambda cut: cut.whole.previous_marker(),
    "cut.delete_marker": lambda cut: cut.whole.delete_marker(),
    "cut.new_title": lambda cut: cut.whole.new_title(),
    "cut.new_lower_third": lambda cut: cut.whole.new_lower_third(),
    "cut.new_credits": lambda cut: cut.whole.new_credits(),
    "cut.new_bars": lambda cut: cut.whole.new_bars(),
    "cut.new_colour": lambda cut: cut.whole.new_colour(),
    "cut.new_subtitle": lambda cut: cut.whole.new_subtitle(),
    "cut.add_video": lambda cut: cut.whole.add_track("video"),
    "cut.add_audio": lambda cut: cut.whole.add_track("audio"),
    "cut.track_above": lambda cut: cut.whole.step_track(1),
    "cut.track_below": lambda cut: cut.whole.step_track(-1),
    "cut.remove_track": lambda cut: cut.whole.remove_track(),
    "cut.raise_track": lambda cut: cut.whole.raise_track(1),
    "cut.lower_track": lambda cut: cut.whole.raise_track(-1),
    "cut.mute_track": lambda cut: cut.whole.mute_track(),
    "cut.solo_track": lambda cut: cut.whole.solo_track(),
    "cut.lock_track": lambda cut: cut.whole.lock_track(),
    "cut.lock_tracks": lambda cut: cut.whole.lock_tracks(),
    "cut.taller": lambda cut: cut.whole.taller(1),
    "cut.flatter": lambda cut: cut.whole.taller(-1),
    "cut.new_timeline": lambda cut: cut.whole.new_timeline(),
    "cut.duplicate_timeline": lambda cut: cut.whole.duplicate_timeline(),
    "cut.remove_timeline": lambda cut: cut.whole.remove_timeline(),
    "cut.next_timeline": lambda cut: cut.whole.step_timeline(1),
    "cut.previous_timeline": lambda cut: cut.whole.step_timeline(-1),
    "cut.shape_film": _frame("film"),
    "cut.shape_wide": _frame("16:9"),
    "cut.shape_tall": _frame("9:16"),
    "cut.shape_square": _frame("1:1"),
    "cut.shape_scope": _frame("2.39"),
}

CUT_DEEDS: Mapping[str, Deed] = {**_CLIP_DEEDS, **_TIMELINE_DEEDS}
