"""The fields of a shot: length, seed, camera, label and the like, set on all picked shots."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QSpinBox, QWidget

from engine.api import Capabilities
from studio.bridge.scripts import known_moves
from studio.document.film import CameraPlan, PictureSize, SeedPolicy, Shot
from studio.ui import theme
from studio.ui.panel_layout import NarrowChoice, field_grid
from studio.ui.prompt_edit import PromptEdit
from studio.ui.shot_cells import length_words
from studio.ui.widgets import choice, roomy, small_label
from studio.wording import term, tr

_POLICIES: tuple[tuple[SeedPolicy, str, str], ...] = (
    ("random", term("Random"), term("Every take gets another seed")),
    ("step", term("Stepped"), term("Every take gets the next seed")),
    ("lock", term("Locked"), term("Every take gets this seed")),
)
_FRAMINGS = (
    (term("Any size"), ""),
    (term("Wide"), "wide"),
    (term("Medium"), "medium"),
    (term("Close"), "close"),
)
_NOTES_PX = 52
_SIDES = (
    (term("Any side"), ""),
    (term("From the left"), "left"),
    (term("From the right"), "right"),
)


class ShotFields(QWidget):
    """A grid of fields; what is set is told by name, so that it can be set on several shots.

    Signals:
        edited: the words for undo, and what is set on the shot, by its field.
        camera_edited: what is set on the camera's plan, by its field.
    """

    edited = Signal(str, object)
    camera_edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._camera = CameraPlan()
        self.length = NarrowChoice()
        self.length.setAccessibleName(tr("Length"))
        self.length.setToolTip(tr("Seconds, and pictures: the lengths that the engine makes"))
        self.size_ = NarrowChoice()
        self.size_.setAccessibleName(tr("Picture size"))
        self.size_.setToolTip(tr("The size of the pictures: the film's shape, or another one"))
        self.policy = NarrowChoice()
        for policy, text, tip in _POLICIES:
            self.policy.addItem(tr(text), policy)
            self.policy.setItemData(self.policy.count() - 1, tr(tip), Qt.ItemDataRole.ToolTipRole)
        self.policy.setAccessibleName(tr("Seed policy"))
        self.seed = QSpinBox()
        roomy(self.seed)
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setAccessibleName(tr("Seed"))
        self.framing = choice(tr("Shot size"), [(tr(text), value) for text, value in _FRAMINGS], 4)
        self.move_edit = NarrowChoice()
        self.move_edit.setEditable(True)
        self.move_edit.setAccessibleName(tr("Camera move"))
        self.move_edit.addItems(["", *known_moves(None)])
        line = self.move_edit.lineEdit()
        if line is not None:
            line.setPlaceholderText(tr("Any move"))
            line.setAccessibleName(tr("Camera move"))
        self.side = choice(tr("Side of the axis"), [(tr(text), value) for text, value in _SIDES], 4)
        self.unwanted = self._words(
            tr("Not wanted in the shot"), tr("Words for what should not be there")
        )
        self.colour = NarrowChoice()
        self.colour.setAccessibleName(tr("Colour label of the shot"))
        for label, shade in theme.LABEL_COLOURS.items():
            dot = QPixmap(12, 12)
            dot.fill(QColor(shade or Qt.GlobalColor.transparent))
            words = tr(theme.LABEL_WORDS[label]) if shade else tr("No label")
            self.colour.addItem(QIcon(dot), words, label)
        self.notes = self._words(tr("Notes on the shot"), tr("Notes; the engine does not see them"))
        grid = field_grid(self)
        grid.setColumnMinimumWidth(0, 46)
        grid.setColumnStretch(2, 1)
        for row, text in (
            (0, tr("Length")),
            (1, tr("Seed")),
            (2, tr("Camera")),
            (4, tr("Without")),
            (5, tr("Label")),
            (6, tr("Notes")),
        ):
            grid.addWidget(small_label(text), row, 0)
        for widget, row, column in (
            (self.length, 0, 1),
            (self.size_, 0, 2),
            (self.policy, 1, 1),
            (self.seed, 1, 2),
            (self.framing, 2, 1),
            (self.side, 2, 2),
        ):
            grid.addWidget(widget, row, column)
        for row, widget in (
            (3, self.move_edit),
            (4, self.unwanted),
            (5, self.colour),
            (6, self.notes),
        ):
            grid.addWidget(widget, row, 1, 1, 2)
        self._connect()

    def show_shot(
        self, shot: Shot, capabilities: Capabilities | None, *, turned: bool = False
    ) -> None:
        """Show the values of a shot.

        Args:
            shot: whose values.
            capabilities: of the engine, where they are known.
            turned: it is another shot than before: words that are being written are not its own.
        """
        self._camera = shot.camera
        self._show_length(shot, capabilities)
        self._show_size(shot, capabilities)
        self.policy.setCurrentIndex(max(0, self.policy.findData(shot.seed_policy)))
        self.seed.blockSignals(True)
        self.seed.setValue(shot.seed)
        self.seed.blockSignals(False)
        self.seed.setEnabled(shot.seed_policy != "random")
        self.framing.setCurrentIndex(max(0, self.framing.findData(shot.camera.size)))
        self.move_edit.setCurrentText(shot.camera.move)
        self.side.setCurrentIndex(max(0, self.side.findData(shot.camera.side)))
        self.colour.setCurrentIndex(max(0, self.colour.findData(shot.colour)))
        for field, text in ((self.unwanted, shot.negative_prompt), (self.notes, shot.notes)):
            if turned or not field.hasFocus():
                field.show_text(text)

    def show_moves(self, capabilities: Capabilities) -> None:
        """Offer the moves that the weights know."""
        current = self.move_edit.currentText()
        self.move_edit.clear()
        self.move_edit.addItems(["", *known_moves(capabilities)])
        self.move_edit.setCurrentText(current)

    def set_tags(self, tags: Sequence[str]) -> None:
        """The tags that are known in what is not wanted, and in the notes."""
        self.unwanted.set_tags(tags)
        self.notes.set_tags(tags)

    def set_words(self, words: Sequence[str]) -> None:
        """The vocabulary that what is not wanted is completed from."""
        self.unwanted.set_words(words)

    def commit(self) -> None:
        """Hand over the words that are still being written."""
        self.unwanted.commit()
        self.notes.commit()

    def _words(self, name: str, hint: str) -> PromptEdit:
        field = PromptEdit(theme.colour(theme.ACCENT), theme.colour(theme.BAD))
        field.setAccessibleName(name)
        field.setPlaceholderText(hint)
        field.setFixedHeight(_NOTES_PX)
        return field

    def _connect(self) -> None:
        self.unwanted.committed.connect(
            lambda text: self.edited.emit(tr("Write what is not wanted"), {"negative_prompt": text})
        )
        self.notes.committed.connect(
            lambda text: self.edited.emit(tr("Write notes"), {"notes": text})
        )
        self.colour.activated.connect(
            lambda _: self.edited.emit(tr("Label shot"), {"colour": self.colour.currentData()})
        )
        self.length.activated.connect(
            lambda _: self.edited.emit(tr("Set length"), {"frames": self.length.currentData()})
        )
        self.size_.activated.connect(
            lambda _: self.edited.emit(tr("Set size"), {"size": self.size_.currentData()})
        )
        self.policy.activated.connect(
            lambda _: self.edited.emit(
                tr("Set seed policy"), {"seed_policy": self.policy.currentData()}
            )
        )
        self.seed.editingFinished.connect(
            lambda: self.edited.emit(tr("Set seed"), {"seed": self.seed.value()})
        )
        self.framing.activated.connect(
            lambda _: self.camera_edited.emit({"size": self.framing.currentData()})
        )
        self.side.activated.connect(
            lambda _: self.camera_edited.emit({"side": self.side.currentData()})
        )
        self.move_edit.activated.connect(lambda _: self._moved())
        line = self.move_edit.lineEdit()
        if line is not None:
            line.editingFinished.connect(self._moved)

    def _moved(self) -> None:
        move = self.move_edit.currentText().strip()
        if move != self._camera.move:
            self.camera_edited.emit({"move": move})

    def _show_length(self, shot: Shot, capabilities: Capabilities | None) -> None:
        legal = capabilities.frames if capabilities is not None else ()
        frames = sorted({*(n for n in legal if n > 1), shot.frames})
        if [self.length.itemData(i) for i in range(self.length.count())] != frames:
            self.length.clear()
            for number in frames:
                self.length.addItem(length_words(number, shot.rate), number)
        self.length.setCurrentIndex(self.length.findData(shot.frames))

    def _show_size(self, shot: Shot, capabilities: Capabilities | None) -> None:
        sizes: list[PictureSize | None] = [None]
        words = [tr("Film size")]
        for one in capabilities.sizes if capabilities is not None else ():
            sizes.append(PictureSize(width=one.width, height=one.height))
            words.append(f"{one.width} × {one.height} · {one.shape}")
        if shot.size not in sizes and shot.size is not None:
            sizes.append(shot.size)
            words.append(f"{shot.size.width} × {shot.size.height}")
        if [self.size_.itemText(i) for i in range(self.size_.count())] != words:
            self.size_.clear()
            for size, text in zip(sizes, words, strict=True):
                self.size_.addItem(text, size)
        self.size_.setCurrentIndex(sizes.index(shot.size))
