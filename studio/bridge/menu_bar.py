"""The menu bar: which command stands where, in groups and menus in menus.

A command that is listed nowhere stands at the end of the menu that its id begins with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from studio.bridge.cut_actions import LABEL_ACTIONS
from studio.wording import term


@dataclass(frozen=True)
class Under:
    """A menu in a menu."""

    title: str
    entries: tuple[str, ...]


Entry = str | Under
"""The id of a command, ``-`` for a line, or a menu in a menu."""

LABELS = Under(term("Colour label"), tuple(action.id for action in LABEL_ACTIONS))

MENU_BAR: Mapping[str, tuple[Entry, ...]] = {
    term("Film"): (
        "film.new", "film.open", "film.demo", "film.close", "-",
        "film.import", "film.import_cut", "film.import_subtitles", "film.relink", "-",
        "film.export", "film.hand_over", "film.save_copy", "film.verdicts", "-",
        "film.sheet", "film.rights", "film.backups", "-",
        "film.settings", "film.quit",
    ),
    term("Edit"): (
        "edit.undo", "edit.redo", "-",
        "edit.cut", "edit.copy", "edit.paste", "edit.paste_insert", "edit.paste_look",
        "edit.duplicate", "-",
        "edit.select_all", "edit.select_onward", "edit.select_none",
    ),
    term("Shot"): (
        "shot.new", "shot.paste", "shot.script", "shot.duplicate", "shot.delete", "-",
        "shot.preview", "shot.render", "shot.seeds", "shot.stop", "-",
        "shot.write", "shot.use_frame", "shot.new_card", "-",
        Under(term("Stills"), (
            "shot.still", "shot.stills", "-", "shot.approve_still", "shot.withdraw_still",
        )),
        Under(term("Several shots"), (
            "shot.preview_picked", "shot.sequence", "-",
            "shot.preview_drafts", "shot.render_stale", "shot.stop_all",
        )), "-",
        "shot.place", "shot.lock", "shot.earlier", "shot.later", "-",
        "shot.previous", "shot.next",
    ),
    term("Take"): (
        "shot.keep", "shot.reject", "shot.next_take", "-",
        "shot.edit", "shot.region", "shot.ladder", "shot.rerun", "-",
        "shot.full_from_preview", "shot.extend", "shot.extend_back", "shot.reproduce", "-",
        "shot.compare",
        Under(term("Judge"), (
            "shot.judge", "-", "shot.verdict_a", "shot.verdict_b", "shot.verdict_tie",
        )), "-",
        "shot.favourite", "shot.note", "shot.find_take", "shot.recall",
    ),
    term("Cut"): (
        Under(term("Tool"), (
            "cut.select", "cut.razor", "cut.ripple", "cut.roll", "cut.slip", "cut.slide",
        )),
        "cut.snap", "cut.linked", "-",
        "cut.insert", "cut.overwrite", "cut.replace", "cut.match", "-",
        "cut.hold", "cut.insert_hold", "cut.run_on", "-",
        "cut.split", "cut.split_all", "-",
        "cut.trim_start", "cut.trim_end", "cut.ripple_start", "cut.ripple_end", "-",
        "cut.lift", "cut.ripple_delete", "cut.lift_range", "cut.extract", "-",
        "cut.close_gap", "cut.fill_gap",
    ),
    term("Clip"): (
        Under(term("Move"), (
            "cut.nudge_back", "cut.nudge", "cut.nudge_back_far", "cut.nudge_far", "-",
            "cut.up", "cut.down", "cut.swap_before", "cut.swap_after", "-", "cut.by_frames",
        )),
        Under(term("Slip, roll and slide"), (
            "cut.slip_back", "cut.slip_on", "-",
            "cut.roll_back", "cut.roll_on", "cut.roll_back_far", "cut.roll_on_far",
            "cut.roll_to_playhead", "-",
            "cut.slide_back", "cut.slide_on", "cut.slide_back_far", "cut.slide_on_far",
        )), "-",
        Under(term("Dissolves and fades"), (
            "cut.dissolve", "cut.dip", "cut.no_dissolve", "-",
            "cut.fade_in", "cut.fade_out", "cut.no_fades", "-",
            "cut.fade_natural", "cut.fade_linear", "cut.fade_smooth", "cut.fade_sharp",
        )),
        Under(term("Gain and pan"), (
            "cut.louder", "cut.softer", "cut.gain_point", "cut.no_gain", "-",
            "cut.pan_left", "cut.pan_right", "cut.no_pan",
        )),
        Under(term("Speed"), (
            "cut.slower", "cut.faster", "cut.normal_speed", "-", "cut.fit_marks", "cut.reverse",
        )),
        Under(term("Place and keys"), (
            "cut.fit", "cut.fill", "-",
            "cut.key", "cut.previous_key", "cut.next_key", "cut.key_earlier", "cut.key_later", "-",
            "cut.key_linear", "cut.key_smooth", "cut.key_hold", "-", "cut.clear_keys",
        )),
        Under(term("Colour"), (
            "cut.match_before", "cut.match_after", "cut.match_under", "-", "cut.reset_colour",
        )),
        LABELS, "-",
        "cut.redo_sound", "cut.redo_picture", "-",
        "cut.link", "cut.unlink", "cut.group", "cut.ungroup", "cut.enable", "cut.clip_marker",
    ),
    term("Timeline"): (
        "cut.mark_clip", "cut.clear_marks", "-",
        "cut.marker", "cut.edit_marker", "cut.delete_marker", "cut.next_marker",
        "cut.previous_marker", "-",
        Under(term("New at playhead"), (
            "cut.new_title", "cut.new_lower_third", "cut.new_credits", "cut.new_subtitle", "-",
            "cut.new_colour", "cut.new_bars",
        )),
        Under(term("Track"), (
            "cut.track_above", "cut.track_below", "-",
            "cut.mute_track", "cut.solo_track", "cut.lock_track", "timeline.rename_track",
            "cut.raise_track", "cut.lower_track", "cut.remove_track",
        )),
        "cut.add_video", "cut.add_audio", "cut.lock_tracks", "cut.taller", "cut.flatter", "-",
        "cut.new_timeline", "cut.duplicate_timeline", "timeline.rename", "cut.remove_timeline",
        "cut.next_timeline", "cut.previous_timeline",
        Under(term("Frame shape"), (
            "cut.shape_film", "cut.shape_wide", "cut.shape_tall", "cut.shape_square",
            "cut.shape_scope",
        )),
    ),
    term("Play"): (
        "play.toggle", "play.in_out", "play.loop", "-",
        "play.back", "play.hold", "play.forward", "-",
        "play.step_back", "play.step", "play.second_back", "play.second", "play.previous_edit",
        "play.next_edit", "play.start", "play.end", "play.go_to", "-",
        "play.mark_in", "play.mark_out", "play.go_in", "play.go_out", "play.clear_in",
        "play.clear_out",
    ),
    term("Queue"): (
        "queue.show", "view.queue", "queue.release", "-",
        "queue.sooner", "queue.later", "queue.change", "-",
        "queue.cancel", "queue.retry", "queue.forget",
    ),
    term("View"): (
        "view.zoom_in", "view.zoom_out", "view.fit", "view.table", "-",
        "view.handles", "view.subtitles", "view.picture", "view.full", "-",
        "view.bins", "view.cards", "view.shots", "view.storyboard", "view.timeline",
        "view.shot", "view.takes", "view.edit", "view.clip", "view.mix", "view.export", "-",
        "view.reset",
    ),
    term("Help"): (
        "help.palette", "help.keys", "help.edit_keys", "-",
        "help.tour", "help.crash", "help.about",
    ),
}  # fmt: skip

MENUS = tuple(MENU_BAR)


def listed(entries: Sequence[Entry]) -> Iterator[str]:
    """The ids of all commands of a menu, those of menus in it among them."""
    for entry in entries:
        if isinstance(entry, Under):
            yield from listed(entry.entries)
        elif entry != "-":
            yield entry


_MENU_OF = {action_id: menu for menu, entries in MENU_BAR.items() for action_id in listed(entries)}


def menu_of(action_id: str) -> str:
    """The menu that a command stands in."""
    return _MENU_OF.get(action_id, action_id.split(".", maxsplit=1)[0].title())
