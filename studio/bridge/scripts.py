"""Scripts: pasted text read into shots, with the lengths and cameras that it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from engine.api import CameraPlan as EnginePlan
from engine.api import Capabilities
from studio.document.film import CameraPlan, Film, Shot, new_id

USUAL_FRAMES = 25
MOVES = ("static", "pan left", "pan right", "tilt up", "tilt down", "push in", "pull out")
_HEADER = re.compile(
    r"^[ \t]*(?:shot|scene)[ \t]+(?:\d+[a-z]?|[a-z])\b"
    r"(?:[ \t]*\.[ \t]+|(?P<notes>[^:\n.]{0,80}(?:\.\d[^:\n.]{0,80})?):"
    r"|[ \t]*[–—-][ \t]+|[ \t]*\n)",
    re.IGNORECASE | re.MULTILINE,
)
_NUMBERED = re.compile(r"^[ \t]*\d{1,3}[.)][ \t]+", re.MULTILINE)
_LENGTH = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:s|secs?|seconds?|″|\")", re.IGNORECASE)
_LENGTH_WORDS = re.compile(
    r"(?:^|[\s,;(])(?:duration:?\s*)?" + _LENGTH.pattern + r"(?=$|[\s.,;)])", re.IGNORECASE
)
_GROUP = re.compile(r"[(\[]([^()\[\]]{1,80})[)\]]")
_NEXT_SENTENCE = re.compile(r"[.!?…][\"”’)]*\s+(?=\S)")
_CAMERA = re.compile(r"(?:^|\s)camera:\s*([^.\n]{1,80})\.?", re.IGNORECASE)
_SIZES = {
    "wide": "wide", "wide shot": "wide", "long shot": "wide", "establishing": "wide",
    "establishing shot": "wide", "medium": "medium", "medium shot": "medium", "mid": "medium",
    "mid shot": "medium", "close": "close", "close-up": "close", "close up": "close",
    "closeup": "close", "cu": "close", "ms": "medium", "ws": "wide",
}  # fmt: skip
_AS_WRITTEN = CameraPlan()
_SIDES = {"from the left": "left", "from the right": "right"}
_SAME_MOVES = {
    "dolly in": "push in", "zoom in": "push in", "dolly out": "pull out", "zoom out": "pull out",
    "locked off": "static", "fixed": "static", "still camera": "static",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Written:
    """One shot as a script has it.

    Attributes:
        name: what the script calls it; empty where it only numbers it.
        seconds: its length; ``None`` where the script does not say.
    """

    prompt: str
    name: str = ""
    seconds: Fraction | None = None
    camera: CameraPlan = _AS_WRITTEN


def read_script(text: str, capabilities: Capabilities | None = None) -> tuple[Written, ...]:
    """The shots of a script.

    Read are ``Shot 1 (4s, wide, push in): ...``, numbered lines, ``seconds | camera | words``, or
    else a shot for each paragraph. Camera moves are those that the weights know.
    """
    moves = known_moves(capabilities)
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if lines and all(line.count("|") == 2 for line in lines):
        return tuple(_barred(line, moves) for line in lines)
    if _HEADER.search(text):
        found = list(_HEADER.finditer(text))
        ends = [match.start() for match in found[1:]] + [len(text)]
        parts = [
            (match["notes"] or "", text[match.end() : end])
            for match, end in zip(found, ends, strict=True)
        ]
    elif len(_NUMBERED.findall(text)) > 1:
        parts = [("", part) for part in _NUMBERED.split(text)[1:]]
    else:
        parts = [("", part) for part in re.split(r"\n\s*\n", text)]
    written = (_read(notes, body, moves) for notes, body in parts)
    return tuple(one for one in written if one.prompt)


def is_premise(text: str) -> bool:
    """Whether a text has no form of a script: one paragraph of several sentences, and no notes.

    Such a text tells events; what is seen of each, and how near, is left to a plan.
    """
    if _HEADER.search(text):
        return False
    written = read_script(text)
    if len(written) != 1 or written[0] != Written(prompt=written[0].prompt):
        return False
    return _NEXT_SENTENCE.search(text.strip()) is not None


def known_moves(capabilities: Capabilities | None) -> tuple[str, ...]:
    """The camera moves that the weights have learned, or ours where they do not say."""
    for group in capabilities.vocabulary if capabilities is not None else ():
        if "camera" in group.name.casefold() or "move" in group.name.casefold():
            return group.words
    return MOVES


def legal_frames(
    capabilities: Capabilities | None, seconds: Fraction | None, rate: Fraction
) -> int:
    """The length nearest to ``seconds`` that can be made; about two seconds where it is open."""
    legal = [n for n in capabilities.frames if n > 1] if capabilities is not None else []
    wanted = USUAL_FRAMES if seconds is None else max(2, round(seconds * rate) + 1)
    return min(legal, key=lambda n: (abs(n - wanted), n)) if legal else wanted


def new_shots(
    film: Film, written: Iterable[Written], capabilities: Capabilities | None
) -> list[Shot]:
    """Shots as a script has them, numbered on from those that the film has."""
    first = len(film.shots) + 1
    rate = capabilities.rates[0] if capabilities is not None else Fraction(12)
    return [
        Shot(
            id=new_id(),
            name=one.name or f"Shot {first + place}",
            prompt=one.prompt,
            frames=legal_frames(capabilities, one.seconds, rate),
            rate=rate,
            camera=one.camera,
        )
        for place, one in enumerate(written)
    ]


def planned(plan_caption: str, frames: int, camera: EnginePlan, rate: Fraction) -> Written:
    """A shot of the planner, as if a script had it."""
    return Written(
        prompt=plan_caption,
        seconds=Fraction(max(1, frames - 1)) / rate,
        camera=CameraPlan(size=camera.size, move=camera.move, side=camera.side),
    )


def _read(notes: str, body: str, moves: Sequence[str]) -> Written:
    shot, name = Written(prompt=""), ""
    for token in _tokens(notes):
        better = _noted(shot, token, moves)
        if better is None:
            name = token if not name else f"{name}, {token}"
        shot = better or shot
    for pattern in (_GROUP, _CAMERA):
        for match in pattern.finditer(body):
            better = _all_noted(shot, match.group(1), moves)
            if better is not None:
                shot, body = better, body.replace(match.group(0), " ", 1)
    length = _LENGTH_WORDS.search(body)
    # "for 4 s" in the middle of a sentence is a matter of its words; at either end it is a note.
    if length is not None and shot.seconds is None:
        before = body[: length.start()].strip().rstrip(" ,;")
        after = body[length.end() :].strip(" .,;\n\t")
        if not before or not after:
            shot = replace(shot, seconds=_seconds(length.group(1)))
            body = f"{before} {after}"
    prompt = " ".join(body.split()).strip(" ,;–—-")
    return replace(shot, prompt=re.sub(r"\s+([.,;!?])", r"\1", prompt), name=name.strip())


def _barred(line: str, moves: Sequence[str]) -> Written:
    length, camera, words = (part.strip() for part in line.split("|"))
    number = re.match(r"\d+(?:[.,]\d+)?", length)
    shot = Written(prompt=words, seconds=_seconds(number.group(0)) if number else None)
    for token in _tokens(camera):
        shot = _noted(shot, token, moves) or shot
    return shot


def _tokens(text: str) -> list[str]:
    parts = re.split(r"[,;|/()\[\]]|\s[–—-]\s", text)
    return [part for part in (one.strip(" .–—-\t") for one in parts) if part]


def _all_noted(shot: Written, text: str, moves: Sequence[str]) -> Written | None:
    """``shot`` with all that ``text`` notes; ``None`` where a part of it is no note."""
    for token in _tokens(text):
        better = _noted(shot, token, moves)
        if better is None:
            return None
        shot = better
    return shot


def _noted(shot: Written, token: str, moves: Sequence[str]) -> Written | None:
    """``shot`` with the length, size, side or move that ``token`` is; ``None`` for other words."""
    word = token.casefold()
    length = _LENGTH.fullmatch(word)
    if length is not None:
        return replace(shot, seconds=_seconds(length.group(1)))
    camera = shot.camera
    match word:
        case _ if word in _SIZES:
            size = _SIZES[word]
            camera = replace(
                camera, size="wide" if size == "wide" else "close" if size == "close" else "medium"
            )
        case _ if word in _SIDES:
            camera = replace(camera, side="left" if _SIDES[word] == "left" else "right")
        case _:
            known = {move.casefold(): move for move in moves}
            move = known.get(word) or known.get(_SAME_MOVES.get(word, ""))
            if move is None:
                return None
            camera = replace(camera, move=move)
    return replace(shot, camera=camera)


def _seconds(text: str) -> Fraction:
    return Fraction(text.replace(",", "."))
