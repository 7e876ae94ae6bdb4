"""Times that are typed: in the field under the picture, or right over the cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from studio.bridge.panel_keys import PANELS
from studio.document.errors import TimecodeError
from studio.document.queries import active_timeline, timeline_end
from studio.document.timebase import to_timecode
from studio.document.typed_time import TypedTime, read_time
from studio.ui.timeline_trim_commands import AIMS
from studio.wording import tr

if TYPE_CHECKING:
    from studio.ui.workspace import Workspace

_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
_BEGINNINGS = frozenset(key for entry in PANELS["cut"].keys for key in entry.keys.split())


class TypedTimeDesk(QObject):
    """Takes what is typed as a time to what it is meant for.

    A place is gone to. Frames with a sign move the playhead; typed over the cut they do to what is
    selected there what the tool in hand does.
    """

    def __init__(self, desk: Workspace) -> None:
        super().__init__(desk)
        self._desk = desk
        self._field = desk.viewer.timecode
        self._of_cut = False
        self._lender: QWidget | None = None
        self._field.begun.connect(self._say)
        self._field.textEdited.connect(self._say)
        self._field.entered.connect(self._enter)
        self._field.abandoned.connect(self._give_back)
        self._field.ended.connect(self._end)
        for place in (desk.timeline, desk.viewer.picture):
            place.installEventFilter(self)

    def begin(self, first: str = "", *, of_cut: bool = False) -> None:
        """Let a time be typed; ``of_cut`` lets frames move what is selected in the cut."""
        holder = QApplication.focusWidget()
        self._desk.full_picture.leave()
        self._of_cut = of_cut and self._desk.timeline.commands.trims.aim is not None
        self._lender = holder if holder is not self._field else self._lender
        self._field.begin(first)
        self._say()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        if not isinstance(event, QKeyEvent) or not _begins(event):
            return False
        if event.type() == QEvent.Type.KeyPress:
            self.begin(event.text(), of_cut=watched is self._desk.timeline)
            return True
        if event.type() == QEvent.Type.ShortcutOverride and event.text() == "-":
            event.accept()  # the same sign among the letters is a command
            return True
        return False

    def _enter(self, text: str) -> None:
        desk = self._desk
        try:
            typed = read_time(text, desk.room.film.rate)
        except TimecodeError as error:
            desk.room.problem(str(error))
            self._field.selectAll()
            return
        if self._of_cut and typed.moves:
            desk.timeline.commands.trims.by(typed.frames)
        elif not self._go(typed):
            self._field.selectAll()
            return
        self._give_back()

    def _go(self, typed: TypedTime) -> bool:
        """Go to a place in what is looked at, or say that there is none."""
        desk, player = self._desk, self._desk.screening.player
        alone = desk.screening.source is not None and not self._of_cut
        end = player.length - 1 if alone else timeline_end(active_timeline(desk.room.film))
        now = player.frame if alone else desk.room.session.playhead
        frame = typed.of(now)
        if typed.moves:
            frame = min(max(0, frame), max(now, end))
        elif frame > end:
            rate = desk.room.film.rate
            desk.room.problem(
                tr(
                    "{at} lies behind the end, which is at {end}.",
                    at=to_timecode(frame, rate),
                    end=to_timecode(max(0, end), rate),
                )
            )
            return False
        if alone:
            player.seek(frame)
        else:
            desk.screening.look_at_cut()
            desk.room.session.set_playhead(frame)
        return True

    def _say(self) -> None:
        """Say beside the field what Return would do."""
        if not self._field.hasFocus():
            return
        rate, text = self._desk.room.film.rate, self._field.text()
        aim = self._desk.timeline.commands.trims.aim if self._of_cut else None
        try:
            typed = read_time(text, rate)
        except TimecodeError:
            typed = None
        if typed is None:
            words = tr("A time, or + and frames") if aim is None else tr(AIMS[aim])
        elif typed.moves:
            what = tr("Playhead") if aim is None else tr(AIMS[aim])
            sign = "−" if typed.frames < 0 else "+"
            words = f"{what}  {sign}{to_timecode(abs(typed.frames), rate)}"
        else:
            words = tr("Go to {at}", at=to_timecode(typed.frames, rate))
        self._desk.viewer.show_typed(words)

    def _give_back(self) -> None:
        lender = self._lender
        usable = lender is not None and isValid(lender) and lender.isVisible()
        (lender if lender is not None and usable else self._desk.viewer.picture).setFocus()

    def _end(self) -> None:
        self._of_cut, self._lender = False, None
        self._desk.viewer.show_typed("")


def _begins(event: QKeyEvent) -> bool:
    """Whether a key begins a time: a digit, a plus, or a minus that is no letter's neighbour."""
    if event.modifiers() & _COMMANDS:
        return False
    from_keypad = event.modifiers() & Qt.KeyboardModifier.KeypadModifier
    return event.text() in _BEGINNINGS or bool(from_keypad and event.text() == "-")
