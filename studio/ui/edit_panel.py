"""The edit panel: what should change, how strongly, when and where, and what stays as it is."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from engine.api import Edit
from studio.bridge.editing import Rung
from studio.bridge.room import Room
from studio.bridge.take_items import take_title
from studio.bridge.time_words import duration
from studio.render.footage import Footage, Part, longest_s, part_of
from studio.ui import theme
from studio.ui.edit_fields import (
    FOOTAGE_LINK,
    RegionField,
    SpanField,
    chain_words,
    hundredths,
)
from studio.ui.ladder_strip import LadderStrip
from studio.ui.panel_layout import fill, footed, padded, paged, scrolling
from studio.ui.prompt_edit import PromptEdit
from studio.ui.reading import shut
from studio.ui.tile_cache import TileCache
from studio.ui.widgets import EmptyState, StrengthSlider, push_button
from studio.wording import term, tr

_PICTURE_WORDS = (
    (0.15, term("Keeps nearly everything; touches up light and colour.")),
    (0.4, term("Keeps people, places and moves; changes mood and weather.")),
    (0.65, term("Keeps the staging; changes the look of things.")),
    (0.85, term("Keeps the layout and timing; most else is new.")),
    (1.0, term("Keeps only a memory of the layout.")),
)
_STRENGTH = 0.6
_SOUND_WORDS = (
    (0.15, term("Keeps nearly every sound.")),
    (0.4, term("Keeps the events; changes the room they sound in.")),
    (0.65, term("Keeps the timing; sounds may be others.")),
    (0.85, term("Keeps only where it is loud.")),
    (1.0, term("Makes the sound anew.")),
)


class EditPanel(QWidget):
    """One instruction and two strengths; the result is a child of the take under the hand.

    Signals:
        edit_asked: the ``Edit`` to make.
        ladder_asked: the ``Edit`` to try at three strengths.
        region_asked: a region should be painted (or painted no more).
        region_cleared: nothing is painted any more.
        take_asked: a take of the chain of edits that should be looked at.
        source_asked: the imported clip that the chain begins with should be looked at.
        action_asked: the id of a command on the take, such as ``shot.extend``.
        turned: the change would be another, or of something else.
    """

    edit_asked = Signal(object)
    ladder_asked = Signal(object)
    region_asked = Signal(bool)
    region_cleared = Signal()
    take_asked = Signal(str)
    source_asked = Signal()
    action_asked = Signal(str)
    turned = Signal()

    def __init__(self, room: Room, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._room = room
        self._footage: Footage | None = None
        self.span = SpanField()
        self.region = RegionField()
        self.region.asked.connect(self.region_asked)
        self.region.cleared.connect(self.region_cleared)
        self.ladder = LadderStrip(tiles)
        self.ladder.chosen.connect(self._choose_rung)
        self.try_ladder = push_button(
            tr("Try three strengths"),
            lambda: self.ladder_asked.emit(self.edit()),
            icon_name="grid",
        )
        self._chain = QLabel()
        self._chain.setWordWrap(True)
        self._chain.setFont(theme.font(theme.FONT_SMALL_PX))
        self._chain.setProperty("dim", True)
        self._chain.linkActivated.connect(self._follow)
        self._untrained = QLabel()
        self._untrained.setWordWrap(True)
        self._untrained.setFont(theme.font(theme.FONT_SMALL_PX))
        self._untrained.setStyleSheet(f"color: {theme.CAUTION};")
        self.more: dict[str, QPushButton] = {}
        self._written_for = room.session.shot_id
        self._drafts: dict[str, str] = {}
        self._of = QLabel()
        self._of.setFont(theme.font(weight=600))
        self.instruction = PromptEdit(theme.colour(theme.ACCENT), theme.colour(theme.BAD))
        self.instruction.setPlaceholderText(tr("Say what should change: make it nighttime"))
        self.instruction.setAccessibleName(tr("What should change"))
        self.instruction.setFixedHeight(64)
        self.instruction.textChanged.connect(self._refresh_button)
        self.picture = StrengthSlider(tr("Picture"), _PICTURE_WORDS, _STRENGTH)
        self.sound = StrengthSlider(tr("Sound"), _SOUND_WORDS, _STRENGTH)
        self.keep_picture = QCheckBox(tr("Leave the picture exactly as it is"))
        self.keep_sound = QCheckBox(tr("Leave the sound exactly as it is"))
        self.keep_picture.toggled.connect(self._kept_changed)
        self.keep_sound.toggled.connect(self._kept_changed)
        for told in (self.picture.changed, self.sound.changed, self.span.changed):
            told.connect(lambda *_: self.turned.emit())
        self.button = push_button(tr("Make the change"), self._make, primary=True, icon_name="wand")
        self.instruction.done.connect(self.button.click)
        self._empty = EmptyState(
            "wand",
            tr("No take to change"),
            tr("Preview a shot first; then say here what should be different in it."),
        )
        self._stack = paged(self._empty, self._body())
        fill(self, self._stack)
        self.refresh()

    def refresh(self) -> None:
        """Show which take or clip would be changed, with what was written for it."""
        take, shot = self._room.take, self._room.shot
        footage = self._footage
        self._turn_to(self._room.session.shot_id if footage is None else footage.media.id)
        climbed = bool(self.ladder.rungs)
        self._stack.setCurrentIndex(0 if take is None and footage is None and not climbed else 1)
        if footage is not None:
            self._of.setText(tr("Change {name}", name=footage.media.name))
            self._show_footage(footage)
        elif take is not None:
            name = shot.name if shot is not None else tr("the take")
            title = take_title(self._room.ledger, take)
            self._of.setText(tr("Change {name} · {take}", name=name, take=title))
            self._chain.setText(chain_words(self._room.film, self._room.ledger, take))
            self.span.show_part(Part(in_s=Fraction(0), frames=take.frames, rate=take.rate))
        elif climbed:
            name = shot.name if shot is not None else tr("it")
            self._of.setText(tr("Three strengths of {name}", name=name))
            self._chain.setText(tr("The first that is made is shown here to be changed."))
        self._chain.setVisible(bool(self._chain.text()))
        room = self._room
        self.ladder.refresh(room.ledger, room.pulses, room.session.take_id)
        self._show_untrained()
        self.instruction.set_tags(self._room.tags())
        self._refresh_button()

    @property
    def footage(self) -> Footage | None:
        """The imported clip that would be changed; ``None`` where a take would be."""
        return self._footage

    def set_footage(self, footage: Footage | None) -> None:
        """Change an imported clip instead of a take, or a take again."""
        if footage != self._footage:
            self._footage = footage
            self.refresh()

    def only_read(self) -> None:
        """Let the chain of edits be followed."""
        self.instruction.setReadOnly(True)
        shut(self.picture, self.keep_picture, self.sound, self.keep_sound, self.span, self.region)

    @property
    def ready(self) -> bool:
        """Whether something is said that can be made."""
        return self.button.isEnabled()

    def show_time(self, seconds: float | None) -> None:
        """Say on the button how long the change would take; ``None`` where that is not known."""
        words = tr("Make the change")
        if seconds is not None:
            words = tr("Make the change · {time}", time=duration(seconds))
        self.button.setText(words)

    def edit(self) -> Edit:
        """What the panel says, with no source and no mask yet."""
        start, end = self.span.value
        return Edit(
            source="",
            instruction=self.instruction.toPlainText().strip(),
            picture_strength=self.picture.value,
            sound_strength=self.sound.value,
            start_frame=start,
            end_frame=end,
            keep_picture=self.keep_picture.isChecked(),
            keep_sound=self.keep_sound.isChecked(),
        )

    def put_away(self, words: str, changed_id: str) -> None:
        """Let go of a change that was decided for: of its words, and of how it was to be made.

        ``changed_id`` is the shot or clip that ``words`` were written for. Other words stay.
        """
        if changed_id != self._written_for:
            if self._drafts.get(changed_id, "").strip() == words:
                del self._drafts[changed_id]
        elif self.instruction.toPlainText().strip() == words:
            self.instruction.clear()
            self.ladder.show_rungs(())
            for box in (self.keep_picture, self.keep_sound, self.span.part):
                box.setChecked(False)
            for slider in (self.picture, self.sound):
                slider.set_value(_STRENGTH)

    def begin(self) -> None:
        """Put the cursor where the instruction is written."""
        self.instruction.setFocus()
        self.instruction.selectAll()

    def begin_redo(self, kept: Literal["picture", "sound"], words: str) -> None:
        """Keep the picture and make the sound anew, or the other way round.

        ``words`` are what is asked for where nothing is written yet.
        """
        for part, box, slider in (
            ("picture", self.keep_picture, self.picture),
            ("sound", self.keep_sound, self.sound),
        ):
            box.setChecked(part == kept)
            if part != kept:
                slider.set_value(1.0)
        if not self.instruction.toPlainText().strip():
            self.instruction.setPlainText(words)
        self.begin()

    def _body(self) -> QWidget:
        inner = QWidget()
        column = padded(inner)
        column.addWidget(self._of)
        column.addWidget(self._chain)
        column.addWidget(self.instruction)
        column.addSpacing(theme.TIGHT)
        column.addWidget(self.picture)
        column.addWidget(self.keep_picture)
        column.addSpacing(theme.GAP)
        column.addWidget(self.sound)
        column.addWidget(self.keep_sound)
        column.addSpacing(theme.GAP)
        column.addWidget(self.span)
        column.addWidget(self.region)
        column.addWidget(self._untrained)
        column.addWidget(self.try_ladder)
        column.addWidget(self.ladder)
        column.addSpacing(theme.GAP)
        column.addLayout(self._going_on())
        column.addStretch(1)
        self._scroll = scrolling(inner)
        return footed(self._scroll, (self.button,))

    def _going_on(self) -> QHBoxLayout:
        """The buttons that make a shot before or after the take."""
        row = QHBoxLayout()
        row.setSpacing(theme.TIGHT)
        for words, tip, action_id in (
            (
                tr("Lead up to it"),
                tr("A new shot that ends where this take begins"),
                "shot.extend_back",
            ),
            (
                tr("Go on from it"),
                tr("A new shot that begins where this take ends"),
                "shot.extend",
            ),
        ):
            button = push_button(words, partial(self.action_asked.emit, action_id))
            button.setToolTip(tip)
            row.addWidget(button, 1)
            self.more[action_id] = button
        return row

    def show_ladder(self, rungs: tuple[Rung, ...]) -> None:
        """Show a ladder, and bring it into sight."""
        self.refresh()  # what it is of may be another shot by now
        self.ladder.show_rungs(rungs)
        self.refresh()
        if rungs:
            self._scroll.bring(self.ladder)

    def _turn_to(self, changed_id: str) -> None:
        """Put the words for one shot or clip away and bring out those for another."""
        if changed_id == self._written_for:
            return
        self.ladder.show_rungs(())
        self._drafts[self._written_for] = self.instruction.toPlainText()
        self._written_for = changed_id
        self.instruction.setPlainText(self._drafts.pop(changed_id, ""))

    def _show_footage(self, footage: Footage) -> None:
        """Say which part of an imported clip is taken, and how another one would be."""
        capabilities = self._room.capabilities
        words = [tr("Imported; the result becomes a take of a new shot.")]
        if capabilities is not None:
            part, whole_s = part_of(footage, capabilities), footage.length_s
            self.span.show_part(part)
            taken = tr(
                "Takes {start} to {end} s of {whole} s.",
                start=hundredths(part.in_s),
                end=hundredths(min(part.out_s, whole_s)),
                whole=hundredths(whole_s),
            )
            words.insert(0, f'<span style="color: {theme.TEXT};">{taken}</span>')
            most = term("Mark in and out in the viewer to take another part, up to {length} s.")
            words.append(tr(most, length=hundredths(longest_s(capabilities))))
        self._chain.setText(" ".join(words))

    def _kept_changed(self) -> None:
        self.picture.setEnabled(not self.keep_picture.isChecked())
        self.sound.setEnabled(not self.keep_sound.isChecked())
        self._refresh_button()

    def _refresh_button(self) -> None:
        both = self.keep_picture.isChecked() and self.keep_sound.isChecked()
        written = bool(self.instruction.toPlainText().strip())
        writable = self._room.store.read_only is None
        takes = self._room.take is not None and self._footage is None
        ready = written and not both and writable and (takes or self._footage is not None)
        self.button.setEnabled(ready)
        self.try_ladder.setEnabled(ready)
        for button in self.more.values():
            button.setEnabled(takes and writable)
        tip = tr("Ctrl+Return")
        if both:
            tip = tr("Picture and sound are both left as they are: nothing would change.")
        elif not written:
            tip = tr("Say what should change first.")
        self.button.setToolTip(tip)
        self.turned.emit()

    def _make(self) -> None:
        self.edit_asked.emit(self.edit())

    def _follow(self, link: str) -> None:
        """Look at a step of the chain."""
        if link == FOOTAGE_LINK:
            self.source_asked.emit()
        else:
            self.take_asked.emit(link)

    def _choose_rung(self, take_id: str, strength: float) -> None:
        """Look at a rung, and let the sliders say how strong it is."""
        for slider, kept in ((self.picture, self.keep_picture), (self.sound, self.keep_sound)):
            if not kept.isChecked():
                slider.set_value(strength)
        self.take_asked.emit(take_id)

    def _show_untrained(self) -> None:
        """Say what of all this the weights were never taught."""
        capabilities = self._room.capabilities
        untrained = capabilities.untrained if capabilities is not None else ()
        words: list[str] = []
        if "edit" in untrained:
            words.append(tr("These weights were not taught edits: expect rough results."))
        if "region" in untrained and self.region.painted:
            words.append(tr("They were not taught regions: edges may show."))
        self._untrained.setText(" ".join(words))
        self._untrained.setVisible(bool(words))
