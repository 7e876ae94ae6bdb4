"""The shot desk: list, cards, storyboard and scripts, done in the room and shown in the panels."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QPushButton

from studio.bridge.actions import ActionRegistry
from studio.bridge.batches import Batches, stills_of
from studio.bridge.card_items import CardItems, Casting, card_rows
from studio.bridge.reference_rows import taken_reference
from studio.bridge.room import Room
from studio.bridge.shot_items import ShotItems
from studio.bridge.storyboard_items import BoardItems, board_row, board_rows, sheet_rows
from studio.document.card_changes import rename_card
from studio.document.film import CardKind, Film, Shot
from studio.document.ledger import JobRecord
from studio.document.library_changes import edit_card, remove_card
from studio.document.shot_changes import (
    add_reference,
    add_shots,
    duplicate_shot,
    edit_shots,
    move_shots,
    plan_cameras,
)
from studio.ui.card_panel import CardPanel
from studio.ui.frame_drag import FrameDrag
from studio.ui.script_panel import ScriptPanel
from studio.ui.shot_cells import Cell
from studio.ui.shot_list import ShotList
from studio.ui.shot_panel import ShotPanel
from studio.ui.storyboard import Storyboard
from studio.ui.tile_cache import TileCache
from studio.ui.viewer import Viewer
from studio.wording import tr

_MORE = (
    "shot.paste",
    "shot.script",
    "",
    "shot.preview_picked",
    "shot.sequence",
    "shot.preview_drafts",
    "shot.render_stale",
    "shot.stop_all",
    "",
    "shot.stills",
    "shot.seeds",
    "view.storyboard",
)


@dataclass(frozen=True, kw_only=True)
class DeskPanels:
    """The panels that the desk serves."""

    shots: ShotList
    items: ShotItems
    shot: ShotPanel
    viewer: Viewer
    tiles: TileCache


class ShotDesk(QObject):
    """Keeps the cards and the board showing what the film holds, and does what they ask."""

    def __init__(
        self, room: Room, panels: DeskPanels, actions: ActionRegistry, show: Callable[[str], None]
    ) -> None:
        """Serve ``panels``; ``show`` brings a panel to the front by its key."""
        super().__init__(panels.shots)
        self._room, self._panels, self._show = room, panels, show
        self._trigger = actions.trigger
        self.batches = Batches(room)
        self.casting = Casting(lambda: room.film, room.apply)
        self.card_items, self.board_items, self.sheet_items = (
            CardItems(),
            BoardItems(),
            BoardItems(),
        )
        self.cards = CardPanel(self.card_items, panels.tiles)
        self.board = Storyboard(self.board_items, self.sheet_items, panels.tiles)
        self.script = ScriptPanel(panels.shots)
        self.frames = FrameDrag(panels.viewer, room.folder)
        self.frames.refused.connect(room.problem)
        self._connect_list(actions)
        self._connect_cards()
        self._connect_board(actions)
        self.script.added.connect(self._add_script)
        panels.shot.prompt.done.connect(self._preview_written)
        room.capable.connect(self._on_capable)
        room.session.shot_changed.connect(lambda _: self._show_hand())

    def refresh_cards(self) -> None:
        """Show the film's cards."""
        self.card_items.show(card_rows(self._room.film))

    def refresh_board(self) -> None:
        """Show the stills and the contact sheet."""
        room = self._room
        self.board_items.show(board_rows(room.film, room.ledger, room.pulses))
        self._show_hand()

    def show_step(self, job: JobRecord) -> None:
        """Show how far a job is where the board or the contact sheet waits for it."""
        room = self._room
        shots = room.film.shots if job.kind == "still" else ()
        for number, shot in enumerate(shots, start=1):
            if shot.id in job.shots:
                row = board_row(room.film, room.ledger, room.pulses, shot, number)
                self.board_items.replace_row(row)
        if room.session.shot_id in job.shots:
            self._show_sheet()

    def refresh_due(self) -> None:
        """Show how much waits for a word."""
        rows = self._panels.items.rows()
        stale, drafts = (row.state == "stale" for row in rows), (row.is_draft for row in rows)
        self._panels.shots.due.show_counts(sum(stale), sum(drafts))

    # --- commands ---

    def write_script(self, text: str = "") -> None:
        """Open the script panel."""
        self.script.open_for(self._room.film, self._room.capabilities, text)

    def plan_premise(self, text: str) -> None:
        """Open the script panel on a premise: its plan is seen before it is added."""
        self.script.paste(text)
        self.write_script()

    def make_still(self) -> None:
        """A still of every picked shot."""
        self.batches.stills(self._picked())
        self._show("storyboard")
        self.board.show_board()

    def make_stills(self) -> None:
        """Stills of all shots that lack one."""
        if self.batches.make_stills():
            self._show("storyboard")
            self.board.show_board()

    def make_seeds(self) -> None:
        """A contact sheet of the shot under the hand."""
        shot = self._room.shot
        if shot is None or self._room.refuses(shot):
            return
        if self.batches.make_seeds(shot) is not None:
            self._show("storyboard")
            self.board.show_sheet()

    def preview_picked(self) -> None:
        """Previews of all picked shots."""
        self.batches.preview(self._picked())

    def sequence(self) -> None:
        """A preview of all picked shots as one request."""
        self._room.shooting.sequence([shot for shot in self._picked() if not shot.locked])

    def duplicate(self) -> None:
        """Copy the picked shots, each after itself."""
        ids = [shot.id for shot in self._picked()]

        def change(film: Film) -> Film:
            for shot_id in ids:
                film = duplicate_shot(film, shot_id)
            return film

        self._room.apply(change, tr("Duplicate shot"))

    def move(self, by: int) -> None:
        """Move the picked shots one place up or down the list."""
        film = self._room.film
        ids = [shot.id for shot in self._picked()]
        places = [place for place, shot in enumerate(film.shots) if shot.id in ids]
        if places:
            at = max(0, places[0] - 1) if by < 0 else places[-1] + 2
            self._room.apply(lambda now: move_shots(now, ids, at), tr("Move shot"))

    def go(self, by: int) -> None:
        """Bring the next or the previous shot under the hand."""
        ids = [shot.id for shot in self._room.film.shots]
        current = self._room.session.shot_id
        if ids:
            place = ids.index(current) + by if current in ids else 0
            self._room.session.set_shot(ids[min(len(ids) - 1, max(0, place))])

    def use_frame(self) -> None:
        """Put the frame in the viewer on the shot under the hand."""
        if self._panels.viewer.picture.bare.isNull():
            self._room.say(tr("There is no picture in the viewer to use."))
        elif (path := self.frames.written()) is not None:
            self._room.library.import_files([path], for_shot=self._room.session.shot_id)

    def new_card(self) -> None:
        """A card to be named."""
        self._cast(())

    # --- wiring ---

    def _connect_list(self, actions: ActionRegistry) -> None:
        room, shots, items = self._room, self._panels.shots, self._panels.items
        shots.picked.connect(room.session.pick_shots)
        shots.set_asked.connect(self._set)
        shots.action_asked.connect(self._trigger)
        menu = QMenu(shots.more)
        for action_id in _MORE:
            if action_id:
                menu.addAction(actions[action_id])
            else:
                menu.addSeparator()
        shots.more.setMenu(menu)
        items.cards_dropped.connect(lambda shot_id, ids: self.casting.put_on((shot_id,), ids))
        items.takes_dropped.connect(self._use_takes)
        items.files_dropped.connect(
            lambda shot_id, paths: room.library.import_files(
                [Path(path) for path in paths], for_shot=shot_id
            )
        )
        panel = self._panels.shot
        panel.cards_dropped.connect(lambda ids: self.casting.put_on((room.session.shot_id,), ids))
        panel.takes_dropped.connect(lambda ids: self._use_takes(room.session.shot_id, ids))

    def _connect_cards(self) -> None:
        room, cards = self._room, self.cards
        cards.new_asked.connect(lambda: self._trigger("shot.new_card"))
        cards.made_of.connect(self._cast)
        cards.given.connect(self.casting.give)
        cards.renamed.connect(
            lambda key, tag: room.apply(
                lambda film: rename_card(film, key, tag), tr("Name @{tag}", tag=tag)
            )
        )
        cards.kind_chosen.connect(self._set_kind)
        cards.described.connect(
            lambda key, words: room.apply(
                lambda film: edit_card(film, key, description=words), tr("Describe card")
            )
        )
        cards.used.connect(self._use_cards)
        cards.removed.connect(
            lambda key: room.apply(lambda film: remove_card(film, key), tr("Remove card"))
        )

    def _connect_board(self, actions: ActionRegistry) -> None:
        room, board, shots = self._room, self.board, self._panels.shots
        board.chosen.connect(room.session.set_shot)
        board.looked_at.connect(self._look_at)
        board.approved.connect(self.batches.approve)
        board.refused.connect(self._refuse)
        board.kept.connect(lambda take_id: self._decide(take_id, keep=True))
        board.rejected.connect(lambda take_id: self._decide(take_id, keep=False))
        board.action_asked.connect(self._trigger)
        for button in (*board.findChildren(QPushButton), *shots.due.findChildren(QPushButton)):
            if button.objectName():  # that of the command it stands for
                button.setToolTip(actions[button.objectName()].toolTip())

    def _on_capable(self) -> None:
        capabilities = self._room.capabilities
        self._panels.shots.capabilities = capabilities
        self.casting.capabilities = capabilities
        self.script.capable(capabilities)
        if capabilities is not None:
            self._panels.shots.delegate.words = capabilities.words

    def _show_hand(self) -> None:
        self.board.show_current(self._room.session.shot_id)
        self._show_sheet()

    def _show_sheet(self) -> None:
        room = self._room
        self.sheet_items.show(sheet_rows(room.shot, room.ledger, room.pulses))

    # --- what is asked ---

    def _picked(self) -> tuple[Shot, ...]:
        picked = set(self._room.session.picked) or {self._room.session.shot_id}
        return tuple(shot for shot in self._room.film.shots if shot.id in picked)

    def _set(self, cell: Cell, value: Any) -> None:
        """Set what was chosen in a cell on all picked shots."""
        ids = [shot.id for shot in self._picked()]
        room = self._room
        match cell:
            case "length":
                room.apply(lambda film: edit_shots(film, ids, frames=value), tr("Set length"))
            case "seed":
                room.apply(
                    lambda film: edit_shots(film, ids, seed_policy=value), tr("Set seed policy")
                )
            case "size":
                room.apply(lambda film: plan_cameras(film, ids, size=value), tr("Plan camera"))
            case "move":
                room.apply(lambda film: plan_cameras(film, ids, move=value), tr("Plan camera"))

    def _set_kind(self, card_id: str, kind: CardKind) -> None:
        self._room.apply(lambda film: edit_card(film, card_id, kind=kind), tr("Set kind of card"))

    def _cast(self, media_ids: Iterable[str]) -> None:
        made = self.casting.make(media_ids)
        if made:
            self._show("cards")
            self.refresh_cards()
            self.cards.show_current(made, write=True)

    def _use_cards(self, card_ids: tuple[str, ...]) -> None:
        if self._room.shot is None:
            self._room.say(tr("Choose the shot first that this should be used in."))
        else:
            self.casting.put_on((self._room.session.shot_id,), card_ids)

    def _use_takes(self, shot_id: str, take_ids: Iterable[str]) -> None:
        room = self._room
        takes = [room.ledger.takes[key] for key in take_ids if key in room.ledger.takes]

        def change(film: Film) -> Film:
            for take in takes:
                film = add_reference(film, shot_id, taken_reference(take, room.capabilities))
            return film

        if takes:
            room.apply(change, tr("Add reference"))

    def _add_script(self, shots: list[Shot]) -> None:
        room = self._room
        ids = [shot.id for shot in room.film.shots]
        current = room.session.shot_id
        at = ids.index(current) + 1 if current in ids else None
        if room.apply(lambda film: add_shots(film, shots, at), tr("Add script")):
            room.session.set_shot(shots[0].id)

    def _refuse(self, shot_id: str) -> None:
        """Take an approved still off; refuse one that was not approved."""
        stills = stills_of(self._room.ledger, shot_id)
        if not self.batches.withdraw(shot_id) and stills:
            self.batches.reject([stills[-1].id])

    def _preview_written(self) -> None:
        """Preview what was just written; the keys go to the picture, where it is decided on."""
        self._panels.viewer.picture.setFocus()
        self._trigger("shot.preview")

    def _look_at(self, take_id: str) -> bool:
        """Show a take of the contact sheet, unless it is still to be made."""
        there = take_id in self._room.ledger.takes
        if there:
            self._room.session.set_take(take_id)
        return there

    def _decide(self, take_id: str, *, keep: bool) -> None:
        if self._look_at(take_id):
            self._trigger("shot.keep" if keep else "shot.reject")
