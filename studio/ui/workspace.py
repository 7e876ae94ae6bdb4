"""The workspace: the panels of an open film, docked, and wired to its room."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from studio.bridge.actions import ActionRegistry
from studio.bridge.bin_items import BinItems
from studio.bridge.continuing import Continuing
from studio.bridge.exporting import FilmExports
from studio.bridge.job_items import JobItems
from studio.bridge.room import Room
from studio.bridge.shot_items import ShotItems
from studio.bridge.situation import Situation
from studio.bridge.source_marks import SourceRange
from studio.bridge.take_items import TakeItems
from studio.document.film import (
    GeneratorSource,
    MediaSource,
    ShotSource,
    TakeSource,
    TitleSource,
)
from studio.document.queries import active_timeline, find_media, find_shot, timeline_end
from studio.document.retime import source_out
from studio.document.shot_changes import edit_shot, move_shots
from studio.document.timeline_access import find_clip
from studio.export.enlarger import can_enlarge
from studio.render.jobs import is_urgent
from studio.ui import command_menu
from studio.ui.bin_desk import BinDesk
from studio.ui.bin_panel import BinPanel
from studio.ui.breathing import breathe
from studio.ui.clip_desk import ClipDesk
from studio.ui.clip_panel import ClipPanel
from studio.ui.docks import Docks, cut_header
from studio.ui.edit_desk import EditDesk
from studio.ui.edit_panel import EditPanel
from studio.ui.export_desk import ExportDesk
from studio.ui.export_panel import ExportPanel
from studio.ui.files_on_cut import FilesOnCut
from studio.ui.following import Following
from studio.ui.full_picture import FullPicture
from studio.ui.mix_panel import MixPanel
from studio.ui.queue_desk import QueueDesk
from studio.ui.queue_panel import QueuePanel
from studio.ui.reading import Readable, RefusedKeys
from studio.ui.screening import Screening
from studio.ui.shot_desk import DeskPanels, ShotDesk
from studio.ui.shot_list import ShotList
from studio.ui.shot_panel import ShotPanel
from studio.ui.take_desk import TakeDesk
from studio.ui.take_tree import TakePanel
from studio.ui.tile_cache import TileCache
from studio.ui.timeline_menus import CLIP, TimelineMenus
from studio.ui.timeline_table import TimelineTable
from studio.ui.timeline_view import TimelineView
from studio.ui.turns import Turns
from studio.ui.typed_time_desk import TypedTimeDesk
from studio.ui.viewer import Viewer
from studio.wording import tr


class Workspace(QObject):
    """Builds the panels, keeps them showing what the room holds, and sends back what they ask.

    Signals:
        progressed: words on the render that runs; empty where none does.
        situation_changed: commands may be possible now that were not, or the other way round.
    """

    situation_changed = Signal()
    progressed = Signal(str)

    def __init__(self, window: QMainWindow, room: Room, actions: ActionRegistry) -> None:
        super().__init__(window)
        self._window = window
        self.room = room
        self._actions = actions
        self.turns = Turns(self)
        self.tiles = TileCache(room.tile_reader, self)
        self.exports = FilmExports(room.folder, room.relay, self)
        self.bin_items, self.shot_items = BinItems(), ShotItems()
        self.job_items, self.take_items = JobItems(), TakeItems()
        self.viewer = Viewer(actions)
        self.screening = Screening(room, self.viewer, self)
        self.full_picture = FullPicture(window, self.viewer)
        breathe()
        self.bins = BinPanel(self.bin_items, self.tiles)
        self.bin_desk = BinDesk(room, self.bins, self.bin_items, self.trigger, self.tiles.is_gone)
        breathe()
        self.shots = ShotList(self.shot_items, self.tiles)
        breathe()
        self.shot = ShotPanel(room, self.tiles)
        breathe()
        self.takes = TakePanel(self.take_items, self.tiles)
        breathe()
        self.edit = EditPanel(room, self.tiles)
        breathe()
        self.queue = QueuePanel(self.job_items)
        self.continuing = Continuing(room)
        self.take_desk = TakeDesk(
            room, self.takes, self.take_items, self.viewer, self.tiles.is_gone
        )
        self.edit_desk = EditDesk(room, self.edit, self.screening, self.show_panel)
        self.queue_desk = QueueDesk(room, self.queue, self.job_items)
        breathe()
        self._build_cut()
        self.shot_desk = ShotDesk(
            room,
            DeskPanels(
                shots=self.shots,
                items=self.shot_items,
                shot=self.shot,
                viewer=self.viewer,
                tiles=self.tiles,
            ),
            actions,
            self.show_panel,
        )
        breathe()
        self.export = ExportPanel(room.folder, can_finish=can_enlarge())
        self.export_desk = ExportDesk(room, self.exports, self.export, self)
        breathe()
        self.mix = MixPanel(room)
        self.typed_time = TypedTimeDesk(self)
        self.docks = self._docked()
        breathe()
        actions.scope_to(self.timeline, self.viewer)
        actions.scope_edits_to(self.table)
        self._following = Following(self)
        self._connect_room()
        self._connect_panels()
        if room.refusal is not None:
            self._only_read()
        self.refresh_all()
        if room.film.shots and not room.session.shot_id:
            room.session.set_shot(room.film.shots[0].id)

    @property
    def situation(self) -> Situation:
        """What can be done now."""
        room = self.room
        return Situation(
            film=True,
            writable=room.store.read_only is None,
            shot=room.shot is not None,
            take=room.shot is not None and room.take is not None,
            footage=self.edit.footage is not None,
            clips=bool(room.session.selection),
            rendering=any(job.is_open and is_urgent(job) for job in room.queue.jobs()),
            picture=timeline_end(active_timeline(room.film)) > 0,
            undo=room.store.undo_name is not None,
            redo=room.store.redo_name is not None,
            judging=self.take_desk.judging,
            queue=self.queue.possible,
        )

    def show_panel(self, key: str) -> None:
        """Bring a panel to the front."""
        self.docks.show(key)

    @property
    def shows_table(self) -> bool:
        """Whether the cut is shown as a table."""
        return self._cut.currentWidget() is self.table

    @property
    def cut_shown(self) -> QWidget:
        """The cut as it is shown: painted, or as a table."""
        return self.table if self.shows_table else self.timeline

    def turn_cut(self) -> None:
        """Show the cut as a table, or painted again."""
        shown = self.timeline if self.shows_table else self.table
        self._cut.setCurrentWidget(shown)
        self.show_panel("timeline")
        shown.setFocus()

    def refresh_all(self) -> None:
        """Show everything as it is now."""
        self._following.refresh_all()

    def unveil(self, then: Callable[[], object]) -> None:
        """Let the panels be painted one after the other: all of them at once take too long.

        ``then`` is done when all of them are to be seen.
        """
        for panel in self.docks.veiled():
            self.turns.add(partial(_unveil, panel)).ask()
        self.turns.add(then).ask()

    def close(self) -> None:
        """Let go of everything; the room is closed by whoever opened it."""
        self.full_picture.leave()
        self.turns.close()
        self.take_desk.close()
        self.exports.close()
        self.screening.close()
        self.tiles.close()
        self.docks.close()
        self.viewer.setParent(None)
        self.viewer.deleteLater()

    def arrange(self) -> None:
        """Put the panels where they are to begin with."""
        self.docks.arrange()

    def _only_read(self) -> None:
        """Shut what would change a film that takes no changes; so it stays while it is open."""
        panels: tuple[Readable, ...] = (
            self.bins,
            self.shots,
            self.shot_desk.cards,
            self.shot_desk.board,
            self.shot,
            self.takes,
            self.edit,
            self.clip,
            self.queue,
        )
        for panel in panels:
            panel.only_read()
        keys = RefusedKeys(self._actions, self)
        for place in (self._window, *self.docks):  # a dock that floats is a window of its own
            place.installEventFilter(keys)

    # --- building ---

    def _build_cut(self) -> None:
        """The timeline, its table, and the looks of its clips."""
        room = self.room
        self.timeline = TimelineView(room.store, room.session, self.tiles)
        for _ in self.timeline.read_ahead():
            breathe()
        self.timeline_menus = TimelineMenus(self.timeline, self._actions)
        breathe()
        self.clip = ClipPanel(self._actions)
        breathe()
        self.clip_desk = ClipDesk(room, self.clip, self.screening, self.timeline)
        breathe()
        self.table = TimelineTable(room.store, room.session)
        self._cut = QStackedWidget()
        self._cut.addWidget(self.timeline)
        self._cut.addWidget(self.table)
        breathe()

    def _docked(self) -> Docks:
        docks = Docks(
            self._window,
            {
                "bins": self.bins,
                "shots": self.shots,
                "cards": self.shot_desk.cards,
                "storyboard": self.shot_desk.board,
                "shot": self.shot,
                "takes": self.takes,
                "edit": self.edit,
                "clip": self.clip,
                "export": self.export,
                "mix": self.mix,
                "timeline": self._cut,
                "queue": self.queue,
            },
        )
        for dock in docks:
            panel = dock.widget()
            dock.visibilityChanged.connect(
                lambda seen, panel=panel: seen and self.turns.come_into_sight(panel)
            )
        # The panels' own headers, with their buttons, are the handles to move them by.
        docks["shots"].setTitleBarWidget(self.shots.header)
        docks["queue"].setTitleBarWidget(self.queue.header)
        docks["timeline"].setTitleBarWidget(cut_header(self._actions))
        return docks

    def _connect_room(self) -> None:
        room, session = self.room, self.room.session
        room.capable.connect(self._on_capable)
        self._on_capable()
        session.changed.connect(self.situation_changed)
        session.playhead_changed.connect(self.timeline.show_frame)

    def _connect_panels(self) -> None:
        room = self.room
        self.bins.opened.connect(self.screening.look_at_media)
        # It is gone through and marked there, by the keys that moved among the tiles.
        self.bins.opened.connect(lambda _media_id: self.viewer.picture.setFocus())
        self.shots.chosen.connect(room.session.set_shot)
        room.shot_wanted.connect(self._mend_shot)
        self.shots.new_asked.connect(self._trigger("shot.new"))
        self.shot_items.media_dropped.connect(room.library.use)
        self.shot_items.moved.connect(self._move_shots)
        self.shot_items.written.connect(self._write_prompt)
        self.shot.action_asked.connect(self.trigger)
        self.edit.action_asked.connect(self.trigger)
        self.shot.files_dropped.connect(self._import_for_shot)
        self.takes.action_asked.connect(self.trigger)
        self._offer_menus()
        self.table.refused.connect(room.problem)
        self.timeline.refused.connect(room.problem)
        self.files_on_cut = FilesOnCut(room, self.timeline, self.bins.bar, self)
        self.timeline.opened.connect(self.open_clip)
        self.timeline.tried.connect(self.screening.peek)
        self.screening.turned.connect(self.situation_changed)
        self.queue.changed.connect(self.situation_changed)
        self.viewer.cut_asked.connect(self.screening.look_at_cut)
        self.take_desk.changed.connect(self.situation_changed)

    def _offer_menus(self) -> None:
        """Let every list, and the picture, say what can be done where the hand is."""
        actions, board = self._actions, self.shot_desk.board
        self.takes.menu_asked.connect(
            lambda at: command_menu.command_menu(self.takes, command_menu.TAKES, actions).popup(at)
        )
        offer = command_menu.offer
        offer(self.shots.view, actions, command_menu.SHOTS, command_menu.NO_SHOT)
        offer(board.board, actions, command_menu.BOARD)
        offer(board.sheet, actions, command_menu.SHEET)
        offer(self.queue.view, actions, command_menu.JOB, command_menu.QUEUE)
        offer(self.table, actions, CLIP)
        offer(self.viewer.picture, actions, command_menu.PICTURE)

    def trigger(self, action_id: str) -> None:
        """Do what a command does, if it can be done."""
        self._actions.trigger(action_id)

    def key_of(self, action_id: str) -> str:
        """The key of a command, as it is written on this system; empty where it has none."""
        native = QKeySequence.SequenceFormat.NativeText
        return self._actions[action_id].shortcut().toString(native)

    def _trigger(self, action_id: str) -> Callable[[], None]:
        return lambda: self.trigger(action_id)

    def _on_capable(self) -> None:
        """Let all that goes by the engine's limits and weights know them, once they are known."""
        capabilities = self.room.capabilities
        if capabilities is not None:
            self.timeline.capable(capabilities)
            self.table.judge_by(capabilities.weights)
            self.shot.capable()

    # --- what is asked ---

    def _move_shots(self, shot_ids: tuple[str, ...], at: int) -> None:
        self.room.apply(lambda film: move_shots(film, shot_ids, at), tr("Move shot"))

    def _write_prompt(self, shot_id: str, prompt: str) -> None:
        self.room.apply(lambda film: edit_shot(film, shot_id, prompt=prompt), tr("Write prompt"))

    def _import_for_shot(self, paths: tuple[str, ...]) -> None:
        listed = tuple(Path(path) for path in paths)
        self.room.library.import_files(listed, for_shot=self.room.session.shot_id)

    def open_shot(self, shot_id: str) -> None:
        """Bring a shot under the hand, with what it asks for."""
        if find_shot(self.room.film, shot_id) is not None:
            self.room.session.set_shot(shot_id)
            self.show_panel("shot")

    def _mend_shot(self, shot_id: str) -> None:
        """Show what a shot asks for; where that is nothing, let it be written."""
        self.open_shot(shot_id)
        shot = self.room.shot
        if shot is not None and not shot.prompt.strip():
            self.shot.write()

    def open_clip(self, clip_id: str) -> None:
        """Bring what a clip shows under the hand: its shot, its take, or its file."""
        place = find_clip(active_timeline(self.room.film), clip_id)
        if place is None:
            return
        match place.clip.source:
            case ShotSource(shot_id=shot_id):
                self.open_shot(shot_id)
            case TakeSource(take_id=take_id):
                self.room.session.set_take(take_id)
            case MediaSource(media_id=media_id):
                media = find_media(self.room.film, media_id)
                if media is not None and media.kind == "image":
                    self.screening.look_at_media(media_id)
                elif media is not None:
                    used = SourceRange(place.clip.source_in, source_out(place.clip))
                    self.screening.look_at_part(media_id, used)
            case TitleSource() | GeneratorSource():
                pass  # made where they lie: there is nothing to open


def _unveil(panel: QWidget) -> None:
    panel.setUpdatesEnabled(True)
    panel.repaint()
