"""The shot panel: words, references, length, seed and camera of the shot under the hand."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.api import Capabilities
from studio.bridge.clerk import Report
from studio.bridge.engine_words import said
from studio.bridge.film_names import named
from studio.bridge.preflight_rows import has_quotes, preflight_rows
from studio.bridge.remarks import Fix, Remark
from studio.bridge.room import Room
from studio.bridge.shot_items import shot_standing
from studio.bridge.time_words import duration
from studio.document.film import Shot
from studio.document.shot_changes import (
    edit_shot,
    edit_shots,
    plan_cameras,
)
from studio.ui import icons, theme
from studio.ui.breathing import breathe
from studio.ui.panel_layout import footed, padded, scrolling, tab_through
from studio.ui.preflight_list import PreflightList
from studio.ui.prompt_edit import PromptEdit
from studio.ui.reading import shut
from studio.ui.request_view import RequestView
from studio.ui.shot_fields import ShotFields
from studio.ui.shot_references import ShotReferences
from studio.ui.tile_cache import TileCache
from studio.ui.vocabulary_bar import VocabularyBar
from studio.ui.widgets import Chip, EmptyState, push_button, small_label
from studio.wording import term, tr

TYPING_MS = 250
_PROMPT_PX = 80, 176
_PREVIEW_TIP = term("Preview this shot  (P; Ctrl+Return while you write)")


class ShotPanel(QWidget):
    """Everything that a shot is made from, and the buttons that make it.

    Signals:
        files_dropped: paths from another program, for this shot.
        cards_dropped, takes_dropped: ids of cards or takes, for this shot.
        action_asked: the id of a command, such as ``shot.preview``.
    """

    files_dropped = Signal(object)
    cards_dropped = Signal(object)
    takes_dropped = Signal(object)
    action_asked = Signal(str)

    def __init__(self, room: Room, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._room = room
        self._shot: Shot | None = None
        self.name = QLineEdit()
        self.name.setAccessibleName(tr("Name of the shot"))
        self.name.setFont(theme.font(14, weight=600))
        self.name.setStyleSheet("QLineEdit { background: transparent; border-color: transparent; "
                                "padding: 2px 3px; }"
                                f"QLineEdit:focus {{ background: {theme.FIELD}; }}")  # fmt: skip
        self._state = Chip("")
        self.prompt = PromptEdit(theme.colour(theme.ACCENT), theme.colour(theme.BAD))
        self.prompt.setPlaceholderText(
            tr("What is seen and heard? @names bring in faces, places and voices.")
        )
        self.prompt.setAccessibleName(tr("Prompt"))
        self.prompt.grow_between(_PROMPT_PX)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._tiles = tiles
        self.references = ShotReferences(room, tiles)
        self.strip = self.references.strip
        self.fields = ShotFields()
        self.length, self.policy, self.seed = (
            self.fields.length,
            self.fields.policy,
            self.fields.seed,
        )
        self.vocabulary = VocabularyBar()
        self.preflight = PreflightList(tr("What stands in the way"))
        self.ahead = PreflightList(tr("Remarks on what the engine gets"))
        self._picked = QLabel()
        self._picked.setFont(theme.font(theme.FONT_SMALL_PX, weight=500))
        self._picked.setStyleSheet(f"color: {theme.ACCENT};")
        self._picked.hide()
        self._report: Report | None = None
        self.request = RequestView()
        self._note = QLabel()
        self._note.setWordWrap(True)
        self._note.setProperty("dim", True)
        self._note.setFont(theme.font(theme.FONT_SMALL_PX))
        self._stack = QStackedWidget()
        self._empty = EmptyState(
            "edit",
            tr("No shot chosen"),
            tr("Choose one in the list or on the timeline, or write another one here."),
            tr("New shot"),
        )
        self._empty.acted.connect(lambda: self.action_asked.emit("shot.new"))
        self._stack.addWidget(self._empty)
        breathe()
        self._stack.addWidget(self._body())
        breathe()
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
            self.name.setCursorPosition(0)  # a long name is read from its beginning
        self._show_standing(shot)
        self.prompt.set_tags(room.tags())
        self.fields.set_tags(room.tags())
        if turned or not self.prompt.hasFocus() or self.prompt.toPlainText() == shot.prompt:
            self.prompt.show_text(shot.prompt)
        self.references.show_shot(shot)
        self.fields.show_shot(shot, room.capabilities, turned=turned)
        self._show_remarks()
        self._show_picked()
        self._show_notes(room.capabilities, shot)

    def capable(self) -> None:
        """Take over the engine's vocabulary; its limits come with the next ``refresh``."""
        capabilities = self._room.capabilities
        if capabilities is not None:
            self.fields.show_moves(capabilities)
            self.vocabulary.show_words(capabilities)
            self.prompt.set_words(capabilities.words)
            self.fields.set_words(capabilities.words)

    def only_read(self) -> None:
        """Let the shot be read, and its words be copied."""
        self.name.setReadOnly(True)
        self.prompt.setReadOnly(True)
        shut(self.vocabulary, self.preflight, self.strip, self.fields)
        shut(self.preview_button, self.full_button, self._empty)

    def write(self) -> None:
        """Put the cursor into the prompt."""
        self.prompt.setFocus()

    def show_report(self, report: Report) -> None:
        """Show what the engine would be given, and on the button what it would cost."""
        self._report = report
        in_film = partial(named, film=self._room.film, ledger=self._room.ledger)
        style = self._room.film.settings.style_prompt
        self.request.show_report(report, style=style, named=in_film)
        self._show_remarks()
        words = tr("Preview")
        if report.estimate is not None and not report.refused:
            words = tr("Preview · {time}", time=duration(report.estimate.seconds))
        self.preview_button.setText(words)
        self.preview_button.setToolTip(in_film(said(report.refused)) or tr(_PREVIEW_TIP))

    def _show_standing(self, shot: Shot) -> None:
        room = self._room
        standing = shot_standing(room.film, room.ledger, shot, room.weights)
        state = standing.state
        colour = theme.TEXT_DIM if state == "draft" else theme.STATE_COLOURS[state]
        self._state.set_text(standing.state_words, colour)
        self._state.setToolTip(standing.words())
        self._state.setAccessibleName(standing.words())

    def _ask_while_typing(self) -> None:
        if self._shot is not None and self.prompt.toPlainText() != self._shot.prompt:
            self._room.ask_report(self.prompt.toPlainText())

    def _connect(self) -> None:
        self.name.editingFinished.connect(self._commit_name)
        self.prompt.committed.connect(lambda text: self._edit(tr("Write prompt"), prompt=text))
        self.prompt.textChanged.connect(self._typing.start)
        self._typing.timeout.connect(self._ask_while_typing)
        self.fields.edited.connect(self._edit_picked)
        self.fields.camera_edited.connect(self._plan_picked)
        self.vocabulary.chosen.connect(self.prompt.insert_word)
        self.preflight.fix_asked.connect(self._fix)
        self._room.session.picked_changed.connect(lambda _: self._show_picked())
        self.strip.cards_dropped.connect(self.cards_dropped)
        self.strip.takes_dropped.connect(self.takes_dropped)
        self.strip.files_dropped.connect(self.files_dropped)

    def _body(self) -> QWidget:
        inner = QWidget()
        column = padded(inner)
        top = QHBoxLayout()
        top.addWidget(self.name, 1)
        top.addWidget(self._state)
        column.addLayout(top)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.prompt)
        words.addWidget(self.vocabulary)
        column.addLayout(words)
        breathe()
        column.addWidget(self.preflight)
        column.addWidget(self.references)
        column.addSpacing(theme.TIGHT)
        column.addWidget(self._picked)
        column.addWidget(self.fields)
        column.addSpacing(theme.TIGHT)
        column.addWidget(small_label(tr("What the engine gets")))
        column.addWidget(self.request)
        column.addWidget(self.ahead)
        column.addWidget(self._note)
        column.addStretch(1)
        breathe()
        self.preview_button = push_button(
            tr("Preview"),
            lambda: self.action_asked.emit("shot.preview"),
            primary=True,
            icon_name="preview",
        )
        self.preview_button.setToolTip(tr(_PREVIEW_TIP))
        self.full_button = push_button(
            tr("Full"), lambda: self.action_asked.emit("shot.render"), icon_name="render"
        )
        self.full_button.setToolTip(tr("Render this shot in full  (Shift+P)"))
        self.ahead_button = push_button("", lambda: scroll.bring(self.ahead), quiet=True)
        scroll = scrolling(inner)
        return footed(scroll, (self.preview_button, self.full_button, self.ahead_button))

    def _show_remarks(self) -> None:
        shot, report, room = self._shot, self._report, self._room
        if shot is None:
            return
        mine = report if report is not None and report.shot_id == shot.id else None
        if mine is not None and mine.is_blank:
            mine = None
        remarks = preflight_rows(
            room.film, room.ledger, shot, room.capabilities, self._tiles.is_gone, mine
        )
        self.preflight.show_remarks(tuple(one for one in remarks if not one.ahead))
        self._show_ahead(tuple(one for one in remarks if one.ahead))
        tab_through(self.prompt, *self.preflight.buttons)

    def _show_ahead(self, remarks: tuple[Remark, ...]) -> None:
        """Show what asks for nothing below all that is worked in, and count it in the foot."""
        self.ahead.show_remarks(remarks)
        button, count = self.ahead_button, len(remarks)
        button.setVisible(count > 0)
        button.setText(str(count))
        warns = any(one.level == "warning" for one in remarks)
        name, colour = ("warning", theme.CAUTION) if warns else ("info", theme.TEXT_SOFT)
        button.setIcon(icons.icon(name, colour))
        button.setToolTip("\n".join(said(f"{one.sentence} {one.remedy}") for one in remarks))
        words = term("One remark") if count == 1 else term("{count} remarks")
        button.setAccessibleName(tr(words, count=count))

    def _show_picked(self) -> None:
        count = len(self._room.session.picked)
        self._picked.setVisible(count > 1)
        self._picked.setText(tr("For all {count} picked shots:", count=count))

    def _show_notes(self, capabilities: Capabilities | None, shot: Shot) -> None:
        asked = not shot.prompt or has_quotes(shot.prompt)
        notes = capabilities.notes if capabilities is not None and asked else ()
        self._note.setText(" ".join(notes))
        self._note.setVisible(bool(notes))

    def _edit(self, what: str, /, **edit: Any) -> None:
        shot = self._shot
        if shot is not None:
            self._room.apply(lambda film: edit_shot(film, shot.id, **edit), what)

    def _edit_picked(self, what: str, edit: Any) -> None:
        """Set a field on the picked shots, where it is another value on one of them."""
        ids = self._ids()
        self._room.apply(lambda film: edit_shots(film, ids, **edit), what)

    def _plan_picked(self, edit: Any) -> None:
        ids = self._ids()
        self._room.apply(lambda film: plan_cameras(film, ids, **edit), tr("Plan camera"))

    def _ids(self) -> tuple[str, ...]:
        shot, picked = self._shot, self._room.session.picked
        if shot is None:
            return ()
        return picked if shot.id in picked else (shot.id,)

    def _fix(self, fix: Fix) -> None:
        self.prompt.commit()
        self._room.apply(fix.change, fix.name)

    def _commit_name(self) -> None:
        name = self.name.text().strip()
        if self._shot is not None and name and name != self._shot.name:
            self._edit(tr("Rename shot"), name=name)

    def _commit_words(self) -> None:
        self.prompt.commit()
        self.fields.commit()
        self._commit_name()
