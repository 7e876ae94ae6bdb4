"""The fields of an edit beside its strength: when it may change, where, and what came before."""

from __future__ import annotations

from fractions import Fraction
from pathlib import PurePosixPath

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from studio.bridge.take_items import take_title
from studio.document.film import Film
from studio.document.ledger import Ledger, TakeRecord
from studio.document.take_lineage import asked, chain, change_words, footage_of, footage_source
from studio.render.footage import Part
from studio.ui import theme
from studio.ui.widgets import push_button, roomy
from studio.wording import term, tr


class SpanField(QWidget):
    """A span of time in the source, in seconds, kept as pictures of the part that is taken.

    Signals:
        changed: it is another.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._part = Part(in_s=Fraction(0), frames=0, rate=Fraction(12))
        self.part = QCheckBox(tr("Only from"))
        self.start, self.end = QDoubleSpinBox(), QDoubleSpinBox()
        for box, name in (
            (self.start, tr("Beginning of what may change")),
            (self.end, tr("End of what may change")),
        ):
            roomy(box)
            box.setSuffix(" s")
            box.setDecimals(2)
            box.setAccessibleName(name)
            box.setEnabled(False)
            self.part.toggled.connect(box.setEnabled)
        self.start.valueChanged.connect(self._keep_order)
        self.end.valueChanged.connect(self._keep_order)
        for told in (self.part.toggled, self.start.valueChanged, self.end.valueChanged):
            told.connect(lambda *_: self.changed.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.TIGHT)
        row.addWidget(self.part)
        row.addWidget(self.start, 1)
        row.addWidget(QLabel(tr("to")))
        row.addWidget(self.end, 1)

    @property
    def value(self) -> tuple[int, int | None]:
        """The first picture that may change and the one after the last; ``None`` is the end."""
        whole = self._part
        if not self.part.isChecked() or not whole.frames:
            return 0, None
        start, end = (
            round((box.value() - float(whole.in_s)) * float(whole.rate))
            for box in (self.start, self.end)
        )
        start = min(whole.frames - 1, start)
        end = max(start + 1, end)
        return start, None if end >= whole.frames else end

    def show_part(self, part: Part) -> None:
        """Let the span lie in what is taken of the source."""
        if part == self._part:
            return
        self._part = part
        for box in (self.start, self.end):
            box.setRange(float(part.in_s), float(part.out_s))
            box.setSingleStep(1 / float(part.rate))
        self.part.setChecked(False)
        self.start.setValue(float(part.in_s))
        self.end.setValue(float(part.out_s))

    def _keep_order(self) -> None:
        if self.start.value() > self.end.value():
            moved = self.sender()
            other = self.start if moved is self.end else self.end
            other.setValue(self.start.value() if moved is self.start else self.end.value())


class RegionField(QWidget):
    """Whether only a painted region may change, and where it goes.

    Signals:
        asked: painting should begin, or end.
        cleared: the region should be forgotten.
        place_asked: a picture of the source that should be looked at.
    """

    asked = Signal(bool)
    cleared = Signal()
    place_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._painted = False
        self.paint = push_button(tr("Paint a region"), icon_name="edit")
        self.paint.setCheckable(True)
        self.paint.toggled.connect(self._toggled)
        self.forget = push_button(tr("Everywhere again"), self.cleared.emit, quiet=True)
        self.follow = QCheckBox(tr("Follows what was painted"))
        self.follow.setChecked(True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(3)
        self._bar.setRange(0, 1000)
        self._said = QLabel()
        self._said.setWordWrap(True)
        self._said.setFont(theme.font(theme.FONT_SMALL_PX))
        self._said.setProperty("dim", True)
        self._said.linkActivated.connect(lambda link: self.place_asked.emit(int(link)))
        row = QHBoxLayout()
        row.setSpacing(theme.TIGHT)
        row.addWidget(self.paint)
        row.addWidget(self.forget)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(row)
        column.addWidget(self.follow)
        column.addWidget(self._bar)
        column.addWidget(self._said)
        self.show_nothing()

    @property
    def painted(self) -> bool:
        """Whether only a region may change."""
        return self._painted

    @property
    def words(self) -> str:
        """What is said of the region."""
        return self._said.text()

    def show_nothing(self) -> None:
        """Nothing is painted."""
        words = tr("Paint on the picture; Alt takes away, [ and ] change the brush.")
        self._show(words if self.paint.isChecked() else "", painted=False)

    def show_still(self) -> None:
        """The region stands still."""
        self._show(tr("Only the painted region may change. It stands still."))

    def show_following(self, share: float) -> None:
        """The region is being followed."""
        self._bar.setValue(round(1000 * share))
        self._show(tr("Following it through the shot…"), busy=True)

    def show_followed(self, lost: tuple[int, ...], part: Part | None) -> None:
        """The region was followed; where it was lost is said, a click away."""
        if not lost or part is None:
            self._show(tr("Only the painted region may change. It follows the picture."))
            return
        style = f"color: {theme.ACCENT}; text-decoration: none;"
        at = f'<a href="{lost[0]}" style="{style}">{float(part.time_of(lost[0])):.2f} s</a>'
        words = term("Lost on {count} pictures, first at {at}: paint it there again.")
        if len(lost) == 1:
            words = term("Lost on one picture, at {at}: paint it there again.")
        self._show(tr(words, count=len(lost), at=at))

    def show_trouble(self, sentence: str) -> None:
        """The region could not be followed."""
        self._show(tr("{why} It stands still.", why=sentence))

    def end_painting(self) -> None:
        """Painting was put away."""
        self.paint.setChecked(False)

    def _toggled(self, on: bool) -> None:
        if not self._painted:
            self.show_nothing()
        self.asked.emit(on)

    def _show(self, words: str, *, painted: bool = True, busy: bool = False) -> None:
        self._painted = painted
        self.forget.setVisible(painted)
        self.follow.setVisible(painted)
        self._bar.setVisible(busy)
        self._said.setText(words)
        self._said.setVisible(bool(words))


FOOTAGE_LINK = "footage"


def chain_words(film: Film, ledger: Ledger, take: TakeRecord) -> str:
    """What the take came from, each step a link; empty where it was made anew."""
    steps = chain(ledger, take)
    parts: list[str] = []
    footage = footage_source(steps[0])
    if footage:
        first, start_s = steps[0], asked(steps[0].recipe).in_s
        end_s = start_s + first.frames / first.rate
        media = footage_of(film, first)
        name = PurePosixPath(footage).name if media is None else media.name
        parts.append(
            _link(
                FOOTAGE_LINK,
                tr(
                    "{name} ({start_s:.1f} to {end_s:.1f} s)",
                    name=name,
                    start_s=float(start_s),
                    end_s=float(end_s),
                ),
            )
        )
    elif len(steps) < 2:
        return ""
    for one in steps:
        made = asked(one.recipe)
        edited = made.mode == "Edit"
        words = (one.label or made.instruction if edited else "") or take_title(ledger, one)
        change = change_words(made, one.rate)
        told = words if not change else f"{words} ({change})"
        parts.append(_escaped(told) if one.id == take.id else _link(one.id, told))
    return " &rarr; ".join(parts)


def hundredths(time_s: Fraction) -> str:
    """Seconds as the fields of a span show them: halves are rounded up."""
    return f"{(time_s * 100 + Fraction(1, 2)) // 1 / 100:.2f}"


def _link(to: str, words: str) -> str:
    style = f"color: {theme.ACCENT}; text-decoration: none;"
    return f'<a href="{to}" style="{style}">{_escaped(words)}</a>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
