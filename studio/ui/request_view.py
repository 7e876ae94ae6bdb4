"""The request view: what the engine will really be given for a shot, before it is spent."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from studio.bridge.clerk import Report
from studio.bridge.reference_rows import ROLE_WORDS
from studio.bridge.time_words import duration
from studio.ui import theme
from studio.wording import tr


class RequestView(QFrame):
    """The compiled text, the packed references, what was dropped and why, and the cost."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("request_view")
        self.setStyleSheet(
            f"#request_view {{ background: {theme.WINDOW}; border-radius: {theme.RADIUS}px; }}"
        )
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setMinimumWidth(1)  # one endless word must not push the panel's edge out
        self._text.setTextFormat(Qt.TextFormat.RichText)
        self._text.setFont(theme.font(theme.FONT_SMALL_PX))
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setAccessibleName(tr("What the engine gets"))
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.addWidget(self._text)
        self.wait()

    @property
    def text(self) -> str:
        """What is shown, as rich text."""
        return self._text.text()

    def wait(self) -> None:
        """Say that the engine is not there yet."""
        self._text.setText(_span(tr("The engine is getting ready…"), theme.TEXT_DIM))

    def show_report(
        self, report: Report, *, style: str = "", named: Callable[[str], str] = str
    ) -> None:
        """Show what would be given; what stands in its way is said by a list of its own.

        Args:
            report: of the shot.
            style: the film's style words, which its request begins with.
            named: what a file is called in the film, by its path on the disk.
        """
        if report.is_blank:
            self._text.setText(_span(tr("Write the prompt to see it."), theme.TEXT_DIM))
            return
        lines = self._compiled(report, style, named)
        waiting = _span(tr("Nothing, until that is put right."), theme.TEXT_DIM)
        self._text.setText("<br>".join(lines) or waiting)

    def _compiled(self, report: Report, style: str, named: Callable[[str], str]) -> list[str]:
        compiled = report.compiled
        if compiled is None:
            return []
        # Style words stand first, on lines of their own; their tags may be slots by now.
        parts = escape(compiled.text).split("\n")
        shared = len(style.strip().split("\n")) if style.strip() else 0
        lines: list[str] = []
        if shared:
            words = tr("Style of the film: {words}", words="<br>".join(parts[:shared]))
            lines.append(_span(words, theme.TEXT_SOFT))
        own = "<br>".join(parts[shared:]) or tr("No words yet.")
        lines.append(_span(own, theme.TEXT))
        if compiled.negative_text:
            unwanted = tr("Without: {words}", words=compiled.negative_text)
            lines.append(_span(escape(unwanted), theme.TEXT_SOFT))
        for packed in compiled.references:
            slot = packed.slot if packed.slot.startswith("@") else f"@{packed.slot}"
            tag = f" @{packed.tag}" if packed.tag else ""
            name = escape(_called(packed.source, named))
            role = tr(ROLE_WORDS[packed.role]).lower()
            lines.append(
                _span(escape(slot), theme.ACCENT)
                + _span(f"{escape(tag)} · {role} · {name}", theme.TEXT_SOFT)
            )
        for dropped in compiled.dropped:
            what = tr("Left out: {what}", what=_called(dropped.what, named))
            lines.append(_span(f"{escape(what)} — {escape(dropped.why)}", theme.CAUTION))
        lines.append(_span(self._cost(report), theme.TEXT_DIM))
        return lines

    def _cost(self, report: Report) -> str:
        compiled = report.compiled
        if compiled is None:
            return ""
        width, height = compiled.scale * compiled.width, compiled.scale * compiled.height
        size = tr(
            "{width} × {height} · {steps} steps", width=width, height=height, steps=compiled.steps
        )
        if report.estimate is None:
            return size
        basis = {
            "history": tr("as before on this machine"),
            "counted work": tr("counted"),
            "guess": tr("a guess"),
        }[report.estimate.basis]
        return tr(
            "{size} · about {duration} ({basis})",
            size=size,
            duration=duration(report.estimate.seconds),
            basis=basis,
        )


def _called(what: str, named: Callable[[str], str]) -> str:
    """What a path is called, or else its last part; other words as they are."""
    if (name := named(what)) != what:
        return name
    return Path(what).name if "/" in what or "\\" in what else what


def _span(text: str, colour: str) -> str:
    return f'<span style="color:{colour}">{text}</span>'
