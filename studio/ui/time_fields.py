"""The fields of a clip's time: how fast it runs, and how long it takes over from the one before."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from studio.bridge.cut_timing import Timing
from studio.document.retime import FASTEST, SLOWEST
from studio.ui.key_button import KEY_SIZE
from studio.ui.number_field import NumberField, PullLabel, Scale
from studio.ui.paired_fields import Paired, PairedFields
from studio.wording import tr

_PERCENT = 100
_SPEED = Scale(
    low=float(SLOWEST * _PERCENT), high=float(FASTEST * _PERCENT), factor=_PERCENT,
    decimals=2, suffix=" %",
)  # fmt: skip
_FRAMES = Scale(low=0, high=9_999, suffix=" f")


class TimeFields(PairedFields):
    """Speed, and the frames of the dissolve at the beginning."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.speed = NumberField(tr("Speed"), _SPEED)
        self.dissolve = NumberField(tr("Frames of the dissolve at the beginning"), _FRAMES)
        self.dissolve.setToolTip(tr("How long it takes over from the clip before; 0 cuts."))
        cells: list[Paired] = []
        for half, (name, words, field) in enumerate(
            (("speed", tr("Speed"), self.speed), ("dissolve", tr("Dissolve"), self.dissolve))
        ):
            self.follow(name, field)
            no_key = QWidget()
            no_key.setFixedWidth(KEY_SIZE.width())
            cells.append(Paired(0, half, (PullLabel(tr(words), field), field, no_key)))
        self.lay(cells)

    def show_timing(self, timing: Timing) -> None:
        """Show what pictures have in common; a dissolve needs a clip to come from."""
        # A held frame has none.
        self.speed.show_value(timing.speed or None)
        self.speed.setEnabled(timing.speed != 0)
        self.dissolve.show_value(timing.dissolve)
        self.dissolve.setEnabled(timing.meets)
