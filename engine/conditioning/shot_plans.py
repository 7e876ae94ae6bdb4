"""Shot lists: a script read line by line, or a premise planned by the rules of continuity.

The planner knows nothing but the vocabulary of the weights. It states set, light and subject in
every shot, because a shot is read on its own; begins wide, goes nearer where something happens,
looks from one side of the axis until the set changes, and never asks for the same size and move
twice in a row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal, get_args

from engine.api import CameraPlan, Capabilities, ShotPlan
from engine.errors import RequestError

MAX_SHOTS = 64
_SIZE = Literal["", "wide", "medium", "close"]
_SIDE = Literal["", "left", "right"]
_SIZE_WORDS: dict[str, _SIZE] = {
    "wide": "wide",
    "wide shot": "wide",
    "medium": "medium",
    "medium shot": "medium",
    "close": "close",
    "close-up": "close",
    "closeup": "close",
}
_SIDE_WORDS: dict[str, _SIDE] = {
    "from the left": "left",
    "seen from the left": "left",
    "from the right": "right",
    "seen from the right": "right",
}
_HITS = re.compile(
    r"\b(hit|hits|strikes?|collides?|collide|lands?|bounces?|drops?|falls?|crash(es)?|into)\b",
    re.IGNORECASE,
)
# A number keeps its point, and a line that goes on in small letters is the one before it, wrapped.
_SENTENCE = re.compile(
    r"[.;!?]+(?=\s|$)|\n+(?!\s*(?-i:[a-z]))|,?\s+\b(?:and then|then)\b\s*", re.IGNORECASE
)
# What is spoken ends a sentence only where it ends as one and another follows.
_SPOKEN = re.compile(r'"[^"]*"|“[^”]*”')
_SPOKEN_LAST = re.compile(r'([.!?]["”])(?=\s+[A-Z])')
_LOOSE = re.compile(r"^(meanwhile|suddenly|finally|later|at last|now|and|but|so)\b,?\s*", re.I)
_IT = re.compile(r"\b(it|they)\b", re.IGNORECASE)
# Half as long for a near shot; a wide one may take its time.
_WIDE_S = 5
_LENGTHS: dict[_SIZE, float] = {"": 1.0, "wide": 1.0, "medium": 0.7, "close": 0.5}


@dataclass(frozen=True, kw_only=True)
class Script:
    """What all shots share, what none of them is to show, and the shots."""

    common: str
    shots: tuple[ShotPlan, ...]
    unwanted: str = ""


def read_script(text: str, can: Capabilities) -> Script:
    """A script: ``seconds | camera | what is seen | what is not``, a shot a line.

    The camera is a size, a move and a side, by commas, and may be empty; the last part may be left
    out. Lines ``common: ...`` and ``without: ...`` are for all shots; lines that begin with ``#``
    are skipped.

    Raises:
        RequestError: naming the line that cannot be read.
    """
    shots = []
    for_all = {"common": "", "without": ""}
    for number, written in enumerate(text.splitlines(), 1):
        line = written.strip()
        if not line or line.startswith("#"):
            continue
        name, colon, rest = line.partition(":")
        if colon and name.casefold() in for_all:
            for_all[name.casefold()] = rest.strip()
            continue
        shots.append(_read_line(line, number, can))
    if not shots:
        raise RequestError("The script has no shot. Write a line: 2 | wide, pan left | a red ball.")
    return Script(common=for_all["common"], shots=_checked(shots), unwanted=for_all["without"])


def plan_premise(text: str, can: Capabilities, shots: int | None = None) -> Script:
    """``text`` planned into shots.

    Args:
        text: a paragraph; each sentence is a beat.
        can: vocabulary and lengths of the model.
        shots: how many; by default two for a lone beat, else one for each.

    Raises:
        RequestError: if there is nothing to show, or more shots than can be planned.
    """
    beats = _beats(text, can)
    if not beats:
        raise RequestError("The premise is empty. Say what happens, a sentence for each event.")
    wanted = shots if shots is not None else max(2, len(beats))
    if not 1 <= wanted <= MAX_SHOTS:
        raise RequestError(f"{wanted} shots cannot be planned; ask for 1 to {MAX_SHOTS}.")
    spread = _spread(beats, wanted)
    plans: list[ShotPlan] = []
    state = _Camera()
    for index, beat in enumerate(spread):
        again = index > 0 and spread[index - 1] is beat
        camera, state = _camera(beat, state, can, again=again)
        wide = min(can.frames[-1], _WIDE_S * can.rates[0] + 1)
        frames = _nearest(float(wide) * _LENGTHS[camera.size], can)
        plans.append(ShotPlan(caption=beat.caption, frames=frames, camera=camera))
    return Script(common="", shots=_checked(plans))


def subjects_in(caption: str, can: Capabilities) -> tuple[str, ...]:
    """The subjects that ``caption`` names: colour and prop, each once."""
    colours, props = _words(can, "colour"), _words(can, "prop")
    if not props:
        return ()
    pattern = rf"\b({_either(colours)})?\W*(?:\w+\W+)?\b({_either(props)})\b"
    found = [
        " ".join(part.casefold() for part in match.groups() if part)
        for match in re.finditer(pattern, caption, re.IGNORECASE)
    ]
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, kw_only=True)
class _Beat:
    """One event: what a shot of it says, its set, and whether something is struck."""

    caption: str
    place: str
    hits: bool


@dataclass(frozen=True, kw_only=True)
class _Camera:
    """What was filmed last, and from which side of the axis."""

    size: _SIZE = ""
    move: str = ""
    side: _SIDE = "left"
    place: str = field(default="")


def _beats(text: str, can: Capabilities) -> list[_Beat]:
    place = light = subject = ""
    named = _first(text, _words(can, "light"))
    beats = []
    for part in _sentences(text):
        told = _LOOSE.sub("", " ".join(part.split())).strip(" ,")
        if not re.search(r"\w", told):
            continue
        place = _first(told, _words(can, "set")) or place
        light = _first(told, _words(can, "light")) or light
        known = _noun(told, can)
        if subject and _IT.search(told):
            told = _IT.sub(subject, told, count=1)
        elif subject and not known:
            told = f"{subject} {told}"
        else:
            subject = known or subject
        caption = _whole(told, place or _first(text, _words(can, "set")), light or named)
        hits = bool(_HITS.search(told))
        beats.append(_Beat(caption=caption, place=place, hits=hits))
    return beats


def _sentences(text: str) -> list[str]:
    """The sentences of ``text``, with what is spoken in them whole."""
    text = _SPOKEN_LAST.sub(r"\1.", text)
    spoken = iter(_SPOKEN.findall(text))
    parts = _SENTENCE.split(_SPOKEN.sub("\0", text))
    return [re.sub("\0", lambda _: next(spoken), part) for part in parts]


def _whole(told: str, place: str, light: str) -> str:
    """``told`` with the set and the light that it leaves unsaid."""
    if place and not _first(told, (place,)):
        told += f" {_PLACED.get(place, f'in the {place}')}"
    if light and not _first(told, (light,)):
        told += f" {_LIT.get(light, f'at {light}')}"
    return told[:1].upper() + told[1:]


_PLACED = {"beach": "on the beach", "stage": "on stage", "street": "in the street"}
_LIT = {"day": "by day", "overcast": "under an overcast sky"}


def _spread(beats: list[_Beat], wanted: int) -> list[_Beat]:
    """Beats given to ``wanted`` shots in order; the later beats get what is left over."""
    if wanted <= len(beats):
        return [beats[round(i * (len(beats) - 1) / max(1, wanted - 1))] for i in range(wanted)]
    each, more = divmod(wanted, len(beats))
    counts = [each + (index >= len(beats) - more) for index in range(len(beats))]
    return [beat for beat, count in zip(beats, counts, strict=True) for _ in range(count)]


def _camera(
    beat: _Beat, last: _Camera, can: Capabilities, *, again: bool
) -> tuple[CameraPlan, _Camera]:
    """The next camera: wide in a new set, near where something is struck, else in between."""
    new_place = beat.place != last.place or not last.size
    size: _SIZE = "wide" if new_place else ("close" if beat.hits or again else "medium")
    if size == last.size:
        size = "medium" if size != "medium" else "close"
    side: _SIDE = last.side
    if new_place and last.size:
        side = "right" if last.side == "left" else "left"
    move = _move(beat, size, last, can)
    plan = CameraPlan(size=size, move=move, side=side)
    return plan, _Camera(size=size, move=move, side=side, place=beat.place)


def _move(beat: _Beat, size: _SIZE, last: _Camera, can: Capabilities) -> str:
    moves = _words(can, "camera")
    told = _first(beat.caption, moves)
    if told:
        return ""
    goes = re.search(r"\b(rolls?|slides?|flies|moves?)\b", beat.caption, re.IGNORECASE)
    wishes = ["push in" if size == "close" else "static"]
    if goes:
        wishes.insert(0, "pan right" if last.side == "left" else "pan left")
    wishes += ["static", "push in"]
    fresh = [move for move in wishes if move in moves and (move != last.move or move == "static")]
    return fresh[0] if fresh else ""


def _read_line(line: str, number: int, can: Capabilities) -> ShotPlan:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) not in (3, 4) or not parts[2]:
        raise RequestError(
            f"Line {number} of the script is not seconds | camera | what is seen: {line!r}."
        )
    try:
        seconds = Fraction(parts[0].rstrip("s ").strip())
    except (ValueError, ZeroDivisionError) as error:
        raise RequestError(f"Line {number}: {parts[0]!r} is not a number of seconds.") from error
    longest = can.frames[-1] / can.rates[0]
    if not 0 < seconds <= longest + Fraction(1, 4):
        raise RequestError(
            f"Line {number}: a shot of {float(seconds):g} s cannot be made; at most "
            f"{float(longest):.2f} s."
        )
    frames = _nearest(float(seconds * can.rates[0]), can)
    return ShotPlan(
        caption=parts[2],
        frames=frames,
        camera=_read_camera(parts[1], number, can),
        negative_prompt="".join(parts[3:]),
    )


def _read_camera(text: str, number: int, can: Capabilities) -> CameraPlan:
    camera = CameraPlan()
    moves = {word.casefold(): word for word in _words(can, "camera")}
    for word in (part.strip().casefold() for part in text.split(",")):
        if not word:
            continue
        if word in _SIZE_WORDS:
            camera = replace(camera, size=_SIZE_WORDS[word])
        elif word in _SIDE_WORDS:
            camera = replace(camera, side=_SIDE_WORDS[word])
        elif word in moves or not moves:
            camera = replace(camera, move=moves.get(word, word))
        else:
            known = ", ".join((*get_args(_SIZE)[1:], *moves.values(), "from the left"))
            raise RequestError(f"Line {number}: {word!r} is no camera; use {known}.")
    return camera


def _checked(shots: Sequence[ShotPlan]) -> tuple[ShotPlan, ...]:
    if len(shots) > MAX_SHOTS:
        raise RequestError(f"{len(shots)} shots are too many for one film; use {MAX_SHOTS}.")
    return tuple(shots)


def _nearest(frames: float, can: Capabilities) -> int:
    return min(can.frames, key=lambda legal: abs(legal - frames))


def _noun(text: str, can: Capabilities) -> str:
    """The first thing that ``text`` names, with its article, colour and material."""
    kinds = [*_words(can, "colour"), *_words(can, "material")]
    props = _words(can, "prop")
    if not props:
        return ""
    pattern = rf"\b(?:an?|the|one)\s+(?:(?:{_either(kinds)})\s+)*(?:{_either(props)})\b"
    match = re.search(pattern, text, re.IGNORECASE)
    return match.group(0) if match else ""


def _words(can: Capabilities, group: str) -> tuple[str, ...]:
    return next((one.words for one in can.vocabulary if one.name == group), ())


def _first(text: str, words: Sequence[str]) -> str:
    """The word of ``words`` that stands first in ``text``."""
    places = {
        match.start(): word
        for word in words
        if (match := re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE))
    }
    return places[min(places)] if places else ""


def _either(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in words) or "(?!)"
