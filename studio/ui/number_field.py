"""A number that is typed, stepped, or pulled by its name; one gesture is one choice."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QLocale, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QLabel, QWidget

from studio.ui import theme
from studio.ui.claimed_keys import offers
from studio.wording import tr

_SETTLED_MS = 500
_STARTS_PX = 3
_WIDTH_PX = 70
_DASH = "–"


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How a value is shown and pulled.

    Attributes:
        low, high: limits, in the shown unit.
        factor: how many of the shown unit make one of the value.
        step: of the shown unit, a pixel of pulling and a press of an arrow key.
    """

    low: float
    high: float
    factor: float = 1.0
    step: float = 1.0
    decimals: int = 0
    suffix: str = ""


class NumberField(QDoubleSpinBox):
    """A field for a value that several things may have; where they differ it shows a dash.

    Signals:
        moving: the value while the hand still holds it.
        chosen: the value when the hand let go: the one to keep.
        abandoned: the hand gave up; all is as it was.
    """

    moving = Signal(float)
    chosen = Signal(float)
    abandoned = Signal()

    def __init__(self, name: str, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = scale
        self._mixed = False
        self._touched = False
        self.setAccessibleName(name)
        self.setLocale(QLocale.c())
        self.setDecimals(scale.decimals)
        self.setSuffix(scale.suffix)
        self.setRange(scale.low, scale.high)
        self.setSingleStep(scale.step)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFont(theme.font(tabular=True))
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self._choose)
        self.valueChanged.connect(self._changed)
        self.editingFinished.connect(self._choose)

    @property
    def held(self) -> bool:
        """Whether a change is under way that was not chosen yet."""
        return self._touched

    def set_factor(self, factor: float, limits: tuple[float, float]) -> None:
        """Show the value in another unit, such as the pixels of another frame."""
        if factor != self._scale.factor:
            self._scale = Scale(
                low=limits[0], high=limits[1], factor=factor, step=self._scale.step,
                decimals=self._scale.decimals, suffix=self._scale.suffix,
            )  # fmt: skip
            self.blockSignals(True)
            self.setRange(*limits)
            self.blockSignals(False)

    def show_value(self, value: float | None) -> None:
        """Show a value, or a dash for ``None``; not while the hand holds the field."""
        if self._touched:
            return
        self._mixed = value is None
        self.blockSignals(True)
        if value is not None:
            self.setValue(value * self._scale.factor)
        self.setSuffix("" if self._mixed else self._scale.suffix)  # writes the text anew
        self.blockSignals(False)

    def pull(self, value: float) -> None:
        """Go to a shown value while the hand holds it."""
        self.setValue(value)
        self._settled.stop()

    def let_go(self) -> None:
        """Keep the value that was pulled to."""
        self._choose()

    def give_up(self) -> None:
        """Leave everything as it was."""
        self._settled.stop()
        if self._touched:
            self._touched = False
            self.abandoned.emit()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        # As wide as common values are: the widest possible one would fill a panel.
        return QSize(_WIDTH_PX, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        return self.sizeHint()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        # A wheel that scrolls the panel must not change what it rolls over.
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        if event.key() == Qt.Key.Key_Escape and self._touched:
            self.give_up()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Escape belongs to the field while it holds a change, whatever the window does with it.
        if offers(event, Qt.Key.Key_Escape) and self._touched:
            event.accept()
            return True
        return super().event(event)

    def textFromValue(self, value: float) -> str:  # noqa: N802 (Qt's name)
        return _DASH if self._mixed else super().textFromValue(value)

    def valueFromText(self, text: str) -> float:  # noqa: N802 (Qt's name)
        # A dash that was left as it is means the value that it stands over.
        return self.value() if text.strip() == _DASH else super().valueFromText(text)

    def validate(self, text: str, at: int) -> tuple[QValidator.State, str, int]:
        if text.strip() == _DASH:
            return QValidator.State.Acceptable, text, at
        return super().validate(text, at)

    def _changed(self, shown: float) -> None:
        self._touched = True
        if self._mixed:
            self._mixed = False
            self.blockSignals(True)
            self.setSuffix(self._scale.suffix)
            self.blockSignals(False)
        self._settled.start()
        self.moving.emit(shown / self._scale.factor)

    def _choose(self) -> None:
        self._settled.stop()
        if self._touched:
            self._touched = False
            self.chosen.emit(self.value() / self._scale.factor)


class PullLabel(QLabel):
    """The name of a field, by which its value is pulled; Shift pulls finely."""

    def __init__(self, text: str, field: NumberField, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._field = field
        self._pressed: QPointF | None = None
        self._from = 0.0
        self.setBuddy(field)
        self.setProperty("soft", True)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setToolTip(tr("Pull to the sides; Shift pulls finely."))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        if event.button() == Qt.MouseButton.LeftButton and self._field.isEnabled():
            self._pressed, self._from = event.position(), self._field.value()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        if self._pressed is None:
            return
        by = event.position().x() - self._pressed.x()
        if abs(by) < _STARTS_PX and not self._field.held:
            return
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step = self._field.singleStep() * (0.1 if fine else 1.0)
        self._field.pull(self._from + by * step)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        if self._pressed is not None:
            self._pressed = None
            self._field.let_go()
