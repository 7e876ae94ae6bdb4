"""The compare view: two takes over the viewer, played as one, and judged blind."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from studio.bridge.judging import AXES, Judging
from studio.bridge.panel_keys import deed_of
from studio.document.timebase import to_timecode
from studio.playback.player import Playing
from studio.ui import icons, theme
from studio.ui.claimed_keys import claims, claims_deed
from studio.ui.compare_deck import CompareDeck, Side
from studio.ui.compare_picture import CompareMode, ComparePicture
from studio.ui.widgets import icon_button, push_button
from studio.wording import term, tr

_MODES: tuple[tuple[CompareMode, str, str], ...] = (
    ("wipe", term("Wipe"), "W"),
    ("side", term("Side by side"), "S"),
    ("difference", term("Difference"), "D"),
)
_WIPE_STEP = 0.05
_BY_TAB = Qt.FocusPolicy.TabFocus  # a click leaves the keys with the whole view


class CompareView(QFrame):
    """Lies over ``host`` until it is put away.

    Signals:
        judged: ``shot.verdict_a``, ``shot.verdict_b`` or ``shot.verdict_tie``.
        closed: it was put away.
    """

    judged = Signal(str)
    closed = Signal()

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self._deck: CompareDeck | None = None
        self.setObjectName("compare")
        self.setStyleSheet(f"#compare {{ background: {theme.WELL}; }}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Takes compared"))
        # While it has the focus its keys mean the comparison, whatever they mean elsewhere.
        self._deeds: dict[str, Callable[[], object]] = {
            "close": self.put_away,
            "play": self._toggle,
            "back": lambda: self._step(-1),
            "on": lambda: self._step(1),
            "wipe_left": lambda: self._wipe_by(-_WIPE_STEP),
            "wipe_right": lambda: self._wipe_by(_WIPE_STEP),
            "hear_a": lambda: self.hear("a"),
            "hear_b": lambda: self.hear("b"),
            "wipe": lambda: self.set_mode("wipe"),
            "side": lambda: self.set_mode("side"),
            "difference": lambda: self.set_mode("difference"),
        }
        self.picture = ComparePicture()
        self.title = QLabel()
        self.title.setFont(theme.font(weight=500))
        self.clock = QLabel()
        self.clock.setFont(theme.font(theme.FONT_SMALL_PX, tabular=True))
        self.clock.setProperty("soft", True)
        self.time = QSlider(Qt.Orientation.Horizontal)
        self.time.setAccessibleName(tr("Place in the takes"))
        self.time.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.time.sliderMoved.connect(self._seek)
        self.play = icon_button("play", tr("Play or pause  (Space)"), self._toggle)
        self.play.setFocusPolicy(_BY_TAB)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(self.picture, 1)
        column.addLayout(self._transport())
        column.addWidget(self._bench())
        host.installEventFilter(self)
        self.hide()

    @property
    def deck(self) -> CompareDeck | None:
        """What plays the two; ``None`` while nothing is compared."""
        return self._deck

    def open(self, deck: CompareDeck, names: tuple[str, str]) -> None:
        """Show what ``deck`` plays; the view closes it in the end."""
        self._drop()
        self._deck = deck
        self.picture.names = names
        deck.pair_shown.connect(self.picture.show_pair)
        deck.position_changed.connect(self._on_position)
        deck.state_changed.connect(self._on_state)
        self.title.setText(tr("{a} and {b}", a=names[0], b=names[1]))
        for side, button in self._sounds.items():
            button.setText(names[0] if side == "a" else names[1])
        self._sounds["a"].setChecked(True)
        self._on_position(0)
        self.setGeometry(self._host.rect())
        self.show()
        self.raise_()
        self.setFocus()

    def name(self, names: tuple[str, str]) -> None:
        """Say which take is which."""
        self.picture.names = names
        self.picture.update()
        self.title.setText(tr("A is {a}, B is {b}", a=names[0], b=names[1]))

    def show_judging(self, judging: Judging | None) -> None:
        """Ask about the next axis; ``None`` puts the questions away."""
        self._judge.setVisible(judging is not None)
        if judging is None:
            return
        axis = judging.axis
        place = len(judging.given)
        for number, chip in enumerate(self._axes):
            colour = theme.ACCENT if number == place else theme.TEXT_DIM
            given = f" {_MARKS[judging.given[number]]}" if number < place else ""
            chip.setText(tr(AXES[number].title) + given)
            chip.setStyleSheet(f"color: {colour};")
        thanks = tr("Noted. Your verdicts can teach the engine what you like.")
        self.question.setText(tr(axis.question) if axis is not None else thanks)
        for button in self._choices:
            button.setVisible(axis is not None)

    def put_away(self) -> None:
        """Give the viewer back."""
        self._drop()
        self.hide()
        self._host.setFocus()
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._host.rect())
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        if claims_deed(event, "compare") or claims(event, Qt.Key.Key_Tab):
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        deed = self._deeds.get(deed_of("compare", event))
        if deed is None:
            super().keyPressEvent(event)
        else:
            deed()

    def hear(self, side: Side) -> None:
        """Hear A or B."""
        self._sounds[side].setChecked(True)
        if self._deck is not None:
            self._deck.hear(side)

    def set_mode(self, mode: CompareMode) -> None:
        """Wipe, side by side or difference."""
        self._modes[mode].setChecked(True)
        self.picture.set_mode(mode)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(14, 8, 8, 2)
        row.setSpacing(theme.TIGHT)
        row.addWidget(self.title)
        row.addStretch(1)
        self._modes = {}
        group = QButtonGroup(self)
        for mode, text, key in _MODES:
            button = push_button(tr(text), lambda mode=mode: self.set_mode(mode), quiet=True)
            button.setCheckable(True)
            button.setFocusPolicy(_BY_TAB)
            button.setToolTip(f"{tr(text)}  ({key})")
            group.addButton(button)
            self._modes[mode] = button
            row.addWidget(button)
        self._modes["wipe"].setChecked(True)
        row.addSpacing(theme.WIDE)
        close = icon_button("reject", tr("Back to the viewer  (Esc)"), self.put_away)
        close.setFocusPolicy(_BY_TAB)
        row.addWidget(close)
        return row

    def _transport(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(14, 2, 14, 6)
        row.setSpacing(theme.GAP)
        row.addWidget(self.play)
        row.addWidget(self.clock)
        row.addWidget(self.time, 1)
        hear = QLabel(tr("Hear"))
        hear.setProperty("dim", True)
        row.addWidget(hear)
        group = QButtonGroup(self)
        self._sounds = {}
        sides: tuple[Side, Side] = ("a", "b")
        for side in sides:
            button = push_button(side.upper(), lambda side=side: self.hear(side), quiet=True)
            button.setCheckable(True)
            button.setFocusPolicy(_BY_TAB)
            button.setToolTip(tr("Hear it  ({key})", key=side.upper()))
            group.addButton(button)
            self._sounds[side] = button
            row.addWidget(button)
        return row

    def _bench(self) -> QWidget:
        self._judge = QFrame()
        self._judge.setObjectName("judge")
        self._judge.setStyleSheet(f"#judge {{ background: {theme.PANEL}; }}")
        column = QVBoxLayout(self._judge)
        column.setContentsMargins(14, 8, 14, 10)
        column.setSpacing(theme.GAP)
        axes = QHBoxLayout()
        axes.setSpacing(theme.WIDE)
        self._axes = [QLabel(tr(axis.title)) for axis in AXES]
        for label in self._axes:
            label.setFont(theme.font(theme.FONT_SMALL_PX, weight=600))
            axes.addWidget(label)
        axes.addStretch(1)
        column.addLayout(axes)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        self.question = QLabel()
        row.addWidget(self.question, 1)
        self._choices = [
            push_button(text, lambda deed=deed: self.judged.emit(deed))
            for text, deed in (
                (tr("A  (1)"), "shot.verdict_a"),
                (tr("Neither  (0)"), "shot.verdict_tie"),
                (tr("B  (2)"), "shot.verdict_b"),
            )
        ]
        for button in self._choices:
            button.setFocusPolicy(_BY_TAB)
            row.addWidget(button)
        column.addLayout(row)
        self._judge.hide()
        return self._judge

    def _toggle(self) -> None:
        if self._deck is not None:
            self._deck.player.toggle()

    def _step(self, frames: int) -> None:
        if self._deck is not None:
            self._deck.player.step(frames)

    def _wipe_by(self, share: float) -> None:
        self.set_mode("wipe")
        self.picture.set_wipe(self.picture.wipe + share)

    def _seek(self, frame: int) -> None:
        if self._deck is not None:
            self._deck.seek(frame)

    def _on_position(self, frame: int) -> None:
        if self._deck is None:
            return
        rate = self._deck.rate
        self.time.setRange(0, max(0, self._deck.length - 1))
        if not self.time.isSliderDown():
            self.time.setValue(frame)
        self.clock.setText(f"{to_timecode(frame, rate)} / {to_timecode(self._deck.length, rate)}")

    def _on_state(self, state: object) -> None:
        self.play.setIcon(icons.icon("pause" if isinstance(state, Playing) else "play"))

    def _drop(self) -> None:
        if self._deck is not None:
            self._deck.close()
            self._deck.deleteLater()
            self._deck = None


_MARKS = {"a": "A", "b": "B", "tie": "="}
