"""The fields of a clip's look: where its picture stands, with keys, and what colour it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from studio.document.looks import Grade, PoseField
from studio.document.transform_changes import GRADE_LIMITS, GradeField
from studio.ui import theme
from studio.ui.key_button import KeyButton, KeyState
from studio.ui.number_field import NumberField, PullLabel, Scale
from studio.ui.paired_fields import HandFields, Paired, PairedFields
from studio.ui.panel_layout import field_grid
from studio.wording import term, tr

_PERCENT = Scale(low=0, high=100, factor=100, decimals=1, suffix=" %", step=0.5)


@dataclass(frozen=True)
class PoseRow:
    """One field of a pose: its short name, its whole one, and how it is shown."""

    field: PoseField
    name: str
    whole: str
    scale: Scale


POSE_ROWS: tuple[PoseRow, ...] = (
    PoseRow(
        "x", "X", term("horizontal position"), Scale(low=-1e4, high=1e4, decimals=1, suffix=" px")
    ),
    PoseRow(
        "y", "Y", term("vertical position"), Scale(low=-1e4, high=1e4, decimals=1, suffix=" px")
    ),
    PoseRow(
        "scale",
        term("Scale"),
        term("scale"),
        Scale(low=1, high=2000, factor=100, decimals=1, suffix=" %", step=0.5),
    ),
    PoseRow(
        "rotation_deg",
        term("Turn"),
        term("rotation"),
        Scale(low=-3600, high=3600, decimals=1, suffix=" °", step=0.5),
    ),
    PoseRow("opacity", term("Opacity"), "opacity", _PERCENT),
    PoseRow("crop_left", term("Left"), term("crop at the left"), _PERCENT),
    PoseRow("crop_right", term("Right"), term("crop at the right"), _PERCENT),
    PoseRow("crop_top", term("Top"), term("crop at the top"), _PERCENT),
    PoseRow("crop_bottom", term("Bottom"), term("crop at the bottom"), _PERCENT),
)
_PLACES: dict[PoseField, tuple[int, int]] = {
    "x": (0, 0),
    "y": (0, 1),
    "scale": (1, 0),
    "rotation_deg": (1, 1),
    "opacity": (2, 0),
    "crop_left": (3, 0),
    "crop_right": (3, 1),
    "crop_top": (4, 0),
    "crop_bottom": (4, 1),
}
GRADE_WORDS: dict[GradeField, tuple[str, float, str]] = {
    "exposure": (term("Exposure"), 1.0, " EV"),
    "contrast": (term("Contrast"), 100.0, " %"),
    "saturation": (term("Saturation"), 100.0, " %"),
    "temperature": (term("Warmth"), 100.0, ""),
}

PoseValues = Mapping[PoseField, float | None]


class PoseFields(PairedFields):
    """A field for everything of a pose, each with its key.

    Signals:
        key_asked: a field whose key should be put on or taken off.
    """

    key_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[PoseField, NumberField] = {}
        self.keys: dict[PoseField, KeyButton] = {}
        cells: list[Paired] = []
        for row in POSE_ROWS:
            field = NumberField(tr(row.whole).capitalize(), row.scale)
            key = KeyButton(tr(row.whole))
            name = row.field
            self.follow(name, field)
            key.clicked.connect(lambda *_, name=name: self.key_asked.emit(name))
            self.fields[name], self.keys[name] = field, key
            line, half = _PLACES[name]
            cells.append(Paired(line, half, (PullLabel(tr(row.name), field), field, key)))
        self.lay(cells)

    def set_frame(self, width: int, height: int) -> None:
        """Show positions in pixels of this frame."""
        self.fields["x"].set_factor(width, (-10 * width, 10 * width))
        self.fields["y"].set_factor(height, (-10 * height, 10 * height))

    def show_values(self, values: PoseValues, keys: Mapping[PoseField, KeyState]) -> None:
        """Show a pose, ``None`` where several differ, and where its keys are."""
        for name, field in self.fields.items():
            field.show_value(values[name])
            self.keys[name].show_state(keys[name])


class GradeFields(HandFields):
    """A slider and a field for everything of a grade."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[GradeField, GradeRow] = {}
        grid = field_grid(self)
        for line, (name, (words, factor, suffix)) in enumerate(GRADE_WORDS.items()):
            row = self.rows[name] = GradeRow(name, tr(words), factor, suffix)
            self.follow(name, row.field)
            grid.addWidget(row.label, line, 0)
            grid.addWidget(row.slider, line, 1)
            grid.addWidget(row.field, line, 2)

    def names(self) -> Iterator[QWidget]:
        """The names before the sliders."""
        return (row.label for row in self.rows.values())

    def show_values(self, values: Mapping[GradeField, float | None]) -> None:
        """Show a grade, ``None`` where several differ."""
        for name, row in self.rows.items():
            row.show_value(values[name])


class GradeRow:
    """One field of a grade: its name, a slider, and the number."""

    def __init__(self, name: GradeField, words: str, factor: float, suffix: str) -> None:
        low, high = GRADE_LIMITS[name]
        plain = cast("float", getattr(Grade(), name))
        self._plain, self._factor = plain, factor
        scale = Scale(
            low=low * factor, high=high * factor, factor=factor, suffix=suffix,
            decimals=2 if factor == 1 else 0, step=0.05 if factor == 1 else 1,
        )  # fmt: skip
        self.field = NumberField(words, scale)
        self.field.setFixedWidth(76)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setProperty("centred", True)
        self.slider.setRange(round(low * 100), round(high * 100))
        self.slider.setAccessibleName(words)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.label = PullLabel(words, self.field)
        self.slider.valueChanged.connect(lambda to: self.field.setValue(to / 100 * factor))
        self.slider.sliderMoved.connect(lambda to: self.field.pull(to / 100 * factor))
        self.slider.sliderReleased.connect(self.field.let_go)
        self.field.moving.connect(self._follow)
        self.show_value(plain)

    def show_value(self, value: float | None) -> None:
        """Show a value; where several differ, the slider stands where none would."""
        if not self.field.held:
            self.field.show_value(value)
            self._follow(self._plain if value is None else value)

    def _follow(self, value: float) -> None:
        self.slider.blockSignals(True)
        self.slider.setValue(round(value * 100))
        self.slider.blockSignals(False)


def row_of(*widgets: QWidget) -> QHBoxLayout:
    """Widgets side by side, from the left."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.TIGHT)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
