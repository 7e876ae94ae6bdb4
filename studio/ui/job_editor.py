"""The editor of a waiting job: its words, seed and steps, before they are spent."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.api import Edit, ShotRequest
from studio.render.requests import MAX_SEED
from studio.ui import theme
from studio.ui.sheet import PutAway
from studio.ui.widgets import push_button, roomy
from studio.wording import tr

_MOST_STEPS = 200


class JobEditor(PutAway):
    """Lies under the list of jobs while a waiting one is changed.

    Signals:
        edited: a job's id and its new request.
    """

    edited = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job_id = ""
        self._request: ShotRequest | None = None
        self.setObjectName("job_editor")
        self.setStyleSheet(f"#job_editor {{ background: {theme.RAISED}; }}")
        self.title = QLabel(tr("Change the waiting job"))
        self.title.setFont(theme.font(weight=600))
        self.words = QPlainTextEdit()
        self.words.setFixedHeight(58)
        self.words.setTabChangesFocus(True)
        self.words.setAccessibleName(tr("Words of the job"))
        self.seed = QSpinBox()
        self.seed.setRange(0, MAX_SEED)
        self.steps = QSpinBox()
        roomy(self.seed)
        roomy(self.steps)
        self.steps.setRange(0, _MOST_STEPS)
        self.steps.setSpecialValueText(tr("as usual"))
        form = QFormLayout()
        form.setVerticalSpacing(theme.TIGHT)
        form.addRow(tr("Seed"), self.seed)
        form.addRow(tr("Steps"), self.steps)
        self.save = push_button(tr("Change it"), self._save, primary=True)
        self.leave = push_button(tr("Leave it"), self.put_away, quiet=True)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.WIDE, theme.GAP, theme.WIDE, theme.GAP)
        column.setSpacing(theme.TIGHT)
        column.addWidget(self.title)
        column.addWidget(self.words)
        column.addLayout(form)
        column.addLayout(buttons)
        self.hide()

    @property
    def job_id(self) -> str:
        """The job that is being changed; empty while none is."""
        return self._job_id

    def open(self, job_id: str, request: ShotRequest) -> None:
        """Show what ``request`` asks for."""
        self._job_id, self._request = job_id, request
        task = request.task
        self.words.setPlainText(task.instruction if isinstance(task, Edit) else request.prompt)
        self.seed.setValue(request.seed)
        self.steps.setValue(request.quality.steps or 0)
        self.show()
        self.words.setFocus()
        self.words.selectAll()

    def put_away(self) -> None:
        """Leave the job as it is."""
        self._job_id, self._request = "", None
        self.hide()

    def _save(self) -> None:
        request = self._request
        if request is None:
            return
        words = self.words.toPlainText().strip()
        task = request.task
        if isinstance(task, Edit):
            request = replace(request, task=replace(task, instruction=words))
        else:
            request = replace(request, prompt=words)
        quality = replace(request.quality, steps=self.steps.value() or None)
        job_id = self._job_id
        self.put_away()
        self.edited.emit(job_id, replace(request, quality=quality, seed=self.seed.value()))
