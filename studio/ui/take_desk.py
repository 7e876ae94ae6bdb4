"""The take desk: what the take tree asks for, done in the room: finding, comparing, judging."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from shlex import quote

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.errors import EngineError
from studio.bridge.judging import Judging
from studio.bridge.recalling import Recalling
from studio.bridge.remakes import Remakes
from studio.bridge.reruns import Reruns
from studio.bridge.room import Room
from studio.bridge.rows import IsGone, never
from studio.bridge.take_items import TakeItems, found_takes, take_rows
from studio.document.errors import DocumentError
from studio.document.ledger import Choice, NoteRecord, now
from studio.document.queries import best_upgrade
from studio.document.take_sources import base_take
from studio.export.verdicts import write_verdicts
from studio.render.keeping import full_from_preview
from studio.ui.compare_deck import CompareDeck
from studio.ui.compare_view import CompareView
from studio.ui.take_tree import TakePanel
from studio.wording import term, tr


class TakeDesk(QObject):
    """Keeps the take tree showing what is asked for, and does what is asked of takes.

    Signals:
        changed: commands may be possible now that were not, or the other way round.
    """

    changed = Signal()

    def __init__(
        self,
        room: Room,
        panel: TakePanel,
        items: TakeItems,
        host: QWidget,
        is_gone: IsGone = never,
    ) -> None:
        """Comparisons lie over ``host``; ``is_gone`` knows which files are not there."""
        super().__init__(panel)
        self._is_gone = is_gone
        self._room, self._panel, self._items = room, panel, items
        self._judging: Judging | None = None
        self._reruns = Reruns(room)
        self._remakes = Remakes(room, self)
        self.recalling = Recalling(room, self)
        self.compare_view = CompareView(host)
        self.compare_view.closed.connect(self._on_closed)
        self.compare_view.judged.connect(self._on_judged)
        panel.looked_at.connect(self._look)
        panel.searched.connect(lambda *_: self.refresh())
        panel.noted.connect(self._note)
        panel.files_dropped.connect(self.recalling.bring_back)
        self.recalling.own.connect(self._look)

    @property
    def judging(self) -> bool:
        """Whether two takes are being judged and something is still asked."""
        return self._judging is not None and self._judging.axis is not None

    def refresh(self) -> None:
        """Show the takes of the shot under the hand, or those that are looked for."""
        room, panel = self._room, self._panel
        if panel.searching:
            stars = panel.stars.isChecked()
            words = panel.search.text()
            rows = found_takes(room.film, room.ledger, words, self._is_gone, favourites=stars)
        else:
            rows = take_rows(room.film, room.shot, room.ledger, self._is_gone)
        self._items.show(rows)
        take = room.take
        panel.show_current(base_take(room.ledger, take.id) if take is not None else "")

    def close(self) -> None:
        """End a comparison."""
        self.compare_view.put_away()

    # --- notes and finding ---

    def favourite(self) -> None:
        """Make the take under the hand a favourite, or none any more."""
        take = self._room.take
        if take is not None:
            note = self._room.ledger.note(base_take(self._room.ledger, take.id))
            self._record(replace(note, favourite=not note.favourite, created=now()))

    def begin_note(self) -> None:
        """Write about the take under the hand."""
        self._panel.begin_note()

    def find(self) -> None:
        """Look for a take in all shots."""
        self._panel.begin_search()

    def _note(self, take_id: str, text: str) -> None:
        note = self._room.ledger.note(take_id)
        self._record(replace(note, text=text, created=now()))

    def _record(self, note: NoteRecord) -> None:
        try:
            self._room.store.record(note)
        except DocumentError as error:
            self._room.problem(str(error))

    def _look(self, take_id: str) -> None:
        take = self._room.ledger.takes.get(take_id)
        if take is not None and take.shot_id is not None:
            self._room.session.set_shot(take.shot_id)
        self._room.session.set_take(take_id)

    # --- comparing and judging ---

    def compare(self) -> None:
        """Put the selected takes side by side, or the one under the hand and its neighbour."""
        pair = self._pair()
        if pair is not None:
            self._open(pair, (self._title(pair[0]), self._title(pair[1])))

    def judge(self) -> None:
        """Ask five questions about two takes without saying which is which."""
        pair = self._pair()
        if pair is None:
            return
        if random.random() < 0.5:
            pair = pair[1], pair[0]
        self._open(pair, ("A", "B"))
        self.compare_view.set_mode("side")
        self._judging = Judging(take_a=pair[0], take_b=pair[1])
        self.compare_view.show_judging(self._judging)
        self.changed.emit()

    def verdict(self, choice: Choice) -> None:
        """Say which of the two is better on the axis that is asked about."""
        if self._judging is None:
            return
        self._judging, verdict = self._judging.judged(choice)
        if verdict is not None:
            try:
                self._room.store.record(verdict)
            except DocumentError as error:
                self._room.problem(str(error))
        self.compare_view.show_judging(self._judging)
        if self._judging.axis is None:
            judged = self._judging
            self.compare_view.name((self._title(judged.take_a), self._title(judged.take_b)))
        self.changed.emit()

    def export_verdicts(self, path: Path | None = None) -> None:
        """Write all verdicts of the film as JSON lines."""
        room = self._room
        if not room.ledger.verdicts:
            room.say(tr("No takes were judged yet: choose two and press Shift+C."))
            return
        if path is None:
            name, _ = QFileDialog.getSaveFileName(
                self._panel, tr("Export verdicts"), "verdicts.jsonl"
            )
            if not name:
                return
            path = Path(name)
        try:
            count = write_verdicts(path, room.ledger, room.folder)
        except (DocumentError, EngineError) as error:
            room.problem(str(error))
            return
        words = term("{count} verdicts written. Teach the engine with: {command}")
        command = f"python -m engine train reward --run runs/reward --verdicts {quote(str(path))}"
        room.say(tr(words, count=count, command=command))

    def _pair(self) -> tuple[str, str] | None:
        """The two that a comparison is about, as the best renders of them."""
        self.refresh()
        chosen = list(self._panel.selected())
        rows = [row.id for row in self._items.rows()]
        if len(chosen) == 1:
            row = self._items.row(self._items.position(chosen[0]))
            parent = row.parent_id if row is not None else ""
            known = base_take(self._room.ledger, parent) if parent else ""
            place = rows.index(chosen[0])
            beside = rows[place - 1] if place else next(iter(rows[1:]), "")
            other = known if known in rows else beside
            chosen = [other, chosen[0]] if other else chosen
        if len(chosen) != 2:
            words = tr("Choose two takes to compare: click one, and another with Ctrl.")
            self._room.say(words)
            return None
        first, second = (self._best(take_id) for take_id in chosen)
        return first, second

    def _best(self, take_id: str) -> str:
        best = best_upgrade(self._room.ledger, take_id)
        return take_id if best is None else best.id

    def _title(self, take_id: str) -> str:
        base = base_take(self._room.ledger, take_id)
        row = self._items.row(self._items.position(base))
        return f"{row.title} · {row.words}" if row is not None else tr("the other take")

    def _open(self, pair: tuple[str, str], names: tuple[str, str]) -> None:
        self._room.session.set_playing(False)
        self._judging = None
        self.compare_view.show_judging(None)
        self.compare_view.open(CompareDeck(self._room, *pair), names)

    def _on_judged(self, deed: str) -> None:
        choices: dict[str, Choice] = {"shot.verdict_a": "a", "shot.verdict_b": "b"}
        self.verdict(choices.get(deed, "tie"))

    def _on_closed(self) -> None:
        self._judging = None
        self.changed.emit()

    # --- recipes ---

    def reproduce(self) -> None:
        """Make the take under the hand again from its recipe; it is compared when it is done."""
        take = self._room.take
        if take is not None:
            label = tr("{title} again", title=self._title(take.id))
            self._remakes.again(take, label)

    def full_from_preview(self) -> None:
        """Render the preview under the hand in full, from its own picture and sound on."""
        room, take = self._room, self._room.take
        if take is None:
            return
        preview = room.ledger.takes.get(base_take(room.ledger, take.id), take)
        try:
            room.queue.add(full_from_preview(room.shooting.desk(), preview))
        except (EngineError, DocumentError) as error:
            room.problem(str(error))

    def rerun(self) -> None:
        """Make the edit under the hand again from what stands in the place of its source."""
        take = self._room.take
        if take is not None:
            self._reruns.again(take)

    def recall(self) -> None:
        """Choose a finished film or a take whose recipe should come back."""
        name, _ = QFileDialog.getOpenFileName(self._panel, tr("Bring back a recipe"))
        if name:
            self.recalling.bring_back((Path(name),))
