"""The clip panel: the time, place, keys and colour of the selected pictures, and what they draw."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QLabel,
    QMenu,
    QToolButton,
    QWidget,
)

from studio.bridge.actions import ActionRegistry
from studio.bridge.look_rows import Look
from studio.document.dissolve_changes import Alignment
from studio.document.film import FrameShape
from studio.document.looks import Easing
from studio.ui import icons, theme
from studio.ui.breathing import breathe
from studio.ui.drawn_fields import DrawnFields
from studio.ui.look_fields import GradeFields, PoseFields, row_of
from studio.ui.paired_fields import stand_below
from studio.ui.panel_layout import fill, padded, paged, scrolling
from studio.ui.reading import shut
from studio.ui.time_fields import TimeFields
from studio.ui.widgets import EmptyState, SectionHeader, choice
from studio.wording import term, tr

_MATCHES = ("cut.match_before", "cut.match_after", "cut.match_under")
_EASINGS: tuple[tuple[Easing, str, str], ...] = (
    ("linear", "evenly", "cut.key_linear"),
    ("smooth", "softly", "cut.key_smooth"),
    ("hold", term("not at all, then at once"), "cut.key_hold"),
)
_ALIGNMENTS: tuple[tuple[str, Alignment], ...] = (
    (term("Dissolve across the cut"), "centre"),
    (term("Dissolve from the cut on"), "start"),
    (term("Dissolve up to the cut"), "end"),
)
_SHAPES: tuple[tuple[FrameShape, str, str], ...] = (
    ("film", term("As the film"), "cut.shape_film"),
    ("16:9", "16:9", "cut.shape_wide"),
    ("9:16", "9:16", "cut.shape_tall"),
    ("1:1", "1:1", "cut.shape_square"),
    ("2.39", "2.39", "cut.shape_scope"),
)


class ClipPanel(QWidget):
    """Fields for the look of the selected clips; all its buttons are commands of the registry."""

    def __init__(self, actions: ActionRegistry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self.drawn = DrawnFields()
        breathe()
        self.time = TimeFields()
        places = [(tr(words), alignment) for words, alignment in _ALIGNMENTS]
        self.alignment = choice(tr("Where the dissolve lies"), places, letters=4)
        breathe()
        self.pose = PoseFields()
        breathe()
        self.grade = GradeFields()
        breathe()
        stand_below(group.names() for group in (self.time, self.pose, self.grade))
        self._name = QLabel()
        self._name.setFont(theme.font(weight=600))
        self._name.setWordWrap(True)
        self._note = QLabel()
        self._note.setFont(theme.font(theme.FONT_SMALL_PX))
        self._note.setProperty("dim", True)
        self._note.setWordWrap(True)
        goes_on = term("To the next key {how}")
        easings = [(tr(goes_on, how=tr(words)), easing) for easing, words, _ in _EASINGS]
        self.easing = choice(tr("How the key here goes on"), easings, letters=4)
        self.easing.activated.connect(lambda at: actions[_EASINGS[at][2]].trigger())
        self.match = QToolButton()
        self.match.setText(tr("Match to…"))
        self.match.setProperty("labelled", True)
        self.match.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.match.setToolTip(tr("Bring the colours near to those of another clip"))
        menu = QMenu(self.match)
        for action_id in _MATCHES:
            menu.addAction(actions[action_id])
        self.match.setMenu(menu)
        shapes = [(tr(words), shape) for shape, words, _ in _SHAPES]
        self.shape = choice(tr("Shape of the frame"), shapes)
        self.shape.activated.connect(lambda at: actions[_SHAPES[at][2]].trigger())
        empty = EmptyState(
            "shape",
            tr("No picture is selected"),
            tr("Select clips with pictures on the timeline; their place and colour is here."),
        )
        breathe()
        body = self._body()
        breathe()
        self._stack = paged(empty, body)
        fill(self, self._stack)

    def only_read(self) -> None:
        """Let the looks of clips be seen; what goes by the clip is shut with it."""
        shut(self.shape, self.easing, self.match)

    def show_look(self, look: Look | None) -> None:
        """Show the look of the selected clips; ``None`` where no picture is selected."""
        self._stack.setCurrentIndex(0 if look is None else 1)
        if look is None:
            return
        self._name.setText(look.title)
        self._note.setText(look.note)
        self._note.setVisible(bool(look.note))
        self.drawn.show_source(look.drawn)
        self.time.show_timing(look.timing)
        self.alignment.setVisible(look.timing.dissolve != 0)
        self.alignment.setCurrentIndex(self.alignment.findData(look.timing.alignment))
        self.pose.set_frame(look.frame.width, look.frame.height)
        self.pose.show_values(look.pose, look.keys)
        self.grade.show_values(look.grade)
        self.easing.setVisible(look.easing is not None)
        if look.easing is not None:
            self.easing.setCurrentIndex(self.easing.findData(look.easing))
        self.shape.setCurrentIndex(self.shape.findData(look.shape))
        for widget in (self.drawn, self.time, self.alignment, self.pose, self.grade):
            widget.setEnabled(look.writable)

    def _body(self) -> QWidget:
        inner = QWidget()
        column = padded(inner)
        column.addWidget(self._name)
        column.addWidget(self._note)
        column.addWidget(self.drawn)
        time = self._header(
            tr("Time"),
            ("cut.fit_marks", "fit"),
            ("cut.reverse", "reverse"),
            ("cut.normal_speed", "reset"),
        )
        column.addWidget(time)
        column.addWidget(self.time)
        column.addWidget(self.alignment)
        column.addSpacing(theme.GAP)
        breathe()
        place = self._header(
            tr("Place"),
            ("view.handles", "shape"),
            ("cut.previous_key", "chevron-left"),
            ("cut.key", "key"),
            ("cut.next_key", "chevron-right"),
            ("cut.fit", "reset"),
        )
        column.addWidget(place)
        column.addWidget(self.pose)
        breathe()
        column.addWidget(self.easing)
        self._actions["cut.fill"].setIconText(tr("Fill the frame"))  # what buttons show
        column.addLayout(row_of(self._button("cut.fill"), self._button("cut.clear_keys")))
        column.addSpacing(theme.GAP)
        column.addWidget(self._header(tr("Colour"), ("cut.reset_colour", "reset")))
        column.addWidget(self.grade)
        column.addLayout(row_of(self.match))
        column.addSpacing(theme.GAP)
        column.addWidget(self._header(tr("Frame of the cut")))
        column.addWidget(self.shape)
        column.addStretch(1)
        breathe()
        return scrolling(inner)

    def _header(self, text: str, *buttons: tuple[str, str]) -> SectionHeader:
        header = SectionHeader(text)
        header.setContentsMargins(-theme.WIDE, 0, 0, 0)  # it stands within a panel's margins
        for action_id, icon_name in buttons:
            action = self._actions[action_id]
            action.setIcon(icons.icon(icon_name))
            button = QToolButton()
            button.setDefaultAction(action)
            button.setIconSize(QSize(theme.ICON_SIZE, theme.ICON_SIZE))
            button.setAccessibleName(action.text())
            header.add(button)
        return header

    def _button(self, action_id: str) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(self._actions[action_id])
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setProperty("labelled", True)
        return button
