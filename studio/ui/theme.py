"""The look: one dark palette, one accent, one font, one grid of spaces."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from studio.document.film import ColourLabel

ASSETS = Path(__file__).resolve().parents[2] / "assets"

# Surfaces, from the deepest to the one that lies nearest to the eye.
WELL = "#0f1012"
WINDOW = "#15161a"
PANEL = "#1a1c20"
RAISED = "#23252b"
HOVER = "#2b2e35"
PRESSED = "#33363f"
LINE = "#2a2c32"
LINE_STRONG = "#3b3e47"

TEXT = "#dcdee3"
TEXT_SOFT = "#a3a7b0"
TEXT_DIM = "#7d818b"
TEXT_FAINT = "#565a63"

# Tungsten light: the one colour that says "this is where you are".
ACCENT = "#f0a35e"
ACCENT_DEEP = "#b87436"
ACCENT_WASH = "#3a2d22"
ON_ACCENT = "#1b130b"

VIDEO_CLIP = "#34455a"
VIDEO_CLIP_TOP = "#415670"
AUDIO_CLIP = "#21423f"
AUDIO_CLIP_TOP = "#2b5651"
WAVEFORM = "#7cc4b6"

GOOD = "#6fbb8a"
CAUTION = "#d8c15c"
BAD = "#e0625f"

ShotState = Literal["draft", "queued", "running", "preview", "full", "stale", "failed", "locked"]

STATE_COLOURS: dict[ShotState, str] = {
    "draft": "#4b4f58",
    "queued": "#5f78a3",
    "running": ACCENT,
    "preview": "#58a9cf",
    "full": GOOD,
    "stale": CAUTION,
    "failed": BAD,
    "locked": "#9c8fce",
}

LABEL_COLOURS: dict[ColourLabel, str] = {
    "none": "",
    "red": "#8f4646",
    "orange": "#93613a",
    "yellow": "#87793a",
    "green": "#4d7a4f",
    "teal": "#3b7a78",
    "blue": "#44639a",
    "violet": "#6b559a",
    "pink": "#925079",
}

# Spaces, in pixels at 1x.
HAIR = 1
TIGHT = 4
GAP = 8
WIDE = 12
ROOM = 20
RADIUS = 4
CONTROL_HEIGHT = 26
ICON_SIZE = 18

FONT_FAMILY = "Inter"
FONT_PX = 12
FONT_SMALL_PX = 11
FONT_TINY_PX = 10
FONT_TITLE_PX = 15

_FONT_FILES = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf")


def dress(app: QApplication) -> None:
    """Give the whole application its look; asked for once, before the first window."""
    load_fonts()
    style = QStyleFactory.create("Fusion")
    if style is not None:
        app.setStyle(style)
    app.setFont(font())
    app.setPalette(palette())
    app.setStyleSheet(stylesheet())


def load_fonts() -> None:
    """Make the bundled font known; where a file is missing, the system's sans serif serves."""
    if FONT_FAMILY in QFontDatabase.families():
        return
    for name in _FONT_FILES:
        QFontDatabase.addApplicationFont(str(ASSETS / "fonts" / name))


def font(size_px: int = FONT_PX, *, weight: int = 400, tabular: bool = False) -> QFont:
    """The interface's font: weights 400, 500 and 600.

    ``tabular`` gives digits of one width, for what changes under the eye.
    """
    made = QFont(FONT_FAMILY)
    made.setStyleHint(QFont.StyleHint.SansSerif)
    made.setPixelSize(size_px)
    made.setWeight(QFont.Weight(weight))
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def colour(text: str, alpha: int = 255) -> QColor:
    """A colour of the palette, at ``alpha`` of 255."""
    made = QColor(text)
    made.setAlpha(alpha)
    return made


def mixed(first: str, second: str, share: float) -> QColor:
    """``share`` of ``second`` in ``first``, 0 to 1."""
    a, b = QColor(first), QColor(second)
    keep = 1.0 - share
    return QColor(
        round(a.red() * keep + b.red() * share),
        round(a.green() * keep + b.green() * share),
        round(a.blue() * keep + b.blue() * share),
    )


def palette() -> QPalette:
    """The palette that every widget starts from."""
    made = QPalette()
    role = QPalette.ColorRole
    for where, text in (
        (role.Window, WINDOW),
        (role.WindowText, TEXT),
        (role.Base, WELL),
        (role.AlternateBase, WINDOW),
        (role.Text, TEXT),
        (role.PlaceholderText, TEXT_FAINT),
        (role.Button, RAISED),
        (role.ButtonText, TEXT),
        (role.BrightText, BAD),
        (role.ToolTipBase, RAISED),
        (role.ToolTipText, TEXT),
        (role.Highlight, ACCENT_DEEP),
        (role.HighlightedText, "#ffffff"),
        (role.Link, ACCENT),
        (role.LinkVisited, ACCENT),
        (role.Light, LINE_STRONG),
        (role.Midlight, LINE),
        (role.Mid, LINE),
        (role.Dark, WELL),
        (role.Shadow, "#000000"),
        (role.Accent, ACCENT),
    ):
        made.setColor(where, QColor(text))
    for where in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, where, QColor(TEXT_FAINT))
    made.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(LINE_STRONG))
    return made


def stylesheet() -> str:
    """The rules for what the palette alone cannot say."""
    text = (Path(__file__).with_name("theme.qss")).read_text(encoding="utf-8")
    icons = (ASSETS / "icons").as_posix()
    for name, value in {**_TOKENS, "ICONS": icons}.items():
        text = text.replace(f"@{name}@", value)
    return text


_TOKENS: dict[str, str] = {
    name: str(value)
    for name, value in list(globals().items())
    if name.isupper() and isinstance(value, (str, int))
}

ALIGN_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
ALIGN_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
