"""The fields of an edit beside its strength: when it may change, where, and what came before."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.document.ledger import Ledger, TakeRecord
from studio.document.take_lineage import asked, chain, change_words
from studio.ui import theme
from studio.ui.widgets import push_button


class SpanField(QWidget):
    """A span of time, in seconds, kept as pictures of the source."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frames, self._rate = 0, Fraction(12)
        self.part = QCheckBox(self.tr("Only from"))
        self.start, self.end = QDoubleSpinBox(), QDoubleSpinBox()
        for box, name in (
            (self.start, self.tr("Beginning of what may change")),
            (self.end, self.tr("End of what may change")),
        ):
            box.setSuffix(" s")
            box.setDecimals(2)
            box.setAccessibleName(name)
            box.setEnabled(False)
            self.part.toggled.connect(box.setEnabled)
        self.start.valueChanged.connect(self._keep_order)
        self.end.valueChanged.connect(self._keep_order)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.TIGHT)
        row.addWidget(self.part)
        row.addWidget(self.start, 1)
        row.addWidget(QLabel(self.tr("to")))
        row.addWidget(self.end, 1)

    @property
    def value(self) -> tuple[int, int | None]:
        """The first picture that may change and the one after the last; ``None`` is the end."""
        if not self.part.isChecked() or not self._frames:
            return 0, None
        start = min(self._frames - 1, round(self.start.value() * float(self._rate)))
        end = max(start + 1, round(self.end.value() * float(self._rate)))
        return start, None if end >= self._frames else end

    def show_length(self, frames: int, rate: Fraction) -> None:
        """Let the span be a part of ``frames`` pictures at ``rate``."""
        if (frames, rate) == (self._frames, self._rate):
            return
        self._frames, self._rate = frames, rate
        length = frames / float(rate)
        for box in (self.start, self.end):
            box.setRange(0.0, length)
            box.setSingleStep(1 / float(rate))
        self.part.setChecked(False)
        self.start.setValue(0.0)
        self.end.setValue(length)

    def _keep_order(self) -> None:
        if self.start.value() > self.end.value():
            moved = self.sender()
            other = self.start if moved is self.end else self.end
            other.setValue(self.start.value() if moved is self.start else self.end.value())


class RegionField(QWidget):
    """Whether only a painted region may change.

    Signals:
        asked: painting should begin, or end.
        cleared: the region should be forgotten.
    """

    asked = Signal(bool)
    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._painted = False
        self.paint = push_button(self.tr("Paint a region"), icon_name="edit")
        self.paint.setCheckable(True)
        self.paint.toggled.connect(self.asked)
        self.forget = push_button(self.tr("Everywhere again"), self._clear, quiet=True)
        self.forget.hide()
        self._said = QLabel()
        self._said.setWordWrap(True)
        self._said.setFont(theme.font(theme.FONT_SMALL_PX))
        self._said.setProperty("dim", True)
        row = QHBoxLayout()
        row.setSpacing(theme.TIGHT)
        row.addWidget(self.paint)
        row.addWidget(self.forget)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(row)
        column.addWidget(self._said)
        self.set_painted(False)

    @property
    def painted(self) -> bool:
        """Whether only a region may change."""
        return self._painted

    def set_painted(self, painted: bool) -> None:
        """Say whether something is painted."""
        self._painted = painted
        self.forget.setVisible(painted)
        self._said.setVisible(painted or self.paint.isChecked())
        self._said.setText(
            self.tr("Only the painted region may change. It stands still through the shot.")
            if painted
            else self.tr("Paint on the picture; Alt takes away, [ and ] change the brush.")
        )

    def end_painting(self) -> None:
        """Painting was put away."""
        self.paint.setChecked(False)
        self.set_painted(self._painted)

    def _clear(self) -> None:
        self.set_painted(False)
        self.cleared.emit()


def chain_words(ledger: Ledger, take: TakeRecord) -> str:
    """What the take came from, each step a link to its take; empty where it was made anew."""
    steps = chain(ledger, take)
    if len(steps) < 2:
        return ""
    parts: list[str] = []
    for one in steps:
        made = asked(one.recipe)
        words = one.label or made.instruction or one.kind.title()
        change = change_words(made, one.rate)
        told = _escaped(words if not change else f"{words} ({change})")
        style = f"color: {theme.ACCENT}; text-decoration: none;"
        parts.append(
            told if one.id == take.id else f'<a href="{one.id}" style="{style}">{told}</a>'
        )
    return " &rarr; ".join(parts)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
