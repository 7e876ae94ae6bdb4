"""The script panel: a script or a premise on the left, the shots it becomes on the right."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QSpinBox,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from engine.api import Capabilities
from engine.errors import EngineError
from studio.backends import plan_premise
from studio.bridge.panel_keys import deed_of
from studio.bridge.scripts import Written, is_premise, new_shots, planned, read_script
from studio.document.film import Film, Shot
from studio.ui import theme
from studio.ui.widgets import push_button, roomy
from studio.wording import term, tr

_PAUSE_MS = 150
_SIZES = {"wide": "wide", "medium": "medium", "close": "close"}


class ScriptPanel(QDialog):
    """Reads while it is written; adds nothing before it is told to. Not modal.

    Signals:
        added: shots to put into the list.
    """

    added = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Script"))
        self.resize(860, 520)
        self._film = Film(name="")
        self._capabilities: Capabilities | None = None
        self._shots: list[Shot] = []
        self.modes = QTabBar()
        self.modes.addTab(tr("Script"))
        self.modes.addTab(tr("Premise"))
        self.modes.setExpanding(False)
        self.modes.setDocumentMode(True)
        self.modes.currentChanged.connect(lambda _: self._turned())
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(tr("Script or premise"))
        self.own_count = QCheckBox(tr("This many shots"))
        self.own_count.toggled.connect(self._read)
        self.count = QSpinBox()
        roomy(self.count)
        self.count.setRange(1, 64)
        self.count.setValue(4)
        self.count.setEnabled(False)
        self.count.setAccessibleName(tr("Number of shots"))
        self.count.valueChanged.connect(self._read)
        self.own_count.toggled.connect(self.count.setEnabled)
        self._found = QLabel()
        self._found.setWordWrap(True)
        self._found.setTextFormat(Qt.TextFormat.RichText)
        self._found.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._found.setContentsMargins(theme.WIDE, theme.GAP, theme.WIDE, theme.GAP)
        self._found.setAccessibleName(tr("The shots that it becomes"))
        self.add_button = push_button(tr("Add shots"), self._add, primary=True)
        self.add_button.setToolTip(tr("Ctrl+Return"))
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE_MS)
        self._soon.timeout.connect(self._read)
        self.text.textChanged.connect(self._soon.start)
        self._lay_out()
        self._turned()

    @property
    def shots(self) -> tuple[Shot, ...]:
        """The shots as they would be added."""
        return tuple(self._shots)

    @property
    def found(self) -> str:
        """What the right side says, as rich text."""
        return self._found.text()

    def open_for(self, film: Film, capabilities: Capabilities | None, text: str = "") -> None:
        """Show the panel for a film; ``text`` is read where nothing is written yet."""
        self._film, self._capabilities = film, capabilities
        if text.strip() and not self.text.toPlainText().strip():
            self.paste(text)
        self._read()
        self.show()
        self.raise_()
        self.text.setFocus()

    def paste(self, text: str) -> None:
        """Read ``text`` in the form that it has; Ctrl+Z brings back what it is written over."""
        self.text.selectAll()
        self.text.insertPlainText(text)
        self.modes.setCurrentIndex(int(is_premise(text)))

    def capable(self, capabilities: Capabilities | None) -> None:
        """Take over what the engine can do; a premise that waited for it is planned."""
        self._capabilities = capabilities
        self._read()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if deed_of("script", event):
            self._soon.stop()
            self._read()
            self._add()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(theme.GAP)
        left.addWidget(self.modes)
        left.addWidget(self.text, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(self._found)
        scroll.setObjectName("script_shots")
        scroll.setStyleSheet(f"#script_shots {{ background: {theme.PANEL}; }}")
        self._found.setStyleSheet(f"background: {theme.PANEL};")
        halves = QHBoxLayout()
        halves.setSpacing(theme.WIDE)
        halves.addLayout(left, 1)
        halves.addWidget(scroll, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.own_count)
        foot.addWidget(self.count)
        foot.addStretch(1)
        foot.addWidget(push_button(tr("Close"), self.close))
        foot.addWidget(self.add_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.WIDE, theme.GAP, theme.WIDE, theme.WIDE)
        column.setSpacing(theme.WIDE)
        column.addLayout(halves, 1)
        column.addLayout(foot)

    def _turned(self) -> None:
        premise = self.modes.currentIndex() == 1
        self.own_count.setVisible(premise)
        self.count.setVisible(premise)
        self.text.setPlaceholderText(
            tr("What happens, a sentence for each event. Shots and cameras are planned by "
                    "the rules of continuity: wide first, nearer when something happens.")
            if premise
            else tr("Shot 1 (4 s, wide, push in): A red ball drops in the park.\n"
                         "Shot 2 (close-up): It strikes a crate. 2 s\n\n"
                         "A shot for every “Shot …:”, numbered line or paragraph.")
        )  # fmt: skip
        self._read()

    def _read(self, *_: object) -> None:
        text, sentence = self.text.toPlainText(), ""
        written: tuple[Written, ...] = ()
        if self.modes.currentIndex() == 0:
            written = read_script(text, self._capabilities)
        elif text.strip() and self._capabilities is None:
            sentence = tr("The engine is still getting ready; its words plan the shots.")
        elif text.strip() and self._capabilities is not None:
            try:
                count = self.count.value() if self.own_count.isChecked() else None
                plans = plan_premise(text, self._capabilities, count)
                rate = self._capabilities.rates[0]
                written = tuple(planned(one.caption, one.frames, one.camera, rate) for one in plans)
            except EngineError as error:
                sentence = str(error)
        self._shots = new_shots(self._film, written, self._capabilities)
        self._found.setText(self._told(sentence))
        count = len(self._shots)
        words = term("Add one shot") if count == 1 else term("Add {count} shots")
        self.add_button.setText(tr(words, count=count) if count else tr("Add shots"))
        self.add_button.setEnabled(count > 0)

    def _told(self, sentence: str) -> str:
        if sentence:
            return f'<span style="color:{theme.CAUTION}">{escape(sentence)}</span>'
        if not self._shots:
            words = tr("The shots are shown here as you write.")
            return f'<span style="color:{theme.TEXT_DIM}">{words}</span>'
        blocks = [_block(shot) for shot in self._shots]
        if self.modes.currentIndex() == 0 and is_premise(self.text.toPlainText()):
            words = tr("A paragraph is one shot. As a premise it is planned into several.")
            blocks.append(f'<p style="color:{theme.TEXT_DIM}">{words}</p>')
        return "".join(blocks)

    def _add(self) -> None:
        if self._shots:
            self.added.emit(list(self._shots))
            self.text.clear()
            self.close()


def _block(shot: Shot) -> str:
    """One shot as rich text: its name and length, its camera, its words."""
    camera = shot.camera
    side = tr("from the {side}", side=camera.side) if camera.side else ""
    plan = " · ".join(part for part in (_SIZES.get(camera.size, ""), camera.move, side) if part)
    length = f"{float(shot.frames / shot.rate):.2f} s"
    return (
        f'<p style="margin:0 0 10px 0"><span style="font-weight:600">{escape(shot.name)}</span> '
        f'<span style="color:{theme.TEXT_DIM}">{length}'
        f"{' · ' + escape(plan) if plan else ''}</span><br>"
        f'<span style="color:{theme.TEXT_SOFT}">{escape(shot.prompt)}</span></p>'
    )
