"""The look: one palette, dark or light, one accent, one font, one grid of spaces."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from studio.bridge.state_words import RowState
from studio.document.film import ColourLabel
from studio.settings import chosen_look
from studio.ui.shades import LOOKS
from studio.wording import term

ASSETS = Path(__file__).resolve().parents[2] / "assets"

# Chosen once, when the program starts: painters keep brushes and tables of these colours.
SHADES = LOOKS[chosen_look()]

# Surfaces, from the deepest to the one that lies nearest to the eye.
WELL = SHADES.well
WINDOW = SHADES.window
PANEL = SHADES.panel
RAISED = SHADES.raised
FIELD = SHADES.field
HOVER = SHADES.hover
PRESSED = SHADES.pressed
LINE = SHADES.line
LINE_STRONG = SHADES.line_strong

TEXT = SHADES.text
TEXT_SOFT = SHADES.text_soft
TEXT_DIM = SHADES.text_dim
TEXT_FAINT = SHADES.text_faint

# Tungsten light: the one colour that says "this is where you are".
ACCENT = SHADES.accent
ACCENT_LIT = SHADES.accent_lit
ACCENT_DEEP = SHADES.accent_deep
ACCENT_WASH = SHADES.accent_wash
ON_ACCENT = SHADES.on_accent

VIDEO_CLIP = SHADES.video_clip
VIDEO_CLIP_TOP = SHADES.video_clip_top
AUDIO_CLIP = SHADES.audio_clip
AUDIO_CLIP_TOP = SHADES.audio_clip_top
LOST_CLIP = SHADES.lost_clip
LOST_CLIP_TOP = SHADES.lost_clip_top
LANE_VIDEO = SHADES.lane_video
LANE_AUDIO = SHADES.lane_audio
CLIP_EDGE = SHADES.clip_edge
WAVEFORM = SHADES.waveform

GOOD = SHADES.good
CAUTION = SHADES.caution
BAD = SHADES.bad
TICK = SHADES.tick

# Around and over pictures, whatever the look: what is judged there must not be tinted by it.
SCREEN = "#08090a"
SURROUND = "#0f1012"
ON_PICTURE_ACCENT = "#f0a35e"
ON_PICTURE = "#f0f1f3"

STATE_ICONS: dict[RowState, str] = {
    "draft": "edit",
    "undecided": "decide",
    "queued": "hourglass",
    "running": "render",
    "preview": "preview",
    "full": "check",
    "stale": "reset",
    "failed": "warning",
    "locked": "lock",
}
"""What tells the states apart where there is no room for words, whatever colours an eye sees."""
STATE_SHAPES: dict[RowState, str] = {
    "draft": "....#",
    "queued": "..#.#",
    "running": ".###.",
    "undecided": "#.#.#",
    "preview": "..###",
    "full": "#####",
    "stale": "##.##",
    "failed": "###..",
    "locked": "#...#",
}
"""The stripe of a state from its upper row to its lower, which tells it where colours do not.

From a draft over a preview to a full render it fills up; what asks for a hand has gaps.
"""
STATE_COLOURS: dict[RowState, str] = dict(zip(STATE_ICONS, SHADES.states, strict=True))
STATE_TEXT: dict[str, str] = {"preview": SHADES.preview_text, "full": GOOD}

LABEL_WORDS: dict[ColourLabel, str] = {
    "red": term("Red"),
    "orange": term("Orange"),
    "yellow": term("Yellow"),
    "green": term("Green"),
    "teal": term("Teal"),
    "blue": term("Blue"),
    "violet": term("Violet"),
    "pink": term("Pink"),
}
LABEL_COLOURS: dict[ColourLabel, str] = {
    "none": "",
    **dict(zip(LABEL_WORDS, SHADES.labels, strict=True)),
}

# Spaces, in pixels at 1x.
TIGHT = 4
GAP = 8
WIDE = 12
ROOM = 20
RADIUS = 4
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


@cache
def marker_colour(label: ColourLabel) -> QColor:
    """The colour of a marker: labels are fills of clips, towards the text they stand out.

    One for all, not to be changed: paints ask for it for every marker.
    """
    return mixed(LABEL_COLOURS[label] or TEXT_SOFT, TEXT, 0.5)


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
        (role.PlaceholderText, TEXT_DIM),
        (role.Button, RAISED),
        (role.ButtonText, TEXT),
        (role.BrightText, BAD),
        (role.ToolTipBase, RAISED),
        (role.ToolTipText, TEXT),
        (role.Highlight, ACCENT),
        (role.HighlightedText, ON_ACCENT),
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
