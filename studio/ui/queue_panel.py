"""The queue panel: what renders, what waits, what failed and why."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QStackedWidget,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.api import ShotRequest
from studio.bridge.job_items import JobItems, JobRow
from studio.bridge.panel_keys import deed_of
from studio.bridge.queue_actions import QueueDeed
from studio.bridge.rows import VALUE_ROLE
from studio.ui import icons, theme
from studio.ui.job_editor import JobEditor
from studio.ui.reading import shut
from studio.ui.row_delegate import Index, RowDelegate, wash
from studio.ui.widgets import EmptyState, SectionHeader, icon_button, push_button
from studio.wording import tr

ROW_PX = 48
LINE_PX = 16
MOST_LINES = 5  # of a sentence on what failed; all of it is in the row's tip
_BESIDE_PX = 2 * theme.WIDE + 24  # the mark and the margins
_WRAPPED = theme.ALIGN_LEFT & ~Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
_LOOKS: dict[str, tuple[str, str]] = {
    "queued": ("hourglass", theme.STATE_COLOURS["queued"]),
    "held": ("pause", theme.CAUTION),
    "running": ("render", theme.ACCENT),
    "parked": ("pause", theme.STATE_COLOURS["queued"]),
    "done": ("check", theme.GOOD),
    "failed": ("warning", theme.BAD),
    "cancelled": ("stop", theme.TEXT_DIM),
}


class JobDelegate(RowDelegate[JobRow]):
    """Paints a job: its state, name, words, and a bar while it runs."""

    kind = JobRow
    size = QSize(200, ROW_PX)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        row = index.data(VALUE_ROLE)
        if not isinstance(row, JobRow) or row.state != "failed":
            return self.size
        view = option.widget  # type: ignore[attr-defined]
        assert isinstance(view, QListView)
        width = view.viewport().width() - _BESIDE_PX
        lines = QRect(0, 0, width, MOST_LINES * LINE_PX)
        metrics = QFontMetrics(theme.font(theme.FONT_SMALL_PX, tabular=True))
        needs = metrics.boundingRect(lines, _WRAPPED, row.words).height()
        return QSize(200, ROW_PX - LINE_PX + max(LINE_PX, min(needs, lines.height())))

    def draw(self, painter: QPainter, option: QStyleOptionViewItem, row: JobRow) -> None:
        area: QRect = option.rect
        wash(painter, option)
        icon_name, colour = _LOOKS[row.state]
        mark = QRect(area.x() + theme.WIDE, area.y() + 8, 15, 15)
        icons.draw(painter, icon_name, mark, colour)
        line = QRect(mark.right() + 9, area.y() + 6, area.width() - _BESIDE_PX, LINE_PX)
        faint = row.state in ("done", "cancelled")
        painter.setFont(theme.font(weight=500))
        painter.setPen(theme.colour(theme.TEXT_DIM if faint else theme.TEXT))
        elide = Qt.TextElideMode.ElideRight
        title = painter.fontMetrics().elidedText(row.title, elide, line.width())
        painter.drawText(line, theme.ALIGN_LEFT, title)
        line.translate(0, 17)
        painter.setFont(theme.font(theme.FONT_SMALL_PX, tabular=True))
        painter.setPen(theme.colour(theme.BAD if row.state == "failed" else theme.TEXT_DIM))
        if row.state == "failed":
            line.setBottom(area.bottom() - 8)
            painter.drawText(line, _WRAPPED, row.words)
            return
        taken = painter.fontMetrics().horizontalAdvance(row.time) + theme.GAP if row.time else 0
        room = line.adjusted(0, 0, -taken, 0)
        words = painter.fontMetrics().elidedText(row.words, elide, room.width())
        painter.drawText(room, theme.ALIGN_LEFT, words)
        painter.setPen(theme.colour(theme.TEXT_DIM))
        painter.drawText(line, theme.ALIGN_RIGHT, row.time)
        if row.state == "running":
            _paint_bar(painter, QRectF(line.x(), area.bottom() - 5, line.width(), 3), row.done)


class QueuePanel(QWidget):
    """The jobs, and what can be done with the one that is selected.

    Signals:
        changed: something else can be done.
        pause_asked, resume_asked: hold the whole queue, or let it go on.
        release_asked: let jobs of an earlier sitting run.
        cancel_asked, retry_asked: a job id.
        move_asked: a job id, and the one it should come before ("" is last).
        reason_asked: a job id whose failure should be explained.
        edit_asked: a waiting job that should be changed.
        forget_asked: a job that is over and should leave the list.
    """

    changed = Signal()
    pause_asked = Signal()
    resume_asked = Signal()
    release_asked = Signal()
    cancel_asked = Signal(str)
    retry_asked = Signal(str)
    move_asked = Signal(str, str)
    reason_asked = Signal(str)
    edit_asked = Signal(str)
    forget_asked = Signal(str)

    def __init__(self, items: JobItems, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items = items
        self._paused = self._waits = False
        self._failed: tuple[tuple[str, str], ...] = ()
        self.view = QListView()
        self.view.setModel(items)
        self.view.setItemDelegate(JobDelegate(self.view))
        self.view.setResizeMode(QListView.ResizeMode.Adjust)  # sentences wrap anew
        self.view.setMouseTracking(True)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setAccessibleName(tr("Render queue"))
        self.view.selectionModel().currentChanged.connect(self._refresh)
        self.view.doubleClicked.connect(self._open)
        self.view.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.view.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.view.setDropIndicatorShown(True)
        self.pause = icon_button("pause", tr("Pause the queue"), self._toggle)
        self._can: frozenset[QueueDeed] = frozenset()
        self.up = self._button("chevron-up", tr("Sooner"), "sooner")
        self.down = self._button("chevron-down", tr("Later"), "later")
        self.retry = self._button("undo", tr("Try again"), "retry")
        self.cancel = self._button("stop", tr("Cancel"), "cancel")
        self.change = self._button("edit", tr("Change what it asks for"), "change")
        self.forget = self._button("trash", tr("Take it off the list"), "forget")
        self.header = SectionHeader(tr("Queue"))
        for button in (
            self.forget,
            self.retry,
            self.change,
            self.up,
            self.down,
            self.cancel,
            self.pause,
        ):
            self.header.add(button)
        self._held = QWidget()
        self._held_words = QLabel()
        self._held_words.setWordWrap(True)
        self._held_words.setProperty("soft", True)
        self.go: QPushButton = push_button(tr("Go on"), partial(self.do, "release"), primary=True)
        held = QHBoxLayout(self._held)
        held.setContentsMargins(theme.WIDE, theme.GAP, theme.WIDE, theme.GAP)
        held.addWidget(self._held_words, 1)
        held.addWidget(self.go)
        self._held.hide()
        self._empty = EmptyState(
            "queue",
            tr("Nothing to render"),
            tr("Previews and full renders wait here while you go on working."),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._held)
        column.addWidget(self._stack, 1)
        self.editor = JobEditor()
        column.addWidget(self.editor)
        for signal in (items.rowsInserted, items.rowsRemoved, items.dataChanged, items.rowsMoved):
            signal.connect(self._refresh)
        self._refresh()

    def show_flow(self, *, paused: bool, held: int) -> None:
        """Show whether the queue is paused, and how many jobs of an earlier sitting wait."""
        self._paused = paused
        self.pause.setIcon(icons.icon("play" if paused else "pause"))
        tip = tr("Let the queue go on") if paused else tr("Pause the queue")
        self.pause.setToolTip(tip)
        self.pause.setAccessibleName(tip)
        words = tr("A render from last time waits.")
        if held > 1:
            words = tr("{count} renders from last time wait.", count=held)
        self._held_words.setText(words)
        self._waits = held > 0
        self._held.setVisible(self._waits)
        self._refresh()

    def open_editor(self, job_id: str, request: ShotRequest) -> None:
        """Let the words of a waiting job be changed."""
        self.editor.open(job_id, request)

    def only_read(self) -> None:
        """Let the jobs be looked at, and failures be explained."""
        shut(self.header, self._held)
        self.view.setDragEnabled(False)

    def current(self) -> JobRow | None:
        """The selected job."""
        row = self.view.currentIndex().data(VALUE_ROLE)
        return row if isinstance(row, JobRow) else None

    def select(self, job_id: str) -> None:
        """Select a job of the list."""
        self.view.setCurrentIndex(self._items.index_of(job_id))

    @property
    def possible(self) -> frozenset[QueueDeed]:
        """What can be asked of the queue and of the selected job."""
        return self._can

    def do(self, deed: QueueDeed) -> None:
        """Ask for something, if it is possible."""
        row = self.current()
        if deed not in self._can:
            return
        if deed == "release":
            self.release_asked.emit()
        elif deed == "cancel" and row is None:
            self.cancel_asked.emit(next(r for r in self._items.rows() if r.is_open).id)
        elif row is not None:
            match deed:
                case "sooner" | "later":
                    self._move(row, -1 if deed == "sooner" else 1)
                case "retry":
                    self.retry_asked.emit(row.id)
                case "change":
                    self.edit_asked.emit(row.id)
                case "cancel":
                    self.cancel_asked.emit(row.id)
                case "forget":
                    self.forget_asked.emit(row.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if (
            self.focusWidget() is self.view
            and self.current() is not None
            and deed_of("queue", event)
        ):
            self.do("cancel" if "cancel" in self._can else "forget")
        else:
            super().keyPressEvent(event)

    def _button(self, icon_name: str, tip: str, deed: QueueDeed) -> QToolButton:
        return icon_button(icon_name, tip, partial(self.do, deed))

    def _toggle(self) -> None:
        (self.resume_asked if self._paused else self.pause_asked).emit()

    def _move(self, row: JobRow, by: int) -> None:
        waiting = [r.id for r in self._items.rows() if r.can_change]
        rest = [job_id for job_id in waiting if job_id != row.id]
        place = max(0, min(len(rest), waiting.index(row.id) + by))
        self.move_asked.emit(row.id, rest[place] if place < len(rest) else "")

    def _open(self) -> None:
        """A failure is explained, a waiting job is changed."""
        row = self.current()
        if row is not None and row.state == "failed":
            self.reason_asked.emit(row.id)
        else:
            self.do("change")

    def _now_possible(self) -> frozenset[QueueDeed]:
        row, rows = self.current(), self._items.rows()
        can: dict[QueueDeed, bool] = {
            "release": self._waits,
            "cancel": any(r.is_open for r in rows) if row is None else row.is_open,
        }
        if row is not None:
            can |= {
                "retry": row.can_retry,
                "sooner": row.can_change,
                "later": row.can_change,
                "change": row.can_change,
                "forget": not row.is_open,
            }
        return frozenset(deed for deed, possible in can.items() if possible)

    def _refresh(self, *_: object) -> None:
        rows = self._items.rows()
        failed = tuple((row.id, row.words) for row in rows if row.state == "failed")
        if failed != self._failed:
            self._failed = failed
            self.view.scheduleDelayedItemsLayout()  # their rows have other heights
        waiting = sum(1 for row in rows if row.is_open)
        words = tr("{count} open", count=waiting) if waiting else ""
        self.header.set_note(tr("paused") if self._paused else words)
        self._stack.setCurrentIndex(1 if rows else 0)
        can, self._can = self._can, self._now_possible()
        self.retry.setVisible("retry" in self._can)
        self.change.setVisible("change" in self._can)
        self.forget.setVisible("forget" in self._can)
        self.up.setEnabled("sooner" in self._can)
        self.down.setEnabled("later" in self._can)
        self.cancel.setEnabled("cancel" in self._can)
        if self.editor.job_id and not any(
            r.id == self.editor.job_id and r.can_change for r in rows
        ):
            self.editor.put_away()
        if can != self._can:
            self.changed.emit()


def _paint_bar(painter: QPainter, area: QRectF, done: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(theme.WELL))
    painter.drawRoundedRect(area, 1.5, 1.5)
    area.setWidth(max(3.0, area.width() * done))
    painter.setBrush(theme.colour(theme.ACCENT))
    painter.drawRoundedRect(area, 1.5, 1.5)
