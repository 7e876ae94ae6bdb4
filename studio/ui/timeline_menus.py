"""The menus of the timeline: what can be done where the hand is, from the registry's commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu

from studio.bridge.actions import ActionRegistry
from studio.bridge.menu_bar import LABELS, Entry, Under
from studio.document.film import Clip, ShotSource, Track
from studio.document.key_changes import remove_keys
from studio.document.subtitle_changes import remove_subtitles
from studio.ui.command_menu import fill
from studio.ui.timeline_geometry import (
    ClipHit,
    HeaderHit,
    Hit,
    KeyHold,
    LaneHit,
    MarkerHit,
    NothingHit,
    RulerHit,
    SubtitleHit,
)
from studio.ui.timeline_view import TimelineView
from studio.wording import term, tr

_SHOT: tuple[Entry, ...] = (
    "shot.preview", "shot.render", "shot.edit", "shot.extend", "shot.extend_back", "cut.match", "-",
)  # fmt: skip
CLIP: tuple[Entry, ...] = (
    "edit.cut", "edit.copy", "edit.paste_look", "edit.duplicate", "-",
    "cut.split", "cut.lift", "cut.ripple_delete", "cut.replace", "cut.mark_clip", "-",
    Under(term("Fades"), (
        "cut.fade_in", "cut.fade_out", "cut.no_fades", "-",
        "cut.fade_natural", "cut.fade_linear", "cut.fade_smooth", "cut.fade_sharp",
    )),
    Under(term("Gain"), ("cut.louder", "cut.softer", "cut.gain_point", "cut.no_gain")),
    Under(term("Pan"), ("cut.pan_left", "cut.pan_right", "cut.no_pan")),
    Under(term("Make again"), ("cut.redo_sound", "cut.redo_picture")),
    Under(term("Speed"), (
        "cut.slower", "cut.faster", "cut.normal_speed", "-", "cut.fit_marks", "cut.reverse", "-",
        "cut.hold", "cut.insert_hold", "cut.run_on",
    )),
    Under(term("Place"), (
        "cut.fit", "cut.fill", "view.handles", "-", "cut.key", "cut.clear_keys", "-",
        "cut.key_linear", "cut.key_smooth", "cut.key_hold",
    )),
    Under(term("Colour"), (
        "cut.match_before", "cut.match_after", "cut.match_under", "-", "cut.reset_colour",
    )),
    LABELS, "-",
    "cut.swap_before", "cut.swap_after", "-",
    "cut.enable", "cut.link", "cut.unlink", "cut.group", "cut.ungroup", "cut.clip_marker", "-",
    "view.clip",
)  # fmt: skip
_KEY: tuple[Entry, ...] = (
    "cut.key_linear", "cut.key_smooth", "cut.key_hold", "-",
    "cut.key_earlier", "cut.key_later", "cut.previous_key", "cut.next_key", "-",
    "cut.key", "cut.clear_keys", "view.clip",
)  # fmt: skip
_EDIT_POINT: tuple[Entry, ...] = (
    "cut.dissolve", "cut.dip", "cut.no_dissolve", "-",
    "cut.ripple_start", "cut.ripple_end", "cut.roll_back", "cut.roll_on", "-",
    "cut.ripple", "cut.roll", "-", "cut.marker",
)  # fmt: skip
_LANE: tuple[Entry, ...] = (
    "edit.paste", "edit.paste_insert", "-", "cut.insert", "cut.overwrite", "cut.fill_gap", "-",
    "cut.new_title", "cut.new_lower_third", "cut.new_credits", "cut.new_colour", "cut.new_bars",
    "cut.new_subtitle", "cut.marker", "-",
    "cut.add_video", "cut.add_audio",
)  # fmt: skip
_MARKS: tuple[Entry, ...] = (
    "play.mark_in", "play.mark_out", "cut.clear_marks", "-",
    "cut.lift_range", "cut.extract", "-", "cut.next_marker", "cut.previous_marker", "-",
    "view.zoom_in", "view.zoom_out", "view.fit",
)  # fmt: skip
_RULER: tuple[Entry, ...] = ("cut.marker", "-", *_MARKS)
_MARKER: tuple[Entry, ...] = ("cut.edit_marker", "cut.delete_marker", "-", *_MARKS)
_TRACKS: tuple[Entry, ...] = (
    "cut.add_video", "cut.add_audio", "-", "cut.taller", "cut.flatter", "cut.lock_tracks",
)  # fmt: skip
_NOTHING: tuple[Entry, ...] = ("edit.paste", "edit.select_all", "-", *_TRACKS)


class TimelineMenus(QObject):
    """Opens a menu wherever one is asked for on ``view``.

    The registry's commands act on the playhead and on the selected clips; so the playhead goes to
    the place that was pressed, where that place is a point in time. What is done to one track acts
    on the track under the hand, selected clips or not.
    """

    def __init__(self, view: TimelineView, actions: ActionRegistry) -> None:
        super().__init__(view)
        self._view = view
        self._actions = actions
        view.menu_wanted.connect(self.open)

    def open(self, hit: Hit, at: QPoint) -> None:
        """Show what can be done with what was hit, at a place on the screen."""
        frame = frame_of(hit)
        if frame is not None:
            self._view.session.set_playhead(frame)
        menu = self.menu(hit)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def menu(self, hit: Hit) -> QMenu:
        """What can be done with what was hit."""
        menu, whole = QMenu(self._view), self._view.commands.whole
        match hit:
            case ClipHit(part="head" | "tail" | "dissolve"):
                self._fill(menu, _EDIT_POINT)
            case ClipHit(clip=clip, key=KeyHold() as key):
                self._fill_key(menu, clip, key)
            case ClipHit(clip=clip):
                self._fill(menu, (*(_SHOT if isinstance(clip.source, ShotSource) else ()), *CLIP))
            case LaneHit(lane=lane):
                self._add(menu, tr("Close gap"), partial(whole.close_gap, lane.track_id))
                menu.addSeparator()
                self._fill(menu, _LANE)
            case RulerHit():
                self._fill(menu, _RULER)
            case MarkerHit():
                self._fill(menu, _MARKER)
            case HeaderHit(lane=lane):
                self._fill_track(menu, self._view.timeline.tracks[lane.number])
                self._fill(menu, _TRACKS)
            case SubtitleHit(line=line):
                cut, lines = self._view.timeline.id, (line.id,)
                self._add(
                    menu,
                    tr("Delete subtitle"),
                    lambda: self._view.commands.apply(
                        lambda film: remove_subtitles(film, cut, lines), tr("Delete subtitle")
                    ),
                )
                self._fill(menu, ("cut.new_subtitle",))
            case NothingHit():
                self._fill(menu, _NOTHING)
        return menu

    def _fill(self, menu: QMenu, entries: Sequence[Entry]) -> None:
        fill(menu, entries, self._actions)

    def _fill_key(self, menu: QMenu, clip: Clip, key: KeyHold) -> None:
        """What can be done with a key, under which the playhead is by then."""
        cut, fields = self._view.timeline.id, key.row.fields
        self._add(
            menu,
            tr("Delete key"),
            lambda: self._view.commands.apply(
                lambda film: remove_keys(film, cut, clip.id, key.frame, fields), tr("Delete key")
            ),
        )
        self._fill(menu, _KEY)

    def _fill_track(self, menu: QMenu, track: Track) -> None:
        """The commands of a track, on this very one."""
        whole = self._view.commands.whole
        self._add(menu, tr("Mute"), partial(whole.mute_track, track.id), on=track.muted)
        self._add(menu, tr("Solo"), partial(whole.solo_track, track.id), on=track.solo)
        self._add(menu, tr("Lock"), partial(whole.lock_track, track.id), on=track.locked)
        menu.addSeparator()
        self._add(menu, tr("Rename…"), partial(self._view.rename_track, track.id))
        self._add(menu, tr("Move up"), partial(whole.raise_track, 1, track.id))
        self._add(menu, tr("Move down"), partial(whole.raise_track, -1, track.id))
        self._add(menu, tr("Remove track"), partial(whole.remove_track, track.id))
        menu.addSeparator()

    def _add(
        self, menu: QMenu, words: str, deed: Callable[[], object], *, on: bool | None = None
    ) -> None:
        action = menu.addAction(words)
        action.setEnabled(self._view.store.read_only is None)
        if on is not None:
            action.setCheckable(True)
            action.setChecked(on)
        action.triggered.connect(lambda _on=False: deed())


def frame_of(hit: Hit) -> int | None:
    """The point in time that was hit; ``None`` where it is none, such as a clip as a whole."""
    match hit:
        case ClipHit(clip=clip, part="head" | "dissolve"):
            return clip.start
        case ClipHit(clip=clip, part="tail"):
            return clip.end
        case ClipHit(clip=clip, key=KeyHold(frame=frame)):
            return clip.start + frame
        case LaneHit(frame=frame) | RulerHit(frame=frame):
            return frame
        case MarkerHit(marker=marker):
            return marker.frame
        case ClipHit() | HeaderHit() | SubtitleHit() | NothingHit():
            return None
