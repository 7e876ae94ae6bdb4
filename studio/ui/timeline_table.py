"""The cut as a table: the same clips by rows, for the keyboard and for screen readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from studio.bridge.session import Session
from studio.document.errors import ChangeError, DocumentError
from studio.document.film import Clip, Film, Media, Timeline, Track
from studio.document.gain_changes import set_gain, set_pan
from studio.document.ledger import TakeRecord
from studio.document.queries import Drawn, Missing, active_timeline, resolve_clip
from studio.document.store import Store
from studio.document.timebase import from_timecode, to_timecode
from studio.document.timeline_changes import (
    lift_clips,
    move_clip_to,
    move_clips,
    ripple_delete,
)
from studio.document.titles import TitleSource
from studio.document.trim_changes import edit_clips, trim_tail
from studio.ui.claimed_keys import claims
from studio.ui.level_words import gain_of, gain_words, pan_of, pan_words
from studio.ui.timeline_sources import SourceLook, SourceLooks
from studio.ui.timeline_words import STATE_WORDS

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

COLUMNS = ("Track", "Clip", "Start", "Length", "Gain", "Pan", "Take", "State")
TRACK, CLIP, START, LENGTH, GAIN, PAN, TAKE, STATE = range(8)
_WRITTEN = {TRACK, CLIP, START, LENGTH}
_HEARD = {GAIN, PAN}
_GO = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@dataclass(frozen=True)
class Row:
    """A clip and the track that it is on."""

    track: Track
    clip: Clip


class TimelineTableModel(QAbstractTableModel):
    """The clips of the open timeline, in time.

    Their track, name, start and length can be written, and gain and pan of those that sound.

    Signals:
        refused: a change could not be made; carries the sentence.
    """

    refused = Signal(str)

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._looks = SourceLooks(store.film, store.ledger)
        self._rows: list[Row] = []
        self._places: dict[str, int] = {}
        self._shown: Timeline | None = None
        self._unsubscribe = (
            store.changed.subscribe(lambda _before, _after: self._follow()),
            store.recorded.subscribe(lambda _before, _after, _records: self._follow()),
        )
        self._watched = False

    def close(self) -> None:
        """Stop following the store."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def watch(self, *, watched: bool) -> None:
        """Follow the store while somebody looks; ten thousand rows are not read for nobody."""
        self._watched = watched
        self._follow()

    def judge_by(self, weights: str) -> None:
        """Say of takes of other weights than these that they are stale."""
        looks = self._looks.judged_by(weights)
        if looks is not self._looks:
            self._show(looks)

    def row(self, number: int) -> Row:
        """The clip of a row."""
        return self._rows[number]

    def numbers(self, clip_ids: frozenset[str]) -> list[int]:
        """The rows of clips."""
        known = self._places
        return sorted(known[clip_id] for clip_id in clip_ids if clip_id in known)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 (Qt's way)
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 (Qt's way)
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(  # noqa: N802 (Qt's name)
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        if role == Role.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self.tr(COLUMNS[section])
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if not index.isValid():
            return flags
        row = self._rows[index.row()]
        written = _WRITTEN | _HEARD if row.track.kind == "audio" else _WRITTEN
        if index.column() in written and not row.track.locked:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        read = role in {Role.DisplayRole, Role.EditRole, Role.AccessibleTextRole}
        if not read or not index.isValid():
            return None
        text = self._text(self._rows[index.row()], index.column())
        if role == Role.AccessibleTextRole:
            return f"{COLUMNS[index.column()]}: {text}"
        return text

    def setData(  # noqa: N802 (Qt's name)
        self, index: Index, value: Any, role: int = Role.EditRole
    ) -> bool:
        if role != Role.EditRole or not index.isValid():
            return False
        try:
            change, name = self._change(self._rows[index.row()].clip, index.column(), str(value))
            self._store.apply(change, name)
        except DocumentError as error:
            self.refused.emit(str(error))
            return False
        return True

    def _change(self, clip: Clip, column: int, text: str) -> tuple[Callable[[Film], Film], str]:
        """What writing ``text`` into a column does to a clip, and what undo calls it."""
        film = self._store.film
        timeline = active_timeline(film)
        cut, name = timeline.id, clip.id
        if column == CLIP:
            return lambda known: edit_clips(known, cut, [name], label=text.strip()), "Label"
        if column == TRACK:
            wanted = text.strip().casefold()
            found = [one.id for one in timeline.tracks if one.name.casefold() == wanted]
            if not found:
                raise ChangeError(f"There is no track called {text.strip()}.")
            start = clip.start
            return (
                lambda known: move_clip_to(known, cut, name, track_id=found[0], start=start),
                "Move",
            )
        if column == GAIN:
            gain_db = gain_of(text)
            return lambda known: set_gain(known, cut, [name], gain_db), "Gain"
        if column == PAN:
            pan = pan_of(text)
            return lambda known: set_pan(known, cut, [name], pan), "Pan"
        frame = from_timecode(text, film.rate)
        if column == START:
            by = frame - clip.start
            return lambda known: move_clips(known, cut, [name], frames=by), "Move"
        end, ledger = clip.start + frame, self._store.ledger
        return lambda known: trim_tail(known, cut, name, end, ledger=ledger), "Trim"

    def _take(self, clip: Clip) -> str:
        """What a clip shows, in a word or two."""
        match resolve_clip(self._store.film, self._store.ledger, clip):
            case TakeRecord() as take:
                return take.label or f"{take.kind}, seed {take.seed}"
            case Media(name=name):
                return name
            case Drawn(source=TitleSource()):
                return "title"
            case Drawn():
                return "generated"
            case Missing():
                return ""

    def _text(self, row: Row, column: int) -> str:
        clip, rate = row.clip, self._store.film.rate
        look, sounds = self._looks.look(clip), row.track.kind == "audio"
        words: dict[int, Callable[[], str]] = {
            TRACK: lambda: row.track.name,
            CLIP: lambda: clip.label or look.name,
            START: lambda: to_timecode(clip.start, rate),
            LENGTH: lambda: to_timecode(clip.length, rate),
            GAIN: lambda: gain_words(clip.gain_db) if sounds else "",
            PAN: lambda: pan_words(clip.pan) if sounds else "",
            TAKE: lambda: self._take(clip),
            STATE: lambda: " · ".join((*_state(look), *look.flags)),
        }
        return words[column]()

    def _follow(self) -> None:
        if not self._watched:
            return
        film = self._store.film
        timeline, looks = active_timeline(film), self._looks.following(film, self._store.ledger)
        if timeline is not self._shown:
            self._looks = looks
            self._read(timeline)
        elif looks is not self._looks:
            self._show(looks)

    def _show(self, looks: SourceLooks) -> None:
        self._looks = looks
        if self._rows:
            last = self.index(len(self._rows) - 1, STATE)
            self.dataChanged.emit(self.index(0, 0), last)

    def _read(self, timeline: Timeline) -> None:
        rows = [Row(track, clip) for track in reversed(timeline.tracks) for clip in track.clips]
        rows.sort(key=_start)
        self.beginResetModel()
        self._shown, self._rows = timeline, rows
        self._places = {row.clip.id: number for number, row in enumerate(rows)}
        self.endResetModel()


def _state(look: SourceLook) -> tuple[str, ...]:
    return () if look.state is None else (STATE_WORDS[look.state],)


def _start(row: Row) -> int:
    return row.clip.start


class TimelineTable(QTableView):
    """The table; its selection is the session's, and Return puts the playhead on a clip."""

    refused = Signal(str)

    def __init__(self, store: Store, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._session = session
        self._model = TimelineTableModel(store)
        self._following = False
        self._at: tuple[str, int] | None = None
        self._scrolled = 0
        self._model.refused.connect(self.refused)
        self.setModel(self._model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setAccessibleName(self.tr("The cut as a table"))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(26)
        self.horizontalHeader().setSectionResizeMode(CLIP, QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.selectionModel().selectionChanged.connect(self._chosen)
        self._model.modelAboutToBeReset.connect(self._remember)
        self._model.modelReset.connect(self._recover)
        session.selection_changed.connect(self._follow)
        self.destroyed.connect(_closing(self._model))

    def judge_by(self, weights: str) -> None:
        """Say of takes of other weights than these that they are stale."""
        self._model.judge_by(weights)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 (Qt's name)
        super().showEvent(event)
        self._model.watch(watched=True)
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 (Qt's name)
        super().hideEvent(event)
        self._model.watch(watched=False)

    def lift(self) -> None:
        """Take the selected clips off and leave the gap."""
        self._delete(lift_clips, "Lift")

    def ripple_delete(self) -> None:
        """Take the selected clips off and close the gap."""
        self._delete(ripple_delete, "Ripple delete")

    def event(self, event: QEvent) -> bool:
        # Return means the clip here, and does not keep the take under the hand.
        if isinstance(event, QKeyEvent) and _is_plain(event):
            return claims(event, *_GO, Qt.Key.Key_Delete) or super().event(event)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        key, shift = event.key(), event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if key == Qt.Key.Key_Delete:
            self.ripple_delete() if shift else self.lift()
        elif key in _GO and _is_plain(event) and self.currentIndex().isValid():
            self._session.set_playhead(self._model.row(self.currentIndex().row()).clip.start)
        else:
            super().keyPressEvent(event)

    def _delete(self, change: Callable[[Film, str, frozenset[str]], Film], name: str) -> None:
        chosen = self._session.selection
        cut = active_timeline(self._store.film).id
        try:
            self._store.apply(lambda film: change(film, cut, chosen), name)
        except DocumentError as error:
            self.refused.emit(str(error))

    def _chosen(self) -> None:
        if not self._following:
            rows = self.selectionModel().selectedRows()
            self._session.select(self._model.row(index.row()).clip.id for index in rows)

    def _remember(self) -> None:
        """Know the cell that the keyboard is at, before the rows are others."""
        at = self.currentIndex()
        self._at = (self._model.row(at.row()).clip.id, at.column()) if at.isValid() else None
        self._scrolled = self.verticalScrollBar().value()

    def _recover(self) -> None:
        """Go on from the same cell, and select again what is selected."""
        numbers = self._model.numbers(frozenset({self._at[0]})) if self._at else []
        if self._at and numbers:
            index = self._model.index(numbers[0], self._at[1])
            self._following = True
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self._following = False
        self.verticalScrollBar().setValue(self._scrolled)
        self._follow()

    def _follow(self) -> None:
        """Select the rows of the clips that the session has selected."""
        if not self.isVisible():
            return
        wanted = QItemSelection()
        numbers = self._model.numbers(self._session.selection)
        # Neighbours together: a range for each of ten thousand rows takes seconds.
        ends = [n for n, after in pairwise([*numbers, -1]) if after != n + 1]
        starts = [n for before, n in pairwise([-2, *numbers]) if before != n - 1]
        for first, last in zip(starts, ends, strict=True):
            wanted.select(self._model.index(first, 0), self._model.index(last, 0))
        flags = QItemSelectionModel.SelectionFlag
        self._following = True
        self.selectionModel().select(wanted, flags.ClearAndSelect | flags.Rows)
        self._following = False


def _is_plain(event: QKeyEvent) -> bool:
    """Whether nothing is held with the key; Enter says that it is on the keypad."""
    return event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier


def _closing(model: TimelineTableModel) -> Callable[[], None]:
    """A slot that lets the store go; it holds the model, which outlives the table by a moment."""
    return lambda *_: model.close()
