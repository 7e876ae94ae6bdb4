"""The shot panel: words, references, length, seed and camera of the shot under the hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.api import Capabilities
from studio.bridge.clerk import Report
from studio.bridge.job_items import duration
from studio.bridge.reference_rows import reference_rows
from studio.bridge.room import Room
from studio.bridge.shot_items import STATE_WORDS, row_state
from studio.document.film import CameraPlan, SeedPolicy, Shot
from studio.document.shot_changes import edit_reference, edit_shot, remove_reference
from studio.ui import theme
from studio.ui.prompt_edit import PromptEdit
from studio.ui.reference_strip import ReferenceStrip
from studio.ui.request_view import RequestView
from studio.ui.tile_cache import TileCache
from studio.ui.widgets import Chip, EmptyState, push_button

TYPING_MS = 250
_POLICIES: tuple[tuple[SeedPolicy, str, str], ...] = (
    ("random", "Random seed", "Every take gets another seed"),
    ("step", "Stepped seed", "Every take gets the next seed"),
    ("lock", "Locked seed", "Every take gets this seed"),
)
_SIZES = (("", "As written"), ("wide", "Wide"), ("medium", "Medium"), ("close", "Close"))
_SIDES = (("", "Any side"), ("left", "From the left"), ("right", "From the right"))
_MOVES = ("", "static", "pan left", "pan right", "tilt up", "tilt down", "push in", "pull out")


class ShotPanel(QWidget):
    """Everything that a shot is made from, and the buttons that make it.

    Signals:
        files_dropped: paths from another program, for this shot.
        action_asked: the id of a command, such as ``shot.preview``.
    """

    files_dropped = Signal(object)
    action_asked = Signal(str)

    def __init__(self, room: Room, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._room = room
        self._shot: Shot | None = None
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the shot"))
        self.name.setFont(theme.font(14, weight=600))
        self.name.setStyleSheet("QLineEdit { background: transparent; border-color: transparent; "
                                "padding: 2px 3px; }"
                                f"QLineEdit:focus {{ background: {theme.WELL}; }}")  # fmt: skip
        self._state = Chip("")
        self.prompt = PromptEdit(theme.colour(theme.ACCENT), theme.colour(theme.BAD))
        self.prompt.setPlaceholderText(
            self.tr("What is seen and heard? @names bring in faces, places and voices.")
        )
        self.prompt.setAccessibleName(self.tr("Prompt"))
        self.prompt.setFixedHeight(80)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self.strip = ReferenceStrip(tiles)
        self.length = QComboBox()
        self.length.setAccessibleName(self.tr("Length"))
        self.length.setToolTip(self.tr("Seconds, and pictures: the lengths that the engine makes"))
        self.policy = QComboBox()
        for policy, text, tip in _POLICIES:
            self.policy.addItem(text, policy)
            self.policy.setItemData(self.policy.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.policy.setAccessibleName(self.tr("Seed policy"))
        self.seed = QSpinBox()
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setAccessibleName(self.tr("Seed"))
        self.framing = _combo(_SIZES, self.tr("Shot size"))
        self.move_edit = QComboBox()
        self.move_edit.setEditable(True)
        self.move_edit.setAccessibleName(self.tr("Camera move"))
        self.move_edit.addItems(list(_MOVES))
        self.side = _combo(_SIDES, self.tr("Side of the axis"))
        self.request = RequestView()
        self._note = QLabel()
        self._note.setWordWrap(True)
        self._note.setProperty("dim", True)
        self._note.setFont(theme.font(theme.FONT_SMALL_PX))
        self._stack = QStackedWidget()
        empty = EmptyState(
            "edit",
            self.tr("No shot chosen"),
            self.tr("Choose one in the list or on the timeline: its words are written here."),
        )
        self._stack.addWidget(empty)
        self._stack.addWidget(self._body())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """Show the shot under the hand as it is now."""
        room, shot = self._room, self._room.shot
        turned = self._shot is None or shot is None or shot.id != self._shot.id
        if turned:
            self._commit_words()
            shot = room.shot
        self._shot = shot
        self._stack.setCurrentIndex(0 if shot is None else 1)
        if shot is None:
            return
        # Another shot's words go, even from under the cursor.
        if turned or not self.name.hasFocus():
            self.name.setText(shot.name)
        state = row_state(room.film, room.ledger, shot, room.weights)
        colour = theme.TEXT_DIM if state == "draft" else theme.STATE_COLOURS[state]
        self._state.set_text(STATE_WORDS[state], colour)
        self.prompt.set_tags(room.tags())
        if turned or not self.prompt.hasFocus() or self.prompt.toPlainText() == shot.prompt:
            self.prompt.show_text(shot.prompt)
        rows = reference_rows(room.film, room.ledger, shot, room.folder, room.capabilities)
        self.strip.show_rows(rows)
        self._show_length(shot, room.capabilities)
        self.policy.setCurrentIndex(max(0, self.policy.findData(shot.seed_policy)))
        self.seed.blockSignals(True)
        self.seed.setValue(shot.seed)
        self.seed.blockSignals(False)
        self.seed.setVisible(shot.seed_policy != "random")
        self.framing.setCurrentIndex(max(0, self.framing.findData(shot.camera.size)))
        self.move_edit.setCurrentText(shot.camera.move)
        self.side.setCurrentIndex(max(0, self.side.findData(shot.camera.side)))
        self._show_notes(room.capabilities, shot)
        self.setEnabled(room.store.read_only is None)

    def capable(self) -> None:
        """Take over the engine's vocabulary and limits."""
        capabilities = self._room.capabilities
        if capabilities is not None:
            current = self.move_edit.currentText()
            self.move_edit.clear()
            self.move_edit.addItems(["", *_moves(capabilities)])
            self.move_edit.setCurrentText(current)
        self.refresh()

    def write(self) -> None:
        """Put the cursor into the prompt."""
        self.prompt.setFocus()

    def show_report(self, report: Report) -> None:
        """Show what the engine would be given, and on the button what it would cost."""
        self.request.show_report(report)
        words = self.tr("Preview")
        if report.estimate is not None and not report.refused:
            words = self.tr("Preview · {time}").format(time=duration(report.estimate.seconds))
        self.preview_button.setText(words)
        tip = report.refused or self.tr("Preview this shot  (P)")
        self.preview_button.setToolTip(tip)

    def _ask_while_typing(self) -> None:
        if self._shot is not None and self.prompt.toPlainText() != self._shot.prompt:
            self._room.ask_report(self.prompt.toPlainText())

    def _connect(self) -> None:
        self.name.editingFinished.connect(self._commit_name)
        self.prompt.committed.connect(lambda text: self._edit("Write prompt", prompt=text))
        self.prompt.textChanged.connect(self._typing.start)
        self._typing.timeout.connect(self._ask_while_typing)
        self.length.activated.connect(
            lambda _: self._edit("Set length", frames=self.length.currentData())
        )
        self.policy.activated.connect(
            lambda _: self._edit("Set seed policy", seed_policy=self.policy.currentData())
        )
        self.seed.editingFinished.connect(lambda: self._edit("Set seed", seed=self.seed.value()))
        for combo in (self.framing, self.side, self.move_edit):
            combo.activated.connect(lambda _: self._commit_camera())
        line = self.move_edit.lineEdit()
        if line is not None:
            line.editingFinished.connect(self._commit_camera)
        self.strip.media_dropped.connect(self._use)
        self.strip.files_dropped.connect(self.files_dropped)
        self.strip.removed.connect(self._remove)
        self.strip.role_chosen.connect(lambda key, role: self._edit_reference(key, role=role))
        self.strip.weight_chosen.connect(
            lambda key, weight: self._edit_reference(key, weight=weight)
        )

    def _body(self) -> QWidget:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.WIDE)
        column.setSpacing(theme.GAP)
        top = QHBoxLayout()
        top.addWidget(self.name, 1)
        top.addWidget(self._state)
        column.addLayout(top)
        column.addWidget(self.prompt)
        column.addWidget(self._note)
        column.addWidget(_label(self.tr("References")))
        column.addWidget(self.strip)
        column.addSpacing(theme.TIGHT)
        column.addLayout(self._grid())
        column.addSpacing(theme.TIGHT)
        column.addWidget(_label(self.tr("What the engine gets")))
        column.addWidget(self.request)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        whole = QWidget()
        outer = QVBoxLayout(whole)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scroll, 1)
        outer.addWidget(self._foot())
        return whole

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, 52)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        grid.addWidget(_label(self.tr("Length")), 0, 0)
        grid.addWidget(self.length, 0, 1)
        grid.addWidget(self.policy, 0, 2)
        grid.addWidget(self.seed, 1, 2)
        grid.addWidget(_label(self.tr("Camera")), 2, 0)
        grid.addWidget(self.framing, 2, 1)
        grid.addWidget(self.side, 2, 2)
        grid.addWidget(self.move_edit, 3, 1, 1, 2)
        line = self.move_edit.lineEdit()
        if line is not None:
            line.setPlaceholderText(self.tr("Move: as written"))
        return grid

    def _foot(self) -> QWidget:
        foot = QFrame()
        foot.setProperty("panel", True)
        self.preview_button = push_button(
            self.tr("Preview"),
            lambda: self.action_asked.emit("shot.preview"),
            primary=True,
            icon_name="preview",
        )
        self.preview_button.setToolTip(self.tr("Preview this shot  (P)"))
        self.full_button = push_button(
            self.tr("Full"), lambda: self.action_asked.emit("shot.render"), icon_name="render"
        )
        self.full_button.setToolTip(self.tr("Render this shot in full  (Shift+P)"))
        row = QHBoxLayout(foot)
        row.setContentsMargins(theme.WIDE, theme.GAP, theme.WIDE, theme.GAP)
        row.setSpacing(theme.GAP)
        row.addWidget(self.preview_button, 2)
        row.addWidget(self.full_button, 1)
        return foot

    def _show_length(self, shot: Shot, capabilities: Capabilities | None) -> None:
        legal = capabilities.frames if capabilities is not None else ()
        frames = sorted({*(n for n in legal if n > 1), shot.frames})
        if [self.length.itemData(i) for i in range(self.length.count())] != frames:
            self.length.clear()
            for number in frames:
                self.length.addItem(_length_words(number, shot.rate), number)
        self.length.setCurrentIndex(self.length.findData(shot.frames))

    def _show_notes(self, capabilities: Capabilities | None, shot: Shot) -> None:
        spoken = '"' in shot.prompt or "“" in shot.prompt
        notes = (
            capabilities.notes if capabilities is not None and (spoken or not shot.prompt) else ()
        )
        self._note.setText(" ".join(notes))
        self._note.setVisible(bool(notes))

    def _edit(self, what: str, /, **edit: Any) -> None:
        shot = self._shot
        if shot is not None:
            self._room.apply(lambda film: edit_shot(film, shot.id, **edit), what)

    def _edit_reference(self, reference_id: str, **edit: Any) -> None:
        shot = self._shot
        if shot is not None:
            self._room.apply(
                lambda film: edit_reference(film, shot.id, reference_id, **edit), "Edit reference"
            )

    def _remove(self, reference_id: str) -> None:
        shot = self._shot
        if shot is not None:
            self._room.apply(
                lambda film: remove_reference(film, shot.id, reference_id), "Take reference off"
            )

    def _use(self, media_ids: tuple[str, ...]) -> None:
        if self._shot is not None:
            self._room.library.use(self._shot.id, media_ids)

    def _commit_name(self) -> None:
        name = self.name.text().strip()
        if self._shot is not None and name and name != self._shot.name:
            self._edit("Rename shot", name=name)

    def _commit_camera(self) -> None:
        camera = CameraPlan(
            size=self.framing.currentData(),
            move=self.move_edit.currentText().strip(),
            side=self.side.currentData(),
        )
        if self._shot is not None and camera != self._shot.camera:
            self._edit("Plan camera", camera=camera)

    def _commit_words(self) -> None:
        self.prompt.commit()
        self._commit_name()


def _combo(choices: tuple[tuple[str, str], ...], name: str) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    for value, text in choices:
        combo.addItem(text, value)
    return combo


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("dim", True)
    label.setFont(theme.font(theme.FONT_SMALL_PX))
    return label


def _length_words(frames: int, rate: Fraction) -> str:
    return f"{float(frames / rate):.2f} s · {frames}"


def _moves(capabilities: Capabilities) -> tuple[str, ...]:
    """The camera moves that the weights have learned, or ours where they do not say."""
    for group in capabilities.vocabulary:
        if "camera" in group.name.lower() or "move" in group.name.lower():
            return group.words
    return _MOVES[1:]
