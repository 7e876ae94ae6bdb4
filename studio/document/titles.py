"""What a clip can show that is no footage: titles and generated pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

GeneratorKind = Literal["colour", "bars"]


@dataclass(frozen=True, kw_only=True)
class TitleStyle:
    """How a title's words are set; places and sizes are shares of the frame.

    Attributes:
        size: height of a line of capitals and descenders, as a share of the frame's height.
        colour, shade: ``#rrggbb``; ``shade`` is that of the plate behind the words.
        backing: how much the plate hides, 0 to 1.
        shadow: a soft shadow that keeps the words legible on any picture.
        place: which part of the safe area they stand in.
        motion: ``roll`` moves them up through the frame over the clip, ``crawl`` to the left.
    """

    size: float = 0.09
    bold: bool = False
    italic: bool = False
    colour: str = "#ffffff"
    align: Literal["left", "centre", "right"] = "centre"
    place: Literal["top", "middle", "lower third", "bottom"] = "middle"
    shade: str = "#000000"
    backing: float = 0.0
    shadow: bool = True
    motion: Literal["still", "roll", "crawl"] = "still"


@dataclass(frozen=True, kw_only=True)
class TitleSource:
    """A clip shows words, over whatever lies below.

    Attributes:
        text: lines are parted by line feeds.
    """

    text: str
    style: TitleStyle = TitleStyle()


@dataclass(frozen=True, kw_only=True)
class GeneratorSource:
    """A clip shows a picture that is drawn: a plain colour, or colour bars.

    Attributes:
        colour: ``#rrggbb`` of a plain one.
    """

    kind: GeneratorKind = "colour"
    colour: str = "#000000"


DrawnSource = TitleSource | GeneratorSource
