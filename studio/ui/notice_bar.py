"""The notice bar: one sentence about what just happened, its cause one click deeper."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from studio.bridge.actions import ActionRegistry
from studio.bridge.notices import Deed, Level, Notice
from studio.ui import icons, theme
from studio.ui.announcing import announce
from studio.ui.widgets import icon_button, push_button
from studio.wording import tr

SHORT_MS = 6000
_COLOURS: dict[Level, str] = {
    "info": theme.TEXT_SOFT,
    "done": theme.GOOD,
    "problem": theme.BAD,
}
_ICONS: dict[Level, str] = {"info": "info", "done": "check", "problem": "warning"}


class NoticeBar(QFrame):
    """Shows notices one after the other; problems stay until they are put away."""

    def __init__(self, actions: ActionRegistry, parent: QWidget | None = None) -> None:
        """Make it empty; ``actions`` are the commands that notices offer."""
        super().__init__(parent)
        self.setObjectName("notice_bar")
        self._actions = actions
        self._waiting: deque[Notice] = deque()
        self._icon = QLabel()
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._cause = QLabel()
        self._cause.setWordWrap(True)
        self._cause.setProperty("dim", True)
        self._cause.setFont(theme.font(theme.FONT_SMALL_PX))
        self._cause.setContentsMargins(16 + theme.GAP, 0, 0, 0)  # under the sentence
        self._cause.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self._sentence, self._cause):
            label.setTextFormat(Qt.TextFormat.PlainText)  # a file's name may look like HTML
        self._why = QToolButton()
        self._why.setText(tr("Why?"))
        self._why.setCheckable(True)
        self._why.toggled.connect(self._cause.setVisible)
        self._more = QLabel()
        self._more.setProperty("dim", True)
        self._more.setFont(theme.font(theme.FONT_SMALL_PX, tabular=True))
        self._close = icon_button("reject", tr("Put away"), self.dismiss)
        self._buttons: list[QWidget] = []
        self._offers = QHBoxLayout()
        self._offers.setSpacing(theme.GAP)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(self._icon)
        row.addWidget(self._sentence, 1)
        row.addLayout(self._offers)
        row.addWidget(self._more)
        row.addWidget(self._why)
        row.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.WIDE, 5, 6, 5)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self._cause)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        self.notice: Notice | None = None
        self.hide()

    def say(self, notice: Notice) -> None:
        """Show ``notice``, after those that are problems and still stand, or with one of them."""
        if self._is_joined(notice):
            return
        if self.notice is not None and self.notice.level == "problem":
            self._waiting.append(notice)
            self._count()
            return
        self._show(notice)

    def interrupt(self, notice: Notice) -> None:
        """Show ``notice`` at once: it answers what a hand has just done."""
        if notice == self.notice:
            return
        if notice in self._waiting:
            self._waiting.remove(notice)
        if self.notice is not None and self.notice.level == "problem":
            self._waiting.appendleft(self.notice)
        self._timer.stop()
        self._show(notice)

    def withdraw(self, notice: Notice) -> None:
        """Take ``notice`` back, if it still stands: it is no longer so."""
        if notice in self._waiting:
            self._waiting.remove(notice)
            self._count()
        if notice == self.notice:
            self.dismiss()

    def settle(self, job_id: str) -> None:
        """Say no more of a job, which is not as it was."""
        for notice in [one for one in (*self._waiting, self.notice) if one is not None]:
            rest = notice.without(job_id)
            if rest is None:
                self.withdraw(notice)
            elif rest != notice and notice == self.notice:
                self._show(rest)
            elif rest != notice:
                self._waiting[self._waiting.index(notice)] = rest

    def let_go(self) -> None:
        """The film is closed: nothing can be done any more about what its notices offered to."""
        for notice in [one for one in (*self._waiting, self.notice) if one is not None]:
            if notice.of_film:
                self.withdraw(notice)

    def dismiss(self) -> None:
        """Put the notice away and show the next one."""
        self._timer.stop()
        self.notice = None
        if self._waiting:
            self._show(self._waiting.popleft())
        else:
            self.hide()

    def _is_joined(self, notice: Notice) -> bool:
        """Whether one that stands says ``notice`` too, by now."""
        if self.notice is not None and (both := self.notice.joined(notice)) is not None:
            if both != self.notice:
                self._show(both)
            return True
        for place, waiting in enumerate(self._waiting):
            if (both := waiting.joined(notice)) is not None:
                self._waiting[place] = both
                return True
        return False

    def _show(self, notice: Notice) -> None:
        self.notice = notice
        colour = _COLOURS[notice.level]
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(icons.pixmap(_ICONS[notice.level], 16, colour, ratio))
        self._sentence.setText(notice.sentence)
        self.setAccessibleName(notice.sentence)
        self._cause.setText(notice.cause)
        self._why.setVisible(bool(notice.cause))
        self._why.setChecked(False)
        self._cause.setVisible(False)
        self._show_offers(notice.offers, notice.deed)
        self._count()
        edge = colour if notice.level != "info" else theme.LINE_STRONG
        self.setStyleSheet(
            f"#notice_bar {{ background: {theme.RAISED}; border-left: 3px solid {edge}; }}"
        )
        self.show()
        announce(self, notice.sentence, at_once=notice.level == "problem")
        if notice.level != "problem":
            self._timer.start(SHORT_MS)

    def _count(self) -> None:
        """Say how many notices wait behind this one."""
        self._more.setVisible(bool(self._waiting))
        self._more.setText(tr("{n} more", n=len(self._waiting)))

    def _do(self, deed: Deed) -> None:
        self.dismiss()
        deed.do()

    def _show_offers(self, action_ids: tuple[str, ...], deed: Deed | None) -> None:
        for button in self._buttons:
            self._offers.removeWidget(button)
            button.hide()  # it goes a moment later, and the next ones take its place at once
            button.deleteLater()
        self._buttons.clear()
        for action_id in action_ids:
            action = self._actions[action_id]
            self._offer(action.text(), action.trigger).setObjectName(action_id)
        if deed is not None:
            self._offer(deed.text, partial(self._do, deed))

    def _offer(self, text: str, do: Callable[[], object]) -> QWidget:
        button = push_button(text, do)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._offers.addWidget(button)
        self._buttons.append(button)
        return button
