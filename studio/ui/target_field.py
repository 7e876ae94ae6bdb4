"""The target field: where an export goes, by a free name until a hand writes another."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from PySide6.QtWidgets import QLineEdit, QWidget

from studio.export.presets import Preset
from studio.export.targets import free_path, target_of, would_replace


class TargetField(QLineEdit):
    """A path whose ending follows the format.

    What it proposes takes no file's name and no waiting export's. What a hand writes stays, even
    where a file would be replaced, which ``replaces`` tells.

    Args:
        wanted: what it proposes, if that is free.
        preset: what will be written.
    """

    def __init__(self, wanted: Path, preset: Preset, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted = wanted
        self._preset = preset
        self._taken: frozenset[Path] = frozenset()
        self._proposed = ""
        self.propose()

    @property
    def path(self) -> Path:
        """What it says."""
        written = Path(self.text())
        try:
            return written.expanduser()
        except RuntimeError:  # of somebody whom this machine does not know
            return written

    @property
    def replaces(self) -> bool:
        """Whether a file is there that goes, by the name that a hand wrote."""
        return not self._is_proposal and would_replace(self.path, self._preset)

    def set_preset(self, preset: Preset) -> None:
        """Follow another format."""
        self._preset = preset
        self.propose()

    def set_taken(self, taken: Collection[Path]) -> None:
        """Keep off what exports write that wait or run, and move on from what became one."""
        before, self._taken = self._taken, frozenset(taken)
        if self._taken != before and self._is_taken:
            self.propose()
        elif self._taken != before:
            self.renew()

    def renew(self) -> None:
        """See to it that a name that is proposed is still free."""
        if self._is_proposal:
            self.propose()

    def propose(self) -> None:
        """Put a free name there, after the last one that a hand wrote."""
        if self.path.name and not self._is_proposal:
            self._wanted = self.path
        self._proposed = str(free_path(self._wanted, self._preset, self._taken))
        self.setText(self._proposed)

    @property
    def _is_proposal(self) -> bool:
        return self.text() == self._proposed

    @property
    def _is_taken(self) -> bool:
        return target_of(self.path, self._preset) in self._taken
