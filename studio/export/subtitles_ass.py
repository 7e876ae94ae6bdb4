"""Advanced SubStation subtitles (.ass, .ssa): the words, times and simple marks of their events."""

from __future__ import annotations

import re
from collections.abc import Sequence

from studio.export.subtitles_text import Caption, Fault, Parsed, from_clock, timed
from studio.wording import tr

_MARK = re.compile(r"\\([ibu])(\d+)")
_BLOCK = re.compile(r"\{([^{}]*)\}")
_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect")
_DRAWING = re.compile(r"\\p[1-9]")

_HEADER = """[Script Info]
ScriptType: v4.00+
PlayResX: 1920
PlayResY: 1080
WrapStyle: 0
ScaledBorderAndShadow: yes

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, \
Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Inter,56,&H00FFFFFF,&H000000FF,&H00101010,&H80000000,0,0,0,0,100,100,0,0,1,3,0,\
2,120,120,64,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def parse_ass(text: str) -> Parsed:
    """The captions of the events; drawings and comments are passed over."""
    captions: list[Caption] = []
    faults: list[Fault] = []
    fields: Sequence[str] = (*_FIELDS, "text")
    inside = False
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            inside = stripped.lower() == "[events]"
        elif inside and stripped.lower().startswith("format:"):
            fields = [name.strip().lower() for name in stripped[7:].split(",")]
        elif inside and stripped.lower().startswith("dialogue:"):
            caption, fault = _event(stripped[9:].strip(), fields, number)
            captions += [caption] if caption else []
            faults += [fault] if fault else []
    if not captions and not faults:
        faults.append(Fault(line=1, words=tr("there are no lines of dialogue under [Events].")))
    return Parsed(captions=tuple(captions), faults=tuple(faults))


def _event(body: str, fields: Sequence[str], line: int) -> tuple[Caption | None, Fault | None]:
    parts = body.split(",", len(fields) - 1)
    if len(parts) < len(fields) or not {"start", "end"} <= set(fields) or fields[-1] != "text":
        return None, Fault(line=line, words=tr("it has too few parts; the subtitle was left out."))
    values = dict(zip(fields, parts, strict=True))
    if _DRAWING.search(values["text"]):
        return None, Fault(line=line, words=tr("it is a drawing, not words; it was left out."))
    return timed(
        from_clock(values["start"]), from_clock(values["end"]), _marked(values["text"]), line
    )


def _marked(text: str) -> str:
    """The words of an event with our marks; its other override tags are dropped."""
    on: list[str] = []
    made: list[str] = []
    at = 0
    for block in _BLOCK.finditer(text):
        made.append(text[at : block.start()])
        made += _switched(block[1], on)
        at = block.end()
    made.append(text[at:])
    made += [f"</{name}>" for name in reversed(on)]
    words = "".join(made)
    return words.replace("\\N", "\n").replace("\\n", " ").replace("\\h", " ")


def _switched(block: str, on: list[str]) -> list[str]:
    """The marks that one override block puts on and off; ``on`` keeps what is on, in order."""
    made: list[str] = []
    for name, value in _MARK.findall(block):
        if int(value) and name not in on:
            on.append(name)
            made.append(f"<{name}>")
        elif not int(value) and name in on:
            # Marks close in the order they nest: those opened since are opened anew.
            place = on.index(name)
            later = on[place + 1 :]
            made += [f"</{one}>" for one in reversed(on[place:])]
            del on[place:]
            on += later
            made += [f"<{one}>" for one in later]
    return made


def render_ass(captions: Sequence[Caption]) -> str:
    """The text of a file with one calm style at the foot of the picture."""
    lines = (
        f"Dialogue: 0,{_clock(one.start_ms)},{_clock(one.end_ms)},Default,,0,0,0,,"
        f"{_tagged(one.text)}"
        for one in captions
    )
    return _HEADER + "\n".join(lines) + "\n"


def _tagged(text: str) -> str:
    # A brace would begin an override block and hide the words in it.
    safe = text.replace("{", "(").replace("}", ")").replace("\\", "/")
    opened = re.sub(r"<([ibu])>", r"{\\\g<1>1}", safe)
    return re.sub(r"</([ibu])>", r"{\\\g<1>0}", opened).replace("\n", "\\N")


def _clock(time_ms: int) -> str:
    hundredths = round(time_ms / 10)
    seconds, hundredths = divmod(hundredths, 100)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}.{hundredths:02d}"
